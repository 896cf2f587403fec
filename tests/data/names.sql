-- Names that SQLite takes, for PostgreSQL to take too. In quotes the case stays; without them it folds.
CREATE TABLE Plain (Id INTEGER PRIMARY KEY, MixedCase TEXT, lower TEXT);
CREATE TABLE "Quoted" ("Id" INTEGER PRIMARY KEY, "MixedCase" TEXT, [Bracketed Name] TEXT, `Back``tick` TEXT);
CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "from" TEXT, "user" TEXT, "primary" TEXT, "table" TEXT, "end" TEXT);
CREATE TABLE "two words" ("a b" INTEGER PRIMARY KEY, " lead" TEXT, "trail " TEXT, "tab	in" TEXT, "line
break" TEXT);
CREATE TABLE "dots.in.it" ("a.b" INTEGER PRIMARY KEY, "a,b" TEXT, "(a)" TEXT, "a;b" TEXT, "--a" TEXT, "/*a" TEXT);
CREATE TABLE "quo""te" ("it's" INTEGER PRIMARY KEY, "a""b" TEXT, "back\slash" TEXT, "%s" TEXT, "$1" TEXT, "?" TEXT);
CREATE TABLE "Größe" ("ключ" INTEGER PRIMARY KEY, "名前" TEXT, "🐘" TEXT, "ÄÖÜ" TEXT, "äöü" TEXT, "İı" TEXT);
CREATE TABLE "1st" ("2nd" INTEGER PRIMARY KEY, "3" TEXT, _under TEXT, dollar$ TEXT, "-" TEXT);
CREATE TABLE t_system ("oid" INTEGER PRIMARY KEY, "rowid" TEXT, "tableid" TEXT, "xid" TEXT);
CREATE TABLE "pg_type" ("int4" INTEGER PRIMARY KEY, "text" TEXT);

-- At PostgreSQL's limit of 63 bytes, and multi-byte characters that end there.
CREATE TABLE exactly_sixty_three_bytes_long_which_is_the_limit_of_postgresql (
    id INTEGER PRIMARY KEY,
    exactly_sixty_three_bytes_long_which_is_the_limit_of_postgresqx TEXT,
    "ümlaut_then_more_letters_until_the_name_has_just_reached_the_ma" TEXT
);

INSERT INTO Plain VALUES (1, 'a', 'b');
INSERT INTO "Quoted" VALUES (1, 'a', 'b', 'c');
INSERT INTO "order" VALUES (1, 'a', 'b', 'c', 'd', 'e');
INSERT INTO "two words" VALUES (1, 'a', 'b', 'c', 'd');
INSERT INTO "dots.in.it" VALUES (1, 'a', 'b', 'c', 'd', 'e');
INSERT INTO "quo""te" VALUES (1, 'a', 'b', 'c', 'd', 'e');
INSERT INTO "Größe" VALUES (1, 'a', 'b', 'c', 'd', 'e');
INSERT INTO "1st" VALUES (1, 'a', 'b', 'c', 'd');
INSERT INTO t_system VALUES (1, 'a', 'b', 'c');
INSERT INTO "pg_type" VALUES (1, 'a');
INSERT INTO exactly_sixty_three_bytes_long_which_is_the_limit_of_postgresql VALUES (1, 'a', 'b');

-- Names of constraints and indexes: odd ones, and one that two tables share.
CREATE TABLE first_shared (id INTEGER PRIMARY KEY, code TEXT, CONSTRAINT "shared name" UNIQUE (code));
CREATE TABLE second_shared (id INTEGER PRIMARY KEY, code TEXT, CONSTRAINT "shared name" UNIQUE (code));
CREATE TABLE child (
    id INTEGER PRIMARY KEY,
    "Parent" INTEGER CONSTRAINT "Odd ""key""" REFERENCES "Quoted" ("Id"),
    ORDER_ID INTEGER REFERENCES "order"
);
CREATE INDEX "Index of Plain" ON Plain (MIXEDCASE);
CREATE INDEX "idx.child" ON child ("Parent", order_id);
INSERT INTO first_shared VALUES (1, 'x');
INSERT INTO second_shared VALUES (1, 'x');
INSERT INTO child VALUES (1, 1, 1);

-- The words of the view are names in another case than the table's.
CREATE VIEW "View of Plain" AS SELECT ID, mixedcase AS "Mixed" FROM PLAIN;
