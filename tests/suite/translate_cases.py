"""What test_translate.py evaluates: rows, expressions, defaults, and what must be refused."""

import datetime

DOCUMENTS = [
    '{"a": 1}', None, "[]", '{"a": "x", "n": 5, "list": [1, "two", null, 3.5]}', '{"a": true, "n": 0.1}', '{"a": false, "n": -7}',
    '{"a": null}', ' { "a" : "1" , "b c" : { "d" : [ [ ] , [ 7 , 8 ] ] } } ', '{"a": "", "n": "5"}', '{"a": [1], "n": 5.0}',
    '{"a": {"b": 2}, "n": 100000}', '[1, [2, 3], {"a": 4}]', '{"a": "it\'s \\"q\\" \\u00e4 日本", "n": 1e2}', '"text"', "1.50", "true", "null",
    '{"a": []}', '{"a": 0, "0": "zero"}', '{"a": 1.0, "list": []}', '{"a": 9007199254740992}', '{"a": "new", "list": {}}',
]

# Per column the values in SQLite, cycled over the rows: lists of different lengths meet in many ways.
VALUES = {
    "i": [0, 1, -1, 5, None, 2147483647, -2147483648, 7, 42, -3, 2],
    "j": [1, 0, None, -32768, 32767, 3, -7],
    "b": [1, None, 0, -5, 9007199254740993, 4611686018427387904, -4611686018427387904, 10, 3],
    "r": [0.0, 1.5, -1.5, None, 0.5, -0.5, 2.5, 0.1, 1e15, 4503599627370497.0, -4503599627370497.5, 0.49999999999999994,
          3.0, 1e300],
    "q": [0.5, 1.0, None, -0.25, 1024.0, 3.0],
    "n": [0, 0.5, None, 1, 19.99, -3.25, 100, 0.1],
    "w": [0, 1.5, 3, None, 0.3],
    "t": ["", "a", "A", None, "abc", "ABC", "a%c", "x_y", "back\\slash", "Ä", "ä", "日本", " lead", "trail ", "it's", "10",
          "5", "a\nb", "[z]", "a.c", "B", "Z", "_", "user@example.org", "-", "^", "]"],
    "v": ["x", None, "abc", "5", "ABC", "", "a b"],
    "c": ["abc", "A", None, "x y", "", "ab", "abcde"],
    "k": ["abc", "ABC", "Abc", None, "äb", "ÄB", "B", "a", "_", "Z"],
    "l": ["abc", "abc  ", " abc", None, "", "  ", "b"],
    "o": ["abc", 5, None, 42, "x"],
    "f": [1, 0, None],
    "d": ["2020-01-01 00:00:00", "2020-01-01 10:20:30", None, "2019-12-31 23:59:59", "2021-06-30 12:00:00", "2020-01-31 23:59:59",
          "2020-02-29 00:00:01", "1999-03-31 06:07:08", "2023-01-01 00:00:00", "2024-12-30 10:00:00", "1900-02-28 12:34:56"],
    "z": ["2020-01-01 10:20:30", None, "2020-01-01 00:00:00", "2018-03-04 05:06:07"],
    "y": ["2020-01-01", None, "2019-12-31", "2020-02-29", "2021-10-31", "1968-07-05"],
    "h": ["00:00:00", "12:30:00", None, "23:59:59"],
    "p": [0, 1577836800, None, 951782400, -2203891200, -1, 1000000000, 951868799, 250000000000, -62135596800],
    "x": [b"", b"\x00\xff", None, b"abc", b"\x80"],
    "g": ["00000000-0000-0000-0000-000000000000", None, "0a1b2c3d-0000-4000-8000-00000000000f"],
    "m": [one for one in DOCUMENTS], "u": DOCUMENTS[3:] + DOCUMENTS[:3], "js": DOCUMENTS[7:] + DOCUMENTS[:7],
    "e": ["new", "done", None, "it's"],
    "s": ["2020-01-31", "2020-02-29 10:20:30", None, "2019-12-31T23:59", "no date", "", "2021-03-31 23:59:59.999Z", "12 Jan 2020",
          "2020-01-01 00:00:00.5+00:00", "2020-1-1", " 2020-01-01", "1969-12-31 23:59:59"],
    "MiXed": [1, None, 2],
    "app": ["a", None],
}

# Values and conditions alike: a condition is compared by its truth.
EXPRESSIONS = """
NULL
1
-1
9223372036854775807
-9223372036854775808
1.5
-0.25
1e20
'text'
'it''s'
'back\\slash'
x'00ff'
TRUE
FALSE
i
"i"
sample.i
mixed
i + 1
i + i
i - j
i * i
i * 2147483647
j * j
b + 1
b - j
i / 2
i / 0
i / j
j / i
i % 3
-7 % 3
-7 / 2
i % j
b / -1
i / -1
i / f
r / 0
r / 0.0
r / r
r / i
i / r
i * 1.5
i + 0.1
j * r
q * q
q + 1
q / 3
n + n
n - 1
n * i
n * 0.1
n / 3.0
n * r
-i
-j
-b
-r
-n
-f
- -i
-(i + 1)
+i
+t
~i
~b
~j % i
~i + 1
w + 1
w * n
i & 3
i | 8
b & 255
i << 3
b >> 2
i << 40
j >> 63
(i + 1) * (j - 2)
i - (j - 1)
i + j * 2
t || 'x'
t || t || v
i || '-' || j
'a' || 5
f || t
c || t
t || NULL
i = 5
i = '5'
'5' = i
i <> '42'
b = '5.0'
i > 1.5
b > 9007199254740992
b = 4503599627370497.5
r > 1
r = 0.1
r < i
r = j
q = r
n = 0.1
n > '0'
n = '19.99'
n >= 19.99
n > r
n > i
f = 1
f = 0
f <> 0
f <> 1
f = TRUE
f = FALSE
f = '1'
f > 0
f < 2
f = 2
f = i
f = f
(i > 1) = 1
(i > 1) = (j > 1)
(i > 1) + (j > 1) = 1
(i IS NOT NULL) + (j IS NOT NULL) + (t IS NOT NULL) = 2
i > 1 = f
f
NOT f
f AND i
f OR r
NOT i
i AND j
n OR i
NOT (f AND NOT f)
NULL AND f
NULL OR f
f AND (i > 1 OR j > 1)
f AND i > 1 OR j > 1
t = 'abc'
t <> 'abc'
t < 'b'
t > 'Z'
t >= v
t = v
t = 5
t > 5
v = i + 0
c = 'abc'
c = 'abc '
c < 'b'
c = t
k = 'ABC'
k <> 'abc'
k < 'B'
k = v
v = k
t = 'abc' COLLATE NOCASE
t COLLATE NOCASE = 'ABC'
k COLLATE BINARY = 'ABC'
t COLLATE NOCASE < 'b'
(t COLLATE NOCASE) || '' = 'ABC'
l = 'abc'
l < 'b'
t = 'trail' COLLATE RTRIM
t COLLATE RTRIM = 'trail   '
o = 'abc'
o = 5
o = '42'
o <> 'x'
o = o
o IN ('abc', 5)
CAST(o AS TEXT) > '4'
CAST(o AS TEXT) = '5'
lower(o) || '!'
length(coalesce(o, 'x'))
'B' < t
'b' BETWEEN t AND v
'b' NOT BETWEEN 'a' AND 'C'
t IS NULL
t IS NOT NULL
t ISNULL
i NOTNULL
t IS 'abc'
t IS NOT 'abc'
i IS NULL
i IS 5
i IS NOT 5
i IS j
i IS NOT j
f IS 1
f IS 0
f IS NOT 1
f IS TRUE
f IS FALSE
f IS NOT TRUE
i IS TRUE
i IS NOT FALSE
r IS TRUE
i IS (TRUE COLLATE BINARY)
i IS NOT likely(FALSE)
NULL IS NULL
NULL = NULL
i = NULL
k IS 'ABC'
i BETWEEN 1 AND 10
i NOT BETWEEN 1 AND 10
i BETWEEN '1' AND '10'
t BETWEEN 'a' AND 'b'
k BETWEEN 'a' AND 'b'
f BETWEEN 0 AND 1
f BETWEEN 0 AND 2
i BETWEEN j AND b
i BETWEEN NULL AND 5
i NOT BETWEEN 5 AND NULL
i IN (1, 5, 42)
i NOT IN (1, 5)
i IN ('1', '5')
i IN (1, NULL)
i NOT IN (1, NULL)
i IN (j, b)
i IN ()
i NOT IN ()
NULL IN (1)
NULL IN ()
f IN (0, 1)
f IN (1)
f IN (1, 5)
f NOT IN (0, 2)
t IN ('abc', 'a', '')
k IN ('ABC', 'B')
t IN (5, '10')
n IN (0.1, 1, '19.99')
e IN ('new', 'it''s')
e = 'new'
e IS NOT 'done'
t LIKE 'a%'
t LIKE 'A_C'
t NOT LIKE 'a%'
t LIKE '%@%'
t LIKE 'back\\%'
t LIKE 'a\\%c'
t LIKE 'a\\%c' ESCAPE '\\'
t LIKE 'x!_y' ESCAPE '!'
t LIKE 'Ä'
t LIKE '_'
t LIKE '%'
t LIKE v
t LIKE NULL
i LIKE '4%'
f LIKE '1'
c LIKE 'abc'
c LIKE 'ab_'
k LIKE 'AB%'
'Abc' LIKE t
t GLOB 'a*'
t GLOB '?'
t GLOB 'A*'
t GLOB '[a-c]*'
t GLOB '[^a-c]*'
t GLOB '*.c'
t GLOB '*[%]*'
t GLOB '[]]'
t GLOB '[^]]'
t GLOB '[a-]'
t GLOB '[-^]'
t GLOB '[A-Z]'
t GLOB '[]a^-]'
t GLOB 'a?b'
t GLOB '*\\*'
t GLOB '*[\\]*'
t GLOB '[[]z]'
t GLOB '[あ-龠]*'
t GLOB ''
t GLOB '*_*'
t GLOB '*it''s*'
t NOT GLOB '*[^0-9]*'
v GLOB '[0-9]'
k GLOB 'a*'
i GLOB '4*'
CASE WHEN i > 1 THEN 'big' WHEN i = 1 THEN 'one' ELSE t END
CASE WHEN f THEN 1 ELSE 0 END
CASE WHEN f THEN i ELSE f END
CASE WHEN f THEN i END
CASE WHEN f THEN i ELSE 0.5 END
CASE WHEN f THEN r ELSE 0 END
CASE WHEN f THEN q ELSE 0.1 END
CASE i WHEN 1 THEN 'a' WHEN '5' THEN 'b' ELSE 'c' END
CASE f WHEN 1 THEN 'y' WHEN 0 THEN 'n' END
CASE k WHEN 'ABC' THEN 1 ELSE 2 END
CASE t WHEN NULL THEN 1 ELSE 2 END
CASE WHEN i THEN NULL ELSE NULL END
CASE WHEN f THEN d END < '2020-01-01 10:00:00'
CAST(i AS TEXT)
CAST(i AS INTEGER)
CAST(i AS REAL)
CAST(i AS NUMERIC)
CAST(f AS INTEGER)
CAST(f AS TEXT)
CAST(n AS REAL)
CAST(n AS INTEGER)
CAST(q AS INTEGER)
CAST(1.9 AS INTEGER)
CAST(-1.9 AS INTEGER)
CAST('42' AS INTEGER)
CAST(t AS VARCHAR(3))
CAST(c AS TEXT)
CAST(x AS BLOB)
CAST(NULL AS TEXT)
CAST(i AS TEXT) = '5'
CAST(i AS REAL) / 2
CAST(t AS TEXT) > 5
d < '2020-01-01'
d >= '2020-01-01'
'2020-01-01' > d
d = '2020-01-01 10:20:30'
d > '2020-01-01 10:20:30'
d BETWEEN '2020-01-01 00:00:00' AND '2020-12-31 23:59:59'
d IN ('2020-01-01 10:20:30', '2020-01-01 00:00:00')
z >= '2020-01-01 00:00:00'
z < '2020-01-01'
z = d
d <= z
y > '2019-12-31'
y = '2020-02-29'
y BETWEEN '2020-01-01' AND '2020-12-31'
h >= '12:30:00'
h < '12:30'
d < '2020-01-01 10:20'
-9223372036854775808 / 3
-9223372036854775808.0 / 3
-9223372036854775809 / 3
-(-9223372036854775808)
- -5
r < 9223372036854775808.0
r < 9e999
r > -9e999
n < 1e20
d IS NULL
p IS NULL
p <= p
p IS NOT NULL AND f
d < CURRENT_TIMESTAMP
d >= datetime('now')
y <= CURRENT_DATE
y < date('now')
d < date('now')
z <= CURRENT_TIMESTAMP
h <= time('now') OR 1
x = x'00ff'
x > x'00'
x <> x''
g = '0a1b2c3d-0000-4000-8000-00000000000f'
g IS NOT '00000000-0000-0000-0000-000000000000'
g = g
m IS NULL
lower(t)
upper(t)
lower(i)
upper(c)
lower('ABC')
length(t)
length(c)
length(x)
length(i)
length(f)
length('abc')
length(t) = 3
trim(t)
ltrim(t)
rtrim(t)
trim(t, 'a')
ltrim(t, 'ab')
rtrim(t, 'c%')
trim(t, '')
trim(i)
substr(t, 2)
substr(t, 1, 2)
substr(t, 3, 0)
substr(t, 2, 100)
substring(t, 2, 1)
substr(i, 1, 1)
substr(t, instr(t, '@') + 1)
substr(t, length(t) + 1)
instr(t, 'b')
instr(t, '')
instr(t, 'B')
instr(t, v)
instr(i, 2)
replace(t, 'a', 'bb')
replace(t, '', 'x')
replace(t, 'a', NULL)
replace(t, 'b', 5)
replace(i, 4, 'x')
replace(o, 'a', 'b')
replace(t, 'b', v)
replace(t, v, '')
hex(x)
hex(NULL)
hex(x'0aff')
coalesce(t, 'none')
coalesce(i, 0)
coalesce(i, j, b)
coalesce(f, 0)
coalesce(f, i)
coalesce(NULL, t)
coalesce(NULL, NULL)
coalesce(n, 0)
coalesce(r, 0)
coalesce(r, i)
ifnull(t, v)
ifnull(d, '1970-01-01 00:00:00') > '2000-01-01 00:00:00'
coalesce(d, d) IS NOT NULL
coalesce(x, x'')
coalesce(g, '00000000-0000-0000-0000-000000000000')
coalesce(y, '2020-01-01')
nullif(t, '')
nullif(i, 0)
nullif(i, j)
nullif(f, 0)
nullif(k, 'ABC')
nullif(NULL, i)
nullif(i, NULL)
nullif(n, 0)
nullif(2, r)
10 % nullif(i = 5, NULL)
nullif(k, 'A') = 'abc'
nullif(k, (l COLLATE RTRIM))
nullif(t, ('ABC' COLLATE NOCASE))
likely(k) = 'ABC'
typeof(+(k COLLATE RTRIM)) < k
typeof(t COLLATE NOCASE) = 'TEXT'
(CASE WHEN f THEN t COLLATE NOCASE ELSE v END) = 'ABC'
(t IN ('a', v COLLATE NOCASE)) || 'A' = '1a'
lower(nullif('new', e))
likely(k COLLATE NOCASE) = 'ABC'
+k = 'ABC'
nullif(coalesce(t, 'a'), likely(l))
CAST(k AS TEXT) = 'ABC'
5 % nullif(2, r)
10 % nullif(i = 5, NULL)
nullif(k, 'A') = 'abc'
nullif(k, (l COLLATE RTRIM))
nullif(t, ('ABC' COLLATE NOCASE))
likely(k) = 'ABC'
typeof(+(k COLLATE RTRIM)) < k
typeof(t COLLATE NOCASE) = 'TEXT'
(CASE WHEN f THEN t COLLATE NOCASE ELSE v END) = 'ABC'
(t IN ('a', v COLLATE NOCASE)) || 'A' = '1a'
lower(nullif('new', e))
likely(k COLLATE NOCASE) = 'ABC'
+k = 'ABC'
nullif(coalesce(t, 'a'), likely(l))
CAST(k AS TEXT) = 'ABC'
nullif(i, 1.5)
nullif(q, 1)
nullif(n, 0.5)
iif(f, i, j)
iif(i > 1, 'a', 'b')
iif(f, f, 0)
abs(i)
abs(j)
abs(r)
abs(n)
abs(f)
abs(-5)
round(r)
round(q)
round(n)
round(i)
round(i, 2)
round(n, 2)
round(n, 5)
round(-n, 2)
round(r, 0)
round(f)
sign(i)
sign(r)
sign(n)
max(i, j)
min(i, j, 5)
max(t, v)
min(t, 'b')
max(i, NULL)
max(1, 2)
max(r, 0)
min(n, 10)
max(f, 0)
max(d, '2020-01-01 00:00:00') IS NULL
max(y, '2020-01-01')
min(x, x'10')
typeof(i)
typeof(r)
typeof(t)
typeof(x)
typeof(f)
typeof(d)
typeof(NULL)
typeof('a')
typeof(1)
typeof(i + 1)
typeof(t) = 'text'
typeof(i) IN ('integer', 'null')
char(65, 228, 26085)
unicode(t)
unicode('')
likely(i > 1)
unlikely(f)
likelihood(i, 0.5)
lower(trim(t)) = 'abc'
length(trim(coalesce(t, ''))) > 0
length(lower(t) || upper(coalesce(v, ''))) + 1
"no such column"
t = "abc"
i > 0 AND (t IS NULL OR length(t) <= 5) AND (n >= 0 OR n IS NULL)
substr(t, -2)
substr(t, -1)
substr(t, 0)
substr(t, 0, 2)
substr(t, 0, -2)
substr(t, -3, 2)
substr(t, -3, 5)
substr(t, -3, -1)
substr(t, -3, -5)
substr(t, 3, -2)
substr(t, 9, -7)
substr(t, 2, -5)
substr(t, -2147483647, 2147483647)
substr(t, i)
substr(t, j)
substr(t, b % 7)
substr(t, i % 5, j % 4)
substr(t, j % 5, 2)
substr(t, j % 5, -2)
substr(t, 2, j % 4)
substr(t, -2, j % 4)
substr(t, -2, f)
substr(t, f, 2)
substr(t, 1, instr(t, '@') - 1)
substr(t, instr(t, '@'), 3)
substr(t, abs(j) % 3 + 1, 1)
substr(t, length(t) - 1)
substr(k, -2)
substr(c, -2)
substr(n, 2)
substr(x, 1)
substr(x, 2)
substr(x, -1)
substr(x, -2, 1)
substr(x, 0)
substr(x, j % 3, i % 3)
instr(x, x'ff')
instr(x, x'')
instr(x'00ff', x)
replace(t, v, k)
replace(t, v, NULL)
replace(t, '', v)
replace(k, t, v)
replace(n, '.', ',')
trim(t, v)
ltrim(t, t)
rtrim(v, t)
trim(t, '日本')
trim(t, k)
hex(t)
hex(v)
hex(i)
hex(b)
hex(f)
hex(c)
hex(n)
hex('a''b')
hex('back\\slash')
hex(5)
quote(t)
quote(x)
quote(i)
quote(b)
quote(f)
quote(n)
quote(NULL)
quote('it''s')
quote(v)
zeroblob(0)
zeroblob(3)
zeroblob(j % 5)
zeroblob(b % 5)
zeroblob(NULL)
length(zeroblob(100))
glob('a*', t)
glob('[^a-c]*', t)
like('a%', t)
like('x!_y', t, '!')
like(v, t)
like('A%', k)
n || 'x'
'x' || n
t || n
CAST(n AS TEXT)
n LIKE '1%'
n LIKE '%.%'
length(n)
n || n
+n || ''
CAST(t AS INTEGER)
CAST(v AS INTEGER)
CAST(k AS INTEGER)
CAST(c AS INTEGER)
CAST('5x' AS INTEGER)
CAST(' -12 ' AS INTEGER)
CAST('9223372036854775808' AS INTEGER)
CAST('-99999999999999999999' AS INTEGER)
CAST('1e3' AS INTEGER)
CAST('' AS INTEGER)
CAST(t || i AS INTEGER)
CAST(i || t AS INTEGER)
CAST(i || '.5' AS INTEGER)
CAST(' ' || i AS INTEGER)
CAST(t AS INTEGER) > 3
CAST(substr(t, 1, 2) AS INTEGER) + 1
CAST(t AS BLOB)
CAST(i AS BLOB)
CAST(n AS BLOB)
CAST('abc' AS BLOB)
CAST(v AS BLOB) = x'78'
printf('%d', i)
printf('%d items', b)
printf('%i-%i', i, j)
printf('%ld', b)
printf('%lld', b)
printf('%05d', i)
printf('%05d', j)
printf('%012d', b)
printf('%1d', i)
printf('%01d', i)
printf('%5d|', i)
printf('%-5d|', i)
printf('%s', t)
printf('%s: %s', t, v)
printf('%s', i)
printf('%s', n)
printf('%s', f)
printf('%s %d', NULL, NULL)
printf('%s|%d|')
printf('100%%')
printf('%x', i)
printf('%X', b)
printf('%08x', j)
printf('%8x', j)
printf(NULL)
printf('no directive')
printf('%.2f', i)
printf('%.0f', i)
printf('%.2f', n)
printf('%.3f', n)
printf('%8.2f', n)
printf('%-8.2f|', n)
printf('%f', j)
printf('%d', f)
printf('%02d:%02d', i / 60, i % 60)
printf('it''s %s', k)
printf('back\\slash %s', t)
printf('%d', i) = '5'
length(printf('%s', t))
date(d)
date(y)
date(z)
date(h)
time(d)
time(h)
time(y)
datetime(d)
datetime(y)
datetime(z)
datetime(h)
date(s)
datetime(s)
time(s)
julianday(d)
julianday(y)
julianday(s)
unixepoch(d)
unixepoch(z)
unixepoch(s)
strftime('%Y', d)
strftime('%Y-%m', d)
strftime('%m/%d/%Y %H:%M', d)
strftime('%j', d)
strftime('%w', d)
strftime('%W', d)
strftime('%W', y)
strftime('%W', y, '+200 days')
strftime('%s', d)
strftime('%s', s)
strftime('%H:%M:%S', h)
strftime('week %W of %Y', d)
strftime('100%% %Y', d)
strftime('it''s %d', d)
strftime('%Y', s)
strftime('%f', d, '+0 seconds')
strftime('%Y-%m-%dT%H:%M:%fZ', s, '+1 minute')
CAST(strftime('%Y', d) AS INTEGER)
CAST(strftime('%m', s) AS INTEGER) + 1
CAST(strftime('%Y', d) AS REAL)
strftime('%Y', d) + 1
strftime('%s', d) - strftime('%s', z)
strftime('%d', d) * 1.5
strftime('%H', h) % 7
strftime('%j', y) / 7
strftime('%S', s) + 0
strftime('%w', d) + strftime('%m', d)
(strftime('%s', d) - 5) / 60
strftime('%Y', d) || ''
length(strftime('%Y', d))
date(d, '+1 day')
date(d, '-1 days')
date(d, '1 day')
date(d, '+1 month')
date(d, '-1 month')
date(d, '+13 months')
date(d, '-11 months')
date(d, '+1 year')
date(d, '-4 years')
date(d, '+100 years')
datetime(d, '+1 month', '+1 month')
datetime(d, '+90 seconds')
datetime(d, '-36 hours')
datetime(d, '+1000 minutes')
date(d, 'start of month')
date(d, 'start of year')
datetime(d, 'start of day')
datetime(d, 'Start Of Day')
date(d, 'start of month', '+1 month', '-1 day')
date(d, 'weekday 0')
date(d, 'weekday 1')
date(d, 'weekday 6', '-7 days')
date(y, 'weekday 3')
date(y, '+1 month')
date(z, 'start of month')
time(h, '+3 hours')
datetime(h, '+1 day')
date(s, '+1 month')
datetime(s, 'start of month', '-1 second')
date(s, 'weekday 4')
date('2020-01-31', '+1 month')
datetime('2020-01-31 10:20:30.5', '+1 second')
datetime('2020-01-31T10:20')
julianday('2020-01-01')
unixepoch('2020-01-01 00:00:01')
datetime(i, 'unixepoch')
datetime(j, 'unixepoch')
datetime(b, 'unixepoch')
date(b / 1000, 'unixepoch', 'start of year')
datetime(p, 'unixepoch')
date(p, 'unixepoch', '+1 month')
strftime('%Y', p, 'unixepoch')
datetime(0, 'unixepoch')
julianday(d) - julianday(y)
CAST(julianday(d) - julianday(y) AS INTEGER)
date(d) = '2020-01-01'
date(d) = y
date(d) < y
y >= date(d)
d = datetime(z)
datetime(d) <= z
datetime(z, '+1 day') > d
date(d) < date(y)
date(d) = date(s)
d < datetime(d, '+1 day')
d < datetime('now', '-1 day')
y <= date('now', '+1 month')
d >= date('now', '-7 days')
date(d) < date('now')
date(datetime(d, '+1 day'))
date(date(d, '+1 month'), '+1 month')
datetime(date(d))
strftime('%Y', datetime(d, '+1 year'))
typeof(date(d))
coalesce(date(d), 'none')
length(datetime(d))
substr(date(d), 1, 7)
date(d) || ' ' || time(d)
CASE WHEN f THEN date(d) ELSE '' END
max(date(d), date(y))
nullif(date(d), '2020-01-01')
date(d) IN ('2020-01-01', '2020-01-31')
date(d) BETWEEN '2020-01-01' AND '2020-12-31'
date(d) LIKE '2020%'
date(NULL)
date(d, NULL)
m ->> 'a' IS NULL
json_extract(m, '$.a') IS NOT NULL
m -> 'a' IS NULL
u -> '$.b c.d' IS NOT NULL
u -> '$."b c".d[1][0]' IS NOT NULL
json_extract(js, '$.list[1]') = 'two'
json_extract(m, '$.list[#-1]') = 3.5
json_extract(m, '$.list[0]') = 1
json_extract(m, '$[0]') = 1
json_extract(m, '$[0]') IS NULL
json_extract(m, '$.a[0]') IS NULL
json_extract(u, '$.a[0]') = 1
json_extract(m, '$') = 'text'
json_extract(u, '$') = 1.5
json_extract(js, '$') IS NULL
json_extract(m, '$.0') = 'zero'
p > 1000
p = 0
p >= '1577836800'
p <> 1577836800
p < 1577836801
p BETWEEN -5 AND 1577836799
p IN (0, 5)
p IS 0
p <= unixepoch()
p > -62135596000
p < 253402300799
p < 951782400
p < 951868800
p < -2203891201
p <= unixepoch('now')
json_extract(m, '$.a') = 'x'
json_extract(u, '$.a') = 'x'
json_extract(js, '$.a') = 'x'
json_extract(m, '$.a') <> 'x'
json_extract(m, '$.a') IS 'x'
json_extract(m, '$.a') IS NOT 'x'
json_extract(m, '$.a') = ''
json_extract(m, '$.a') = '1'
json_extract(m, '$.a') IN ('x', 'new', '1')
json_extract(m, '$.a') NOT IN ('x', 'new')
json_extract(m, '$.a') IN ('x', 1)
json_extract(m, '$.a') = 1
json_extract(m, '$.a') = 0
json_extract(m, '$.a') <> 1
json_extract(m, '$.a') > 0
json_extract(m, '$.a') >= 1
json_extract(u, '$.a') < 2
json_extract(js, '$.n') > 4.5
json_extract(js, '$.n') = 5
json_extract(m, '$.n') = 100
json_extract(m, '$.n') = 0.1
json_extract(m, '$.n') BETWEEN -10 AND 50
json_extract(m, '$.n') NOT BETWEEN 0 AND 5
5 = json_extract(m, '$.n')
5 < json_extract(m, '$.n')
m ->> 'a' = 'x'
m ->> '$.a' = 'x'
u ->> 'list' IS NULL
u -> 'list' ->> 1 = 'two'
m -> 'list' ->> 0 = 1
js -> 'b c' -> 'd' ->> 0 IS NULL
m ->> 0 IS NULL
m ->> NULL
json_extract(m, '$.a') = 'it''s "q" ä 日本'
(json_extract(m, '$.a') = 'x') + 1
CASE WHEN m ->> 'a' = 'x' THEN 1 ELSE 2 END
json_array_length(m)
json_array_length(u)
json_array_length(js)
json_array_length(m, '$.list')
json_array_length(u, '$.list')
json_array_length(m -> 'list')
json_array_length(m, '$.a') > 0
json_array_length(u, '$."b c".d[1]')
json_type(u)
json_type(js)
json_type(u, '$.a')
json_type(js, '$.n')
json_type(u -> 'list')
json_type(u, '$.list[3]')
json_type(js, '$.a') = 'text'
json_type(NULL)
json_quote(t)
json_quote(k)
json_quote(i)
json_quote(f)
json_quote(NULL)
json_quote('it''s "q"')
json_quote(n)
json_array()
json_array(i, t, NULL, 'x', 5)
json_array(n, f, b)
json_object()
json_object('a', i, 'b "c"', t, 'd', NULL)
json_object('k', k) = '{"k":"a"}'
length(json_array(t))
json_array(json_array(i), json_object('a', t))
json_object('list', json_array(json_quote(t), NULL))
json_quote(json_array(1, 'x'))
"""

# A part of the SQL functions may be missing in the SQLite at hand; then its own answer cannot be had.
OPTIONAL = ("floor(r)", "floor(i)", "floor(n)", "ceil(r)", "ceiling(n)", "trunc(r)", "trunc(-1.5)", "i IS DISTINCT FROM j",
            "i IS NOT DISTINCT FROM j", "iif(f, i)", "format('%d', i)", "format('%s', t)")

REFUSALS = [
    ("value", "t + 1", "operator +"),
    ("value", "-t", "operator -"),
    ("value", "r % 2", "operator %"),
    ("value", "n / 2", "operator / on a numeric column"),
    ("value", "i << j", "operator <<"),
    ("value", "i << 64", "operator <<"),
    ("value", "r & 1", "operator &"),
    ("value", "r || 'x'", "operator ||"),
    ("value", "d || 'x'", "operator ||"),
    ("value", "x || 'x'", "operator ||"),
    ("value", "i = t", "a comparison of a number with a text"),
    ("value", "i = 'abc'", "a comparison of"),
    ("value", "CAST(i AS TEXT) = i", "a comparison of"),
    ("value", "coalesce(d, z)", "function coalesce()"),
    ("value", "t = 1.5", "a comparison"),
    ("value", "length(t) = '5'", "a comparison of"),
    ("value", "b > r", "a comparison of"),
    ("value", "r = 9007199254740993", "a comparison of"),
    ("value", "w > r", "a comparison of"),
    ("value", "o > 'abc'", "a comparison of"),
    ("value", "o > 5", "a comparison of"),
    ("value", "coalesce(o, 'x') = '5'", "a comparison of"),
    ("value", "CASE WHEN f THEN o END > 'a'", "a comparison of"),
    ("value", "+o = '5'", "a comparison of"),
    ("value", "t IN (o)", "a comparison of"),
    ("value", "typeof(coalesce(o, ''))", "function typeof()"),
    ("value", "CASE WHEN f THEN 5 ELSE t END", "CASE of"),
    ("value", "coalesce(x, 'abc')", "function coalesce() of"),
    ("value", "coalesce(g, 0)", "function coalesce() of"),
    ("value", "replace(o, v, 'x')", "function replace()"),
    ("value", "replace(i, '', 'x')", "function replace()"),
    ("value", "replace(r, x'00', NULL)", "function replace()"),
    ("value", "i IS (j NOT IN ())", "IS with an empty IN"),
    ("value", "o = t", "a comparison of"),
    ("value", "o = '042' || t", "a comparison of"),
    ("value", "f = 't'", "a comparison of"),
    ("value", "d > '2020-01-01'", "a comparison of a date or time"),
    ("value", "d = '2020-01-01'", "a comparison of a date or time"),
    ("value", "d BETWEEN '2020-01-01' AND '2020-12-31'", "a comparison of a date or time"),
    ("value", "d < 'yesterday'", "the literal 'yesterday'"),
    ("value", "d < ''", "the literal ''"),
    ("value", "d < '2020-02-30'", "the literal '2020-02-30'"),
    ("value", "d < 5", "a comparison of"),
    ("value", "d < t", "a comparison of"),
    ("value", "d < y", "a comparison of"),
    ("value", "p < '2020-01-01'", "a comparison of"),
    ("value", "p < d", "a comparison of"),
    ("value", "p > 0.5", "a comparison of"),
    ("value", "p > i", "a comparison of"),
    ("value", "p > 999999999999", "a comparison of"),
    ("value", "d > 1577836800", "a comparison of"),
    ("value", "p > unixepoch() - 5", "a comparison of"),
    ("value", "z < '2020-01-01 10:00:00+02:00'", "the literal"),
    ("value", "d = '2020-01-01 10:20'", "a comparison of a date or time"),
    ("value", "y = '2020-01-01 00:00:00'", "a comparison of a date or time"),
    ("value", "h <= '12:30'", "a comparison of a date or time"),
    ("value", "h < '2000-01-01 12:30:00'", "a comparison of a date or time"),
    ("value", "b < 9223372036854775808.0", "a comparison of a number"),
    ("value", "b < 9e999", "a comparison of a number"),
    ("value", "b = 9007199254740992.5", "a comparison of a number"),
    ("stored:t", "nosuch", "column nosuch"),
    ("value", "d <= date('now')", "a comparison of a date or time"),
    ("value", "g = 'abc'", "the literal 'abc'"),
    ("value", "g < '0a1b2c3d-0000-4000-8000-00000000000f'", "a comparison of a uuid"),
    ("value", "e = 'other'", "the literal 'other'"),
    ("value", "e < 'new'", "a comparison of an enum"),
    ("value", "m = '{}'", "a comparison of"),
    ("value", "x = 'abc'", "a comparison of"),
    ("value", "lower(e)", "function lower()"),
    ("value", "length(r)", "function length()"),
    ("value", "length(g)", "function length()"),
    ("value", "app = 'a'", "column app"),
    ("value", "t = 'a' COLLATE unaccent", "collation unaccent"),
    ("value", "other", "column other"),
    ("value", "elsewhere.i", "column i"),
    ("value", "[other]", "column other"),
    ("condition", "t", "a text as a condition"),
    ("condition", "'1'", "a text as a condition"),
    ("condition", "x", "a blob as a condition"),
    ("condition", "d", "a date or time as a condition"),
    ("value", "t AND f", "a text as a condition"),
    ("value", "CASE WHEN f THEN 1 ELSE 'a' END", "CASE"),
    ("value", "CASE WHEN f THEN b ELSE r END", "CASE of integers and reals"),
    ("value", "CASE WHEN f THEN d ELSE t END", "CASE"),
    ("value", "coalesce(d, '2020-01-01')", "function coalesce()"),
    ("value", "coalesce(p, '2020-01-01 00:00:00')", "function coalesce()"),
    ("value", "CAST(r AS TEXT)", "CAST to a text"),
    ("value", "CAST(t AS DATE)", "CAST to a number"),
    ("value", "t LIKE 'a%' ESCAPE v", "LIKE with ESCAPE"),
    ("value", "t LIKE v ESCAPE '!'", "LIKE with ESCAPE"),
    ("value", "t LIKE 'a!' ESCAPE '!'", "LIKE with ESCAPE"),
    ("value", "t LIKE 'ab' ESCAPE 'b'", "LIKE with ESCAPE"),
    ("value", "r LIKE '1%'", "LIKE"),
    ("value", "t GLOB v", "operator GLOB"),
    ("value", "t GLOB '[abc'", "operator GLOB"),
    ("value", "t GLOB '[z-a]'", "operator GLOB"),
    ("value", "t REGEXP 'a'", "operator REGEXP"),
    ("value", "t MATCH 'a'", "operator MATCH"),
    ("value", "i IN (SELECT 1)", "a subquery"),
    ("value", "(SELECT 1)", "a subquery"),
    ("value", "EXISTS (SELECT 1)", "EXISTS"),
    ("value", "(i, j) = (1, 2)", "a row value"),
    ("value", "?", "a parameter"),
    ("value", "round(r, 2)", "function round()"),
    ("value", "round(n, 1)", "function round()"),
    ("value", "round(w, 2)", "function round()"),
    ("value", "round(i, j)", "function round()"),
    ("value", "max(i)", "aggregate function max()"),
    ("value", "max(k, 'a')", "function max()"),
    ("value", "max(i, t)", "function max()"),
    ("value", "char(i)", "function char()"),
    ("value", "char(0)", "function char()"),
    ("value", "typeof(n)", "function typeof()"),
    ("value", "typeof(o)", "function typeof()"),
    ("value", "typeof(g)", "function typeof()"),
    ("value", "typeof(p)", "function typeof()"),
    ("value", "nullif(o, '5')", "a comparison of"),
    ("value", "json_valid(m)", "function json_valid()"),
    ("value", "count(*)", "function count()"),
    ("value", "my_own(1)", "function my_own()"),
    ("value", "abs(i, j)", "function abs()"),
    ("value", "datetime('now', 'localtime')", "function datetime()"),
    ("value", "strftime('%J', 'now')", "function strftime()"),
    ("value", "strftime('it''s', 'now')", "function strftime()"),
    ("default:f", "2", "for boolean"),
    ("default:f", "'maybe'", "for boolean"),
    ("default:j", "32768", "for smallint"),
    ("default:i", "2147483648", "for integer"),
    ("default:i", "1.5", "for integer"),
    ("default:i", "'abc'", "for integer"),
    ("default:i", "''", "for integer"),
    ("default:q", "0.1", "for real"),
    ("default:r", "'x'", "for double precision"),
    ("default:n", "0.001", "for numeric"),
    ("default:n", "100000000", "for numeric"),
    ("default:v", "'12345678901'", "for character varying"),
    ("default:v", "CURRENT_TIMESTAMP", "the current time for"),
    ("default:c", "'a '", "for character"),
    ("default:t", "5.0", "for text"),
    ("default:d", "0", "for timestamp"),
    ("default:d", "''", "for timestamp"),
    ("default:d", "'0000-00-00'", "for timestamp"),
    ("default:d", "'2020-01-01 10:00:00.1234567'", "for timestamp"),
    ("default:d", "CURRENT_TIME", "the current time for"),
    ("default:y", "CURRENT_TIMESTAMP", "the current time for date"),
    ("default:y", "'2020-01-01 10:00:00'", "for date"),
    ("default:h", "'24:00:00'", "for time"),
    ("default:g", "'x'", "for uuid"),
    ("default:m", "'{'", "for jsonb"),
    ("default:m", "''", "for jsonb"),
    ("default:m", "'{\"a\":\"\\u0000\"}'", "for jsonb"),
    ("default:e", "'other'", "for"),
    ("default:x", "5", "for bytea"),
    ("stored:i", "r", "in a column of type integer"),
    ("stored:i", "t", "in a column of type integer"),
    ("stored:t", "r", "a text column"),
    ("stored:w", "r", "in a column of type numeric"),
    ("stored:f", "i", "in a column of type boolean"),
    ("stored:d", "t", "in a column of type timestamp"),
    ("stored:d", "y", "in a column of type timestamp"),
    ("stored:e", "t", "in a column of type"),
    ("stored:q", "r", "in a column of type real"),
    ("value", "w || 'x'", "operator ||"),
    ("value", "CAST(o AS INTEGER)", "CAST to an integer"),
    ("value", "CAST(w AS TEXT)", "CAST to a text"),
    ("value", "(n * 1) || ''", "operator ||"),
    ("value", "coalesce(n, 0) || ''", "operator ||"),
    ("value", "substr(t, r)", "function substr()"),
    ("value", "substr(t, 2147483648)", "function substr()"),
    ("value", "substr(t, 1, 9999999999)", "function substr()"),
    ("value", "substr(r, 1)", "function substr()"),
    ("value", "instr(x, t)", "function instr()"),
    ("value", "hex(r)", "function hex()"),
    ("value", "hex(d)", "function hex()"),
    ("value", "quote(r)", "function quote()"),
    ("value", "quote(o)", "function quote()"),
    ("value", "quote(d)", "function quote()"),
    ("value", "zeroblob(r)", "function zeroblob()"),
    ("value", "printf(t)", "function printf()"),
    ("value", "printf('%5s', t)", "function printf()"),
    ("value", "printf('%.2s', t)", "function printf()"),
    ("value", "printf('%.2f', r)", "function printf()"),
    ("value", "printf('%.1f', n)", "function printf()"),
    ("value", "printf('%.2f', b)", "function printf()"),
    ("value", "printf('%.9f', n)", "function printf()"),
    ("value", "printf('%d', r)", "function printf()"),
    ("value", "printf('%d', t)", "function printf()"),
    ("value", "printf('%s', r)", "function printf()"),
    ("value", "printf('%+d', i)", "function printf()"),
    ("value", "printf('%,d', i)", "function printf()"),
    ("value", "printf('%*d', i, j)", "function printf()"),
    ("value", "printf('%.3d', i)", "function printf()"),
    ("value", "printf('%q', t)", "function printf()"),
    ("value", "printf('%c', t)", "function printf()"),
    ("value", "printf('%-05d|', i)", "function printf()"),
    ("value", "printf('')", "function printf()"),
    ("value", "printf('%e', i)", "function printf()"),
    ("value", "printf('%u', i)", "function printf()"),
    ("value", "printf('%')", "function printf()"),
    ("value", "like('a%', t, v)", "LIKE with ESCAPE"),
    ("value", "glob(v, t)", "operator GLOB"),
    ("value", "date(i)", "function date()"),
    ("value", "date(p)", "function date()"),
    ("value", "date(r, 'unixepoch')", "function date()"),
    ("value", "date(i, 'auto')", "function date()"),
    ("value", "date(d, 'localtime')", "function date()"),
    ("value", "date(d, 'utc')", "function date()"),
    ("value", "date(d, t)", "function date()"),
    ("value", "date(d, i || ' days')", "function date()"),
    ("value", "date(d, '+1.5 days')", "function date()"),
    ("value", "date(d, '+1 week')", "function date()"),
    ("value", "date(d, '+10000000 days')", "function date()"),
    ("value", "date(d, '+01:00')", "function date()"),
    ("value", "date(d, 'weekday 7')", "function date()"),
    ("value", "date(d, 'subsec')", "function date()"),
    ("value", "date(d, 'unixepoch')", "function date()"),
    ("value", "date(o)", "function date()"),
    ("value", "date('2020-02-30')", "function date()"),
    ("value", "date('10:20')", "function date()"),
    ("value", "date('2020-01-01 10:20+00')", "function date()"),
    ("value", "strftime(t, d)", "function strftime()"),
    ("value", "strftime('%f', d)", "function strftime()"),
    ("value", "strftime('%J', d)", "function strftime()"),
    ("immutable", "date(s, '+1 month')", "an expression"),
    ("value", "strftime('%', d)", "function strftime()"),
    ("value", "d = date(y)", "a comparison of a date or time"),
    ("value", "coalesce(d, datetime(z))", "function coalesce()"),
    ("stored:i", "date(d)", "a text of a time for integer"),
    ("value", "datetime(datetime(y), 'unixepoch')", "function datetime()"),
    ("value", "date('now', 'unixepoch')", "function date()"),
    ("value", "date(time(d))", "function date()"),
    ("value", "datetime(strftime('%Y-%m-%dT%H:%M:%fZ', d, '+0 days'))", "function datetime()"),
    ("stored:y", "datetime(d)", "a text of a time for date"),
    ("value", "m -> 'a'", "a value out of JSON"),
    ("value", "m ->> 'a'", "a value out of JSON"),
    ("value", "json_extract(m, '$.a')", "a value out of JSON"),
    ("condition", "json_extract(m, '$.a')", "a value out of JSON"),
    ("value", "coalesce(m ->> 'a', '5')", "a value out of JSON"),
    ("value", "m ->> 'a' || 'x'", "a value out of JSON"),
    ("value", "lower(m ->> 'a')", "a value out of JSON"),
    ("value", "typeof(m ->> 'a')", "a value out of JSON"),
    ("value", "+(m ->> 'a') = 'x'", "a value out of JSON"),
    ("value", "m ->> 'a' COLLATE NOCASE = 'x'", ""),
    ("value", "m ->> 'a' = 'X' COLLATE NOCASE", "a comparison of"),
    ("value", "m ->> 'a' = t", "a comparison of"),
    ("value", "m ->> 'a' = CAST(0 AS TEXT)", "a comparison of"),
    ("value", "m ->> 'a' = i", "a comparison of"),
    ("value", "m ->> 'a' < 'x'", "a comparison of"),
    ("value", "m -> 'a' = '1'", "a comparison of"),
    ("value", "m ->> 'a' = '[1]'", "a comparison of a value out of JSON with the literal"),
    ("value", "m ->> 'a' = u ->> 'a'", "a comparison of"),
    ("value", "json_extract(m, '$.a', '$.b') IS NULL", "function json_extract()"),
    ("value", "json_extract(m, t) IS NULL", "function json_extract()"),
    ("value", "json_extract(m, 'a') IS NULL", "function json_extract()"),
    ("value", "json_extract(m, '$.') IS NULL", "function json_extract()"),
    ("value", "json_extract(m, '$.a[') IS NULL", "function json_extract()"),
    ("value", "json_extract(m, '$[#]') IS NULL", "function json_extract()"),
    ("value", "json_extract(m, '$.\"a') IS NULL", "function json_extract()"),
    ("value", "json_extract(i, '$.a') IS NULL", "function json_extract()"),
    ("value", "m ->> -1 IS NULL", "operator ->>"),
    ("value", "m ->> 'a.b' IS NULL", "operator ->>"),
    ("value", "json_type(m)", "function json_type()"),
    ("value", "json(u)", "function json()"),
    ("value", "json_quote(r)", "function json_quote()"),
    ("value", "json_quote(m)", "function json_quote()"),
    ("value", "json_object(t, 1)", "function json_object()"),
    ("value", "json_array(coalesce(json_array(i), 'x'))", "function json_array()"),
    ("value", "json_object('a')", "function json_object()"),
    ("immutable", "json_quote(t)", "function json_quote()"),
    ("stored:m", "u -> 'a'", "a value out of JSON"),
    ("stored:d", "m ->> 'a'", "a value out of JSON"),
    ("value", "o = strftime('%m', d)", "a comparison of"),
    ("value", "i = strftime('%s', 'now')", "a comparison of"),
    ("value", "abs(strftime('%Y', d))", "function abs()"),
    ("value", "strftime('%Y', d) = 2020", "a comparison of"),
    ("value", "(strftime('%Y', d) || '') + 1", "operator +"),
    ("default:i", "uuid()", "function uuid()"),
    ("default:d", "unixepoch() * 60", "a number in a column of type timestamp"),
    ("default:u", "json(' []')", "function json()"),
    ("value", "randomblob(i)", "function randomblob()"),
    ("value", "randomblob(65)", "function randomblob()"),
    ("value", "random() BETWEEN 1 AND 2", "an expression"),
    ("value", "max(random(), i)", "an expression"),
    ("value", "CASE random() WHEN 1 THEN 2 WHEN 2 THEN 3 END", "an expression"),
    ("value", "random() IN (i, j)", "an expression"),
    ("value", "substr(t, random() % 3)", "an expression"),
    ("value", "round(random() / 2.0)", "an expression"),
]

DEFAULTS = [
    ("i", "NULL"), ("i", "0"), ("i", "42"), ("i", "-1"), ("i", "+1"), ("i", "'42'"), ("i", "42.0"), ("i", "0x10"), ("i", "'1e3'"),
    ("i", "TRUE"), ("i", "(1 + 2)"), ("i", "(60 * 60 * 24)"), ("j", "-32768"), ("b", "9223372036854775807"),
    ("b", "-9223372036854775808"), ("r", "0"), ("r", "0.1"), ("r", "'0.5'"), ("r", "1e300"), ("r", "-1.5"), ("q", "0.5"),
    ("n", "0"), ("n", "0.5"), ("n", "19.99"), ("n", "'1.50'"), ("n", "99999999.99"), ("n", "-1"), ("w", "0.1"), ("w", "'12345.678'"),
    ("t", "''"), ("t", "'it''s'"), ("t", "'back\\slash'"), ("t", "5"), ("t", "1.5"), ("t", "\"\""), ("t", "\"word\""), ("t", "word"),
    ("t", "NULL"), ("t", "('a' || 'b')"), ("t", "(5)"), ("t", "x'616263'"), ("v", "'1234567890'"), ("v", "'ÄÖÜäöü'"), ("c", "'ab'"),
    ("f", "0"), ("f", "1"), ("f", "'0'"), ("f", "'1'"), ("f", "TRUE"), ("f", "FALSE"), ("f", "(0)"),
    ("f", "(1 = 1)"), ("f", "(1 IN (1, 2))"), ("f", "(1 = 1 AND NOT 2 = 3)"), ("f", "('a' LIKE 'A')"), ("f", "1.0"), ("d", "'2020-01-01 10:20:30'"), ("d", "'1970-01-01 00:00:00'"),
    ("z", "'2020-01-01 10:20:30'"), ("y", "'2020-02-29'"), ("h", "'12:30:00'"), ("x", "x'00ff'"), ("x", "x''"),
    ("g", "'0a1b2c3d-0000-4000-8000-00000000000f'"), ("e", "'new'"), ("e", "'it''s'"), ("m", "'{}'"),
    ("m", "'[1, 2.5e3, \"\\u00e4\\ud83d\\ude00\", null, {\"a\": [true]}]'"), ("i", "(CASE WHEN 1 THEN 5 ELSE 6 END)"),
    ("m", "(json_array())"), ("m", "(json_object('a', json_array(1, 'x', NULL)))"), ("m", "(json('{\"a\" : [1]}'))"), ("t", "(json_array('it''s', 5))"),
    ("t", "(printf('%05d', 42))"), ("x", "(zeroblob(3))"), ("t", "(quote('it''s'))"), ("t", "(strftime('%Y', '2020-01-31'))"),
    ("d", "(datetime('2020-01-31 10:20:30', '+1 month'))"), ("y", "(date('2020-02-29', '+1 year'))"), ("i", "(CAST('12abc' AS INTEGER))"),
    ("f", "(CASE WHEN 1 THEN 1 ELSE 0 END)"), ("f", "(coalesce(NULL, 1))"), ("n", "(coalesce(NULL, 0.5))"),
    ("d", "(iif(1, '2020-01-01 10:20:30', NULL))"),
]

# Texts that mean a value of the type without being SQLite's own form of it: PostgreSQL's value is given.
READ_DEFAULTS = [
    ("f", "'t'", True), ("f", "'f'", False), ("f", "'false'", False), ("f", "\"true\"", True), ("f", "'Yes'", True),
    ("d", "'2020-01-01'", datetime.datetime(2020, 1, 1)),
    ("d", "'2020-01-01T10:20:30.500Z'", datetime.datetime(2020, 1, 1, 10, 20, 30, 500000)),
    ("z", "'2020-01-01 10:20'", datetime.datetime(2020, 1, 1, 10, 20, tzinfo=datetime.timezone.utc)),
    ("y", "'2020-01-01 00:00:00'", datetime.date(2020, 1, 1)),
    ("h", "'2000-01-01 12:30:00'", datetime.time(12, 30)),
    ("g", "'0A1B2C3D000040008000000000000000'", "0a1b2c3d-0000-4000-8000-000000000000"),
    ("g", "x'0a1b2c3d000040008000000000000000'", "0a1b2c3d-0000-4000-8000-000000000000"),
    ("g", "0", "00000000-0000-0000-0000-000000000000"),
    ("x", "'abc'", b"abc"),
    ("m", "5", 5),
]

# Defaults of the current time: both sides' values must be within a few seconds.
NOW_DEFAULTS = [
    ("d", "CURRENT_TIMESTAMP"), ("d", "(datetime('now'))"), ("d", "(datetime())"),
    ("d", "(strftime('%Y-%m-%d %H:%M:%S', 'now'))"), ("z", "CURRENT_TIMESTAMP"), ("z", "(datetime('NOW'))"),
    ("y", "CURRENT_DATE"), ("y", "(date('now'))"), ("h", "CURRENT_TIME"), ("h", "(time('now'))"),
    ("t", "CURRENT_TIMESTAMP"), ("t", "(date())"), ("t", "CURRENT_TIME"), ("t", "(strftime('%s', 'now'))"),
    ("t", "(strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"), ("t", "(strftime('%d.%m.%Y at %H:%M', 'now'))"),
    ("t", "(strftime('%j/%Y', 'now'))"), ("t", "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"), ("t", "(datetime(CURRENT_TIMESTAMP))"),
    ("i", "(strftime('%s', 'now'))"), ("b", "(strftime('%s', 'now'))"), ("r", "(julianday('now'))"), ("v", "CURRENT_DATE"),
    ("d", "(datetime('now', '+1 day'))"), ("z", "(datetime('now', '-1 hour', '+1 hour'))"), ("y", "(date('now', '+1 day'))"),
    ("d", "(unixepoch())"), ("d", "(CAST(strftime('%s', 'now') AS INTEGER))"), ("b", "(CAST(strftime('%s', 'now') AS INT))"),
    ("b", "(strftime('%s', 'now') + 0)"), ("d", "(CAST((julianday('now') - 2440587.5) * 86400 AS INTEGER))"), ("t", "(strftime('%s', 'now', '+1 day'))"),
    ("t", "(datetime('now', '+30 days'))"), ("d", "(date('now', '+1 day'))"), ("i", "(unixepoch('now', '+1 hour'))"),
]

STORED = [
    ("i", "i + 1"), ("b", "i * 2"), ("t", "lower(t)"), ("t", "i"), ("t", "i || '/' || j"), ("i", "f"), ("i", "i > 1"),
    ("f", "i > 1"), ("f", "CASE WHEN i > 1 THEN 1 ELSE 0 END"), ("f", "coalesce(f, 0)"), ("r", "i * 0.5"), ("r", "n * i"),
    ("n", "n"), ("n", "j * 0.5"), ("n", "i"), ("d", "coalesce(d, '2020-01-01 00:00:00')"), ("d", "d"), ("y", "y"),
    ("z", "z"), ("x", "x"), ("g", "coalesce(g, '00000000-0000-0000-0000-000000000000')"), ("v", "substr(t, 1, 3)"),
    ("t", "CASE WHEN f THEN 'y' WHEN NOT f THEN 'n' END"), ("r", "round(r)"), ("w", "n"), ("i", "length(t)"), ("e", "coalesce(e, 'new')"),
    ("t", "date(d)"), ("t", "strftime('%Y-%m', d)"), ("y", "date(d)"), ("d", "datetime(z, '+1 month')"), ("z", "datetime(d)"),
    ("h", "time(d)"), ("d", "datetime(b, 'unixepoch')"), ("i", "unixepoch(d) / 60"), ("r", "julianday(d)"), ("t", "date(s)"),
    ("d", "datetime(s)"), ("y", "date(y, 'start of month')"),
]

# Random values: the column, the default, and what each value must look like.
V4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
UUID_TEXT = ("lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))), 2) || '-' || "
             "substr('89ab', abs(random()) % 4 + 1, 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))")
DRAWS = [
    ("b", "(random())", "-?[0-9]+"), ("b", "(abs(random()))", "[0-9]+"), ("i", "(abs(random()) % 1000)", "[0-9]{1,3}"),
    ("t", "(hex(randomblob(16)))", "[0-9A-F]{32}"), ("t", "(lower(hex(randomblob(16))))", "[0-9a-f]{32}"),
    ("t", "(lower(hex(randomblob(1))))", "[0-9a-f]{2}"), ("t", "(hex(randomblob(0)))", "[0-9A-F]{2}"),
    ("t", "('usr_' || lower(hex(randomblob(8))))", "usr_[0-9a-f]{16}"),
    ("t", "('A' || lower('X' || hex(randomblob(5))) || 'b')", "Ax[0-9a-f]{10}b"),
    ("t", "(substr(hex(randomblob(4)), 2, 5))", "[0-9A-F]{5}"), ("t", f"({UUID_TEXT})", V4), ("t", f"(lower({UUID_TEXT}))", V4),
    ("t", f"(upper({UUID_TEXT}))", V4.replace("a-f", "A-F").replace("ab", "AB")), ("g", f"({UUID_TEXT})", V4),
    ("g", f"(upper({UUID_TEXT}))", V4),
    ("g", "(lower(hex(randomblob(16))))", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("t", "(substr('89AB', 1 + abs(random()) % 4, 1))", "[89AB]"),
    ("x", "(randomblob(16))", "[0-9a-f]{32}"), ("x", "(randomblob(6))", "[0-9a-f]{12}"), ("x", "(randomblob(64))", "[0-9a-f]{128}"),
]
