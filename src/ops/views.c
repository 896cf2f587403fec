#include "ops/view_run.h"

#include <string.h>

#include "ops/interrupt.h"
#include "schema/ident.h"
#include "schema/translate_select.h"

struct plan_view *view_at(const struct view_run *run, size_t place)
{
    return &run->result->prepared.plan.views[place];
}

/* ---- not carried after all, or not compared ---- */

void view_leave_because(struct view_run *run, struct str reason, struct str bare_reason)
{
    struct plan *plan = &run->result->prepared.plan;
    struct plan_view *view = view_at(run, run->place);

    view->dropped = true;
    run->result->views[run->place].proof = VIEW_UNEQUAL;
    run->result->views[run->place].why = reason;
    run->result->views[run->place].bare_why = bare_reason;
    ARENA_PUSH(run->arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
        (struct not_carried){.class = OBJECT_VIEW,
                             .name = view->source->name.text,
                             .reason = reason,
                             .bare_reason = bare_reason,
                             .sql = view->source->sql};
}

void view_leave(struct view_run *run, const char *format, ...)
{
    struct str reason;
    va_list args;

    va_start(args, format);
    reason.ptr = arena_vprintf(run->arena, &reason.len, format, args);
    va_end(args);
    view_leave_because(run, reason, (struct str){NULL, 0});
}

void view_not_compared(struct view_run *run, const char *why)
{
    run->result->views[run->place].proof = VIEW_NOT_COMPARED;
    run->result->views[run->place].why = str_from(why);
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
        (void)pg_type_set_modifiers(&type, ((modifier - HEADER) >> 16) & 0xffff,
                                    (((modifier - HEADER) & 0x7ff) ^ 1024) - 1024);
    else if (type.kind == PG_VARCHAR || type.kind == PG_CHAR)
        (void)pg_type_set_modifiers(&type, modifier - HEADER, PG_NO_MODIFIER);
    else
        (void)pg_type_set_modifiers(&type, modifier, PG_NO_MODIFIER);
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
            return misfits->changes[i].outcome == OUTCOME_QUARANTINED
                       ? "rows of a table that it reads were set aside"
                       : "--misfit changed values of a table that it reads";
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
        view_leave(run, "it reads the view %.*s, which is not carried", STR_ARGS(lost->source->name.text));
        return true;
    }
    if (!create_for_sure(run, &failure)) {
        if (!is_about_view(run, &failure)) {
            *err = failure;
            return false;
        }
        view_leave(run, "the server does not take it: %s", failure.detail);
        return true;
    }
    if (run->options->no_verify)
        view_not_compared(run, "--no-verify");
    else if ((view_at(run, run->place)->doubts & SELECT_CURRENT_TIME) != 0)
        view_not_compared(run, "it depends on the current time or on chance");
    else if (altered(run) != NULL)
        view_not_compared(run, altered(run));
    else if (!view_compare(run, err))
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
