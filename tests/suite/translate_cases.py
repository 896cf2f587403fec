"""Expressions that test_translate.py evaluates on both sides."""

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
