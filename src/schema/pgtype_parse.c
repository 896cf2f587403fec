/* Names of types, read. */
#include <string.h>

#include "schema/pgtype.h"

/* Types that can be asked for by name; modifiers in brackets as in SQL. */
static const struct {
    const char *name;
    enum pg_kind kind;
} types[] = {
    {"boolean", PG_BOOL},
    {"bool", PG_BOOL},
    {"smallint", PG_INT2},
    {"int2", PG_INT2},
    {"integer", PG_INT4},
    {"int", PG_INT4},
    {"int4", PG_INT4},
    {"bigint", PG_INT8},
    {"int8", PG_INT8},
    {"real", PG_FLOAT4},
    {"double precision", PG_FLOAT8},
    {"float8", PG_FLOAT8},
    {"numeric", PG_NUMERIC},
    {"decimal", PG_NUMERIC},
    {"text", PG_TEXT},
    {"varchar", PG_VARCHAR},
    {"character varying", PG_VARCHAR},
    {"char", PG_CHAR},
    {"character", PG_CHAR},
    {"bytea", PG_BYTEA},
    {"date", PG_DATE},
    {"time", PG_TIME},
    {"timetz", PG_TIMETZ},
    {"timestamp", PG_TIMESTAMP},
    {"timestamptz", PG_TIMESTAMPTZ},
    {"time without time zone", PG_TIME},
    {"time with time zone", PG_TIMETZ},
    {"timestamp without time zone", PG_TIMESTAMP},
    {"timestamp with time zone", PG_TIMESTAMPTZ},
    {"uuid", PG_UUID},
    {"json", PG_JSON},
    {"jsonb", PG_JSONB},
    {"inet", PG_INET},
    {"cidr", PG_CIDR},
    {"macaddr", PG_MACADDR},
    {"interval", PG_INTERVAL},
    {"macaddr8", PG_MACADDR8},
    {"oid", PG_OID},
    {"\"char\"", PG_CHAR_BYTE},
    {"name", PG_NAME},
    {"bit", PG_BIT},
    {"bit varying", PG_VARBIT},
    {"varbit", PG_VARBIT},
};

/* "10,2" or "50"; *second is PG_NO_MODIFIER when there is one number only. */
static bool read_numbers(struct str text, int64_t *first, int64_t *second)
{
    ptrdiff_t comma = str_find(text, ',');
    size_t end = comma < 0 ? text.len : (size_t)comma;

    *second = PG_NO_MODIFIER;
    return str_to_int64(str_trim(str_slice(text, 0, end)), first) && *first >= 0 &&
           (comma < 0 || str_to_int64(str_trim(str_slice(text, end + 1, text.len)), second));
}

/* As PostgreSQL writes it too: "timestamp(3) without time zone".  *numbers: what stands in the brackets; NULL
 * ptr: there are none. */
static bool split_type(struct arena *arena, struct str text, struct str *name, struct str *numbers)
{
    ptrdiff_t open = str_find(text, '(');
    ptrdiff_t close = str_find(text, ')');
    struct str rest;

    *name = str_trim(text);
    *numbers = (struct str){NULL, 0};
    if (open < 0 && close < 0)
        return true;
    if (open < 0 || close < open)
        return false;
    *numbers = str_slice(text, (size_t)open + 1, (size_t)close);
    *name = str_trim(str_slice(text, 0, (size_t)open));
    rest = str_trim(str_slice(text, (size_t)close + 1, text.len));
    if (rest.len > 0)
        *name = str_printf(arena, "%.*s %.*s", STR_ARGS(*name), STR_ARGS(rest));
    return true;
}

/* What an interval may be limited to: documentation, "Date/Time Types". */
static const char *const interval_fields[] = {
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "year to month",
    "day to hour",
    "day to minute",
    "day to second",
    "hour to minute",
    "hour to second",
    "minute to second",
};

/* "interval day to second(3)" is an interval with fields. */
static bool take_interval_fields(struct str *name, struct str *fields)
{
    const size_t word = strlen("interval");

    *fields = (struct str){NULL, 0};
    if (!str_starts_with_nocase(*name, "interval "))
        return true;
    *fields = str_trim(str_slice(*name, word, name->len));
    *name = str_slice(*name, 0, word);
    for (size_t i = 0; i < ARRAY_LENGTH(interval_fields); i++)
        if (str_is_nocase(*fields, interval_fields[i])) {
            *fields = str_from(interval_fields[i]);
            return true;
        }
    return false;
}

static bool parse_scalar(struct arena *arena, struct str text, struct pg_type *type)
{
    struct str name;
    struct str numbers;
    struct str fields;
    int64_t first;
    int64_t second;

    if (!split_type(arena, text, &name, &numbers) || !take_interval_fields(&name, &fields))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (!str_is_nocase(name, types[i].name))
            continue;
        *type = pg_type_of(types[i].kind);
        type->name = fields;
        if (type->kind == PG_CHAR || type->kind == PG_BIT)
            type->length = 1;
        return numbers.ptr == NULL ||
               (read_numbers(numbers, &first, &second) && pg_type_set_modifiers(type, first, second));
    }
    return false;
}

bool pg_type_parse(struct arena *arena, struct str text, struct pg_type *type)
{
    struct pg_type element;

    text = str_trim(text);
    if (!str_ends_with(text, "[]"))
        return parse_scalar(arena, text, type);
    /* PostgreSQL keeps no number of dimensions: integer[][] is integer[]. */
    while (str_ends_with(text, "[]"))
        text = str_trim(str_slice(text, 0, text.len - 2));
    if (!parse_scalar(arena, text, &element))
        return false;
    *type = pg_type_array_of(arena, &element);
    return true;
}
