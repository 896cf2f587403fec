#include "ops/retry_row.h"

#include <stdlib.h>
#include <string.h>

static const struct str columns_sql = STR(
    "SELECT q.source_column, q.column_name, q.declared, q.unit, "
    " CASE (SELECT t.typname FROM pg_type t WHERE t.oid = a.atttypid) WHEN 'citext' THEN 'text'"
    "  ELSE format_type(a.atttypid, a.atttypmod) END,"
    " a.attnotnull, (SELECT string_agg(e.enumlabel, chr(1) ORDER BY e.enumsortorder) FROM pg_enum e"
    "  WHERE e.enumtypid = a.atttypid)"
    " FROM pgrade_record.quarantine_column q LEFT JOIN pg_attribute a"
    "  ON a.attrelid = to_regclass(quote_ident($3) || '.' || quote_ident($4)) AND a.attname = q.column_name"
    "  AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE q.run_id = $1 AND q.source_table = $2 ORDER BY q.source_column");

/* The kind of each value, its text, and of an object its only name. */
static const struct str cells_sql =
    STR("SELECT jsonb_typeof(f.\"row\" -> q.source_column), f.\"row\" ->> q.source_column,"
        " CASE jsonb_typeof(f.\"row\" -> q.source_column) WHEN 'object' THEN"
        "  (SELECT min(o.key) FROM jsonb_each_text(f.\"row\" -> q.source_column) o HAVING count(*) = 1) END,"
        " CASE jsonb_typeof(f.\"row\" -> q.source_column) WHEN 'object' THEN"
        "  (SELECT min(o.value) FROM jsonb_each_text(f.\"row\" -> q.source_column) o) END,"
        " (SELECT count(*) FROM jsonb_object_keys(f.\"row\"))"
        " FROM pgrade_retry f JOIN pgrade_record.quarantine_column q ON q.run_id = f.run_id"
        "  AND q.source_table = $2 WHERE f.run_id = $1 AND f.id = $3::bigint ORDER BY q.source_column");

static void set_labels(struct arena *arena, struct pg_type *type, struct str labels)
{
    struct str *list = ARENA_ARRAY(arena, struct str, labels.len + 1);

    *type = pg_type_of(PG_ENUM);
    while (type->label_count == 0 || labels.ptr != NULL) {
        ptrdiff_t end = str_find(labels, '\1');

        list[type->label_count++] = str_dup(arena, end < 0 ? labels : str_slice(labels, 0, (size_t)end));
        if (end < 0)
            break;
        labels = str_slice(labels, (size_t)end + 1, labels.len);
    }
    type->labels = list;
}

static bool set_column(struct arena *arena, const struct retry_table *table, const struct value *cells,
                       struct plan_column *column, struct err *err)
{
    struct column *source = ARENA_NEW(arena, struct column);

    source->name.text = str_dup(arena, cells[0].bytes);
    source->declared = str_dup(arena, cells[2].bytes);
    *column = (struct plan_column){.source = source,
                                   .name = str_dup(arena, cells[1].bytes),
                                   .unit = (enum time_unit)llabs(cells[3].integer),
                                   .unit_found = cells[3].integer < 0,
                                   .not_null = cells[5].integer != 0};
    if (cells[4].kind != VALUE_TEXT) {
        err_set(err, ERR_REFUSED, "%.*s.%.*s is not there", STR_ARGS(table->schema),
                STR_ARGS(table->plan.name));
        err_detail(err, "the table, or its column %.*s, was dropped or renamed since it was published",
                   STR_ARGS(column->name));
        return err_hint(err, "pgrade_record.quarantine keeps the rows");
    }
    if (cells[6].kind == VALUE_TEXT)
        set_labels(arena, &column->type, cells[6].bytes);
    else if (!pg_type_parse(arena, cells[4].bytes, &column->type))
        return err_set(err, ERR_REFUSED, "%.*s.%.*s is %.*s, a type that pgrade has no rule for",
                       STR_ARGS(table->plan.name), STR_ARGS(column->name), STR_ARGS(cells[4].bytes));
    return true;
}

bool retry_table_read(struct arena *arena, struct engine *target, struct retry_table *table, struct err *err)
{
    struct str params[] = {table->run_id, table->source_table, table->schema, table->plan.name};
    struct table *source = ARENA_NEW(arena, struct table);
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    source->name.text = table->source_table;
    source->rowid_column = -1;
    table->plan.source = source;
    if (!engine_query(target, columns_sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && done) {
        struct plan_column column;

        if (!(done = set_column(arena, table, rows->cells, &column, err)))
            break;
        ARENA_PUSH(arena, table->plan.columns, table->plan.column_count, capacity) = column;
    }
    rows_close(rows);
    table->encoders = ARENA_ARRAY(arena, struct encode_column, table->plan.column_count + 1);
    for (size_t i = 0; i < table->plan.column_count; i++)
        encode_column_init(&table->encoders[i], arena, &table->plan.columns[i]);
    return done;
}

static int digit(char c)
{
    return ascii_is_digit(c)      ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool from_hex(struct arena *arena, struct str hex, struct str *bytes)
{
    char *made = arena_alloc(arena, hex.len / 2 + 1);

    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        if (digit(hex.ptr[i]) < 0 || digit(hex.ptr[i + 1]) < 0)
            return false;
        made[i / 2] = (char)(unsigned char)(digit(hex.ptr[i]) * 16 + digit(hex.ptr[i + 1]));
    }
    *bytes = (struct str){made, hex.len / 2};
    return hex.len % 2 == 0;
}

static bool from_real(struct arena *arena, struct str text, struct value *value)
{
    const char *start = str_cstr(arena, text);
    char *end;

    *value = (struct value){.kind = VALUE_REAL, .real = strtod(start, &end)};
    return end != start && *end == '\0' && value->real == value->real;
}

static bool from_object(struct arena *arena, struct str tag, struct str text, struct value *value)
{
    if (str_is(tag, "real"))
        return from_real(arena, text, value);
    *value = (struct value){.kind = str_is(tag, "blob") ? VALUE_BLOB : VALUE_TEXT};
    return (str_is(tag, "blob") || str_is(tag, "text")) && from_hex(arena, text, &value->bytes);
}

/* docs/quarantine.md; and for people a number with a point is a REAL, true is 1 and false 0. */
static bool read_value(struct arena *arena, const struct value *cells, struct value *value)
{
    struct str kind = cells[0].bytes;
    struct str text = cells[1].bytes;

    *value = (struct value){.kind = VALUE_NULL};
    if (str_is(kind, "null"))
        return true;
    if (str_is(kind, "object"))
        return cells[2].kind == VALUE_TEXT && from_object(arena, cells[2].bytes, cells[3].bytes, value);
    if (str_is(kind, "string")) {
        *value = (struct value){.kind = VALUE_TEXT, .bytes = str_dup(arena, text)};
        return true;
    }
    if (str_is(kind, "boolean")) {
        *value = (struct value){.kind = VALUE_INTEGER, .integer = str_is(text, "true")};
        return true;
    }
    value->kind = VALUE_INTEGER;
    return str_is(kind, "number") && (str_to_int64(text, &value->integer) || from_real(arena, text, value));
}

bool retry_row_read(struct arena *arena, struct engine *target, const struct retry_table *table,
                    struct str id, struct value *cells, const char **reason, struct err *err)
{
    struct str params[] = {table->run_id, table->source_table, id};
    struct rows *rows;
    bool found = true;
    bool done;

    *reason = NULL;
    if (!engine_query(target, cells_sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    for (size_t i = 0; (done = rows_next(rows, &found, err)) && found && *reason == NULL; i++) {
        const char *name = str_cstr(arena, table->plan.columns[i].source->name.text);

        if (rows->cells[0].kind == VALUE_NULL)
            *reason = arena_printf(arena, "%s: there is no value of that name", name);
        else if (rows->cells[4].integer > (int64_t)table->plan.column_count)
            *reason = "it has values for columns that the table does not have";
        else if (!read_value(arena, rows->cells, &cells[i]))
            *reason = arena_printf(arena, "%s: not a value as docs/quarantine.md has them", name);
    }
    rows_close(rows);
    return done;
}

bool retry_row_encode(struct arena *arena, const struct retry_table *table, const struct value *cells,
                      struct buf *out, const char **reason)
{
    static const char header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    uint16_t width = __builtin_bswap16((uint16_t)table->plan.column_count);

    buf_put(out, header, sizeof(header));
    buf_put(out, &width, sizeof(width));
    for (size_t i = 0; i < table->plan.column_count; i++) {
        const struct plan_column *column = &table->plan.columns[i];
        const char *why = "NULL in a column that is NOT NULL";

        if ((cells[i].kind == VALUE_NULL && column->not_null) ||
            !encode_cell(&table->encoders[i], &cells[i], out, &why)) {
            *reason = arena_printf(arena, "%.*s: %s", STR_ARGS(column->source->name.text),
                                   why == NULL ? "too large" : why);
            return false;
        }
    }
    buf_put(out, "\377\377", 2);
    *reason = "too large";
    return !out->failed;
}
