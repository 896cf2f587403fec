-- Names that PostgreSQL cannot take as they are: new ones have to be given, and said.
CREATE TABLE a_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_one (
    id INTEGER PRIMARY KEY,
    a_column_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_one TEXT,
    another_column_name_that_goes_on_beyond_the_sixty_three_bytes_of_it TEXT,
    "a_name_whose_character_at_the_limit_of_sixty_three_bytes_is_one_ö_split" TEXT
);
CREATE TABLE another_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql (id INTEGER PRIMARY KEY);
INSERT INTO a_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_one VALUES (1, 'one', 'two', 'three');
INSERT INTO another_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql VALUES (2);
-- The name of an index matters to no SQL: the second gets a suffix.
CREATE INDEX an_index_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_one
    ON a_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_one (id);
CREATE INDEX an_index_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql_two
    ON another_name_that_goes_on_beyond_the_sixty_three_bytes_of_postgresql (id);

-- PostgreSQL's own system columns.
CREATE TABLE system_columns (id INTEGER PRIMARY KEY, ctid TEXT, xmin INTEGER, tableoid TEXT);
INSERT INTO system_columns VALUES (1, 'a', 2, 'b');

-- A constraint that is named like a table: in PostgreSQL both are relations.
CREATE TABLE taken (id INTEGER PRIMARY KEY, code TEXT CONSTRAINT system_columns UNIQUE);
INSERT INTO taken VALUES (1, 'x');
