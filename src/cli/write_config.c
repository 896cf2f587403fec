#include "cli/write_config.h"

#include <inttypes.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "cli/config.h"
#include "cli/place.h"
#include "cli/saved_plan.h"
#include "plan/units.h"
#include "schema/ident.h"

struct writing {
    const struct report *report;
    struct arena *arena;
    struct buf out;
};

/* One line of a comment, whatever the name or the reason holds. */
static void put_comment(struct writing *writing, struct str text)
{
    buf_text(&writing->out, "# ");
    for (size_t i = 0; i < text.len; i++)
        buf_byte(&writing->out, (unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i]);
    buf_byte(&writing->out, '\n');
}

static void put_section(struct writing *writing, const char *name, const char *what)
{
    buf_printf(&writing->out, "\n[%s]\n", name);
    put_comment(writing, str_from(what));
}

static bool is_one_line(struct str text)
{
    return str_find(text, '\n') < 0 && str_find(text, '\r') < 0 && str_find(text, '\0') < 0;
}

/* In quotes where the reader would take something away, or quotes for its own. */
static void put_value(struct buf *out, struct str value)
{
    if (value.len == str_trim(value).len && (value.len == 0 || value.ptr[0] != '"'))
        buf_str(out, value);
    else
        ident_quote(out, value);
}

static void put_line(struct writing *writing, bool decided, struct str key, struct str value)
{
    if (!is_one_line(key) || !is_one_line(value)) {
        put_comment(writing,
                    str_printf(writing->arena, "%.*s holds a line end: it stands on the command line only",
                               STR_ARGS(key)));
        return;
    }
    buf_printf(&writing->out, "%s%.*s = ", decided ? "" : "# ", STR_ARGS(key));
    put_value(&writing->out, value);
    buf_byte(&writing->out, '\n');
}

static struct str place_of(struct writing *writing, struct str table, struct str column)
{
    struct buf text;
    struct str made;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    place_put(&text, table, column);
    made = buf_to_str(writing->arena, &text);
    buf_free(&text);
    return made;
}

/* ---- what was given ---- */

static bool is_last(const struct invocation *invocation, size_t place)
{
    for (size_t i = place + 1; i < invocation->given_count; i++)
        if (invocation->given[i].option == invocation->given[place].option)
            return false;
    return true;
}

/* All values of an option as one: those of a list behind each other, else the last. */
static struct str joined(struct writing *writing, const struct option *option)
{
    static const char *const lists[] = {"include", "exclude", "accept"};
    const struct invocation *invocation = writing->report->invocation;
    struct str all = {NULL, 0};

    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        size_t count;
        const struct str *values = option_values(invocation, lists[i], &count);

        for (size_t j = 0; strcmp(option->name, lists[i]) == 0 && j < count; j++)
            all = str_printf(writing->arena, "%.*s%s%.*s", STR_ARGS(all), j > 0 ? "," : "",
                             STR_ARGS(values[j]));
    }
    if (all.ptr != NULL)
        return all;
    return str_from(option->argument == NULL ? "yes" : option_value(invocation, option->name));
}

static void put_given(struct writing *writing)
{
    const struct invocation *invocation = writing->report->invocation;

    for (size_t i = 0; i < invocation->given_count; i++) {
        const struct option *option = invocation->given[i].option;

        if (saved_plan_binds(option) && !config_is_section(option->name) && is_last(invocation, i))
            put_line(writing, true, str_from(option->name), joined(writing, option));
    }
}

/* The rules of a section; of several about one place the last. */
struct rules {
    struct str *keys;
    struct str *values;
    size_t count;
};

static void add_rule(struct rules *rules, struct str key, struct str value)
{
    size_t i = 0;

    while (i < rules->count && !str_equal_nocase(rules->keys[i], key))
        i++;
    rules->keys[i] = key;
    rules->values[i] = value;
    rules->count += i == rules->count;
}

static void read_rule(struct writing *writing, struct str text, struct rules *rules)
{
    struct place place;

    if (place_read(writing->arena, text, &place))
        add_rule(rules, place_of(writing, place.table, place.column), place.value);
    else
        add_rule(rules, str_from("*"), text);
}

static void put_rules(struct writing *writing, const char *option)
{
    const struct invocation *invocation = writing->report->invocation;
    size_t count;
    struct str *values = option_values(invocation, option, &count);
    struct rules rules = {.keys = ARENA_ARRAY(writing->arena, struct str, count + 1),
                          .values = ARENA_ARRAY(writing->arena, struct str, count + 1)};

    /* Only policies come several in a word; conditions and types have commas of their own. */
    if (strcmp(option, "misfit") == 0)
        for (size_t i = 0; i < count; i++)
            read_rule(writing, values[i], &rules);
    else
        for (size_t i = 0; i < invocation->given_count; i++)
            if (strcmp(invocation->given[i].option->name, option) == 0)
                read_rule(writing, str_from(invocation->given[i].value), &rules);
    for (size_t i = 0; i < rules.count; i++)
        put_line(writing, true, rules.keys[i], rules.values[i]);
}

/* ---- what is to be looked at ---- */

static void put_not_carried(struct writing *writing)
{
    const struct plan *plan = &writing->report->result->prepared.plan;
    struct str classes = {NULL, 0};

    for (size_t i = 0; i < plan->not_carried_count; i++) {
        const struct not_carried *object = &plan->not_carried[i];
        const char *class = object_class_name(object->class);

        if (upgrade_accepts(writing->report->options, object))
            continue;
        put_comment(writing,
                    str_printf(writing->arena, "not carried: %s %.*s%s%.*s: %.*s", class,
                               STR_ARGS(object->table), object->table.len > 0 ? "." : "",
                               STR_ARGS(object->name), STR_ARGS(report_reason(writing->report, object))));
        if (!str_contains_nocase(classes, class))
            classes =
                str_printf(writing->arena, "%.*s%s%s", STR_ARGS(classes), classes.len > 0 ? ", " : "", class);
    }
    if (classes.len > 0)
        put_line(writing, false, str_from("accept"), classes);
}

static void put_types(struct writing *writing)
{
    const struct prepared *prepared = &writing->report->result->prepared;

    for (size_t i = 0; i < prepared->plan.table_count; i++) {
        const struct plan_table *table = &prepared->plan.tables[i];
        struct column_facts **facts = prepared->facts.columns[table->source - prepared->schema.tables];

        for (size_t j = 0; j < table->column_count; j++) {
            const struct plan_column *column = &table->columns[j];
            struct str place = place_of(writing, table->source->name.text, column->source->name.text);

            if (facts == NULL || facts[j] == NULL)
                continue;
            put_comment(writing,
                        str_printf(writing->arena, "%.*s: %.*s%s", STR_ARGS(place), STR_ARGS(column->reason),
                                   column->sampled ? " (its first and last rows only)" : ""));
            put_line(writing, false, place,
                     column->type.kind == PG_ENUM ? str_from("enum(...)")
                                                  : pg_type_text(writing->arena, &column->type));
        }
    }
}

static void put_units(struct writing *writing)
{
    const struct plan *plan = &writing->report->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        for (size_t j = 0; j < table->column_count; j++)
            if (table->columns[j].unit != UNIT_NONE)
                put_line(writing, false,
                         place_of(writing, table->source->name.text, table->columns[j].source->name.text),
                         str_from(unit_option(table->columns[j].unit)));
    }
}

static void put_nocase(struct writing *writing)
{
    const struct plan *plan = &writing->report->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        for (size_t j = 0; j < table->column_count; j++) {
            const struct plan_column *column = &table->columns[j];

            if (column->nocase == NOCASE_NONE || !str_is_nocase(column->source->collation, "NOCASE"))
                continue;
            put_comment(writing, str_from(nocase_effect(column)));
            put_line(writing, false, place_of(writing, table->source->name.text, column->source->name.text),
                     str_from(nocase_form_name(column->nocase)));
        }
    }
}

static struct str first_reason(const struct misfits *misfits, size_t table, int column)
{
    for (size_t i = 0; i < misfits->count; i++)
        if (misfits->items[i].table == table && misfits->items[i].column == column)
            return misfits->items[i].reason;
    return (struct str){NULL, 0};
}

static void put_misfits(struct writing *writing)
{
    const struct upgrade_result *result = writing->report->result;
    const struct misfits *misfits = &result->load.misfits;

    for (size_t i = 0; result->loaded && i < result->prepared.plan.table_count; i++) {
        const struct plan_table *table = &result->prepared.plan.tables[i];

        for (size_t j = 0; j < table->column_count; j++) {
            int64_t count = misfits->by_column[i][j];
            struct str place =
                place_of(writing, table->source->name.text, table->columns[j].source->name.text);

            if (count == 0)
                continue;
            put_comment(writing, str_printf(writing->arena, "%.*s: %" PRId64 " value%s not fit %.*s: %.*s",
                                            STR_ARGS(place), count, count == 1 ? " does" : "s do",
                                            STR_ARGS(pg_type_text(writing->arena, &table->columns[j].type)),
                                            STR_ARGS(first_reason(misfits, i, (int)j))));
            put_line(writing, false, place, str_from("widen"));
        }
    }
}

static void put_name(struct writing *writing, struct str table, struct str column, struct str name)
{
    if (!str_equal(column.ptr == NULL ? table : column, name))
        put_line(writing, false, place_of(writing, table, column), name);
}

static void put_names(struct writing *writing)
{
    const struct plan *plan = &writing->report->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];

        put_name(writing, table->source->name.text, (struct str){NULL, 0}, table->name);
        for (size_t j = 0; j < table->column_count; j++)
            put_name(writing, table->source->name.text, table->columns[j].source->name.text,
                     table->columns[j].name);
    }
}

static void put_all(struct writing *writing)
{
    put_comment(writing,
                str_from("Settings for `pgrade upgrade` and `pgrade plan`, written by plan --write-config."));
    put_comment(writing,
                str_from("Each line is an option (pgrade upgrade --help); those behind a # decide nothing."));
    put_section(writing, "upgrade", "schema, names, accept, orphans and the like");
    put_given(writing);
    put_not_carried(writing);
    put_section(writing, "type", "table.column = type; these columns were decided by their values");
    put_rules(writing, "type");
    put_types(writing);
    put_section(writing, "unit",
                "table.column = s, ms, us, julian, coredata, webkit or ticks: what numbers count that are "
                "dates or times");
    put_rules(writing, "unit");
    put_units(writing);
    put_section(writing, "nocase",
                "table.column, table or * = lower, citext or icu: columns declared COLLATE NOCASE");
    put_rules(writing, "nocase");
    put_nocase(writing);
    put_section(writing, "misfit",
                "table.column, table or * = stop, or a policy: values that do not fit their type");
    put_rules(writing, "misfit");
    put_misfits(writing);
    put_section(writing, "rename", "table or table.column = name; these names are others on the target");
    put_rules(writing, "rename");
    put_names(writing);
    put_section(writing, "where", "table = condition: only these rows are carried");
    put_rules(writing, "where");
}

bool write_config(const struct report *report, const char *path, struct err *err)
{
    struct writing writing = {.report = report, .arena = report->invocation->arena};
    bool done;

    if (!saved_plan_may_write(report->invocation, path, err))
        return false;
    buf_init(&writing.out, BUF_TEXT_MAXIMUM);
    put_all(&writing);
    done = writing.out.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for the settings")
                              : fs_write(path, 0644, buf_view(&writing.out), err);
    buf_free(&writing.out);
    if (done)
        log_message(LOG_NOTICE, "the settings are written to %s", path);
    return done;
}
