#include "ops/redo.h"

#include "transfer/quarantine.h"

struct redo {
    struct digester *digester;
    const struct row_sink *sink;
    struct redone *redone;
};

static bool observe(void *context, size_t worker, size_t table, const struct value *cells, struct err *err)
{
    struct redo *redo = context;

    (void)worker;
    (void)table;
    return digester_source_row(redo->digester, cells, err);
}

static bool take(void *context, const struct set_aside *row, struct err *err)
{
    struct redo *redo = context;

    if (!row->picked) {
        redo->redone->aside++;
        redo->redone->aside_sum += quarantine_hash(row);
        return true;
    }
    redo->redone->picked++;
    return redo->sink == NULL || redo->sink->row(redo->sink->context, row, err);
}

static void keep_digest(struct arena *arena, const struct digest *digest, struct digest *kept)
{
    *kept = (struct digest){.column_count = digest->column_count,
                            .columns = ARENA_ARRAY(arena, struct digest_sum, digest->column_count + 1)};
    digest_add(kept, digest);
}

static bool run(struct arena *scratch, const struct upgrade_options *options,
                const struct upgrade_result *result, struct engine *reader, size_t place,
                struct row_observer observer, struct row_sink sink, const struct row_picker *filter,
                struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    struct load_range whole = {.bounded = false};
    struct load load;
    bool done;

    load_init(&load, scratch, plan);
    load.policies = &result->policies;
    load.observer = observer;
    load.sink = sink;
    load.observe_always = true;
    load.interrupted = options->interrupted;
    if (filter != NULL)
        load.picker = *filter;
    done = load_chunk(&load, 0, reader, NULL, place, &whole, err);
    if (done && load.misfits.total > 0)
        done = err_set(err, ERR_DECISION, "%.*s holds values that do not fit",
                       STR_ARGS(plan->tables[place].source->name.text));
    load_free(&load);
    return done;
}

bool redo_table(struct arena *arena, const struct upgrade_options *options,
                const struct upgrade_result *result, struct engine *reader, size_t place,
                const struct row_picker *filter, const struct row_sink *sink, struct redone *redone,
                struct err *err)
{
    struct arena *scratch = arena_new();
    struct digester *digester = digester_new(scratch, &result->prepared.plan.tables[place]);
    struct redo redo = {digester, sink, redone};
    bool done;

    *redone = (struct redone){.picked = 0};
    done = run(scratch, options, result, reader, place, (struct row_observer){observe, &redo},
               (struct row_sink){take, &redo}, filter, err);
    keep_digest(arena, digester_result(digester), &redone->digest);
    digester_free(digester);
    arena_free(scratch);
    return done;
}

static bool leave_aside(void *context, const struct set_aside *row, struct err *err)
{
    (void)context;
    (void)row;
    (void)err;
    return true;
}

bool redo_rows(const struct upgrade_options *options, const struct upgrade_result *result,
               struct engine *reader, size_t place, const struct row_picker *filter,
               struct row_observer observer, struct err *err)
{
    struct arena *scratch = arena_new();
    bool done = run(scratch, options, result, reader, place, observer, (struct row_sink){leave_aside, NULL},
                    filter, err);

    arena_free(scratch);
    return done;
}
