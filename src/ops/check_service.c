/* Whether what the application is started with names the database that is looked at. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/screen.h"
#include "ops/check_intern.h"
#include "url/dotenv.h"

enum {
    ENVIRONMENT_MAXIMUM = 4 * 1024 * 1024,
    USUAL_PORT = 5432
};

static const char *const variables[] = {"DATABASE_URL", "DB_URI"};

static bool same_text(struct str a, struct str b)
{
    return a.len == b.len && str_equal(a, b);
}

static const struct url_host *first_host(const struct url *url)
{
    static const struct url_host none = {.port = 0};

    return url->hosts.count > 0 ? &url->hosts.items[0] : &none;
}

static unsigned port_of(const struct url *url)
{
    return first_host(url)->port != 0 ? first_host(url)->port : USUAL_PORT;
}

static void put(struct buf *out, bool differs, const char *what)
{
    if (differs)
        buf_printf(out, "%s%s", out->len > 0 ? ", " : "", what);
}

/* By name only: "host, password"; empty: they are the same. */
static struct str differences(struct arena *arena, const struct url *a, const struct url *b)
{
    struct buf out;
    struct str text;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    put(&out, a->kind != b->kind, "engine");
    if (a->kind == b->kind && a->kind == URL_POSTGRES) {
        put(&out,
            !(url_is_local(a) && url_is_local(b)) &&
                !str_equal_nocase(first_host(a)->name, first_host(b)->name),
            "host");
        put(&out, port_of(a) != port_of(b), "port");
        put(&out, !same_text(a->user, b->user), "user");
        put(&out, !same_text(a->password, b->password), "password");
        put(&out, !same_text(a->database, b->database), "database");
    }
    text = buf_to_str(arena, &out);
    buf_free(&out);
    return text;
}

void check_compare_url(struct check_run *run, const char *place, const char *variable, struct str text)
{
    struct err wrong = {.code = ERR_NONE};
    struct url url;
    struct str different;

    if (!url_parse(run->arena, text, &url, &wrong)) {
        check_found(run, CHECK_PROBLEM, str_dup(run->arena, str_from(wrong.hint)), "%s in %s: %s", variable,
                    place, wrong.primary);
        return;
    }
    different = differences(run->arena, &run->report->url, &url);
    if (different.len == 0)
        check_ok(run, "%s in %s names the same database", variable, place);
    else
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0}, "%s in %s names another one (%.*s): %.*s",
                    variable, place, STR_ARGS(different), STR_ARGS(url_redacted(run->arena, &url)));
}

static void check_env_file(struct check_run *run)
{
    const char *path = run->request->env_file != NULL ? run->request->env_file : ".env";
    struct dotenv dotenv = {.items = NULL};
    struct err failure = {.code = ERR_NONE};

    if (!run->report->parsed || !fs_exists(path) || fs_is_directory(path)) {
        check_skip(run, !run->report->parsed ? "the URL could not be understood" : "there is no file %s",
                   path);
        return;
    }
    if (!dotenv_load(run->arena, path, &dotenv, &failure)) {
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "%s", failure.primary);
        return;
    }
    check_skip(run, "%s has neither DATABASE_URL nor DB_URI", path);
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        struct str text = dotenv_get(&dotenv, variables[i]);

        if (text.len == 0)
            continue;
        run->result->state = CHECK_OK;
        check_compare_url(run, path, variables[i], text);
        if (fs_is_shared(path))
            check_found(run, CHECK_ADVICE,
                        str_printf(run->arena, "chmod 600 %s", screen_shell_word(run->arena, str_from(path))),
                        "%s may be read by other users of this machine", path);
        return;
    }
}

/* NAME=value, with a NUL between them. */
static struct str environment_get(struct str environment, const char *name)
{
    size_t length = str_from(name).len;

    while (environment.len > 0) {
        ptrdiff_t end = str_find(environment, '\0');
        struct str one = str_slice(environment, 0, end < 0 ? environment.len : (size_t)end);

        if (one.len > length && one.ptr[length] == '=' && str_starts_with(one, name))
            return str_slice(one, length + 1, one.len);
        environment = str_slice(environment, one.len + 1, environment.len);
    }
    return (struct str){NULL, 0};
}

static void check_process(struct check_run *run)
{
    struct str environment;
    struct err failure = {.code = ERR_NONE};
    long number = run->request->process != 0 ? run->request->process : check_main_process(run);
    const char *path = arena_printf(run->arena, "/proc/%ld/environ", number);
    const char *place = arena_printf(run->arena, "process %ld", number);

    if (number == 0 || !run->report->parsed) {
        check_skip(run, "%s",
                   run->report->parsed ? "no process is known: --process NUMBER, or --unit where systemd runs"
                                       : "the URL could not be understood");
        return;
    }
    if (!fs_read_from(run->arena, path, 0, ENVIRONMENT_MAXIMUM, &environment, &failure)) {
        check_skip(run, "%s may not be looked at, or is not there: %s", place, failure.detail);
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(variables); i++) {
        struct str text = environment_get(environment, variables[i]);

        if (text.len == 0)
            continue;
        check_compare_url(run, place, variables[i], str_dup(run->arena, text));
        return;
    }
    check_found(
        run, CHECK_ADVICE,
        (struct str)STR("EnvironmentFile=/path/to/env in the unit, systemctl daemon-reload, and a restart"),
        "%s was started with neither DATABASE_URL nor DB_URI", place);
}

const struct check_entry check_service_checks[] = {
    {.name = "env-file",
     .looks = "whether .env, or the file of --env-file, names this database, and is closed to others",
     .why = "the application uses another database than the one that was looked at",
     .mend = "write the right URL into the file, and start the application again",
     .alone = true,
     .run = check_env_file},
    {.name = "process",
     .looks = "whether the process of --process, or of the unit, was started with the URL of this database",
     .why = "a service keeps the environment with which it was started, whatever files say since",
     .mend = "start the service again: sudo systemctl restart UNIT",
     .alone = true,
     .run = check_process},
    {.name = NULL},
};
