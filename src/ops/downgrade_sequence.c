/* AUTOINCREMENT: what SQLite gives next is behind all that PostgreSQL gave. */
#include <inttypes.h>

#include "ops/downgrade_intern.h"
#include "ops/locks.h"
#include "schema/ident.h"

/* The last number that the column's sequence gave; *known false: it has none, or none that may be read. */
static bool last_given(struct downgrade_run *run, const struct plan_table *table, bool *known, int64_t *last,
                       struct err *err)
{
    static const struct str question = STR("SELECT s FROM (SELECT pg_get_serial_sequence($1, $2) AS s) q"
                                           " WHERE s IS NOT NULL AND has_sequence_privilege(s, 'SELECT')");
    const struct plan_column *column = &table->columns[table->source->rowid_column];
    struct str params[2] = {{NULL, 0}, column->name};
    struct value sequence;
    struct buf name;
    bool done;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, run->result->prepared.plan.target_schema, table->name);
    params[0] = buf_view(&name);
    done = engine_value(run->control, run->arena, question, params, 2, &sequence, err);
    buf_free(&name);
    *known = done && sequence.kind == VALUE_TEXT;
    if (!*known)
        return done;
    return engine_int(run->control,
                      str_printf(run->arena, "SELECT last_value - (NOT is_called)::int FROM %.*s",
                                 STR_ARGS(sequence.bytes)),
                      last, err);
}

/* SQLite has no E'': a backslash is a character like any other. */
static void put_literal(struct buf *sql, struct str text)
{
    buf_byte(sql, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            buf_byte(sql, '\'');
        buf_byte(sql, text.ptr[i]);
    }
    buf_byte(sql, '\'');
}

/* Only where PostgreSQL gave more than SQLite knows of: what stands in sqlite_sequence stays as it was
 * written, a text or a number behind the greatest rowid too. */
static bool raise_last(struct downgrade_run *run, const struct plan_table *table, int64_t last,
                       struct err *err)
{
    struct str key = table->columns[table->source->rowid_column].source->name.text;
    struct str name = table->source->name.text;
    int64_t known;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql,
             "SELECT max(coalesce((SELECT max(CAST(seq AS INTEGER)) FROM sqlite_sequence WHERE name = ");
    put_literal(&sql, name);
    buf_text(&sql, "), 0), coalesce((SELECT max(");
    ident_quote(&sql, key);
    buf_text(&sql, ") FROM ");
    ident_quote(&sql, name);
    buf_text(&sql, "), 0))");
    done = engine_int(run->file, buf_view(&sql), &known, err);
    buf_clear(&sql);
    buf_text(&sql, "DELETE FROM sqlite_sequence WHERE name = ");
    put_literal(&sql, name);
    buf_text(&sql, "; INSERT INTO sqlite_sequence (name, seq) VALUES (");
    put_literal(&sql, name);
    buf_printf(&sql, ", %" PRId64 ")", last);
    done = done && (last <= known || engine_exec(run->file, buf_view(&sql), err));
    buf_free(&sql);
    return done;
}

bool downgrade_sequences(struct downgrade_run *run, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];
        int64_t last = 0;
        bool known = false;

        if (!table->source->autoincrement || table->source->rowid_column < 0)
            continue;
        if (!last_given(run, table, &known, &last, err) || (known && !raise_last(run, table, last, err)) ||
            !locks_read(run->control, i, err))
            return err_prefix(err, "%.*s: its next number", STR_ARGS(table->source->name.text));
    }
    return true;
}
