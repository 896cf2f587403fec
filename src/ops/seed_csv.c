/*
 * CSV as in RFC 4180, with a heading.  Nothing between two commas is NULL, two quotes are the empty text: as
 * PostgreSQL's COPY reads it, and `pgrade sql --csv` writes it.
 */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"

enum {
    FIELD_MAXIMUM = 256 * 1024 * 1024
};

static bool wrong(const struct seed_reader *reader, size_t line, const char *what, struct err *err)
{
    return err_set(err, ERR_SYNTAX, "%s:%zu: %s", reader->file->path, line, what);
}

static char peek(const struct seed_reader *reader, size_t ahead)
{
    return ahead < reader->text.len - reader->at ? reader->text.ptr[reader->at + ahead] : '\0';
}

static bool at_end_of_field(const struct seed_reader *reader)
{
    char c = peek(reader, 0);

    return reader->at >= reader->text.len || c == ',' || c == '\n' ||
           (c == '\r' && (peek(reader, 1) == '\n' || reader->at + 1 == reader->text.len));
}

static bool read_quoted(struct seed_reader *reader, struct arena *scratch, struct str *field, struct err *err)
{
    size_t line = reader->line;
    struct buf out;

    buf_init(&out, FIELD_MAXIMUM);
    reader->at++;
    while (reader->at < reader->text.len && (peek(reader, 0) != '"' || peek(reader, 1) == '"')) {
        reader->at += peek(reader, 0) == '"' ? 1 : 0;
        reader->line += peek(reader, 0) == '\n' ? 1 : 0;
        buf_byte(&out, peek(reader, 0));
        reader->at++;
    }
    *field = buf_to_str(scratch, &out);
    buf_free(&out);
    if (reader->at >= reader->text.len)
        return wrong(reader, line, "the quote that opens here is never closed", err);
    reader->at++;
    if (!at_end_of_field(reader))
        return wrong(reader, reader->line,
                     "something follows a closing quote; a quote within is written twice", err);
    return true;
}

static bool read_field(struct seed_reader *reader, struct arena *scratch, struct seed_cell *cell,
                       struct err *err)
{
    size_t start = reader->at;

    cell->kind = SEED_TEXT;
    if (peek(reader, 0) == '"')
        return read_quoted(reader, scratch, &cell->text, err);
    while (!at_end_of_field(reader)) {
        if (peek(reader, 0) == '"')
            return wrong(reader, reader->line, "a field with quotes has to stand in quotes", err);
        reader->at++;
    }
    cell->text = str_dup(scratch, str_slice(reader->text, start, reader->at));
    if (cell->text.len == 0)
        cell->kind = SEED_NULL;
    return true;
}

struct fields {
    struct seed_cell *items;
    size_t count;
    size_t capacity;
};

static bool read_record(struct seed_reader *reader, struct arena *scratch, struct fields *fields,
                        struct err *err)
{
    struct seed_cell cell;

    *fields = (struct fields){.items = NULL};
    for (;;) {
        if (!read_field(reader, scratch, &cell, err))
            return false;
        ARENA_PUSH(scratch, fields->items, fields->count, fields->capacity) = cell;
        if (peek(reader, 0) != ',')
            break;
        reader->at++;
    }
    reader->at += peek(reader, 0) == '\r' ? 1 : 0;
    reader->at += peek(reader, 0) == '\n' ? 1 : 0;
    reader->line++;
    return true;
}

bool seed_csv_begin(struct seed_reader *reader, struct err *err)
{
    struct fields fields;

    if (reader->text.len == 0)
        return wrong(reader, 1, "the heading with the names of the columns is missing", err);
    if (!read_record(reader, reader->arena, &fields, err))
        return false;
    reader->names = ARENA_ARRAY(reader->arena, struct str, fields.count);
    reader->name_count = fields.count;
    for (size_t i = 0; i < fields.count; i++) {
        reader->names[i] = str_trim(fields.items[i].text);
        if (reader->names[i].len == 0)
            return wrong(reader, 1, "the heading has a column without a name", err);
        for (size_t k = 0; k < i; k++)
            if (str_equal(reader->names[i], reader->names[k]))
                return wrong(reader, 1, "the heading names a column twice", err);
    }
    if (fields.count == 1 &&
        (str_find(reader->names[0], ';') >= 0 || str_find(reader->names[0], '\t') >= 0)) {
        wrong(reader, 1, "the heading has no commas", err);
        return err_hint(err, "fields are separated by commas, and by neither semicolons nor tabs");
    }
    return true;
}

bool seed_csv_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
                   struct err *err)
{
    struct fields fields;

    /* A line with nothing on it, as editors leave at the end. */
    while (reader->at < reader->text.len && (peek(reader, 0) == '\n' || peek(reader, 0) == '\r')) {
        reader->line += peek(reader, 0) == '\n' ? 1 : 0;
        reader->at++;
    }
    *found = reader->at < reader->text.len;
    row->line = reader->line;
    if (!*found)
        return true;
    if (!read_record(reader, scratch, &fields, err))
        return false;
    if (fields.count != reader->name_count) {
        err_set(err, ERR_SYNTAX, "%s:%zu: the row has %zu field%s, and the heading %zu", reader->file->path,
                row->line, fields.count, fields.count == 1 ? "" : "s", reader->name_count);
        return err_hint(err, "a field with a comma has to stand in quotes");
    }
    row->names = reader->names;
    row->cells = fields.items;
    row->count = fields.count;
    return true;
}
