#include "transfer/finish.h"

#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"

enum {
    BATCH_BYTES = 64 * 1024,
    BATCH_OBJECTS = 100 /* the server has not always room to lock more tables, their indexes too, at once */
};

/* A batch is one implicit transaction; what failed in it is told by the server's own words, which name the
 * object. */
static bool send_batch(struct engine *target, struct buf *sql, struct err *err)
{
    bool done = !sql->failed
                    ? sql->len == 0 || engine_exec(target, buf_view(sql), err)
                    : err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements that finish the tables");

    buf_clear(sql);
    return done;
}

static bool send_all(struct engine *target, const struct plan_object *const *objects, size_t count, bool then,
                     struct err *err)
{
    struct buf sql;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < count; i++) {
        buf_str(&sql, then ? objects[i]->then_sql : objects[i]->sql);
        buf_text(&sql, ";\n");
        if (sql.len > BATCH_BYTES || (i + 1) % BATCH_OBJECTS == 0)
            done = send_batch(target, &sql, err);
    }
    done = done && send_batch(target, &sql, err);
    buf_free(&sql);
    return done;
}

bool finish_objects(struct engine *target, const struct plan_object *const *objects, size_t count,
                    struct err *err)
{
    return send_all(target, objects, count, false, err);
}

bool finish_objects_then(struct engine *target, const struct plan_object *const *objects, size_t count,
                         struct err *err)
{
    return send_all(target, objects, count, true, err);
}

bool finish_keys(struct arena *arena, struct engine *target, const struct plan *plan, struct err *err)
{
    const struct plan_object **keys = ARENA_ARRAY(arena, const struct plan_object *, plan->object_count + 1);
    const struct plan_object **foreign =
        ARENA_ARRAY(arena, const struct plan_object *, plan->object_count + 1);
    size_t key_count = 0;
    size_t foreign_count = 0;

    for (size_t i = 0; i < plan->object_count; i++) {
        const struct plan_object *object = &plan->objects[i];

        if ((object->class == OBJECT_PRIMARY_KEY || object->class == OBJECT_UNIQUE) && !object->then_made)
            keys[key_count++] = object;
        else if (object->class == OBJECT_FOREIGN_KEY && !object->made)
            foreign[foreign_count++] = object;
    }
    return finish_objects_then(target, keys, key_count, err) &&
           finish_objects(target, foreign, foreign_count, err);
}

bool finish_parallel(struct engine *target, int processes, struct err *err)
{
    return engine_execf(target, err, "SET max_parallel_maintenance_workers = %d", processes);
}

/* SQLSTATE classes of "these rows do not fit": check_violation, foreign_key_violation. */
static bool is_contradiction(const struct err *err)
{
    return strcmp(err->sqlstate, "23514") == 0 || strcmp(err->sqlstate, "23503") == 0;
}

bool finish_list_rows(struct arena *arena, struct engine *target, const struct plan_object *object,
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
        if (object->class == OBJECT_FOREIGN_KEY)
            found->collated_rows = rows->cells[2].integer;
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
    if (is_contradiction(&failure) && finish_list_rows(arena, target, object, found, err) && found->rows > 0)
        return true;
    /* Where listing them failed: for that, which is about the other rows. */
    if (err->code == ERR_NONE)
        *err = failure;
    return false;
}

/*
 * The next value: past max(), past what SQLite's AUTOINCREMENT would give.  A sequence cannot stand past the
 * last value of its type; where max() is that last value SQLite picks an unused rowid at random (unless
 * AUTOINCREMENT says that the table is full), so the sequence goes on behind the largest id in the lower half
 * of the range.
 */
static void put_sequence(struct buf *sql, const struct plan *plan, const struct plan_table *table,
                         const struct plan_column *column)
{
    const char *full = column->type.kind == PG_INT2   ? "32767"
                       : column->type.kind == PG_INT4 ? "2147483647"
                                                      : "9223372036854775807";
    struct buf name;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, plan->load_schema, column->sequence_name);
    buf_text(sql, "SELECT setval(");
    literal_quote(sql, buf_view(&name));
    buf_free(&name);
    buf_printf(sql,
               ", last, true) FROM (SELECT greatest(%" PRId64 ", CASE WHEN max(k) < %s OR %s THEN max(k) ELSE"
               " (SELECT max(k) FROM (SELECT ",
               table->identity_next - 1, full, table->source->autoincrement ? "true" : "false");
    ident_quote(sql, column->name);
    buf_text(sql, " AS k FROM ");
    ident_quote_qualified(sql, plan->load_schema, table->name);
    buf_printf(sql, ") h WHERE k < %s / 2) END) AS last FROM (SELECT ", full);
    ident_quote(sql, column->name);
    buf_text(sql, " AS k FROM ");
    ident_quote_qualified(sql, plan->load_schema, table->name);
    buf_text(sql, ") a) s WHERE last >= 1;\n");
}

static void put_table(struct buf *sql, const struct plan *plan, const struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].identity != IDENTITY_NO)
            put_sequence(sql, plan, table, &table->columns[i]);
    buf_text(sql, "ANALYZE ");
    ident_quote_qualified(sql, plan->load_schema, table->name);
    buf_text(sql, ";\n");
}

bool finish_tables(struct engine *target, const struct plan *plan, const size_t *tables, size_t count,
                   struct err *err)
{
    struct buf sql;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < count; i++) {
        put_table(&sql, plan, &plan->tables[tables[i]]);
        if ((i + 1) % BATCH_OBJECTS == 0)
            done = send_batch(target, &sql, err);
    }
    done = done && send_batch(target, &sql, err);
    buf_free(&sql);
    return done;
}
