/* Sequences that would give a number which is there already. */
#include <inttypes.h>

#include "ops/locks.h"
#include "ops/verify_facts.h"
#include "schema/ident.h"

/* Sequences that belong to a column.  Where one stands that has given no number yet only SELECT on it tells
 * (pg_sequences has NULL for it): without that right such a one is left alone. */
static const struct str sequences_sql =
    STR("SELECT t.relname, a.attname, qn.nspname, q.relname, p.seqincrement, s.may_read, s.last_value,"
        " p.seqmax"
        " FROM pg_depend d JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S'"
        " JOIN pg_namespace qn ON qn.oid = q.relnamespace JOIN pg_sequence p ON p.seqrelid = q.oid"
        " JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid,"
        " LATERAL (SELECT has_sequence_privilege(q.oid, 'SELECT') AS may_read,"
        "  CASE WHEN NOT has_sequence_privilege(q.oid, 'SELECT')"
        "   AND has_sequence_privilege(q.oid, 'USAGE') THEN pg_sequence_last_value(q.oid) END"
        "  AS last_value) s"
        " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
        "  AND d.deptype IN ('a', 'i') AND n.nspname = $1 AND p.seqincrement > 0"
        "  AND (s.may_read OR s.last_value IS NOT NULL) ORDER BY 1, 2");

struct sequence {
    struct str table;
    struct str column;
    struct str next; /* what gives the number that comes next: a SELECT */
    int64_t last;    /* that it can give */
    int64_t given;   /* by the source, at least up to it; 0: nothing is known */
};

struct search {
    struct verify *verify;
    int side;
    struct sequence *sequences;
    size_t count;
    size_t capacity;
};

enum {
    SEQUENCES_A_QUERY = 100
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

static bool is_compared(const struct search *search, struct str table)
{
    const struct verify_result *result = search->verify->result;

    for (size_t i = 0; i < result->table_count; i++)
        if (str_equal(result->tables[i].names[search->side], table))
            return true;
    return false;
}

static bool read_sequences(struct search *search, struct err *err)
{
    struct arena *arena = search->verify->arena;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(search->verify->result->engines[search->side], sequences_sql,
                      &search->verify->schemas[search->side], 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        const struct value *cells = rows->cells;

        if (is_compared(search, cells[0].bytes))
            ARENA_PUSH(arena, search->sequences, search->count, search->capacity) =
                (struct sequence){.table = str_dup(arena, cells[0].bytes),
                                  .column = str_dup(arena, cells[1].bytes),
                                  .next = next_sql(arena, cells),
                                  .last = cells[7].integer};
    }
    rows_close(rows);
    return done;
}

static void take_given(struct search *search, const struct plan *plan)
{
    size_t table = 0;

    /* Both are mostly in one order. */
    for (size_t i = 0; i < search->count; i++)
        for (size_t tries = 0; tries < plan->table_count; tries++, table++) {
            table %= plan->table_count;
            if (!str_equal(plan->tables[table].name, search->sequences[i].table))
                continue;
            if (plan->tables[table].identity_next > 0)
                search->sequences[i].given = plan->tables[table].identity_next - 1;
            break;
        }
}

/*
 * Of one sequence: a row where something is wrong.  Where the largest number that it can give is there
 * already, it stands somewhere below, before one that is not.
 */
static void put_question(const struct search *search, size_t place, struct buf *sql)
{
    const struct sequence *sequence = &search->sequences[place];

    buf_printf(sql,
               "%sSELECT %zu, format(CASE WHEN greatest >= next THEN 'gives %%s next, and %%s is there"
               " already' ELSE 'gives %%s next, and the source has given %%s already' END, next,"
               " CASE WHEN greatest >= next THEN greatest ELSE %" PRId64 " END) FROM (SELECT max(",
               sql->len > 0 ? " UNION ALL " : "", place, sequence->given);
    ident_quote(sql, sequence->column);
    buf_text(sql, ")::numeric AS greatest FROM ");
    ident_quote_qualified(sql, search->verify->schemas[search->side], sequence->table);
    buf_printf(sql,
               ") t, (%.*s) s WHERE (greatest >= next OR next <= %" PRId64 ") AND (coalesce(greatest, 0) < "
               "%" PRId64 " OR EXISTS (SELECT FROM ",
               STR_ARGS(sequence->next), sequence->given, sequence->last);
    ident_quote_qualified(sql, search->verify->schemas[search->side], sequence->table);
    buf_text(sql, " WHERE ");
    ident_quote(sql, sequence->column);
    buf_text(sql, " = next))");
}

static bool ask(const struct search *search, struct str sql, struct err *err)
{
    struct verify *verify = search->verify;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(verify->result->engines[search->side], sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        const struct sequence *sequence = &search->sequences[rows->cells[0].integer];

        verify_remark(verify, search->side == 1, "sequence", sequence->table, sequence->column,
                      str_printf(verify->arena, "the %s %.*s", verify_side_name(search->side),
                                 STR_ARGS(rows->cells[1].bytes)));
    }
    rows_close(rows);
    return done;
}

bool facts_check_sequences(struct verify *verify, int side, const struct plan *plan, struct err *err)
{
    struct search search = {.verify = verify, .side = side};
    struct buf sql;
    bool done = read_sequences(&search, err);

    if (done && plan != NULL)
        take_given(&search, plan);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < search.count; i++) {
        put_question(&search, i, &sql);
        if ((i + 1) % SEQUENCES_A_QUERY != 0 && i + 1 < search.count)
            continue;
        done = ask(&search, buf_view(&sql), err) &&
               (!verify->in_transaction || locks_give_back(verify->result->engines[side], err));
        buf_clear(&sql);
    }
    buf_free(&sql);
    return done;
}
