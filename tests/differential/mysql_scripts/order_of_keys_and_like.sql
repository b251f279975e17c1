CREATE TABLE p (id int primary key);
CREATE TABLE t (id int primary key, a int CHECK (a>0), b int NOT NULL, c int, CONSTRAINT nn CHECK (b>0), KEY k1(a), UNIQUE ua (a), UNIQUE ub (b), FULLTEXT KEY ft (s), s text, UNIQUE us (s(10)), UNIQUE ubc (b, c), FOREIGN KEY (c) REFERENCES p(id));
CREATE TABLE u LIKE t;
ALTER TABLE t ADD UNIQUE uid (id);
ALTER TABLE t MODIFY a int NOT NULL;
