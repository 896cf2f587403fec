/* A row that is set aside as a line of CSV; its cells are one field of JSON. */
#include "transfer/quarantine_file.h"

#include <inttypes.h>
#include <string.h>

#include "transfer/decimal.h"

static void put_hex(struct buf *out, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len && !out->failed; i++) {
        buf_byte(out, digits[(unsigned char)bytes.ptr[i] >> 4]);
        buf_byte(out, digits[(unsigned char)bytes.ptr[i] & 15]);
    }
}

/* A string of JSON as a part of a quoted field of CSV: quotes are doubled there. */
static void put_string(struct buf *out, struct str text)
{
    buf_text(out, "\"\"");
    for (size_t i = 0; i < text.len && !out->failed; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"')
            buf_text(out, "\\\"\"");
        else if (c == '\\')
            buf_text(out, "\\\\");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_text(out, "\"\"");
}

static bool is_plain(struct str text)
{
    return str_utf8_valid_prefix(text) == text.len &&
           (text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL);
}

static void put_tagged(struct buf *out, const char *tag, struct str bytes)
{
    buf_printf(out, "{\"\"%s\"\": \"\"", tag);
    put_hex(out, bytes);
    buf_text(out, "\"\"}");
}

/* Exact, with the storage class: NULL is null, INTEGER a number, TEXT a string; the others are told by name.
 */
static void put_value(struct buf *out, const struct value *value)
{
    char room[DECIMAL_ROOM];

    switch (value->kind) {
    case VALUE_NULL: buf_text(out, "null"); break;
    case VALUE_INTEGER: buf_printf(out, "%" PRId64, value->integer); break;
    case VALUE_REAL:
        buf_printf(out, "{\"\"real\"\": \"\"%.*s\"\"}", STR_ARGS(decimal_write(value->real, room)));
        break;
    case VALUE_TEXT:
        if (is_plain(value->bytes))
            put_string(out, value->bytes);
        else
            put_tagged(out, "text", value->bytes);
        break;
    case VALUE_BLOB: put_tagged(out, "blob", value->bytes); break;
    }
}

static void put_field(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '"');
}

static void put_row(struct buf *out, const struct plan_table *table, const struct set_aside *row)
{
    size_t cell = 0;

    buf_text(out, "\"{");
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        buf_text(out, cell > 0 ? ", " : "");
        put_string(out, table->columns[i].source->name.text);
        buf_text(out, ": ");
        put_value(out, &row->cells[cell++]);
    }
    buf_text(out, "}\"\n");
}

void quarantine_put_line(struct quarantine *quarantine, const struct set_aside *row)
{
    const struct plan_table *table = &quarantine->plan->tables[row->table];
    struct buf *out = &quarantine->out;

    buf_printf(out, "%s,%" PRId64 ",", quarantine->run_id, ++quarantine->rows);
    put_field(out, quarantine->source);
    buf_byte(out, ',');
    put_field(out, table->source->name.text);
    buf_byte(out, ',');
    put_field(out, quarantine->plan->target_schema);
    buf_byte(out, ',');
    put_field(out, table->name);
    buf_byte(out, ',');
    if (row->rowid->kind == VALUE_INTEGER)
        buf_printf(out, "%" PRId64, row->rowid->integer);
    buf_byte(out, ',');
    if (row->column.len > 0)
        put_field(out, row->column);
    buf_byte(out, ',');
    put_field(out, row->reason);
    buf_byte(out, ',');
    put_row(out, table, row);
}
