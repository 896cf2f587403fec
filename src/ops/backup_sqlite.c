/* A SQLite file by SQLite's online backup, in one read transaction, so that rows are counted in what is
 * copied.  In WAL mode writers go on; in other modes they wait as long as copying takes. */
#include "engine/sqlite/sqlite.h"
#include "engine/sqlite/write.h"
#include "ops/backup_intern.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool make_empty(const char *path, struct err *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file >= 0) {
        (void)close(file);
        return true;
    }
    err_set(err, ERR_IO, "cannot make %s", path);
    return err_detail(err, "%s", strerror(errno));
}

/* The copy is looked at whole, as a file that nobody writes: so nothing is left beside it. */
static bool check_copy(const char *path, struct err *err)
{
    struct url url = {.kind = URL_SQLITE, .path = str_from(path), .immutable = true};
    struct engine_options options = {.in_place = true};
    struct engine *engine = NULL;
    bool done = engine_open(&url, &options, &engine, err) && sqlite_check_whole(engine, err);

    engine_close(engine);
    return done;
}

bool backup_sqlite(struct arena *arena, const struct backup_options *options,
                   const struct backup_place *place, struct manifest *manifest, struct err *err)
{
    struct engine_options open = {
        .trace = options->trace, .interrupted = options->interrupted, .in_place = true};
    const char *path = fs_join(arena, place->path, "app.db");
    struct engine *engine = NULL;
    int version = sqlite_version();
    bool done;

    manifest->engine = str_from("sqlite");
    manifest->format = str_from("sqlite");
    manifest->data = str_from("app.db");
    manifest->server = str_printf(arena, "%d.%d.%d", version / 10000, version / 100 % 100, version % 100);
    done = sqlite_check(arena, options->url, err) && engine_open(options->url, &open, &engine, err) &&
           engine_exec(engine, (struct str)STR("BEGIN"), err) &&
           contents_read(arena, engine, options->interrupted, &manifest->contents, err) &&
           make_empty(path, err) && (stage_set(options->stage, "copying", manifest->database, path), true) &&
           sqlite_copy_pages(engine, path, options->interrupted, err);
    engine_close(engine);
    return done && check_copy(path, err);
}
