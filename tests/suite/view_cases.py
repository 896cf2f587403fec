"""What test_same_views.py asks of both databases: tables, views that must arrive, views that must be refused."""

TABLES = """
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nick TEXT COLLATE NOCASE, born DATE, score REAL,
                     alive BOOLEAN, boss INTEGER REFERENCES author);
CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author, title VARCHAR(40), price DECIMAL(8,2),
                   pages INTEGER, published DATETIME, code CHAR(5) UNIQUE, extra TEXT COLLATE RTRIM, blurb BLOB);
CREATE TABLE review (book_id INTEGER REFERENCES book, reader TEXT, stars INT, body TEXT, PRIMARY KEY (book_id, reader))
    WITHOUT ROWID;
CREATE TABLE "Mixed Case" ("Select" INTEGER PRIMARY KEY, "From" TEXT, lower_key INTEGER);
CREATE TABLE link (id INTEGER, author_ref TEXT, note TEXT);
CREATE TABLE nobody (a INTEGER, b TEXT);
CREATE TABLE single (n INTEGER);
INSERT INTO single VALUES (300), (NULL);
INSERT INTO author VALUES (1, 'Ada', 'ace', '1815-12-10', 9.5, 0, NULL), (2, 'Bob', 'ACE', '1900-01-02', NULL, 1, 1),
    (3, 'Äsa', NULL, NULL, -1.25, 1, 1), (4, 'cecil', 'Bee', '1950-06-07', 0.1, NULL, 2), (5, '', 'bee', NULL, 0.2, 0, 9);
INSERT INTO book VALUES (1, 1, 'Notes', 10.5, 120, '1843-09-01 00:00:00', 'aaaaa', 'x  ', x'00ff'),
    (2, 1, 'More notes', 7, NULL, '1844-01-02 10:20:30', 'bbbbb', 'x', NULL),
    (3, 2, 'notes', 0.1, 300, NULL, NULL, NULL, x''), (4, 3, NULL, 0.2, 1, '2001-02-03 04:05:06', 'c', 'y', x'80'),
    (5, NULL, 'Orphaned', NULL, 0, NULL, NULL, 'Y', NULL), (6, 2, '10', 99.99, 300, '2001-02-03 04:05:06', 'd', '', NULL);
INSERT INTO review VALUES (1, 'eve', 5, 'good'), (1, 'bob', 4, NULL), (1, 'zoe', 4, 'fine'), (2, 'eve', 1, 'bad'),
    (3, 'eve', NULL, ''), (6, 'ann', 2, 'good'), (6, 'bob', 5, 'GOOD');
INSERT INTO "Mixed Case" VALUES (1, 'one', 1), (2, 'two', 1), (3, NULL, 2);
INSERT INTO link VALUES (1, '1', 'a'), (2, ' 2 ', 'b'), (3, '3.0', 'c'), (4, 'x', 'd'), (5, NULL, 'e'), (6, '03', 'f'),
    (7, '3e0', 'g');
"""

# Each is made as the view v1, v2, ... and must give the same rows.  Views may read those before them by name:
# CREATE VIEW name AS ... gives them one.
CARRIED = """
SELECT * FROM book
SELECT book.*, name FROM book, author WHERE author_id = author.id
SELECT id, id, id FROM book
SELECT count(*), count(*), count(pages), count(DISTINCT pages) FROM book
SELECT 1, 'a', NULL, 1.5, x'00', -3, 9223372036854775807
SELECT id + 1, pages / 7, pages % 7, price * 2, -pages, pages * 1.5 FROM book
SELECT id > 2, NOT alive, alive, id IN (1, 3), name LIKE 'a%' FROM author
SELECT a.name, b.name FROM author a LEFT JOIN author b ON b.id = a.boss
SELECT a.name, b.name FROM author a LEFT OUTER JOIN author b ON b.id = a.boss AND b.alive
SELECT a.name, b.title FROM author a RIGHT JOIN book b ON a.id = b.author_id
SELECT a.name, b.title FROM author a FULL JOIN book b ON a.id = b.author_id
SELECT a.id, b.id FROM author a CROSS JOIN book b
SELECT a.id, b.id, r.stars FROM author a, book b LEFT JOIN review r ON r.book_id = b.id WHERE b.author_id = a.id
SELECT * FROM (SELECT id AS book_id, title FROM book) JOIN review USING (book_id)
SELECT * FROM (SELECT id AS book_id, title FROM book) b NATURAL JOIN review
SELECT * FROM (SELECT id AS book_id, title FROM book) b NATURAL LEFT JOIN review
SELECT book_id, title FROM (SELECT id AS book_id, title FROM book) b LEFT JOIN review r USING (book_id) WHERE r.stars > 2
SELECT * FROM author a JOIN (book b JOIN review r ON r.book_id = b.id) ON b.author_id = a.id
SELECT book_id FROM (SELECT 99 AS book_id UNION SELECT 1) x FULL JOIN review USING (book_id)
SELECT * FROM (SELECT 99 AS book_id, 'n' AS extra UNION SELECT 1, 'o') x FULL JOIN review USING (book_id)
SELECT * FROM (SELECT 99 AS book_id, 'n' AS extra UNION SELECT 1, 'o') x RIGHT JOIN review USING (book_id)
SELECT * FROM (SELECT 99 AS book_id, 'n' AS extra UNION SELECT 1, 'o') x NATURAL FULL JOIN review
SELECT x.*, review.* FROM (SELECT 99 AS book_id, 'n' AS extra UNION SELECT 1, 'o') x FULL JOIN review USING (book_id)
SELECT book_id, count(*) FROM (SELECT 99 AS book_id UNION SELECT 1) x FULL JOIN review USING (book_id) GROUP BY book_id
SELECT book_id, count(*) FROM (SELECT 99 AS book_id UNION SELECT 1) x RIGHT JOIN review USING (book_id) GROUP BY 1
SELECT * FROM (SELECT 1 AS k, 2 AS a) NATURAL JOIN (SELECT 1 AS k, 3 AS b) NATURAL JOIN (SELECT 1 AS k, 2 AS a, 4 AS c)
SELECT k, a FROM (SELECT 1 AS k, 2 AS a) x LEFT JOIN (SELECT 2 AS k, 3 AS b) y USING (k) LEFT JOIN (SELECT 1 AS k, 4 AS c) z USING (k)
SELECT a AS b, b AS a FROM (SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 0) ORDER BY a LIMIT 1
SELECT a AS b, b AS a FROM (SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 0) WHERE b > 1
SELECT a AS b, count(*) FROM (SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 2) GROUP BY b
SELECT title, max(published), count(*) FROM book GROUP BY pages HAVING count(*) = 1
SELECT name, boss FROM author GROUP BY id HAVING boss > 0
SELECT id, boss, (SELECT name FROM author b WHERE b.id = a.boss) AS chief FROM author a GROUP BY id
SELECT name FROM author WHERE id IN (SELECT author_id FROM book)
SELECT name FROM author WHERE id NOT IN (SELECT author_id FROM book WHERE author_id IS NOT NULL)
SELECT name FROM author WHERE (id, name) IN (SELECT author_id, 'Ada' FROM book)
SELECT name FROM author WHERE nick IN (SELECT 'ACE')
SELECT name FROM author a WHERE EXISTS (SELECT * FROM book WHERE author_id = a.id)
SELECT name FROM author a WHERE NOT EXISTS (SELECT 1 FROM book b WHERE b.author_id = a.id AND price > 5)
SELECT name, (SELECT count(*) FROM book WHERE author_id = a.id) AS books FROM author a
SELECT name, (SELECT title FROM book WHERE author_id = a.id ORDER BY id DESC) AS latest FROM author a
SELECT title, (SELECT name FROM author WHERE id = author_id) FROM book
SELECT (SELECT max(pages) FROM book), (SELECT 1 WHERE 0)
SELECT author_id, count(*) FROM book GROUP BY author_id
SELECT author_id AS a, count(*) AS n FROM book GROUP BY a HAVING n > 1
SELECT author_id, sum(pages), total(pages), avg(pages), min(pages), max(pages) FROM book GROUP BY 1
SELECT sum(price), total(price), avg(price), min(price), max(price) FROM book
SELECT sum(score), avg(score), total(score), min(score), max(score) FROM author
SELECT sum(a), total(a), avg(a), min(a), max(b), count(*), group_concat(b) FROM nobody
SELECT sum(pages * 1000000000) FROM book
SELECT sum(DISTINCT pages), avg(DISTINCT pages) FROM book
SELECT min(title), max(title), min(published), max(published), max(code) FROM book
SELECT max(alive), min(alive), sum(alive) FROM author
SELECT sum(pages) FILTER (WHERE price > 1), count(*) FILTER (WHERE title IS NULL) FROM book
SELECT author_id, group_concat(title) FROM book GROUP BY author_id
SELECT author_id, group_concat(title, ' / '), group_concat(id, '') FROM book GROUP BY author_id
SELECT group_concat(DISTINCT reader) FROM review
SELECT a.id, a.name, count(b.id) FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id
SELECT b.id, b.title, a.name, count(*) FROM book b JOIN author a ON a.id = b.author_id GROUP BY b.id
SELECT b.id, b.title, a.name, b2.title FROM book b LEFT JOIN author a ON a.id = b.author_id LEFT JOIN book b2 ON b2.id = a.boss GROUP BY b.id
SELECT author_id, max(pages), title FROM book WHERE id <> 3 GROUP BY author_id
SELECT min(price), title, id FROM book
SELECT strftime('%Y-%m', published) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT strftime('%Y-%m', published), count(*) FROM book GROUP BY 1
SELECT count(pages), strftime('%Y-%m', published) AS x FROM book GROUP BY strftime('%Y-%m', published)
SELECT date(published) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT date(published), count(*) FROM book GROUP BY 1
SELECT count(pages), date(published) AS x FROM book GROUP BY date(published)
SELECT date(born) AS made, count(*), sum(boss) FROM author GROUP BY made
SELECT date(born), count(*) FROM author GROUP BY 1
SELECT count(boss), date(born) AS x FROM author GROUP BY date(born)
SELECT strftime('%Y', born) AS made, count(*), sum(boss) FROM author GROUP BY made
SELECT strftime('%Y', born), count(*) FROM author GROUP BY 1
SELECT count(boss), strftime('%Y', born) AS x FROM author GROUP BY strftime('%Y', born)
SELECT CAST(strftime('%Y', published) AS INTEGER) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT CAST(strftime('%Y', published) AS INTEGER), count(*) FROM book GROUP BY 1
SELECT count(pages), CAST(strftime('%Y', published) AS INTEGER) AS x FROM book GROUP BY CAST(strftime('%Y', published) AS INTEGER)
SELECT datetime(published, '+1 day') AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT datetime(published, '+1 day'), count(*) FROM book GROUP BY 1
SELECT count(pages), datetime(published, '+1 day') AS x FROM book GROUP BY datetime(published, '+1 day')
SELECT strftime('%w', published) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT strftime('%w', published), count(*) FROM book GROUP BY 1
SELECT count(pages), strftime('%w', published) AS x FROM book GROUP BY strftime('%w', published)
SELECT substr(title, 1, 1) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT substr(title, 1, 1), count(*) FROM book GROUP BY 1
SELECT count(pages), substr(title, 1, 1) AS x FROM book GROUP BY substr(title, 1, 1)
SELECT pages / 100 AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT pages / 100, count(*) FROM book GROUP BY 1
SELECT count(pages), pages / 100 AS x FROM book GROUP BY pages / 100
SELECT pages % 7 AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT pages % 7, count(*) FROM book GROUP BY 1
SELECT count(pages), pages % 7 AS x FROM book GROUP BY pages % 7
SELECT CASE WHEN pages > 100 THEN 'long' ELSE 'short' END AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT CASE WHEN pages > 100 THEN 'long' ELSE 'short' END, count(*) FROM book GROUP BY 1
SELECT count(pages), CASE WHEN pages > 100 THEN 'long' ELSE 'short' END AS x FROM book GROUP BY CASE WHEN pages > 100 THEN 'long' ELSE 'short' END
SELECT coalesce(extra, '-') AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT coalesce(extra, '-'), count(*) FROM book GROUP BY 1
SELECT count(pages), coalesce(extra, '-') AS x FROM book GROUP BY coalesce(extra, '-')
SELECT length(title) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT length(title), count(*) FROM book GROUP BY 1
SELECT count(pages), length(title) AS x FROM book GROUP BY length(title)
SELECT pages IS NULL AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT pages IS NULL, count(*) FROM book GROUP BY 1
SELECT count(pages), pages IS NULL AS x FROM book GROUP BY pages IS NULL
SELECT pages > 100 AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT pages > 100, count(*) FROM book GROUP BY 1
SELECT count(pages), pages > 100 AS x FROM book GROUP BY pages > 100
SELECT title || '!' AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT title || '!', count(*) FROM book GROUP BY 1
SELECT count(pages), title || '!' AS x FROM book GROUP BY title || '!'
SELECT unixepoch(published) AS made, count(*), sum(pages) FROM book GROUP BY made
SELECT unixepoch(published), count(*) FROM book GROUP BY 1
SELECT count(pages), unixepoch(published) AS x FROM book GROUP BY unixepoch(published)
SELECT upper(trim(name)) AS made, count(*), sum(boss) FROM author GROUP BY made
SELECT upper(trim(name)), count(*) FROM author GROUP BY 1
SELECT count(boss), upper(trim(name)) AS x FROM author GROUP BY upper(trim(name))
SELECT stars + 1 AS made, count(*), sum(stars) FROM review GROUP BY made
SELECT stars + 1, count(*) FROM review GROUP BY 1
SELECT count(stars), stars + 1 AS x FROM review GROUP BY stars + 1
SELECT strftime('%Y', published) AS year, author_id, count(*) FROM book GROUP BY year, author_id HAVING year IS NOT NULL
SELECT count(*) FROM book GROUP BY 'same'
SELECT 'same' AS one, sum(pages) FROM book GROUP BY one
SELECT date(published) AS day, 'same' AS one, count(*) FROM book GROUP BY one, day
SELECT lower(nick), count(*) FROM author GROUP BY lower(nick)
SELECT count(*) FROM author GROUP BY nick
SELECT pages / 100 AS hundreds, count(*) FROM book GROUP BY pages / 100
SELECT pages / 100 + 1, count(*) FROM book GROUP BY pages / 100
SELECT count(*) FROM book GROUP BY 'x'
SELECT count(*) FROM nobody GROUP BY NULL
SELECT name, alive FROM author GROUP BY name, alive
SELECT DISTINCT author_id FROM book
SELECT DISTINCT pages, price FROM book
SELECT DISTINCT title AS t FROM book ORDER BY t DESC
SELECT name FROM author UNION SELECT title FROM book
SELECT id, name FROM author UNION ALL SELECT id, title FROM book ORDER BY 2, 1
SELECT id FROM author INTERSECT SELECT author_id FROM book
SELECT id FROM author EXCEPT SELECT author_id FROM book
SELECT id FROM book EXCEPT SELECT id FROM author UNION SELECT 1 INTERSECT SELECT id FROM author
SELECT id, NULL AS x FROM author UNION ALL SELECT NULL, title FROM book
SELECT 1 AS a, 'x' AS b UNION ALL SELECT pages, title FROM book
SELECT price FROM book UNION ALL SELECT 1 UNION ALL SELECT 2.5
SELECT alive FROM author UNION ALL SELECT 0
SELECT name FROM author UNION ALL SELECT title FROM book ORDER BY name COLLATE NOCASE
SELECT name AS n FROM author UNION ALL SELECT title FROM book ORDER BY n LIMIT 3
VALUES (1, 'a'), (2, NULL), (NULL, 'c')
SELECT column1 + 1, column2 FROM (VALUES (1, 'a'), (2, 'b'))
SELECT id, title FROM book ORDER BY title LIMIT 3
SELECT id, title FROM book ORDER BY title DESC, id LIMIT 2 OFFSET 1
SELECT id FROM book ORDER BY pages, id LIMIT 1, 3
SELECT id FROM book ORDER BY pages DESC NULLS FIRST, id LIMIT 4
SELECT id FROM book LIMIT -1
SELECT id FROM book LIMIT 0
SELECT id FROM author ORDER BY nick, id LIMIT 3
SELECT id FROM author ORDER BY name COLLATE NOCASE DESC, id LIMIT 3
SELECT id AS x, -id AS y FROM book ORDER BY y LIMIT 2
SELECT id FROM book ORDER BY price * 2 DESC LIMIT 1
SELECT author_id FROM book GROUP BY author_id ORDER BY count(*) DESC, author_id LIMIT 2
SELECT id AS n FROM book WHERE n > 2
SELECT price * 2 AS twice FROM book WHERE twice > 3 AND twice IS NOT NULL
WITH big AS (SELECT * FROM book WHERE pages > 100) SELECT title FROM big
WITH a (x, y) AS (SELECT id, name FROM author), b AS (SELECT x FROM a WHERE y > 'B') SELECT * FROM b
WITH r (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 10) SELECT x, x * x FROM r
WITH RECURSIVE r AS (SELECT 1 AS x, 'a' AS t UNION SELECT x + 1, t || 'b' FROM r WHERE x < 5) SELECT * FROM r
WITH RECURSIVE under (id, depth) AS (SELECT id, 0 FROM author WHERE boss IS NULL UNION ALL SELECT a.id, depth + 1 FROM author a JOIN under u ON a.boss = u.id) SELECT * FROM under
SELECT id, row_number() OVER (ORDER BY id), rank() OVER (ORDER BY pages), dense_rank() OVER (ORDER BY pages DESC) FROM book
SELECT id, sum(pages) OVER (PARTITION BY author_id ORDER BY id), count(*) OVER () FROM book
SELECT id, lag(pages) OVER w, lead(pages, 2, -1) OVER w, first_value(title) OVER w, nth_value(id, 2) OVER w FROM book WINDOW w AS (ORDER BY id)
SELECT id, sum(pages) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s, ntile(3) OVER (ORDER BY id) FROM book
SELECT id, percent_rank() OVER (ORDER BY pages), cume_dist() OVER (ORDER BY pages), max(price) OVER (PARTITION BY pages) FROM book
SELECT author_id, sum(sum(pages)) OVER (ORDER BY author_id) FROM book GROUP BY author_id
SELECT name + 1, name + ' ', '12abc' || id, title * 2 FROM author JOIN book USING (id)
SELECT note, name FROM link JOIN author ON author.id = link.author_ref
SELECT note, name FROM link LEFT JOIN author ON author.id = author_ref
SELECT rowid, title FROM book WHERE book.rowid > 1 AND oid < 5
SELECT "Select" AS "x y", "From" FROM "Mixed Case"
SELECT [Select], `From`, LOWER_KEY FROM "mixed case" AS m WHERE m."SELECT" > 0
SELECT coalesce(price, 0), ifnull(title, '?'), nullif(pages, 300), iif(pages > 100, 'long', 'short') FROM book
SELECT CASE WHEN pages > 100 THEN 'long' WHEN pages IS NULL THEN NULL ELSE 'short' END, CASE pages WHEN 300 THEN 1 ELSE 0 END FROM book
SELECT title || ' by ' || coalesce(name, 'nobody') FROM book LEFT JOIN author ON author.id = author_id
SELECT published, date(published) FROM book
SELECT t.x FROM (SELECT max(id) AS x FROM book) AS t
SELECT max(x) FROM (SELECT count(*) AS x FROM review GROUP BY book_id)
SELECT b.* FROM book AS b, (SELECT max(pages) AS most FROM book) WHERE pages = most
SELECT a.name FROM author a WHERE a.id = (SELECT author_id FROM book b WHERE b.id = a.id + 1)
SELECT id FROM book WHERE pages = (SELECT max(pages) FROM book b2 WHERE b2.author_id = book.author_id)
SELECT book.id, (SELECT avg(stars) FROM review WHERE book_id = book.id) AS mean FROM book
SELECT id FROM author WHERE alive
SELECT id FROM author WHERE NOT alive OR alive IS NULL
SELECT id, typeof(pages), abs(pages), length(title), upper(title), round(price) FROM book
CREATE VIEW base AS SELECT id AS "Key", title, pages FROM book
SELECT key, title FROM base WHERE pages > 100
SELECT b.*, author.name FROM base AS b JOIN author ON author.id = b.key
CREATE VIEW per_author (who, n) AS SELECT author_id, count(*) FROM book GROUP BY author_id
SELECT author.name, n FROM author JOIN per_author ON who = author.id GROUP BY author.id
SELECT * FROM per_author ORDER BY n DESC, who LIMIT 1
SELECT main.book.title, main.author.name FROM main.book JOIN main.author ON author.id = book.author_id
SELECT id, code FROM book WHERE code BETWEEN 'a' AND 'c' AND extra = 'x'
SELECT count(*) AS count, sum(1) AS sum, 'x' AS "user" FROM book
SELECT * FROM author WHERE nick = 'ACE'
SELECT blurb, length(blurb) FROM book WHERE blurb IS NOT NULL
SELECT a.id FROM author AS a WHERE a.id IN (SELECT a FROM nobody)
SELECT id FROM book b WHERE (SELECT count(*) FROM review WHERE book_id = b.id) > 1
SELECT total(pages) / count(*) FROM book
SELECT pages * 1.0 / 7, pages / 2.0 FROM book
SELECT id FROM book WHERE pages IN single
SELECT "no such column" AS text, title FROM book
SELECT id FROM book WHERE title = "Notes"
SELECT a.id, max(b.price), b.title, count(*) FROM author a JOIN book b ON b.author_id = a.id GROUP BY a.id HAVING count(*) > 1
SELECT author_id, pages, count(*) FROM book GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
SELECT DISTINCT a.name FROM author a JOIN book b ON b.author_id = a.id ORDER BY a.name COLLATE NOCASE
SELECT name COLLATE NOCASE AS n FROM author ORDER BY n LIMIT 10
SELECT count(*) FROM (SELECT DISTINCT pages, author_id FROM book)
SELECT CAST(price AS INTEGER), CAST(pages AS TEXT), CAST(pages AS REAL) FROM book
SELECT id, CASE WHEN price > 1 THEN price ELSE 0 END AS p, CASE WHEN id = 1 THEN pages END FROM book
SELECT id FROM book WHERE published >= '1900-01-01 00:00:00'
SELECT strftime('%Y', published) AS year, count(*) FROM book WHERE published IS NOT NULL GROUP BY year
SELECT id AS a, id + 1 AS b FROM book UNION SELECT id, id - 1 FROM author ORDER BY a, b DESC
SELECT * FROM book WHERE id BETWEEN 2 AND 4 ORDER BY id DESC
SELECT r.book_id, r.reader, b.title FROM review r JOIN book b ON b.id = r.book_id ORDER BY 1, 2
SELECT x.* FROM (SELECT a.*, b.* FROM author a JOIN book b ON a.id = b.author_id) x
SELECT id, id AS ID FROM book
SELECT max(id) + min(id), count(*) * 2 || 'x' FROM book
SELECT author_id IS NULL AS orphan, sum(pages) FROM book GROUP BY author_id IS NULL
SELECT substr(title, 1, 1) AS initial, count(*) FROM book GROUP BY initial ORDER BY initial
SELECT substr(title, 1, 1) AS initial, count(*) FROM book GROUP BY 1 HAVING initial > 'A'
SELECT name FROM author ORDER BY length(name), name LIMIT 3
SELECT id, (SELECT group_concat(stars) FROM review WHERE book_id = book.id) FROM book
SELECT (SELECT max(stars) FROM review WHERE book_id = book.id) AS best, count(*) FROM book GROUP BY best
SELECT id FROM author UNION ALL SELECT id FROM book UNION SELECT 7
SELECT * FROM (SELECT 1 AS a UNION ALL SELECT 2) JOIN (SELECT 2 AS b UNION ALL SELECT 3) ON a = b
SELECT * FROM review NATURAL JOIN (SELECT book_id, max(stars) AS stars FROM review GROUP BY book_id)
SELECT i.id FROM book AS i WHERE i.id NOT IN (SELECT id FROM author WHERE id < i.id)
SELECT sum(CASE WHEN stars >= 4 THEN 1 ELSE 0 END) AS good, sum(stars < 3) AS bad FROM review
SELECT total(stars) / count(*), round(avg(stars)), avg(stars) > 3 FROM review
SELECT book_id, avg(stars) AS a FROM review GROUP BY book_id HAVING avg(stars) > 3 ORDER BY a DESC
SELECT id FROM book WHERE pages > (SELECT avg(pages) FROM book)
SELECT count(DISTINCT nick), count(DISTINCT extra) FROM author LEFT JOIN book USING (id)
SELECT extra, count(*) FROM book GROUP BY rtrim(extra)
SELECT nullif(count(*), 0), coalesce(sum(pages), 0) FROM book WHERE id > 100
SELECT EXISTS (SELECT 1 FROM book WHERE id = 1), NOT EXISTS (SELECT 1 FROM book WHERE id = 1)
SELECT alive, count(*) FROM author GROUP BY alive
SELECT born, count(*) FROM author GROUP BY born
SELECT max(born), min(born) FROM author
SELECT name || '' AS n FROM author UNION ALL SELECT code FROM book
SELECT id, title FROM book WHERE title IN ('Notes', 'notes') OR title IS 'More notes'
SELECT a.id, b.id FROM author a LEFT JOIN book b ON b.author_id = a.id AND b.pages > 100 WHERE b.id IS NULL
SELECT a.name, count(b.id) AS n, sum(b.pages) FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id, a.name ORDER BY n DESC, a.id
SELECT b.id, r.n FROM book b LEFT JOIN (SELECT book_id, count(*) AS n FROM review GROUP BY book_id) r ON r.book_id = b.id
SELECT b.id, b.title, r.n, count(*) FROM book b LEFT JOIN (SELECT book_id, count(*) AS n FROM review GROUP BY book_id) r ON r.book_id = b.id GROUP BY b.id
SELECT min(id), max(id), title FROM book WHERE id = 2
WITH RECURSIVE c (n, total) AS (VALUES (1, 0) UNION ALL SELECT n + 1, total + n FROM c WHERE n < 20) SELECT n, total FROM c WHERE total % 2 = 0
WITH t AS (SELECT pages AS p FROM book), u AS (SELECT p * 2 AS q FROM t) SELECT p, q FROM t JOIN u ON q = p * 2
WITH book AS (SELECT id FROM author) SELECT * FROM book
SELECT (WITH w AS (SELECT max(id) AS m FROM book) SELECT m FROM w) AS m
SELECT x.a FROM (VALUES (1), (2)) AS y, (SELECT 3 AS a) AS x
SELECT b.title FROM book b JOIN author a ON b.author_id = a.id AND a.alive OR b.id = 6
SELECT count(*) FROM author a JOIN author b JOIN author c
SELECT rank() OVER (PARTITION BY author_id ORDER BY price DESC) AS r, id FROM book ORDER BY id
SELECT id, group_concat(title) OVER (ORDER BY id) FROM book
SELECT id, min(pages) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING), avg(pages) OVER (ORDER BY id RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM book
SELECT author_id, count(*), row_number() OVER (ORDER BY count(*) DESC, author_id) FROM book GROUP BY author_id
SELECT like('a%', name) FROM author
SELECT name FROM author WHERE name LIKE 'A%' OR name GLOB 'c*'
SELECT likely(id) FROM book
SELECT -price, +pages, ~pages, pages & 1, pages | 2, pages << 1 FROM book
SELECT id FROM book ORDER BY CASE WHEN pages IS NULL THEN 1 ELSE 0 END, pages, id LIMIT 5
SELECT DISTINCT author_id, pages FROM book ORDER BY pages DESC, author_id LIMIT 3
SELECT book.id FROM book INDEXED BY sqlite_autoindex_book_1 WHERE code = 'd'
SELECT datetime(published, '+1 day'), julianday(published) FROM book
SELECT upper(substr(name, 1, 1)) || lower(substr(name, 2)) FROM author
SELECT replace(title, 'o', '0'), trim(title), instr(title, 'o') FROM book
SELECT a.*, b.* FROM author a JOIN author b ON a.boss = b.id
SELECT author.*, book.title AS name FROM author JOIN book ON book.author_id = author.id
SELECT max(pages, 100), min(id, 3) FROM book
SELECT id / 2.0, id / 2, 7 / 2, 7 / 0, 7.0 / 0 FROM book
SELECT count(*) FILTER (WHERE pages > 100) * 100.0 / count(*) FROM book
SELECT count(*) AS n FROM (SELECT * FROM author WHERE alive UNION ALL SELECT * FROM author)
SELECT id FROM author WHERE born > '1850-01-01' AND born < date('2000-01-01')
SELECT strftime('%Y-%m', published) AS month, sum(price) AS total, count(DISTINCT author_id) FROM book GROUP BY month ORDER BY month
SELECT b.title, coalesce(a.name, '?') AS who, r.stars * 1.0 / 5 AS share FROM book b LEFT JOIN author a ON a.id = b.author_id LEFT JOIN review r ON r.book_id = b.id AND r.stars IS NOT NULL
SELECT a.id, a.name, (SELECT count(*) FROM book b WHERE b.author_id = a.id AND b.pages > 100) AS long_ones, (SELECT max(r.stars) FROM review r JOIN book b ON b.id = r.book_id WHERE b.author_id = a.id) AS best FROM author a
SELECT author_id, title, rank() OVER (PARTITION BY author_id ORDER BY pages DESC NULLS LAST, id) AS r FROM book WHERE author_id IS NOT NULL
SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY author_id ORDER BY id) AS n FROM book) WHERE n = 1
SELECT a.name || ' (' || count(b.id) || ')' AS label FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id ORDER BY label
SELECT CASE WHEN stars >= 4 THEN 'good' WHEN stars IS NULL THEN 'none' ELSE 'bad' END AS verdict, count(*) AS n FROM review GROUP BY verdict ORDER BY n DESC, verdict
SELECT max(stars) - min(stars) AS spread, book_id FROM review GROUP BY book_id HAVING spread > 0
SELECT id, title FROM book WHERE id IN (SELECT book_id FROM review GROUP BY book_id HAVING count(*) > 1)
SELECT DISTINCT b.author_id, a.name FROM book b JOIN author a ON a.id = b.author_id WHERE EXISTS (SELECT 1 FROM review r WHERE r.book_id = b.id AND r.stars > 3)
SELECT a.name, sum(b.price) AS worth FROM author a JOIN book b ON b.author_id = a.id GROUP BY a.name HAVING sum(b.price) > 1 ORDER BY worth DESC
SELECT id, price, price > (SELECT avg(price) FROM book) AS dear FROM book
SELECT total(price) AS t, count(price) AS c, total(price) / count(price) AS mean FROM book
SELECT replace(upper(name), 'A', '4') AS leet, length(name) AS l FROM author ORDER BY l DESC, leet
SELECT printf('%s: %d', title, pages) FROM book WHERE title IS NOT NULL AND pages IS NOT NULL
SELECT CAST(strftime('%Y', published) AS INTEGER) AS year FROM book
SELECT julianday(published) - julianday('1800-01-01') FROM book
SELECT group_concat(name, ', ') FROM (SELECT name FROM author ORDER BY name)
"""

# Each with a part of the reason that must be given.
REFUSED = [
    ("SELECT nick FROM author UNION SELECT name FROM author", "several spellings"),
    ("SELECT name FROM author UNION SELECT title FROM book ORDER BY name COLLATE NOCASE", "where they meet in that order"),
    ("SELECT name FROM author EXCEPT SELECT title FROM book ORDER BY 1 COLLATE RTRIM", "where they meet in that order"),
    ("SELECT DISTINCT nick FROM author", "several spellings"),
    ("SELECT max(nick) FROM author", "one of several"),
    ("SELECT max(blurb) FROM book", "PostgreSQL has none for its type"),
    ("SELECT changes()", "connection"),
    ("SELECT * FROM json_each('[1]')", "table-valued function"),
    ("SELECT name FROM sqlite_master", "SQLite's own"),
    ("WITH r (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 5) SELECT x FROM r", "LIMIT"),
    ("SELECT id FROM author UNION ALL SELECT name FROM author", "no common type"),
    ("SELECT id FROM book LIMIT (SELECT 1)", "no whole number"),
    ("SELECT rowid FROM link", "no rowid"),
    ("SELECT * FROM gone", "no such table"),
    ("SELECT price / 2 FROM book", "how each value is stored"),
    ("SELECT ifnull(boss, 'none') FROM author", "no common type"),
    ("SELECT id FROM book WHERE (pages, price) = (300, 0.1)", "one by one"),
]


def author(number, name, born, **others):
    return {"id": number, "name": name, "born": born, "nick": name.lower() + "o", "score": number / 8, "alive": number % 2, **others}


def book(number, title, pages, published, **others):
    return {"id": number, "author_id": number % 3 + 1, "title": title, "price": number / 4, "pages": pages,
            "published": published, "code": f"n{number}", **others}


# What an application does after the upgrade: a statement for both, or rows of a table.
CHANGES = {
    "rows are added": [
        (None, "author", [author(11, "Dora", "1815-11-30"), author(12, "Emil", "1950-06-07", boss=11), author(13, "Äsa", None)]),
        (None, "book", [book(21, "Notes", 240, "1843-09-30 23:59:59"), book(22, "More", 3, "2001-02-28 00:00:00"),
                        book(23, "zebra", None, "1999-12-31 12:00:00", extra="x"), book(24, "Notes", 240, None, blurb=b"\x00"),
                        book(25, "Äpfel", 101, "2020-02-29 08:09:10")]),
        (None, "review", [{"book_id": 21, "reader": "eve", "stars": 3, "body": "good"}, {"book_id": 22, "reader": "ann", "stars": 5, "body": None}]),
        (None, "Mixed Case", [{"Select": 4, "From": "one", "lower_key": 2}, {"Select": 5, "From": "five", "lower_key": None}]),
        (None, "link", [{"id": 8, "author_ref": "11", "note": "h"}, {"id": 9, "author_ref": "v5", "note": "i"}]),
        (None, "nobody", [{"a": 7, "b": "seven"}, {"a": 8, "b": None}]),
        (None, "single", [{"n": 12}]),
    ],
    "one row stays": [("DELETE FROM review", None, None), ("DELETE FROM book WHERE id <> 2", None, None)],
    "no row stays": [("DELETE FROM review", None, None), ("DELETE FROM book", None, None), ("DELETE FROM author", None, None),
                     ("DELETE FROM link", None, None)],
}
