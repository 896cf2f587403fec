-- Values that the type of their column cannot hold exactly, one table a type; `why` says so for people.
-- None of them may arrive, none may be changed, each has to be listed (docs/values.md).

CREATE TABLE as_boolean (id INTEGER PRIMARY KEY, v BOOLEAN, why TEXT); -- boolean
INSERT INTO as_boolean (v, why) VALUES (2, 'no truth value'), (-1, 'no truth value'), (0.5, 'fraction'), ('', 'empty'), ('maybe', 'word'), (' t', 'white space'), (x'01', 'blob');

CREATE TABLE as_bigint (id INTEGER PRIMARY KEY, v BIGINT, why TEXT); -- bigint
INSERT INTO as_bigint (v, why) VALUES (12.5, 'fraction'), (1e19, 'out of range'), ('', 'empty'), ('12 apples', 'words'), ('0x10', 'hexadecimal'), (x'01', 'blob'), (9e999, 'infinity'), ('99999999999999999999x', 'words');

CREATE TABLE as_double (id INTEGER PRIMARY KEY, v DOUBLE PRECISION, why TEXT); -- double precision
INSERT INTO as_double (v, why) VALUES ('abc', 'text'), ('', 'empty'), ('NaN', 'text'), (x'00', 'blob');

CREATE TABLE as_numeric_10_2 (id INTEGER PRIMARY KEY, v DECIMAL(10, 2), why TEXT); -- numeric(10,2)
INSERT INTO as_numeric_10_2 (v, why) VALUES (12.345, 'three decimals'), (123456789, 'nine digits'), (1e20, 'digits'), (9e999, 'infinity'), ('abc', 'text'), (x'31', 'blob'), (1.0 / 3, 'sixteen decimals');

CREATE TABLE as_text (id INTEGER PRIMARY KEY, v TEXT, why TEXT); -- text
INSERT INTO as_text (v, why) VALUES (CAST(x'c328' AS TEXT), 'no UTF-8'), (CAST(x'eda080' AS TEXT), 'surrogate'), (CAST(x'c080' AS TEXT), 'overlong'), (CAST(x'f4908080' AS TEXT), 'beyond Unicode'), (CAST(x'610062' AS TEXT), 'NUL'), (CAST(x'e697' AS TEXT), 'cut'), (x'ff', 'blob, no UTF-8');

CREATE TABLE as_varchar_5 (id INTEGER PRIMARY KEY, v VARCHAR(5), why TEXT); -- character varying(5)
INSERT INTO as_varchar_5 (v, why) VALUES ('123456', 'six'), ('abcde ', 'a space too many'), (123456, 'six digits');

CREATE TABLE as_char_5 (id INTEGER PRIMARY KEY, v CHAR(5), why TEXT); -- character(5)
INSERT INTO as_char_5 (v, why) VALUES ('abc ', 'ends in a space'), ('123456', 'six');

CREATE TABLE as_date (id INTEGER PRIMARY KEY, v DATE, why TEXT); -- date
INSERT INTO as_date (v, why) VALUES ('0000-00-00', 'no day'), ('2023-02-29', 'no such day'), ('1900-02-29', 'no leap year'), ('2024-1-1', 'digits'), ('', 'empty'), ('2024-01-01 00:00:01', 'time of day'), ('2024-01-01T00:00:00+01:00', 'offset'), ('today', 'word'), ('infinity', 'word'), (x'32', 'blob'), (20240101, 'no unit');

CREATE TABLE as_time (id INTEGER PRIMARY KEY, v TIME, why TEXT); -- time without time zone
INSERT INTO as_time (v, why) VALUES ('24:00:00', 'hour'), ('12:60', 'minute'), ('12:00:60', 'second'), ('1:00', 'digits'), ('12:00:00.1234567', 'seven digits'), ('2001-01-01 05:06:07', 'another day'), ('12:00+01', 'offset'), (3600, 'number');

CREATE TABLE as_timestamp (id INTEGER PRIMARY KEY, v DATETIME, why TEXT); -- timestamp without time zone
INSERT INTO as_timestamp (v, why) VALUES ('0000-00-00 00:00:00', 'no day'), ('', 'empty'), ('2024-13-01', 'month'), ('2024-01-01 24:00:00', 'hour'), ('2024-01-01 12:00:00.1234567', 'seven digits'), ('2024-01-01 12:00:00+16:00', 'offset'), ('2024-01-01  12:00', 'two spaces'), ('10000-01-01', 'year'), (' 2024-01-01', 'white space'), ('2024-01-01 12:00:00 UTC', 'zone'), ('now', 'word'), ('2024-01-01 12:00:', 'cut'), (x'00', 'blob'), (5, 'no unit');

CREATE TABLE as_uuid (id INTEGER PRIMARY KEY, v UUID, why TEXT); -- uuid
INSERT INTO as_uuid (v, why) VALUES ('7c9e6679-7425-40de-944b-e07fc1f90ae', 'short'), ('{7c9e6679-7425-40de-944b-e07fc1f90ae7}', 'braces'), ('7c9e-66797425-40de-944b-e07fc1f90ae7', 'dashes'), ('', 'empty'), (x'0011', 'short blob'), ('g0112233445566778899aabbccddeeff', 'no digit');

CREATE TABLE as_json (id INTEGER PRIMARY KEY, v JSON, why TEXT); -- json
INSERT INTO as_json (v, why) VALUES ('', 'empty'), ('{''a'': 1}', 'quotes'), ('[1,]', 'comma'), ('NaN', 'word'), ('"\u0000"', 'NUL'), ('"\ud800"', 'lone surrogate'), ('{"a": 1} x', 'more'), ('[01]', 'zero first'), (9e999, 'infinity'), (x'ff', 'no UTF-8');

CREATE TABLE as_inet (id INTEGER PRIMARY KEY, v INET, why TEXT); -- inet
INSERT INTO as_inet (v, why) VALUES ('1.2.3.256', 'number'), ('1.2.3', 'short'), ('1.2.3.4/33', 'bits'), ('', 'empty');

CREATE TABLE as_cidr (id INTEGER PRIMARY KEY, v CIDR, why TEXT); -- cidr
INSERT INTO as_cidr (v, why) VALUES ('10.1.0.0/8', 'bits behind the mask');

CREATE TABLE as_macaddr (id INTEGER PRIMARY KEY, v MACADDR, why TEXT); -- macaddr
INSERT INTO as_macaddr (v, why) VALUES ('08:00:2b:01:02', 'five'), ('08002b:010203', 'grouping'), ('zz:00:2b:01:02:03', 'no digit');

-- A row that cannot come: NULL where PostgreSQL's primary key forbids it.
CREATE TABLE null_in_key (code TEXT PRIMARY KEY, v TEXT); -- text
INSERT INTO null_in_key VALUES (NULL, 'a'), (NULL, 'b'), ('x', 'c');
