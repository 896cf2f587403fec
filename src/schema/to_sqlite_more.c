/* Defaults, and the views that are no more than a selection. */
#include "schema/ident.h"
#include "schema/to_sqlite_intern.h"

void to_sqlite_literal(struct buf *out, struct str text)
{
    buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_byte(out, '\'');
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '\'');
}

static bool is_now(struct str sql)
{
    static const char *const words[] = {
        "now()",
        "CURRENT_TIMESTAMP",
        "(now() AT TIME ZONE 'utc'::text)",
        "(now() AT TIME ZONE 'UTC'::text)",
        "(CURRENT_TIMESTAMP AT TIME ZONE 'utc'::text)",
        "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC'::text)",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is(sql, words[i]))
            return true;
    return false;
}

static bool is_number(struct str text)
{
    bool digits = false;

    for (size_t i = 0; i < text.len; i++) {
        digits = digits || ascii_is_digit(text.ptr[i]);
        if (!ascii_is_digit(text.ptr[i]) && text.ptr[i] != '.' && !(i == 0 && text.ptr[i] == '-'))
            return false;
    }
    return digits;
}

static bool is_texts(enum pg_kind kind)
{
    static const bool texts[PG_KIND_COUNT] = {
        [PG_TEXT] = true,  [PG_VARCHAR] = true, [PG_ENUM] = true, [PG_NAME] = true,      [PG_JSON] = true,
        [PG_JSONB] = true, [PG_DATE] = true,    [PG_TIME] = true, [PG_TIMESTAMP] = true,
    };

    return texts[kind];
}

/* The constant as the column's values are spelled. */
static bool put_constant(struct to_reader *reader, const struct pg_type *type, struct str text)
{
    if (type->kind == PG_BOOL) {
        buf_byte(reader->out, text.len > 0 && (text.ptr[0] == 't' || text.ptr[0] == 'T') ? '1' : '0');
        return true;
    }
    if (pg_kind_is_number(type->kind) || type->kind == PG_OID) {
        buf_str(reader->out, text);
        return is_number(text) || to_refuse(reader, "a number that SQLite has not");
    }
    buf_printf(reader->out, "'%.*s'", STR_ARGS(text));
    return is_texts(type->kind) || to_refuse(reader, "a constant of a type that SQLite writes otherwise");
}

static bool read_constant(struct to_reader *reader, const struct pg_type *type)
{
    bool negated = to_take(reader, "-");
    bool bracket = to_take(reader, "(");
    struct str text = reader->text;

    negated = to_take(reader, "-") || negated;
    text = reader->text;
    if (reader->token == TOKEN_TEXT)
        text = str_slice(text, 1, text.len - 1);
    else if (reader->token != TOKEN_NUMBER && !to_is(reader, "true") && !to_is(reader, "false"))
        return to_refuse(reader, "it is computed by what SQLite has not");
    if (negated)
        buf_byte(reader->out, '-');
    if (!put_constant(reader, type, text))
        return false;
    to_read(reader);
    if (bracket && !to_need(reader, ")"))
        return false;
    /* Of its own type, which it is; what stands behind would change it. */
    while (to_take(reader, "::"))
        while (reader->token == TOKEN_NAME || reader->token == TOKEN_QUOTED || to_is(reader, "."))
            to_read(reader);
    return reader->token == TOKEN_END || to_refuse(reader, "it is computed");
}

bool to_sqlite_default(struct str sql, const struct pg_type *type, struct buf *out, const char **reason)
{
    bool moment = type->kind == PG_TIMESTAMP || type->kind == PG_TIMESTAMPTZ;
    struct to_reader reader;
    bool done;

    *reason = NULL;
    if ((moment && is_now(sql)) || (type->kind == PG_DATE && str_is(sql, "CURRENT_DATE"))) {
        buf_text(out, moment ? "CURRENT_TIMESTAMP" : "CURRENT_DATE");
        return true;
    }
    to_begin(&reader, sql, NULL, out);
    if (to_is(&reader, "NULL")) {
        buf_text(out, "NULL");
        return true;
    }
    done = read_constant(&reader, type);
    *reason = reader.reason;
    return done;
}

static bool read_columns(struct to_reader *reader)
{
    for (bool more = true; more;) {
        char room[TO_SQLITE_NAME];
        struct to_value value;
        struct str name;

        if (!to_column(reader, &value))
            return false;
        if (to_take(reader, "AS")) {
            if (!to_name(reader, room, &name))
                return to_refuse(reader, "it is written in a way that SQLite has not");
            buf_text(reader->out, " AS ");
            ident_quote(reader->out, name);
            to_read(reader);
        }
        more = to_take(reader, ",");
        buf_text(reader->out, more ? ", " : "");
    }
    return true;
}

bool to_sqlite_view(struct str sql, const struct to_sqlite_scope *scope, struct buf *out, const char **reason)
{
    char room[TO_SQLITE_NAME];
    struct to_reader reader;
    struct to_value value;
    struct str name;
    bool done;

    sql = str_trim(sql);
    if (str_ends_with(sql, ";"))
        sql.len--;
    to_begin(&reader, sql, scope, out);
    buf_text(out, "SELECT ");
    done = to_need(&reader, "SELECT") && read_columns(&reader) && to_need(&reader, "FROM");
    if (done && (!to_name(&reader, room, &name) || !str_equal(name, scope->table)))
        done = to_refuse(&reader, "it reads another table");
    if (done) {
        buf_text(out, " FROM ");
        ident_quote(out, name);
        to_read(&reader);
    }
    if (done && to_take(&reader, "WHERE")) {
        buf_text(out, " WHERE ");
        done = to_or(&reader, &value);
    }
    done = done && (reader.token == TOKEN_END || to_refuse(&reader, "it is more than a selection of rows"));
    *reason = reader.reason;
    return done;
}
