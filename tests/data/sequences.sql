-- Where the next number comes from: after the upgrade, an INSERT without an id works in all of these where
-- SQLite takes it, and never reuses what AUTOINCREMENT has given away.
CREATE TABLE rowid_plain (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO rowid_plain VALUES (1, 'a'), (2, 'b'), (40, 'c');
CREATE TABLE rowid_empty (id INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE rowid_negative (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO rowid_negative VALUES (-5, 'a'), (-1, 'b');
CREATE TABLE rowid_zero (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO rowid_zero VALUES (0, 'a');
CREATE TABLE rowid_large (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO rowid_large VALUES (2147483647, 'a');
CREATE TABLE rowid_almost_full (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO rowid_almost_full VALUES (9223372036854775806, 'a');

CREATE TABLE auto_plain (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_plain (v) VALUES ('a'), ('b');
CREATE TABLE auto_unused (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
CREATE TABLE auto_deleted (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_deleted (v) VALUES ('a'), ('b'), ('c');
DELETE FROM auto_deleted WHERE id > 1;
CREATE TABLE auto_emptied (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_emptied VALUES (500, 'a');
DELETE FROM auto_emptied;
-- The row in sqlite_sequence was lost: SQLite then goes by the greatest id.
CREATE TABLE auto_forgotten (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_forgotten VALUES (70, 'a');
DELETE FROM sqlite_sequence WHERE name = 'auto_forgotten';
-- It lags behind.
CREATE TABLE auto_lagging (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_lagging VALUES (80, 'a');
UPDATE sqlite_sequence SET seq = 3 WHERE name = 'auto_lagging';
-- In quotes, and with a quote.
CREATE TABLE "Auto""Quoted" ("The Id" INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO "Auto""Quoted" (v) VALUES ('a');

-- These only look like the rowid: SQLite gives them no number.
CREATE TABLE int_key (id INT PRIMARY KEY, v TEXT);
INSERT INTO int_key VALUES (1, 'a');
CREATE TABLE descending_key (id INTEGER PRIMARY KEY DESC, v TEXT);
INSERT INTO descending_key VALUES (1, 'a');
CREATE TABLE no_rowid (id INTEGER PRIMARY KEY, v TEXT) WITHOUT ROWID;
INSERT INTO no_rowid VALUES (1, 'a');
CREATE TABLE two_columns (id INTEGER, part INTEGER, v TEXT, PRIMARY KEY (id, part));
INSERT INTO two_columns VALUES (1, 1, 'a');

-- The rowid by a table constraint, descending there, and not in the first place.
CREATE TABLE constraint_key (v TEXT, id INTEGER, PRIMARY KEY (id DESC));
INSERT INTO constraint_key VALUES ('a', 6);
-- A child whose key is its parent's.
CREATE TABLE child_of_rowid (id INTEGER PRIMARY KEY REFERENCES rowid_plain (id), v TEXT);
INSERT INTO child_of_rowid VALUES (2, 'a');

-- What was set by hand as a text or with a fraction counts as an integer.
CREATE TABLE auto_by_hand (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_by_hand VALUES (1, 'a');
UPDATE sqlite_sequence SET seq = '1000' WHERE name = 'auto_by_hand';
CREATE TABLE auto_fraction (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO auto_fraction VALUES (1, 'a');
UPDATE sqlite_sequence SET seq = 12.7 WHERE name = 'auto_fraction';
