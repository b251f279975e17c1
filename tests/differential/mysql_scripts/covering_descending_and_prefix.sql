CREATE TABLE p (id int primary key, s varchar(10) unique);
CREATE TABLE t (id int primary key, c int, d int, s varchar(10));
ALTER TABLE t ADD CONSTRAINT f1 FOREIGN KEY (d) REFERENCES p(id);
ALTER TABLE t ADD CONSTRAINT f2 FOREIGN KEY (s) REFERENCES p(s);
CREATE INDEX i ON t (d DESC, c);
CREATE INDEX j ON t (s(4));
