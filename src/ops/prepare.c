#include "ops/prepare.h"

#include "ops/interrupt.h"
#include "ops/mention.h"
#include "ops/selection_check.h"
#include "schema/ident.h"
#include "survey/survey.h"

enum {
    SAMPLE_ROWS = 1000 /* from each end */
};

static bool check_overrides(const struct prepare_options *options, const struct schema *schema,
                            struct err *err)
{
    const struct table *last = NULL;

    for (size_t i = 0; i < options->plan.override_count; i++)
        if (!mention_check_from(schema, &last, "--type", options->plan.overrides[i].table,
                                options->plan.overrides[i].column, err))
            return false;
    for (size_t i = 0; i < options->plan.unit_count; i++)
        if (!mention_check_from(schema, &last, "--unit", options->plan.units[i].table,
                                options->plan.units[i].column, err))
            return false;
    for (size_t i = 0; i < options->plan.nocase_count; i++)
        if (options->plan.nocase[i].table.ptr != NULL &&
            !mention_check_from(schema, &last, "--nocase", options->plan.nocase[i].table,
                                options->plan.nocase[i].column, err))
            return false;
    for (size_t i = 0; i < options->plan.rename_count; i++)
        if (!mention_check_from(schema, &last, "--rename", options->plan.renames[i].table,
                                options->plan.renames[i].column, err))
            return false;
    return true;
}

static bool check_planned(struct arena *arena, const struct prepare_options *options,
                          const struct schema *schema, struct err *err)
{
    struct fingerprints found;

    if (options->planned == NULL)
        return true;
    fingerprints_of(arena, schema, &found);
    return fingerprints_compare(options->planned, &found, err);
}

static bool check_whole(void *context, struct err *err)
{
    return sqlite_check_whole(context, err);
}

/* What the readers see is a state that is known where the file was in it before and afterwards. */
static bool open_snapshot(struct arena *arena, const struct prepare_options *options,
                          const struct engine_options *engine, struct prepared *prepared, struct err *err)
{
    const char *path = str_cstr(arena, options->source->path);
    struct str before = sqlite_state(arena, path, NULL);

    if (!snapshot_open(arena, options->source, engine, options->readers, &prepared->snapshot, err))
        return false;
    if (before.len > 0 && str_equal(before, sqlite_state(arena, path, prepared->snapshot.witness)))
        prepared->state = before;
    return true;
}

bool prepare_source(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                    struct err *err)
{
    struct engine_options engine = {.trace = options->trace,
                                    .work_directory = options->work_directory,
                                    .in_place = options->in_place,
                                    .interrupted = options->interrupted};

    *prepared = (struct prepared){.sampled = false};
    return open_snapshot(arena, options, &engine, prepared, err) &&
           (!options->check_source || interruptible(options->interrupted, prepared->snapshot.readers[0],
                                                    check_whole, prepared->snapshot.readers[0], err)) &&
           engine_read_schema(prepared->snapshot.readers[0], arena, &prepared->schema, err) &&
           check_planned(arena, options, &prepared->schema, err) &&
           check_overrides(options, &prepared->schema, err) &&
           selection_apply(prepared->snapshot.readers[0], &prepared->schema, &options->plan, err);
}

void prepare_close(struct prepared *prepared)
{
    snapshot_close(&prepared->snapshot);
}

/* The requests of one table, which follow each other in the list. */
struct survey {
    struct engine *reader;
    const struct table *table;
    const struct survey_request *requests;
    size_t count;
    bool whole;
    struct column_facts **facts; /* by request */
};

static void put_columns(struct buf *sql, const struct survey *survey)
{
    buf_text(sql, "SELECT ");
    for (size_t i = 0; i < survey->count; i++) {
        if (i > 0)
            buf_text(sql, ", ");
        ident_quote(sql, survey->table->columns[survey->requests[i].column].name.text);
    }
    buf_text(sql, " FROM ");
    table_put_from(sql, survey->table);
    table_put_filter(sql, survey->table, " WHERE ");
}

static bool read_values(struct survey *survey, struct str sql, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(survey->reader, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        for (size_t i = 0; i < survey->count; i++)
            survey_add(survey->facts[i], &rows->cells[i]);
    rows_close(rows);
    return done;
}

static bool read_end(struct survey *survey, const char *order, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_columns(&sql, survey);
    if (order != NULL)
        buf_printf(&sql, " ORDER BY %s %s LIMIT %d", survey->table->rowid_name, order, SAMPLE_ROWS);
    done = read_values(survey, buf_view(&sql), err);
    buf_free(&sql);
    if (!done)
        sqlite_tell_damage(survey->reader, survey->table, NULL, err);
    return done || err_prefix(err, "%.*s", STR_ARGS(survey->table->name.text));
}

static bool run_survey(struct arena *arena, struct survey *survey, struct err *err)
{
    /* A table that is no longer than its sample is read whole; one without a rowid has no cheap last rows. */
    survey->whole = survey->whole || survey->table->rowid_name == NULL ||
                    (survey->table->rows >= 0 && survey->table->rows <= 2 * SAMPLE_ROWS);
    survey->facts = ARENA_ARRAY(arena, struct column_facts *, survey->count);
    for (size_t i = 0; i < survey->count; i++) {
        survey->facts[i] = ARENA_NEW(arena, struct column_facts);
        survey->facts[i]->sampled = !survey->whole;
    }
    if (survey->whole)
        return read_end(survey, NULL, err);
    return read_end(survey, "ASC", err) && read_end(survey, "DESC", err);
}

/* Whole and sampled columns of one table are read apart: the sample must stay cheap. */
static bool survey_table(struct arena *arena, const struct prepare_options *options,
                         struct prepared *prepared, const struct survey_request *requests, size_t count,
                         enum survey_need need, struct err *err)
{
    struct survey_request *mine = ARENA_ARRAY(arena, struct survey_request, count);
    struct survey survey = {.reader = prepared->snapshot.readers[0],
                            .table = &prepared->schema.tables[requests[0].table],
                            .requests = mine,
                            .whole = need == SURVEY_WHOLE || options->survey_whole};

    for (size_t i = 0; i < count; i++)
        if (requests[i].need == need)
            mine[survey.count++] = requests[i];
    if (survey.count == 0)
        return true;
    if (!run_survey(arena, &survey, err))
        return false;
    for (size_t i = 0; i < survey.count; i++) {
        prepared->facts.columns[mine[i].table][mine[i].column] = survey.facts[i];
        prepared->sampled = prepared->sampled || survey.facts[i]->sampled;
    }
    return true;
}

static bool survey_all(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                       struct err *err)
{
    struct survey_request *requests;
    size_t count;
    size_t first = 0;

    plan_survey_requests(arena, &prepared->schema, &options->plan, &requests, &count);
    prepared->sampled = false;
    prepared->facts.columns = ARENA_ARRAY(arena, struct column_facts **, prepared->schema.table_count + 1);
    for (size_t i = 0; i < prepared->schema.table_count; i++)
        prepared->facts.columns[i] =
            ARENA_ARRAY(arena, struct column_facts *, prepared->schema.tables[i].column_count + 1);
    while (first < count) {
        size_t last = first;

        while (last < count && requests[last].table == requests[first].table)
            last++;
        if (!survey_table(arena, options, prepared, requests + first, last - first, SURVEY_SAMPLE, err) ||
            !survey_table(arena, options, prepared, requests + first, last - first, SURVEY_WHOLE, err))
            return false;
        first = last;
    }
    return true;
}

struct preparation {
    struct arena *arena;
    const struct prepare_options *options;
    struct prepared *prepared;
};

static bool survey_and_plan(void *context, struct err *err)
{
    struct preparation *it = context;

    return survey_all(it->arena, it->options, it->prepared, err) &&
           prepare_plan_again(it->arena, it->options, it->prepared, err);
}

/* Columns may have to be read whole. */
bool prepare_plan(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                  struct err *err)
{
    struct preparation it = {arena, options, prepared};

    return interruptible(options->interrupted, prepared->snapshot.readers[0], survey_and_plan, &it, err);
}

bool prepare_plan_again(struct arena *arena, const struct prepare_options *options, struct prepared *prepared,
                        struct err *err)
{
    if (plan_make(arena, &prepared->schema, &prepared->facts, &options->plan, &prepared->plan, err))
        return true;
    /* Columns that nothing was decided of are nothing to report. */
    prepared->plan.table_count = 0;
    return false;
}
