#include <string.h>

#include "schema/translate_time.h"

#define UTC_NOW "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'"

/* strftime()'s letters as to_char()'s patterns. */
static const struct {
    char letter;
    const char *pattern;
} letters[] = {
    {'Y', "YYYY"}, {'m', "MM"},    {'d', "DD"},  {'H', "HH24"},       {'M', "MI"},
    {'S', "SS"},   {'f', "SS.MS"}, {'j', "DDD"}, {'F', "YYYY-MM-DD"}, {'T', "HH24:MI:SS"},
};

/* Texts of the current time that stand for one moment, so that a column of dates may take it. */
static const struct {
    const char *pattern;
    enum now_what what;
} patterns[] = {
    {"YYYY-MM-DD", NOW_DATE},
    {"HH24:MI:SS", NOW_TIME},
    {"YYYY-MM-DD HH24:MI:SS", NOW_TIMESTAMP},
    {"YYYY-MM-DD HH24:MI:SS.MS", NOW_INSTANT},
    {"YYYY-MM-DD\"T\"HH24:MI:SS", NOW_INSTANT},
    {"YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"", NOW_INSTANT},
    {"YYYY-MM-DD\"T\"HH24:MI:SS.MS", NOW_INSTANT},
    {"YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"", NOW_INSTANT},
};

/* How many characters to_char() makes of it: quotes and the 24 of HH24 are not shown, MS has three digits. */
static int shown_length(const char *pattern)
{
    int length = (int)strlen(pattern);

    for (const char *p = pattern; *p != '\0'; p++)
        length -= (*p == '"') + 2 * (strncmp(p, "HH24", 4) == 0) - (strncmp(p, "MS", 2) == 0);
    return length;
}

struct term time_text(struct translator *tr, struct str timestamp, const char *pattern)
{
    struct term term =
        term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "to_char(%.*s, '%s')", STR_ARGS(timestamp), pattern);

    term.form = FORM_NOW;
    term.now = NOW_OTHER;
    term.now_length = shown_length(pattern);
    for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++)
        if (strcmp(pattern, patterns[i].pattern) == 0)
            term.now = patterns[i].what;
    return term;
}

static struct term now_as_text(struct translator *tr, const char *pattern)
{
    return time_text(tr, str_from(UTC_NOW), pattern);
}

static struct term now_as_epoch(struct translator *tr, bool text)
{
    struct term term =
        term_make(tr, text ? PG_TEXT : PG_INT8, text ? STORAGE_TEXT : STORAGE_INTEGER, LEVEL_CAST,
                  "floor(extract(epoch from CURRENT_TIMESTAMP))::bigint%s", text ? "::text" : "");

    term.form = FORM_NOW;
    term.now = NOW_EPOCH;
    term.now_length = 10;
    if (text) {
        term.whole = str_from("floor(extract(epoch from CURRENT_TIMESTAMP))::bigint");
        term.instant_of = term.sql.ptr;
    }
    return term;
}

/* Julian day 2440587.5 is 1970-01-01 00:00 UTC. */
static struct term now_as_julian(struct translator *tr)
{
    struct term term =
        term_make(tr, PG_FLOAT8, STORAGE_REAL, LEVEL_CAST,
                  "(extract(epoch from CURRENT_TIMESTAMP) / 86400.0 + 2440587.5)::double precision");

    term.form = FORM_NOW;
    term.now = NOW_JULIAN;
    return term;
}

bool now_term(struct translator *tr, struct str keyword, struct term *out)
{
    bool date = str_is(keyword, "CURRENT_DATE");

    *out = now_as_text(tr, date                              ? "YYYY-MM-DD"
                           : str_is(keyword, "CURRENT_TIME") ? "HH24:MI:SS"
                                                             : "YYYY-MM-DD HH24:MI:SS");
    return true;
}

static bool format_letter(struct buf *pattern, char letter)
{
    for (size_t i = 0; i < ARRAY_LENGTH(letters); i++)
        if (letters[i].letter == letter) {
            buf_text(pattern, letters[i].pattern);
            return true;
        }
    return false;
}

/* A strftime() format as a to_char() pattern; letters that stand for themselves go in quotes. */
bool time_pattern(struct str format, struct buf *pattern)
{
    for (size_t i = 0; i < format.len; i++) {
        char c = format.ptr[i];

        if (c == '%') {
            if (++i >= format.len || !format_letter(pattern, format.ptr[i]))
                return false;
        } else if (ascii_is_alpha(c)) {
            buf_printf(pattern, "\"%c\"", c);
        } else if (strchr("-:/., ", c) != NULL && c != '\0') {
            buf_byte(pattern, c);
        } else {
            return false;
        }
    }
    return !pattern->failed;
}

static bool format_now(struct translator *tr, const struct term *format, struct term *out)
{
    struct instant now = {.sql = str_from("(" UTC_NOW ")"), .now = true};
    struct buf pattern;
    bool known;

    if (!term_is_constant(format, STORAGE_TEXT))
        return refuse(tr, "its format is not a literal", "function strftime()");
    if (str_is(format->bytes, "%s")) {
        *out = now_as_epoch(tr, true);
        return true;
    }
    buf_init(&pattern, 256);
    known = time_pattern(format->bytes, &pattern);
    if (known)
        *out = now_as_text(tr, str_cstr(tr->arena, buf_view(&pattern)));
    buf_free(&pattern);
    return known || instant_format(tr, "strftime", format->bytes, &now, out);
}

/* 'now', or CURRENT_TIMESTAMP, or nothing at all; no modifiers. */
static bool only_now(const struct term *args, size_t count)
{
    if (count == 0)
        return true;
    return count == 1 && ((args[0].form == FORM_NOW && args[0].now == NOW_TIMESTAMP) ||
                          (term_is_constant(&args[0], STORAGE_TEXT) && str_is_nocase(args[0].bytes, "now")));
}

static const struct {
    const char *name;
    const char *pattern;
    const char *format;
} texts[] = {{"date", "YYYY-MM-DD", "%Y-%m-%d"},
             {"time", "HH24:MI:SS", "%H:%M:%S"},
             {"datetime", "YYYY-MM-DD HH24:MI:SS", "%Y-%m-%d %H:%M:%S"}};

/* The time in a value, or the current one with modifiers. */
static bool time_of(struct translator *tr, const char *name, struct term *args, size_t count,
                    struct term *out)
{
    size_t formats = strcmp(name, "strftime") == 0 ? 1 : 0;
    struct instant instant;

    if (formats == 1 && !term_is_constant(&args[0], STORAGE_TEXT))
        return refuse(tr, "its format is not a literal", "function strftime()");
    if (!instant_from(tr, name, args + formats, count - formats, &instant))
        return false;
    if (formats == 1)
        return instant_format(tr, name, args[0].bytes, &instant, out);
    if (strcmp(name, "unixepoch") == 0)
        instant_epoch(tr, &instant, out);
    else if (strcmp(name, "julianday") == 0)
        instant_julian(tr, &instant, out);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (strcmp(name, texts[i].name) == 0)
            return instant_format(tr, name, str_from(texts[i].format), &instant, out);
    return true;
}

bool time_function(struct translator *tr, const char *name, struct term *args, size_t count, struct term *out)
{
    size_t formats = strcmp(name, "strftime") == 0 ? 1 : 0;

    if (!only_now(args + formats, count - formats))
        return time_of(tr, name, args, count, out);
    if (formats == 1)
        return format_now(tr, &args[0], out);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (strcmp(name, texts[i].name) == 0)
            *out = now_as_text(tr, texts[i].pattern);
    if (strcmp(name, "unixepoch") == 0)
        *out = now_as_epoch(tr, false);
    if (strcmp(name, "julianday") == 0)
        *out = now_as_julian(tr);
    return true;
}

#define NOW_BIT(what) (1u << (what))
#define NOW_ANY_INSTANT                                                                                      \
    (NOW_BIT(NOW_TIMESTAMP) | NOW_BIT(NOW_INSTANT) | NOW_BIT(NOW_EPOCH) | NOW_BIT(NOW_JULIAN))

/* A DEFAULT keeps the server's fraction, as the frameworks' own defaults do; a comparison is to the second.
 */
static const struct {
    enum pg_kind kind;
    unsigned whats;
    enum level level;
    const char *whole; /* to the second; NULL: not comparable */
    const char *exact;
} renderings[] = {
    {PG_TIMESTAMP, NOW_BIT(NOW_TIMESTAMP), LEVEL_ATOM, "date_trunc('second', " UTC_NOW ")", "(" UTC_NOW ")"},
    {PG_TIMESTAMP, NOW_ANY_INSTANT, LEVEL_ATOM, NULL, "(" UTC_NOW ")"},
    {PG_TIMESTAMP, NOW_BIT(NOW_DATE), LEVEL_ATOM, "date_trunc('day', " UTC_NOW ")",
     "date_trunc('day', " UTC_NOW ")"},
    {PG_TIMESTAMPTZ, NOW_BIT(NOW_TIMESTAMP), LEVEL_ATOM, "date_trunc('second', CURRENT_TIMESTAMP)",
     "CURRENT_TIMESTAMP"},
    {PG_TIMESTAMPTZ, NOW_ANY_INSTANT, LEVEL_ATOM, NULL, "CURRENT_TIMESTAMP"},
    {PG_TIMESTAMPTZ, NOW_BIT(NOW_DATE), LEVEL_ATOM, "(date_trunc('day', " UTC_NOW ") AT TIME ZONE 'UTC')",
     "(date_trunc('day', " UTC_NOW ") AT TIME ZONE 'UTC')"},
    {PG_DATE, NOW_BIT(NOW_DATE), LEVEL_CAST, "(" UTC_NOW ")::date", "(" UTC_NOW ")::date"},
    {PG_TIME, NOW_BIT(NOW_TIME), LEVEL_CAST, "date_trunc('second', " UTC_NOW ")::time",
     "(" UTC_NOW ")::time"},
    {PG_INT4, NOW_BIT(NOW_EPOCH), LEVEL_CAST, NULL, "floor(extract(epoch from CURRENT_TIMESTAMP))::bigint"},
    {PG_INT8, NOW_BIT(NOW_EPOCH), LEVEL_CAST, NULL, "floor(extract(epoch from CURRENT_TIMESTAMP))::bigint"},
    {PG_NUMERIC, NOW_BIT(NOW_EPOCH), LEVEL_CAST, NULL,
     "floor(extract(epoch from CURRENT_TIMESTAMP))::bigint"},
    {PG_FLOAT8, NOW_BIT(NOW_EPOCH), LEVEL_CAST, NULL, "floor(extract(epoch from CURRENT_TIMESTAMP))::bigint"},
    {PG_FLOAT8, NOW_BIT(NOW_JULIAN), LEVEL_CAST, NULL,
     "(extract(epoch from CURRENT_TIMESTAMP) / 86400.0 + 2440587.5)::double precision"},
};

static bool now_to_text(struct translator *tr, const struct term *now, const struct pg_type *type,
                        struct term *out)
{
    if (type->length > 0 && now->now_length > type->length)
        return refuse(tr, "its text is longer than the type", "the current time for %.*s",
                      STR_ARGS(pg_type_text(tr->arena, type)));
    *out = *now;
    return term_to_text(tr, out, "the current time");
}

bool now_to_type(struct translator *tr, const struct term *now, const struct pg_type *type, bool whole,
                 struct term *out)
{
    if (pg_kind_is_textual(type->kind) && type->kind != PG_ENUM)
        return now_to_text(tr, now, type, out);
    if (now->form != FORM_NOW)
        return instant_to_type(tr, now, type, whole, out);
    for (size_t i = 0; i < ARRAY_LENGTH(renderings); i++) {
        const char *sql = whole ? renderings[i].whole : renderings[i].exact;

        if (renderings[i].kind != type->kind || (renderings[i].whats & NOW_BIT(now->now)) == 0)
            continue;
        if (sql == NULL)
            break;
        *out = term_make(tr, type->kind, STORAGE_OTHER, renderings[i].level, "%s", sql);
        return true;
    }
    return refuse(tr, "this form of the current time is no value of the type", "the current time for %s",
                  pg_kind_name(type->kind));
}
