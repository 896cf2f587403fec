#include "ops/resume.h"

#include <stdlib.h>

#include "base/log.h"
#include "ops/resume_facts.h"
#include "schema/ident.h"

/* ---- is it the same? ---- */

static bool log_why(const struct resume *resume, const char *why)
{
    log_message(LOG_NOTICE, "the run of %.*s that was interrupted cannot be gone on with: %s; starting again",
                STR_ARGS(resume->journal.began), why);
    return false;
}

static bool can_go_on(const struct resume *resume)
{
    const char *why;

    if (resume->journal.name.ptr == NULL || !resume->journal.tables_made)
        return false;
    why = facts_difference(resume->facts, &resume->journal);
    return why == NULL || log_why(resume, why);
}

bool resume_look(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct prepare_options *prepare, struct resume *resume, bool *again, struct err *err)
{
    struct target *target = &result->target;
    int64_t ended;

    *again = false;
    *resume = (struct resume){.possible = false};
    if (!journal_read(arena, target->control, target, &resume->journal, err))
        return false;
    if (result->filled) {
        if (resume->journal.stage)
            log_message(LOG_NOTICE,
                        "an interrupted run left something in schema %.*s; `pgrade upgrade --abandon` "
                        "removes it",
                        STR_ARGS(target->load_schema));
        return true;
    }
    facts_of_run(arena, options, result, resume->facts);
    if (!resume->journal.stage) {
        if (options->resume)
            log_message(LOG_NOTICE, "no run was interrupted here: starting from the beginning");
        return true;
    }
    /* Only then is what it committed all that it will have committed. */
    if (!target_end_sessions(target, &ended, err) ||
        !journal_read(arena, target->control, target, &resume->journal, err))
        return false;
    (void)facts_remove_aside(arena, &resume->journal); /* its rows are found again */
    resume->possible = can_go_on(resume);
    if (resume->possible)
        *again = facts_decide(arena, options, result, &resume->journal, prepare);
    return true;
}

/* ---- what is there ---- */

struct found {
    struct str name;
    struct str table; /* of a constraint; NULL ptr: it is an index */
    bool valid;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *left = a;
    const struct found *right = b;
    int order = str_compare(left->name, right->name);

    return order != 0 ? order : str_compare(left->table, right->table);
}

static bool read_found(struct arena *arena, struct target *target, struct found **found, size_t *count,
                       struct err *err)
{
    static const struct str question =
        STR("SELECT c.relname::text, '', i.indisvalid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"
            " UNION ALL SELECT k.conname::text, t.relname::text, k.convalidated FROM pg_constraint k"
            " JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE n.nspname = $1 AND k.contype IN ('p', 'u', 'f', 'c')");
    struct rows *rows;
    size_t capacity = 0;
    bool more = true;
    bool done;

    *found = NULL;
    *count = 0;
    if (!engine_query(target->control, question, &target->load_schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &more, err)) && more)
        ARENA_PUSH(arena, *found, *count, capacity) =
            (struct found){str_dup(arena, rows->cells[0].bytes), str_dup(arena, rows->cells[1].bytes),
                           rows->cells[2].integer != 0};
    rows_close(rows);
    if (*count > 1)
        qsort(*found, *count, sizeof(**found), compare_found);
    return done;
}

static const struct found *find(const struct found *all, size_t count, struct str name, struct str table)
{
    struct found sought = {.name = name, .table = table};

    return count == 0 ? NULL : bsearch(&sought, all, count, sizeof(*all), compare_found);
}

static size_t mark_objects(struct plan *plan, const struct found *all, size_t count)
{
    size_t marked = 0;

    for (size_t i = 0; i < plan->object_count; i++) {
        struct plan_object *object = &plan->objects[i];
        const struct found *index;
        const struct found *constraint;
        bool is_key = object->class == OBJECT_FOREIGN_KEY || object->class == OBJECT_CHECK;

        if (object->class == OBJECT_TRIGGER) /* made when it is published */
            continue;
        index = find(all, count, object->name, (struct str)STR(""));
        constraint = find(all, count, object->name, plan->tables[object->table].name);
        object->made = is_key ? constraint != NULL : index != NULL && index->valid;
        object->then_made = object->made && constraint != NULL && constraint->valid;
        marked += object->made;
    }
    return marked;
}

/* Sent a few at a time: the server has not room for many locks. */
static bool make_anew(struct target *target, const struct plan *plan, const struct plan_table *table,
                      struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP TABLE ");
    ident_quote_qualified(&sql, plan->load_schema, table->name);
    buf_text(&sql, " CASCADE; ");
    plan_create_table(&sql, plan, table);
    buf_text(&sql, "; ");
    journal_put_emptied(&sql, target, table->name);
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* A table that has lost rows is loaded again, without whatever was built upon it. */
static bool make_thinned_anew(struct target *target, const struct plan *plan, const struct journal *journal,
                              struct err *err)
{
    for (size_t i = 0; i < journal->thinned_count; i++)
        for (size_t j = 0; j < plan->table_count; j++)
            if (str_equal(plan->tables[j].name, journal->thinned[i]) &&
                !make_anew(target, plan, &plan->tables[j], err))
                return false;
    return true;
}

/* Views are quick to make, and are compared when they are made. */
static bool drop_views(struct target *target, struct err *err)
{
    struct arena *arena = arena_new();
    struct value list;
    bool done =
        engine_value(target->control, arena,
                     (struct str)STR("SELECT string_agg(quote_ident(n.nspname) || '.' ||"
                                     " quote_ident(c.relname), ', ') FROM pg_class c JOIN pg_namespace n"
                                     " ON n.oid = c.relnamespace WHERE n.nspname = $1"
                                     " AND c.relkind = 'v'"),
                     &target->load_schema, 1, &list, err);

    if (done && list.kind == VALUE_TEXT)
        done = engine_execf(target->control, err, "DROP VIEW %.*s CASCADE", STR_ARGS(list.bytes));
    arena_free(arena);
    return done;
}

/* ---- this run's now ---- */

static bool sign(struct target *target, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    journal_put_taken(&sql, target);
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool take_over(struct arena *arena, struct upgrade_result *result, struct resume *resume,
                      struct err *err)
{
    struct target *target = &result->target;
    struct plan *plan = &result->prepared.plan;
    struct found *found;
    size_t count;

    target->journal = resume->journal.name;
    if (!sign(target, err) || !drop_views(target, err) ||
        !make_thinned_anew(target, plan, &resume->journal, err) ||
        !read_found(arena, target, &found, &count, err))
        return false;
    target->loading = true;
    result->resumed.objects = mark_objects(plan, found, count);
    return true;
}

static void count_pieces(const struct work *work, const struct journal *journal, struct resumed *resumed)
{
    for (size_t i = 0; i < work->result->prepared.plan.table_count; i++)
        resumed->tables += work->tables[i].piece_count > 0;
    for (size_t i = 0; i < journal->piece_count; i++)
        resumed->rows += journal->pieces[i].rows;
}

static void tell(const struct upgrade_options *options, const struct upgrade_result *result)
{
    const struct resumed *resumed = &result->resumed;

    log_message(
        LOG_NOTICE,
        "going on with the run of %.*s that was interrupted: %lld rows of %zu of %zu tables are loaded, and "
        "%zu of %zu indexes and constraints made",
        STR_ARGS(resumed->began), (long long)resumed->rows, resumed->tables,
        result->prepared.plan.table_count, resumed->objects, result->prepared.plan.object_count);
    if (!options->resume)
        log_message(LOG_NOTICE,
                    "to start from the beginning instead: `pgrade upgrade --abandon` removes what an "
                    "interrupted run left");
}

/* Once in a run: what it plans anew it loads anew. */
static bool try_to_go_on(struct arena *arena, const struct upgrade_options *options,
                         struct upgrade_result *result, struct resume *resume, struct work *work, bool *taken,
                         struct err *err)
{
    if (!str_equal(journal_fact_of(&resume->journal, "plan"), facts_plan(arena, &result->prepared.plan)))
        return log_why(resume, "it was planned otherwise, with other options") || true;
    if (!work_take_over(work, &resume->journal))
        return log_why(resume, "its journal cannot be read") || true;
    facts_strict(&resume->journal, result);
    result->resumed.began = resume->journal.began;
    count_pieces(work, &resume->journal, &result->resumed);
    if (!take_over(arena, result, resume, err))
        return false;
    *taken = result->resumed.taken = true;
    tell(options, result);
    return true;
}

bool resume_begin(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  const struct prepare_options *prepare, struct resume *resume, struct work *work,
                  bool *taken, struct err *err)
{
    bool possible = resume->possible;

    *taken = false;
    resume->possible = false;
    facts_of_plan(arena, result, prepare, work, resume->facts);
    return !possible || try_to_go_on(arena, options, result, resume, work, taken, err);
}
