CREATE TABLE t (a int check (a>0), b int check (b>0), c int, check (c>0), constraint k check (a<9), check (a<b), g int as (a+1) virtual);
ALTER TABLE t RENAME COLUMN a TO aa;
ALTER TABLE t DROP CONSTRAINT CONSTRAINT_1;
ALTER TABLE t ADD CHECK (c>3);
ALTER TABLE t DROP CONSTRAINT IF EXISTS a;
ALTER TABLE t DROP CONSTRAINT IF EXISTS aa;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t CHANGE b bb bigint;
