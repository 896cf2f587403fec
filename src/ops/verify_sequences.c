/* Sequences that would give a number which is there already. */
#include "ops/verify_facts.h"
#include "schema/ident.h"

/* Sequences that belong to a column.  Where one stands that has given no number yet only SELECT on it tells
 * (pg_sequences has NULL for it): without that right such a one is left alone. */
static const struct str sequences_sql =
    STR("SELECT t.relname, a.attname, qn.nspname, q.relname, p.seqincrement, s.may_read, s.last_value"
        " FROM pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'"
        " JOIN pg_namespace qn ON qn.oid = q.relnamespace JOIN pg_sequence p ON p.seqrelid = q.oid"
        " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid,"
        " LATERAL (SELECT has_sequence_privilege(q.oid, 'SELECT') AS may_read,"
        "  CASE WHEN has_sequence_privilege(q.oid, 'USAGE') THEN pg_sequence_last_value(q.oid) END"
        "  AS last_value) s"
        " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
        "  AND d.deptype IN ('a', 'i') AND n.nspname = $1 AND p.seqincrement > 0"
        "  AND (s.may_read OR s.last_value IS NOT NULL) ORDER BY 1, 2");

struct sequence {
    struct str table;
    struct str column;
    struct str next; /* what gives the number that comes next: a SELECT */
};

static struct str next_sql(struct arena *arena, const struct value *cells)
{
    long long increment = (long long)cells[4].integer;
    struct str text;
    struct buf name;

    if (cells[5].integer == 0)
        return str_printf(arena, "SELECT %lld::numeric + %lld AS next", (long long)cells[6].integer,
                          increment);
    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, cells[2].bytes, cells[3].bytes);
    text = str_printf(arena, "SELECT last_value::numeric + is_called::int * (%lld) AS next FROM %.*s",
                      increment, STR_ARGS(buf_view(&name)));
    buf_free(&name);
    return text;
}

static bool read_sequences(struct verify *verify, int side, struct sequence **sequences, size_t *count,
                           struct err *err)
{
    struct arena *arena = verify->arena;
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    *count = 0;
    *sequences = NULL;
    if (!engine_query(verify->result->engines[side], sequences_sql, &verify->schemas[side], 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(arena, *sequences, *count, capacity) =
            (struct sequence){str_dup(arena, rows->cells[0].bytes), str_dup(arena, rows->cells[1].bytes),
                              next_sql(arena, rows->cells)};
    rows_close(rows);
    return done;
}

static bool check_sequence(struct verify *verify, int side, const struct sequence *sequence, struct err *err)
{
    struct value text;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql,
             "SELECT format('gives %s next, and %s is there already', next, greatest) FROM (SELECT max(");
    ident_quote(&sql, sequence->column);
    buf_text(&sql, ") AS greatest FROM ");
    ident_quote_qualified(&sql, verify->schemas[side], sequence->table);
    buf_printf(&sql, ") t, (%.*s) s WHERE greatest >= next", STR_ARGS(sequence->next));
    done = engine_value(verify->result->engines[side], verify->arena, buf_view(&sql), NULL, 0, &text, err);
    buf_free(&sql);
    if (done && text.kind != VALUE_NULL)
        verify_remark(verify, side == 1, "sequence", sequence->table, sequence->column,
                      str_printf(verify->arena, "the %s %.*s", verify_side_name(side), STR_ARGS(text.bytes)));
    return done;
}

bool facts_check_sequences(struct verify *verify, int side, struct err *err)
{
    struct sequence *sequences;
    size_t count;

    if (!read_sequences(verify, side, &sequences, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < verify->result->table_count; j++)
            if (str_equal(verify->result->tables[j].names[side], sequences[i].table) &&
                !check_sequence(verify, side, &sequences[i], err))
                return false;
    return true;
}
