#include "transfer/array_text.h"

#include <string.h>

#include "transfer/encode_field.h"
#include "transfer/json_check.h"

static const char no_array[] = "no array";

static enum array_event fail(struct array_text *reader, const char *reason)
{
    reader->reason = reason;
    return ARRAY_FAILS;
}

/* array_isspace() of PostgreSQL, and what JSON has too. */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct array_text *reader)
{
    while (reader->at < reader->end && is_space(*reader->at))
        reader->at++;
}

static char *room_of(struct array_text *reader, size_t size)
{
    if (size > reader->capacity) {
        reader->capacity = 2 * size;
        reader->room = arena_alloc(reader->arena, reader->capacity);
    }
    return reader->room;
}

bool array_text_is_null(struct str text)
{
    return str_is(str_trim(text), "null");
}

/* ---- bounds: [0:2][1:3]= ---- */

static bool take_bound(struct array_text *reader, char end, int32_t *bound)
{
    const char *start = reader->at;
    int64_t number;

    while (reader->at < reader->end && *reader->at != end)
        reader->at++;
    if (reader->at == reader->end || reader->at - start > 12 ||
        !str_to_int64((struct str){start, (size_t)(reader->at - start)}, &number) || number < INT32_MIN ||
        number > INT32_MAX)
        return false;
    reader->at++;
    *bound = (int32_t)number;
    return true;
}

static bool take_bounds(struct array_text *reader)
{
    while (reader->at < reader->end && *reader->at == '[') {
        int32_t lower;
        int32_t upper;

        reader->at++;
        /* An upper bound of 2^31-1 has no successor, which PostgreSQL wants. */
        if (reader->bounds == ARRAY_DIMENSIONS || !take_bound(reader, ':', &lower) ||
            !take_bound(reader, ']', &upper) || upper < lower || upper == INT32_MAX)
            return false;
        reader->lower[reader->bounds] = lower;
        reader->counts[reader->bounds++] = (int64_t)upper - lower + 1;
    }
    return reader->at < reader->end && *reader->at++ == '=';
}

/* Of JSON an equals sign stands in strings alone, and a quote before it. */
static bool has_bounds(const struct array_text *reader)
{
    for (const char *at = reader->at; at < reader->end; at++) {
        if (*at == '=')
            return true;
        if (!ascii_is_digit(*at) && memchr("[]:+-", *at, 5) == NULL)
            return false;
    }
    return false;
}

bool array_text_begin(struct array_text *reader, struct str text, bool values)
{
    reader->at = text.ptr;
    reader->end = text.ptr == NULL ? NULL : text.ptr + text.len;
    reader->values = values;
    reader->depth = 0;
    reader->item_before = reader->comma_before = false;
    reader->bounds = 0;
    reader->reason = no_array;
    skip_space(reader);
    reader->json = reader->at < reader->end && *reader->at == '[' && !has_bounds(reader);
    if (reader->json) {
        reader->reason = json_check(text, false);
        return reader->reason == NULL;
    }
    if (reader->at < reader->end && *reader->at == '[' && !take_bounds(reader)) {
        reader->reason = "an array with bounds that PostgreSQL does not have";
        return false;
    }
    if (reader->at == reader->end || *reader->at != '{')
        return false;
    reader->reason = text_misfit(text);
    return reader->reason == NULL;
}

/* ---- PostgreSQL's literal ---- */

/* Every character behind a backslash is itself. */
static struct str without_backslashes(struct array_text *reader, struct str text)
{
    char *room;
    size_t length = 0;

    if (str_find(text, '\\') < 0)
        return text;
    room = room_of(reader, text.len);
    for (size_t i = 0; i < text.len; i++) {
        i += text.ptr[i] == '\\';
        room[length++] = text.ptr[i];
    }
    return (struct str){room, length};
}

static enum array_event give_text(struct array_text *reader, struct str text)
{
    reader->kind = ITEM_TEXT;
    reader->text = without_backslashes(reader, text);
    reader->item_before = true;
    reader->comma_before = false;
    return ARRAY_ITEM;
}

static enum array_event take_quoted(struct array_text *reader)
{
    const char *start = ++reader->at;

    for (; reader->at < reader->end && *reader->at != '"'; reader->at++)
        if (*reader->at == '\\' && ++reader->at == reader->end)
            break;
    if (reader->at >= reader->end)
        return fail(reader, no_array);
    return give_text(reader, (struct str){start, (size_t)(reader->at++ - start)});
}

/* Without quotes: up to what separates items, and without the white space before that. */
static enum array_event take_bare(struct array_text *reader)
{
    const char *start = reader->at;
    const char *last = start; /* behind the last that counts */
    struct str text;

    while (reader->at < reader->end && memchr(",{}\"", *reader->at, 4) == NULL) {
        bool counts = !is_space(*reader->at);

        if (*reader->at == '\\' && ++reader->at == reader->end)
            return fail(reader, no_array);
        reader->at++;
        if (counts)
            last = reader->at;
    }
    if (reader->at == reader->end || (*reader->at != ',' && *reader->at != '}'))
        return fail(reader, no_array);
    text = (struct str){start, (size_t)(last - start)};
    (void)give_text(reader, text);
    if (str_is_nocase(text, "NULL"))
        reader->kind = ITEM_NULL;
    return ARRAY_ITEM;
}

static enum array_event open_or_close(struct array_text *reader, bool opens)
{
    if (opens ? reader->item_before : reader->comma_before || reader->depth == 0)
        return fail(reader, no_array);
    reader->at++;
    reader->depth += opens ? 1 : (size_t)-1;
    reader->item_before = !opens;
    reader->comma_before = false;
    return opens ? ARRAY_OPENS : ARRAY_CLOSES;
}

static enum array_event next_of_literal(struct array_text *reader)
{
    skip_space(reader);
    if (reader->depth == 0 && reader->item_before)
        return reader->at == reader->end ? ARRAY_ENDS : fail(reader, no_array);
    if (reader->at < reader->end && *reader->at == ',') {
        if (!reader->item_before)
            return fail(reader, no_array);
        reader->item_before = false;
        reader->comma_before = true;
        reader->at++;
        skip_space(reader);
    }
    if (reader->at == reader->end)
        return fail(reader, no_array);
    if (*reader->at == '{' || *reader->at == '}')
        return open_or_close(reader, *reader->at == '{');
    if (reader->item_before || *reader->at == ',')
        return fail(reader, no_array);
    return *reader->at == '"' ? take_quoted(reader) : take_bare(reader);
}

/* ---- JSON, which is known to be well formed ---- */

static unsigned code_unit(const char *digits)
{
    unsigned unit = 0;

    for (int i = 0; i < 4; i++)
        unit = unit * 16 + (unsigned)hex_digit(digits[i]);
    return unit;
}

static char *put_character(char *to, unsigned character)
{
    static const unsigned char marks[] = {0, 0xc0, 0xe0, 0xf0};
    int more = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;

    *to++ = (char)(unsigned char)(marks[more] | character >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(unsigned char)(0x80 | (character >> (6 * more) & 0x3f));
    return to;
}

/* What stands behind a backslash; *from goes on behind it. */
static char *put_escaped(char *to, const char **from)
{
    static const char letters[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    const char *letter = memchr(letters, **from, sizeof(letters) - 1);
    unsigned character;

    if (**from != 'u') {
        *to++ = letter != NULL ? meant[letter - letters] : **from;
        (*from)++;
        return to;
    }
    character = code_unit(*from + 1);
    *from += 5;
    if (character >= 0xd800 && character <= 0xdbff) {
        character = 0x10000 + ((character - 0xd800) << 10) + (code_unit(*from + 2) - 0xdc00);
        *from += 6;
    }
    return put_character(to, character);
}

static struct str without_escapes(struct array_text *reader, struct str text)
{
    const char *from = text.ptr;
    char *room;
    char *to;

    if (str_find(text, '\\') < 0)
        return text;
    to = room = room_of(reader, text.len);
    while (from < text.ptr + text.len) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        from++;
        to = put_escaped(to, &from);
    }
    return (struct str){room, (size_t)(to - room)};
}

static void skip_string(struct array_text *reader)
{
    for (reader->at++; *reader->at != '"'; reader->at++)
        reader->at += *reader->at == '\\';
    reader->at++;
}

/* A number, a word, a string, or all up to the bracket that closes. */
static void skip_value(struct array_text *reader)
{
    size_t depth = 0;

    do {
        if (*reader->at == '"') {
            skip_string(reader);
            continue;
        }
        depth += *reader->at == '[' || *reader->at == '{';
        depth -= *reader->at == ']' || *reader->at == '}';
        reader->at++;
    } while (depth > 0 || (reader->at[-1] != ']' && reader->at[-1] != '}' && reader->at[-1] != '"' &&
                           memchr(",]} \t\n\r", *reader->at, 7) == NULL));
}

static enum array_item kind_of(const struct array_text *reader, char first)
{
    if (first == 'n')
        return ITEM_NULL;
    if (reader->values || first == '{' || first == '[')
        return ITEM_JSON;
    return first == '"' ? ITEM_TEXT : first == 't' ? ITEM_TRUE : first == 'f' ? ITEM_FALSE : ITEM_NUMBER;
}

static enum array_event next_of_json(struct array_text *reader)
{
    const char *start;

    while (reader->at < reader->end && (is_space(*reader->at) || *reader->at == ','))
        reader->at++;
    if (reader->at == reader->end)
        return ARRAY_ENDS;
    if (*reader->at == ']' || (*reader->at == '[' && !(reader->values && reader->depth > 0))) {
        bool opens = *reader->at++ == '[';

        reader->depth += opens ? 1 : (size_t)-1;
        return opens ? ARRAY_OPENS : ARRAY_CLOSES;
    }
    start = reader->at;
    reader->kind = kind_of(reader, *start);
    skip_value(reader);
    reader->text = (struct str){start, (size_t)(reader->at - start)};
    if (reader->kind == ITEM_TEXT)
        reader->text = without_escapes(reader, str_slice(reader->text, 1, reader->text.len - 1));
    return ARRAY_ITEM;
}

enum array_event array_text_next(struct array_text *reader)
{
    return reader->json ? next_of_json(reader) : next_of_literal(reader);
}
