/*
 * parse.h: SQLite's CREATE statements, as sqlite_schema keeps them, into the schema model.
 *
 * Whatever SQLite accepts parses: any declared type, the four spellings of quoted names, comments anywhere,
 * keywords as names where SQLite's grammar lets them fall back to identifiers (parse.y, %fallback ID).
 * Results live in `arena` and may point into `sql`, which must live as long.  A text that does not parse sets
 * ERR_SYNTAX with line and column.
 *
 * What the model holds after parsing is what was written; the catalog's facts (hidden columns, resolved
 * collations of index parts, the row count) are added by the engine that read them.
 */
#ifndef PGRADE_SCHEMA_PARSE_H
#define PGRADE_SCHEMA_PARSE_H

#include "base/err.h"
#include "schema/model.h"

/*
 * CREATE [TEMP] TABLE.  Column constraints become keys, checks and foreign keys of the table, in the order
 * written.  In a key a column that is named twice counts once.  `table` is zero but for what the caller knows
 * from elsewhere (kind, sequence, rows, ...), which stays.  rowid_column, autoincrement, key positions and
 * the NOT NULL that the primary key implies in WITHOUT ROWID and STRICT tables are decided here.  CREATE
 * TABLE ... AS SELECT does not occur in sqlite_schema and is refused.
 */
bool parse_table(struct arena *arena, struct str sql, struct table *table, struct err *err) MUST_USE;

/* CREATE VIRTUAL TABLE: name, and in table->virtual what its module and arguments say. */
bool parse_virtual_table(struct arena *arena, struct str sql, struct table *table, struct err *err) MUST_USE;

/* CREATE [UNIQUE] INDEX.  A part that is a plain column name (with or without COLLATE) has column -1 until
 * index_resolve() and its name in part_names; others have an expr. */
bool parse_index(struct arena *arena, struct str sql, struct index *index, struct err *err) MUST_USE;

/* Sets the positions of the parts from the table's columns and the collations that the columns bring. */
bool index_resolve(struct arena *arena, struct index *index, const struct table *table,
                   struct err *err) MUST_USE;

/* CREATE VIEW.  When the head parses and the SELECT does not, `damage` says why and the call succeeds. */
bool parse_view(struct arena *arena, struct str sql, struct view *view, struct err *err) MUST_USE;

/* CREATE TRIGGER.  When the head parses and the rest does not, `damage` says why and the call succeeds. */
bool parse_trigger(struct arena *arena, struct str sql, struct trigger *trigger, struct err *err) MUST_USE;

/* A single expression, all of `sql`. */
bool parse_expr(struct arena *arena, struct str sql, struct expr **expr, struct err *err) MUST_USE;

#endif
