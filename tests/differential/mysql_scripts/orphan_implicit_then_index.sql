CREATE TABLE p (id int primary key);
CREATE TABLE t (id int primary key, c int, d int);
ALTER TABLE t ADD CONSTRAINT f1 FOREIGN KEY (d) REFERENCES p(id);
ALTER TABLE t DROP FOREIGN KEY f1;
CREATE INDEX i ON t (d, c);
