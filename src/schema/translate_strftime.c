/* A moment, written as SQLite's functions write it. */
#include <string.h>

#include "schema/ident.h"
#include "schema/translate_time.h"

/* What to_char() would make, in immutable functions, for indexes and generated columns; %W and %w it has not.
 * @ stands for the timestamp. */
static const struct {
    char letter;
    const char *sql;
} pieces[] = {
    {'Y', "lpad(extract(year from @)::text, 4, '0')"},
    {'m', "lpad(extract(month from @)::text, 2, '0')"},
    {'d', "lpad(extract(day from @)::text, 2, '0')"},
    {'H', "lpad(extract(hour from @)::text, 2, '0')"},
    {'M', "lpad(extract(minute from @)::text, 2, '0')"},
    {'S', "lpad(floor(extract(second from @))::text, 2, '0')"},
    {'f', "lpad(round(extract(second from @), 3)::text, 6, '0')"},
    {'j', "lpad(extract(doy from @)::text, 3, '0')"},
    {'w', "extract(dow from @)::text"},
    {'W', "lpad(((extract(doy from @)::integer + 7 - extract(isodow from @)::integer) / 7)::text, 2, '0')"},
    {'s', "floor(extract(epoch from @))::bigint::text"},
};

/* The same as numbers. */
static const struct {
    char letter;
    const char *sql;
} wholes[] = {
    {'Y', "extract(year from @)::bigint"},         {'m', "extract(month from @)::bigint"},
    {'d', "extract(day from @)::bigint"},          {'H', "extract(hour from @)::bigint"},
    {'M', "extract(minute from @)::bigint"},       {'S', "floor(extract(second from @))::bigint"},
    {'j', "extract(doy from @)::bigint"},          {'w', "extract(dow from @)::bigint"},
    {'s', "floor(extract(epoch from @))::bigint"},
};

static const char *piece_of(char letter)
{
    for (size_t i = 0; i < ARRAY_LENGTH(pieces); i++)
        if (pieces[i].letter == letter)
            return pieces[i].sql;
    return NULL;
}

static void put_piece(struct buf *out, const char *piece, struct str timestamp)
{
    for (const char *p = piece; *p != '\0'; p++)
        if (*p == '@')
            buf_str(out, timestamp);
        else
            buf_byte(out, *p);
}

/* Text between the letters, as one literal. */
static void put_literal(struct buf *out, struct buf *literal)
{
    if (literal->len == 0)
        return;
    buf_text(out, out->len > 0 ? " || " : "");
    literal_quote(out, buf_view(literal));
    buf_clear(literal);
}

/* At least one letter must be there: else the text would not be NULL where the time is. */
static bool put_pieces(struct str format, struct str timestamp, struct buf *out)
{
    struct buf literal;
    bool done = true;
    bool any = false;

    buf_init(&literal, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < format.len && done; i++) {
        bool letter = format.ptr[i] == '%' && ++i < format.len && format.ptr[i] != '%';
        const char *piece = letter ? piece_of(format.ptr[i]) : NULL;

        done = i < format.len && (piece != NULL || !letter);
        if (piece == NULL && done) {
            buf_byte(&literal, format.ptr[i]);
            continue;
        }
        put_literal(out, &literal);
        buf_text(out, out->len > 0 && done ? " || " : "");
        if (done)
            put_piece(out, piece, timestamp);
        any = true;
    }
    put_literal(out, &literal);
    buf_free(&literal);
    return done && any && !out->failed;
}

static bool has_letter(struct str format, char letter)
{
    for (size_t i = 0; i + 1 < format.len; i++)
        if (format.ptr[i] == '%' && format.ptr[++i] == letter)
            return true;
    return false;
}

/* Where both could write it, to_char() is what people read. */
static bool in_pieces(struct translator *tr, struct str format, struct instant *instant, struct term *out)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    done = str_utf8_valid_prefix(format) == format.len && put_pieces(format, instant->sql, &sql);
    if (done)
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_OPERATOR, "%.*s", STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
    return done;
}

/* A format of one letter; NULL ptr: it is none, or no number. */
static struct str whole_of(struct translator *tr, struct str format, struct str timestamp)
{
    struct str found = {NULL, 0};
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; format.len == 2 && format.ptr[0] == '%' && i < ARRAY_LENGTH(wholes); i++)
        if (format.ptr[1] == wholes[i].letter) {
            put_piece(&sql, wholes[i].sql, timestamp);
            found = buf_to_str(tr->arena, &sql);
        }
    buf_free(&sql);
    return found;
}

bool instant_format(struct translator *tr, const char *name, struct str format, struct instant *instant,
                    struct term *out)
{
    struct term text;
    struct buf pattern;
    bool known;
    bool done = true;

    if (has_letter(format, 'f') && instant->fine && !instant->now)
        return refuse(tr, "it may have more digits than the milliseconds that SQLite writes", "function %s()",
                      name);
    if (has_letter(format, 's'))
        instant_round(tr, instant);
    buf_init(&pattern, 256);
    known = time_pattern(format, &pattern);
    if (known)
        text = time_text(tr, instant->sql, str_cstr(tr->arena, buf_view(&pattern)));
    buf_free(&pattern);
    if (known && !tr->scope->immutable)
        *out = text;
    else
        done = in_pieces(tr, format, instant, out);
    out->form = FORM_EXPRESSION;
    if (known && done) {
        out->now = text.now;
        out->now_length = text.now_length;
        out->instant = instant->sql;
        out->drifts = instant->now;
    }
    if (done) {
        out->instant_of = out->sql.ptr;
        out->whole = whole_of(tr, format, instant->sql);
    }
    return done || refuse(tr, "its format has a part that to_char() does not make", "function %s()", name);
}

void instant_epoch(struct translator *tr, struct instant *instant, struct term *out)
{
    instant_round(tr, instant);
    *out = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_CAST, "floor(extract(epoch from %.*s))::bigint",
                     STR_ARGS(instant->sql));
}

/* Milliseconds since the noon that Julian days count from, divided as SQLite divides them. */
void instant_julian(struct translator *tr, struct instant *instant, struct term *out)
{
    instant_round(tr, instant);
    *out =
        term_make(tr, PG_FLOAT8, STORAGE_REAL, LEVEL_OPERATOR,
                  "(floor(extract(epoch from %.*s) * 1000) + 210866760000000)::double precision / 86400000.0",
                  STR_ARGS(instant->sql));
}

/* A DEFAULT of the current time keeps the fraction that the server has; @ is the timestamp. */
static const struct {
    enum pg_kind kind;
    enum now_what what;
    enum level level;
    const char *sql;
    const char *drifting;
} renderings[] = {
    {PG_TIMESTAMP, NOW_TIMESTAMP, LEVEL_ATOM, "date_trunc('second', @)", "@"},
    {PG_TIMESTAMP, NOW_DATE, LEVEL_ATOM, "date_trunc('day', @)", NULL},
    {PG_TIMESTAMPTZ, NOW_TIMESTAMP, LEVEL_ATOM, "(date_trunc('second', @) AT TIME ZONE 'UTC')",
     "(@ AT TIME ZONE 'UTC')"},
    {PG_TIMESTAMPTZ, NOW_DATE, LEVEL_ATOM, "(date_trunc('day', @) AT TIME ZONE 'UTC')", NULL},
    {PG_TIMESTAMP, NOW_INSTANT, LEVEL_ATOM, NULL, "@"},
    {PG_TIMESTAMPTZ, NOW_INSTANT, LEVEL_ATOM, NULL, "(@ AT TIME ZONE 'UTC')"},
    {PG_DATE, NOW_DATE, LEVEL_CAST, "@::date", NULL},
    {PG_TIME, NOW_TIME, LEVEL_CAST, "date_trunc('second', @)::time", "@::time"},
};

bool instant_to_type(struct translator *tr, const struct term *text, const struct pg_type *type, bool whole,
                     struct term *out)
{
    for (size_t i = 0; i < ARRAY_LENGTH(renderings); i++) {
        bool drifting = !whole && text->drifts && renderings[i].drifting != NULL;
        struct buf sql;

        if (renderings[i].kind != type->kind || renderings[i].what != text->now)
            continue;
        if (!drifting && renderings[i].sql == NULL)
            break;
        buf_init(&sql, BUF_TEXT_MAXIMUM);
        put_piece(&sql, drifting ? renderings[i].drifting : renderings[i].sql, text->instant);
        *out =
            term_make(tr, type->kind, STORAGE_OTHER, renderings[i].level, "%.*s", STR_ARGS(buf_view(&sql)));
        buf_free(&sql);
        return true;
    }
    return refuse(tr, "this form of a date or time is no value of the type", "a text of a time for %s",
                  pg_kind_name(type->kind));
}
