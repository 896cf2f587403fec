/* Columns, constants, calls, and what is converted to another type. */
#include "schema/ident.h"
#include "schema/to_sqlite_intern.h"

enum {
    DEPTH_MAXIMUM = 200
};

static enum to_sort sort_of(const struct pg_type *type)
{
    static const enum to_sort sorts[PG_KIND_COUNT] = {
        [PG_BOOL] = SORT_BOOL,   [PG_INT2] = SORT_NUMBER,      [PG_INT4] = SORT_NUMBER,
        [PG_INT8] = SORT_NUMBER, [PG_FLOAT8] = SORT_NUMBER,    [PG_NUMERIC] = SORT_NUMBER,
        [PG_OID] = SORT_NUMBER,  [PG_TEXT] = SORT_TEXT,        [PG_VARCHAR] = SORT_TEXT,
        [PG_CHAR] = SORT_TEXT,   [PG_ENUM] = SORT_TEXT,        [PG_NAME] = SORT_TEXT,
        [PG_DATE] = SORT_DAY,    [PG_TIMESTAMP] = SORT_MOMENT, [PG_TIMESTAMPTZ] = SORT_ZONED,
        [PG_TIME] = SORT_CLOCK,  [PG_UUID] = SORT_UUID,
    };

    return sorts[type->kind];
}

bool to_column(struct to_reader *reader, struct to_value *value)
{
    char room[TO_SQLITE_NAME];
    struct pg_type type;
    struct str name;

    if (!to_name(reader, room, &name))
        return to_refuse(reader, "it is written in a way that SQLite has not");
    to_read(reader);
    if (to_is(reader, ".") && reader->scope->table.ptr != NULL && str_equal(name, reader->scope->table)) {
        to_read(reader);
        if (!to_name(reader, room, &name))
            return to_refuse(reader, "it is written in a way that SQLite has not");
        to_read(reader);
    }
    if (reader->scope->column == NULL || !reader->scope->column(reader->scope->context, name, &type))
        return to_refuse(reader, "it calls what SQLite has not, or has otherwise");
    *value = (struct to_value){
        .sort = sort_of(&type), .padded = type.kind == PG_CHAR, .decimal = type.kind == PG_NUMERIC};
    ident_quote(reader->out, name);
    return true;
}

static bool is_word_of_type(const struct to_reader *reader)
{
    return reader->token == TOKEN_NAME && !to_is(reader, "AND") && !to_is(reader, "OR") &&
           !to_is(reader, "IS") && !to_is(reader, "COLLATE");
}

static bool type_of_words(struct str words, bool array, struct pg_type *type)
{
    struct arena *arena;
    bool known;

    *type = pg_type_of(!array && str_is(words, "bpchar") ? PG_CHAR : PG_TEXT);
    if (type->kind == PG_CHAR || str_is(words, "character varying") || str_is(words, "text"))
        return true;
    arena = arena_new();
    known = pg_type_parse(arena, words, type);
    arena_free(arena);
    return known;
}

/* The type behind ::, as far as a closing bracket or an operator. */
bool to_type(struct to_reader *reader, struct pg_type *type)
{
    struct str words = reader->text;
    bool array = false;

    if (reader->token != TOKEN_NAME)
        return to_refuse(reader, "it converts to a type that SQLite has not");
    while (is_word_of_type(reader)) {
        words.len = (size_t)(reader->text.ptr + reader->text.len - words.ptr);
        to_read(reader);
    }
    if (to_is(reader, "("))
        return to_refuse(reader, "it converts to a type with a length");
    while (to_take(reader, "[") && to_take(reader, "]"))
        array = true;
    if (!type_of_words(words, array, type))
        return to_refuse(reader, "it converts to a type that SQLite has not");
    if (array && type->kind != PG_TEXT)
        return to_refuse(reader, "it compares with an array");
    return true;
}

/* '-5' becomes -5: it was the last that was put. */
static bool unquote_number(struct to_reader *reader, struct str written)
{
    struct str bare = str_slice(written, 1, written.len - 1);

    for (size_t i = 0; i < bare.len; i++)
        if (!ascii_is_digit(bare.ptr[i]) && bare.ptr[i] != '.' && !(i == 0 && bare.ptr[i] == '-'))
            return to_refuse(reader, "it compares with a number that SQLite has not");
    reader->out->len -= written.len;
    buf_str(reader->out, bare);
    return true;
}

/* A number of another type, but the same one. */
static bool keeps_number(const struct to_value *value, const struct pg_type *type)
{
    return type->kind == PG_NUMERIC || type->kind == PG_FLOAT8 || value->literal;
}

/* 'x'::date, '-5'::integer, (name)::text: where it changes nothing of what SQLite compares. */
static bool convert(struct to_reader *reader, struct str written, struct to_value *value)
{
    enum to_sort sort;
    struct pg_type type;

    if (!to_type(reader, &type))
        return false;
    sort = sort_of(&type);
    if (value->sort == sort && !value->padded)
        return sort != SORT_NUMBER || keeps_number(value, &type) || to_refuse(reader, "it rounds a number");
    if (value->sort == SORT_NULL)
        return true;
    if (!value->literal || value->sort != SORT_TEXT)
        return to_refuse(reader, "it converts a value to another type");
    /* Moments are spelled as the framework does; days always as they are here. */
    if (sort != SORT_NUMBER && sort != SORT_DAY && sort != SORT_UUID)
        return to_refuse(reader, "it compares with a constant that SQLite writes otherwise");
    value->sort = sort;
    return sort != SORT_NUMBER || unquote_number(reader, written);
}

static bool read_literal(struct to_reader *reader, struct str *written, struct to_value *value)
{
    *value = (struct to_value){.sort = reader->token == TOKEN_NUMBER ? SORT_NUMBER : SORT_TEXT,
                               .literal = true,
                               .decimal = reader->token == TOKEN_NUMBER && str_find(reader->text, '.') >= 0};
    *written = reader->text;
    buf_str(reader->out, reader->text);
    to_read(reader);
    return true;
}

/* SQLite's fold ASCII alone, as PostgreSQL's do by the collation C. */
static bool read_fold(struct to_reader *reader, const char *name, struct to_value *value)
{
    bool outer = reader->folds;

    to_read(reader);
    buf_printf(reader->out, "%s(", name);
    reader->folds = true;
    if (!to_need(reader, "(") || !to_sum(reader, value))
        return false;
    reader->folds = outer;
    if (value->sort != SORT_TEXT || value->padded || !value->bytes)
        return to_refuse(reader, "it folds letters beyond ASCII, which SQLite does not");
    buf_byte(reader->out, ')');
    value->literal = false;
    return to_need(reader, ")");
}

static bool read_call(struct to_reader *reader, const char *name, struct to_value *value)
{
    bool is_length = str_is(str_from(name), "length");

    to_read(reader);
    buf_text(reader->out, name);
    buf_byte(reader->out, '(');
    if (!to_need(reader, "(") || !to_sum(reader, value))
        return false;
    if (is_length && (value->sort != SORT_TEXT || value->padded))
        return to_refuse(reader, "length() of what is no text");
    if (str_is(str_from(name), "abs") && value->sort != SORT_NUMBER)
        return to_refuse(reader, "abs() of what is no number");
    while (str_is(str_from(name), "coalesce") && to_take(reader, ",")) {
        struct to_value next;

        buf_text(reader->out, ", ");
        if (!to_sum(reader, &next))
            return false;
        if (next.sort != value->sort)
            return to_refuse(reader, "it mixes values of two types");
    }
    buf_byte(reader->out, ')');
    value->literal = false;
    if (is_length)
        value->sort = SORT_NUMBER;
    return to_need(reader, ")");
}

static bool calls_something(const struct to_reader *reader)
{
    return reader->token == TOKEN_NAME && reader->at < reader->sql.len && reader->sql.ptr[reader->at] == '(';
}

static bool read_operand(struct to_reader *reader, struct str *written, struct to_value *value)
{
    static const struct {
        const char *name;
        const char *sqlite;
        bool (*read)(struct to_reader *, const char *, struct to_value *);
    } calls[] = {{"length", "length", read_call}, {"char_length", "length", read_call},
                 {"abs", "abs", read_call},       {"coalesce", "coalesce", read_call},
                 {"lower", "lower", read_fold},   {"upper", "upper", read_fold}};

    if (reader->token == TOKEN_TEXT || reader->token == TOKEN_NUMBER)
        return read_literal(reader, written, value);
    if (to_is(reader, "true") || to_is(reader, "false")) {
        *value = (struct to_value){.sort = SORT_BOOL, .literal = true};
        buf_byte(reader->out, to_is(reader, "true") ? '1' : '0');
        to_read(reader);
        return true;
    }
    if (to_take(reader, "NULL")) {
        *value = (struct to_value){.sort = SORT_NULL, .literal = true};
        buf_text(reader->out, "NULL");
        return true;
    }
    if (to_take(reader, "(")) {
        buf_byte(reader->out, '(');
        if (!to_or(reader, value))
            return false;
        value->literal = value->literal && value->sort == SORT_NUMBER;
        buf_byte(reader->out, ')');
        return to_need(reader, ")");
    }
    for (size_t i = 0; i < ARRAY_LENGTH(calls) && calls_something(reader); i++)
        if (to_is(reader, calls[i].name))
            return calls[i].read(reader, calls[i].sqlite, value);
    return to_column(reader, value);
}

bool to_operand(struct to_reader *reader, struct to_value *value)
{
    struct str written = {NULL, 0};
    bool done;

    if (reader->depth++ > DEPTH_MAXIMUM)
        return to_refuse(reader, "it is nested too deeply");
    if (to_take(reader, "-")) {
        buf_text(reader->out, "- ");
        done = to_operand(reader, value) &&
               (value->sort == SORT_NUMBER || to_refuse(reader, "it negates what is no number"));
    } else {
        done = read_operand(reader, &written, value);
        while (done && to_take(reader, "::"))
            done = convert(reader, written, value);
        if (done && reader->folds && to_take(reader, "COLLATE")) {
            value->bytes = str_is(reader->text, "\"C\"");
            to_read(reader);
        }
    }
    reader->depth--;
    return done;
}
