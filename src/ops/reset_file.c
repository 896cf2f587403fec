/* A SQLite file made empty again. */
#include "base/fs.h"
#include "engine/sqlite/empty.h"
#include "engine/sqlite/sqlite.h"
#include "ops/reset_intern.h"

static bool count_tables(const struct reset_options *options, int64_t *tables, struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .in_place = true};
    struct engine *engine = NULL;
    bool done = engine_open(options->url, &open, &engine, err) &&
                engine_int(engine,
                           (struct str)STR("SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
                                           " AND name NOT LIKE 'sqlite_%'"),
                           tables, err);

    engine_close(engine);
    return done;
}

bool reset_look_file(struct arena *arena, const struct reset_options *options, struct reset_result *result,
                     struct err *err)
{
    const char *path = str_cstr(arena, options->url->path);
    struct fs_info info;

    result->way = RESET_FILE;
    result->database = str_from(fs_name_of(path));
    result->shown = options->url->path;
    if (options->in_place || options->force || options->server != NULL)
        return err_set(err, ERR_USAGE, "--in-place, --force and --server are for PostgreSQL: %s is a file",
                       path);
    if (!sqlite_check(arena, options->url, err) || !sqlite_check_unused(path, err) ||
        !fs_stat(path, &info, err) || !count_tables(options, &result->tables, err))
        return false;
    result->bytes = info.size;
    return true;
}

bool reset_file(const struct reset_options *options, struct err *err)
{
    struct arena *arena = arena_new();
    bool done = sqlite_put_empty(str_cstr(arena, options->url->path), err);

    arena_free(arena);
    return done;
}
