/* Expressions of a trigger: NEW, OLD, and the columns of the table that a statement writes. */
#include "plan/triggers.h"

#include "schema/lexer.h"
#include "schema/translate_select.h"
#include "schema/virtual.h"

/* "ROWIDs and the INTEGER PRIMARY KEY": the three names, where no column has them; docid is FTS3's. */
static bool is_rowid(const struct plan_table *table, struct str name)
{
    bool fts3 = table->source->virtual != NULL && table->source->virtual->kind == VIRTUAL_FTS3;

    return str_is_nocase(name, "rowid") || str_is_nocase(name, "_rowid_") || str_is_nocase(name, "oid") ||
           (fts3 && str_is_nocase(name, "docid"));
}

int trigger_column(const struct plan_table *table, struct str name)
{
    int place = table_column(table->source, name);

    return place < 0 && is_rowid(table, name) ? table->source->rowid_column : place;
}

bool trigger_is_row(const struct expr *expr, const char *row)
{
    return expr->kind == EXPR_COLUMN && str_is_nocase(expr->table, row);
}

/* Why a column of the row that fires the trigger cannot be read; NULL: it can. */
static const char *why_unreadable(const struct trigger_maker *at, int place, bool new_row)
{
    const struct trigger_body *body = at->trigger->body;
    const struct plan_column *column = &at->table->columns[place];
    bool before = body->timing == TRIGGER_BEFORE || at->assigns;

    if (body->timing == TRIGGER_BEFORE && body->event == TRIGGER_INSERT && new_row &&
        place == at->table->source->rowid_column)
        return "before the INSERT SQLite has not given the row its key yet";
    if (column->source->generated == GENERATED_NO)
        return NULL;
    if (column->generated_sql.ptr == NULL)
        return "a generated column that is an ordinary one on the target";
    return before && new_row ? "a generated column, which PostgreSQL computes only after BEFORE triggers"
                             : NULL;
}

/* Which row a name belongs to: NEW, OLD, or the alias of the table that a statement writes; NULL ptr: none.
 */
static struct str row_of(const struct trigger_maker *at, struct str table)
{
    static const struct str new_row = STR("NEW");
    static const struct str old_row = STR("OLD");

    if (str_is_nocase(table, "NEW"))
        return new_row;
    if (str_is_nocase(table, "OLD"))
        return old_row;
    if (at->bare == NULL || (table.ptr != NULL && !str_equal_nocase(table, at->bare->source->name.text)))
        return (struct str){NULL, 0};
    return at->assigns ? new_row : at->alias;
}

static bool find_column(void *context, struct str table, struct str name, struct translate_column *found)
{
    struct trigger_maker *at = context;
    struct str row = row_of(at, table);
    const struct plan_table *from = row.ptr != NULL && row.ptr[0] == '"' ? at->bare : at->table;
    const struct plan_column *column;
    int place;

    if (row.ptr == NULL)
        return false;
    place = trigger_column(from, name);
    if (place < 0) {
        at->refused = is_rowid(from, name) ? "the rowid has no column on the target" : NULL;
        return false;
    }
    if (row.ptr[0] != '"')
        at->refused = why_unreadable(at, place, row.ptr[0] == 'N');
    column = &from->columns[place];
    *found = (struct translate_column){.name = column->name,
                                       .qualifier = row,
                                       .type = column->type,
                                       .affinity = column->source->affinity,
                                       .collation = column->source->collation,
                                       .plain = nocase_plain(column),
                                       .time_unit = (int)column->unit};
    return row.ptr[0] == '"' || at->refused == NULL;
}

/*
 * What subqueries may read: tables, and never the trigger's own after the row is written, since SQLite has
 * then changed the rows up to this one and PostgreSQL all of the statement's.
 */
static const struct relation *find_relation(void *context, struct str name, const char **why)
{
    struct trigger_maker *at = context;
    const struct table *source = schema_table(at->maker->schema, name);
    const struct plan_table *table = source == NULL ? NULL : maker_planned(at->maker, source);

    *why = source == NULL ? "a trigger's subquery reads tables alone" : "it is not carried";
    if (table != NULL && table == at->table && at->trigger->body->timing == TRIGGER_AFTER) {
        *why = "SQLite has changed only some of its rows when an AFTER trigger runs";
        at->refused = *why;
        return NULL;
    }
    return table == NULL ? NULL : maker_relation(at->maker, table, at->maker->plan->target_schema);
}

static struct str spell(void *context, struct name name)
{
    return maker_name(((const struct trigger_maker *)context)->maker, name);
}

/* A word that stands nowhere in the trigger, so that no subquery of it hides the table. */
struct str trigger_alias(struct arena *arena, struct str sql)
{
    for (int i = 0;; i++) {
        struct str alias = i == 0 ? str_from("t") : str_printf(arena, "t%d", i);
        struct lexer lexer;
        struct token token;
        bool taken = false;

        lexer_begin(&lexer, sql);
        while ((token = lexer_next(&lexer)).kind != TOKEN_END)
            taken = taken || str_equal_nocase(token_unquote(arena, &token), alias);
        if (!taken)
            return str_printf(arena, "\"%.*s\"", STR_ARGS(alias));
    }
}

bool trigger_expr(struct trigger_maker *at, const struct expr *expr, enum translate_want want,
                  const struct pg_type *type, struct buf *out)
{
    struct err failure = {.code = ERR_NONE};
    struct maker_scope place;
    struct translate_scope scope = maker_scope(&place, at->maker, at->table);

    struct select_scope selects = {.relation = find_relation,
                                   .spell = spell,
                                   .context = at,
                                   .collate_c = scope.collate_c,
                                   .utf16 = scope.utf16};

    scope.column = find_column;
    scope.selects = at->no_selects ? NULL : &selects;
    scope.context = at;
    at->refused = NULL;
    if (translate_expr(expr, &scope, want, type, out, &failure))
        return true;
    err_set(at->failure, ERR_DECISION, "%s", failure.primary);
    return err_detail(at->failure, "%s", at->refused != NULL ? at->refused : failure.detail);
}
