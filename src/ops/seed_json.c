/*
 * JSON: an array of objects.  The array is taken apart here, so that each object has its line; json-c reads
 * the objects.
 */
#include <string.h>

#include <json-c/json.h>

#include "base/fs.h"
#include "ops/seed_intern.h"

enum {
    SEED_MAXIMUM = 256 * 1024 * 1024
};

static bool wrong(const struct seed_reader *reader, const char *what, struct err *err)
{
    err_set(err, ERR_SYNTAX, "%s:%zu: %s", reader->file->path, reader->line, what);
    return err_hint(err, "the file has to hold an array of objects: [{\"id\": 1, \"name\": \"Ada\"}]");
}

static char here(const struct seed_reader *reader)
{
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\0';
}

static void step(struct seed_reader *reader)
{
    reader->line += here(reader) == '\n' ? 1 : 0;
    reader->at++;
}

static void skip_space(struct seed_reader *reader)
{
    while (reader->at < reader->text.len && ascii_is_space(here(reader)))
        step(reader);
}

/* Past the object that begins here; false: it does not end. */
static bool skip_object(struct seed_reader *reader)
{
    size_t depth = 0;
    bool quoted = false;

    for (; reader->at < reader->text.len; step(reader)) {
        char c = here(reader);

        if (quoted && c == '\\')
            step(reader);
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && --depth == 0) {
            step(reader);
            return true;
        }
    }
    return false;
}

static struct seed_cell cell_of(struct arena *scratch, struct json_object *value)
{
    struct seed_cell cell = {.kind = SEED_NULL};

    switch (json_object_get_type(value)) {
    case json_type_null: return cell;
    case json_type_boolean:
        cell.kind = json_object_get_boolean(value) != 0 ? SEED_TRUE : SEED_FALSE;
        return cell;
    case json_type_string:
        cell.kind = SEED_TEXT;
        cell.text = str_dup(
            scratch, (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)});
        return cell;
    case json_type_int:
    case json_type_double: cell.kind = SEED_NUMBER; break;
    case json_type_object:
    case json_type_array: cell.kind = SEED_DOCUMENT; break;
    }
    cell.text = str_dup(scratch, str_from(json_object_to_json_string_ext(
                                     value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)));
    return cell;
}

/* json-c holds at most so much, and makes that of what is greater: the number would be another one.  Numbers
 * within objects and arrays count as well. */
static bool is_too_large(struct json_object *value)
{
    bool found = false;

    switch (json_object_get_type(value)) {
    case json_type_int:
        return json_object_get_uint64(value) == UINT64_MAX || json_object_get_int64(value) == INT64_MIN;
    case json_type_array:
        for (size_t i = 0; !found && i < json_object_array_length(value); i++)
            found = is_too_large(json_object_array_get_idx(value, i));
        return found;
    case json_type_object: {
        json_object_object_foreach(value, name, member)
        {
            (void)name;
            found = found || is_too_large(member);
        }
        return found;
    }
    case json_type_null:
    case json_type_boolean:
    case json_type_double:
    case json_type_string: break;
    }
    return false;
}

static bool take_members(const struct seed_reader *reader, struct arena *scratch, struct json_object *object,
                         struct seed_row *row, struct err *err)
{
    size_t capacity = (size_t)json_object_object_length(object);

    row->names = ARENA_ARRAY(scratch, struct str, capacity + 1);
    row->cells = ARENA_ARRAY(scratch, struct seed_cell, capacity + 1);
    row->count = 0;
    json_object_object_foreach(object, name, value)
    {
        row->names[row->count] = str_dup(scratch, str_from(name));
        row->cells[row->count++] = cell_of(scratch, value);
        if (is_too_large(value)) {
            err_set(err, ERR_SYNTAX, "%s:%zu: the number of %s has too many digits", reader->file->path,
                    row->line, name);
            return err_hint(err, "write it as a text, in quotes: every digit of it arrives");
        }
    }
    return true;
}

static bool read_object(struct seed_reader *reader, struct arena *scratch, struct str text,
                        struct seed_row *row, struct err *err)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *object = NULL;

    if (tokener == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "%s: out of memory", reader->file->path);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    object = json_tokener_parse_ex(tokener, text.ptr, (int)text.len);
    if (object == NULL) {
        err_set(err, ERR_SYNTAX, "%s:%zu: the object that begins here is no JSON", reader->file->path,
                row->line);
        err_detail(err, "%s, at character %zu of it",
                   json_tokener_error_desc(json_tokener_get_error(tokener)),
                   json_tokener_get_parse_end(tokener) + 1);
    } else {
        (void)!take_members(reader, scratch, object, row, err);
        (void)json_object_put(object);
    }
    json_tokener_free(tokener);
    return err->code == ERR_NONE;
}

bool seed_json_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
                    struct err *err)
{
    size_t start;

    skip_space(reader);
    if (!reader->begun && here(reader) != '[')
        return wrong(reader, "the file does not begin with [", err);
    if (!reader->begun || here(reader) == ',') {
        step(reader);
        skip_space(reader);
        if (reader->begun && here(reader) != '{')
            return wrong(reader, "no object follows the comma", err);
    } else if (here(reader) != ']') {
        return wrong(reader, "neither , nor ] follows the object", err);
    }
    reader->begun = true;
    *found = here(reader) != ']';
    if (!*found) {
        step(reader);
        skip_space(reader);
        return reader->at >= reader->text.len || wrong(reader, "something follows the array", err);
    }
    row->line = reader->line;
    start = reader->at;
    if (here(reader) != '{')
        return wrong(reader, "this is no object", err);
    if (!skip_object(reader))
        return wrong(reader, "the file ends within an object", err);
    return read_object(reader, scratch, str_slice(reader->text, start, reader->at), row, err);
}

bool seed_open(struct arena *arena, const struct seed_file *file, struct seed_reader *reader, struct err *err)
{
    size_t valid;

    *reader = (struct seed_reader){.arena = arena, .file = file, .line = 1};
    if (!fs_read(arena, file->path, SEED_MAXIMUM, &reader->text, err))
        return false;
    valid = str_utf8_valid_prefix(reader->text);
    if (valid < reader->text.len || str_find(reader->text, '\0') >= 0) {
        size_t line = 1;

        for (size_t i = 0; i < valid; i++)
            line += reader->text.ptr[i] == '\n' ? 1 : 0;
        err_set(err, ERR_SYNTAX, "%s:%zu: this is no UTF-8, or holds a NUL byte", file->path, line);
        return err_hint(err, "iconv -f LATIN1 -t UTF-8 makes UTF-8 of a file of older programs");
    }
    if (str_starts_with(reader->text, "\xef\xbb\xbf"))
        reader->text = str_slice(reader->text, 3, reader->text.len);
    return file->kind != SEED_CSV || seed_csv_begin(reader, err);
}

bool seed_next(struct seed_reader *reader, struct arena *scratch, struct seed_row *row, bool *found,
               struct err *err)
{
    if (reader->file->kind == SEED_CSV)
        return seed_csv_next(reader, scratch, row, found, err);
    return seed_json_next(reader, scratch, row, found, err);
}
