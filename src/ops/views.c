#include "ops/views.h"

#include <string.h>

#include "base/clock.h"
#include "engine/sqlite/sqlite.h"
#include "ops/interrupt.h"
#include "schema/ident.h"
#include "schema/translate_select.h"
#include "verify/near.h"
#include "verify/readback.h"

struct view_run {
    struct arena *arena; /* of the result */
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
    struct engine *reader;
    size_t place;
    struct digester *digester; /* exact */
    struct near *near;         /* where that is not equal */
};

static struct plan_view *view_at(const struct view_run *run, size_t place)
{
    return &run->result->prepared.plan.views[place];
}

/* ---- not carried after all ---- */

static void leave(struct view_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

static void leave(struct view_run *run, const char *format, ...)
{
    struct plan *plan = &run->result->prepared.plan;
    struct plan_view *view = view_at(run, run->place);
    struct str reason;
    va_list args;

    va_start(args, format);
    reason.ptr = arena_vprintf(run->arena, &reason.len, format, args);
    va_end(args);
    view->dropped = true;
    run->result->views[run->place].proof = VIEW_UNEQUAL;
    run->result->views[run->place].why = reason;
    ARENA_PUSH(run->arena, plan->not_carried, plan->not_carried_count,
               plan->not_carried_capacity) = (struct not_carried){
        .class = OBJECT_VIEW, .name = view->source->name.text, .reason = reason, .sql = view->source->sql};
}

/* Only what the server says of the view itself; a lost connection or an interruption ends the run. */
static bool is_about_view(const struct view_run *run, const struct err *failure)
{
    return failure->code == ERR_DATABASE && !was_interrupted(run->options->interrupted);
}

static bool drop(struct view_run *run, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP VIEW ");
    ident_quote_qualified(&sql, run->result->prepared.plan.load_schema, view_at(run, run->place)->name);
    done = engine_exec(run->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* ---- the types that PostgreSQL gave the columns ---- */

static enum pg_kind kind_of(int64_t oid, enum pg_kind planned)
{
    for (int kind = 0; kind < PG_KIND_COUNT; kind++)
        if (pg_kind_oid((enum pg_kind)kind) == (uint32_t)oid && oid != 0)
            return (enum pg_kind)kind;
    return planned;
}

static struct pg_type type_of(int64_t oid, int64_t modifier, const struct pg_type *planned)
{
    enum {
        HEADER = 4 /* VARHDRSZ, which the modifiers of texts and numeric count */
    };
    struct pg_type type = pg_type_of(kind_of(oid, planned->kind));

    if (planned->kind == PG_ENUM && type.kind == PG_ENUM)
        return *planned;
    if (modifier < 0)
        return type;
    if (type.kind == PG_NUMERIC)
        (void)pg_type_set_modifiers(&type, ((modifier - HEADER) >> 16) & 0xffff, (modifier - HEADER) & 0x7ff);
    else if (type.kind == PG_VARCHAR || type.kind == PG_CHAR)
        (void)pg_type_set_modifiers(&type, modifier - HEADER, -1);
    else
        (void)pg_type_set_modifiers(&type, modifier, -1);
    return type;
}

static bool read_types(struct view_run *run, struct err *err)
{
    static const struct str question =
        STR("SELECT a.atttypid::bigint, a.atttypmod FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 ORDER BY a.attnum");
    struct plan_view *view = view_at(run, run->place);
    struct str params[] = {run->result->prepared.plan.load_schema, view->name};
    struct rows *rows;
    bool found = true;
    bool done;
    size_t i = 0;

    if (!engine_query(run->control, question, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && i < view->shape.column_count) {
        struct plan_column *column = &view->shape.columns[i++];

        column->type = type_of(rows->cells[0].integer, rows->cells[1].integer, &column->type);
    }
    rows_close(rows);
    return done;
}

static bool create(void *context, struct err *err)
{
    struct view_run *run = context;

    return engine_exec(run->control, view_at(run, run->place)->sql, err) && read_types(run, err);
}

/* ---- its rows, on both sides ---- */

static bool read_source(void *context, struct err *err)
{
    struct view_run *run = context;
    const struct plan_view *view = view_at(run, run->place);
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT * FROM ");
    ident_quote(&sql, view->source->name.text);
    sqlite_take_strings(run->reader, true);
    done = engine_query(run->reader, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done) {
        sqlite_take_strings(run->reader, false);
        return false;
    }
    if (rows->width != view->shape.column_count)
        done = err_set(err, ERR_DIFFERENT, "it has %zu columns in the source", rows->width);
    while (done && (done = rows_next(rows, &found, err)) && found)
        done = run->near != NULL ? near_source_row(run->near, rows->cells, err)
                                 : digester_source_row(run->digester, rows->cells, err);
    rows_close(rows);
    /* Not before: it makes SQLite prepare the statement anew. */
    sqlite_take_strings(run->reader, false);
    return done;
}

static bool read_near(struct view_run *run, const struct plan_view *view, struct err *err)
{
    struct str message = {NULL, 1};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    readback_put_view(&sql, run->result->prepared.plan.load_schema, view->name);
    done = engine_copy_out(run->control, buf_view(&sql), err);
    buf_free(&sql);
    while (done && message.len > 0)
        done = engine_copy_get(run->control, &message, err) &&
               (message.len == 0 || near_target_message(run->near, message, err));
    return done;
}

static bool read_target(void *context, struct err *err)
{
    struct view_run *run = context;
    const struct plan_view *view = view_at(run, run->place);

    if (run->near != NULL)
        return read_near(run, view, err);
    return readback_view(run->control, run->result->prepared.plan.load_schema, &view->shape, run->digester,
                         err);
}

static bool timed(struct view_run *run, struct engine *engine, interruptible_step *step, bool *expired,
                  struct err *err)
{
    int64_t deadline = clock_monotonic_us() + (int64_t)run->options->view_seconds * 1000000;

    return interruptible_until(run->options->interrupted, engine, deadline, expired, step, run, err);
}

/* What became of one reading of both sides. */
enum reading {
    READ,
    TOO_LONG,
    SOURCE_FAILED,
    TARGET_FAILED,
    INTERRUPTED
};

static enum reading judge(const struct view_run *run, bool expired, enum reading failed)
{
    if (was_interrupted(run->options->interrupted))
        return INTERRUPTED;
    return expired ? TOO_LONG : failed;
}

static enum reading read_both(struct view_run *run, void (*use)(struct view_run *run, void *side),
                              void *sides[2], struct err *failure)
{
    bool expired = false;

    use(run, sides[0]);
    if (!timed(run, run->reader, read_source, &expired, failure))
        return judge(run, expired, SOURCE_FAILED);
    use(run, sides[1]);
    if (!timed(run, run->control, read_target, &expired, failure))
        return judge(run, expired, TARGET_FAILED);
    return READ;
}

static void use_digester(struct view_run *run, void *side)
{
    run->digester = side;
    run->near = NULL;
}

static void use_near(struct view_run *run, void *side)
{
    run->near = side;
}

static bool may_be_near(const struct plan_view *view)
{
    for (size_t i = 0; i < view->shape.column_count; i++)
        if (view->lists[i] || view->shape.columns[i].type.kind == PG_FLOAT8)
            return true;
    return false;
}

static enum reading compare_nearly(struct view_run *run, struct arena *arena, bool *equal,
                                   struct err *failure)
{
    const struct plan_view *view = view_at(run, run->place);
    void *sides[2] = {near_new(arena, &view->shape, view->lists), near_new(arena, &view->shape, view->lists)};
    enum reading reading = read_both(run, use_near, sides, failure);

    *equal = reading == READ && near_equal(sides[0], sides[1]);
    near_free(sides[0]);
    near_free(sides[1]);
    run->near = NULL;
    return reading;
}

static void describe(struct view_run *run, const struct digest *source, const struct digest *target,
                     const struct digest_difference *difference)
{
    const struct plan_view *view = view_at(run, run->place);
    struct buf columns;

    if (difference->rows) {
        leave(run, "it has %lld rows in the source and %lld on the target", (long long)source->rows,
              (long long)target->rows);
        return;
    }
    buf_init(&columns, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < difference->column_count && i < 5; i++)
        buf_printf(&columns, "%s%.*s", i == 0 ? "" : ", ",
                   STR_ARGS(view->shape.columns[difference->columns[i]].name));
    leave(run, "its rows differ on the target%s%.*s", columns.len > 0 ? ", in " : "",
          STR_ARGS(buf_view(&columns)));
    buf_free(&columns);
}

static enum reading compare(struct view_run *run, struct arena *arena, struct err *failure)
{
    const struct plan_view *view = view_at(run, run->place);
    struct view_outcome *outcome = &run->result->views[run->place];
    void *sides[2] = {digester_new(arena, &view->shape), digester_new(arena, &view->shape)};
    struct digest_difference difference;
    enum reading reading = read_both(run, use_digester, sides, failure);
    const struct digest *source = digester_result(sides[0]);
    const struct digest *target = digester_result(sides[1]);

    if (reading == READ) {
        bool equal = digest_compare(arena, source, target, &difference);

        outcome->rows = target->rows;
        outcome->proof = VIEW_EQUAL;
        if (!equal && !difference.rows && may_be_near(view)) {
            reading = compare_nearly(run, arena, &equal, failure);
            outcome->proof = VIEW_NEARLY;
        }
        if (reading == READ && !equal)
            describe(run, source, target, &difference);
    }
    digester_free(sides[0]);
    digester_free(sides[1]);
    return reading;
}

static void not_compared(struct view_run *run, const char *why)
{
    run->result->views[run->place].proof = VIEW_NOT_COMPARED;
    run->result->views[run->place].why = str_from(why);
}

static void took_too_long(struct view_run *run)
{
    struct plan *plan = &run->result->prepared.plan;
    const char *why =
        str_printf(run->arena, "one of the databases took more than %d seconds for its rows (--view-limit)",
                   run->options->view_seconds)
            .ptr;

    not_compared(run, why);
    ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) = (struct plan_note){
        view_at(run, run->place)->source->name.text, str_printf(run->arena, "was not compared: %s", why)};
}

static void describe_failure(struct view_run *run, enum reading reading, const struct err *failure)
{
    const char *where = reading == SOURCE_FAILED ? "source" : "target";

    if (failure->code == ERR_DATABASE)
        leave(run, "it fails in the %s: %s", where, failure->detail);
    else
        leave(run, "its rows in the %s are not what was planned: %s%s%s", where, failure->primary,
              failure->detail[0] == '\0' ? "" : ": ", failure->detail);
}

static bool prove(struct view_run *run, struct err *err)
{
    struct arena *arena = arena_new();
    struct err failure = {.code = ERR_NONE};
    enum reading reading = compare(run, arena, &failure);
    bool done = true;

    arena_free(arena);
    if (reading == TOO_LONG) {
        took_too_long(run);
    } else if (reading == INTERRUPTED) {
        done = false;
        *err = failure;
    } else if (reading == TARGET_FAILED && failure.code == ERR_CONNECT) {
        done = false;
        *err = failure;
    } else if (reading != READ) {
        describe_failure(run, reading, &failure);
    }
    return done;
}

/* ---- one after the other ---- */

/* A view that it reads and that is not there. */
static const struct plan_view *missing(const struct view_run *run)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < run->place; i++)
        if (plan->views[run->place].reads[i] && plan->views[i].dropped)
            return &plan->views[i];
    return NULL;
}

/* Rows or values that were left out or changed, as the user allowed: the view shows them on one side only. */
static const char *altered(const struct view_run *run)
{
    const struct plan *plan = &run->result->prepared.plan;
    const struct misfits *misfits = &run->result->load.misfits;
    const bool *tables = plan->views[run->place].tables;

    for (size_t i = 0; i < plan->table_count; i++)
        if (tables[i] && plan->tables[i].source->filter.ptr != NULL)
            return "--where leaves out rows of a table that it reads";
    for (size_t i = 0; i < misfits->change_count; i++)
        if (tables[misfits->changes[i].table] && misfits->changes[i].count > 0)
            return "--misfit changed values of a table that it reads";
    return NULL;
}

/* The server may still hold a cancel request that was meant for what came before. */
static bool create_for_sure(struct view_run *run, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (interruptible(run->options->interrupted, run->control, create, run, &failure))
        return true;
    if (strcmp(failure.sqlstate, "57014") == 0 &&
        !was_interrupted(run->options->interrupted)) /* query_canceled */
        return interruptible(run->options->interrupted, run->control, create, run, err);
    *err = failure;
    return false;
}

static bool make_one(struct view_run *run, struct err *err)
{
    const struct plan_view *lost = missing(run);
    struct err failure = {.code = ERR_NONE};

    if (lost != NULL) {
        leave(run, "it reads the view %.*s, which is not carried", STR_ARGS(lost->source->name.text));
        return true;
    }
    if (!create_for_sure(run, &failure)) {
        if (!is_about_view(run, &failure)) {
            *err = failure;
            return false;
        }
        leave(run, "the server does not take it: %s", failure.detail);
        return true;
    }
    if (run->options->no_verify)
        not_compared(run, "--no-verify");
    else if ((view_at(run, run->place)->doubts & SELECT_CURRENT_TIME) != 0)
        not_compared(run, "it depends on the current time or on chance");
    else if (altered(run) != NULL)
        not_compared(run, altered(run));
    else if (!prove(run, err))
        return false;
    return !view_at(run, run->place)->dropped || drop(run, err);
}

bool views_make(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                struct engine *control, struct err *err)
{
    struct view_run run = {.arena = arena,
                           .options = options,
                           .result = result,
                           .control = control,
                           .reader = result->prepared.snapshot.readers[0]};

    result->views = ARENA_ARRAY(arena, struct view_outcome, result->prepared.plan.view_count + 1);
    for (run.place = 0; run.place < result->prepared.plan.view_count; run.place++)
        if (!make_one(&run, err))
            return err_prefix(err, "view %.*s", STR_ARGS(view_at(&run, run.place)->source->name.text));
    return true;
}
