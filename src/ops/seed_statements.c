/* The statements that find a row by its key, and insert or update it. */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_intern.h"
#include "schema/ident.h"

static bool in_key(const struct seed_key *key, struct str name)
{
    for (size_t i = 0; key != NULL && i < key->count; i++)
        if (str_equal(key->columns[i], name))
            return true;
    return false;
}

static void put_name(struct buf *sql, const char *before, struct str name)
{
    buf_text(sql, before);
    ident_quote(sql, name);
}

/* What may be another, and is not settled by the key. */
static bool is_changed(const struct seed_filling *filling, const struct seed_column *column)
{
    return !in_key(filling->key, column->name) && !column->always;
}

static void put_update(struct buf *sql, const struct seed_filling *filling, size_t count)
{
    bool sqlite = filling->run->sqlite;
    const char *before = ") DO UPDATE SET ";

    for (size_t i = 0; i < count; i++) {
        if (!is_changed(filling, filling->columns[i]))
            continue;
        put_name(sql, before, filling->columns[i]->name);
        put_name(sql, " = excluded.", filling->columns[i]->name);
        before = ", ";
    }
    if (strcmp(before, ", ") != 0) {
        buf_text(sql, ") DO NOTHING");
        return;
    }
    before = " WHERE t.";
    for (size_t i = 0; i < count; i++) {
        if (!is_changed(filling, filling->columns[i]))
            continue;
        /* As texts: not every type can be compared (json), and not every comparison sees a difference
         * (citext). */
        put_name(sql, before, filling->columns[i]->name);
        buf_text(sql, sqlite ? " IS NOT excluded." : "::text IS DISTINCT FROM excluded.");
        ident_quote(sql, filling->columns[i]->name);
        buf_text(sql, sqlite ? " COLLATE BINARY" : "::text");
        before = " OR t.";
    }
}

/* To SQLite $1 is a name, which it looks up among all others: parameters without one are found at once. */
static void put_parameters(struct buf *sql, const struct seed_filling *filling, size_t row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        if (filling->run->sqlite)
            buf_byte(sql, '?');
        else
            buf_printf(sql, "$%zu", row * count + i + 1);
    }
}

const char *seed_insert_sql(const struct seed_filling *filling, struct arena *arena, size_t count,
                            size_t rows)
{
    struct buf sql;
    bool always = false;
    const char *made;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "INSERT INTO %.*s AS t (", STR_ARGS(filling->table->quoted));
    for (size_t i = 0; i < count; i++) {
        put_name(&sql, i > 0 ? ", " : "", filling->columns[i]->name);
        always = always || filling->columns[i]->always;
    }
    buf_text(&sql, always ? ") OVERRIDING SYSTEM VALUE VALUES " : ") VALUES ");
    for (size_t i = 0; i < rows; i++) {
        buf_text(&sql, i > 0 ? ", (" : "(");
        put_parameters(&sql, filling, i, count);
        buf_byte(&sql, ')');
    }
    for (size_t i = 0; filling->key != NULL && i < filling->key->count; i++)
        put_name(&sql, i > 0 ? ", " : " ON CONFLICT (", filling->key->columns[i]);
    if (filling->key != NULL)
        put_update(&sql, filling, count);
    made = str_cstr(arena, buf_view(&sql));
    buf_free(&sql);
    return made;
}

const char *seed_find_sql(const struct seed_filling *filling)
{
    struct buf sql;
    const char *made;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT 1 FROM %.*s", STR_ARGS(filling->table->quoted));
    for (size_t i = 0; i < filling->key->count; i++) {
        put_name(&sql, i > 0 ? " AND " : " WHERE ", filling->key->columns[i]);
        buf_printf(&sql, " = $%zu", i + 1);
    }
    made = str_cstr(filling->run->arena, buf_view(&sql));
    buf_free(&sql);
    return made;
}

const char *seed_count_sql(const struct seed_filling *filling, struct arena *arena, size_t keys)
{
    size_t width = filling->key->count;
    struct buf sql;
    const char *made;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT count(*) FROM %.*s WHERE ", STR_ARGS(filling->table->quoted));
    for (size_t i = 0; i < width; i++)
        put_name(&sql, i > 0 ? ", " : width > 1 ? "(" : "", filling->key->columns[i]);
    buf_text(&sql, width == 1 ? " IN (" : filling->run->sqlite ? ") IN (VALUES " : ") IN (");
    for (size_t i = 0; i < keys; i++) {
        buf_text(&sql, i > 0 ? ", " : "");
        buf_text(&sql, width > 1 ? "(" : "");
        put_parameters(&sql, filling, i, width);
        buf_text(&sql, width > 1 ? ")" : "");
    }
    buf_byte(&sql, ')');
    made = str_cstr(arena, buf_view(&sql));
    buf_free(&sql);
    return made;
}
