/* What can be known before anything is written: what stops a move, and what its user should know. */
#include "ops/bundle_intern.h"
#include "ops/database_create.h"
#include "ops/database_empty.h"
#include "ops/move_intern.h"

static const struct str none = {NULL, 0};

void move_remark(struct move *move, bool stops, const char *accept, struct str text, struct str hint)
{
    struct move_result *result = move->result;

    ARENA_PUSH(move->arena, result->remarks, result->remark_count, result->remark_capacity) =
        (struct move_remark){stops, accept, text, hint};
}

static bool is_accepted(const struct move *move, const char *word)
{
    for (size_t i = 0; word != NULL && i < move->options->accept_count; i++)
        if (str_is(move->options->accept[i], word) || str_is(move->options->accept[i], "all"))
            return true;
    return false;
}

bool move_may_begin(const struct move *move, struct err *err)
{
    for (size_t i = 0; i < move->result->remark_count; i++) {
        const struct move_remark *remark = &move->result->remarks[i];

        if (!remark->stops || is_accepted(move, remark->accept))
            continue;
        err_set(err, remark->accept != NULL ? ERR_DECISION : ERR_REFUSED, "%.*s", STR_ARGS(remark->text));
        err_detail(err, "nothing was begun");
        return err_hint(err, "%.*s%s%s%s", STR_ARGS(remark->hint),
                        remark->hint.len > 0 && remark->accept != NULL ? "; or " : "",
                        remark->accept != NULL ? "--accept " : "",
                        remark->accept != NULL ? remark->accept : "");
    }
    return true;
}

/* All rows of one column, with commas. */
static bool ask_list(struct move *move, struct engine *engine, const char *sql, struct str parameter,
                     struct str *list, struct err *err)
{
    struct value value;

    if (!engine_value(engine, move->arena, str_from(sql), &parameter, parameter.ptr != NULL ? 1 : 0, &value,
                      err))
        return false;
    *list = value.kind == VALUE_NULL ? none : value.bytes;
    return true;
}

static const char unreadable_sql[] =
    "SELECT min(pg_catalog.format('%I.%I', n.nspname, c.relname)) FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm', 'S')"
    " AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    " AND (NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')"
    "  OR NOT CASE WHEN c.relkind = 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')"
    "  ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END OR pg_catalog.row_security_active(c.oid))"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass"
    "  AND d.objid = c.oid AND d.deptype = 'e')";

static const char extensions_sql[] = "SELECT string_agg(extname, ',' ORDER BY extname)"
                                     " FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'";

/* Extensions have names without commas. */
static const char missing_sql[] =
    "SELECT string_agg(one, ', ') FROM pg_catalog.unnest(pg_catalog.string_to_array($1, ',')) one"
    " WHERE one NOT IN (SELECT name FROM pg_catalog.pg_available_extensions)";

static const char others_sql[] =
    "SELECT string_agg(DISTINCT pg_catalog.pg_get_userbyid(c.relowner)::text, ', ') FROM pg_catalog.pg_class "
    "c"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_database d"
    " ON d.datname = pg_catalog.current_database() WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')"
    " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relowner <> d.datdba";

static const char sessions_sql[] =
    "SELECT CASE count(*) WHEN 0 THEN NULL WHEN 1 THEN '1 session is' ELSE count(*) || ' sessions are' END"
    " FROM pg_catalog.pg_stat_activity WHERE datname ="
    " pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND backend_type = 'client "
    "backend'"
    " AND coalesce(application_name, '') NOT LIKE 'pgrade%'";

static bool check_extensions(struct move *move, struct engine *engine, const struct moved_database *database,
                             struct err *err)
{
    struct str has;
    struct str missing;

    if (!ask_list(move, engine, extensions_sql, none, &has, err))
        return false;
    if (has.ptr == NULL)
        return true;
    if (!ask_list(move, move->new, missing_sql, has, &missing, err))
        return false;
    if (missing.ptr != NULL)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "%.*s uses extensions that NEW does not have: %.*s",
                               STR_ARGS(database->dump.facts.name), STR_ARGS(missing)),
                    str_printf(move->arena, "install them on NEW, or leave it out: --exclude %.*s",
                               STR_ARGS(database->dump.facts.name)));
    return true;
}

static bool tell_sessions(struct move *move, struct engine *engine, const struct moved_database *database,
                          struct err *err)
{
    struct str others;
    struct str sessions;
    struct str name = database->dump.facts.name;

    if (!ask_list(move, engine, others_sql, none, &others, err) ||
        !ask_list(move, engine, sessions_sql, none, &sessions, err))
        return false;
    if (others.ptr != NULL)
        move_remark(move, false, NULL,
                    str_printf(move->arena,
                               "%.*s has objects of other roles (%.*s): on NEW all belong to one",
                               STR_ARGS(name), STR_ARGS(others)),
                    none);
    if (sessions.ptr != NULL && !move->options->read_only_old)
        move_remark(move, false, NULL,
                    str_printf(move->arena,
                               "%.*s connected to %.*s on OLD: what is written there after its "
                               "dump is not moved",
                               STR_ARGS(sessions), STR_ARGS(name)),
                    str_from("stop the application first, or let it read alone: --read-only-old"));
    return true;
}

/* One that cannot be read is left out, as in a bundle, which has to be accepted. */
static bool check_source(struct move *move, struct moved_database *database, bool *readable, struct err *err)
{
    struct url url = move_url(move, database, false);
    struct bundle *bundle = &move->result->bundle;
    struct engine *engine = NULL;
    struct err failure = {.code = ERR_NONE};
    struct str hidden = none;
    bool done = move_open(move, &url, &engine, &failure) &&
                ask_list(move, engine, unreadable_sql, none, &hidden, &failure);

    *readable = done && hidden.ptr == NULL;
    if (*readable) {
        done = check_extensions(move, engine, database, err) && tell_sessions(move, engine, database, err);
    } else if (done || bundle_is_refusal(&failure)) {
        ARENA_PUSH(move->arena, bundle->left_out, bundle->left_out_count, bundle->left_out_capacity) =
            (struct left_out){
                database->dump.facts.name,
                done ? str_printf(move->arena, "this role may not read all of %.*s", STR_ARGS(hidden))
                     : str_printf(move->arena, "%s", failure.primary),
                false};
        done = true;
    } else {
        *err = failure;
    }
    engine_close(engine);
    return done;
}

static bool check_sources(struct move *move, struct err *err)
{
    struct move_result *result = move->result;
    size_t kept = 0;

    for (size_t i = 0; i < result->database_count; i++) {
        bool readable;

        if (!check_source(move, &result->databases[i], &readable, err))
            return false;
        if (readable)
            result->databases[kept++] = result->databases[i];
    }
    result->database_count = kept;
    for (size_t i = 0; i < result->bundle.left_out_count; i++) {
        const struct left_out *one = &result->bundle.left_out[i];

        if (!one->asked)
            move_remark(move, true, "left-out",
                        str_printf(move->arena, "database %.*s cannot be moved: %.*s", STR_ARGS(one->name),
                                   STR_ARGS(one->why)),
                        str_printf(move->arena, "connect as its owner, or leave it out: --exclude %.*s",
                                   STR_ARGS(one->name)));
    }
    return kept > 0 || move->result->remark_count > 0 ||
           err_set(err, ERR_REFUSED, "OLD has no database that could be moved");
}

/* A database that is there already has to be empty, and one in which something may be made. */
static bool check_existing(struct move *move, const struct moved_database *database, struct err *err)
{
    static const char rights_sql[] =
        "SELECT CASE WHEN NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')"
        " THEN 'may not create schemas in it' WHEN NOT coalesce(pg_catalog.has_schema_privilege(pg_catalog."
        "to_regnamespace('public'), 'CREATE'), true) THEN 'may not create tables in its schema public' END";
    static const char encoding_sql[] = "SELECT pg_catalog.current_setting('server_encoding')";
    struct url url = move_url(move, database, true);
    struct str name = none;
    struct str lacking = none;
    struct str encoding = none;
    struct engine *engine = NULL;
    bool done = move_open(move, &url, &engine, err) &&
                database_find_object(move->arena, engine, &name, err) &&
                ask_list(move, engine, rights_sql, none, &lacking, err) &&
                ask_list(move, engine, encoding_sql, none, &encoding, err);

    engine_close(engine);
    if (done && name.ptr != NULL)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "database %.*s on NEW is not empty: it has %.*s",
                               STR_ARGS(database->target), STR_ARGS(name)),
                    str_printf(move->arena, "empty it, or move into another one: --rename %.*s=NAME",
                               STR_ARGS(database->dump.facts.name)));
    if (done && lacking.ptr != NULL && database->owner.ptr == NULL)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "database %.*s on NEW: %.*s %.*s", STR_ARGS(database->target),
                               STR_ARGS(move->result->new.user), STR_ARGS(lacking)),
                    str_from("pgrade provision gives a role its database"));
    if (done && !str_equal(encoding, database->dump.facts.encoding))
        move_remark(move, false, NULL,
                    str_printf(move->arena, "database %.*s on NEW has the encoding %.*s, %.*s on OLD %.*s",
                               STR_ARGS(database->target), STR_ARGS(encoding),
                               STR_ARGS(database->dump.facts.name), STR_ARGS(database->dump.facts.encoding)),
                    none);
    return done;
}

/* One that will be made: with which locale, and may it be? */
static bool check_new(struct move *move, const struct moved_database *database, struct err *err)
{
    const struct database_facts *facts = &database->dump.facts;
    struct str hindrance = database_hindrance(move->arena, facts, move->result->new.major);
    bool has = true;

    if (hindrance.ptr != NULL)
        move_remark(
            move, true, NULL,
            str_printf(move->arena, "NEW cannot make %.*s: %.*s", STR_ARGS(facts->name), STR_ARGS(hindrance)),
            str_printf(move->arena, "make it there by hand, with another collation; or --exclude %.*s",
                       STR_ARGS(facts->name)));
    if (!move->result->new.may_create)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "%.*s may not create databases on NEW, and %.*s is not there",
                               STR_ARGS(move->result->new.user), STR_ARGS(database->target)),
                    str_printf(move->arena,
                               "create it at the provider's; or move it into the one that you have: --rename "
                               "%.*s=NAME; or --exclude %.*s",
                               STR_ARGS(facts->name), STR_ARGS(facts->name)));
    if (move->options->locale.ptr == NULL && str_is(facts->provider, "c") &&
        !database_has_locale(move->arena, move->new, facts->collate, &has, err))
        return false;
    if (!has)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "NEW does not have the locale of %.*s, %.*s",
                               STR_ARGS(facts->name), STR_ARGS(facts->collate)),
                    str_from("--locale C.UTF-8 takes that one, which sorts by code points"));
    return true;
}

static bool check_targets(struct move *move, struct err *err)
{
    struct move_result *result = move->result;

    for (size_t i = 0; i < result->database_count; i++) {
        const struct moved_database *database = &result->databases[i];

        for (size_t j = 0; j < i; j++)
            if (str_equal(result->databases[j].target, database->target))
                move_remark(
                    move, true, NULL,
                    str_printf(move->arena, "%.*s and %.*s would both become %.*s on NEW",
                               STR_ARGS(result->databases[j].dump.facts.name),
                               STR_ARGS(database->dump.facts.name), STR_ARGS(database->target)),
                    str_printf(move->arena, "--rename %.*s=NAME", STR_ARGS(database->dump.facts.name)));
        if (database->step >= MOVE_MAKING) /* by this move */
            continue;
        if (!(database->exists ? check_existing(move, database, err) : check_new(move, database, err)))
            return false;
    }
    return true;
}

static bool check_servers(struct move *move, struct err *err)
{
    static const char number_sql[] =
        "SELECT system_identifier::text || ' ' || pg_catalog.current_setting('port')"
        " FROM pg_catalog.pg_control_system()";
    static const char standby_sql[] = "SELECT 'standby' WHERE pg_catalog.pg_is_in_recovery()";
    struct str standby;
    struct err ignored = {.code = ERR_NONE};
    struct str numbers[2] = {{NULL, 0}, {NULL, 0}};
    const struct move_result *result = move->result;

    if (!ask_list(move, move->new, standby_sql, none, &standby, err))
        return false;
    if (standby.ptr != NULL)
        move_remark(move, true, NULL, str_from("NEW is a standby, and cannot be written"),
                    str_from("give the address of its primary"));
    if (result->new.major < result->old.major)
        move_remark(move, true, "older",
                    str_printf(move->arena, "NEW is PostgreSQL %.*s, older than OLD, which is %.*s",
                               STR_ARGS(result->new.server), STR_ARGS(result->old.server)),
                    str_from("take a server of the same version or a newer one"));
    if (!ask_list(move, move->old, number_sql, none, &numbers[0], &ignored) ||
        !ask_list(move, move->new, number_sql, none, &numbers[1], &ignored))
        return true; /* it may not be asked */
    if (numbers[0].ptr != NULL && str_equal(numbers[0], numbers[1]))
        move_remark(
            move, true, NULL, str_from("OLD and NEW are the same server"),
            str_from("within one server: CREATE DATABASE ... TEMPLATE ..., or pgrade backup and restore"));
    return true;
}

bool move_check(struct move *move, struct err *err)
{
    return check_servers(move, err) && check_sources(move, err) && check_targets(move, err);
}
