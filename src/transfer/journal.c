/* What is written into the journal. */
#include "transfer/journal.h"

#include <inttypes.h>

#include "schema/ident.h"

static void put_insert(struct buf *sql, const struct target *target, const char *columns)
{
    buf_text(sql, "INSERT INTO ");
    ident_quote_qualified(sql, target->load_schema, target->journal);
    buf_printf(sql, " (%s) ", columns);
}

static void put_literals(struct buf *sql, const struct str *values, size_t count)
{
    buf_text(sql, "VALUES (");
    for (size_t i = 0; i < count; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        literal_quote(sql, values[i]);
    }
    buf_text(sql, ");\n");
}

static void put_facts(struct buf *sql, const struct target *target)
{
    for (size_t i = 0; i < target->fact_count; i++) {
        struct str values[] = {(struct str)STR("fact"), str_from(target->facts[i].name),
                               target->facts[i].value};

        put_insert(sql, target, "what, name, value");
        put_literals(sql, values, ARRAY_LENGTH(values));
    }
}

static void put_decision(struct buf *sql, const struct target *target,
                         const struct journal_decision *decision)
{
    struct str values[] = {(struct str)STR("decision"),
                           decision->kind,
                           decision->table,
                           decision->column,
                           decision->value,
                           decision->reason};

    put_insert(sql, target, "what, name, of_table, of_column, value, reason");
    put_literals(sql, values, ARRAY_LENGTH(values));
}

static void put_delete(struct buf *sql, const struct target *target, const char *what, struct str name)
{
    buf_text(sql, "DELETE FROM ");
    ident_quote_qualified(sql, target->load_schema, target->journal);
    buf_printf(sql, " WHERE what = '%s'", what);
    if (name.len > 0) {
        buf_text(sql, " AND name = ");
        literal_quote(sql, name);
    }
    buf_text(sql, ";\n");
}

static void put_sessions(struct buf *sql, const struct target *target)
{
    put_insert(sql, target, "what, name, value");
    buf_text(sql, "SELECT 'session', a.pid::text, a.backend_start::text FROM pg_stat_activity a"
                  " WHERE a.usename = current_user AND a.pid IN (pg_backend_pid()");
    for (size_t i = 0; i < target->session_count; i++)
        buf_printf(sql, ", %d", target->sessions[i]);
    buf_text(sql, ");\n");
}

/* A number of its own, which the server makes. */
static void put_run(struct buf *sql, const struct target *target)
{
    put_insert(sql, target, "what, name");
    buf_text(sql, "SELECT 'run', md5(random()::text || clock_timestamp()::text);\n");
}

void journal_put_table(struct buf *sql, const struct target *target)
{
    buf_text(sql, "CREATE TABLE ");
    ident_quote_qualified(sql, target->load_schema, target->journal);
    buf_text(sql,
             " (at timestamptz NOT NULL DEFAULT clock_timestamp(), what text NOT NULL, name text NOT NULL,"
             " of_table text, of_column text, value text, reason text, first_rowid bigint, last_rowid "
             "bigint, rows bigint,"
             " aside bigint, bytes bigint, altered boolean); COMMENT ON TABLE ");
    ident_quote_qualified(sql, target->load_schema, target->journal);
    buf_text(sql, " IS '" JOURNAL_MARK "';\n");
    put_run(sql, target);
    put_facts(sql, target);
    for (size_t i = 0; i < target->decision_count; i++)
        put_decision(sql, target, &target->decisions[i]);
    put_sessions(sql, target);
}

void journal_put_taken(struct buf *sql, const struct target *target)
{
    put_delete(sql, target, "fact", (struct str){NULL, 0});
    put_facts(sql, target);
    put_sessions(sql, target);
}

void journal_put_tables_made(struct buf *sql, const struct target *target)
{
    struct str values[] = {(struct str)STR("phase"), (struct str)STR("tables made")};

    put_insert(sql, target, "what, name");
    put_literals(sql, values, ARRAY_LENGTH(values));
}

void journal_put_piece(struct buf *sql, const struct target *target, const struct journal_piece *piece)
{
    put_insert(sql, target, "what, name, first_rowid, last_rowid, rows, aside, bytes, altered, value");
    buf_text(sql, "VALUES ('loaded', ");
    literal_quote(sql, piece->table);
    if (piece->range.bounded)
        buf_printf(sql, ", %" PRId64 ", %" PRId64, piece->range.first, piece->range.last);
    else
        buf_text(sql, ", NULL, NULL");
    buf_printf(sql, ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %s, ", piece->rows, piece->aside, piece->bytes,
               piece->altered ? "true" : "false");
    literal_quote(sql, piece->digest);
    buf_text(sql, ");\n");
}

void journal_put_thinned(struct buf *sql, const struct target *target, struct str table)
{
    struct str values[] = {(struct str)STR("thinned"), table};

    put_delete(sql, target, "loaded", table);
    put_insert(sql, target, "what, name");
    put_literals(sql, values, ARRAY_LENGTH(values));
}

void journal_put_emptied(struct buf *sql, const struct target *target, struct str table)
{
    put_delete(sql, target, "thinned", table);
}
