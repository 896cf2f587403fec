/* The one transaction that makes the loaded tables visible under their real names. */
#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"
#include "transfer/commit.h"
#include "transfer/quarantine.h"
#include "transfer/target.h"

static void put_all_of(struct buf *sql, const struct target *target, const char *class, const char *statement,
                       const char *end)
{
    bool first = true;

    /* One statement for all of a class, so that their keys to each other are no obstacle; and no CASCADE, so
     * that whatever somebody else built on them makes it fail. */
    for (size_t i = 0; i < target->earlier_count; i += 2) {
        if (!str_is(target->earlier[i], class))
            continue;
        buf_printf(sql, "%s %.*s", first ? statement : ",", STR_ARGS(target->earlier[i + 1]));
        first = false;
    }
    if (!first)
        buf_printf(sql, "%s;\n", end);
}

static void put_drop(struct buf *sql, const struct target *target, const char *class, const char *statement)
{
    put_all_of(sql, target, class, statement, "");
}

static void put_move(struct buf *sql, const struct target *target, const char *what, struct str name)
{
    buf_printf(sql, "ALTER %s ", what);
    ident_quote_qualified(sql, target->load_schema, name);
    buf_text(sql, " SET SCHEMA ");
    ident_quote(sql, target->schema);
    buf_text(sql, ";\n");
}

/* The path of a file is whatever bytes the file system takes; the record is text. */
struct str target_text_of_path(struct arena *arena, struct str path)
{
    struct str text;
    struct buf made;

    buf_init(&made, BUF_TEXT_MAXIMUM);
    for (;;) {
        size_t valid = str_utf8_valid_prefix(path);

        buf_put(&made, path.ptr, valid);
        if (valid == path.len)
            break;
        buf_printf(&made, "\\x%02x", (unsigned)(unsigned char)path.ptr[valid]);
        path = str_slice(path, valid + 1, path.len);
    }
    text = buf_to_str(arena, &made);
    buf_free(&made);
    return text;
}

/* Where the catalog keeps the objects of a class. */
static const struct catalog {
    const char *class;
    const char *name;
    const char *columns; /* the prefix of its name and namespace */
} catalogs[] = {
    {"table", "pg_class", "rel"},
    {"type", "pg_type", "typ"},
    {"function", "pg_proc", "pro"},
    {"collation", "pg_collation", "coll"},
};

static const struct catalog *catalog_of(const char *class)
{
    for (size_t i = 1; i < ARRAY_LENGTH(catalogs); i++)
        if (strcmp(catalogs[i].class, class) == 0)
            return &catalogs[i];
    return &catalogs[0];
}

/* rows: of a table; -1: of anything else. */
static void put_record(struct buf *sql, const struct target *target, const char *class, struct str name,
                       int64_t rows, struct str source)
{
    const struct catalog *catalog = catalog_of(class);
    bool wide = !target->record_narrow || target->record_is_ours;
    bool named = target->run.len > 0 && (!target->record_runless || target->record_is_ours);

    buf_printf(sql,
               "INSERT INTO pgrade_record.published (class, schema, name, oid, source%s%s) SELECT k.class, ",
               named ? ", run" : "", wide ? ", rows, parts, running" : "");
    literal_quote(sql, target->schema);
    buf_text(sql, ", ");
    literal_quote(sql, name);
    buf_printf(sql, ", k.oid, ");
    literal_quote(sql, source);
    if (named) {
        buf_text(sql, ", ");
        literal_quote(sql, target->run);
    }
    if (wide && rows >= 0)
        buf_printf(sql, ", %" PRId64, rows);
    else if (wide)
        buf_text(sql, ", NULL");
    if (wide)
        buf_printf(sql, ", %s, %s", target_parts_sql, target_running_sql);
    buf_printf(sql, " FROM (SELECT '%s'::text AS class, o.oid FROM %s o WHERE o.%sname = ", class,
               catalog->name, catalog->columns);
    literal_quote(sql, name);
    buf_printf(sql, " AND o.%snamespace = (SELECT oid FROM pg_namespace WHERE nspname = ", catalog->columns);
    literal_quote(sql, target->schema);
    buf_text(sql, ")) k;\n");
}

/*
 * Triggers and their functions, in place, so that nothing before this fires them.  PL/pgSQL looks at a
 * statement only when it runs: EXPLAIN lets the server look at each now, so that none is published that could
 * not run.
 */
static void put_triggers(struct buf *sql, const struct target *target, const struct plan *plan,
                         struct str source)
{
    for (size_t i = 0; i < plan->object_count; i++) {
        const struct plan_object *object = &plan->objects[i];

        if (object->class != OBJECT_TRIGGER)
            continue;
        buf_printf(sql, "%.*s;\n%.*s", STR_ARGS(object->sql), STR_ARGS(object->check_sql));
        put_record(sql, target, "function", object->function, -1, source);
    }
}

/* One grant of the schema's default privileges, on all that was moved. */
static void put_grant(struct buf *sql, const struct target *target, const struct plan *plan,
                      const struct value *row)
{
    bool sequences = str_is(row[1].bytes, "S");
    bool first = true;

    for (size_t i = 0; i < plan->table_count; i++) {
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            const struct plan_column *column = &plan->tables[i].columns[j];

            if (sequences ? column->identity == IDENTITY_NO : j > 0)
                continue;
            if (first)
                buf_printf(sql, "GRANT %.*s ON %s ", STR_ARGS(row[0].bytes),
                           sequences ? "SEQUENCE" : "TABLE");
            else
                buf_text(sql, ", ");
            first = false;
            ident_quote_qualified(sql, target->schema,
                                  sequences ? column->sequence_name : plan->tables[i].name);
        }
    }
    for (size_t i = 0; !sequences && i < plan->view_count; i++) {
        if (plan->views[i].dropped)
            continue;
        if (first)
            buf_printf(sql, "GRANT %.*s ON TABLE ", STR_ARGS(row[0].bytes));
        else
            buf_text(sql, ", ");
        first = false;
        ident_quote_qualified(sql, target->schema, plan->views[i].name);
    }
    if (!first)
        buf_printf(sql, " TO %.*s;\n", STR_ARGS(row[2].bytes));
}

/* What ALTER DEFAULT PRIVILEGES IN SCHEMA promises for new tables and sequences: moving an object does not
 * apply it. */
static bool put_default_privileges(struct buf *sql, struct target *target, const struct plan *plan,
                                   struct err *err)
{
    static const struct str question = STR(
        "SELECT a.privilege_type, d.defaclobjtype::text,"
        " CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END"
        " || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"
        " FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a"
        " WHERE n.nspname = $1 AND d.defaclobjtype IN ('r', 'S')"
        " AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)");
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(target->control, question, &target->schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        put_grant(sql, target, plan, rows->cells);
    rows_close(rows);
    return done;
}

static void put_records(struct buf *sql, const struct target *target, const struct plan *plan,
                        const int64_t *rows, struct str source)
{
    struct published published;
    size_t next = 0;

    while (target_next_published(plan, &next, &published))
        put_record(sql, target, published.class, published.name,
                   strcmp(published.class, "table") == 0 ? rows[published.place] : -1, source);
}

static bool put_all(struct buf *sql, struct target *target, const struct plan *plan, const int64_t *rows,
                    struct str source, struct err *err)
{
    struct published published;
    size_t next = 0;

    if (!target->schema_exists) {
        buf_text(sql, "CREATE SCHEMA ");
        ident_quote(sql, target->schema);
        buf_text(sql, ";\n");
    }
    put_drop(sql, target, "view", "DROP VIEW");
    put_drop(sql, target, "table", "DROP TABLE");
    put_drop(sql, target, "function", "DROP FUNCTION");
    put_drop(sql, target, "type", "DROP TYPE");
    put_drop(sql, target, "collation", "DROP COLLATION"); /* one at most: it takes no list */
    while (target_next_published(plan, &next, &published))
        put_move(sql, target, published.keyword, published.name);
    if (!put_default_privileges(sql, target, plan, err))
        return false;
    target_put_record_ddl(sql, target);
    put_triggers(sql, target, plan, source);
    put_records(sql, target, plan, rows, source);
    target_put_owner(sql, target, plan);
    target_put_nocase_published(sql, target, plan);
    buf_text(sql, "DROP TABLE ");
    ident_quote_qualified(sql, target->load_schema, target->journal);
    buf_text(sql, ";\n");
    /* Without CASCADE: it fails, and all of this with it, if anything was forgotten. */
    buf_text(sql, "DROP SCHEMA ");
    ident_quote(sql, target->load_schema);
    return !sql->failed ||
           err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements that publish the tables");
}

/* Nobody may write the tables of the earlier run between the last look at them and their end. */
static bool begin(struct target *target, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "BEGIN;\n");
    if (!target->discard_changes)
        put_all_of(&sql, target, "table", "LOCK TABLE", " IN SHARE ROW EXCLUSIVE MODE");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done && target_check_changes(target, err);
}

bool target_publish(struct target *target, const struct plan *plan, const struct publication *publication,
                    struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct err ignored = {.code = ERR_NONE};
    struct arena *arena = arena_new();
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    commit_prepare(publication->commit, target->control);
    if (plan->table_count > 0)
        publication->commit->proof =
            (struct str)STR("SELECT EXISTS (SELECT FROM pgrade_record.published WHERE xmin::text = $1)");
    done = begin(target, &failure) &&
           put_all(&sql, target, plan, publication->rows, target_text_of_path(arena, publication->source),
                   &failure) &&
           engine_exec(target->control, buf_view(&sql), &failure) &&
           quarantine_publish(publication->quarantine, target, &failure) &&
           commit_transaction(publication->commit, target->control, &failure);
    buf_free(&sql);
    arena_free(arena);
    if (publication->commit->unknown)
        target->loading = false; /* perhaps; and there is nobody who could drop anything */
    if (!done) {
        (void)!engine_exec(target->control, (struct str)STR("ROLLBACK"), &ignored);
        return target_explain_publishing(target, &failure, err);
    }
    target->loading = false;
    return true;
}
