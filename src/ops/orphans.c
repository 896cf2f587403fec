#include "ops/orphans.h"

#include <stdlib.h>

#include "ops/large.h"
#include "ops/redo.h"
#include "transfer/journal.h"
#include "transfer/misfits.h"
#include "transfer/quarantine.h"

/* A row that was taken out: what the verifier's digest of it is. */
struct orphan {
    struct digest_sum hash;
    const struct plan_object *key; /* the foreign key that it contradicts */
};

struct orphan_set {
    struct orphan *items;
    size_t count;
    size_t capacity;
    struct digester *digester; /* of source rows, while they are looked for */
};

static int compare(const void *a, const void *b)
{
    const struct digest_sum *left = &((const struct orphan *)a)->hash;
    const struct digest_sum *right = &((const struct orphan *)b)->hash;

    if (left->low != right->low)
        return left->low < right->low ? -1 : 1;
    return left->high < right->high ? -1 : left->high > right->high;
}

static struct digest_sum difference(const struct digest_sum *now, const struct digest_sum *before)
{
    return (struct digest_sum){.low = now->low - before->low, .high = now->high - before->high};
}

/* libpq hands over one row at a time (PQgetCopyData), so what the digest grew by is the hash of that row. */
static bool add_row(struct arena *arena, struct orphan_set *set, const struct plan_object *key,
                    struct digester *digester, struct str bytes, struct err *err)
{
    int64_t rows = digester_result(digester)->rows;
    struct digest_sum before = digester_result(digester)->row;
    struct orphan orphan = {.key = key};

    if (!digester_target_bytes(digester, bytes.ptr, bytes.len, err))
        return false;
    rows = digester_result(digester)->rows - rows;
    if (rows == 0)
        return true;
    if (rows > 1)
        return err_set(err, ERR_FAILED, "rows without a parent came several at a time");
    orphan.hash = difference(&digester_result(digester)->row, &before);
    ARENA_PUSH(arena, set->items, set->count, set->capacity) = orphan;
    return true;
}

static bool read_deleted(struct arena *arena, struct orphan_set *set, const struct plan_object *key,
                         struct engine *control, struct digester *digester, struct err *err)
{
    struct str bytes;

    for (;;) {
        if (!engine_copy_get(control, &bytes, err))
            return false;
        if (bytes.len == 0)
            return digester_target_end(digester, err);
        if (!add_row(arena, set, key, digester, bytes, err))
            return false;
    }
}

/* In the transaction in which rows go, the journal stops saying that they are there.  A fill has no journal,
 * and one transaction, which is not to be ended here. */
static bool commit(const struct upgrade_result *result, struct str thinned, struct err *err)
{
    struct buf sql;
    bool done;

    if (result->filled)
        return true;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (thinned.len > 0)
        journal_put_thinned(&sql, &result->target, thinned);
    buf_text(&sql, "COMMIT");
    done = engine_exec(result->target.control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool delete_orphans(struct arena *arena, const struct upgrade_result *result,
                           const struct plan_object *key, struct orphan_set *set, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    struct engine *control = result->target.control;
    struct arena *scratch = arena_new();
    struct digester *digester = digester_new(scratch, &plan->tables[key->table]);
    size_t before = set->count;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "%sCOPY (%.*s) TO STDOUT (FORMAT binary)", result->filled ? "" : "BEGIN; ",
               STR_ARGS(key->orphans_sql));
    done = engine_copy_out(control, buf_view(&sql), err) &&
           read_deleted(arena, set, key, control, digester, err) &&
           commit(result, set->count > before ? plan->tables[key->table].name : (struct str){NULL, 0}, err);
    buf_free(&sql);
    digester_free(digester);
    arena_free(scratch);
    return done || err_prefix(err, "foreign key %.*s", STR_ARGS(key->name));
}

/* Until nobody is without a parent: who was set aside may have been one. */
static bool delete_all(struct arena *arena, struct upgrade_result *result, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    bool *lost = ARENA_ARRAY(arena, bool, plan->table_count + 1);
    bool again = true;

    /* The last place stands for parents that are not loaded. */
    for (size_t i = 0; i <= plan->table_count; i++)
        lost[i] = true;
    while (again) {
        bool *now = ARENA_ARRAY(arena, bool, plan->table_count + 1);

        again = false;
        for (size_t i = 0; i < plan->object_count; i++) {
            const struct plan_object *key = &plan->objects[i];
            struct orphan_set *set = &result->orphans[key->table];
            size_t before = set->count;

            if (key->orphans_sql.ptr == NULL || !lost[key->parent])
                continue;
            if (!delete_orphans(arena, result, key, set, err))
                return false;
            now[key->table] = now[key->table] || set->count > before;
            again = again || set->count > before;
        }
        lost = now;
    }
    return true;
}

bool orphans_picks(void *context, size_t table, const struct value *meant, struct str *column,
                   struct str *reason)
{
    struct upgrade_result *result = context;
    struct orphan_set *set = &result->orphans[table];
    struct digest_sum before = digester_result(set->digester)->row;
    struct err ignored = {.code = ERR_NONE};
    struct orphan sought = {.key = NULL};
    const struct orphan *found;

    /* The load's observer would fail on the same row, and say so. */
    if (!digester_source_row(set->digester, meant, &ignored))
        return false;
    sought.hash = difference(&digester_result(set->digester)->row, &before);
    found = set->count == 0 ? NULL : bsearch(&sought, set->items, set->count, sizeof(*set->items), compare);
    if (found == NULL)
        return false;
    *column = found->key->columns;
    *reason = found->key->orphan_reason;
    return true;
}

static bool read_back(struct arena *arena, struct upgrade_result *result, size_t place, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    struct table_outcome *outcome = &result->tables[place];
    struct digester *digester = digester_new(arena, &plan->tables[place]);
    bool done = large_read_back(result->target.control, plan->load_schema, &plan->tables[place],
                                atomic_load(&result->load.tables[place].bytes), digester, err);

    if (done) {
        outcome->target =
            (struct digest){.column_count = outcome->target.column_count, .columns = outcome->target.columns};
        for (size_t i = 0; i < outcome->target.column_count; i++)
            outcome->target.columns[i] = (struct digest_sum){0, 0};
        digest_add(&outcome->target, digester_result(digester));
    }
    digester_free(digester);
    return done;
}

/* The rows of one table, from the source into the quarantine. */
static bool set_aside(struct arena *arena, const struct upgrade_options *options,
                      struct upgrade_result *result, size_t place, struct err *err)
{
    struct orphan_set *set = &result->orphans[place];
    struct row_picker filter = {orphans_picks, result, &result->load.misfits};
    struct row_sink sink = {quarantine_row, &result->quarantine};
    struct redone redone;

    qsort(set->items, set->count, sizeof(*set->items), compare);
    if (!redo_table(arena, options, result, result->prepared.snapshot.readers[0], place, &filter, &sink,
                    &redone, err))
        return false;
    if (redone.picked != (int64_t)set->count) {
        err_set(err, ERR_FAILED,
                "%.*s: %zu rows without a parent were taken out, and %lld found in the source",
                STR_ARGS(result->prepared.plan.tables[place].source->name.text), set->count,
                (long long)redone.picked);
        return err_hint(err, "nothing was published; this is a mistake of pgrade: please report it");
    }
    result->tables[place].quarantined_rows += redone.picked;
    misfits_add_rows(&result->load.misfits, place, redone.picked);
    if (options->no_verify)
        return true;
    result->tables[place].source = redone.digest;
    return read_back(arena, result, place, err);
}

bool orphans_set_aside(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    bool done;

    result->orphans = ARENA_ARRAY(arena, struct orphan_set, plan->table_count + 1);
    done = delete_all(arena, result, err);
    for (size_t i = 0; done && i < plan->table_count; i++) {
        if (result->orphans[i].count == 0)
            continue;
        result->orphans[i].digester = digester_new(arena, &plan->tables[i]);
        done = set_aside(arena, options, result, i, err);
    }
    return done;
}

bool orphans_has(const struct upgrade_result *result, size_t table)
{
    return result->orphans != NULL && result->orphans[table].count > 0;
}

void orphans_free(struct upgrade_result *result)
{
    for (size_t i = 0; result->orphans != NULL && i < result->prepared.plan.table_count; i++)
        if (result->orphans[i].digester != NULL)
            digester_free(result->orphans[i].digester);
    result->orphans = NULL;
}
