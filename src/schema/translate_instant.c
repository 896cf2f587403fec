/*
 * The time in a value, with modifiers: SQLite's documentation, "Date And Time Functions".
 *
 * Everything becomes a timestamp without time zone, in UTC; modifiers are added to it; in the end it is
 * written as the function asks (translate_strftime.c).
 */
#include "schema/translate_time.h"

/* The base, for texts that are no column of dates: the date, the time to minutes or finer, zero offsets. */
#define ISO_8601                                                                                             \
    "'^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]"      \
    "([.][0-9]+)?)?( ?([Zz]|[-+]00:00))?)?$'"

/* What SQLite may read as a time in other ways: offsets, a time of day alone, a Julian day, "now". */
#define OTHER_TIME                                                                                           \
    "'^(-?[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}|\\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)"                \
    "(e[-+]?[0-9]+)?\\s*$|now$)'"

static bool refuse_time(struct translator *tr, const char *name, const char *why)
{
    return refuse(tr, why, "function %s()", name);
}

/* ---- the base ---- */

static bool base_now(struct translator *tr, const char *name, const struct term *arg, struct instant *out)
{
    bool date = arg != NULL && arg->now == NOW_DATE;

    if (arg != NULL && !date && arg->now != NOW_TIMESTAMP)
        return refuse_time(tr, name, "only a date, with or without a time, is carried");
    if (arg != NULL && arg->form != FORM_NOW) {
        out->sql =
            str_printf(tr->arena, "date_trunc('%s', %.*s)", date ? "day" : "second", STR_ARGS(arg->instant));
        out->now = arg->drifts;
        return true;
    }
    out->sql = str_from(date ? "date_trunc('day', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
                             : "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')");
    out->now = true;
    return true;
}

static bool base_literal(struct translator *tr, const char *name, const struct term *arg, struct instant *out)
{
    struct moment moment;
    struct term term;
    struct pg_type type = pg_type_of(PG_TIMESTAMP);

    type.precision = 3;
    if (!translate_moment(arg->bytes, &moment) || moment.date.ptr == NULL || moment.offset ||
        !moment_constant(tr, arg->bytes, &type, &term))
        return refuse_time(tr, name, "its literal is no date and time of ISO 8601 to milliseconds");
    out->sql = term.sql;
    return true;
}

static void base_moment(struct translator *tr, const struct term *arg, struct instant *out)
{
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (arg->type.kind == PG_TIMESTAMPTZ)
        buf_printf(&sql, "(%.*s AT TIME ZONE 'UTC')", STR_ARGS(term_sql(tr, arg, LEVEL_CAST)));
    else if (arg->type.kind == PG_DATE)
        buf_printf(&sql, "%.*s::timestamp", STR_ARGS(term_sql(tr, arg, LEVEL_CAST)));
    else if (arg->type.kind == PG_TIME)
        buf_printf(&sql, "('2000-01-01'::date + %.*s)", STR_ARGS(term_sql(tr, arg, LEVEL_SIGN)));
    else
        buf_str(&sql, term_sql(tr, arg, LEVEL_CAST));
    out->sql = buf_to_str(tr->arena, &sql);
    buf_free(&sql);
    out->fine = arg->type.kind != PG_DATE && (arg->type.precision < 0 || arg->type.precision > 3);
}

/* Two digits at a place of an ISO text; 00 where it is shorter. */
static struct str two_digits(struct translator *tr, struct str text, int at)
{
    return str_printf(tr->arena, "coalesce(nullif(substr(%.*s, %d, 2), ''), '0')::integer", STR_ARGS(text),
                      at);
}

/*
 * What SQLite reads as no time is NULL.  Where it would read a time in another way than this does, PostgreSQL
 * stops with an error: the month 0 is none.
 */
static bool base_text(struct translator *tr, const char *name, struct term *arg, struct instant *out)
{
    struct str text;
    struct str plain;

    if (arg->storage != STORAGE_TEXT)
        return refuse_time(tr, name, "the column keeps numbers too, which are Julian days or seconds");
    if (!term_to_text(tr, arg, str_printf(tr->arena, "function %s()", name).ptr))
        return false;
    text = term_sql(tr, arg, LEVEL_CAST);
    plain = arg->sql;
    out->sql = str_printf(
        tr->arena,
        "CASE WHEN %.*s COLLATE \"C\" ~ " ISO_8601
        " THEN make_timestamp(substr(%.*s, 1, 4)::integer, substr(%.*s, 6, 2)::integer, substr(%.*s, 9, "
        "2)::integer, %.*s, %.*s, coalesce(substring(%.*s from '^.{17}([0-9.]+)'), '0')::double precision) "
        "WHEN %.*s COLLATE \"C\" ~* " OTHER_TIME " THEN make_timestamp(1, 0, length(%.*s), 0, 0, 0) END",
        STR_ARGS(text), STR_ARGS(plain), STR_ARGS(plain), STR_ARGS(plain),
        STR_ARGS(two_digits(tr, plain, 12)), STR_ARGS(two_digits(tr, plain, 15)), STR_ARGS(text),
        STR_ARGS(text), STR_ARGS(plain));
    out->fine = true;
    return true;
}

/* 'unixepoch' is the first modifier: seconds since 1970, to milliseconds, within the years that SQLite has.
 */
static bool base_seconds(struct translator *tr, const char *name, struct term *arg, struct instant *out)
{
    bool narrow;
    struct str sql;

    if (term_family(arg) == FAMILY_MOMENT && arg->time_unit == 1) {
        base_moment(tr, arg, out);
        return true;
    }
    if (!term_to_integer(tr, arg, str_printf(tr->arena, "function %s()", name).ptr))
        return false;
    narrow = arg->type.kind == PG_INT4 || arg->type.kind == PG_INT2;
    sql = term_sql(tr, arg, LEVEL_SIGN);
    if (narrow)
        out->sql =
            str_printf(tr->arena, "('1970-01-01'::timestamp + %.*s * '1 second'::interval)", STR_ARGS(sql));
    else
        out->sql = str_printf(tr->arena,
                              "CASE WHEN %.*s BETWEEN -62135596800 AND 253402300799 THEN "
                              "'1970-01-01'::timestamp + %.*s * '1 second'::interval END",
                              STR_ARGS(term_sql(tr, arg, LEVEL_OPERATOR)), STR_ARGS(sql));
    return true;
}

static bool is_word(const struct term *term, const char *word)
{
    return term_is_constant(term, STORAGE_TEXT) && str_is_nocase(term->bytes, word);
}

static bool base_of(struct translator *tr, const char *name, struct term *args, size_t count,
                    struct instant *out)
{
    bool epoch = count > 1 && is_word(&args[1], "unixepoch");
    struct term *arg = &args[0];

    if (epoch)
        return base_seconds(tr, name, arg, out);
    if (count == 0 || (term_is_time(arg) && term_family(arg) == FAMILY_TEXT) || is_word(arg, "now"))
        return base_now(tr, name, count == 0 || is_word(arg, "now") ? NULL : arg, out);
    if (term_is_constant(arg, STORAGE_TEXT))
        return base_literal(tr, name, arg, out);
    if (term_family(arg) == FAMILY_MOMENT && arg->time_unit == 0) {
        base_moment(tr, arg, out);
        return true;
    }
    if (term_family(arg) == FAMILY_TEXT && arg->form == FORM_EXPRESSION)
        return base_text(tr, name, arg, out);
    return refuse_time(tr, name, "a number is a Julian day to it, unless 'unixepoch' says otherwise");
}

/* ---- modifiers ---- */

/* Limits within which SQLite, too, stays within its years. */
static const struct {
    const char *unit;
    int64_t limit;
    bool months; /* added to the first of the month, so that days beyond its end run on into the next */
} units[] = {
    {"second", 2147483647, false}, {"minute", 2147483647, false}, {"hour", 87660000, false},
    {"day", 3652500, false},       {"month", 120000, true},       {"year", 9999, true},
};

/* [+-]N unit[s] */
static bool read_shift(struct str text, int64_t *count, size_t *unit)
{
    size_t at = text.len > 0 && (text.ptr[0] == '+' || text.ptr[0] == '-');
    size_t start = at;
    struct str word;

    while (at < text.len && ascii_is_digit(text.ptr[at]))
        at++;
    if (at == start || !str_to_int64(str_slice(text, 0, at), count) || at >= text.len || text.ptr[at] != ' ')
        return false;
    word = str_trim(str_slice(text, at, text.len));
    if (word.len > 1 && ascii_lower(word.ptr[word.len - 1]) == 's')
        word.len--;
    for (*unit = 0; *unit < ARRAY_LENGTH(units); (*unit)++)
        if (str_is_nocase(word, units[*unit].unit))
            return *count <= units[*unit].limit && *count >= -units[*unit].limit;
    return false;
}

/* SQLite has no date after 9999-12-31, and gives NULL. */
static void end_with_9999(struct translator *tr, struct instant *instant)
{
    if (instant->later)
        instant->sql =
            str_printf(tr->arena, "nullif(least(%.*s, '10000-01-01'::timestamp), '10000-01-01'::timestamp)",
                       STR_ARGS(instant->sql));
    instant->later = false;
}

/* What lies before the year 1 has no form here. */
static void begin_with_1(struct translator *tr, struct instant *instant)
{
    if (instant->earlier)
        instant->sql =
            str_printf(tr->arena,
                       "nullif(greatest(%.*s, '0001-12-31 23:59:59.999 BC'::timestamp), '0001-12-31 "
                       "23:59:59.999 BC'::timestamp)",
                       STR_ARGS(instant->sql));
}

static void shift(struct translator *tr, struct instant *instant, int64_t count, size_t unit)
{
    struct str sql;

    /* Days and shorter units are added up before SQLite looks at the year. */
    if (units[unit].months)
        end_with_9999(tr, instant);
    sql = instant->sql;
    instant->later = instant->later || (count > 0 && !instant->now);
    instant->earlier = instant->earlier || (count < 0 && !instant->now);
    if (!units[unit].months) {
        instant->sql = str_printf(tr->arena, "(%.*s + '%lld %s'::interval)", STR_ARGS(sql), (long long)count,
                                  units[unit].unit);
        return;
    }
    instant->sql = str_printf(
        tr->arena, "(date_trunc('month', %.*s) + '%lld %s'::interval + (%.*s - date_trunc('month', %.*s)))",
        STR_ARGS(sql), (long long)count, units[unit].unit, STR_ARGS(sql), STR_ARGS(sql));
    end_with_9999(tr, instant);
}

static bool start_of(struct translator *tr, struct instant *instant, struct str text)
{
    static const char *const starts[] = {"day", "month", "year"};

    for (size_t i = 0; i < ARRAY_LENGTH(starts); i++)
        if (str_is_nocase(text, str_printf(tr->arena, "start of %s", starts[i]).ptr)) {
            instant->sql = str_printf(tr->arena, "date_trunc('%s', %.*s)", starts[i], STR_ARGS(instant->sql));
            return true;
        }
    return false;
}

/* On to the next such day, unless it is one. */
static bool weekday(struct translator *tr, struct instant *instant, struct str text)
{
    char day = text.len == 9 ? text.ptr[8] : '\0';

    if (day < '0' || day > '6' || !str_is_nocase(str_slice(text, 0, 8), "weekday "))
        return false;
    instant->sql =
        str_printf(tr->arena, "(%.*s + mod(%d - extract(dow from %.*s)::integer, 7) * '1 day'::interval)",
                   STR_ARGS(instant->sql), day - '0' + 7, STR_ARGS(instant->sql));
    instant->later = !instant->now;
    return true;
}

static bool modify(struct translator *tr, const char *name, const struct term *modifier,
                   struct instant *instant)
{
    int64_t count;
    size_t unit;

    if (is_word(modifier, "localtime") || is_word(modifier, "utc"))
        return refuse_time(tr, name, "the result depends on the time zone of the machine");
    if (!term_is_constant(modifier, STORAGE_TEXT))
        return refuse_time(tr, name, "its modifier is not a literal");
    if (read_shift(modifier->bytes, &count, &unit)) {
        shift(tr, instant, count, unit);
        return true;
    }
    end_with_9999(tr, instant);
    if (start_of(tr, instant, modifier->bytes) || weekday(tr, instant, modifier->bytes))
        return true;
    return refuse_time(tr, name, "one of its modifiers has no PostgreSQL form");
}

/* SQLite reckons in milliseconds. */
void instant_round(struct translator *tr, struct instant *instant)
{
    if (!instant->fine || instant->now)
        return;
    if (str_starts_with(instant->sql, "CASE"))
        instant->sql = str_printf(tr->arena, "(%.*s)", STR_ARGS(instant->sql));
    instant->sql = str_printf(tr->arena, "%.*s::timestamp(3)", STR_ARGS(instant->sql));
    instant->fine = false;
}

bool instant_from(struct translator *tr, const char *name, struct term *args, size_t count,
                  struct instant *out)
{
    size_t first = count > 1 && is_word(&args[1], "unixepoch") ? 2 : 1;

    *out = (struct instant){.now = false};
    if (!base_of(tr, name, args, count, out))
        return false;
    if (first < count)
        instant_round(tr, out);
    if (str_starts_with(out->sql, "CASE"))
        out->sql = str_printf(tr->arena, "(%.*s)", STR_ARGS(out->sql));
    for (size_t i = first; i < count; i++)
        if (!modify(tr, name, &args[i], out))
            return false;
    end_with_9999(tr, out);
    begin_with_1(tr, out);
    return true;
}
