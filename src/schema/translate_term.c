#include "schema/translate_term.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "schema/ident.h"

enum {
    SQL_MAXIMUM = 256 * 1024 /* of one expression; PostgreSQL would take more, no schema has it */
};

bool refuse(struct translator *tr, const char *why, const char *format, ...)
{
    va_list args;
    char what[256];

    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    (void)err_set(tr->err, ERR_DECISION, "%s", what);
    return err_detail(tr->err, "%s", why);
}

struct term term_make(struct translator *tr, enum pg_kind kind, enum storage storage, enum level level,
                      const char *format, ...)
{
    struct term term = {.level = level, .storage = storage, .type = pg_type_of(kind)};
    va_list args;
    struct buf text;

    buf_init(&text, SQL_MAXIMUM);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    if (text.failed)
        tr->too_long = true;
    else
        term.sql = buf_to_str(tr->arena, &text);
    buf_free(&text);
    return term;
}

struct term term_null(void)
{
    return (struct term){
        .sql = STR("NULL"), .form = FORM_NULL, .type = {.kind = PG_TEXT}, .storage = STORAGE_OTHER};
}

struct term term_integer(struct translator *tr, int64_t value)
{
    bool small = value >= INT32_MIN && value <= INT32_MAX;
    enum level level = value < 0 ? LEVEL_SIGN : LEVEL_ATOM;
    struct term term;

    /* The smallest bigint has no literal: its digits alone are a numeric. */
    if (value == INT64_MIN)
        term = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_CAST, "'%lld'::bigint", (long long)value);
    else
        term = term_make(tr, small ? PG_INT4 : PG_INT8, STORAGE_INTEGER, level, "%lld", (long long)value);
    term.form = FORM_CONSTANT;
    term.integer = value;
    return term;
}

struct term term_real(struct translator *tr, double value)
{
    enum level level = value < 0 ? LEVEL_SIGN : LEVEL_ATOM;
    struct term term;

    if (isinf(value))
        term = term_make(tr, PG_FLOAT8, STORAGE_REAL, LEVEL_CAST, "'%sInfinity'::double precision",
                         value < 0 ? "-" : "");
    else
        term = term_make(tr, PG_FLOAT8, STORAGE_REAL, level, "%.*s", STR_ARGS(real_text(tr->arena, value)));
    term.form = FORM_CONSTANT;
    term.real = value;
    return term;
}

bool term_text(struct translator *tr, struct str text, struct term *out)
{
    struct buf sql;

    if (str_utf8_valid_prefix(text) != text.len || str_find(text, '\0') >= 0)
        return refuse(tr, "PostgreSQL's text is valid UTF-8 without NUL", "a text literal");
    buf_init(&sql, SQL_MAXIMUM);
    literal_quote(&sql, text);
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "%.*s", STR_ARGS(str_trim(buf_view(&sql))));
    tr->too_long = tr->too_long || sql.failed;
    buf_free(&sql);
    out->form = FORM_CONSTANT;
    out->bytes = text;
    return true;
}

struct term term_blob(struct translator *tr, struct str bytes)
{
    struct term term;
    struct buf hex;

    buf_init(&hex, SQL_MAXIMUM);
    for (size_t i = 0; i < bytes.len && !hex.failed; i++)
        buf_printf(&hex, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
    term = term_make(tr, PG_BYTEA, STORAGE_BLOB, LEVEL_CAST, "'\\x%.*s'::bytea", STR_ARGS(buf_view(&hex)));
    tr->too_long = tr->too_long || hex.failed;
    buf_free(&hex);
    term.form = FORM_CONSTANT;
    term.bytes = bytes;
    return term;
}

struct term term_boolean(struct translator *tr, bool value)
{
    struct term term = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_ATOM, "%s", value ? "true" : "false");

    term.form = FORM_CONSTANT;
    term.integer = value;
    return term;
}

static const enum family families[PG_KIND_COUNT] = {
    [PG_BOOL] = FAMILY_BOOLEAN,       [PG_INT2] = FAMILY_NUMBER,    [PG_INT4] = FAMILY_NUMBER,
    [PG_INT8] = FAMILY_NUMBER,        [PG_FLOAT4] = FAMILY_NUMBER,  [PG_FLOAT8] = FAMILY_NUMBER,
    [PG_NUMERIC] = FAMILY_NUMBER,     [PG_TEXT] = FAMILY_TEXT,      [PG_VARCHAR] = FAMILY_TEXT,
    [PG_CHAR] = FAMILY_TEXT,          [PG_BYTEA] = FAMILY_BLOB,     [PG_DATE] = FAMILY_MOMENT,
    [PG_TIME] = FAMILY_MOMENT,        [PG_TIMETZ] = FAMILY_OTHER,   [PG_TIMESTAMP] = FAMILY_MOMENT,
    [PG_TIMESTAMPTZ] = FAMILY_MOMENT, [PG_INTERVAL] = FAMILY_OTHER, [PG_UUID] = FAMILY_UUID,
    [PG_JSON] = FAMILY_OTHER,         [PG_JSONB] = FAMILY_OTHER,    [PG_INET] = FAMILY_OTHER,
    [PG_CIDR] = FAMILY_OTHER,         [PG_MACADDR] = FAMILY_OTHER,  [PG_ENUM] = FAMILY_ENUM,
};

enum family term_family(const struct term *term)
{
    return term->json == JSON_NONE ? families[term->type.kind] : FAMILY_EXTRACT;
}

const char *family_name(enum family family)
{
    static const char *const names[FAMILY_COUNT] = {
        [FAMILY_BOOLEAN] = "a boolean",
        [FAMILY_NUMBER] = "a number",
        [FAMILY_TEXT] = "a text",
        [FAMILY_BLOB] = "a blob",
        [FAMILY_MOMENT] = "a date or time",
        [FAMILY_UUID] = "a uuid",
        [FAMILY_ENUM] = "an enum",
        [FAMILY_EXTRACT] = "a value out of JSON",
        [FAMILY_OTHER] = "a value of a type that SQLite does not know",
    };

    return names[family];
}

bool term_is_constant(const struct term *term, enum storage storage)
{
    return term->form == FORM_CONSTANT && term->storage == storage;
}

bool term_is_number_constant(const struct term *term)
{
    return term->form == FORM_CONSTANT && term_family(term) == FAMILY_NUMBER;
}

static bool has_instant(const struct term *term)
{
    return term->instant.ptr != NULL && term->instant_of == term->sql.ptr;
}

bool term_is_time(const struct term *term)
{
    return term->form == FORM_NOW || has_instant(term);
}

bool term_is_flag(const struct term *term)
{
    return term_is_constant(term, STORAGE_INTEGER) && (term->integer == 0 || term->integer == 1);
}

struct str term_sql(struct translator *tr, const struct term *term, enum level level)
{
    if (term->level <= level)
        return term->sql;
    return str_printf(tr->arena, "(%.*s)", STR_ARGS(term->sql));
}

struct str term_cast(struct translator *tr, const struct term *term, const char *type)
{
    return str_printf(tr->arena, "%.*s::%s", STR_ARGS(term_sql(tr, term, LEVEL_CAST)), type);
}

/* Replaces the text and the type; affinity and collation stay, for they are SQLite's. */
static void recast(struct translator *tr, struct term *term, enum pg_kind kind, const char *type)
{
    term->sql = term_cast(tr, term, type);
    term->type = pg_type_of(kind);
    term->level = LEVEL_CAST;
    term->form = FORM_EXPRESSION;
}

bool term_to_number(struct translator *tr, struct term *term, const char *what)
{
    enum family family = term_family(term);

    if (term->form == FORM_NULL || family == FAMILY_NUMBER)
        return true;
    if (family == FAMILY_BOOLEAN) {
        if (term->form == FORM_CONSTANT)
            *term = term_integer(tr, term->integer);
        else
            recast(tr, term, PG_INT4, "integer");
        return true;
    }
    return refuse(tr, "SQLite takes the number at the start of any text; PostgreSQL has no such conversion",
                  "%s with %s", what, family_name(family));
}

bool term_to_operand(struct translator *tr, struct term *term, const char *what)
{
    struct term number;

    if (tr->query == NULL || term_family(term) != FAMILY_TEXT || term->storage != STORAGE_TEXT)
        return term_to_number(tr, term, what);
    if (term->form == FORM_EXPRESSION) {
        number_at_start(tr, term);
        return true;
    }
    if (term->form == FORM_CONSTANT && number_from_text(tr, term->bytes, &number)) {
        *term = number;
        return true;
    }
    if (term->form == FORM_CONSTANT && str_trim(term->bytes).len == 0) {
        *term = term_integer(tr, 0);
        return true;
    }
    return term_to_number(tr, term, what);
}

void term_read_digits(struct translator *tr, struct term *term)
{
    if (term->whole.ptr != NULL && term->instant_of == term->sql.ptr)
        *term = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_CAST, "%.*s", STR_ARGS(term->whole));
}

bool term_to_integer(struct translator *tr, struct term *term, const char *what)
{
    if (!term_to_number(tr, term, what))
        return false;
    if (term->form == FORM_NULL || (term->storage == STORAGE_INTEGER && pg_kind_is_integer(term->type.kind)))
        return true;
    return refuse(tr, "its operands are not known to be integers", "%s", what);
}

void term_to_double(struct translator *tr, struct term *term)
{
    if (term->form != FORM_NULL && (term->type.kind != PG_FLOAT8 || term->form == FORM_CONSTANT))
        recast(tr, term, PG_FLOAT8, "double precision");
}

/* A column whose whole numbers SQLite keeps as INTEGERs, and whose fractions it prints without an exponent.
 */
static bool is_short_decimal(const struct term *term)
{
    return term->form == FORM_EXPRESSION && term->storage == STORAGE_NUMBER &&
           term->type.kind == PG_NUMERIC && term->type.precision > 0 && term->type.precision <= 15 &&
           term->type.scale <= 4;
}

static bool number_to_text(struct translator *tr, struct term *term, const char *what)
{
    if (is_short_decimal(term)) {
        *term =
            term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_CAST, "trim_scale(%.*s)::text", STR_ARGS(term->sql));
        return true;
    }
    if (!term_to_integer(tr, term, what))
        return false;
    if (term->form == FORM_CONSTANT) {
        struct str digits = str_printf(tr->arena, "%lld", (long long)term->integer);

        return term_text(tr, digits, term);
    }
    recast(tr, term, PG_TEXT, "text");
    term->storage = STORAGE_TEXT;
    return true;
}

bool term_to_text(struct translator *tr, struct term *term, const char *what)
{
    enum family family = term_family(term);

    if (term->form == FORM_NULL)
        return true;
    if (family == FAMILY_BOOLEAN || (family == FAMILY_NUMBER && term->storage == STORAGE_INTEGER) ||
        is_short_decimal(term))
        return number_to_text(tr, term, what);
    if (family == FAMILY_NUMBER)
        return refuse(tr, "the two databases write numbers with a fraction differently",
                      "%s with a number that is not an integer", what);
    if (family != FAMILY_TEXT)
        return refuse(tr, "the text that SQLite keeps is not known from PostgreSQL's value", "%s with %s",
                      what, family_name(family));
    if (term->type.kind == PG_CHAR)
        recast(tr, term, PG_TEXT, "text");
    return true;
}

bool term_to_condition(struct translator *tr, struct term *term)
{
    enum family family = term_family(term);

    if (term->form == FORM_NULL)
        *term = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_CAST, "NULL::boolean");
    else if (family == FAMILY_BOOLEAN)
        return true;
    else if (term_is_number_constant(term))
        *term = term_boolean(tr, term->storage == STORAGE_REAL ? term->real != 0 : term->integer != 0);
    else if (family == FAMILY_NUMBER && term->form == FORM_EXPRESSION)
        *term = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_COMPARE, "%.*s <> 0",
                          STR_ARGS(term_sql(tr, term, LEVEL_OPERATOR)));
    else
        return refuse(tr, "SQLite asks whether it begins with a number that is not zero", "%s as a condition",
                      family_name(family));
    return true;
}
