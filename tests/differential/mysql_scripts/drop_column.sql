CREATE TABLE t (id int primary key, a int, b int, c int, UNIQUE x (a,b), UNIQUE y (b), KEY z (a, c), KEY z2 (c));
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN zz;
ALTER TABLE t DROP COLUMN c;
CREATE TABLE idle (a int, b int, CONSTRAINT i1 CHECK (length('x') = 1), CONSTRAINT i2 CHECK (1 = 1), CONSTRAINT i3 CHECK (a > 0), CHECK (2 = 2));
ALTER TABLE idle ADD COLUMN c int;
ALTER TABLE idle DROP COLUMN zz;
CREATE TABLE idle_kept LIKE idle;
ALTER TABLE idle DROP COLUMN b, ADD CONSTRAINT i4 CHECK (3 = 3);
