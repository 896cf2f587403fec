/* What an earlier run wrote into the journal. */
#include "transfer/journal.h"

#include "schema/ident.h"

static const struct str find_sql =
    STR("SELECT coalesce(obj_description(n.oid, 'pg_namespace'), ''),"
        " (SELECT c.relname::text FROM pg_class c JOIN pg_description d ON d.objoid = c.oid"
        "   AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0 AND d.description = $2"
        "  WHERE c.relnamespace = n.oid AND c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE')"
        "   AND has_table_privilege(c.oid, 'SELECT') LIMIT 1)"
        " FROM pg_namespace n WHERE n.nspname = $1");

enum {
    CELL_WHAT,
    CELL_NAME,
    CELL_TABLE,
    CELL_COLUMN,
    CELL_VALUE,
    CELL_REASON,
    CELL_FIRST,
    CELL_LAST,
    CELL_ROWS,
    CELL_ASIDE,
    CELL_BYTES,
    CELL_ALTERED,
    CELL_AT
};

static bool find(struct arena *arena, struct engine *control, const struct target *target,
                 struct journal *journal, struct err *err)
{
    struct str params[] = {target->load_schema, str_from(JOURNAL_MARK)};
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(control, find_sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    journal->stage = done && found && target_is_mark(rows->cells[0].bytes);
    if (journal->stage && rows->cells[1].kind == VALUE_TEXT)
        journal->name = str_dup(arena, rows->cells[1].bytes);
    rows_close(rows);
    return done;
}

static struct str text_of(struct arena *arena, const struct value *cell)
{
    return cell->kind == VALUE_TEXT ? str_dup(arena, cell->bytes) : (struct str){NULL, 0};
}

static void take_piece(struct arena *arena, const struct value *cells, struct journal *journal)
{
    ARENA_PUSH(arena, journal->pieces, journal->piece_count, journal->piece_capacity) =
        (struct journal_piece){.table = text_of(arena, &cells[CELL_NAME]),
                               .range = {.bounded = cells[CELL_FIRST].kind != VALUE_NULL,
                                         .first = cells[CELL_FIRST].integer,
                                         .last = cells[CELL_LAST].integer},
                               .rows = cells[CELL_ROWS].integer,
                               .aside = cells[CELL_ASIDE].integer,
                               .bytes = cells[CELL_BYTES].integer,
                               .altered = cells[CELL_ALTERED].integer != 0,
                               .digest = text_of(arena, &cells[CELL_VALUE])};
}

static void take(struct arena *arena, const struct value *cells, struct journal *journal)
{
    struct str what = cells[CELL_WHAT].bytes;

    if (str_is(what, "run")) {
        journal->run = text_of(arena, &cells[CELL_NAME]);
        journal->began = text_of(arena, &cells[CELL_AT]);
    } else if (str_is(what, "fact")) {
        ARENA_PUSH(arena, journal->facts, journal->fact_count, journal->fact_capacity) =
            (struct journal_fact){str_cstr(arena, cells[CELL_NAME].bytes),
                                  text_of(arena, &cells[CELL_VALUE])};
    } else if (str_is(what, "phase")) {
        journal->tables_made = journal->tables_made || str_is(cells[CELL_NAME].bytes, "tables made");
    } else if (str_is(what, "loaded")) {
        take_piece(arena, cells, journal);
    } else if (str_is(what, "thinned")) {
        ARENA_PUSH(arena, journal->thinned, journal->thinned_count, journal->thinned_capacity) =
            text_of(arena, &cells[CELL_NAME]);
    } else if (str_is(what, "decision")) {
        ARENA_PUSH(arena, journal->decisions, journal->decision_count, journal->decision_capacity) =
            (struct journal_decision){text_of(arena, &cells[CELL_NAME]), text_of(arena, &cells[CELL_TABLE]),
                                      text_of(arena, &cells[CELL_COLUMN]), text_of(arena, &cells[CELL_VALUE]),
                                      text_of(arena, &cells[CELL_REASON])};
    }
}

static bool read_rows(struct arena *arena, struct engine *control, const struct target *target,
                      struct journal *journal, struct err *err)
{
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT what, name, of_table, of_column, value, reason, first_rowid, last_rowid, rows,"
                   " aside, bytes, altered, to_char(at, 'YYYY-MM-DD HH24:MI:SS \"UTC\"') FROM ");
    ident_quote_qualified(&sql, target->load_schema, journal->name);
    buf_text(&sql, " ORDER BY at");
    done = engine_query(control, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take(arena, rows->cells, journal);
    rows_close(rows);
    return done;
}

bool journal_read(struct arena *arena, struct engine *control, const struct target *target,
                  struct journal *journal, struct err *err)
{
    *journal = (struct journal){.stage = false};
    return find(arena, control, target, journal, err) &&
           (journal->name.ptr == NULL || read_rows(arena, control, target, journal, err));
}

struct str journal_fact_of(const struct journal *journal, const char *name)
{
    for (size_t i = 0; i < journal->fact_count; i++)
        if (str_is(str_from(journal->facts[i].name), name))
            return journal->facts[i].value;
    return (struct str){NULL, 0};
}

static bool is_taken(const struct plan *plan, struct str name)
{
    bool taken = false;

    for (size_t i = 0; i < plan->table_count; i++) {
        taken = taken || str_equal(plan->tables[i].name, name);
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            taken = taken || str_equal(plan->tables[i].columns[j].sequence_name, name);
    }
    for (size_t i = 0; i < plan->object_count; i++)
        taken = taken || str_equal(plan->objects[i].name, name);
    for (size_t i = 0; i < plan->view_count; i++)
        taken = taken || str_equal(plan->views[i].name, name);
    for (size_t i = 0; i < plan->enum_count; i++)
        taken = taken || str_equal(plan->enums[i].type.name, name);
    return taken;
}

struct str journal_choose_name(struct arena *arena, const struct plan *plan)
{
    struct str name = STR("pgrade_journal");

    while (is_taken(plan, name))
        name = str_printf(arena, "%.*s_", STR_ARGS(name));
    return name;
}
