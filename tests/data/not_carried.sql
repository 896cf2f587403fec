-- What PostgreSQL has no equal for: each object has to be named in the report, and nothing else.
CREATE TABLE article (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    code TEXT CHECK (code GLOB '[A-Z]*' OR total_changes() < 0),
    changed INTEGER NOT NULL DEFAULT 0
);
INSERT INTO article VALUES (1, 'One', 'A1', 0), (2, 'Two', NULL, 3);

CREATE TRIGGER article_changed AFTER UPDATE ON article BEGIN
    UPDATE article SET changed = changed + 1 WHERE id > NEW.id;
END;
CREATE VIRTUAL TABLE article_search USING fts5 (title, content = 'article', content_rowid = 'id');
INSERT INTO article_search (article_search) VALUES ('rebuild');
CREATE VIEW article_words AS SELECT title, printf('%05d', id) AS number FROM article;

-- A key onto columns that are not unique: SQLite keeps it and fails on use.
CREATE TABLE remark (id INTEGER PRIMARY KEY, title TEXT REFERENCES article (title));
CREATE TABLE stray (id INTEGER PRIMARY KEY, gone_id INTEGER REFERENCES gone (id));
