-- Tables without a row, whose columns say all that there is to know.
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(50) NOT NULL UNIQUE);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
    title TEXT NOT NULL DEFAULT 'untitled',
    price NUMERIC(6, 2) CHECK (price >= 0),
    lent BOOLEAN NOT NULL DEFAULT 0,
    bought DATE,
    changed DATETIME DEFAULT CURRENT_TIMESTAMP,
    cover BLOB,
    anything
);
CREATE TABLE label (book_id INTEGER NOT NULL REFERENCES book (id), word TEXT NOT NULL, PRIMARY KEY (book_id, word)) WITHOUT ROWID;
CREATE INDEX book_title ON book (title);
CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 5;
