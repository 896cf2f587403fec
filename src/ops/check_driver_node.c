/* The driver of an application for Node: what package.json names, and what is in node_modules. */
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/json_read.h"
#include "base/screen.h"
#include "ops/check_intern.h"
#include "ops/json_fields.h"

enum {
    SCHEMA_MAXIMUM = 4 * 1024 * 1024
};

/* The first is the one to install. */
static const char *const drivers[] = {
    "pg",     "postgres", "pg-promise", "@neondatabase/serverless", "@vercel/postgres", "@prisma/adapter-pg",
    "slonik", NULL};

/* What speaks to a database, and to PostgreSQL by one of those; a page's scripts need none. */
static const char *const needing[] = {"better-sqlite3",
                                      "sqlite3",
                                      "sqlite",
                                      "knex",
                                      "sequelize",
                                      "typeorm",
                                      "drizzle-orm",
                                      "kysely",
                                      "@mikro-orm/core",
                                      "objection",
                                      "bookshelf",
                                      "@adonisjs/lucid",
                                      NULL};

/* NULL: none of them is there. */
static const char *named(struct json_object *root, const char *where, const char *const *names)
{
    struct json_object *list = NULL;

    if (!json_object_object_get_ex(root, where, &list) || !json_object_is_type(list, json_type_object))
        return NULL;
    for (; *names != NULL; names++)
        if (json_object_object_get_ex(list, *names, NULL))
            return *names;
    return NULL;
}

/* As Node does: in the folder's own node_modules, and in those of the folders above. *any: there is one. */
static bool is_installed(struct check_run *run, const char *package, bool *any)
{
    char *whole = realpath(run->application, NULL);
    const char *folder = whole == NULL ? NULL : arena_printf(run->arena, "%s", whole);

    free(whole);
    *any = false;
    while (folder != NULL) {
        const char *modules = fs_join(run->arena, folder, "node_modules");

        *any = *any || fs_is_directory(modules);
        if (fs_exists(arena_printf(run->arena, "%s/%s/package.json", modules, package)))
            return true;
        if (strcmp(folder, "/") == 0)
            break;
        folder = fs_directory_of(run->arena, folder);
    }
    return false;
}

static struct str npm(struct check_run *run, const char *what)
{
    return str_printf(run->arena, "npm --prefix %s install%s",
                      screen_shell_word(run->arena, str_from(run->application)), what);
}

static void look_at_modules(struct check_run *run, const char *driver)
{
    bool any;

    if (is_installed(run, driver, &any))
        check_add(run, CHECK_OK, "%s is in node_modules", driver);
    else if (any)
        check_found(run, CHECK_PROBLEM, npm(run, ""),
                    "package.json names %s, and node_modules has none: \"Cannot find module '%s'\"", driver,
                    driver);
    else
        check_add(run, CHECK_SKIPPED, "package.json names %s; there is no node_modules here to look into",
                  driver);
}

/* Prisma has the engine in its schema, whatever the URL says. */
static void look_at_prisma(struct check_run *run)
{
    const char *path = fs_join(run->arena, run->application, "prisma/schema.prisma");
    struct err ignored = {.code = ERR_NONE};
    struct str text;

    if (!fs_read(run->arena, path, SCHEMA_MAXIMUM, &text, &ignored))
        return;
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        struct str line = str_trim(str_slice(text, 0, end < 0 ? text.len : (size_t)end));

        if (str_starts_with(line, "provider") && str_contains_nocase(line, "\"sqlite\"")) {
            check_found(run, CHECK_PROBLEM,
                        str_printf(run->arena,
                                   "sed -i 's/\"sqlite\"/\"postgresql\"/' %s   # then npx prisma generate",
                                   screen_shell_word(run->arena, str_from(path))),
                        "%s has the provider sqlite: Prisma refuses a URL of PostgreSQL", path);
            return;
        }
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
}

static bool look_at_package(struct check_run *run, struct json_object *root)
{
    static const char *const prisma[] = {"@prisma/client", NULL};
    const char *driver = named(root, "dependencies", drivers);
    const char *later = named(root, "devDependencies", drivers);
    const char *need = named(root, "dependencies", needing);

    if (named(root, "dependencies", prisma) != NULL)
        look_at_prisma(run);
    if (driver != NULL) {
        look_at_modules(run, driver);
    } else if (later != NULL) {
        check_found(run, CHECK_PROBLEM, npm(run, arena_printf(run->arena, " --save-prod %s", later)),
                    "package.json has %s among the devDependencies only: npm ci --omit=dev leaves it out",
                    later);
    } else if (need != NULL) {
        check_found(run, CHECK_PROBLEM, npm(run, arena_printf(run->arena, " %s", drivers[0])),
                    "package.json names %s, and no driver for PostgreSQL: \"Cannot find module '%s'\"", need,
                    drivers[0]);
    } else if (named(root, "dependencies", prisma) != NULL) {
        check_add(run, CHECK_OK, "Prisma brings its own");
    } else {
        return false;
    }
    return true;
}

bool check_driver_node(struct check_run *run)
{
    const char *path =
        run->application == NULL ? NULL : fs_join(run->arena, run->application, "package.json");
    struct err failure = {.code = ERR_NONE};
    struct json_object *root = NULL;
    bool found;

    if (path == NULL || !fs_exists(path))
        return false;
    if (!json_file_read(run->arena, path, "package.json", &root, &failure)) {
        check_add(run, CHECK_SKIPPED, "%s: %s", path, failure.primary);
        return true;
    }
    found = look_at_package(run, root);
    json_object_put(root);
    return found;
}
