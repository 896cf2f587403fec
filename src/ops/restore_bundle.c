/* All databases of a bundle, each into the database of its name. */
#include "base/fs.h"
#include "base/hash.h"
#include "base/log.h"
#include "ops/database_create.h"
#include "ops/pooler.h"
#include "ops/restore_found.h"
#include "ops/restore_intern.h"

struct whole {
    struct arena *arena;
    const struct restore_options *options;
    struct restore_result *result;
    struct engine *engine;
    struct instance instance;
    struct str sum; /* of the bundle's manifest, by which a database that is half restored is known again */
};

static struct str owner_of(const struct whole *whole)
{
    return str_from(whole->options->owner);
}

/* All that are missing at once, where none may be made. */
static bool check_missing(const struct whole *whole, struct err *err)
{
    const struct bundle *bundle = &whole->result->manifest.bundle;
    struct str missing = {"", 0};

    if (whole->instance.may_create)
        return true;
    for (size_t i = 0; i < bundle->database_count; i++)
        if (instance_database(&whole->instance, bundle->databases[i].facts.name) == NULL)
            missing = str_printf(whole->arena, "%.*s%s%.*s", STR_ARGS(missing), missing.len > 0 ? ", " : "",
                                 STR_ARGS(bundle->databases[i].facts.name));
    if (missing.len == 0)
        return true;
    err_set(err, ERR_PERMISSION, "%.*s may not create databases, and these are not there: %.*s",
            STR_ARGS(whole->instance.user), STR_ARGS(missing));
    err_detail(err, "nothing was restored");
    return err_hint(err,
                    "create them first, or restore one into the database that you have: --database NAME");
}

/* ... and those whose collation the server does not have. */
static bool check_collations(const struct whole *whole, struct err *err)
{
    const struct bundle *bundle = &whole->result->manifest.bundle;

    for (size_t i = 0; i < bundle->database_count; i++) {
        const struct database_facts *facts = &bundle->databases[i].facts;
        struct str hindrance = database_hindrance(whole->arena, facts, whole->instance.major);

        if (hindrance.ptr == NULL || instance_database(&whole->instance, facts->name) != NULL)
            continue;
        err_set(err, ERR_REFUSED, "the server cannot make %.*s: %.*s", STR_ARGS(facts->name),
                STR_ARGS(hindrance));
        err_detail(err, "nothing was restored");
        return err_hint(err,
                        "make that database by hand, empty and with another collation; then the same again");
    }
    return true;
}

static bool make(const struct whole *whole, const struct bundle_database *database,
                 struct restored_database *restored, struct err *err)
{
    struct database_wish wish = {.facts = &database->facts,
                                 .name = database->facts.name,
                                 .owner = owner_of(whole),
                                 .major = whole->instance.major};

    return !restored->made || database_create(whole->arena, whole->engine, &wish, err);
}

/* Stands in a database into which several connections restore; `made`: it was not there before. */
static struct str mark_of(const struct whole *whole, bool made)
{
    return str_printf(whole->arena, "pgrade restore, %s for the bundle %.*s", made ? "made" : "found empty",
                      STR_ARGS(whole->sum));
}

/* Sums of all rows are the proof; a table without one, and a database without tables, have none. */
static bool is_proof(const struct contents *contents)
{
    for (size_t i = 0; i < contents->count; i++)
        if (contents->tables[i].sum.ptr == NULL)
            return false;
    return contents->count > 0;
}

static bool take_as_done(const struct whole *whole, const struct manifest *manifest,
                         struct restored_database *restored, struct err *err)
{
    restored->earlier = is_proof(&manifest->contents);
    restored->tables = manifest_tables(manifest);
    restored->rows = manifest_rows(manifest);
    if (restored->earlier)
        return true;
    err_set(err, ERR_REFUSED, "it is not empty, and the bundle has no sums that could prove it whole");
    return err_hint(err, "drop %.*s on %.*s, and the same command goes on", STR_ARGS(restored->name),
                    STR_ARGS(url_redacted(whole->arena, whole->options->target)));
}

/* Made for this bundle: made again.  Found empty then: what it has of the bundle is replaced.  Of anybody
 * else: the restore refuses it. */
static bool take_half(const struct whole *whole, struct str mark, struct restored_database *restored,
                      struct restore_options *one, struct err *err)
{
    restored->made = str_equal(mark, mark_of(whole, true));
    one->clean = str_equal(mark, mark_of(whole, false));
    if (one->clean)
        one->jobs = 0;
    if (!restored->made && !one->clean)
        return true;
    log_message(LOG_WARNING, "%.*s was left half restored: it is restored again", STR_ARGS(restored->name));
    return one->clean || database_drop(whole->engine, restored->name, err);
}

static bool is_others(struct str what, struct err *err)
{
    err_set(err, ERR_REFUSED, "it is not empty, and not what the bundle has");
    err_detail(err, "%.*s", STR_ARGS(what));
    return err_hint(err,
                    "empty it, and the same command goes on; --clean replaces what the bundle holds in all "
                    "databases");
}

/* A database that is there: by an earlier run, or somebody else. */
static bool look_at(const struct whole *whole, const struct manifest *manifest,
                    struct restored_database *restored, struct restore_options *one, struct err *err)
{
    struct engine_options open = {
        .trace = one->trace, .interrupted = one->interrupted, .application_name = "pgrade restore"};
    enum restore_found found = RESTORE_FOUND_NOTHING;
    struct engine *engine = NULL;
    struct str what = {NULL, 0};
    bool done;

    stage_set(one->stage, "looking at", restored->name, NULL);
    done = restore_wait(whole->arena, whole->engine, restored->name, one->interrupted, err) &&
           engine_open(one->target, &open, &engine, err) &&
           restore_find(whole->arena, engine, manifest, one->interrupted, &found, &what, err);
    engine_close(engine);
    if (!done || found == RESTORE_FOUND_NOTHING)
        return done;
    if (found == RESTORE_FOUND_SAME)
        return take_as_done(whole, manifest, restored, err);
    return found == RESTORE_FOUND_HALF ? take_half(whole, what, restored, one, err) : is_others(what, err);
}

/* A kill between making a database and dressing it leaves a bare one, which would stay so. */
static bool is_bare(const struct whole *whole, struct str name)
{
    const struct database_facts *facts = instance_database(&whole->instance, name);

    return facts != NULL && facts->setting_count == 0 && facts->comment.len == 0 &&
           facts->connection_limit < 0;
}

static bool dress(const struct whole *whole, const struct bundle_database *database,
                  struct restored_database *restored, struct err *err)
{
    struct database_wish wish = {.facts = &database->facts, .name = database->facts.name};

    if (!restored->made && !is_bare(whole, wish.name))
        return true;
    return database_dress(whole->arena, whole->engine, &wish, &restored->refused, &restored->refused_count,
                          err);
}

/* A database that was made for a restore that failed goes again. */
static bool restore_one(const struct whole *whole, const struct bundle_database *database,
                        struct restored_database *restored, struct err *err)
{
    struct url url = url_of_database(whole->options->target, database->facts.name);
    struct restore_options one = *whole->options;
    struct restore_result result;
    struct err ignored = {.code = ERR_NONE};

    stage_set(one.stage, "reading", database->facts.name, NULL);
    one.target = &url;
    one.from = fs_join(whole->arena, whole->options->from, database->folder.ptr);
    restored->made = instance_database(&whole->instance, restored->name) == NULL;
    if (!restore_look(whole->arena, &one, &result, err) ||
        (!restored->made && !one.clean && !look_at(whole, &result.manifest, restored, &one, err)))
        return false;
    if (restored->earlier)
        return dress(whole, database, restored, err);
    one.mark = mark_of(whole, restored->made);
    if (!make(whole, database, restored, err))
        return false;
    if (!restore_run(whole->arena, &one, &result, err)) {
        if (restored->made)
            (void)!database_drop(whole->engine, database->facts.name, &ignored);
        return false;
    }
    restored->tables = (int64_t)result.found.count;
    restored->rows = contents_rows(&result.found);
    return dress(whole, database, restored, err);
}

static bool restore_all(const struct whole *whole, struct err *err)
{
    const struct bundle *bundle = &whole->result->manifest.bundle;

    for (size_t i = 0; i < bundle->database_count; i++) {
        stage_count(whole->options->stage, i, bundle->database_count);
        if (!restore_one(whole, &bundle->databases[i], &whole->result->databases[i], err)) {
            err_prefix(err, "database %.*s", STR_ARGS(bundle->databases[i].facts.name));
            return err_hint(err, "%zu of %zu databases are restored and stay: the same command goes on", i,
                            bundle->database_count);
        }
    }
    return true;
}

bool restore_bundle(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                    struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .application_name = "pgrade restore"};
    struct whole whole = {.arena = arena, .options = options, .result = result};
    const struct bundle *bundle = &result->manifest.bundle;
    int64_t bytes;
    bool done;

    result->database_count = bundle->database_count;
    result->databases = ARENA_ARRAY(arena, struct restored_database, bundle->database_count + 1);
    for (size_t i = 0; i < bundle->database_count; i++)
        result->databases[i].name = bundle->databases[i].facts.name;
    done = hash_file(arena, fs_join(arena, options->from, MANIFEST_NAME), options->interrupted, &whole.sum,
                     &bytes, err) &&
           pooler_refuse(options->target, "pg_restore", options->interrupted, err) &&
           engine_open(options->target, &open, &whole.engine, err) &&
           instance_read(arena, whole.engine, &whole.instance, err) && check_missing(&whole, err) &&
           check_collations(&whole, err) && restore_all(&whole, err);
    engine_close(whole.engine);
    return done;
}
