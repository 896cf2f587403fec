/*
 * A database emptied where it is.
 *
 * All that belongs to the role goes: schemas of its own, and single objects in schemas that stay (public,
 * those of others, and those that hold an extension).  Not DROP OWNED: that takes rights away too, the right
 * to make tables in public among them.
 */
#include <inttypes.h>
#include <string.h>

#include "base/flag.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

enum {
    LOCK_WAIT_S = 10,
    AT_ONCE = 50 /* statements of a transaction, where the server has few locks */
};

/* clang-format off */
#define OURS(owner) "pg_has_role(" owner ", 'USAGE')"

/* Neither an extension's, nor a part of another object, such as the functions that make a range; a
 * partitioned table is a part of its own columns. */
#define BY_ITSELF(class, object) \
    "NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '" class "'::regclass AND x.objid = " object \
    " AND x.deptype IN ('e', 'i') AND NOT (x.refclassid = x.classid AND x.refobjid = x.objid))"

#define SOMEBODYS "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

/* Schemas that go as a whole. */
#define WHOLE_SCHEMAS \
    "SELECT n.oid, n.nspname FROM pg_namespace n WHERE " SOMEBODYS " AND n.nspname <> 'public'" \
    " AND " OURS("n.nspowner") " AND " BY_ITSELF("pg_namespace", "n.oid") \
    " AND NOT EXISTS (SELECT FROM pg_extension e WHERE e.extnamespace = n.oid)"

/* A sequence of a column goes with it, a partition with its table. */
#define RELATIONS \
    "o.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND o.relpersistence <> 't'" \
    " AND NOT (o.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d WHERE d.objid = o.oid" \
    "  AND d.classid = 'pg_class'::regclass AND d.refclassid = d.classid AND d.deptype IN ('a', 'i')))" \
    " AND NOT o.relispartition"

/* Those of tables, and of arrays, go with what they are of. */
#define TYPES \
    "(o.typtype IN ('d', 'e', 'r') OR (o.typtype = 'b' AND o.typelem = 0) OR (o.typtype = 'c'" \
    " AND EXISTS (SELECT FROM pg_class c WHERE c.oid = o.typrelid AND c.relkind = 'c')))"

/* One class of objects: its place in the order, its schema and owner, and which of them go by themselves. */
#define OBJECTS(place, class, prefix, which) \
    "SELECT " place " AS place, '" class "'::regclass AS class, o.oid AS oid," \
    " o." prefix "namespace AS space, " OURS("o." prefix "owner") " AS ours" \
    " FROM " class " o WHERE " which " AND " BY_ITSELF(class, "o.oid")

static const char objects_sql[] =
    OBJECTS("1", "pg_class", "rel", RELATIONS)
    " UNION ALL " OBJECTS("2", "pg_proc", "pro", "true")
    " UNION ALL " OBJECTS("3", "pg_type", "typ", TYPES)
    " UNION ALL " OBJECTS("4", "pg_operator", "opr", "true")
    " UNION ALL " OBJECTS("5", "pg_opfamily", "opf", "true")
    " UNION ALL " OBJECTS("6", "pg_collation", "coll", "true")
    " UNION ALL " OBJECTS("6", "pg_conversion", "con", "true")
    " UNION ALL " OBJECTS("6", "pg_ts_config", "cfg", "true")
    " UNION ALL " OBJECTS("7", "pg_ts_dict", "dict", "true")
    " UNION ALL " OBJECTS("8", "pg_statistic_ext", "stx", "true");
/* clang-format on */

static struct str list_of_objects(const struct reset_job *job, const char *columns, const char *rest)
{
    return sql_text(job->arena,
                    "SELECT %S FROM (%S) f JOIN pg_namespace n ON n.oid = f.space,"
                    " LATERAL pg_identify_object(f.class, f.oid, 0) i WHERE " SOMEBODYS " %S",
                    str_from(columns), str_from(objects_sql), str_from(rest));
}

/* The mark of an emptying in several transactions goes last. */
static struct str drops_text(const struct reset_job *job)
{
    struct str objects = list_of_objects(
        job,
        "CASE WHEN i.identity = 'public." RESET_UNFINISHED "' THEN 100 ELSE f.place + 1 END AS place,"
        " format('DROP %s IF EXISTS %s CASCADE', CASE WHEN f.class = 'pg_proc'::regclass THEN 'ROUTINE'"
        " WHEN i.type = 'statistics object' THEN 'STATISTICS' ELSE upper(i.type) END, i.identity) AS sql",
        "AND f.ours AND n.oid NOT IN (SELECT w.oid FROM (" WHOLE_SCHEMAS ") w)");

    return sql_text(
        job->arena,
        "SELECT a.sql FROM (SELECT 0 AS place, format('DROP SCHEMA IF EXISTS %%I CASCADE', w.nspname)"
        " AS sql FROM (%S) w UNION ALL %S UNION ALL SELECT 10, format('DROP PUBLICATION IF EXISTS %%I',"
        " pubname) FROM pg_publication WHERE %S UNION ALL SELECT 11, format('DROP SERVER IF EXISTS %%I"
        " CASCADE', srvname) FROM pg_foreign_server s WHERE %S AND %S) a ORDER BY a.place, a.sql",
        (struct str)STR(WHOLE_SCHEMAS), objects, (struct str)STR(OURS("pubowner")),
        (struct str)STR(OURS("srvowner")), (struct str)STR(BY_ITSELF("pg_foreign_server", "s.oid")));
}

static bool is_out_of_locks(const struct err *failure)
{
    return strcmp(failure->sqlstate, "53200") == 0;
}

static bool begin(struct reset_job *job, struct err *err)
{
    return engine_exec(job->inside,
                       sql_text(job->arena, "BEGIN; SET LOCAL lock_timeout = '%ds'", (int)LOCK_WAIT_S), err);
}

static bool commit(struct reset_job *job, struct err *err)
{
    return engine_exec(job->inside, (struct str)STR("COMMIT"), err);
}

/* At most so many, of which each takes a lock; 0: all. */
static bool unlink_large(struct reset_job *job, int most, int64_t *count, struct err *err)
{
    struct str limit = most == 0 ? (struct str){NULL, 0} : sql_text(job->arena, " LIMIT %d", most);

    return engine_int(
        job->inside,
        sql_text(job->arena,
                 "SELECT count(lo_unlink(o.oid)) FROM (SELECT m.oid FROM pg_largeobject_metadata m"
                 " WHERE %S%S) o",
                 (struct str)STR(OURS("m.lomowner")), limit),
        count, err);
}

static bool empty_at_once(struct reset_job *job, struct err *err)
{
    int64_t count;

    return (begin(job, err) && reset_run_rows(job, job->inside, job->inside, drops_text(job), err) &&
            unlink_large(job, 0, &count, err) && commit(job, err)) ||
           reset_roll_back(job->inside);
}

/* Several statements a transaction, then looks again: what a CASCADE took is gone. */
static bool empty_some(struct reset_job *job, size_t at_once, bool *empty, struct err *err)
{
    struct str *statements;
    int64_t large = 0;
    size_t count;

    if (!reset_list(job->arena, job->inside, drops_text(job), &statements, &count, err) || !begin(job, err))
        return false;
    *empty = count <= at_once;
    for (size_t i = 0; i < count && i < at_once; i++)
        if (!engine_exec(job->inside, statements[i], err))
            return reset_roll_back(job->inside);
    if (*empty && !unlink_large(job, (int)at_once, &large, err))
        return reset_roll_back(job->inside);
    *empty = *empty && large < (int64_t)at_once;
    return commit(job, err) || reset_roll_back(job->inside);
}

static bool empty_in_parts(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    size_t at_once = AT_ONCE;
    bool empty = false;

    /* A role that may make no table there goes without the mark. */
    if (!engine_exec(job->inside,
                     (struct str)STR("CREATE TABLE IF NOT EXISTS public." RESET_UNFINISHED " ()"),
                     &failure) &&
        failure.code == ERR_CONNECT)
        return err_set(err, ERR_CONNECT, "the connection to the server was lost");
    while (!empty) {
        if (flag_is_set(job->options->interrupted))
            return err_set(err, ERR_CANCELED,
                           "interrupted: a part of the database is dropped, the rest is there") ||
                   err_hint(err, "the same command empties the rest");
        err_clear(&failure);
        if (empty_some(job, at_once, &empty, &failure))
            continue;
        if (is_out_of_locks(&failure) && at_once > 1) {
            at_once /= 2;
            continue;
        }
        *err = failure;
        err_prefix(err, "a part of the database is dropped, the rest is there");
        return err_hint(err, "the same command goes on");
    }
    return true;
}

/* One session a statement; the application's would hold locks. */
static bool disconnect(struct reset_job *job, struct err *err)
{
    if (!job->options->force || job->result->sessions == 0)
        return true;
    return engine_exec(
               job->inside,
               (struct str)STR("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                               " current_database() AND pid <> pg_backend_pid()"
                               " AND coalesce(backend_type, 'client backend') = 'client backend'"),
               err) ||
           err_hint(err, "stop the application: this role may not disconnect it");
}

static bool name_remains(struct reset_job *job, struct err *err)
{
    struct str *left;
    size_t count;

    if (!reset_list(job->arena, job->inside,
                    list_of_objects(job,
                                    "format('%s %s belongs to another role, and stays', i.type, i.identity)",
                                    "ORDER BY f.place, i.identity LIMIT 100"),
                    &left, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        reset_remains(job, "%.*s", STR_ARGS(left[i]));
    return true;
}

bool reset_inside(struct reset_job *job, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (!disconnect(job, err))
        return false;
    if (!empty_at_once(job, &failure)) {
        if (!is_out_of_locks(&failure)) {
            *err = failure;
            return err_prefix(err, "the database is as it was");
        }
        if (!empty_in_parts(job, err))
            return false;
    }
    return name_remains(job, err);
}
