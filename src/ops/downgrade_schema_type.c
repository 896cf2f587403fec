/* Declared types: the ones that ORMs and drivers read, of the affinity that keeps the values. */
#include <inttypes.h>
#include <string.h>

#include "ops/downgrade_schema.h"
#include "schema/ident.h"

/* A REAL keeps so many digits of any number. */
#define REAL_DIGITS 15

static const char *const plain_types[PG_KIND_COUNT] = {
    [PG_BOOL] = "BOOLEAN",
    [PG_INT2] = "SMALLINT",
    [PG_INT4] = "INTEGER",
    [PG_INT8] = "BIGINT",
    [PG_FLOAT4] = "REAL",
    [PG_FLOAT8] = "REAL",
    [PG_TEXT] = "TEXT",
    [PG_BYTEA] = "BLOB",
    [PG_DATE] = "DATE",
    [PG_TIME] = "TIME",
    [PG_TIMETZ] = "TIME WITH TIME ZONE",
    [PG_TIMESTAMP] = "DATETIME",
    [PG_TIMESTAMPTZ] = "DATETIME",
    [PG_INTERVAL] = "TEXT",
    [PG_JSON] = "JSON",
    [PG_JSONB] = "JSON",
    [PG_INET] = "VARCHAR(43)",
    [PG_CIDR] = "VARCHAR(43)",
    [PG_MACADDR] = "VARCHAR(17)",
    [PG_ARRAY] = "JSON",
    [PG_MACADDR8] = "VARCHAR(23)",
    [PG_OID] = "BIGINT",
    [PG_CHAR_BYTE] = "TEXT",
    [PG_NAME] = "VARCHAR(63)",
    [PG_BIT] = "TEXT",
    [PG_VARBIT] = "TEXT",
    [PG_ENUM] = "VARCHAR(63)",
};

static struct str declared(const struct made_schema *made, const struct pg_type *type)
{
    struct arena *arena = made->run->arena;

    switch (type->kind) {
    case PG_VARCHAR:
        return type->length > 0 ? str_printf(arena, "VARCHAR(%d)", type->length) : str_from("VARCHAR");
    case PG_CHAR: return str_printf(arena, "CHAR(%d)", type->length > 0 ? type->length : 1);
    case PG_NUMERIC:
        return type->precision > 0 ? str_printf(arena, "DECIMAL(%d, %d)", type->precision, type->scale)
                                   : str_from("DECIMAL");
    case PG_UUID: return str_from(made->short_uuid ? "CHAR(32)" : "CHAR(36)");
    default: return str_from(plain_types[type->kind]);
    }
}

/* Asks for rows whose value would not stay what it is in a column of NUMERIC affinity: a decimal of more
 * digits than a REAL has, or JSON that is a number, of which SQLite would make one of its own. */
static bool put_probe(const struct pg_type *type, struct str name, struct buf *sql)
{
    bool small = type->precision > 0 && type->precision <= REAL_DIGITS;
    struct buf quoted;

    if ((type->kind != PG_NUMERIC || small) && type->kind != PG_JSON && type->kind != PG_JSONB)
        return false;
    buf_init(&quoted, BUF_TEXT_MAXIMUM);
    ident_quote(&quoted, name);
    if (type->kind == PG_NUMERIC)
        buf_printf(sql,
                   "length(trim(BOTH '0' FROM translate(%.*s::text, '.-', ''))) > %d OR abs(%.*s) >= 1e300"
                   " OR %.*s <> 0 AND abs(%.*s) < 1e-300",
                   STR_ARGS(buf_view(&quoted)), REAL_DIGITS, STR_ARGS(buf_view(&quoted)),
                   STR_ARGS(buf_view(&quoted)), STR_ARGS(buf_view(&quoted)));
    else
        buf_printf(sql, "json%s_typeof(%.*s) = 'number'", type->kind == PG_JSONB ? "b" : "",
                   STR_ARGS(buf_view(&quoted)));
    buf_free(&quoted);
    return true;
}

/* One look at a table for all of its columns that need one. */
static bool look(struct made_schema *made, struct made_table *table, struct err *err)
{
    struct rows *rows = NULL;
    struct buf sql;
    size_t asked = 0;
    bool found = false;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT ");
    for (size_t i = 0; i < table->there->column_count; i++) {
        const struct existing_column *there = table->columns[i].there;
        size_t before = sql.len;

        buf_text(&sql, asked == 0 ? "coalesce(bool_or(" : ", coalesce(bool_or(");
        if (there->loadable && put_probe(&there->type, there->name, &sql)) {
            buf_text(&sql, "), false)::int");
            asked++;
        } else {
            sql.len = before;
        }
    }
    buf_text(&sql, " FROM ");
    ident_quote_qualified(&sql, made->name, table->there->name);
    if (asked > 0)
        done = engine_query(made->run->control, buf_view(&sql), NULL, 0, &rows, err) &&
               rows_next(rows, &found, err);
    buf_free(&sql);
    for (size_t i = 0, cell = 0; done && found && i < table->there->column_count; i++) {
        struct made_column *column = &table->columns[i];
        struct buf unused;

        buf_init(&unused, BUF_TEXT_MAXIMUM);
        if (column->there->loadable && put_probe(&column->there->type, column->there->name, &unused) &&
            rows->cells[cell++].integer != 0) {
            column->declared = str_from("TEXT");
            column->type = pg_type_of(PG_BYTEA);
            downgrade_note(made->run,
                           str_printf(made->run->arena, "%.*s.%.*s", STR_ARGS(table->there->name),
                                      STR_ARGS(column->there->name)),
                           str_from("a column of texts: SQLite would round some of its numbers"));
        }
        buf_free(&unused);
    }
    rows_close(rows);
    return done;
}

static void choose(const struct made_schema *made, struct made_table *table, size_t place)
{
    struct made_column *column = &table->columns[place];
    const struct pg_type *type = &column->there->type;

    column->type = *type;
    if (!column->there->loadable) {
        column->declared = str_from("TEXT");
        column->type = pg_type_of(PG_BYTEA);
        return;
    }
    column->declared = declared(made, type);
    if (str_ends_with(column->there->type_text, "citext")) {
        column->collate = str_from("NOCASE");
        column->type = pg_type_of(PG_BYTEA);
    }
}

/* Labels as a CHECK, which SQLite has in the place of an enum. */
static void check_labels(struct made_schema *made, struct made_table *table, size_t place)
{
    const struct made_column *column = &table->columns[place];
    struct buf sql;

    if (!column->there->loadable || column->there->type.kind != PG_ENUM)
        return;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CHECK (");
    ident_quote(&sql, column->there->name);
    buf_text(&sql, " IN (");
    for (size_t i = 0; i < column->there->type.label_count; i++) {
        buf_text(&sql, i == 0 ? "" : ", ");
        to_sqlite_literal(&sql, column->there->type.labels[i]);
    }
    buf_text(&sql, "))");
    ARENA_PUSH(made->run->arena, table->parts, table->part_count, table->part_capacity) =
        buf_to_str(made->run->arena, &sql);
    buf_free(&sql);
}

bool made_schema_types(struct made_schema *made, struct err *err)
{
    for (size_t i = 0; i < made->count; i++) {
        for (size_t j = 0; j < made->tables[i].there->column_count; j++) {
            choose(made, &made->tables[i], j);
            check_labels(made, &made->tables[i], j);
        }
        if (!look(made, &made->tables[i], err))
            return false;
    }
    return true;
}
