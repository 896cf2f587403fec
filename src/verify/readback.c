#include "verify/readback.h"

#include "schema/ident.h"

static bool read_all(struct engine *target, struct digester *digester, struct err *err)
{
    struct str bytes;

    for (;;) {
        if (!engine_copy_get_many(target, &bytes, err))
            return false;
        if (bytes.len == 0)
            return digester_target_end(digester, err);
        if (!digester_target_bytes(digester, bytes.ptr, bytes.len, err))
            return false;
    }
}

static bool read_copy(struct engine *target, struct str sql, const struct plan_table *table,
                      struct digester *digester, struct err *err)
{
    return (engine_copy_out(target, sql, err) && read_all(target, digester, err)) ||
           err_prefix(err, "verifying %.*s", STR_ARGS(table->name));
}

bool readback_table(struct engine *target, struct str schema, const struct plan_table *table,
                    struct digester *digester, struct err *err)
{
    struct buf sql;
    bool done;

    /* COPY of a partitioned table reads no partitions. */
    if (table->partitioned)
        return readback_columns(target, schema, table, (struct str){NULL, 0}, digester, err);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "COPY ");
    ident_quote_qualified(&sql, schema, table->name);
    buf_text(&sql, " (");
    plan_column_list(&sql, table);
    buf_text(&sql, ") TO STDOUT (FORMAT binary)");
    done = read_copy(target, buf_view(&sql), table, digester, err);
    buf_free(&sql);
    return done;
}

void readback_put_columns(struct buf *sql, struct str schema, const struct plan_table *shape,
                          struct str where)
{
    buf_text(sql, "COPY (SELECT ");
    plan_column_list(sql, shape);
    buf_text(sql, " FROM ");
    ident_quote_qualified(sql, schema, shape->name);
    if (where.len > 0)
        buf_printf(sql, " WHERE %.*s", STR_ARGS(where));
    buf_text(sql, ") TO STDOUT (FORMAT binary)");
}

bool readback_columns(struct engine *target, struct str schema, const struct plan_table *shape,
                      struct str where, struct digester *digester, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    readback_put_columns(&sql, schema, shape, where);
    done = read_copy(target, buf_view(&sql), shape, digester, err);
    buf_free(&sql);
    return done;
}

void readback_put_view(struct buf *sql, struct str schema, struct str view)
{
    buf_text(sql, "COPY (SELECT * FROM ");
    ident_quote_qualified(sql, schema, view);
    buf_text(sql, ") TO STDOUT (FORMAT binary)");
}

bool readback_view(struct engine *target, struct str schema, const struct plan_table *shape,
                   struct digester *digester, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    readback_put_view(&sql, schema, shape->name);
    done = read_copy(target, buf_view(&sql), shape, digester, err);
    buf_free(&sql);
    return done;
}
