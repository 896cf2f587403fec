/* Whose the published objects are, where that is not the role that loads them. */
#include "schema/ident.h"
#include "transfer/target.h"

/* PostgreSQL documentation, "ALTER TABLE", OWNER: one must be able to SET ROLE to the new owner (up to 15: be
 * a member of it), and the new owner needs CREATE on the schema. */
static const struct str question = STR(
    "SELECT r.oid IS NOT NULL, coalesce(pg_has_role(current_user, r.oid,"
    " CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END), false),"
    " CASE WHEN n.oid IS NULL THEN true ELSE coalesce(has_schema_privilege(r.oid, n.oid, 'CREATE'), false) "
    "END"
    " FROM (SELECT 1) one LEFT JOIN pg_roles r ON r.rolname = $1 LEFT JOIN pg_namespace n ON n.nspname = $2");

static bool refuse(const struct target *target, const struct value *facts, struct str owner, struct err *err)
{
    if (facts[0].integer == 0) {
        err_set(err, ERR_REFUSED, "--owner %.*s: there is no such role on the server", STR_ARGS(owner));
        return err_hint(err, "CREATE ROLE \"%.*s\";", STR_ARGS(owner));
    }
    if (facts[1].integer == 0) {
        err_set(err, ERR_PERMISSION, "--owner %.*s: %.*s may not make that role the owner of anything",
                STR_ARGS(owner), STR_ARGS(target->user));
        err_detail(err, "only who could act as a role gives tables to it");
        return err_hint(err, "as an administrator: GRANT \"%.*s\" TO \"%.*s\";", STR_ARGS(owner),
                        STR_ARGS(target->user));
    }
    if (facts[2].integer == 0) {
        err_set(err, ERR_PERMISSION, "--owner %.*s: that role may not own tables in the schema %.*s",
                STR_ARGS(owner), STR_ARGS(target->schema));
        err_detail(err, "an owner needs the right to create in the schema");
        return err_hint(err, "as the schema's owner: GRANT CREATE, USAGE ON SCHEMA \"%.*s\" TO \"%.*s\";",
                        STR_ARGS(target->schema), STR_ARGS(owner));
    }
    return true;
}

bool target_examine_owner(struct target *target, struct str owner, struct err *err)
{
    struct str params[] = {owner, target->schema};
    struct rows *rows;
    bool found = false;
    bool done;

    target->owner = owner;
    if (owner.len == 0)
        return true;
    if (!engine_query(target->control, question, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err) && refuse(target, rows->cells, owner, err);
    rows_close(rows);
    return done;
}

static void put_owner(struct buf *sql, const struct target *target, const char *what, struct str name)
{
    buf_printf(sql, "ALTER %s ", what);
    ident_quote_qualified(sql, target->schema, name);
    buf_text(sql, " OWNER TO ");
    ident_quote(sql, target->owner);
    buf_text(sql, ";\n");
}

/* A schema that is new becomes the owner's too; before that the right to have tables there. */
static void put_schema(struct buf *sql, const struct target *target, const char *before, const char *after)
{
    if (target->schema_exists)
        return;
    buf_text(sql, before);
    ident_quote(sql, target->schema);
    buf_text(sql, after);
    ident_quote(sql, target->owner);
    buf_text(sql, ";\n");
}

void target_put_owner(struct buf *sql, const struct target *target, const struct plan *plan)
{
    struct published published;
    size_t next = 0;

    if (target->owner.len == 0)
        return;
    put_schema(sql, target, "GRANT CREATE, USAGE ON SCHEMA ", " TO ");
    while (target_next_published(plan, &next, &published))
        put_owner(sql, target, published.keyword, published.name);
    for (size_t i = 0; i < plan->object_count; i++)
        if (plan->objects[i].class == OBJECT_TRIGGER)
            put_owner(sql, target, "FUNCTION", plan->objects[i].function);
    put_schema(sql, target, "ALTER SCHEMA ", " OWNER TO ");
}
