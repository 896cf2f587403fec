-- Values at the edges of what each PostgreSQL type holds; all of them fit (docs/values.md).
-- The comment behind a CREATE TABLE names the type of column v, and the unit where numbers are times.

CREATE TABLE as_boolean (id INTEGER PRIMARY KEY, v BOOLEAN); -- boolean
INSERT INTO as_boolean (v) VALUES (0), (1), (NULL), ('t'), ('F'), ('True'), ('false'), ('YES'), ('no'), ('On'), ('off'), (CAST(1 AS REAL));

CREATE TABLE as_bigint (id INTEGER PRIMARY KEY, v BIGINT); -- bigint
INSERT INTO as_bigint (v) VALUES (0), (-1), (2147483648), (9223372036854775807), (-9223372036854775808), (NULL);

CREATE TABLE as_bigint_of_text (id INTEGER PRIMARY KEY, v BIGINT); -- bigint
INSERT INTO as_bigint_of_text (v) VALUES ('12'), ('+7'), ('-0'), ('007');

CREATE TABLE as_double (id INTEGER PRIMARY KEY, v DOUBLE PRECISION); -- double precision
INSERT INTO as_double (v) VALUES (0.0), (-0.0), (0.1), (1e308), (1.7976931348623157e308), (2.2250738585072014e-308),
    (1e-320), (123456789.123456789), (0.30000000000000004), (9007199254740992), (-9007199254740993.0), (9e999), (-9e999), (NULL);

CREATE TABLE as_double_strict (id INTEGER PRIMARY KEY, v REAL) STRICT; -- double precision
INSERT INTO as_double_strict (v) VALUES (3.141592653589793), (5), (1e23), (-1e-7);

CREATE TABLE as_numeric_10_2 (id INTEGER PRIMARY KEY, v DECIMAL(10, 2)); -- numeric(10,2)
INSERT INTO as_numeric_10_2 (v) VALUES (0), (1), (-1.5), (19.99), (0.1 + 0.2), (12345678.9), (-99999999.99), (99999999), (1.1 * 3), ('nan'), (NULL);

CREATE TABLE as_text (id INTEGER PRIMARY KEY, v TEXT); -- text
INSERT INTO as_text (v) VALUES (''), (' '), ('  both  '), ('a''b"c\d'), ('\N'), ('\.'), ('line
break'), ('tab	stop'), (char(13, 10)), (char(1, 127)), ('NULL'), ('é'), (char(101, 769)), ('日本語'), ('👩‍👩‍👧'), (char(65533)), (char(1114111)), (NULL);
INSERT INTO as_text (v) SELECT group_concat('long ', '') FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n);

CREATE TABLE as_text_of_numbers (id INTEGER PRIMARY KEY, v); -- text
INSERT INTO as_text_of_numbers (v) VALUES ('word'), (5), (5.0), (0.5), (1e28), (-1.25e-10), (9223372036854775807), (x'616263'), (9e999), (-9e999), (-0.0);

CREATE TABLE as_varchar_5 (id INTEGER PRIMARY KEY, v VARCHAR(5)); -- character varying(5)
INSERT INTO as_varchar_5 (v) VALUES ('12345'), ('ééééé'), ('👍👍👍👍👍'), (''), ('a    '), (12345), (NULL);

CREATE TABLE as_char_5 (id INTEGER PRIMARY KEY, v CHAR(5)); -- character(5)
INSERT INTO as_char_5 (v) VALUES ('12345'), ('abc'), (''), (' b'), ('日本語日本'), (NULL);

CREATE TABLE as_bytea (id INTEGER PRIMARY KEY, v BLOB); -- bytea
INSERT INTO as_bytea (v) VALUES (x''), (x'00'), (x'00ff00'), (x'5c'), (x'5c3030'), ('text'), ('日本語'), (''), (zeroblob(100000)), (NULL);
INSERT INTO as_bytea (v) VALUES (CAST(x'c328' AS TEXT)), (CAST(x'610062' AS TEXT));

CREATE TABLE as_date (id INTEGER PRIMARY KEY, v DATE); -- date
INSERT INTO as_date (v) VALUES ('0001-01-01'), ('9999-12-31'), ('2000-02-29'), ('2024-02-29'), ('1900-02-28'), ('1582-10-10'), ('2024-01-01 00:00:00'), ('2024-01-01T00:00:00.000Z'), (NULL);

CREATE TABLE as_time (id INTEGER PRIMARY KEY, v TIME); -- time without time zone
INSERT INTO as_time (v) VALUES ('00:00'), ('23:59:59'), ('12:34:56.789'), ('23:59:59.999999'), ('01:02:03.0000000'), ('2000-01-01 05:06:07'), ('2000-01-01T05:06:07.25'), (NULL);

CREATE TABLE as_timestamp (id INTEGER PRIMARY KEY, v DATETIME); -- timestamp without time zone
INSERT INTO as_timestamp (v) VALUES ('2024-02-29 23:59:59.999999'), ('0001-01-01 00:00:00'), ('9999-12-31 23:59:59'), ('2024-06-01'), ('2024-06-01 12:34'),
    ('2024-06-01T12:34:56'), ('2024-06-01T12:34:56.7Z'), ('2024-06-01 12:34:56+02:00'), ('2024-06-01 12:34:56 -0330'), ('2024-06-01 00:30:00+01'), ('2024-06-01 12:00:00.1230000000'), ('2024-03-31 02:30:00'), (NULL);

CREATE TABLE as_timestamptz (id INTEGER PRIMARY KEY, v TIMESTAMP WITH TIME ZONE); -- timestamp with time zone
INSERT INTO as_timestamptz (v) VALUES ('2024-06-01 12:34:56'), ('2024-06-01 12:34:56z'), ('2024-06-01 12:34:56+05:45'), ('1969-12-31 23:59:59.999999-15:59'), ('2024-10-27 02:30:00'), (NULL);

CREATE TABLE as_seconds (id INTEGER PRIMARY KEY, v DATETIME); -- timestamp without time zone, seconds
INSERT INTO as_seconds (v) VALUES (1647950409), (0), (-1), (1700000000.25), (1700000000.123456), (1234567890), (NULL);

CREATE TABLE as_milliseconds (id INTEGER PRIMARY KEY, v DATETIME); -- timestamp without time zone, milliseconds
INSERT INTO as_milliseconds (v) VALUES (1647950409737), (1600000000000), (1712345678901), ('2024-01-02 03:04:05'), (NULL);

CREATE TABLE as_microseconds (id INTEGER PRIMARY KEY, v TIMESTAMP); -- timestamp without time zone, microseconds
INSERT INTO as_microseconds (v) VALUES (1647950409737123), (1600000000000001), (1712345678901234), (NULL);

CREATE TABLE as_julian_days (id INTEGER PRIMARY KEY, v DATETIME); -- timestamp without time zone, julian days
INSERT INTO as_julian_days (v) VALUES (2459661.0), (2440587.5), (2459661.123456), (2451545.25), (NULL);

CREATE TABLE as_uuid (id INTEGER PRIMARY KEY, v UUID); -- uuid
INSERT INTO as_uuid (v) VALUES ('7c9e6679-7425-40de-944b-e07fc1f90ae7'), ('7C9E6679742540DE944BE07FC1F90AE8'), (x'00112233445566778899aabbccddeeff'), ('ffffffff-FFFF-ffff-FFFF-ffffffffffff'), (NULL);

CREATE TABLE as_json (id INTEGER PRIMARY KEY, v JSON); -- json
INSERT INTO as_json (v) VALUES ('{}'), ('[]'), ('null'), ('"x"'), (' [1, 2.50, -3e10, true, {"a": null}] '), ('{"k": 1, "k": 2}'), ('"\u00e9\ud83d\ude00\n"'), ('"日本"'), (12), (1.5), (NULL);

CREATE TABLE as_jsonb (id INTEGER PRIMARY KEY, v JSONB); -- jsonb
INSERT INTO as_jsonb (v) VALUES ('{"b": 1, "a": [1.0, 2.500, 1e5, -0]}'), ('{"k": 1, "k": 2}'), ('"\u00e9"'), ('12345678901234567890.123456789'), ('{"":""}'), (NULL);

CREATE TABLE as_inet (id INTEGER PRIMARY KEY, v INET); -- inet
INSERT INTO as_inet (v) VALUES ('192.168.0.1'), ('10.1.2.3/8'), ('::1'), ('2001:DB8::1/64'), (NULL);

CREATE TABLE as_cidr (id INTEGER PRIMARY KEY, v CIDR); -- cidr
INSERT INTO as_cidr (v) VALUES ('10.0.0.0/8'), ('192.168.1.1'), ('2001:db8::/32'), (NULL);

CREATE TABLE as_macaddr (id INTEGER PRIMARY KEY, v MACADDR); -- macaddr
INSERT INTO as_macaddr (v) VALUES ('08:00:2b:01:02:03'), ('08-00-2B-01-02-04'), (NULL);
