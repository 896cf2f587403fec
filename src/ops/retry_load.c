/* One row of the file into its table. */
#include <stdio.h>

#include "ops/interrupt.h"
#include "ops/retry_intern.h"
#include "schema/ident.h"

enum {
    ROW_MAXIMUM = 1000 * 1024 * 1024
};

bool retry_attempt(struct retry *retry, bool (*step)(void *context, struct err *err), void *context,
                   bool *loaded, struct err *failure, struct err *err)
{
    *failure = (struct err){.code = ERR_NONE};
    if (!engine_exec(retry->target, (struct str)STR("SAVEPOINT pgrade_row"), err))
        return false;
    *loaded = step(context, failure);
    if (*loaded)
        return engine_exec(retry->target, (struct str)STR("RELEASE SAVEPOINT pgrade_row"), err);
    if (was_interrupted(retry->options->interrupted))
        return err_set(err, ERR_CANCELED, "interrupted");
    return engine_exec(retry->target, (struct str)STR("ROLLBACK TO SAVEPOINT pgrade_row"), err);
}

struct str retry_reason(const struct retry *retry, struct err *failure)
{
    if (retry->options->hide_values)
        err_hide_values(failure);
    return str_dup(retry->arena,
                   str_from(failure->code == ERR_DECISION || failure->detail[0] == '\0' ? failure->primary
                                                                                        : failure->detail));
}

bool retry_stage_make(struct retry *retry, const struct retry_table *table, const char *name, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "CREATE TEMP TABLE %s ON COMMIT DROP AS SELECT ", name);
    plan_column_list(&sql, &table->plan);
    buf_text(&sql, " FROM ");
    ident_quote_qualified(&sql, table->schema, table->plan.name);
    buf_text(&sql, " LIMIT 0");
    done = engine_exec(retry->target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool copy_in(struct retry *retry, const char *name, const struct buf *fields, struct err *err)
{
    char sql[80];
    int64_t rows;

    (void)snprintf(sql, sizeof(sql), "COPY %s FROM STDIN (FORMAT binary)", name);
    return engine_copy_in(retry->target, str_from(sql), err) &&
           engine_copy_put(retry->target, fields->ptr, fields->len, err) &&
           engine_copy_in_end(retry->target, &rows, err);
}

bool retry_stage_row(struct retry *retry, const struct retry_item *row, struct arena *arena, const char *name,
                     struct value *cells, struct err *err)
{
    const struct retry_table *table = &retry->tables[row->table];
    const char *reason;
    struct buf fields;
    bool done;

    if (!retry_row_read(arena, retry->target, table, row->id, cells, &reason, err))
        return false;
    buf_init(&fields, ROW_MAXIMUM);
    if (reason == NULL && retry_row_encode(arena, table, cells, &fields, &reason))
        done = copy_in(retry, name, &fields, err);
    else
        done = err_set(err, ERR_DECISION, "%s", reason);
    buf_free(&fields);
    return done;
}

void retry_put_insert(struct buf *sql, const struct retry_table *table, const char *name,
                      const char *returning)
{
    buf_text(sql, "INSERT INTO ");
    ident_quote_qualified(sql, table->schema, table->plan.name);
    buf_text(sql, " (");
    plan_column_list(sql, &table->plan);
    buf_text(sql, ") OVERRIDING SYSTEM VALUE SELECT ");
    plan_column_list(sql, &table->plan);
    buf_printf(sql, " FROM %s RETURNING %s", name, returning == NULL ? "" : returning);
    if (returning == NULL)
        plan_column_list(sql, &table->plan);
}

static bool read_back(struct retry *retry, struct digester *digester, struct err *err)
{
    struct str bytes;

    for (;;) {
        if (!engine_copy_get(retry->target, &bytes, err))
            return false;
        if (bytes.len == 0)
            return digester_target_end(digester, err);
        if (!digester_target_bytes(digester, bytes.ptr, bytes.len, err))
            return false;
    }
}

bool retry_compare(struct retry *retry, const struct retry_table *table, struct str copy,
                   const struct digest *sent, struct err *err)
{
    struct arena *arena = arena_new();
    struct digester *digester = digester_new(arena, &table->plan);
    struct digest_difference difference;
    bool done = engine_copy_out(retry->target, copy, err) && read_back(retry, digester, err);

    if (done && !digest_compare(arena, sent, digester_result(digester), &difference))
        done = err_set(err, ERR_DIFFERENT, "what arrived is not what was sent");
    digester_free(digester);
    arena_free(arena);
    return done;
}
