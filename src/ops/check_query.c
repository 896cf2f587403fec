/* A query as the application itself would make it: its Python, its user, its environment. */
#include <unistd.h>

#include "base/fs.h"
#include "base/proc.h"
#include "base/screen.h"
#include "ops/check_intern.h"
#include "url/dotenv.h"

extern char **environ;

enum {
    ANSWER_MS = 20000
};

/* A status of 9: it has no driver; 8: it has no URL. */
static const char script[] =
    "import os, re, sys\n"
    "url = os.environ.get('DATABASE_URL') or os.environ.get('DB_URI') or sys.exit(8)\n"
    "try:\n"
    "    import psycopg2 as driver\n"
    "except ImportError:\n"
    "    try:\n"
    "        import psycopg as driver\n"
    "    except ImportError:\n"
    "        sys.exit(9)\n"
    "connection = driver.connect(re.sub(r'^postgres(ql)?(\\+\\w+)?://', 'postgresql://', url), "
    "connect_timeout=10)\n"
    "cursor = connection.cursor()\n"
    "cursor.execute('SELECT current_database(), current_user')\n"
    "print(*cursor.fetchone(), sep='\\n')\n";

struct changes {
    const char **items;
    size_t count;
    size_t capacity;
};

static void set(struct check_run *run, struct changes *changes, struct str name, struct str value)
{
    ARENA_PUSH(run->arena, changes->items, changes->count, changes->capacity) =
        arena_printf(run->arena, "%.*s=%.*s", STR_ARGS(name), STR_ARGS(value));
}

/* A service gets nothing of ours; a program that is started here what we have, and what the file says. */
static const char *const *environment_of(struct check_run *run)
{
    struct changes changes = {.items = NULL};
    struct dotenv dotenv = {.items = NULL};
    struct err ignored = {.code = ERR_NONE};
    const char *path = run->request->env_file != NULL ? run->request->env_file : ".env";

    if (run->unit != NULL) {
        for (char **one = environ; *one != NULL; one++)
            ARENA_PUSH(run->arena, changes.items, changes.count, changes.capacity) =
                str_cstr(run->arena, str_slice(str_from(*one), 0, (size_t)str_find(str_from(*one), '=')));
        set(run, &changes, str_from("PATH"), str_from("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"));
        set(run, &changes, str_from("LANG"), str_from("C.UTF-8"));
        for (size_t i = 0; i < run->unit->variable_count; i++)
            if (!run->unit->variables[i].passed_over)
                set(run, &changes, run->unit->variables[i].name, run->unit->variables[i].value);
    } else if (dotenv_load(run->arena, path, &dotenv, &ignored)) {
        for (size_t i = 0; i < dotenv.count; i++)
            set(run, &changes, dotenv.items[i].key, dotenv.items[i].value);
    }
    ARENA_PUSH(run->arena, changes.items, changes.count, changes.capacity) = NULL;
    return changes.items;
}

/* Root runs nothing from a folder of another user, but as that user. */
static bool find_user(struct check_run *run, struct proc_user *user, const struct proc_user **as,
                      struct err *err)
{
    struct fs_info info;

    *as = NULL;
    if (geteuid() != 0)
        return true;
    *as = user;
    if (run->unit != NULL && run->unit->user.len > 0)
        return proc_user_by_name(run->arena, run->unit->user.ptr, user, err);
    return fs_stat(run->venv, &info, err) && proc_user_by_id(run->arena, info.owner, user, err);
}

static void tell_failure(struct check_run *run, const char *python, const struct proc_result *result)
{
    struct str last = proc_last_lines(run->arena, result->errors, 1);

    if (result->timed_out)
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "%s got no answer within %d s", python,
                    ANSWER_MS / 1000);
    else if (result->exited && result->status == 9)
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "%s -m pip install psycopg2-binary",
                               screen_shell_word(run->arena, str_from(python))),
                    "%s has no driver: \"ModuleNotFoundError: No module named 'psycopg2'\"", python);
    else if (result->exited && result->status == 8)
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0},
                    "the application is started with neither DATABASE_URL nor DB_URI");
    else if (str_contains_nocase(last, "://"))
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0},
                    "the query of %s failed; what it says holds the URL, and is not shown", python);
    else
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "the query of %s failed: %.*s", python,
                    STR_ARGS(last));
}

static void compare(struct check_run *run, struct str output)
{
    ptrdiff_t end = str_find(output, '\n');
    struct str database = str_slice(output, 0, end < 0 ? output.len : (size_t)end);
    struct str user = str_trim(str_slice(output, end < 0 ? output.len : (size_t)end + 1, output.len));
    struct str here = run->db == NULL ? (struct str){NULL, 0}
                                      : check_value(run, "SELECT pg_catalog.current_database()::text", NULL);

    if (here.len > 0 && !str_equal(here, database))
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0},
                    "the application reaches the database %.*s as %.*s, and the URL names %.*s",
                    STR_ARGS(database), STR_ARGS(user), STR_ARGS(here));
    else
        check_ok(run, "the application reaches the database %.*s as %.*s", STR_ARGS(database),
                 STR_ARGS(user));
}

void check_query(struct check_run *run)
{
    const char *python = run->venv == NULL ? NULL : fs_join(run->arena, run->venv, "bin/python");
    const char *argv[] = {python, "-c", script, NULL};
    struct proc_options options = {.argv = argv, .timeout_ms = ANSWER_MS, .directory = run->application};
    struct err failure = {.code = ERR_NONE};
    struct proc_result result;
    struct proc_user user;

    if (run->venv == NULL) {
        check_skip(run, "no virtual environment of Python is known: --venv DIR");
        return;
    }
    if (run->unit != NULL && run->unit->unread != NULL) {
        check_skip(run, "%s: the environment of the service is not known", run->unit->unread_failure.primary);
        return;
    }
    if (run->application == NULL || !fs_is_directory(run->application))
        options.directory = NULL;
    options.environment = environment_of(run);
    if (!find_user(run, &user, &options.user, &failure) ||
        !proc_run(run->arena, &options, &result, &failure)) {
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "%s%s%s", failure.primary,
                    failure.detail[0] != '\0' ? ": " : "", failure.detail);
        return;
    }
    if (result.exited && result.status == 0)
        compare(run, result.output);
    else
        tell_failure(run, python, &result);
}
