-- Every feature of a SQLite schema that pgrade claims to carry, in one database: a lending library.
-- Each statement stands for one feature; rows are few, and all of them fit.

-- INTEGER PRIMARY KEY, a plain column list, every affinity, literal defaults.
CREATE TABLE branch (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    city TEXT DEFAULT 'it''s unknown',
    shelves INTEGER DEFAULT 12,
    temperature REAL DEFAULT -1.5,
    logo BLOB DEFAULT x'00ff',
    open BOOLEAN NOT NULL DEFAULT TRUE,
    remark TEXT DEFAULT NULL
);
INSERT INTO branch (name) VALUES ('Harbour'), ('Hill');
INSERT INTO branch VALUES (7, 'Mill', 'Oxbow', 3, 21.25, x'', 0, NULL);

-- AUTOINCREMENT; a named unique constraint of two columns; a named CHECK; CURRENT_TIMESTAMP.
CREATE TABLE member (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    branch_id INTEGER NOT NULL CONSTRAINT member_branch REFERENCES branch,
    card VARCHAR(20) NOT NULL,
    email TEXT COLLATE NOCASE,
    joined DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    birthday DATE,
    CONSTRAINT one_card_each UNIQUE (branch_id, card),
    CONSTRAINT card_is_long CHECK (length(card) >= 4)
);
INSERT INTO member VALUES
    (1, 1, 'A-0001', 'Wren@library.example', '2021-05-06 07:08:09', '1990-02-28'),
    (2, 1, 'A-0002', 'finch@library.example', '2021-05-06 07:08:09.250', NULL),
    (9, 2, 'A-0001', NULL, '2022-01-01 00:00:00', '2004-02-29');
DELETE FROM member WHERE id = 9;

-- WITHOUT ROWID, a composite key in another order than the columns.
CREATE TABLE opening_hours (
    opens TIME NOT NULL,
    weekday SMALLINT NOT NULL,
    branch_id INTEGER NOT NULL REFERENCES branch (id) ON UPDATE CASCADE ON DELETE CASCADE,
    closes TIME,
    PRIMARY KEY (branch_id, weekday)
) WITHOUT ROWID;
INSERT INTO opening_hours VALUES ('09:00:00', 1, 1, '17:30:00'), ('10:15:00.5', 2, 1, NULL), ('08:00', 1, 2, '12:00');

-- A text key; a table that references itself; a deferred key.
CREATE TABLE subject (
    code VARCHAR(8) NOT NULL PRIMARY KEY,
    parent VARCHAR(8) REFERENCES subject (code) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    label TEXT NOT NULL
);
INSERT INTO subject VALUES ('A', NULL, 'Arts'), ('A1', 'A', 'Music'), ('A2', 'A', 'Painting'), ('Б', NULL, 'Разное');

-- Two tables that reference each other.
CREATE TABLE edition (
    id INTEGER PRIMARY KEY,
    book_id INTEGER NOT NULL REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED,
    year INTEGER CHECK (year BETWEEN 1400 AND 2200)
);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    price NUMERIC(8, 2),
    pages INTEGER CHECK (pages > 0) CHECK (pages < 100000),
    first_edition_id INTEGER REFERENCES edition (id) ON DELETE SET NULL DEFERRABLE INITIALLY IMMEDIATE,
    subject_code VARCHAR(8) DEFAULT 'A' REFERENCES subject ON DELETE SET DEFAULT ON UPDATE CASCADE,
    title_length INTEGER GENERATED ALWAYS AS (length(title)) STORED,
    total NUMERIC(12, 2) AS (price * 2) VIRTUAL
);
BEGIN;
INSERT INTO book (id, title, price, pages, first_edition_id, subject_code) VALUES
    (1, 'Knots of the North', 19.9, 212, NULL, 'A'), (2, 'Песни', 0, 80, NULL, 'A1'), (3, 'Untitled', NULL, NULL, NULL, NULL);
INSERT INTO edition VALUES (1, 1, 1987), (2, 1, 2003), (3, 2, NULL);
UPDATE book SET first_edition_id = 1 WHERE id = 1;
COMMIT;

-- A foreign key of two columns onto a unique constraint.
CREATE TABLE loan (
    id INTEGER PRIMARY KEY,
    branch_id INTEGER NOT NULL,
    card VARCHAR(20) NOT NULL,
    book_id INTEGER NOT NULL REFERENCES book ON DELETE RESTRICT,
    due DATE NOT NULL,
    returned BOOLEAN NOT NULL DEFAULT 0 CHECK (returned IN (0, 1)),
    CONSTRAINT loan_member FOREIGN KEY (branch_id, card) REFERENCES member (branch_id, card) ON UPDATE CASCADE
);
INSERT INTO loan VALUES (1, 1, 'A-0001', 1, '2024-02-29', 1), (2, 1, 'A-0002', 2, '2025-01-31', 0);

-- STRICT; types by their PostgreSQL names.
CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    weight REAL NOT NULL,
    mark TEXT UNIQUE,
    content BLOB
) STRICT;
INSERT INTO shelf VALUES (1, 2.5, 'a', x'0001'), (2, 1e300, NULL, NULL), (3, -0.0, '', x'');
CREATE TABLE event (
    id UUID PRIMARY KEY NOT NULL,
    payload JSON NOT NULL DEFAULT '{}',
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    lasts INTEGER
);
INSERT INTO event VALUES
    ('0b8f6c3e-94a1-4c57-8d0e-5f2b1a7c9e30', '{"kind": "opened", "by": [1, 2]}', '2024-03-31T01:59:59.999999+02:00', 5),
    ('1d2e3f40-5162-4738-894a-5b6c7d8e9f00', 'null', '2024-10-27 01:30:00Z', NULL);

-- No key at all, no types at all, repeated rows.
CREATE TABLE visit (member, at, note);
INSERT INTO visit VALUES (1, 1714000000, 'in'), (1, 1714000000, 'in'), (2, 1714000500, NULL);

-- CREATE TABLE with ALTER TABLE afterwards, which SQLite writes into the stored text.
CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
ALTER TABLE note ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE note ADD COLUMN book_id INTEGER REFERENCES book (id);
ALTER TABLE note RENAME COLUMN body TO text;
INSERT INTO note VALUES (1, 'first', 1, 1), (2, 'second', 0, NULL);

-- Indexes: plain, unique, of several columns and directions, partial, of expressions, with a collation.
CREATE INDEX loan_due ON loan (due);
CREATE UNIQUE INDEX member_email ON member (email);
CREATE INDEX loan_book ON loan (book_id ASC, due DESC);
CREATE UNIQUE INDEX loan_open ON loan (book_id) WHERE returned = 0;
CREATE INDEX book_title_lower ON book (lower(title), pages);
CREATE INDEX subject_label ON subject (label COLLATE NOCASE);

-- Views: of one table, a join with an aggregate, one upon another.
CREATE VIEW open_loan AS SELECT id, book_id, due FROM loan WHERE returned = 0;
CREATE VIEW book_loans (title, loans) AS
    SELECT b.title, count(l.id) FROM book AS b LEFT JOIN loan AS l ON l.book_id = b.id GROUP BY b.id, b.title;
CREATE VIEW late AS SELECT o.id, b.title FROM open_loan AS o JOIN book AS b ON b.id = o.book_id;
