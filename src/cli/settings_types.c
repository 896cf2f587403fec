/* --type and --unit. */
#include <string.h>

#include "cli/place.h"
#include "cli/settings.h"
#include "plan/units.h"
#include "schema/ident.h"

static bool wrong(const struct invocation *invocation, struct err *err)
{
    return err_hint(err, "pgrade %s --help", invocation->command->name);
}

/* 'a label', or a word up to the comma; *rest begins with the comma. */
static bool read_label(struct arena *arena, struct str text, struct str *label, struct str *rest)
{
    char *plain = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    size_t i = 1;

    if (text.len == 0 || text.ptr[0] != '\'') {
        ptrdiff_t comma = str_find(text, ',');

        *label = str_trim(str_slice(text, 0, comma < 0 ? text.len : (size_t)comma));
        *rest = str_slice(text, comma < 0 ? text.len : (size_t)comma, text.len);
        return true;
    }
    for (; i < text.len && (text.ptr[i] != '\'' || (i + 1 < text.len && text.ptr[i + 1] == '\'')); i++) {
        i += text.ptr[i] == '\'';
        plain[length++] = text.ptr[i];
    }
    *label = (struct str){plain, length};
    *rest = str_trim(str_slice(text, i + 1, text.len));
    return i < text.len && (rest->len == 0 || rest->ptr[0] == ',');
}

/* PostgreSQL documentation, "Enumerated Types": a label holds less than NAMEDATALEN bytes, and comes once.
 * Why it is none, in the arena; NULL: it is one. */
static const char *label_problem(struct arena *arena, const struct pg_type *type, struct str label)
{
    if (label.len == 0)
        return "a label of the enum is empty";
    if (label.len > IDENT_MAXIMUM)
        return str_printf(arena, "the label %.*s has %zu bytes, and a label holds %d in PostgreSQL",
                          STR_ARGS(label), label.len, IDENT_MAXIMUM)
            .ptr;
    for (size_t i = 0; i < type->label_count; i++)
        if (str_equal(type->labels[i], label))
            return str_printf(arena, "the label %.*s stands there twice", STR_ARGS(label)).ptr;
    return NULL;
}

/* enum(a, b), or enum NAME('a', 'b').  *problem: what is wrong with it, where that is known. */
static bool read_enum(struct arena *arena, struct str text, struct pg_type *type, const char **problem)
{
    struct str *labels = ARENA_ARRAY(arena, struct str, text.len + 1);
    ptrdiff_t open = str_find(text, '(');
    struct str rest;

    if (!str_starts_with_nocase(text, "enum") || open < 4 || text.ptr[text.len - 1] != ')' ||
        (open > 4 && !ascii_is_space(text.ptr[4])))
        return false;
    *type = pg_type_of(PG_ENUM);
    type->name = str_trim(str_slice(text, 4, (size_t)open));
    type->labels = labels;
    rest = str_slice(text, (size_t)open, text.len - 1);
    while (rest.len > 0) {
        struct str label;

        if (!read_label(arena, str_trim(str_slice(rest, 1, rest.len)), &label, &rest))
            return false;
        *problem = label_problem(arena, type, label);
        if (*problem != NULL)
            return false;
        labels[type->label_count++] = label;
    }
    if (type->name.len > IDENT_MAXIMUM)
        *problem = "the name of the enum is longer than 63 bytes";
    return *problem == NULL;
}

static bool read_override(struct invocation *invocation, const struct given *given,
                          struct type_override *override, struct err *err)
{
    const char *text = given->value;
    const char *problem = NULL;
    struct place place;

    *override =
        (struct type_override){.reason = str_from(given->reason != NULL ? given->reason : "as --type asked")};
    if (place_read(invocation->arena, str_from(text), &place) && place.column.ptr != NULL &&
        (pg_type_parse(invocation->arena, place.value, &override->type) ||
         read_enum(invocation->arena, str_trim(place.value), &override->type, &problem))) {
        override->table = place.table;
        override->column = place.column;
        return true;
    }
    if (problem != NULL) {
        err_set(err, ERR_USAGE, "--type %s: %s", text, problem);
        return wrong(invocation, err);
    }
    err_set(err, ERR_USAGE, "--type %s: not of the form TABLE.COLUMN=TYPE with a type that pgrade makes",
            text);
    err_detail(
        err,
        "types: boolean, smallint, integer, bigint, real, double precision, numeric(p,s), text, varchar(n), "
        "char(n), bytea, date, time, timetz, timestamp, timestamptz, uuid, json, jsonb, inet, cidr, macaddr, "
        "macaddr8, interval, bit(n), bit varying(n), oid, name, enum(a,b,...); with [] behind it, but for "
        "enum, an array");
    return wrong(invocation, err);
}

bool settings_types(struct invocation *invocation, struct upgrade_options *options, struct err *err)
{
    struct type_override *overrides =
        ARENA_ARRAY(invocation->arena, struct type_override, invocation->given_count + 1);

    for (size_t i = 0; i < invocation->given_count; i++) {
        if (strcmp(invocation->given[i].option->name, "type") != 0)
            continue;
        if (!read_override(invocation, &invocation->given[i], &overrides[options->plan.override_count], err))
            return false;
        options->plan.override_count++;
    }
    options->plan.overrides = overrides;
    return true;
}

/* The value without the word by which a saved plan says that the unit was found. */
static struct str take_found(struct str *value, bool *found)
{
    size_t length = strlen(UNIT_FOUND);

    *found =
        value->len > length && str_is_nocase(str_slice(*value, value->len - length, value->len), UNIT_FOUND);
    if (*found)
        *value = str_slice(*value, 0, value->len - length);
    return *value;
}

static bool read_unit(struct invocation *invocation, const struct given *given,
                      struct unit_override *override, struct err *err)
{
    const char *text = given->value;
    struct place place;
    enum time_unit unit;
    bool found;

    if (place_read(invocation->arena, str_from(text), &place) && place.column.ptr != NULL &&
        unit_read(str_trim(take_found(&place.value, &found)), &unit)) {
        *override = (struct unit_override){place.table, place.column, unit, found, str_from(given->reason)};
        return true;
    }
    err_set(err, ERR_USAGE,
            "--unit %s: not of the form TABLE.COLUMN=UNIT with s, ms, us, julian, coredata, webkit or ticks",
            text);
    return wrong(invocation, err);
}

bool settings_units(struct invocation *invocation, struct plan_options *plan, struct err *err)
{
    struct unit_override *overrides =
        ARENA_ARRAY(invocation->arena, struct unit_override, invocation->given_count + 1);

    for (size_t i = 0; i < invocation->given_count; i++) {
        if (strcmp(invocation->given[i].option->name, "unit") != 0)
            continue;
        if (!read_unit(invocation, &invocation->given[i], &overrides[plan->unit_count], err))
            return false;
        plan->unit_count++;
    }
    plan->units = overrides;
    return true;
}
