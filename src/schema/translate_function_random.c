/*
 * SQLite's random values, out of gen_random_uuid(): the only source of random bits beyond the 48 of random()
 * that all servers from 14 on have without an extension.  The last 12 digits of its text are all random.
 */
#include <string.h>

#include "schema/ident.h"
#include "schema/translate_call.h"

enum {
    UUID_DIGITS = 12, /* random digits at the end of the text of a UUID */
    TEXT_MAXIMUM = 256,
    BLOB_MAXIMUM = 64
};

/* A text of random digits: each character a literal, or one of these. */
enum random_character {
    RANDOM_LOWER = 1, /* 0-9a-f */
    RANDOM_UPPER,
    VARIANT_LOWER, /* one of 8, 9, a, b */
    VARIANT_UPPER,
    RANDOM_LAST = VARIANT_UPPER
};

struct random_text {
    char text[TEXT_MAXIMUM];
    size_t length;
    bool random;
};

static bool is_call(const struct expr *expr, const char *name, size_t count)
{
    return expr->kind == EXPR_FUNCTION && expr->item_count == count && !expr->star &&
           str_is_nocase(expr->name, name);
}

static bool put(struct random_text *out, char c, size_t times)
{
    if (out->length + times > TEXT_MAXIMUM || c == '\0')
        return false;
    memset(out->text + out->length, c, times);
    out->length += times;
    out->random = out->random || c <= RANDOM_LAST;
    return true;
}

static bool read_text(const struct expr *expr, struct random_text *out);

static bool read_literal(struct str text, struct random_text *out)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || !put(out, text.ptr[i], 1))
            return false;
    return true;
}

/* randomblob(n) with fewer bytes than one makes one. */
static bool blob_bytes(const struct expr *expr, size_t *bytes)
{
    if (!is_call(expr, "randomblob", 1) || expr->items[0]->kind != EXPR_INTEGER ||
        expr->items[0]->integer > BLOB_MAXIMUM)
        return false;
    *bytes = expr->items[0]->integer < 1 ? 1 : (size_t)expr->items[0]->integer;
    return true;
}

static char fold(char c, bool upper)
{
    if (c == RANDOM_LOWER || c == RANDOM_UPPER)
        return upper ? RANDOM_UPPER : RANDOM_LOWER;
    if (c == VARIANT_LOWER || c == VARIANT_UPPER)
        return upper ? VARIANT_UPPER : VARIANT_LOWER;
    if (upper)
        return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    return ascii_lower(c);
}

static bool read_folded(const struct expr *expr, bool upper, struct random_text *out)
{
    size_t start = out->length;

    if (!read_text(expr, out))
        return false;
    for (size_t i = start; i < out->length; i++)
        out->text[i] = fold(out->text[i], upper);
    return true;
}

static bool is_number(const struct expr *expr, int64_t value)
{
    return expr->kind == EXPR_INTEGER && expr->integer == value;
}

/* abs(random()) % 4 */
static bool is_one_of_four(const struct expr *expr)
{
    return expr->kind == EXPR_BINARY && strcmp(expr->op, "%") == 0 && is_number(expr->items[1], 4) &&
           is_call(expr->items[0], "abs", 1) && is_call(expr->items[0]->items[0], "random", 0);
}

/* abs(random()) % 4 + 1, or 1 + abs(random()) % 4 */
static bool is_one_to_four(const struct expr *expr)
{
    if (expr->kind != EXPR_BINARY || strcmp(expr->op, "+") != 0)
        return false;
    return (is_one_of_four(expr->items[0]) && is_number(expr->items[1], 1)) ||
           (is_one_of_four(expr->items[1]) && is_number(expr->items[0], 1));
}

/* substr('89ab', abs(random()) % 4 + 1, 1): the variant of a UUID. */
static char variant_of(const struct expr *expr)
{
    const struct expr *text = expr->items[0];

    if (text->kind != EXPR_TEXT || expr->item_count != 3 || !is_number(expr->items[2], 1) ||
        !is_one_to_four(expr->items[1]))
        return '\0';
    if (str_is(text->text, "89ab") || str_is(text->text, "ab89"))
        return VARIANT_LOWER;
    return str_is(text->text, "89AB") || str_is(text->text, "AB89") ? VARIANT_UPPER : '\0';
}

static bool read_part(const struct expr *expr, struct random_text *out)
{
    struct random_text whole = {.length = 0};
    char variant = variant_of(expr);
    size_t from;
    size_t count;

    if (variant != '\0')
        return put(out, variant, 1);
    for (size_t i = 1; i < expr->item_count; i++)
        if (expr->items[i]->kind != EXPR_INTEGER || expr->items[i]->integer < 1 ||
            expr->items[i]->integer > TEXT_MAXIMUM)
            return false;
    if (!read_text(expr->items[0], &whole))
        return false;
    from = (size_t)expr->items[1]->integer - 1;
    from = from < whole.length ? from : whole.length;
    count = whole.length - from;
    if (expr->item_count == 3 && (size_t)expr->items[2]->integer < count)
        count = (size_t)expr->items[2]->integer;
    for (size_t i = from; i < from + count; i++)
        if (!put(out, whole.text[i], 1))
            return false;
    return true;
}

static bool read_text(const struct expr *expr, struct random_text *out)
{
    size_t bytes;

    if (expr->kind == EXPR_TEXT)
        return read_literal(expr->text, out);
    if (expr->kind == EXPR_BINARY && strcmp(expr->op, "||") == 0)
        return read_text(expr->items[0], out) && read_text(expr->items[1], out);
    if (is_call(expr, "lower", 1) || is_call(expr, "upper", 1))
        return read_folded(expr->items[0], is_call(expr, "upper", 1), out);
    if (is_call(expr, "hex", 1) && blob_bytes(expr->items[0], &bytes))
        return put(out, RANDOM_UPPER, 2 * bytes);
    if (is_call(expr, "substr", 2) || is_call(expr, "substr", 3) || is_call(expr, "substring", 2) ||
        is_call(expr, "substring", 3))
        return read_part(expr, out);
    return false;
}

/* Random digits, as texts of UUIDs joined. */
static void put_digits(struct buf *out, size_t count)
{
    for (size_t left = count; left > 0;) {
        size_t some = left < UUID_DIGITS ? left : UUID_DIGITS;

        buf_printf(out, "%sright(gen_random_uuid()::text, %zu)", left < count ? " || " : "", some);
        left -= some;
    }
}

static void put_run(struct buf *out, const char *run, size_t count)
{
    if (run[0] == RANDOM_UPPER)
        buf_text(out, "upper(");
    if (run[0] == RANDOM_LOWER || run[0] == RANDOM_UPPER)
        put_digits(out, count);
    else if (run[0] <= RANDOM_LAST)
        buf_printf(out, "substr('%s', 1 + floor(random() * 4)::integer, 1)",
                   run[0] == VARIANT_LOWER ? "89ab" : "89AB");
    else
        literal_quote(out, (struct str){run, count});
    if (run[0] == RANDOM_UPPER)
        buf_byte(out, ')');
}

/* How many characters from `at` on are written as one. */
static size_t run_length(const struct random_text *text, size_t at)
{
    const char *run = text->text + at;
    bool literal = *run > RANDOM_LAST;
    size_t count = 1;

    if (*run == VARIANT_LOWER || *run == VARIANT_UPPER)
        return 1;
    while (at + count < text->length && (literal ? run[count] > RANDOM_LAST : run[count] == *run))
        count++;
    return count;
}

/* xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx, of one case. */
static bool is_version_four(const struct random_text *text)
{
    bool upper = text->text[0] == RANDOM_UPPER;

    if (text->length != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        char expected = upper ? RANDOM_UPPER : RANDOM_LOWER;

        if (i == 8 || i == 13 || i == 18 || i == 23)
            expected = '-';
        if (i == 14)
            expected = '4';
        if (i == 19)
            expected = upper ? VARIANT_UPPER : VARIANT_LOWER;
        if (text->text[i] != expected)
            return false;
    }
    return true;
}

static void make_text(struct translator *tr, const struct random_text *text, struct term *out)
{
    bool upper = text->text[0] == RANDOM_UPPER;
    enum level level;
    struct buf sql;

    if (is_version_four(text)) {
        *out = term_make(tr, PG_TEXT, STORAGE_TEXT, upper ? LEVEL_ATOM : LEVEL_CAST, "%s",
                         upper ? "upper(gen_random_uuid()::text)" : "gen_random_uuid()::text");
        return;
    }
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t at = 0; at < text->length; at += run_length(text, at)) {
        if (at > 0)
            buf_text(&sql, " || ");
        put_run(&sql, text->text + at, run_length(text, at));
    }
    level = str_find(buf_view(&sql), '|') < 0 ? LEVEL_ATOM : LEVEL_OPERATOR;
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, level, "%.*s", STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
}

bool random_text(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct random_text text = {.length = 0};

    if ((expr->kind != EXPR_FUNCTION && expr->kind != EXPR_BINARY) || !read_text(expr, &text) || !text.random)
        return false;
    make_text(tr, &text, out);
    return true;
}

/* 32 digits, or 36 characters with dashes where a UUID has them. */
static bool is_uuid(const struct random_text *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char c = text->text[i];
        bool dash = text->length == 36 && (i == 8 || i == 13 || i == 18 || i == 23);
        bool digit =
            c <= RANDOM_LAST || ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');

        if (dash ? c != '-' : !digit)
            return false;
    }
    return text->length == 32 || text->length == 36;
}

bool random_uuid(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct random_text text = {.length = 0};

    if (!read_text(expr, &text) || !text.random || !is_uuid(&text))
        return false;
    for (size_t i = 0; i < text.length; i++)
        text.text[i] = fold(text.text[i], false);
    make_text(tr, &text, out);
    if (is_version_four(&text))
        *out = term_make(tr, PG_UUID, STORAGE_OTHER, LEVEL_ATOM, "gen_random_uuid()");
    else
        *out =
            term_make(tr, PG_UUID, STORAGE_OTHER, LEVEL_CAST, "%.*s", STR_ARGS(term_cast(tr, out, "uuid")));
    return true;
}

/* sqlite3_randomness() gives 64 bits; randomFunc() in func.c then leaves the smallest out. */
bool call_random(struct translator *tr, const struct call *call, struct term *out)
{
    (void)call;
    *out = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_ATOM,
                     "greatest(('x' || left(gen_random_uuid()::text, 8) || "
                     "right(gen_random_uuid()::text, 8))::bit(64)::bigint, -9223372036854775807)");
    return true;
}

bool call_random_blob(struct translator *tr, const struct call *call, struct term *out)
{
    struct buf sql;
    size_t bytes;

    if (!blob_bytes(call->expr, &bytes))
        return refuse(tr, "its size is not a literal of at most 64", "%s", call->what);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_digits(&sql, 2 * bytes);
    *out = term_make(tr, PG_BYTEA, STORAGE_BLOB, LEVEL_ATOM, "decode(%.*s, 'hex')", STR_ARGS(buf_view(&sql)));
    buf_free(&sql);
    return true;
}

/* ---- each random value is drawn once ---- */

static size_t count_of(struct str sql, struct str word)
{
    size_t count = 0;

    for (size_t i = 0; i + word.len <= sql.len; i++)
        count += memcmp(sql.ptr + i, word.ptr, word.len) == 0;
    return count;
}

/* A text that says so counts too: then it is refused, which is safe. */
static size_t count_draws(struct str sql)
{
    return count_of(sql, str_from("gen_random_uuid()")) + count_of(sql, str_from("random()"));
}

static size_t draws_of_call(const struct expr *expr)
{
    size_t bytes;

    if (is_call(expr, "random", 0))
        return 2;
    return blob_bytes(expr, &bytes) ? (2 * bytes + UUID_DIGITS - 1) / UUID_DIGITS : 0;
}

static size_t expected_draws(struct translator *tr, const struct expr *expr)
{
    size_t count = draws_of_call(expr);
    struct term term;

    if (random_text(tr, expr, &term))
        return count_draws(term.sql);
    for (size_t i = 0; i < expr->item_count; i++)
        count += expected_draws(tr, expr->items[i]);
    count += expr->operand == NULL ? 0 : expected_draws(tr, expr->operand);
    return count + (expr->otherwise == NULL ? 0 : expected_draws(tr, expr->otherwise));
}

/* PostgreSQL evaluates the left side of BETWEEN, and of IN with more than literals, more than once. */
static bool repeats(struct translator *tr, const struct expr *expr)
{
    return (expr->kind == EXPR_BETWEEN || expr->kind == EXPR_IN) && expected_draws(tr, expr->items[0]) > 0;
}

bool random_is_drawn_once(struct translator *tr, const struct expr *expr, const struct term *term)
{
    if (!repeats(tr, expr) && count_draws(term->sql) <= expected_draws(tr, expr))
        return true;
    return refuse(tr, "its PostgreSQL form would draw the random value more than once", "an expression");
}
