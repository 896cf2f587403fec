/* Migrations that lie in the application's folder, against the ledger of their framework. */
#include <glob.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "ops/check_intern.h"

enum {
    FILE_MAXIMUM = 1024 * 1024,
    NAMED_MOST = 5
};

struct names {
    struct str *items;
    size_t count;
    size_t capacity;
};

static struct str stem(const char *path)
{
    const char *name = fs_name_of(path);
    const char *end = strrchr(name, '.');

    return (struct str){name, end == NULL ? strlen(name) : (size_t)(end - name)};
}

/* db/migrate/20260101120000_add_users.rb: 20260101120000 */
static struct str number_of(struct arena *arena, const char *path)
{
    struct str name = str_from(fs_name_of(path));

    return str_dup(arena, str_slice(name, 0, strspn(name.ptr, "0123456789")));
}

/* blog/migrations/0001_initial.py: blog.0001_initial */
static struct str django_name(struct arena *arena, const char *path)
{
    const char *app = fs_directory_of(arena, fs_directory_of(arena, path));

    return str_printf(arena, "%s.%.*s", fs_name_of(app), STR_ARGS(stem(path)));
}

/* prisma/migrations/2026_init/migration.sql: 2026_init */
static struct str folder_name(struct arena *arena, const char *path)
{
    return str_from(fs_name_of(fs_directory_of(arena, path)));
}

static struct str file_name(struct arena *arena, const char *path)
{
    return str_dup(arena, str_from(fs_name_of(path)));
}

static const struct framework {
    const char *name;
    const char *ledger;
    const char *done; /* what the ledger has, one a row; %s is its name */
    const char *patterns[3];
    struct str (*known_as)(struct arena *arena, const char *path);
    bool shared; /* others' migrations look alike, so the ledger has to be there */
    const char *mend;
} frameworks[] = {
    {"Django",
     "django_migrations",
     "SELECT app || '.' || name FROM %s",
     {"*/migrations/[0-9]*.py", "*/*/migrations/[0-9]*.py"},
     django_name,
     false,
     "python manage.py migrate"},
    {"Rails",
     "schema_migrations",
     "SELECT version::text FROM %s",
     {"db/migrate/[0-9]*_*.rb"},
     number_of,
     false,
     "bin/rails db:migrate"},
    {"Prisma",
     "_prisma_migrations",
     "SELECT migration_name FROM %s WHERE finished_at IS NOT NULL",
     {"prisma/migrations/*/migration.sql"},
     folder_name,
     false,
     "npx prisma migrate deploy"},
    {"Knex",
     "knex_migrations",
     "SELECT name FROM %s",
     {"migrations/*.js", "migrations/*.ts"},
     file_name,
     true,
     "npx knex migrate:latest"},
    {"Sequelize",
     "\"SequelizeMeta\"",
     "SELECT name FROM %s",
     {"migrations/*.js", "db/migrations/*.js"},
     file_name,
     true,
     "npx sequelize-cli db:migrate"},
};

static const char *const alembic_patterns[] = {"migrations/versions/*.py", "alembic/versions/*.py",
                                               "*/migrations/versions/*.py", "*/alembic/versions/*.py"};

static bool has(const struct names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name))
            return true;
    return false;
}

static void add(struct check_run *run, struct names *names, struct str name)
{
    ARENA_PUSH(run->arena, names->items, names->count, names->capacity) = name;
}

static void add_lines(struct check_run *run, struct names *names, struct str text)
{
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');

        add(run, names, str_slice(text, 0, end < 0 ? text.len : (size_t)end));
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
}

/* False: the ledger is not there, or may not be read. */
static bool read_ledger(struct check_run *run, const char *ledger, const char *done, struct names *names)
{
    const char *there = arena_printf(run->arena, "SELECT pg_catalog.to_regclass('%s')::text", ledger);
    struct pgrade_error error;
    struct str name = check_value(run, there, &error);
    const char *sql;

    if (name.len == 0)
        return false;
    sql = arena_printf(run->arena, "SELECT coalesce(pg_catalog.string_agg(x.n, E'\\n'), '') FROM (");
    sql = arena_printf(run->arena, "%s%.*s%.*s%s) AS x(n)", sql, (int)(strstr(done, "%s") - done), done,
                       STR_ARGS(name), strstr(done, "%s") + 2);
    error.kind = PGRADE_KIND_NONE;
    add_lines(run, names, check_value(run, sql, &error));
    if (error.kind != PGRADE_KIND_NONE)
        check_skip(run, "%.*s cannot be read: %s", STR_ARGS(name), error.message);
    return error.kind == PGRADE_KIND_NONE;
}

static struct str join(struct check_run *run, const struct names *names)
{
    struct buf out;
    struct str text;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < names->count && i < NAMED_MOST; i++)
        buf_printf(&out, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(names->items[i]));
    if (names->count > NAMED_MOST)
        buf_text(&out, ", ...");
    text = buf_to_str(run->arena, &out);
    buf_free(&out);
    return text;
}

static void list_files(struct check_run *run, const char *pattern, struct names *paths)
{
    glob_t found;

    if (pattern == NULL || glob(fs_join(run->arena, run->application, pattern), 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        add(run, paths, str_dup(run->arena, str_from(found.gl_pathv[i])));
    globfree(&found);
}

/* True: this framework's migrations are there. */
static bool look_at_framework(struct check_run *run, const struct framework *framework)
{
    struct names paths = {.items = NULL};
    struct names done = {.items = NULL};
    struct names pending = {.items = NULL};
    bool known;

    for (size_t i = 0; i < ARRAY_LENGTH(framework->patterns); i++)
        list_files(run, framework->patterns[i], &paths);
    if (paths.count == 0)
        return false;
    known = read_ledger(run, framework->ledger, framework->done, &done);
    if (!known && (framework->shared || run->result->state == CHECK_SKIPPED))
        return run->result->state == CHECK_SKIPPED;
    for (size_t i = 0; i < paths.count; i++) {
        struct str name = framework->known_as(run->arena, paths.items[i].ptr);

        if (!has(&done, name))
            add(run, &pending, name);
    }
    if (pending.count > 0)
        check_found(run, CHECK_PROBLEM, str_from(framework->mend),
                    "%zu of %zu migrations of %s are not applied: %.*s", pending.count, paths.count,
                    framework->name, STR_ARGS(join(run, &pending)));
    else
        check_ok(run, "all %zu migrations of %s are applied", paths.count, framework->name);
    return true;
}

/* The texts in quotes behind `name =`, on that line. */
static void add_assigned(struct check_run *run, struct str text, const char *name, struct names *names)
{
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        struct str line = str_slice(text, 0, end < 0 ? text.len : (size_t)end);
        size_t i = strlen(name);

        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
        if (!str_starts_with(line, name) || i >= line.len || strchr(" =:", line.ptr[i]) == NULL ||
            str_find(line, '=') < 0)
            continue;
        for (i = (size_t)str_find(line, '='); i < line.len && line.ptr[i] != '#'; i++)
            if (line.ptr[i] == '\'' || line.ptr[i] == '"') {
                struct str rest = str_slice(line, i + 1, line.len);
                ptrdiff_t close = str_find(rest, line.ptr[i]);

                if (close < 0)
                    break;
                add(run, names, str_slice(rest, 0, (size_t)close));
                i += (size_t)close + 1;
            }
        return;
    }
}

static void compare_heads(struct check_run *run, const struct names *heads, const struct names *all,
                          const struct names *now)
{
    bool same = heads->count == now->count;

    for (size_t i = 0; i < now->count; i++) {
        same = same && has(heads, now->items[i]);
        if (has(all, now->items[i]))
            continue;
        check_found(run, CHECK_PROBLEM,
                    (struct str)STR("bring the code to the version that the database was migrated by"),
                    "the database is at %.*s, which is none of the migrations here: \"Can't locate revision "
                    "identified "
                    "by\"",
                    STR_ARGS(now->items[i]));
        return;
    }
    if (same)
        check_ok(run, "the database is at %.*s, the newest migration of Alembic", STR_ARGS(join(run, now)));
    else
        check_found(run, CHECK_PROBLEM, (struct str)STR("flask db upgrade, or alembic upgrade head"),
                    "the newest migration of Alembic is %.*s, and the database is at %.*s",
                    STR_ARGS(join(run, heads)),
                    STR_ARGS(now->count == 0 ? str_from("none") : join(run, now)));
}

static bool look_at_alembic(struct check_run *run)
{
    struct names paths = {.items = NULL};
    struct names all = {.items = NULL};
    struct names below = {.items = NULL};
    struct names heads = {.items = NULL};
    struct names now = {.items = NULL};

    for (size_t i = 0; i < ARRAY_LENGTH(alembic_patterns); i++)
        list_files(run, alembic_patterns[i], &paths);
    for (size_t i = 0; i < paths.count; i++) {
        struct err ignored = {.code = ERR_NONE};
        struct str text;

        if (!fs_read(run->arena, paths.items[i].ptr, FILE_MAXIMUM, &text, &ignored))
            continue;
        add_assigned(run, text, "revision", &all);
        add_assigned(run, text, "down_revision", &below);
    }
    for (size_t i = 0; i < all.count; i++)
        if (!has(&below, all.items[i]))
            add(run, &heads, all.items[i]);
    if (all.count == 0)
        return false;
    if (read_ledger(run, "alembic_version", "SELECT version_num::text FROM %s", &now) ||
        run->result->state != CHECK_SKIPPED)
        compare_heads(run, &heads, &all, &now);
    return true;
}

void check_migrations(struct check_run *run)
{
    bool found;

    if (run->application == NULL) {
        check_skip(run, "the application's folder is not known: --app DIR");
        return;
    }
    found = look_at_alembic(run);
    for (size_t i = 0; i < ARRAY_LENGTH(frameworks); i++)
        found = look_at_framework(run, &frameworks[i]) || found;
    if (!found)
        check_skip(run, "no migrations of a framework that is known were found in %s", run->application);
}
