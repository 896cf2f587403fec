/*
 * virtual.h: SQLite's virtual tables: what their module is, what they hold, and which tables are their
 * storage.
 *
 * Sources: SQLite's documentation, "FTS3 and FTS4", "FTS5", "The SQLite R*Tree Module", "The Geopoly
 * Interface"; ext/fts5/fts5_config.c and ext/fts3/fts3.c for the reading of their arguments.
 */
#ifndef PGRADE_SCHEMA_VIRTUAL_H
#define PGRADE_SCHEMA_VIRTUAL_H

#include "base/err.h"
#include "schema/model.h"

enum virtual_kind {
    VIRTUAL_UNKNOWN, /* a module of the application's or of an extension's */
    VIRTUAL_FTS3,    /* and FTS4 */
    VIRTUAL_FTS5,
    VIRTUAL_RTREE,
    VIRTUAL_RTREE_I32, /* its coordinates are integers */
    VIRTUAL_GEOPOLY,
    VIRTUAL_VIEW /* shows something else and stores nothing: fts5vocab, dbstat, ... */
};

struct virtual_column {
    struct name name;
    bool any_type; /* holds what was written, with its storage class; else see virtual_columns() */
};

/* One virtual table, as its arguments say it. */
struct virtual_table {
    enum virtual_kind kind;
    struct str module;              /* as written */
    struct virtual_column *columns; /* without hidden ones */
    size_t column_count;
    bool external;          /* FTS: the texts are in another table, or nowhere */
    struct str content;     /* external: that table; empty: nowhere */
    struct str content_key; /* external: its column that is the rowid; NULL ptr: the rowid */
    struct str language;    /* FTS4: the name of the column languageid=; NULL ptr: there is none */
    bool compressed;        /* FTS4: by functions of the application's */
    bool sizeless;          /* FTS: the sizes of the texts are not kept: matchinfo=fts3, columnsize=0 */
    struct str
        trouble; /* not carried, or not read by its own name: what SQLite says of it; NULL ptr: nothing */
};

/* The arguments understood, as far as the module is known. */
struct virtual_table *virtual_understand(struct arena *arena, struct str module, const struct str *arguments,
                                         size_t count);

/* Whether `table` is storage of the virtual table of the name `owner`: by its name, by the options of the
 * virtual table, and by its columns, since anybody may have given the name to a table of his own. */
bool virtual_owns(const struct virtual_table *virtual, struct str owner, const struct table *table);

/* The table in which the module keeps the rows themselves: "f_content"; NULL ptr: there is none. */
struct str virtual_storage(struct arena *arena, const struct virtual_table *table, struct str name);

/*
 * The columns that the rows have as those of an ordinary table, the key first; sets table->columns,
 * table->primary and table->rowid_column.  Columns that a module declares nothing of are TEXT in a full-text
 * table and without a type elsewhere.
 */
void virtual_columns(struct arena *arena, const struct virtual_table *virtual, struct table *table);

#endif
