#include "ops/long_keys.h"

#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"

enum {
    KEY_MAXIMUM = 2704, /* BTMaxItemSize, for pages of 8 KB: access/nbtree.h */
    KEY_OVERHEAD = 14,  /* of an index row, and what alignment may add */
    ROWS_NAMED = 5
};

bool long_keys_is(const struct err *err)
{
    return strcmp(err->sqlstate, "54000") == 0; /* program_limit_exceeded */
}

static void note(struct work *work, const struct plan_object *object)
{
    struct upgrade_result *result = work->result;

    (void)pthread_mutex_lock(&work->lock);
    ARENA_PUSH(work->arena, result->long_keys, result->long_key_count, result->long_key_capacity) = object;
    (void)pthread_mutex_unlock(&work->lock);
}

bool long_keys_build(struct work *work, struct engine *target, const struct plan_object *const *objects,
                     size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct err failure = {.code = ERR_NONE};

        if (finish_objects(target, &objects[i], 1, &failure))
            continue;
        if (!long_keys_is(&failure)) {
            *err = failure;
            return false;
        }
        note(work, objects[i]);
    }
    return true;
}

/* What the columns of the key take as they are stored, compressed; false: it has expressions alone. */
static bool put_size(struct buf *sql, const struct plan_table *table, const struct plan_object *object)
{
    bool any = false;

    for (size_t i = 0; i < object->part_count; i++) {
        if (object->parts[i].column < 0)
            continue;
        buf_text(sql, any ? " + coalesce(pg_column_size(" : "coalesce(pg_column_size(");
        ident_quote(sql, table->columns[object->parts[i].column].name);
        buf_text(sql, "), 0)");
        any = true;
    }
    return any;
}

static void put_rowid(struct buf *sql, const struct plan_table *table)
{
    if (table->source->rowid_column < 0) {
        buf_text(sql, "NULL");
        return;
    }
    ident_quote(sql, table->columns[table->source->rowid_column].name);
    buf_text(sql, "::text");
}

static bool read_rows(struct engine *control, struct str sql, struct buf *named, struct err *err)
{
    struct rows *rows;
    bool found = true;
    int64_t count = 0;
    int64_t shown = 0;
    bool done;

    if (!engine_query(control, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        count = rows->cells[0].integer;
        if (rows->cells[1].kind != VALUE_TEXT)
            continue;
        buf_printf(named, "%s%.*s", shown > 0 ? ", " : ": rowid ", STR_ARGS(rows->cells[1].bytes));
        shown++;
    }
    rows_close(rows);
    if (shown > 0 && count > shown)
        buf_printf(named, " and %" PRId64 " more", count - shown);
    if (shown == 0 && count > 0)
        buf_printf(named, ": %" PRId64 " row%s", count, count == 1 ? "" : "s");
    return done;
}

/* ": rowid 7, 9 and 3 more", or nothing where it cannot be told. */
static bool name_rows(struct upgrade_result *result, const struct plan_object *object, struct buf *named,
                      struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    const struct plan_table *table = &plan->tables[object->table];
    struct buf sql;
    struct buf size;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_init(&size, BUF_TEXT_MAXIMUM);
    if (put_size(&size, table, object)) {
        buf_text(&sql, "SELECT count(*) OVER (), ");
        put_rowid(&sql, table);
        buf_text(&sql, " FROM ");
        ident_quote_qualified(&sql, plan->load_schema, table->name);
        buf_printf(&sql, " WHERE %.*s > %d ORDER BY %.*s DESC LIMIT %d", STR_ARGS(buf_view(&size)),
                   KEY_MAXIMUM - KEY_OVERHEAD, STR_ARGS(buf_view(&size)), ROWS_NAMED);
        done = read_rows(result->target.control, buf_view(&sql), named, err);
    }
    buf_free(&size);
    buf_free(&sql);
    return done;
}

static void leave(struct arena *arena, struct plan *plan, const struct plan_object *object, struct str reason)
{
    ARENA_PUSH(arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
        (struct not_carried){.class = object->class,
                             .table = plan->tables[object->table].source->name.text,
                             .name = object->name,
                             .reason = reason};
}

static bool has_column(const struct plan_object *key, int column)
{
    for (size_t i = 0; i < key->part_count; i++)
        if (key->parts[i].column == column)
            return true;
    return false;
}

static bool needs(const struct plan_object *foreign, const struct plan_object *key)
{
    if (foreign->class != OBJECT_FOREIGN_KEY || key->class == OBJECT_INDEX || foreign->parent != key->table ||
        foreign->part_count != key->part_count)
        return false;
    for (size_t i = 0; i < foreign->part_count; i++)
        if (!has_column(key, foreign->parent_columns[i]))
            return false;
    return true;
}

/* The object of the plan stays where it is: others point to it. */
static bool settle_one(struct arena *arena, struct upgrade_result *result, const struct plan_object *object,
                       bool *lost, struct err *err)
{
    struct plan *plan = &result->prepared.plan;
    struct buf named;
    bool done;

    buf_init(&named, BUF_TEXT_MAXIMUM);
    done = name_rows(result, object, &named, err);
    lost[object - plan->objects] = true;
    leave(arena, plan, object,
          str_printf(arena, "a key is longer than the %d bytes that a B-tree of PostgreSQL takes%.*s",
                     KEY_MAXIMUM, STR_ARGS(buf_view(&named))));
    buf_free(&named);
    for (size_t i = 0; i < plan->object_count; i++) {
        if (lost[i] || !needs(&plan->objects[i], object))
            continue;
        lost[i] = true;
        leave(arena, plan, &plan->objects[i],
              str_printf(arena, "it references %.*s, whose %s %.*s cannot be made",
                         STR_ARGS(plan->tables[object->table].source->name.text),
                         object_class_name(object->class), STR_ARGS(object->name)));
    }
    return done;
}

bool long_keys_settle(struct arena *arena, struct upgrade_result *result, struct err *err)
{
    struct plan *plan = &result->prepared.plan;
    bool *lost = ARENA_ARRAY(arena, bool, plan->object_count + 1);
    struct plan_object *left;
    size_t count = 0;

    for (size_t i = 0; i < result->long_key_count; i++)
        if (!settle_one(arena, result, result->long_keys[i], lost, err))
            return false;
    if (result->long_key_count == 0)
        return true;
    left = ARENA_ARRAY(arena, struct plan_object, plan->object_count + 1);
    for (size_t i = 0; i < plan->object_count; i++)
        if (!lost[i])
            left[count++] = plan->objects[i];
    plan->objects = left;
    plan->object_count = plan->object_capacity = count;
    result->long_key_count = 0;
    return true;
}
