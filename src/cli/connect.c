#include "cli/connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/log.h"
#include "engine/engine.h"
#include "engine/sqlite/sqlite.h"
#include "ops/local.h"
#include "schema/ident.h"
#include "url/dotenv.h"

static const char *const variables[] = {"DATABASE_URL", "DB_URI"};

bool confirm(const struct invocation *invocation, const char *question, struct err *err)
{
    char answer[16] = "";

    if (option_given(invocation, "yes"))
        return true;
    if (isatty(STDIN_FILENO) != 1) {
        err_set(err, ERR_REFUSED, "%s: nobody can be asked, since stdin is no terminal", question);
        return err_hint(err, "--yes answers yes");
    }
    (void)fprintf(stderr, "%s [y/N] ", question);
    if (fgets(answer, (int)sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
        return true;
    return err_set(err, ERR_REFUSED, "nothing was done: the answer was no");
}

/* A text without a scheme is a path, which a misspelt URL would be too: only a file that is there counts. The
 * text itself is never told: it may hold a password where nobody looks for one. */
static bool is_lost_path(struct arena *arena, struct str text, const struct url *url)
{
    const char *path = str_cstr(arena, url->path);

    return url->kind == URL_SQLITE && str_equal(str_trim(text), str_trim(url->path)) &&
           (access(path, F_OK) != 0 || fs_is_directory(path));
}

static bool read_variable(struct invocation *invocation, const char *name, struct str text, struct url *url,
                          struct err *err)
{
    if (!url_parse(invocation->arena, text, url, err))
        return err_prefix(err, "%s", name);
    if (!is_lost_path(invocation->arena, text, url))
        return true;
    err_set(err, ERR_URL, "%s: the database is given by neither a URL nor the path of a file", name);
    err_detail(err, "the value has no scheme, such as postgresql://, and no file has that name");
    return err_hint(err, "write postgresql://user:password@host:5432/database or sqlite:///app.db there; or "
                         "unset it, and name source and target on the command line");
}

/* The first of the variables that names a database of this kind, from the environment, then from .env. */
static bool find_url(struct invocation *invocation, enum url_kind kind, struct url *url, const char **from,
                     struct err *err)
{
    struct dotenv dotenv = {.items = NULL};

    *from = NULL;
    /* A folder of that name is a virtual environment of Python. */
    if (!fs_is_directory(".env") && !dotenv_load(invocation->arena, ".env", &dotenv, err))
        return false;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
            struct str text = pass == 0 ? str_from(getenv(variables[i])) : dotenv_get(&dotenv, variables[i]);
            const char *name;

            if (text.len == 0)
                continue;
            name = str_cstr(invocation->arena,
                            str_printf(invocation->arena, "%s%s", variables[i], pass == 0 ? "" : " in .env"));
            if (!read_variable(invocation, name, text, url, err))
                return false;
            if (url->kind != kind)
                continue;
            if (pass == 1 && url_has_secret(url) && !fs_check_secret(".env", "a password", err))
                return false;
            *from = name;
            return true;
        }
    }
    return true;
}

bool connect_find_any(struct invocation *invocation, struct url *url, const char **from, struct err *err)
{
    struct url sqlite;
    const char *sqlite_from;

    if (!find_url(invocation, URL_POSTGRES, url, from, err) || *from != NULL)
        return *from != NULL;
    if (!find_url(invocation, URL_SQLITE, &sqlite, &sqlite_from, err))
        return false;
    *url = sqlite_from != NULL ? sqlite : *url;
    *from = sqlite_from;
    return true;
}

bool connect_source(struct invocation *invocation, struct endpoints *endpoints, struct err *err)
{
    const char *from;

    if (invocation->argument_count > 0) {
        if (!url_parse(invocation->arena, str_from(invocation->arguments[0]), &endpoints->source, err))
            return false;
    } else {
        if (!find_url(invocation, URL_SQLITE, &endpoints->source, &from, err))
            return false;
        if (from == NULL) {
            err_set(err, ERR_USAGE, "no source was given, and DATABASE_URL names no SQLite file");
            return err_hint(err, "pgrade %s app.db", invocation->command->name);
        }
        log_message(LOG_NOTICE, "source: %.*s, from %s", STR_ARGS(endpoints->source.path), from);
    }
    /* Looked at before a target is, so that a misspelt path starts no server. */
    if (endpoints->source.kind == URL_SQLITE)
        return sqlite_check(invocation->arena, &endpoints->source, err);
    err_set(err, ERR_USAGE, "the source must be a SQLite file");
    err_detail(err, "%.*s is a PostgreSQL database",
               STR_ARGS(url_redacted(invocation->arena, &endpoints->source)));
    return err_hint(err, "source and target may be in the wrong order: pgrade %s app.db postgresql://...",
                    invocation->command->name);
}

/* A database name that needs no quotes anywhere: blog from /srv/My Blog.sqlite3 is my_blog. */
static struct str database_name(struct arena *arena, struct str path)
{
    static const char *const taken[] = {"postgres", "template0", "template1"};
    size_t start = 0;
    size_t end;
    struct buf name;
    struct str made;

    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/')
            start = i + 1;
    for (end = path.len; end > start && path.ptr[end - 1] != '.';)
        end--;
    end = end > start + 1 ? end - 1 : path.len;
    buf_init(&name, 48);
    for (size_t i = start; i < end; i++) {
        char c = ascii_lower(path.ptr[i]);

        buf_byte(&name, (c >= 'a' && c <= 'z') || ascii_is_digit(c) ? c : '_');
    }
    made = buf_to_str(arena, &name);
    buf_free(&name);
    for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
        if (str_is(made, taken[i]))
            return str_printf(arena, "%.*s_app", STR_ARGS(made));
    return made.len == 0 || ascii_is_digit(made.ptr[0]) ? str_printf(arena, "db_%.*s", STR_ARGS(made)) : made;
}

static bool create_database(struct arena *arena, const struct url *server, struct str name, struct err *err)
{
    struct engine_options options = {.trace = false};
    struct engine *engine;
    struct value exists;
    struct buf sql;
    bool done;

    if (!engine_open(server, &options, &engine, err))
        return false;
    done = engine_value(engine, arena, (struct str)STR("SELECT count(*) FROM pg_database WHERE datname = $1"),
                        &name, 1, &exists, err);
    if (done && exists.integer == 0) {
        buf_init(&sql, BUF_TEXT_MAXIMUM);
        buf_text(&sql, "CREATE DATABASE ");
        ident_quote(&sql, name);
        done = engine_exec(engine, buf_view(&sql), err);
        buf_free(&sql);
    }
    engine_close(engine);
    return done;
}

static bool use_local(struct invocation *invocation, struct endpoints *endpoints, struct err *err)
{
    struct local_options options = {.timeout_s = 0};
    struct local_info info;
    struct str name = database_name(invocation->arena, endpoints->source.path);

    if (!local_start(invocation->arena, &options, &info, err))
        return err_prefix(err, "no target was given, so the local instance was to be started");
    log_message(LOG_NOTICE, "target: the local instance %s (PostgreSQL %s), database %.*s", info.directory,
                info.version, STR_ARGS(name));
    if (!url_parse(invocation->arena, str_from(info.url), &endpoints->target, err) ||
        !create_database(invocation->arena, &endpoints->target, name, err))
        return false;
    endpoints->target.database = name;
    endpoints->target_from = "the local instance";
    endpoints->target_local = true;
    return true;
}

static bool check_kind(struct invocation *invocation, const struct endpoints *endpoints, struct err *err)
{
    if (endpoints->target.kind == URL_POSTGRES)
        return true;
    err_set(err, ERR_USAGE, "the target must be a PostgreSQL database, and %.*s is a file",
            STR_ARGS(endpoints->target.path));
    return err_hint(err, "pgrade %s %.*s postgresql://user:password@host/database", invocation->command->name,
                    STR_ARGS(endpoints->source.path));
}

static void add_parameter(struct arena *arena, struct url *url, const char *name, const char *variable)
{
    const char *value = getenv(variable);
    struct url_parameters with = {.count = url->parameters.count + 1};

    if (value == NULL || value[0] == '\0' || url_parameter(url, name).ptr != NULL)
        return;
    with.items = ARENA_ARRAY(arena, struct url_parameter, with.count);
    for (size_t i = 0; i < url->parameters.count; i++)
        with.items[i] = url->parameters.items[i];
    with.items[with.count - 1] = (struct url_parameter){str_from(name), str_from(value)};
    url->parameters = with;
}

static void add_hosts(struct arena *arena, struct url *url)
{
    struct str rest = str_from(getenv("PGHOST"));

    url->hosts = (struct url_hosts){.items = NULL};
    while (rest.len > 0) {
        ptrdiff_t comma = str_find(rest, ',');
        size_t end = comma < 0 ? rest.len : (size_t)comma;

        ARENA_PUSH(arena, url->hosts.items, url->hosts.count, url->hosts.capacity) =
            (struct url_host){.name = str_slice(rest, 0, end)};
        rest = str_slice(rest, end + 1, rest.len);
    }
}

/* What the URL leaves open libpq takes from the environment ("Environment Variables"). */
static bool is_local(struct arena *arena, const struct url *target)
{
    struct url url = *target;

    add_parameter(arena, &url, "hostaddr", "PGHOSTADDR");
    add_parameter(arena, &url, "service", "PGSERVICE");
    if (url.hosts.count == 0)
        add_hosts(arena, &url);
    return url_is_local(&url);
}

bool connect_target(struct invocation *invocation, struct endpoints *endpoints, struct err *err)
{
    struct str shown;

    if (invocation->argument_count > 1) {
        endpoints->target_typed = true;
        endpoints->target_from = "the command line";
        return url_parse(invocation->arena, str_from(invocation->arguments[1]), &endpoints->target, err) &&
               check_kind(invocation, endpoints, err);
    }
    if (!find_url(invocation, URL_POSTGRES, &endpoints->target, &endpoints->target_from, err))
        return false;
    if (endpoints->target_from == NULL)
        return use_local(invocation, endpoints, err);
    shown = url_redacted(invocation->arena, &endpoints->target);
    log_message(LOG_NOTICE, "target: %.*s, from %s", STR_ARGS(shown), endpoints->target_from);
    if (is_local(invocation->arena, &endpoints->target))
        return true;
    return confirm(invocation,
                   str_cstr(invocation->arena, str_printf(invocation->arena, "upgrade into %.*s (from %s)?",
                                                          STR_ARGS(shown), endpoints->target_from)),
                   err);
}
