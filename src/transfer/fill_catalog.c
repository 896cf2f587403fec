/* The catalog as text, without the numbers that a dropped and re-made object changes. */
#include "transfer/fill.h"

/* One question a class of objects; `made` are the schemas that people make. */
static const char *const questions[] = {
    "SELECT concat_ws(' | ', 'relation', n.nspname, c.relname, c.relkind, c.relpersistence,"
    " pg_get_userbyid(c.relowner), c.reloptions, c.relacl, c.relrowsecurity, c.relforcerowsecurity,"
    " c.relreplident, c.reltablespace, c.relam, obj_description(c.oid, 'pg_class'),"
    " CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END) AS line"
    " FROM pg_class c JOIN made n ON n.oid = c.relnamespace",

    "SELECT concat_ws(' | ', 'column', n.nspname, c.relname, a.attnum, a.attname,"
    " format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attcollation,"
    " a.attstorage, a.attstattarget, a.attacl, a.attoptions, col_description(c.oid, a.attnum),"
    " pg_get_expr(d.adbin, d.adrelid))"
    " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN made n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attnum > 0",

    "SELECT concat_ws(' | ', 'constraint', n.nspname, k.conrelid::regclass, k.conname, k.contype,"
    " pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred, k.conislocal,"
    " k.coninhcount, k.connoinherit, obj_description(k.oid, 'pg_constraint'))"
    " FROM pg_constraint k JOIN made n ON n.oid = k.connamespace",

    "SELECT concat_ws(' | ', 'index', pg_get_indexdef(i.indexrelid), i.indisclustered, i.indisreplident,"
    " i.indisvalid, i.indisready, i.indislive)"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN made n ON n.oid = c.relnamespace",

    "SELECT concat_ws(' | ', 'trigger', t.tgrelid::regclass, t.tgenabled, obj_description(t.oid,"
    " 'pg_trigger'), CASE WHEN t.tgisinternal THEN concat_ws(' ', t.tgfoid::regproc, k.conname)"
    " ELSE pg_get_triggerdef(t.oid) END)"
    " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN made n ON n.oid = c.relnamespace"
    " LEFT JOIN pg_constraint k ON k.oid = t.tgconstraint",

    "SELECT concat_ws(' | ', 'sequence', s.seqrelid::regclass, format_type(s.seqtypid, NULL), s.seqstart,"
    " s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle,"
    " (SELECT concat_ws('.', d.refobjid::regclass, d.refobjsubid) FROM pg_depend d"
    " WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i')))"
    " FROM pg_sequence s",

    "SELECT concat_ws(' | ', 'rule', r.ev_class::regclass, r.rulename, r.ev_enabled, pg_get_ruledef(r.oid))"
    " FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN made n ON n.oid = c.relnamespace",

    "SELECT concat_ws(' | ', 'policy', p.polrelid::regclass, p.polname, p.polcmd, p.polpermissive,"
    " p.polroles, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
    " FROM pg_policy p",

    "SELECT concat_ws(' | ', 'statistics', pg_get_statisticsobjdef(x.oid),"
    " obj_description(x.oid, 'pg_statistic_ext')) FROM pg_statistic_ext x",

    "SELECT concat_ws(' | ', 'publication', p.prpubid, p.prrelid::regclass) FROM pg_publication_rel p",
};

static void put_question(struct buf *sql)
{
    buf_text(sql, "WITH made AS (SELECT oid, nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'"
                  " AND nspname <> 'information_schema') SELECT line FROM (");
    for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
        buf_text(sql, i > 0 ? " UNION ALL " : "");
        buf_text(sql, questions[i]);
    }
    buf_text(sql, ") catalog ORDER BY line COLLATE \"C\"");
}

bool fill_catalog(struct arena *arena, struct engine *control, struct str *catalog, struct err *err)
{
    struct rows *rows;
    struct buf text;
    bool found = true;
    bool done;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    put_question(&text);
    done = engine_query(control, buf_view(&text), NULL, 0, &rows, err);
    buf_clear(&text);
    if (!done) {
        buf_free(&text);
        return false;
    }
    while ((done = rows_next(rows, &found, err)) && found) {
        buf_str(&text, rows->cells[0].bytes);
        buf_byte(&text, '\n');
    }
    rows_close(rows);
    *catalog = buf_to_str(arena, &text);
    done = done && (!text.failed || err_set(err, ERR_OUT_OF_MEMORY, "no memory for the target's catalog"));
    buf_free(&text);
    return done;
}

static struct str line_at(struct str text, size_t at)
{
    size_t end = at;

    while (end < text.len && text.ptr[end] != '\n')
        end++;
    return str_slice(text, at, end);
}

struct str fill_catalog_difference(struct str before, struct str after)
{
    size_t same = 0;
    size_t line = 0;
    size_t least = before.len < after.len ? before.len : after.len;

    if (str_equal(before, after))
        return (struct str){NULL, 0};
    for (; same < least && before.ptr[same] == after.ptr[same]; same++)
        if (before.ptr[same] == '\n')
            line = same + 1;
    return line < before.len ? line_at(before, line) : line_at(after, line);
}
