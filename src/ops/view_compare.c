/* The rows of a view, on both sides. */
#include "base/clock.h"
#include "engine/sqlite/sqlite.h"
#include "ops/interrupt.h"
#include "ops/view_run.h"
#include "schema/ident.h"
#include "verify/near.h"
#include "verify/readback.h"

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
enum view_reading {
    READ,
    TOO_LONG,
    SOURCE_FAILED,
    TARGET_FAILED,
    INTERRUPTED
};

static enum view_reading judge(const struct view_run *run, bool expired, enum view_reading failed)
{
    if (was_interrupted(run->options->interrupted))
        return INTERRUPTED;
    return expired ? TOO_LONG : failed;
}

static enum view_reading read_both(struct view_run *run, void (*use)(struct view_run *run, void *side),
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

static enum view_reading compare_nearly(struct view_run *run, struct arena *arena, bool *equal,
                                        struct err *failure)
{
    const struct plan_view *view = view_at(run, run->place);
    void *sides[2] = {near_new(arena, &view->shape, view->lists), near_new(arena, &view->shape, view->lists)};
    enum view_reading reading = read_both(run, use_near, sides, failure);

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
        view_leave(run, "it has %lld rows in the source and %lld on the target", (long long)source->rows,
                   (long long)target->rows);
        return;
    }
    buf_init(&columns, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < difference->column_count && i < 5; i++)
        buf_printf(&columns, "%s%.*s", i == 0 ? "" : ", ",
                   STR_ARGS(view->shape.columns[difference->columns[i]].name));
    view_leave(run, "its rows differ on the target%s%.*s", columns.len > 0 ? ", in " : "",
               STR_ARGS(buf_view(&columns)));
    buf_free(&columns);
}

static enum view_reading compare(struct view_run *run, struct arena *arena, struct err *failure)
{
    const struct plan_view *view = view_at(run, run->place);
    struct view_outcome *outcome = &run->result->views[run->place];
    void *sides[2] = {digester_new(arena, &view->shape), digester_new(arena, &view->shape)};
    struct digest_difference difference;
    enum view_reading reading = read_both(run, use_digester, sides, failure);
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

static void took_too_long(struct view_run *run)
{
    struct plan *plan = &run->result->prepared.plan;
    const char *why =
        str_printf(run->arena, "one of the databases took more than %d seconds for its rows (--view-limit)",
                   run->options->view_seconds)
            .ptr;

    view_not_compared(run, why);
    ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) = (struct plan_note){
        view_at(run, run->place)->source->name.text, str_printf(run->arena, "was not compared: %s", why)};
}

static void describe_failure(struct view_run *run, enum view_reading reading, const struct err *failure)
{
    const char *where = reading == SOURCE_FAILED ? "source" : "target";
    struct err bare = *failure;

    err_hide_values(&bare);
    if (failure->code == ERR_DATABASE)
        view_leave_because(run, str_printf(run->arena, "it fails in the %s: %s", where, failure->detail),
                           str_printf(run->arena, "it fails in the %s: %s", where, bare.detail));
    else
        view_leave_because(run,
                           str_printf(run->arena, "its rows in the %s are not what was planned: %s%s%s",
                                      where, failure->primary, failure->detail[0] == '\0' ? "" : ": ",
                                      failure->detail),
                           str_printf(run->arena, "its rows in the %s are not what was planned", where));
}

bool view_compare(struct view_run *run, struct err *err)
{
    struct arena *arena = arena_new();
    struct err failure = {.code = ERR_NONE};
    enum view_reading reading = compare(run, arena, &failure);
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
