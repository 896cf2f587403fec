/* The application: where it lies, what it is installed with, and whether it would find the database. */
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "ops/check_intern.h"

/* What a folder with an application in it has. */
static const char *const markers[] = {"requirements.txt", "pyproject.toml", "Pipfile",    "manage.py",
                                      "package.json",     "Gemfile",        "alembic.ini"};

static bool is_application(struct arena *arena, const char *folder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++)
        if (fs_exists(fs_join(arena, folder, markers[i])))
            return true;
    return false;
}

static bool is_venv(struct arena *arena, const char *folder)
{
    return fs_exists(fs_join(arena, folder, "pyvenv.cfg"));
}

/* The environment whose program the unit starts, else one in the application's folder, else the shell's. */
static const char *find_venv(struct check_run *run)
{
    static const char *const usual[] = {".venv", "venv", "env"};
    struct arena *arena = run->arena;
    const char *program = run->unit == NULL ? NULL : run->unit->program;
    const char *shell = getenv("VIRTUAL_ENV");

    if (program != NULL && strchr(program, '/') != NULL) {
        const char *folder = fs_directory_of(arena, fs_directory_of(arena, program));

        if (is_venv(arena, folder))
            return folder;
    }
    for (size_t i = 0; run->application != NULL && i < ARRAY_LENGTH(usual); i++)
        if (is_venv(arena, fs_join(arena, run->application, usual[i])))
            return fs_join(arena, run->application, usual[i]);
    return run->unit == NULL && shell != NULL && is_venv(arena, shell) ? shell : NULL;
}

void check_find_application(struct check_run *run)
{
    const struct check_request *request = run->request;
    struct unit *unit = arena_alloc(run->arena, sizeof(*unit));

    run->unit_failure = run->systemd_failure = (struct err){.code = ERR_NONE};
    if (request->unit != NULL && unit_load(run->arena, request->unit, unit, &run->unit_failure)) {
        run->unit = unit;
        check_ask_systemd(run);
    }
    if (request->app != NULL)
        run->application = request->app;
    else if (run->unit != NULL)
        run->application = run->unit->directory;
    else if (request->production || is_application(run->arena, "."))
        run->application = ".";
    run->venv = request->venv != NULL ? request->venv : find_venv(run);
}

/* The same, before anything is looked at. */
bool check_wants_application(const struct check_request *request)
{
    struct arena *arena = arena_new();
    bool wanted = request->unit != NULL || request->app != NULL || request->venv != NULL ||
                  request->production || is_application(arena, ".");

    arena_free(arena);
    return wanted;
}

bool check_wants_unit(const struct check_request *request)
{
    return request->unit != NULL || request->production;
}

bool check_wants_production(const struct check_request *request)
{
    return request->production;
}

const struct check_entry check_application_checks[] = {
    {.name = "driver",
     .looks =
         "whether the application's environment (of Python, Node or Ruby) has a driver for PostgreSQL, and "
         "its list of packages names one",
     .why =
         "\"ModuleNotFoundError: No module named 'psycopg2'\", \"Cannot find module 'pg'\" or \"the gem is "
         "not loaded\", here or after the next deploy",
     .mend =
         "pip install psycopg2-binary in the virtual environment, and a line for it in requirements.txt; npm "
         "install pg; bundle add pg",
     .alone = true,
     .wanted = check_wants_application,
     .run = check_driver},
    {.name = "sqlalchemy",
     .looks = "whether the SQLAlchemy that is installed takes the URL as it is written",
     .why = "from 1.4 on it ends with \"Can't load plugin: sqlalchemy.dialects:postgres\" at a URL with "
            "postgres://",
     .mend =
         "write postgresql:// in the URL, or url.replace('postgres://', 'postgresql://', 1) where it is read",
     .alone = true,
     .wanted = check_wants_application,
     .run = check_sqlalchemy},
    {.name = "code",
     .looks = "whether the application's files hold a URL with a password, or fall back to a SQLite file",
     .why = "a password in the code is in every copy of it; a fallback writes rows where the next deploy "
            "wipes them",
     .mend = "os.environ[\"DATABASE_URL\"], which fails where it is not set",
     .alone = true,
     .wanted = check_wants_application,
     .run = check_code},
    {.name = "migrations",
     .looks = "whether the migrations in the application's folder are those that the database has",
     .why = "code that is newer than its tables ends in \"relation does not exist\" or \"column does not "
            "exist\"",
     .mend = "flask db upgrade, python manage.py migrate, bin/rails db:migrate, npx prisma migrate deploy",
     .wanted = check_wants_application,
     .run = check_migrations},
    {.name = "query",
     .looks = "whether a query through the application's own Python and environment reaches this database",
     .why = "all that was looked at before is of no use if the application itself does not get there",
     .mend = "what the findings of driver, unit-url and login say",
     .alone = true,
     .wanted = check_wants_production,
     .run = check_query},
    {.name = NULL},
};
