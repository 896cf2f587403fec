/*
 * What is sent for a cell.
 *
 * PostgreSQL gets texts, which it reads as it reads literals, so that its own types say what is right. SQLite
 * takes anything anywhere: there the column's declared type is held to here, by SQLite's own rules of
 * takes (datatype3.html, 3.1), so that a letter in a number is found now and not by the application.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/buf.h"
#include "ops/seed_intern.h"

static const double EXACT_MAXIMUM = 9007199254740992.0;

static struct pgrade_value text_value(struct str text)
{
    return (struct pgrade_value){
        .type = PGRADE_TEXT, .bytes = text.ptr == NULL ? "" : text.ptr, .size = text.len};
}

/* An element of PostgreSQL's array, in quotes where it is not plain. */
static void put_element(struct buf *out, struct json_object *element)
{
    struct str text = str_from(json_object_get_string(element));

    /* A NUL byte has to be seen by who takes the value, and not to end it. */
    if (json_object_is_type(element, json_type_string))
        text.len = (size_t)json_object_get_string_len(element);
    if (json_object_is_type(element, json_type_array)) {
        buf_byte(out, '{');
        for (size_t i = 0; i < json_object_array_length(element); i++) {
            buf_text(out, i > 0 ? "," : "");
            put_element(out, json_object_array_get_idx(element, i));
        }
        buf_byte(out, '}');
        return;
    }
    if (element == NULL) {
        buf_text(out, "NULL");
        return;
    }
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_byte(out, '\\');
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '"');
}

static struct str array_literal(struct arena *scratch, struct str document)
{
    struct json_object *array = json_tokener_parse(document.ptr);
    struct str literal = document;
    struct buf out;

    if (json_object_is_type(array, json_type_array)) {
        buf_init(&out, BUF_TEXT_MAXIMUM);
        put_element(&out, array);
        literal = buf_to_str(scratch, &out);
        buf_free(&out);
    }
    (void)json_object_put(array);
    return literal;
}

static struct pgrade_value for_postgres(struct arena *scratch, const struct seed_column *column,
                                        const struct seed_cell *cell)
{
    switch (cell->kind) {
    case SEED_TRUE: return text_value(str_from("true"));
    case SEED_FALSE: return text_value(str_from("false"));
    case SEED_DOCUMENT:
        return text_value(str_ends_with(column->type, "[]") ? array_literal(scratch, cell->text)
                                                            : cell->text);
    case SEED_NULL:
    case SEED_TEXT:
    case SEED_NUMBER: break;
    }
    return text_value(cell->text);
}

enum takes {
    TAKES_INTEGER,
    TAKES_TEXT,
    TAKES_BLOB,
    TAKES_REAL,
    TAKES_BOOLEAN, /* NUMERIC to SQLite */
    TAKES_DECIMAL, /* likewise */
    TAKES_ANY      /* likewise, of a type such as DATE or JSON, whose values are texts */
};

static enum takes takes_of(struct str type)
{
    static const struct {
        const char *part;
        enum takes takes;
    } rules[] = {{"BOOL", TAKES_BOOLEAN}, {"INT", TAKES_INTEGER},  {"CHAR", TAKES_TEXT},
                 {"CLOB", TAKES_TEXT},    {"TEXT", TAKES_TEXT},    {"BLOB", TAKES_BLOB},
                 {"REAL", TAKES_REAL},    {"FLOA", TAKES_REAL},    {"DOUB", TAKES_REAL},
                 {"NUM", TAKES_DECIMAL},  {"DECIM", TAKES_DECIMAL}};

    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++)
        if (str_contains_nocase(type, rules[i].part))
            return rules[i].takes;
    return TAKES_ANY;
}

/* What PostgreSQL takes for a boolean; -1: it is none. */
static int truth_of(struct str text)
{
    static const struct {
        const char *word;
        int truth;
    } words[] = {{"true", 1},  {"t", 1}, {"yes", 1}, {"y", 1}, {"on", 1},  {"1", 1},
                 {"false", 0}, {"f", 0}, {"no", 0},  {"n", 0}, {"off", 0}, {"0", 0}};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(text, words[i].word))
            return words[i].truth;
    return -1;
}

static bool is_number(struct str text, double *number)
{
    struct str trimmed = str_trim(text);
    char *end;

    if (trimmed.len == 0 || trimmed.len > 400 || ascii_is_alpha(trimmed.ptr[trimmed.len - 1]))
        return false;
    *number = strtod(trimmed.ptr, &end);
    return end == trimmed.ptr + trimmed.len && !str_contains_nocase(trimmed, "x") &&
           !str_contains_nocase(trimmed, "n");
}

static bool number_for_sqlite(enum takes takes, const struct seed_cell *cell, struct pgrade_value *value,
                              const char **why)
{
    int64_t integer;
    double number;

    if (str_to_int64(str_trim(cell->text), &integer)) {
        *value = pgrade_integer(integer);
        return true;
    }
    *why = takes == TAKES_INTEGER ? "this is no whole number" : "this is no number";
    if (!is_number(cell->text, &number))
        return false;
    /* Beyond 2^53 not every whole number is a double: it might be another one. */
    if (takes == TAKES_INTEGER &&
        (number < -EXACT_MAXIMUM || number > EXACT_MAXIMUM || (double)(int64_t)number != number))
        return false;
    *value = pgrade_real(number);
    return true;
}

static int hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \x00ff, as PostgreSQL writes bytes. */
static bool bytes_for_sqlite(struct arena *scratch, struct str text, struct pgrade_value *value,
                             const char **why)
{
    char *bytes = arena_alloc(scratch, text.len / 2 + 1);
    size_t size = 0;

    if (!str_starts_with(text, "\\x")) {
        *value = pgrade_blob(text.ptr, text.len);
        return true;
    }
    *why = "bytes are written \\x and two hex digits for each";
    if (text.len % 2 != 0)
        return false;
    for (size_t i = 2; i < text.len; i += 2) {
        int high = hex_digit(text.ptr[i]);
        int low = hex_digit(text.ptr[i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[size++] = (char)(high * 16 + low);
    }
    *value = pgrade_blob(bytes, size);
    return true;
}

static bool for_sqlite(struct arena *scratch, const struct seed_column *column, const struct seed_cell *cell,
                       struct pgrade_value *value, const char **why)
{
    enum takes takes = takes_of(column->type);
    int truth = cell->kind == SEED_TRUE ? 1 : cell->kind == SEED_FALSE ? 0 : -1;

    if (truth < 0 && takes == TAKES_BOOLEAN)
        truth = truth_of(str_trim(cell->text));
    if (truth >= 0) {
        *value = pgrade_integer(truth);
        return true;
    }
    switch (takes) {
    case TAKES_BOOLEAN: *why = "this is no boolean: true or false"; return false;
    case TAKES_INTEGER:
    case TAKES_REAL:
    case TAKES_DECIMAL: return number_for_sqlite(takes, cell, value, why);
    case TAKES_BLOB: return bytes_for_sqlite(scratch, cell->text, value, why);
    case TAKES_ANY:
        if (cell->kind == SEED_NUMBER)
            return number_for_sqlite(takes, cell, value, why);
        break;
    case TAKES_TEXT: break;
    }
    *value = text_value(cell->text);
    return true;
}

bool seed_value(const struct seed_run *run, struct arena *scratch, const struct seed_column *column,
                const struct seed_cell *cell, struct pgrade_value *value, const char **why)
{
    *why = "";
    *value = pgrade_null();
    if (cell->kind == SEED_NULL)
        return true;
    if (run->sqlite)
        return for_sqlite(scratch, column, cell, value, why);
    *value = for_postgres(scratch, column, cell);
    return true;
}
