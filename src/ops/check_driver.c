/* What is installed in a virtual environment of Python, and what the lists of packages name. */
#include <dirent.h>
#include <glob.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/screen.h"
#include "ops/check_intern.h"

enum {
    LIST_MAXIMUM = 4 * 1024 * 1024
};

/* By the name under which Python imports it; as SQLAlchemy names it in a scheme. */
static const struct driver {
    const char *module;
    const char *package; /* to be installed */
} drivers[] = {{"psycopg2", "psycopg2-binary"},
               {"psycopg", "psycopg[binary]"},
               {"asyncpg", "asyncpg"},
               {"pg8000", "pg8000"}};

/* Lists of packages, and of what language. */
static const struct {
    const char *file;
    const char *add; /* a package of that name to it */
} lists[] = {{"requirements.txt", "echo %s >> %s"},
             {"requirements?*.txt", "echo %s >> %s"},
             {"requirements/*.txt", "echo %s >> %s"},
             {"pyproject.toml", "add %s to dependencies in %s"},
             {"Pipfile", "pipenv install %s   # writes it into %s"},
             {"setup.py", "add %s to install_requires in %s"},
             {"setup.cfg", "add %s to install_requires in %s"},
             {"environment.yml", "add %s to the dependencies in %s"}};

/* Calls for each folder in which the environment's Python looks for packages, until one says that it has it.
 */
static bool in_packages(struct check_run *run,
                        bool (*has)(struct check_run *run, const char *folder, void *context), void *context)
{
    static const char *const of_system[] = {
        "/usr/lib/python3/dist-packages", "/usr/local/lib/python3*/dist-packages",
        "/usr/lib/python3*/site-packages", "/usr/local/lib/python3*/site-packages"};
    const char *patterns[ARRAY_LENGTH(of_system) + 2] = {
        arena_printf(run->arena, "%s/lib/python3*/site-packages", run->venv),
        arena_printf(run->arena, "%s/lib64/python3*/site-packages", run->venv)};
    size_t count = 2;
    struct err ignored = {.code = ERR_NONE};
    struct str settings;
    bool found = false;

    if (fs_read(run->arena, fs_join(run->arena, run->venv, "pyvenv.cfg"), LIST_MAXIMUM, &settings,
                &ignored) &&
        str_contains_nocase(settings, "include-system-site-packages = true"))
        for (size_t i = 0; i < ARRAY_LENGTH(of_system); i++)
            patterns[count++] = of_system[i];
    for (size_t i = 0; i < count && !found; i++) {
        glob_t folders;

        if (glob(patterns[i], 0, NULL, &folders) != 0)
            continue;
        for (size_t j = 0; j < folders.gl_pathc && !found; j++)
            found = has(run, folders.gl_pathv[j], context);
        globfree(&folders);
    }
    return found;
}

static bool has_module(struct check_run *run, const char *folder, void *context)
{
    return fs_exists(arena_printf(run->arena, "%s/%s/__init__.py", folder, (const char *)context));
}

static bool is_installed(struct check_run *run, const char *module)
{
    union {
        const char *from;
        void *to;
    } name = {.from = module};

    return in_packages(run, has_module, name.to);
}

/* "SQLAlchemy-1.4.46.dist-info", "sqlalchemy-2.0.1.dist-info", "SQLAlchemy-1.3.0.egg-info". */
static bool find_version(struct check_run *run, const char *folder, void *context)
{
    struct str *version = context;
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    while (directory != NULL && version->ptr == NULL && (entry = readdir(directory)) != NULL) {
        struct str name = str_from(entry->d_name);
        size_t length = sizeof("sqlalchemy-") - 1;

        if (!str_starts_with_nocase(name, "sqlalchemy-") || name.len == length ||
            !ascii_is_digit(name.ptr[length]))
            continue;
        for (size_t end = length; end <= name.len; end++)
            if (end == name.len || (!ascii_is_digit(name.ptr[end]) && name.ptr[end] != '.')) {
                name = str_slice(name, length, end);
                break;
            }
        while (str_ends_with(name, "."))
            name = str_slice(name, 0, name.len - 1);
        *version = str_dup(run->arena, name);
    }
    if (directory != NULL)
        (void)closedir(directory);
    return version->ptr != NULL;
}

static struct str sqlalchemy_version(struct check_run *run)
{
    struct str version = {NULL, 0};

    return run->venv != NULL && in_packages(run, find_version, &version) ? version : (struct str){NULL, 0};
}

static bool is_name_char(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '_';
}

/* As a whole name: psycopg2-binary names psycopg2, and psycopg2 does not name psycopg.  Comments do not
 * count. */
static bool names(struct str text, const char *module)
{
    size_t length = strlen(module);
    bool comment = false;

    for (size_t i = 0; i + length <= text.len; i++) {
        comment = text.ptr[i] == '#' || (comment && text.ptr[i] != '\n');
        if (!comment && (i == 0 || !is_name_char(text.ptr[i - 1])) &&
            str_equal_nocase(str_slice(text, i, i + length), str_from(module)) &&
            (i + length == text.len || !is_name_char(text.ptr[i + length])))
            return true;
    }
    return false;
}

struct listed {
    const char *first; /* list that is there; NULL: there is none */
    const char *add;
    bool named;
};

static void look_at_list(struct check_run *run, const char *path, const char *add, const char *wanted,
                         struct listed *listed)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text;

    if (!fs_read(run->arena, path, LIST_MAXIMUM, &text, &ignored))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(drivers) && !listed->named; i++)
        listed->named =
            (wanted == NULL || strcmp(drivers[i].module, wanted) == 0) && names(text, drivers[i].module);
    if (listed->first == NULL) {
        listed->first = arena_printf(run->arena, "%s", path);
        listed->add = add;
    }
}

static struct listed look_at_lists(struct check_run *run, const char *wanted)
{
    struct listed listed = {.first = NULL};

    for (size_t i = 0; run->application != NULL && i < ARRAY_LENGTH(lists); i++) {
        glob_t found;

        if (glob(fs_join(run->arena, run->application, lists[i].file), 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++)
            look_at_list(run, found.gl_pathv[j], lists[i].add, wanted, &listed);
        globfree(&found);
    }
    return listed;
}

/* Replaces the first %s by the package and the second by the path, both as a shell reads them. */
static struct str fill_in(struct arena *arena, const char *pattern, const char *package, const char *path)
{
    const char *first = strstr(pattern, "%s");
    const char *second = strstr(first + 2, "%s");

    return str_printf(arena, "%.*s%s%.*s%s%s", (int)(first - pattern), pattern,
                      screen_shell_word(arena, str_from(package)), (int)(second - first - 2), first + 2,
                      screen_shell_word(arena, str_from(path)), second + 2);
}

/* The module that the URL asks for by name, or SQLAlchemy by itself; NULL: any. */
static const char *wanted_module(const struct check_run *run, bool sqlalchemy)
{
    const struct url *url = &run->report->url;

    for (size_t i = 0; run->report->parsed && i < ARRAY_LENGTH(drivers); i++)
        if (str_is(url->driver, drivers[i].module))
            return drivers[i].module;
    return sqlalchemy && run->report->parsed && url->driver.len == 0 ? "psycopg2" : NULL;
}

static void check_environment(struct check_run *run, const char *wanted, const char *package)
{
    const char *pip = screen_shell_word(run->arena, str_from(fs_join(run->arena, run->venv, "bin/pip")));
    const char *other = NULL;

    for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++) {
        if (!is_installed(run, drivers[i].module))
            continue;
        if (wanted == NULL || strcmp(wanted, drivers[i].module) == 0) {
            check_add(run, CHECK_OK, "%s is installed in %s", drivers[i].module, run->venv);
            return;
        }
        other = drivers[i].module;
    }
    if (other != NULL)
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "%s install '%s'   # or write postgresql+%s:// in the URL", pip,
                               package, other),
                    "%s has %s, and SQLAlchemy takes %s for this URL: \"No module named '%s'\"", run->venv,
                    other, wanted, wanted);
    else
        check_found(run, CHECK_PROBLEM, str_printf(run->arena, "%s install '%s'", pip, package),
                    "%s has no driver for PostgreSQL: \"ModuleNotFoundError: No module named '%s'\"",
                    run->venv, wanted != NULL ? wanted : "psycopg2");
}

/* An environment that the shell happens to have is no part of an application in another language. */
static bool is_python(const struct check_run *run, const struct listed *listed, bool other)
{
    return listed->first != NULL || (run->venv != NULL && (run->request->venv != NULL || !other));
}

void check_driver(struct check_run *run)
{
    bool node = check_driver_node(run);
    bool other = check_driver_ruby(run) || node;
    const char *wanted = wanted_module(run, sqlalchemy_version(run).len > 0);
    const char *package = drivers[0].package;
    struct listed listed = look_at_lists(run, wanted);

    for (size_t i = 0; wanted != NULL && i < ARRAY_LENGTH(drivers); i++)
        if (strcmp(drivers[i].module, wanted) == 0)
            package = drivers[i].package;
    if (!is_python(run, &listed, other)) {
        if (!other)
            check_skip(run,
                       "neither a virtual environment of Python nor a list of packages with a database in it "
                       "was found (requirements.txt, package.json, Gemfile): --venv DIR, --app DIR");
        return;
    }
    if (run->venv != NULL && !fs_is_directory(run->venv))
        check_found(run, CHECK_PROBLEM, (struct str)STR("python3 -m venv DIR, or the right --venv DIR"),
                    "there is no folder %s", run->venv);
    else if (run->venv != NULL)
        check_environment(run, wanted, package);
    if (listed.first != NULL && !listed.named)
        check_found(run, CHECK_PROBLEM, fill_in(run->arena, listed.add, package, listed.first),
                    "%s names no driver for PostgreSQL: the next deploy comes without", listed.first);
    else if (run->venv == NULL)
        check_add(run, CHECK_SKIPPED, "%s names a driver; whether it is installed is not seen: --venv DIR",
                  listed.first);
}

/* 104 of 1.4, 200 of 2.0. */
static int64_t number_of(struct str version)
{
    ptrdiff_t dot = str_find(version, '.');
    struct str minor = dot < 0 ? (struct str){NULL, 0} : str_slice(version, (size_t)dot + 1, version.len);
    int64_t major;
    int64_t second = 0;

    if (str_find(minor, '.') >= 0)
        minor = str_slice(minor, 0, (size_t)str_find(minor, '.'));
    if (!str_to_int64(dot < 0 ? version : str_slice(version, 0, (size_t)dot), &major))
        return 0;
    return str_to_int64(minor, &second) ? major * 100 + second : major * 100;
}

/* The URLs that the application may get: as typed, and that of its unit. */
static bool is_short(struct check_run *run)
{
    const struct unit_variable *variable =
        run->unit == NULL ? NULL : unit_variable(run->unit, "DATABASE_URL");

    return str_starts_with_nocase(run->request->text, "postgres://") ||
           (variable != NULL && str_starts_with_nocase(variable->value, "postgres://"));
}

void check_sqlalchemy(struct check_run *run)
{
    struct str version = sqlalchemy_version(run);

    if (run->venv == NULL)
        check_skip(run, "no virtual environment of Python is known: --venv DIR");
    else if (version.len == 0)
        check_ok(run, "there is none in %s", run->venv);
    else if (is_short(run) && number_of(version) >= 104)
        check_found(
            run, CHECK_PROBLEM, (struct str){NULL, 0},
            "SQLAlchemy %.*s in %s refuses postgres://: \"Can't load plugin: sqlalchemy.dialects:postgres\"",
            STR_ARGS(version), run->venv);
    else
        check_ok(run, "SQLAlchemy %.*s takes it", STR_ARGS(version));
}
