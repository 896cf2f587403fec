#include "transfer/finish.h"

#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"

bool finish_statement(struct engine *target, struct str sql, struct err *err)
{
    return engine_exec(target, sql, err);
}

bool finish_index(struct engine *target, const struct plan_object *index, bool alone, struct err *err)
{
    return engine_execf(target, err, "SET max_parallel_maintenance_workers = %d", alone ? 1 : 0) &&
           engine_exec(target, index->sql, err);
}

/* SQLSTATE classes of "these rows do not fit": check_violation, foreign_key_violation. */
static bool is_contradiction(const struct err *err)
{
    return strcmp(err->sqlstate, "23514") == 0 || strcmp(err->sqlstate, "23503") == 0;
}

static bool list_rows(struct arena *arena, struct engine *target, const struct plan_object *object,
                      struct contradiction *found, struct err *err)
{
    struct rows *rows;
    bool more = true;
    bool done;
    size_t capacity = 0;

    *found = (struct contradiction){.object = object};
    if (!engine_query(target, object->probe_sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &more, err)) && more) {
        found->rows = rows->cells[0].integer;
        ARENA_PUSH(arena, found->shown, found->shown_count, capacity) =
            str_dup(arena, str_utf8_clip(rows->cells[1].bytes, 200));
    }
    rows_close(rows);
    return done;
}

bool finish_constraint(struct arena *arena, struct engine *target, const struct plan_object *object,
                       struct contradiction *found, struct err *err)
{
    struct str sql = object->class == OBJECT_FOREIGN_KEY ? object->then_sql : object->sql;
    struct err failure = {.code = ERR_NONE};

    *found = (struct contradiction){.object = object};
    if (engine_exec(target, sql, &failure))
        return true;
    if (is_contradiction(&failure) && list_rows(arena, target, object, found, err) && found->rows > 0)
        return true;
    *err = failure;
    return false;
}

/*
 * The next value: past max(), past what SQLite's AUTOINCREMENT would give.  A sequence cannot stand past the
 * last value of its type; where max() is that last value SQLite picks an unused rowid at random (unless
 * AUTOINCREMENT says that the table is full), so the sequence goes on behind the largest id in the lower half
 * of the range.
 */
static bool set_sequence(struct engine *target, const struct plan *plan, const struct plan_table *table,
                         const struct plan_column *column, struct err *err)
{
    const char *full = column->type.kind == PG_INT2   ? "32767"
                       : column->type.kind == PG_INT4 ? "2147483647"
                                                      : "9223372036854775807";
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT setval(");
    {
        struct buf name;

        buf_init(&name, BUF_TEXT_MAXIMUM);
        ident_quote_qualified(&name, plan->load_schema, column->sequence_name);
        literal_quote(&sql, buf_view(&name));
        buf_free(&name);
    }
    buf_printf(&sql,
               ", last, true) FROM (SELECT greatest(%" PRId64 ", CASE WHEN max(k) < %s OR %s THEN max(k) ELSE"
               " (SELECT max(k) FROM (SELECT ",
               table->identity_next - 1, full, table->source->autoincrement ? "true" : "false");
    ident_quote(&sql, column->name);
    buf_text(&sql, " AS k FROM ");
    ident_quote_qualified(&sql, plan->load_schema, table->name);
    buf_printf(&sql, ") h WHERE k < %s / 2) END) AS last FROM (SELECT ", full);
    ident_quote(&sql, column->name);
    buf_text(&sql, " AS k FROM ");
    ident_quote_qualified(&sql, plan->load_schema, table->name);
    buf_text(&sql, ") a) s WHERE last >= 1");
    done = engine_exec(target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool finish_sequences(struct engine *target, const struct plan *plan, size_t place, struct err *err)
{
    const struct plan_table *table = &plan->tables[place];

    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].identity != IDENTITY_NO &&
            !set_sequence(target, plan, table, &table->columns[i], err))
            return false;
    return true;
}

bool finish_analyze(struct engine *target, const struct plan *plan, size_t place, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "ANALYZE ");
    ident_quote_qualified(&sql, plan->load_schema, plan->tables[place].name);
    done = engine_exec(target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}
