/*
 * Whatever numbers the rows of a table goes on behind them: what belongs to a column, what its default calls,
 * by itself or in a function.  What cannot be set right is named.
 */
#include "transfer/fill_intern.h"

#include "base/log.h"
#include "schema/ident.h"

/* Functions that people wrote are looked into for nextval('name'). */
#define CALLED "regexp_matches(p.prosrc, 'nextval\\s*\\(\\s*''([^'']+)''', 'gi') AS m(words)"
/* As the function would find it: the session's own path is empty. */
#define CALLED_SEQUENCE                                                                                      \
    "coalesce(to_regclass(m.words[1]), to_regclass(quote_ident($1) || '.' || m.words[1]),"                   \
    " to_regclass('public.' || m.words[1]))"

/* Of each pair of a column and a sequence one row.  A sequence that belongs to a column and numbers others
 * counts for these alone. */
static const char sequences_sql[] =
    "WITH filled AS (" FILLED "), used AS ("
    " SELECT d.refobjid AS seq, f.adrelid AS rel, f.adnum AS col FROM pg_depend d JOIN pg_attrdef f ON f.oid "
    "="
    " d.objid WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass"
    " UNION SELECT " CALLED_SEQUENCE "::oid, f.adrelid, f.adnum FROM pg_depend d"
    "  JOIN pg_attrdef f ON f.oid = d.objid JOIN pg_proc p ON p.oid = d.refobjid, " CALLED
    "  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_proc'::regclass"
    "   AND f.adrelid IN (SELECT oid FROM filled)"
    "), numbering AS ("
    " SELECT * FROM used UNION SELECT objid, refobjid, refobjsubid FROM pg_depend d"
    "  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND (deptype = 'i' OR"
    "   deptype = 'a' AND NOT EXISTS (SELECT FROM used u WHERE u.seq = d.objid)))"
    " SELECT s.seqrelid::regclass::text, a.attrelid::regclass::text, r.relname, a.attname, "
    "quote_ident(a.attname),"
    "  (t.typcategory = 'N')::int, s.seqmin, s.seqmax, s.seqincrement, s.seqstart, s.seqcycle::int,"
    "  pg_has_role(q.relowner, 'USAGE')::int,"
    "  (has_sequence_privilege(q.oid, 'SELECT') AND has_sequence_privilege(q.oid, 'UPDATE'))::int,"
    "  quote_ident(pg_get_userbyid(q.relowner)), quote_ident(current_user)"
    " FROM numbering d JOIN pg_sequence s ON s.seqrelid = d.seq JOIN pg_class q ON q.oid = d.seq"
    " JOIN pg_attribute a ON a.attrelid = d.rel AND a.attnum = d.col JOIN pg_class r ON r.oid = a.attrelid"
    " JOIN pg_type t ON t.oid = a.atttypid WHERE d.rel IN (SELECT oid FROM filled) ORDER BY s.seqrelid, "
    "a.attnum";

enum {
    CELL_SEQUENCE,
    CELL_RELATION,
    CELL_TABLE,
    CELL_COLUMN,
    CELL_QUOTED,
    CELL_NUMBER,
    CELL_LEAST,
    CELL_MOST,
    CELL_STEP,
    CELL_START,
    CELL_CYCLE,
    CELL_OWNED,
    CELL_WRITABLE,
    CELL_OWNER,
    CELL_USER
};

static struct numbering take(struct arena *arena, const struct value *cells)
{
    return (struct numbering){.sequence = str_dup(arena, cells[CELL_SEQUENCE].bytes),
                              .relation = str_dup(arena, cells[CELL_RELATION].bytes),
                              .table = str_dup(arena, cells[CELL_TABLE].bytes),
                              .column = str_dup(arena, cells[CELL_COLUMN].bytes),
                              .quoted = str_dup(arena, cells[CELL_QUOTED].bytes),
                              .number = cells[CELL_NUMBER].integer != 0,
                              .cycle = cells[CELL_CYCLE].integer != 0,
                              .owned = cells[CELL_OWNED].integer != 0,
                              .least = cells[CELL_LEAST].integer,
                              .most = cells[CELL_MOST].integer,
                              .step = cells[CELL_STEP].integer,
                              .start = cells[CELL_START].integer};
}

/* What the source itself would give next at least, in the column that is its rowid; 0: any. */
static int64_t next_of_source(const struct plan *plan, const struct numbering *it)
{
    for (size_t i = 0; i < plan->table_count; i++) {
        const struct plan_table *table = &plan->tables[i];
        int rowid = table->source->rowid_column;

        if (!str_equal(table->name, it->table) || rowid < 0 ||
            !str_equal(table->columns[rowid].name, it->column))
            continue;
        if (table->source->sequence >= table->identity_next && table->source->sequence < INT64_MAX)
            return table->source->sequence + 1;
        return table->identity_next;
    }
    return 0;
}

/*
 * One row: where the sequence stands (what it would give next), and where it has to stand at least, in its
 * own steps: those who count 1, 3, 5 on one server leave the others to another.  It never goes back: what it
 * gave somebody may remember.
 */
static struct str question(struct arena *arena, const struct numbering *it, int64_t source)
{
    const char *last = it->step > 0 ? "max" : "min";
    const char *further = it->step > 0 ? "greatest" : "least";
    int sign = it->step > 0 ? 1 : -1;

    return str_printf(
        arena,
        "SELECT n.now::text, (CASE WHEN n.now = n.need THEN n.now ELSE %lld::numeric + ceil((n.need - "
        "(%lld)) /"
        " (%lld)::numeric) * (%lld) END)::text FROM (SELECT q.now, %s(q.now, coalesce(k.last + (%d), "
        "q.now)%s) AS need"
        " FROM (SELECT last_value::numeric + is_called::int * (%lld) AS now FROM %.*s) q,"
        " (SELECT %s(%.*s)::numeric AS last FROM %.*s) k) n",
        (long long)it->start, (long long)it->start, (long long)it->step, (long long)it->step, further, sign,
        source > 0 && it->step > 0 ? str_cstr(arena, str_printf(arena, ", %lld", (long long)source)) : "",
        (long long)it->step, STR_ARGS(it->sequence), last, STR_ARGS(it->quoted), STR_ARGS(it->relation));
}

/* Whether it has come to its end; then what that means is said. */
static bool is_used_up(const struct numbering *it, const struct value *next)
{
    if (next->kind == VALUE_INTEGER && next->integer >= it->least && next->integer <= it->most)
        return false;
    log_message(LOG_WARNING,
                it->cycle
                    ? "%.*s.%.*s: its sequence %.*s has come to its end (%lld) and begins again: numbers"
                      " that it gives may be taken"
                    : "%.*s.%.*s: its sequence %.*s ends at %lld, and the rows hold a number as large:"
                      " it gives no more; ALTER SEQUENCE makes it longer",
                STR_ARGS(it->table), STR_ARGS(it->column), STR_ARGS(it->sequence),
                (long long)(it->step > 0 ? it->most : it->least));
    return true;
}

/*
 * RESTART, unlike setval(), is taken back with the transaction, and is the owner's to say; who may only write
 * the sequence leaves a gap at the worst.
 */
static struct str statement(struct arena *arena, const struct numbering *it, int64_t next, bool used_up)
{
    struct str text;
    struct buf name;

    if (used_up)
        next = it->step > 0 ? it->most : it->least;
    buf_init(&name, BUF_TEXT_MAXIMUM);
    literal_quote(&name, it->sequence);
    if (it->owned)
        text = str_printf(arena, "ALTER SEQUENCE %.*s RESTART WITH %lld%s%.*s%s", STR_ARGS(it->sequence),
                          (long long)next, used_up ? "; SELECT nextval(" : "",
                          STR_ARGS(used_up ? buf_view(&name) : str_from("")), used_up ? ")" : "");
    else
        text = str_printf(arena, "SELECT setval(%.*s, %lld, %s)", STR_ARGS(buf_view(&name)), (long long)next,
                          used_up ? "true" : "false");
    buf_free(&name);
    return text;
}

/* *moves: it stands where it would give a number that is taken, and has to give *next. */
static bool look_at_sequence(struct filling *filling, const struct numbering *it, bool *moves,
                             struct value *next, struct err *err)
{
    struct str sql = question(filling->arena, it, next_of_source(filling->plan, it));
    struct rows *rows;
    bool found = false;

    if (!engine_query(filling->control, sql, NULL, 0, &rows, err))
        return false;
    if (!rows_next(rows, &found, err)) {
        rows_close(rows);
        return false;
    }
    *moves = found && !str_equal(rows->cells[0].bytes, rows->cells[1].bytes);
    *next = (struct value){.kind = VALUE_NULL};
    if (found && str_to_int64(rows->cells[1].bytes, &next->integer))
        next->kind = VALUE_INTEGER;
    rows_close(rows);
    return true;
}

/* Set, and looked at once more: what was read before may have been damaged on the way. */
static bool set_sequence(struct filling *filling, const struct numbering *it, struct err *err)
{
    struct value next;
    bool moves;
    bool used_up;

    if (!look_at_sequence(filling, it, &moves, &next, err))
        return false;
    used_up = is_used_up(it, &next);
    if ((moves || used_up) &&
        !engine_exec(filling->control, statement(filling->arena, it, next.integer, used_up), err))
        return false;
    if (used_up)
        return true;
    if (!look_at_sequence(filling, it, &moves, &next, err))
        return false;
    if (!moves)
        return true;
    err_set(err, ERR_DIFFERENT, "%.*s.%.*s: its sequence %.*s does not stand where it was set",
            STR_ARGS(it->table), STR_ARGS(it->column), STR_ARGS(it->sequence));
    err_detail(err, "it would give a number that the rows hold; nothing was kept");
    return err_hint(err, "run the same command again; --trace-sql shows the statements");
}

/* A default like 'A-' || nextval('numbers') makes texts of the numbers: which of them were given cannot be
 * told. */
static bool is_number(const struct numbering *it)
{
    if (it->number)
        return true;
    log_message(
        LOG_WARNING,
        "%.*s.%.*s: its default makes no numbers of the sequence %.*s, which stays as it is: see that "
        "it goes on behind what the rows hold",
        STR_ARGS(it->table), STR_ARGS(it->column), STR_ARGS(it->sequence));
    return false;
}

/* Numbers that come from where nobody can see it: functions in another language or with a name that they
 * compute, and triggers. */
static const char hidden_sql[] =
    "WITH filled AS (" FILLED
    ") SELECT format('%s.%s: its default calls %s, which may count by itself: see that"
    " it goes on behind what the rows hold', f.adrelid::regclass, a.attname, p.oid::regprocedure)"
    " FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid JOIN pg_proc p ON p.oid = d.refobjid"
    " JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum"
    " JOIN pg_type t ON t.oid = a.atttypid AND t.typcategory = 'N' AND a.attgenerated = ''"
    " WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_proc'::regclass"
    "  AND f.adrelid IN (SELECT oid FROM filled) AND NOT EXISTS (SELECT FROM " CALLED
    "  WHERE " CALLED_SEQUENCE " IS NOT NULL)"
    " UNION ALL SELECT format('%s: the trigger %I takes numbers of %s: see that it goes on behind what the "
    "rows hold',"
    "  g.tgrelid::regclass, g.tgname, m.words[1]) FROM pg_trigger g JOIN pg_proc p ON p.oid = "
    "g.tgfoid, " CALLED
    "  WHERE NOT g.tgisinternal AND g.tgrelid IN (SELECT oid FROM filled) AND " CALLED_SEQUENCE " IS NOT NULL"
    "   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = " CALLED_SEQUENCE " AND d.deptype IN "
    "('a', 'i')"
    "    AND d.refobjid = g.tgrelid) ORDER BY 1";

static bool name_hidden(const struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(hidden_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        log_message(LOG_WARNING, "%.*s", STR_ARGS(rows->cells[0].bytes));
    rows_close(rows);
    return done;
}

/* Each has to be read and set. */
static bool check_rights(const struct value *cells, struct err *err)
{
    if (cells[CELL_OWNED].integer != 0 || cells[CELL_WRITABLE].integer != 0 ||
        cells[CELL_NUMBER].integer == 0)
        return true;
    err_set(err, ERR_REFUSED, "%.*s.%.*s: its sequence %.*s belongs to another role",
            STR_ARGS(cells[CELL_TABLE].bytes), STR_ARGS(cells[CELL_COLUMN].bytes),
            STR_ARGS(cells[CELL_SEQUENCE].bytes));
    err_detail(err, "it has to go on behind the rows that come; nothing was written");
    return err_hint(err, "as %.*s: GRANT SELECT, UPDATE ON SEQUENCE %.*s TO %.*s;",
                    STR_ARGS(cells[CELL_OWNER].bytes), STR_ARGS(cells[CELL_SEQUENCE].bytes),
                    STR_ARGS(cells[CELL_USER].bytes));
}

bool fill_find_sequences(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(sequences_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err) && (!found || check_rights(rows->cells, err))) && found)
        ARENA_PUSH(filling->arena, filling->numberings, filling->numbering_count, capacity) =
            take(filling->arena, rows->cells);
    rows_close(rows);
    return done;
}

bool fill_set_sequences(struct filling *filling, struct err *err)
{
    for (size_t i = 0; i < filling->numbering_count; i++)
        if (is_number(&filling->numberings[i]) && !set_sequence(filling, &filling->numberings[i], err))
            return false;
    return name_hidden(filling, err);
}
