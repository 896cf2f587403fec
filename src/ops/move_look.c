/* Both servers, and which database of the one goes where on the other. */
#include <string.h>

#include "ops/bundle_intern.h"
#include "ops/client_programs.h"
#include "ops/move_intern.h"
#include "ops/pooler.h"

static const char other_database[] = "postgres"; /* is on every server, and nobody's in particular */

bool move_open(struct move *move, const struct url *url, struct engine **engine, struct err *err)
{
    struct engine_options open = {.trace = move->options->trace,
                                  .interrupted = move->options->interrupted,
                                  .application_name = "pgrade move"};

    return engine_open(url, &open, engine, err);
}

/* The older of both programs would do for OLD; what restores has to know NEW too. */
static bool find_programs(struct move *move, struct err *err)
{
    struct move_result *result = move->result;
    struct client_program dump;
    struct client_program restore;
    const char *because = arena_printf(move->arena, "OLD is PostgreSQL %.*s", STR_ARGS(result->old.server));

    if (!client_program_find(move->arena, "pg_dump", result->old.major, because, &dump, err))
        return false;
    result->program = str_from(dump.version);
    because = arena_printf(move->arena, "OLD is PostgreSQL %.*s and NEW %.*s", STR_ARGS(result->old.server),
                           STR_ARGS(result->new.server));
    return client_program_find(move->arena, "pg_restore",
                               dump.major > result->new.major ? dump.major : result->new.major, because,
                               &restore, err);
}

static bool is_other(struct str name)
{
    return name.len == 0 || str_is(name, other_database);
}

/* As asked for; the database that OLD's URL names goes into that of NEW's; else the name stays. */
static struct str target_of(const struct move *move, struct str name, bool alone)
{
    const struct move_options *options = move->options;

    for (size_t i = 0; i < options->rename_count; i++)
        if (str_equal(options->renames[i].from, name))
            return options->renames[i].to;
    if (is_other(options->new->database))
        return name;
    return alone || str_equal(options->old->database, name) ? options->new->database : name;
}

/* Whether the role is there and who connects may act as it. */
static bool may_be(struct move *move, struct str role, bool *may, struct err *err)
{
    static const char sql[] = "SELECT count(*)::text FROM pg_catalog.pg_roles WHERE rolname = $1"
                              " AND pg_catalog.pg_has_role(oid, 'USAGE')";
    struct value value;

    if (!engine_value(move->new, move->arena, str_from(sql), &role, 1, &value, err))
        return false;
    *may = str_is(value.bytes, "1");
    return true;
}

static struct str wanted_owner(const struct move_options *options, struct str owner)
{
    struct str all = {NULL, 0};

    for (size_t i = 0; i < options->owner_count; i++) {
        if (str_equal(options->owners[i].from, owner) && options->owners[i].from.ptr != NULL)
            return options->owners[i].to;
        if (options->owners[i].from.ptr == NULL)
            all = options->owners[i].to;
    }
    return all;
}

/* As asked for; else the role of the same name, where there is one; else who connects. */
static bool choose_owner(struct move *move, struct moved_database *database, struct err *err)
{
    struct str wanted = wanted_owner(move->options, database->dump.facts.owner);
    struct str same = database->dump.facts.owner;
    bool may;

    if (!may_be(move, wanted.ptr != NULL ? wanted : same, &may, err))
        return false;
    if (wanted.ptr == NULL) {
        database->owner = may && !str_equal(same, move->result->new.user) ? same : (struct str){NULL, 0};
        return true;
    }
    database->owner = wanted;
    if (!may)
        move_remark(move, true, NULL,
                    str_printf(move->arena, "NEW has no role %.*s that %.*s may act as", STR_ARGS(wanted),
                               STR_ARGS(move->result->new.user)),
                    str_printf(move->arena, "on NEW: CREATE ROLE, GRANT \"%.*s\" TO \"%.*s\"",
                               STR_ARGS(wanted), STR_ARGS(move->result->new.user)));
    return true;
}

static bool take_databases(struct move *move, struct err *err)
{
    struct move_result *result = move->result;
    const struct bundle *bundle = &result->bundle;

    result->databases = ARENA_ARRAY(move->arena, struct moved_database, bundle->database_count + 1);
    result->database_count = bundle->database_count;
    for (size_t i = 0; i < bundle->database_count; i++) {
        struct moved_database *database = &result->databases[i];

        database->dump = bundle->databases[i];
        database->target = target_of(move, database->dump.facts.name, bundle->database_count == 1);
        database->exists = instance_database(&result->new, database->target) != NULL;
        if (!choose_owner(move, database, err))
            return false;
    }
    return true;
}

static bool check_urls(const struct move *move, struct err *err)
{
    const struct url *urls[] = {move->options->old, move->options->new};

    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++)
        if (urls[i]->kind == URL_SQLITE) {
            err_set(err, ERR_USAGE, "%.*s is a SQLite file: move is for PostgreSQL servers",
                    STR_ARGS(urls[i]->path));
            return err_hint(err, "pgrade upgrade FILE URL moves a file to PostgreSQL");
        }
    return true;
}

/* The name of a database that is still to be made is often given there. */
static bool open_new(struct move *move, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (pooler_refuse(move->options->new, "pg_restore", move->options->interrupted, &failure) &&
        move_open(move, move->options->new, &move->new, &failure))
        return true;
    if (strstr(failure.primary, "the database does not exist") == NULL) {
        *err = failure;
        return false;
    }
    err_set(err, failure.code, "%s", failure.primary);
    err_detail(err, "%s", failure.detail);
    return err_hint(err,
                    "name a database that is there, `postgres` on most servers: move makes the others, where "
                    "the role may");
}

bool move_look(struct move *move, struct err *err)
{
    const struct move_options *options = move->options;
    struct move_result *result = move->result;
    struct bundle_options choice = {.backup = {.url = options->old, .interrupted = options->interrupted},
                                    .exclude = options->exclude,
                                    .exclude_count = options->exclude_count};

    return check_urls(move, err) && pooler_refuse(options->old, "pg_dump", options->interrupted, err) &&
           move_open(move, options->old, &move->old, err) && open_new(move, err) &&
           instance_read(move->arena, move->old, &result->old, err) &&
           instance_read(move->arena, move->new, &result->new, err) && find_programs(move, err) &&
           bundle_choose(move->arena, &choice, &result->old, &result->bundle, err) &&
           take_databases(move, err);
}
