/* The comparison of a source with the tables of a target: complete, and before anything is written. */
#include "base/json.h"
#include "base/log.h"
#include "ops/fill_intern.h"
#include "transfer/existing.h"

/* Rows that are in the way, or make way. */
static void tell_rows(const struct fill_context *it, struct fill *fill, const struct plan_table *table,
                      const struct existing_table *there)
{
    bool seed = fill_is_seed(&it->result->prepared.plan.framework, table->source->name.text);
    bool stops = !seed && !it->options->replace;
    struct buf text;

    if (there->rows == 0)
        return;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    if (there->rows < 0)
        buf_text(&text, "its rows may not be counted by this role");
    else if (stops)
        buf_printf(&text, "%lld row%s there already; --replace deletes what is there", (long long)there->rows,
                   there->rows == 1 ? " is" : "s are");
    else
        buf_printf(&text, "%lld row%s %s make%s way for the source's%s", (long long)there->rows,
                   there->rows == 1 ? "" : "s", seed ? "that migrations left there" : "there",
                   there->rows == 1 ? "s" : "", seed ? "" : " (--replace)");
    fill_differ(it->arena, fill, FILL_ROWS, stops && there->rows > 0, there->name,
                str_dup(it->arena, buf_view(&text)));
    buf_free(&text);
}

static bool count_all(const struct fill_context *it, struct fill *fill, struct err *err)
{
    const struct plan *plan = &it->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        struct existing_table *there = (struct existing_table *)(uintptr_t)fill->tables[i];

        if (there == NULL || there->obstacle != NULL)
            continue;
        if (!existing_count_rows(it->arena, it->control, plan->target_schema, there, err))
            return false;
        tell_rows(it, fill, &plan->tables[i], there);
    }
    return true;
}

static struct str filled_names(struct arena *arena, const struct plan *plan, const struct fill *fill)
{
    struct json json;
    struct buf text;
    struct str names;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    json_begin(&json, &text);
    json_array(&json);
    for (size_t i = 0; i < plan->table_count; i++)
        if (fill->tables[i] != NULL)
            json_str(&json, fill->tables[i]->name);
    json_array_end(&json);
    names = buf_to_str(arena, &text);
    buf_free(&text);
    return names;
}

static void tell_copies(struct arena *arena, const struct existing *existing, struct fill *fill)
{
    for (size_t i = 0; i < existing->copy_count; i++)
        fill_differ(arena, fill, FILL_STALE, false, existing->copies[i].name,
                    str_printf(arena, "stays as it is now: afterwards REFRESH MATERIALIZED VIEW %.*s;",
                               STR_ARGS(existing->copies[i].name)));
}

static const struct existing_table *find_table(const struct existing *existing, struct str name)
{
    for (size_t i = 0; i < existing->count; i++)
        if (str_equal(existing->tables[i].name, name))
            return &existing->tables[i];
    return NULL;
}

static bool has_column(const struct existing_table *table, struct str name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (str_equal(table->columns[i].name, name))
            return true;
    return false;
}

/* A column's rule is about the table that the source's goes into. */
static const struct existing_table *filled_table(const struct fill_context *it, const struct fill *fill,
                                                 struct str source)
{
    const struct plan *plan = &it->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++)
        if (str_equal_nocase(plan->tables[i].source->name.text, source))
            return fill->tables[i];
    return NULL;
}

/* A rule that names nothing of the target is a mistake, and no wish that is quietly passed over. */
static void tell_renames(const struct fill_context *it, const struct existing *existing, struct fill *fill)
{
    for (size_t i = 0; i < it->options->plan.rename_count; i++) {
        const struct rename *rule = &it->options->plan.renames[i];
        const struct existing_table *there = filled_table(it, fill, rule->table);

        if (rule->column.ptr == NULL && find_table(existing, rule->name) == NULL)
            fill_differ(it->arena, fill, FILL_TABLE, true, rule->table,
                        str_printf(it->arena, "--rename calls it %.*s, and the target has no such table",
                                   STR_ARGS(rule->name)));
        else if (rule->column.ptr != NULL && there != NULL && !has_column(there, rule->name))
            fill_differ(it->arena, fill, FILL_COLUMN, true,
                        str_printf(it->arena, "%.*s.%.*s", STR_ARGS(rule->table), STR_ARGS(rule->column)),
                        str_printf(it->arena, "--rename calls it %.*s, and %.*s has no such column",
                                   STR_ARGS(rule->name), STR_ARGS(there->name)));
    }
}

/* What the user said of numbers that are no times there. */
static void tell_units(const struct fill_context *it, struct fill *fill)
{
    for (size_t i = 0; i < it->options->plan.unit_count; i++) {
        const struct unit_override *rule = &it->options->plan.units[i];
        const struct existing_column *there =
            fill_column(&it->result->prepared.plan, fill, rule->table, rule->column);

        if (there != NULL && !rule->found && !fill_has_unit(there))
            fill_differ(
                it->arena, fill, FILL_TYPE, true,
                str_printf(it->arena, "%.*s.%.*s", STR_ARGS(rule->table), STR_ARGS(rule->column)),
                str_printf(it->arena,
                           "--unit says what its numbers count, and the target's column is %.*s, which "
                           "takes them as they are: leave that --unit out",
                           STR_ARGS(there->type_text)));
    }
}

bool fill_compare(struct fill_context *it, struct existing *existing, struct fill *fill, struct err *err)
{
    const struct plan *plan = &it->result->prepared.plan;

    if (!existing_read_constraints(it->arena, it->control, plan->target_schema, existing, err))
        return false;
    fill_match(it->arena, plan, existing, fill);
    it->result->comparison = fill;
    tell_renames(it, existing, fill);
    tell_units(it, fill);
    if (!fill_compare_ledgers(it->arena, plan, fill, it->result->prepared.snapshot.readers[0], it->control,
                              err) ||
        !count_all(it, fill, err) ||
        !existing_read_copies(it->arena, it->control, plan->target_schema,
                              filled_names(it->arena, plan, fill), existing, err))
        return false;
    tell_copies(it->arena, existing, fill);
    return true;
}

/* Of one table all columns that take the target's types are one line. */
static void show_types(const struct fill_context *it, const struct fill *fill, size_t place)
{
    const struct plan_table *table = &it->result->prepared.plan.tables[place];
    size_t count = 0;
    struct buf line;

    buf_init(&line, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; fill->tables[place] != NULL && i < table->column_count; i++) {
        const struct existing_column *there = fill->columns[place][i];

        if (there == NULL || !fill_converts(&table->columns[i], there))
            continue;
        buf_printf(&line, "%s%.*s %.*s", count++ > 0 ? ", " : "", STR_ARGS(there->name),
                   STR_ARGS(there->type_text));
    }
    if (count > 0)
        log_message(LOG_NOTICE, "%.*s: %zu column%s of another type than pgrade would take: %.*s",
                    STR_ARGS(table->source->name.text), count, count == 1 ? "" : "s",
                    STR_ARGS(buf_view(&line)));
    buf_free(&line);
}

void fill_show(const struct fill_context *it, const struct fill *fill)
{
    for (int kind = 0; kind < FILL_KIND_COUNT; kind++) {
        for (size_t i = 0; kind == FILL_TYPE && i < it->result->prepared.plan.table_count; i++)
            show_types(it, fill, i);
        for (size_t i = 0; i < fill->difference_count; i++) {
            const struct fill_difference *difference = &fill->differences[i];

            if ((int)difference->kind == kind && (kind != FILL_TYPE || difference->stops))
                log_message(difference->stops ? LOG_WARNING : LOG_NOTICE, "%.*s: %.*s",
                            STR_ARGS(difference->about), STR_ARGS(difference->text));
        }
    }
}

/* Rows alone are told by name and number once the tables are locked. */
bool fill_may_go_on(const struct fill *fill, struct err *err)
{
    size_t ledgers = fill_count_stops(fill, FILL_LEDGER);
    size_t stops = fill->stops - fill_count_stops(fill, FILL_ROWS) - ledgers;

    if (stops > 0) {
        err_set(err, ERR_REFUSED,
                "the source does not fit the target's tables: %zu difference%s would lose values", stops,
                stops == 1 ? "" : "s");
        err_detail(err, "each is named above; nothing was written");
        return err_hint(
            err, "bring both to the same version with the application's migrations; --rename says which "
                 "names belong together, --exclude TABLE leaves a table out");
    }
    return ledgers == 0 || fill_refuse_ledgers(fill, err);
}
