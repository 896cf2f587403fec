/*
 * Files of rows that were set aside, which runs left without their name when they were killed.
 *
 * One whose run is in pgrade_record.quarantine was committed, and whole before that: it gets its name.  Any
 * other is of a run whose rows are nowhere but in the source, where the next one finds them again: it goes.
 * Which target a run had the name of its file tells, so that those of others are left alone.
 */
#include "transfer/quarantine_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"

enum {
    SHORT_ID = 8 /* digits of the run, and of the target, in a file's name */
};

static const char part_suffix[] = ".part";

/* Which database it is, whatever it is reached by. */
static bool identify(struct arena *arena, struct engine *control, struct str *target, struct err *err)
{
    struct err refused = {.code = ERR_NONE};
    struct value cluster = {.kind = VALUE_NULL};
    struct value database;

    /* Somebody may have taken the right away, and the rest tells well enough. */
    if (!engine_value(control, arena,
                      (struct str)STR("SELECT system_identifier::text FROM pg_control_system()"), NULL, 0,
                      &cluster, &refused) &&
        refused.code == ERR_CONNECT) {
        *err = refused;
        return false;
    }
    if (!engine_value(control, arena,
                      (struct str)STR("SELECT oid::text || ' ' || datname FROM pg_database"
                                      " WHERE datname = current_database()"),
                      NULL, 0, &database, err))
        return false;
    *target = hash_hex(arena, HASH_SHA256,
                       str_printf(arena, "%.*s %.*s",
                                  STR_ARGS(cluster.kind == VALUE_TEXT ? cluster.bytes : str_from("")),
                                  STR_ARGS(database.bytes)),
                       SHORT_ID);
    return true;
}

static bool is_hex(const char *text, size_t count)
{
    return strspn(text, "0123456789abcdef") >= count;
}

/* Whether it is NAME.quarantine-RUN.csv.TARGET.part; the name alone may be any. */
static bool is_left(const char *file, const char *name, const char *target)
{
    static const char before[] = ".quarantine-";
    static const char behind[] = ".csv.";
    size_t tail = strlen(before) + SHORT_ID + strlen(behind) + SHORT_ID + strlen(part_suffix);
    size_t length = strlen(file);
    const char *at = length > tail ? file + length - tail : NULL;

    if (at == NULL ||
        (name != NULL && (strlen(name) != length - tail || memcmp(file, name, length - tail) != 0)))
        return false;
    return strncmp(at, before, strlen(before)) == 0 && is_hex(at + strlen(before), SHORT_ID) &&
           strncmp(at + strlen(before) + SHORT_ID, behind, strlen(behind)) == 0 &&
           strncmp(file + length - strlen(part_suffix) - SHORT_ID, target, SHORT_ID) == 0 &&
           strcmp(file + length - strlen(part_suffix), part_suffix) == 0;
}

/* The run of the first row; empty where none was written out. */
static void read_run(int descriptor, char run[QUARANTINE_ID_ROOM])
{
    ssize_t size = pread(descriptor, run, QUARANTINE_ID_ROOM, (off_t)strlen(quarantine_heading));
    bool is_run = size == QUARANTINE_ID_ROOM && run[QUARANTINE_ID_ROOM - 1] == ',' &&
                  is_hex(run, QUARANTINE_ID_ROOM - 1);

    run[is_run ? QUARANTINE_ID_ROOM - 1 : 0] = '\0';
}

static bool is_published(struct engine *control, const char *run, bool *published, struct err *err)
{
    static const struct str may_ask =
        STR("SELECT coalesce(has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid,"
            " 'SELECT'), false)::int FROM pg_class WHERE oid = to_regclass('pgrade_record.quarantine')");
    static const struct str ask = STR("SELECT count(*) FROM pgrade_record.quarantine WHERE run_id = $1");
    struct arena *arena;
    struct str param = str_from(run);
    struct value value = {.kind = VALUE_NULL};
    struct rows *rows;
    bool found = false;
    bool done;

    *published = false;
    if (run[0] == '\0')
        return true;
    if (!engine_query(control, may_ask, NULL, 0, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    found = done && found && rows->cells[0].integer != 0;
    rows_close(rows);
    if (!done || !found)
        return done;
    arena = arena_new();
    done = engine_value(control, arena, ask, &param, 1, &value, err);
    *published = done && value.integer > 0;
    arena_free(arena);
    return done;
}

/* `named` NULL: what its own name says. */
static bool settle(struct arena *arena, struct engine *control, const char *part, const char *named,
                   struct quarantine_left *left, struct err *err)
{
    char run[QUARANTINE_ID_ROOM];
    int descriptor = quarantine_take(part);
    bool published;
    bool done;

    if (descriptor < 0)
        return true;
    read_run(descriptor, run);
    done = is_published(control, run, &published, err);
    if (done && !published) {
        if (unlink(part) == 0)
            left->removed = part;
    } else if (done) {
        if (named == NULL)
            named =
                arena_printf(arena, "%.*s", (int)(strlen(part) - SHORT_ID - 1 - strlen(part_suffix)), part);
        if (quarantine_link(part, named))
            left->named = named;
    }
    (void)close(descriptor);
    return done;
}

static bool settle_folder(struct arena *arena, struct engine *control, const struct quarantine_search *search,
                          struct quarantine_left *left, struct err *err)
{
    DIR *here = opendir(".");
    const struct dirent *entry;
    bool done = true;

    if (here == NULL)
        return true; /* there is nothing that could be found */
    while (done && (entry = readdir(here)) != NULL)
        if (is_left(entry->d_name, search->name, str_cstr(arena, left->target)))
            done = settle(arena, control, arena_printf(arena, "%s", entry->d_name), NULL, left, err);
    (void)closedir(here);
    return done;
}

bool quarantine_settle(struct arena *arena, struct engine *control, const struct quarantine_search *search,
                       struct quarantine_left *left, struct err *err)
{
    *left = (struct quarantine_left){.named = NULL};
    if (!identify(arena, control, &left->target, err) ||
        (search->path != NULL &&
         !settle(arena, control, arena_printf(arena, "%s%s", search->path, part_suffix), search->path, left,
                 err)) ||
        !settle_folder(arena, control, search, left, err))
        return false;
    if (left->named != NULL)
        log_message(
            LOG_NOTICE,
            "%s has its name now: it holds the rows that a run had set aside which was killed behind its "
            "COMMIT",
            left->named);
    return true;
}

void quarantine_know_target(struct arena *arena, struct quarantine *quarantine, struct str target)
{
    if (!quarantine->is_chosen)
        quarantine->part = arena_printf(arena, "%s.%.*s%s", quarantine->path, STR_ARGS(target), part_suffix);
}

const char *quarantine_find(struct arena *arena, const char *path, const char *name, struct str run)
{
    char found[QUARANTINE_ID_ROOM];
    int descriptor;

    if (path == NULL)
        path = quarantine_path(arena, name, run);
    descriptor = quarantine_look(path);
    if (descriptor < 0)
        return NULL;
    read_run(descriptor, found);
    (void)close(descriptor);
    return str_is(run, found) ? path : NULL;
}
