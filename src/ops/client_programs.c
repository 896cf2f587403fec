#include "ops/client_programs.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"

enum {
    VERSION_TIMEOUT_MS = 20 * 1000
};

/* Where packages put each version beside the others. */
static const char *const places[] = {
    "/usr/lib/postgresql/*/bin", /* Debian, Ubuntu */
    "/usr/pgsql-*/bin",          /* Red Hat and its kin, from postgresql.org */
    "/usr/libexec/postgresql*",  /* Alpine */
    "/usr/lib64/postgresql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/local/pgsql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/libpq*/bin",
};

struct search {
    const char *name;
    int least;
    struct client_program best;   /* path NULL: none yet */
    struct client_program newest; /* of those that are too old */
};

bool client_program_version(struct arena *arena, struct str text, const char *name,
                            struct client_program *program)
{
    struct str start = str_printf(arena, "%s (PostgreSQL) ", name);
    size_t length = 0;
    int64_t major;

    if (!str_starts_with(text, start.ptr))
        return false;
    text = str_slice(text, start.len, text.len);
    while (length < text.len && ascii_is_digit(text.ptr[length]))
        length++;
    if (!str_to_int64(str_slice(text, 0, length), &major) || major > 1000)
        return false;
    while (length < text.len && !ascii_is_space(text.ptr[length]))
        length++;
    program->major = (int)major;
    program->version = str_cstr(arena, str_slice(text, 0, length));
    return true;
}

static void consider(struct arena *arena, struct search *search, const char *directory)
{
    const char *argv[] = {fs_join(arena, directory, search->name), "--version", NULL};
    struct client_program found = {.path = argv[0]};
    struct proc_result result;
    struct err ignored = {.code = ERR_NONE};

    if (fs_find_program(arena, argv[0]) == NULL ||
        !proc_check(arena, &(struct proc_options){.argv = argv, .timeout_ms = VERSION_TIMEOUT_MS}, &result,
                    &ignored) ||
        !client_program_version(arena, result.output, search->name, &found))
        return;
    if (found.major < search->least) {
        if (search->newest.path == NULL || found.major > search->newest.major)
            search->newest = found;
    } else if (search->best.path == NULL || found.major < search->best.major) {
        search->best = found;
    }
}

static void consider_places(struct arena *arena, struct search *search)
{
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        glob_t matches;

        if (glob(places[i], 0, NULL, &matches) == 0)
            for (size_t j = 0; j < matches.gl_pathc; j++)
                consider(arena, search, arena_copy(arena, matches.gl_pathv[j], strlen(matches.gl_pathv[j])));
        globfree(&matches);
    }
}

bool client_program_find(struct arena *arena, const char *name, int least, const char *because,
                         struct client_program *program, struct err *err)
{
    struct search search = {.name = name, .least = least};
    const char *given = getenv("PGRADE_PG_BINDIR");
    const char *on_path = fs_find_program(arena, name);

    /* The directory may hold a server's programs alone: then the others are looked for as if it was not
     * given. */
    if (given != NULL && given[0] != '\0')
        consider(arena, &search, given);
    if (search.best.path == NULL) {
        consider_places(arena, &search);
        if (on_path != NULL)
            consider(arena, &search, fs_directory_of(arena, on_path));
    }
    *program = search.best;
    if (search.best.path != NULL)
        return true;
    if (search.newest.path != NULL)
        err_set(err, ERR_FAILED, "%s, and the newest %s here is %s: it cannot be used for a newer version",
                because, name, search.newest.version);
    else
        err_set(err, ERR_FAILED, "the program %s was not found on this machine", name);
    err_detail(err, "looked for on PATH, in PGRADE_PG_BINDIR and where packages put it; nothing was begun");
    return err_hint(err,
                    "apt-get install postgresql-client-%d, or name the directory of the programs: "
                    "PGRADE_PG_BINDIR=DIRECTORY",
                    least);
}

static void put_keyword(struct buf *out, const char *keyword, const char *value)
{
    buf_printf(out, "%s%s='", out->len > 0 ? " " : "", keyword);
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            buf_byte(out, '\\');
        buf_byte(out, *value);
    }
    buf_byte(out, '\'');
}

bool client_access(struct arena *arena, const struct url *url, struct client_access *access, struct err *err)
{
    struct url open = *url;
    struct url_conninfo info;
    const char **environment = ARENA_ARRAY(arena, const char *, 3);
    struct buf out;

    open.password = (struct str){NULL, 0};
    if (url_has_secret(&open)) {
        err_set(err, ERR_REFUSED,
                "the URL holds a secret beside the password, which PostgreSQL's programs take as an "
                "argument only");
        err_detail(err, "everybody on this machine can read the arguments of a program");
        return err_hint(err, "use a client key without a password of its own, in a file of mode 0600");
    }
    info = url_conninfo(arena, &open);
    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; info.keywords[i] != NULL; i++)
        put_keyword(&out, info.keywords[i], info.values[i]);
    access->conninfo = out.len > 0 ? buf_to_str(arena, &out).ptr : "fallback_application_name='pgrade'";
    buf_free(&out);
    environment[0] = "LC_MESSAGES=C";
    if (url->password.ptr != NULL)
        environment[1] = arena_printf(arena, "PGPASSWORD=%.*s", STR_ARGS(url->password));
    access->environment = environment;
    return true;
}
