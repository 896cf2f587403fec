/*
 * What was done to the published objects since they were published: --replace must not drop that unasked.
 *
 * The record holds for each object its parts as text (columns, indexes, constraints ...) and for each table
 * the number of its rows.  A row that was written later carries a later transaction than the record's own
 * row, which belongs to the transaction that published; or that of one that was under way then.
 */
#include <inttypes.h>

#include "transfer/target.h"

enum {
    OBJECTS_SHOWN = 8,
    PARTS_SHOWN = 400 /* bytes of one list */
};

/* Of the object k (class, oid).  Grants, comments and statistics hold no work of an application. */
#define PARTS_SQL                                                                                            \
    "(SELECT coalesce(jsonb_agg(DISTINCT part), '[]') FROM ("                                                \
    " SELECT 'name ' || quote_ident(c.relname)"                                                              \
    "  || CASE WHEN c.relrowsecurity THEN ' with row level security' ELSE '' END AS part"                    \
    "  FROM pg_class c WHERE k.class IN ('table', 'view') AND c.oid = k.oid"                                 \
    " UNION ALL SELECT 'column ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)"   \
    "  || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END"                                               \
    "  || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')"                                      \
    "  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"          \
    "  WHERE k.class IN ('table', 'view') AND a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped"    \
    " UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i"                            \
    "  WHERE k.class = 'table' AND i.indrelid = k.oid"                                                       \
    "  AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = i.indexrelid AND n.conrelid = k.oid)"  \
    " UNION ALL SELECT 'constraint ' || quote_ident(n.conname) || ' ' || pg_get_constraintdef(n.oid)"        \
    "  FROM pg_constraint n WHERE k.class = 'table' AND n.conrelid = k.oid AND n.contype <> 'n'"             \
    " UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'D' THEN ' disabled'" \
    "  ELSE '' END FROM pg_trigger t"                                                                        \
    "  WHERE k.class IN ('table', 'view') AND t.tgrelid = k.oid AND NOT t.tgisinternal"                      \
    " UNION ALL SELECT 'rule ' || pg_get_ruledef(r.oid) FROM pg_rewrite r"                                   \
    "  WHERE k.class IN ('table', 'view') AND r.ev_class = k.oid"                                            \
    " UNION ALL SELECT 'policy ' || quote_ident(l.polname) || ' ' || l.polcmd::text"                         \
    "  || coalesce(' USING ' || pg_get_expr(l.polqual, l.polrelid), '')"                                     \
    "  || coalesce(' CHECK ' || pg_get_expr(l.polwithcheck, l.polrelid), '') FROM pg_policy l"               \
    "  WHERE k.class = 'table' AND l.polrelid = k.oid"                                                       \
    " UNION ALL SELECT 'label ' || quote_literal(e.enumlabel) FROM pg_enum e"                                \
    "  WHERE k.class = 'type' AND e.enumtypid = k.oid"                                                       \
    " UNION ALL SELECT pg_get_functiondef(f.oid) FROM pg_proc f WHERE k.class = 'function' AND f.oid = "     \
    "k.oid"                                                                                                  \
    ") every)"

const char target_parts_sql[] = PARTS_SQL;

/* Without this transaction: it has its number by now, so whoever has an earlier one is among them or done. */
const char target_running_sql[] =
    "ARRAY(SELECT (number % 4294967296)::text::xid FROM txid_snapshot_xip(txid_current_snapshot()) number)";

/* $1: the schema.  Of a record without parts nothing is known but its age. */
static const struct str changed_sql =
    STR("SELECT p.class, p.name, p.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname),"
        " coalesce((to_jsonb(p)->>'rows')::bigint, -1),"
        " coalesce((SELECT string_agg(part, '; ' ORDER BY part) FROM (SELECT jsonb_array_elements_text(w.was)"
        "  EXCEPT SELECT jsonb_array_elements_text(now.parts)) gone (part)), ''),"
        " coalesce((SELECT string_agg(part, '; ' ORDER BY part) FROM (SELECT"
        "  jsonb_array_elements_text(now.parts)"
        "  EXCEPT SELECT jsonb_array_elements_text(w.was)) new (part)"
        "  WHERE jsonb_typeof(w.was) = 'array'), '')"
        " FROM pgrade_record.published p CROSS JOIN LATERAL (SELECT p.class, p.oid) k"
        " CROSS JOIN LATERAL (SELECT " PARTS_SQL " AS parts) now"
        " CROSS JOIN LATERAL (SELECT nullif(to_jsonb(p)->'parts', 'null') AS was) w"
        " LEFT JOIN pg_class c ON p.class IN ('table', 'view') AND c.oid = p.oid"
        " LEFT JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE p.schema = $1 AND CASE p.class"
        "  WHEN 'function' THEN EXISTS (SELECT FROM pg_proc f WHERE f.oid = p.oid)"
        "  WHEN 'type' THEN EXISTS (SELECT FROM pg_type t WHERE t.oid = p.oid)"
        "  ELSE n.nspname = $1 END"
        " ORDER BY p.class, p.name");

enum {
    CHANGED_CLASS,
    CHANGED_NAME,
    CHANGED_OID,
    CHANGED_QUALIFIED,
    CHANGED_ROWS,
    CHANGED_GONE,
    CHANGED_NEW
};

struct changes {
    struct buf text;
    size_t count;
};

struct table_rows {
    int64_t recorded; /* -1: not known */
    int64_t now;
    int64_t written; /* since it was published, and still there */
};

static bool count_rows(struct engine *target, struct str table, int64_t oid, struct table_rows *found,
                       struct err *err)
{
    struct rows *rows;
    struct buf sql;
    bool any = false;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql,
               "WITH p AS (SELECT age(p.xmin) AS age, nullif(to_jsonb(p)->'running', 'null') AS running"
               " FROM pgrade_record.published p WHERE p.class = 'table' AND p.oid = %" PRId64 ")"
               " SELECT count(*), count(*) FILTER (WHERE age(t.xmin) < (SELECT age FROM p) OR t.xmin = ANY ("
               "ARRAY(SELECT jsonb_array_elements_text(running)::xid FROM p))) FROM ONLY %.*s t",
               oid, STR_ARGS(table));
    done = engine_query(target, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    done = rows_next(rows, &any, err);
    if (done && any) {
        found->now = rows->cells[0].integer;
        found->written = rows->cells[1].integer;
    }
    rows_close(rows);
    return done;
}

static void put_rows(struct buf *text, const struct table_rows *rows)
{
    int64_t more = rows->recorded < 0 ? 0 : rows->now - rows->recorded;
    int64_t amount = more < 0 ? -more : more;

    if (more != 0)
        buf_printf(text, ", %" PRId64 " row%s %s", amount, amount == 1 ? "" : "s",
                   more > 0 ? "more" : "fewer");
    if (rows->written > 0 && rows->written != more)
        buf_printf(text, ", %" PRId64 " row%s written", rows->written, rows->written == 1 ? "" : "s");
}

static void put_parts(struct buf *text, const char *what, struct str parts)
{
    struct str shown = str_utf8_clip(parts, PARTS_SHOWN);

    if (parts.len > 0)
        buf_printf(text, ", %s: %.*s%s", what, STR_ARGS(shown), shown.len < parts.len ? " ..." : "");
}

static bool look_at(struct engine *target, const struct value *cells, struct changes *changes,
                    struct err *err)
{
    struct table_rows rows = {.recorded = cells[CHANGED_ROWS].integer};
    struct buf text;

    if (str_is(cells[CHANGED_CLASS].bytes, "table") &&
        !count_rows(target, cells[CHANGED_QUALIFIED].bytes, cells[CHANGED_OID].integer, &rows, err))
        return false;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    if (str_is(cells[CHANGED_CLASS].bytes, "table"))
        put_rows(&text, &rows);
    if (str_is(cells[CHANGED_CLASS].bytes, "function") && cells[CHANGED_NEW].bytes.len > 0)
        buf_text(&text, ", another body");
    else {
        put_parts(&text, "gone", cells[CHANGED_GONE].bytes);
        put_parts(&text, "new", cells[CHANGED_NEW].bytes);
    }
    /* The comma that the first one begins with becomes the colon after the name. */
    if (text.len > 0 && changes->count++ < OBJECTS_SHOWN)
        buf_printf(&changes->text, "%s%.*s %.*s:%.*s", changes->count > 1 ? "; " : "",
                   STR_ARGS(cells[CHANGED_CLASS].bytes), STR_ARGS(cells[CHANGED_NAME].bytes),
                   STR_ARGS(str_slice(buf_view(&text), 1, text.len)));
    buf_free(&text);
    return true;
}

static bool refuse_changes(const struct target *target, const struct changes *changes, struct err *err)
{
    err_set(err, ERR_REFUSED, "what the earlier run published in schema %.*s was changed since: %zu object%s",
            STR_ARGS(target->schema), changes->count, changes->count == 1 ? "" : "s");
    err_detail(err, "%.*s%s", STR_ARGS(buf_view(&changes->text)),
               changes->count > OBJECTS_SHOWN ? "; ..." : "");
    return err_hint(err, "--replace --discard-changes drops that with the tables; or save it first; or give "
                         "another schema: --schema NAME");
}

bool target_check_changes(const struct target *target, struct err *err)
{
    struct changes changes = {.count = 0};
    struct rows *rows;
    bool found = true;
    bool done;

    if (target->earlier_count == 0 || target->discard_changes)
        return true;
    if (!engine_query(target->control, changed_sql, &target->schema, 1, &rows, err))
        return false;
    buf_init(&changes.text, BUF_TEXT_MAXIMUM);
    do {
        done =
            rows_next(rows, &found, err) && (!found || look_at(target->control, rows->cells, &changes, err));
    } while (done && found);
    rows_close(rows);
    if (done && changes.count > 0)
        done = refuse_changes(target, &changes, err);
    buf_free(&changes.text);
    return done;
}
