#include "ops/generated.h"

#include <string.h>

#include "ops/failing_row.h"
#include "ops/generated_rows.h"
#include "ops/interrupt.h"
#include "schema/ident.h"

enum {
    ALTERED_MAXIMUM = 10000 /* rows that a condition names */
};

struct generated_run {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
    struct plan_options *plan;
    bool again;
};

void generated_leave(struct arena *arena, const struct plan_table *table, const struct plan_column *column,
                     struct str reason, struct str bare, struct plan_options *plan)
{
    struct ordinary_column *all = ARENA_ARRAY(arena, struct ordinary_column, plan->ordinary_count + 1);

    for (size_t i = 0; i < plan->ordinary_count; i++)
        all[i] = plan->ordinary[i];
    all[plan->ordinary_count++] =
        (struct ordinary_column){table->source->name.text, column->source->name.text, reason, bare};
    plan->ordinary = all;
}

/* Rows or values that were left out or changed, as the user allowed: the columns differ for that alone. */
static bool is_altered(const struct upgrade_result *result, size_t place)
{
    const struct misfits *misfits = &result->load.misfits;

    if (atomic_load(&result->load.tables[place].quarantined) > 0)
        return true;
    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].table == place && misfits->changes[i].count > 0)
            return true;
    return false;
}

static void add_note(const struct generated_run *run, struct str about, const char *text)
{
    struct plan *plan = &run->result->prepared.plan;

    ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) =
        (struct plan_note){about, str_from(text)};
}

static struct generated_sides sides_of(struct arena *arena, const struct upgrade_options *options,
                                       const struct upgrade_result *result, struct engine *target)
{
    return (struct generated_sides){.arena = arena,
                                    .source = result->prepared.snapshot.readers[0],
                                    .target = target,
                                    .schema = result->prepared.plan.load_schema,
                                    .interrupted = options->interrupted};
}

/* One table under comparison. */
struct generated_table {
    struct generated_run *run;
    struct generated_sides sides;
    const struct plan_table *table;
    bool *with; /* by place in the table: the generated columns that are not decided */
    size_t with_count;
};

/* The rows as a list of ids behind "column NOT IN"; false: not all of them are known. */
static bool list_altered(const struct misfits *misfits, size_t place, struct buf *ids)
{
    size_t count = 0;

    if (misfits->count >= MISFITS_KEPT)
        return false;
    for (size_t i = 0; i < misfits->count; i++) {
        const struct misfit *misfit = &misfits->items[i];

        if (misfit->table != place || misfit->outcome == OUTCOME_STOPS)
            continue;
        if (!misfit->has_rowid || count == ALTERED_MAXIMUM)
            return false;
        buf_printf(ids, "%s%lld", count++ == 0 ? " NOT IN (" : ", ", (long long)misfit->rowid);
    }
    buf_text(ids, ")");
    return count > 0;
}

/* Takes the rows that --misfit changed out of both sides, where their keys tell them. */
static bool without_altered(struct generated_table *at, size_t place)
{
    struct arena *arena = at->sides.arena;
    const struct table *source = at->table->source;
    struct plan_table *table = ARENA_NEW(arena, struct plan_table);
    struct table *filtered = ARENA_NEW(arena, struct table);
    int key = source->rowid_column;
    struct buf ids;
    struct buf sql;
    bool known;

    buf_init(&ids, BUF_TEXT_MAXIMUM);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    known = key >= 0 && list_altered(&at->run->result->load.misfits, place, &ids);
    if (known) {
        ident_quote(&sql, at->table->columns[key].name);
        buf_str(&sql, buf_view(&ids));
        at->sides.where = buf_to_str(arena, &sql);
        buf_clear(&sql);
        ident_quote(&sql, source->columns[key].name.text);
        buf_str(&sql, buf_view(&ids));
        table_put_filter(&sql, source, " AND ");
        *filtered = *source;
        filtered->filter = buf_to_str(arena, &sql);
        *table = *at->table;
        table->source = filtered;
        at->table = table;
    }
    buf_free(&ids);
    buf_free(&sql);
    return known;
}

static bool choose(struct generated_table *at)
{
    at->with = ARENA_ARRAY(at->sides.arena, bool, at->table->column_count + 1);
    for (size_t i = 0; i < at->table->column_count; i++) {
        at->with[i] = at->table->columns[i].generated_sql.ptr != NULL;
        at->with_count += at->with[i];
    }
    return at->with_count > 0;
}

/* The reason, and what shows it: values of a row, which are not for every report. */
static void leave(struct generated_table *at, size_t column, const char *reason, const char *between,
                  struct str shown)
{
    struct arena *arena = at->run->arena;

    generated_leave(arena, at->table, &at->table->columns[column],
                    str_printf(arena, "%s%s%.*s", reason, shown.len > 0 ? between : "", STR_ARGS(shown)),
                    str_from(reason), at->run->plan);
    at->with[column] = false;
    at->with_count--;
    at->run->again = true;
}

static void leave_misfits(struct generated_table *at)
{
    for (size_t i = 0; i < at->table->column_count; i++) {
        struct str misfit = at->with[i]
                                ? generated_first_misfit(&at->sides, at->table, &at->table->columns[i])
                                : (struct str){NULL, 0};

        if (misfit.ptr != NULL)
            leave(at, i, "its type does not hold what SQLite computes", ": ", misfit);
    }
}

static void leave_different(struct generated_table *at, size_t column, const struct plan_table *shape)
{
    struct str row = generated_first_difference(&at->sides, shape, &at->table->columns[column]);

    leave(at, column, "PostgreSQL computes other values than SQLite", ": ", row);
}

static void note_near(const struct generated_table *at, size_t column)
{
    struct str about = str_printf(at->run->arena, "%.*s.%.*s", STR_ARGS(at->table->source->name.text),
                                  STR_ARGS(at->table->columns[column].source->name.text));

    add_note(
        at->run, about,
        "PostgreSQL computes some of its doubles with other last digits than SQLite (they differ by less "
        "than 1e-12 of the value)");
}

static bool judge_column(struct generated_table *at, size_t column, size_t *blamed, struct err *err)
{
    bool *alone = ARENA_ARRAY(at->sides.arena, bool, at->table->column_count + 1);
    struct plan_table shape;
    enum generated_verdict verdict;

    alone[column] = true;
    shape = generated_shape(at->sides.arena, at->table, alone);
    if (!generated_judge(&at->sides, &shape, &verdict, err))
        return false;
    if (verdict == GENERATED_EQUAL)
        return true;
    (*blamed)++;
    if (at->table->columns[column].type.kind == PG_FLOAT8 && generated_is_near(&at->sides, &shape))
        note_near(at, column);
    else
        leave_different(at, column, &shape);
    return true;
}

/* Which of the columns it is.  Equal rows may differ in several together, and then in none alone. */
static bool find_different(struct generated_table *at, struct err *err)
{
    size_t blamed = 0;

    for (size_t i = 0; i < at->table->column_count; i++)
        if (at->with[i] && !judge_column(at, i, &blamed, err))
            return false;
    for (size_t i = 0; blamed == 0 && i < at->table->column_count; i++)
        if (at->with[i])
            leave(at, i, "PostgreSQL computes other values than SQLite", "", (struct str){NULL, 0});
    return true;
}

static bool judge(struct generated_table *at, enum generated_verdict *verdict, struct err *err)
{
    struct plan_table shape = generated_shape(at->sides.arena, at->table, at->with);

    return generated_judge(&at->sides, &shape, verdict, err);
}

/* A virtual column takes any row, and fails when somebody reads it. */
static bool leave_uncomputable(struct generated_table *at, struct err *err)
{
    struct arena *arena = at->run->arena;
    struct str why;
    struct str row;

    for (size_t i = 0; i < at->table->column_count; i++) {
        struct buf name;
        bool done;

        if (!at->with[i] || !at->table->columns[i].is_virtual)
            continue;
        buf_init(&name, BUF_TEXT_MAXIMUM);
        ident_quote(&name, at->table->columns[i].name);
        done = failing_row_check(arena, at->run->result, at->table, buf_view(&name), &why, &row, err);
        buf_free(&name);
        if (!done)
            return false;
        if (why.ptr != NULL)
            leave(at, i, "PostgreSQL cannot compute it for a row", "",
                  str_printf(arena, "%s%.*s: %.*s", row.len > 0 ? ", " : "", STR_ARGS(row), STR_ARGS(why)));
    }
    return true;
}

static bool compare_table(struct generated_run *run, struct arena *arena, size_t place, struct err *err)
{
    struct generated_table at = {.run = run,
                                 .sides = sides_of(arena, run->options, run->result, run->control),
                                 .table = &run->result->prepared.plan.tables[place]};
    enum generated_verdict verdict;

    if (!choose(&at))
        return true;
    if (!leave_uncomputable(&at, err))
        return false;
    if (at.with_count == 0 || run->options->no_verify)
        return true;
    if (is_altered(run->result, place)) {
        bool known = without_altered(&at, place);

        add_note(run, at.table->source->name.text,
                 known
                     ? "its generated columns were not compared in the rows that --misfit left out or changed"
                     : "its generated columns were not compared: --misfit left out or changed values of it");
        if (!known)
            return true;
    }
    if (!judge(&at, &verdict, err))
        return false;
    if (verdict == GENERATED_MISFIT) {
        leave_misfits(&at);
        if (at.with_count == 0)
            return true;
        if (!judge(&at, &verdict, err))
            return false;
    }
    return verdict == GENERATED_EQUAL || find_different(&at, err);
}

static bool compare_all(void *context, struct err *err)
{
    struct generated_run *run = context;
    bool done = true;

    for (size_t i = 0; done && i < run->result->prepared.plan.table_count; i++) {
        struct arena *arena = arena_new();

        done = compare_table(run, arena, i, err);
        arena_free(arena);
    }
    return done;
}

bool generated_compare(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct engine *control, struct plan_options *plan,
                       bool *again, struct err *err)
{
    struct generated_run run = {arena, options, result, control, plan, false};
    bool done = interruptible(options->interrupted, control, compare_all, &run, err);

    *again = run.again;
    return done;
}

bool generated_check(struct arena *arena, const struct upgrade_options *options,
                     struct upgrade_result *result, struct plan_options *plan)
{
    struct generated_run run = {arena, options, result, NULL, plan, false};

    for (size_t i = 0; i < result->prepared.plan.table_count; i++) {
        struct generated_table at = {.run = &run,
                                     .sides = sides_of(arena, options, result, NULL),
                                     .table = &result->prepared.plan.tables[i]};

        if (!is_altered(result, i) && choose(&at))
            leave_misfits(&at);
    }
    return run.again;
}

/* The load puts the table's name before what failed. */
static bool is_about(const struct err *failure, struct str table)
{
    return strncmp(failure->primary, table.len > 0 ? table.ptr : "", table.len) == 0 &&
           failure->primary[table.len] == ':';
}

/* A data exception, a limit that was exceeded, a NULL where none may be. */
static bool is_of_values(const char *sqlstate)
{
    return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "54", 2) == 0 ||
           strcmp(sqlstate, "23502") == 0;
}

/* Mostly SQLite's own value does not fit the planned type; where none is found any column may be meant. */
static void leave_failed(struct generated_table *at, const char *why)
{
    size_t count = at->with_count;

    for (int all = 0; all < 2 && at->with_count == count; all++) {
        for (size_t i = 0; i < at->table->column_count; i++) {
            struct str misfit = at->with[i] && !all
                                    ? generated_first_misfit(&at->sides, at->table, &at->table->columns[i])
                                    : (struct str){NULL, 0};

            if (at->with[i] && (all || misfit.ptr != NULL))
                leave(at, i, "PostgreSQL cannot compute it for a row", ": ",
                      str_printf(at->run->arena, "%s%s%.*s", why,
                                 misfit.len > 0 ? "; in the source it is " : "", STR_ARGS(misfit)));
        }
    }
}

bool generated_failed(struct arena *arena, const struct upgrade_options *options,
                      struct upgrade_result *result, const struct err *failure, struct plan_options *plan)
{
    const struct plan *planned = &result->prepared.plan;
    struct generated_run run = {arena, options, result, NULL, plan, false};

    if (!is_of_values(failure->sqlstate))
        return false;
    for (size_t i = 0; i < planned->table_count; i++) {
        struct generated_table at = {
            .run = &run, .sides = sides_of(arena, options, result, NULL), .table = &planned->tables[i]};

        if (is_about(failure, at.table->source->name.text) && choose(&at))
            leave_failed(&at, failure->detail);
    }
    return run.again;
}
