/* The rows that were set aside, copied into pgrade_record.quarantine. */
#include "transfer/quarantine_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "schema/ident.h"
#include "transfer/target.h"

enum {
    SENT_AT = 64 * 1024
};

static const char tables_sql[] =
    "CREATE TABLE IF NOT EXISTS pgrade_record.quarantine (run_id text NOT NULL, id bigint NOT NULL, source "
    "text NOT "
    "NULL, source_table text NOT NULL, target_schema text NOT NULL, target_table text NOT NULL, source_rowid "
    "bigint, column_name text, reason text NOT NULL, \"row\" jsonb NOT NULL, quarantined_at timestamptz NOT "
    "NULL DEFAULT now(), PRIMARY KEY (run_id, id));\n"
    "CREATE TABLE IF NOT EXISTS pgrade_record.quarantine_column (run_id text NOT NULL, source_table text NOT "
    "NULL, "
    "source_column text NOT NULL, column_name text NOT NULL, declared text NOT NULL, unit integer NOT NULL, "
    "PRIMARY KEY (run_id, source_table, source_column));\n";

static bool send_file(struct quarantine *quarantine, struct engine *control, struct err *err)
{
    char *chunk = NULL;
    struct buf room;
    ssize_t size = 0;
    off_t at = 0;
    bool done = true;
    int64_t rows = 0;

    buf_init(&room, SENT_AT);
    chunk = buf_reserve(&room, SENT_AT);
    if (chunk == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows that are set aside");
    while (done && (size = pread(quarantine->descriptor, chunk, SENT_AT, at)) > 0) {
        done = engine_copy_put(control, chunk, (size_t)size, err);
        at += size;
    }
    if (done && size < 0) {
        done = quarantine_fail("read", quarantine->part, err);
        engine_copy_in_abort(control, "the file cannot be read");
    } else if (done) {
        done = engine_copy_in_end(control, &rows, err);
    }
    buf_free(&room);
    if (done && rows != quarantine->rows)
        return err_set(err, ERR_FAILED, "%" PRId64 " rows were set aside and the server took %" PRId64,
                       quarantine->rows, rows);
    return done;
}

static void put_columns(const struct quarantine *quarantine, struct buf *sql)
{
    const struct plan *plan = quarantine->plan;
    bool first = true;

    for (size_t i = 0; i < plan->table_count; i++) {
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            const struct plan_column *column = &plan->tables[i].columns[j];

            if (column->generated_sql.ptr != NULL)
                continue;
            buf_text(sql, first ? "INSERT INTO pgrade_record.quarantine_column VALUES " : ", ");
            first = false;
            buf_printf(sql, "('%s', ", quarantine->run_id);
            literal_quote(sql, plan->tables[i].source->name.text);
            buf_text(sql, ", ");
            literal_quote(sql, column->source->name.text);
            buf_text(sql, ", ");
            literal_quote(sql, column->name);
            buf_text(sql, ", ");
            literal_quote(sql, column->source->declared);
            buf_printf(sql, ", %d)", column->unit_found ? -(int)column->unit : (int)column->unit);
        }
    }
}

static bool send_columns(const struct quarantine *quarantine, struct engine *control, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, tables_sql);
    put_columns(quarantine, &sql);
    done = !sql.failed ? engine_exec(control, buf_view(&sql), err)
                       : err_set(err, ERR_OUT_OF_MEMORY, "no memory for the names of columns");
    buf_free(&sql);
    return done;
}

/* The tables to which an earlier run's rows belong are gone. */
static bool drop_earlier(const struct target *target, struct err *err)
{
    struct buf sql;
    int64_t known;
    bool done;

    if (!engine_int(target->control,
                    (struct str)STR("SELECT (to_regclass('pgrade_record.quarantine') IS NOT NULL)::int"),
                    &known, err))
        return false;
    if (known == 0)
        return true;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DELETE FROM pgrade_record.quarantine WHERE target_schema = ");
    literal_quote(&sql, target->schema);
    buf_text(&sql, "; DELETE FROM pgrade_record.quarantine_column c WHERE NOT EXISTS (SELECT FROM "
                   "pgrade_record.quarantine q"
                   " WHERE q.run_id = c.run_id)");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool quarantine_add(struct quarantine *quarantine, struct engine *control, struct err *err)
{
    static const struct str copy =
        STR("COPY pgrade_record.quarantine (run_id, id, source, source_table, target_schema, target_table, "
            "source_rowid, column_name, reason, \"row\") FROM STDIN (FORMAT csv, HEADER)");

    if (quarantine == NULL || quarantine->rows == 0)
        return true;
    return quarantine_write_out(quarantine, err) && send_columns(quarantine, control, err) &&
           engine_copy_in(control, copy, err) && send_file(quarantine, control, err) &&
           quarantine_sync(quarantine, err);
}

bool quarantine_publish(struct quarantine *quarantine, const struct target *target, struct err *err)
{
    return drop_earlier(target, err) && quarantine_add(quarantine, target->control, err);
}
