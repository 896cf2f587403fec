/*
 * --sample: one row of so many, the same ones in each run and on either side.
 *
 * Both databases choose them by themselves, so that the others are not even sent: by a hash of the key that
 * SQLite and PostgreSQL compute alike, which asks for a key of one integer.  Other tables are compared whole.
 */
#include <inttypes.h>

#include "ops/verify_intern.h"
#include "schema/ident.h"

static bool holds_integers(const struct verified_table *table, int side)
{
    const struct plan_column *column = &table->shapes[side].columns[table->key[0]];
    const struct table *source = table->shapes[side].source;

    if (!table->sides[side].is_sqlite)
        return pg_kind_is_integer(column->type.kind) &&
               (table->sides[side].as_text == NULL || !table->sides[side].as_text[table->key[0]]);
    return source->rowid_column >= 0 && column->source == &source->columns[source->rowid_column];
}

/* Within 64 bits whatever the key is; both engines round a division to zero and give the remainder the sign
 * of the key. */
static struct str condition(struct arena *arena, const struct verified_table *table, int side, int64_t sample)
{
    const struct plan_column *column = &table->shapes[side].columns[table->key[0]];
    bool lite = table->sides[side].is_sqlite;
    struct buf sql;
    struct str text;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    ident_quote(&sql, lite ? column->source->name.text : column->name);
    text = buf_to_str(arena, &sql);
    buf_clear(&sql);
    buf_printf(&sql, "((%.*s%s %% 1000003) * 2654435761 / 65536 %% %" PRId64 " = 0)", STR_ARGS(text),
               lite ? "" : "::bigint", sample);
    text = buf_to_str(arena, &sql);
    buf_free(&sql);
    return text;
}

void verify_sample(struct verify *verify)
{
    for (size_t i = 0; verify->options->sample > 1 && i < verify->result->table_count; i++) {
        struct verified_table *table = &verify->result->tables[i];

        if (table->key_count != 1 || !holds_integers(table, 0) || !holds_integers(table, 1))
            continue;
        table->sample = verify->options->sample;
        for (int side = 0; side < 2; side++)
            table->sides[side].sample = condition(verify->arena, table, side, table->sample);
    }
}
