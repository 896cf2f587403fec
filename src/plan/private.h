/* private.h: what the files that make a plan share. */
#ifndef PGRADE_PLAN_PRIVATE_H
#define PGRADE_PLAN_PRIVATE_H

#include "plan/framework_names.h"
#include "plan/overrides.h"
#include "plan/plan.h"
#include "schema/ident.h"
#include "schema/translate.h"

struct relation; /* schema/translate_select.h */

/* The state while a plan is made. */
struct maker {
    struct arena *arena;
    const struct schema *schema;
    const struct plan_facts *facts;
    const struct plan_options *options;
    struct plan *plan;
    struct overrides overrides;
    struct names relations;    /* tables, indexes, sequences and types share one namespace */
    struct names *constraints; /* of each table: checks and foreign keys */
    size_t like_indexes;       /* made for the framework alone, beside those of the source */
    struct str *view_names;    /* of each view of the schema, on the target */
    int *table_places;         /* of each table of the schema: its place in the plan, or -1 */
};

/* Lookup of columns for the translator. */
struct maker_scope {
    const struct maker *maker;
    const struct plan_table *table;
    bool inlines; /* generated columns are replaced by their expressions */
};

struct translate_scope maker_scope(struct maker_scope *place, const struct maker *maker,
                                   const struct plan_table *table);

void maker_not_carried(struct maker *maker, enum object_class class, struct str table, struct str name,
                       struct str sql, const char *format, ...) PRINTF_LIKE(6, 7);
void maker_note(struct maker *maker, struct str about, const char *format, ...) PRINTF_LIKE(3, 4);
void maker_object(struct maker *maker, struct plan_object object);
/* Says so when what the source names `about` has another name than the `wanted` one, or a clipped one. */
void maker_note_name(struct maker *maker, struct str about, struct str wanted, struct str name);
/* The name that the user's rule gives; neither cut nor checked against others. */
struct str maker_name(const struct maker *maker, struct name name);
/* The name that --rename gives the table (`column` with a NULL ptr) or the column; NULL ptr: none. */
struct str maker_renamed(const struct maker *maker, const struct table *table, struct str column);
/* The table's place in the plan; NULL: it is not carried. */
const struct plan_table *maker_planned(const struct maker *maker, const struct table *source);
struct str maker_path(struct maker *maker, struct str table,
                      struct str column); /* table.column, for people */

/* Translates; when it cannot be done, the object is put on the list of what is not carried and the ptr is
 * NULL. */
struct str maker_translate(struct maker *maker, const struct plan_table *table, const struct expr *expr,
                           enum translate_want want, const struct pg_type *type, enum object_class class,
                           struct str name);

/* columns.c */
/* Whether the options say all about its type, so that its values need not be asked. */
bool columns_are_decided(const struct plan_options *options, const struct overrides *overrides,
                         const struct table *table, const struct column *column);

/* Whether it was asked to be of moments: its numbers count something, which they may tell. */
bool columns_count_something(const struct overrides *overrides, const struct table *table,
                             const struct column *column);
/* ERR_DECISION when two columns would have one name. */
bool maker_columns(struct maker *maker, struct plan_table *table, struct err *err) MUST_USE;
/* Whether the column is one of bytes in which there may be texts, as far as is known. */
bool maker_holds_texts(const struct maker *maker, const struct plan_table *table, int position);
void maker_expressions(struct maker *maker, struct plan_table *table);
/* The type that was asked for, or that a misfit was widened to; or, with `nullable`, the word that the column
 * may hold NULLs although it is of the key.  NULL: none. */
const struct type_override *maker_override(const struct maker *maker, const struct plan_table *table,
                                           const struct column *column, bool nullable);

/* identity.c: what gives the column its numbers. */
void maker_identity(struct maker *maker, struct plan_table *table, struct plan_column *column);

/* generated.c: the expressions of all generated columns, or why they are ordinary ones. */
void maker_generated(struct maker *maker, struct plan_table *table);

/* generated_kind.c: whether a virtual column of SQLite that PostgreSQL can compute stays virtual, which is
 * noted. */
void maker_generated_kind(struct maker *maker, const struct plan_table *table, struct plan_column *column);

/* key_types.c */

/* nocase.c: the form of each column without case.  ERR_USAGE where what was asked for cannot be. */
bool maker_nocase(struct maker *maker, struct err *err) MUST_USE;

/* Gives each child column the type of the key that it references, but for types that were asked for. */
void maker_share_key_types(struct maker *maker);
/* Whether PostgreSQL makes a foreign key between columns of these types. */
bool key_types_fit(const struct pg_type *child, const struct pg_type *parent);
/* ERR_USAGE where types that were asked for leave a foreign key impossible. */
bool maker_check_key_types(struct maker *maker, struct err *err) MUST_USE;

/* PostgreSQL's limits: MaxHeapAttributeNumber of access/htup_details.h, INDEX_MAX_KEYS of pg_config_manual.h.
 */
enum {
    TABLE_COLUMNS_MAXIMUM = 1600,
    KEY_COLUMNS_MAXIMUM = 32
};

/* constraints.c */
void maker_keys(struct maker *maker, size_t table);
/* Those among the parts that are columns. */
struct columns maker_columns_of(struct maker *maker, const struct plan_table *table,
                                const struct key_part *parts, size_t count);
void maker_add_key(struct maker *maker, size_t place, enum object_class class, const struct key *key,
                   struct str name);
/* Beside a unique index `name` on folded columns: the constraint that a foreign key to them needs, if there
 * is such a key. */
void maker_add_exact(struct maker *maker, size_t place, const struct key_part *parts, size_t count,
                     struct str name);
/* The index for LIKE that the framework makes beside `index`, or beside a key when that is empty. */
void maker_add_like(struct maker *maker, size_t place, const struct key_part *parts, size_t count,
                    struct str index);

/* index_sql.c */
/* Whether values of the column that differ may be equal under the collation: what stands before and after it
 * that makes PostgreSQL compare as SQLite does.  False too where the column by itself does. */
bool collation_folds(struct str name, const struct plan_column *column, const char **before,
                     const char **after);
/* Whether a part has a collation that is not by bytes. */
bool maker_has_folding(const struct plan_table *table, const struct key_part *parts, size_t count);
/* Why a key, or the B-tree of an index, cannot be made; NULL ptr: it can. */
struct str maker_find_obstacle(struct maker *maker, const struct plan_table *table,
                               const struct key_part *parts, size_t count);
/* "(a, lower(b) DESC)"; false: a part cannot be carried, which is noted. */
bool maker_put_parts(struct maker *maker, const struct plan_table *table, const struct key_part *parts,
                     size_t count, bool unique, bool folded, struct str source_name, struct buf *out);
/* CREATE INDEX; false: a part of it cannot be carried, which is noted. */
bool maker_put_index(struct maker *maker, const struct plan_table *table, const struct key_part *parts,
                     size_t count, bool unique, bool folded, struct str name, struct str source_name,
                     struct buf *out);

/* indexes.c */
void maker_indexes(struct maker *maker, size_t table);

/* checks.c */
void maker_checks(struct maker *maker, size_t table);

/* foreign.c */
void maker_foreign_keys(struct maker *maker, size_t table);

/* foreign_parent.c */
/* Whether the parts are these columns, in any order: as both SQLite and PostgreSQL find the parent's key. */
bool key_parts_are(const struct key_part *parts, size_t part_count, const int *columns, size_t count);
/* The columns of the parent that a foreign key means, as places in the parent; false: SQLite itself would
 * call it a mismatch, *why says it. */
bool foreign_key_target(const struct schema *schema, const struct foreign_key *key,
                        const struct table **parent, const int **columns, struct arena *arena,
                        const char **why);

/* virtual.c: what becomes of each virtual table, said; and the indexes that --fts asks for. */
void maker_virtual_tables(struct maker *maker);

/* views.c */
void maker_name_views(struct maker *maker);
void maker_views(struct maker *maker);
/* The table as a SELECT of the translator reads it, in that schema. */
struct relation *maker_relation(struct maker *maker, const struct plan_table *table, struct str schema);

/* account.c: every table of the source's catalog is carried, is named as not carried, or is storage of a
 * virtual table; anything else is a fault of this program and ends the run (ERR_FAILED). */
bool maker_check_account(const struct maker *maker, struct err *err) MUST_USE;

/* triggers.c */
void maker_triggers(struct maker *maker);

#endif
