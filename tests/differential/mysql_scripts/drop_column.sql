CREATE TABLE t (id int primary key, a int, b int, c int, UNIQUE x (a,b), UNIQUE y (b), KEY z (a, c), KEY z2 (c));
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN zz;
ALTER TABLE t DROP COLUMN c;
