CREATE TABLE p (id int primary key);
CREATE TABLE t (id int primary key, c int, d int, FOREIGN KEY (c) REFERENCES p(id), CONSTRAINT t_ibfk_7 FOREIGN KEY (d) REFERENCES p(id));
ALTER TABLE t ADD FOREIGN KEY iname (c) REFERENCES p(id);
ALTER TABLE t ADD CONSTRAINT cname FOREIGN KEY iname2 (d) REFERENCES p(id);
RENAME TABLE t TO u, p TO q;
