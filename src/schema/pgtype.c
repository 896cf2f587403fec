#include "schema/pgtype.h"

#include "schema/ident.h"

static const struct {
    const char *name;
    uint32_t oid;
} kinds[PG_KIND_COUNT] = {
    [PG_BOOL] = {"boolean", 16},
    [PG_INT2] = {"smallint", 21},
    [PG_INT4] = {"integer", 23},
    [PG_INT8] = {"bigint", 20},
    [PG_FLOAT4] = {"real", 700},
    [PG_FLOAT8] = {"double precision", 701},
    [PG_NUMERIC] = {"numeric", 1700},
    [PG_TEXT] = {"text", 25},
    [PG_VARCHAR] = {"character varying", 1043},
    [PG_CHAR] = {"character", 1042},
    [PG_BYTEA] = {"bytea", 17},
    [PG_DATE] = {"date", 1082},
    [PG_TIME] = {"time without time zone", 1083},
    [PG_TIMETZ] = {"time with time zone", 1266},
    [PG_TIMESTAMP] = {"timestamp without time zone", 1114},
    [PG_TIMESTAMPTZ] = {"timestamp with time zone", 1184},
    [PG_INTERVAL] = {"interval", 1186},
    [PG_UUID] = {"uuid", 2950},
    [PG_JSON] = {"json", 114},
    [PG_JSONB] = {"jsonb", 3802},
    [PG_INET] = {"inet", 869},
    [PG_CIDR] = {"cidr", 650},
    [PG_MACADDR] = {"macaddr", 829},
    [PG_ENUM] = {"enum", 0},
    [PG_ARRAY] = {"array", 0},
    [PG_MACADDR8] = {"macaddr8", 774},
    [PG_OID] = {"oid", 26},
    [PG_CHAR_BYTE] = {"\"char\"", 18},
    [PG_NAME] = {"name", 19},
    [PG_BIT] = {"bit", 1560},
    [PG_VARBIT] = {"bit varying", 1562},
};

struct pg_type pg_type_of(enum pg_kind kind)
{
    bool timed = kind == PG_TIME || kind == PG_TIMETZ || kind == PG_TIMESTAMP || kind == PG_TIMESTAMPTZ ||
                 kind == PG_INTERVAL;

    return (struct pg_type){.kind = kind, .precision = timed ? -1 : 0};
}

struct pg_type pg_type_array_of(struct arena *arena, const struct pg_type *element)
{
    struct pg_type *kept = ARENA_ARRAY(arena, struct pg_type, 1);

    *kept = *element;
    return (struct pg_type){.kind = PG_ARRAY, .element = kept, .element_oid = pg_kind_oid(element->kind)};
}

static bool set_length(struct pg_type *type, int64_t length, int64_t highest)
{
    if (length < 1 || length > highest)
        return false;
    type->length = (int)length;
    return true;
}

static bool set_precision(struct pg_type *type, int64_t precision, int64_t lowest, int64_t highest)
{
    if (precision < lowest || precision > highest)
        return false;
    type->precision = (int)precision;
    return true;
}

/* Since PostgreSQL 15 the scale may be below 0, and above the precision. */
static bool set_scale(struct pg_type *type, int64_t precision, int64_t scale)
{
    if (scale == PG_NO_MODIFIER)
        scale = 0;
    if (scale < -1000 || scale > 1000 || !set_precision(type, precision, 1, 1000))
        return false;
    type->scale = (int)scale;
    return true;
}

bool pg_type_set_modifiers(struct pg_type *type, int64_t first, int64_t second)
{
    enum {
        BYTES_MAXIMUM = 10485760 /* MaxAttrSize */
    };
    bool alone = second == PG_NO_MODIFIER;

    switch (type->kind) {
    case PG_VARCHAR:
    case PG_CHAR: return alone && set_length(type, first, BYTES_MAXIMUM);
    case PG_BIT:
    case PG_VARBIT: return alone && set_length(type, first, INT64_C(8) * BYTES_MAXIMUM);
    case PG_NUMERIC: return set_scale(type, first, second);
    case PG_TIME:
    case PG_TIMETZ:
    case PG_TIMESTAMP:
    case PG_TIMESTAMPTZ:
    case PG_INTERVAL: return alone && set_precision(type, first, 0, 6);
    default: return false;
    }
}

static void format_time(struct buf *out, const char *name, int precision)
{
    const char *rest = name;

    /* "timestamp without time zone" takes its modifier after the first word. */
    while (*rest != '\0' && *rest != ' ')
        buf_byte(out, *rest++);
    if (precision >= 0)
        buf_printf(out, "(%d)", precision);
    buf_text(out, rest);
}

static void format_length(struct buf *out, int length)
{
    if (length > 0)
        buf_printf(out, "(%d)", length);
}

void pg_type_format(struct buf *out, const struct pg_type *type)
{
    const char *name = kinds[type->kind].name;

    switch (type->kind) {
    case PG_NUMERIC:
        buf_text(out, name);
        if (type->precision > 0)
            buf_printf(out, "(%d,%d)", type->precision, type->scale);
        break;
    case PG_VARCHAR:
    case PG_CHAR:
    case PG_BIT:
    case PG_VARBIT:
        buf_text(out, name);
        format_length(out, type->length);
        break;
    case PG_TIME:
    case PG_TIMETZ:
    case PG_TIMESTAMP:
    case PG_TIMESTAMPTZ: format_time(out, name, type->precision); break;
    case PG_INTERVAL:
        buf_printf(out, "%s%s%.*s", name, type->name.len > 0 ? " " : "", STR_ARGS(type->name));
        format_time(out, "", type->precision);
        break;
    case PG_ENUM: ident_quote(out, type->name); break;
    case PG_ARRAY:
        pg_type_format(out, type->element);
        buf_text(out, "[]");
        break;
    default: buf_text(out, name);
    }
}

struct str pg_type_text(struct arena *arena, const struct pg_type *type)
{
    struct buf text;
    struct str copy;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    pg_type_format(&text, type);
    copy = buf_to_str(arena, &text);
    buf_free(&text);
    return copy;
}

bool pg_type_equal(const struct pg_type *a, const struct pg_type *b)
{
    return a->kind == b->kind && a->length == b->length && a->precision == b->precision &&
           a->scale == b->scale && str_equal(a->name, b->name) &&
           (a->kind != PG_ARRAY ||
            (a->element_oid == b->element_oid && pg_type_equal(a->element, b->element)));
}

const char *pg_kind_name(enum pg_kind kind)
{
    return kinds[kind].name;
}

uint32_t pg_kind_oid(enum pg_kind kind)
{
    return kinds[kind].oid;
}

bool pg_kind_is_textual(enum pg_kind kind)
{
    return kind == PG_TEXT || kind == PG_VARCHAR || kind == PG_CHAR || kind == PG_ENUM;
}

bool pg_kind_is_integer(enum pg_kind kind)
{
    return kind == PG_INT2 || kind == PG_INT4 || kind == PG_INT8;
}

bool pg_kind_is_number(enum pg_kind kind)
{
    return pg_kind_is_integer(kind) || kind == PG_FLOAT4 || kind == PG_FLOAT8 || kind == PG_NUMERIC;
}
