/* The driver of an application in Ruby: its Gemfile, what bundler has locked and installed, Rails'
 * database.yml. */
#include <glob.h>
#include <string.h>

#include "base/fs.h"
#include "base/screen.h"
#include "ops/check_intern.h"

enum {
    FILE_MAXIMUM = 4 * 1024 * 1024
};

/* Gems that speak to a database. */
static const char *const needing[] = {"rails", "activerecord", "sequel", "sqlite3", "rom-sql"};

struct gems {
    bool pg;       /* for the application at work */
    bool pg_later; /* in a group for development or tests */
    bool sqlite;
    bool need;
};

static struct str next_line(struct str *text)
{
    ptrdiff_t end = str_find(*text, '\n');
    struct str line = str_slice(*text, 0, end < 0 ? text->len : (size_t)end);

    *text = str_slice(*text, end < 0 ? text->len : (size_t)end + 1, text->len);
    return line;
}

/* Of `gem "pg", "~> 1.5"` the name. */
static struct str gem_of(struct str line)
{
    size_t at = 3;
    struct str name;
    ptrdiff_t end;

    if (!str_starts_with(line, "gem") || line.len < at + 3)
        return (struct str){NULL, 0};
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '('))
        at++;
    if (at == 3 || at == line.len || (line.ptr[at] != '"' && line.ptr[at] != '\''))
        return (struct str){NULL, 0};
    name = str_slice(line, at + 1, line.len);
    end = str_find(name, line.ptr[at]);
    return str_slice(name, 0, end < 0 ? 0 : (size_t)end);
}

static bool is_for_later(struct str line)
{
    return (str_contains_nocase(line, ":development") || str_contains_nocase(line, ":test")) &&
           !str_contains_nocase(line, ":production");
}

static void take_gem(struct gems *gems, struct str name, bool later)
{
    for (size_t i = 0; i < ARRAY_LENGTH(needing); i++)
        gems->need = gems->need || str_is(name, needing[i]);
    if (str_is(name, "pg") || str_is(name, "sequel_pg") || str_is(name, "activerecord-postgis-adapter"))
        *(later ? &gems->pg_later : &gems->pg) = true;
    else if (str_is(name, "sqlite3") && !later)
        gems->sqlite = true;
}

/* Blocks are counted, to know the end of a group. */
static struct gems read_gems(struct str text)
{
    struct gems gems = {.pg = false};
    int depth = 0;
    int group = 0; /* the depth of a group for development or tests; 0: none is open */

    while (text.len > 0) {
        struct str line = str_trim(next_line(&text));
        struct str name = gem_of(line);

        if (name.len > 0) {
            take_gem(&gems, name, group > 0 || is_for_later(line));
        } else if (str_ends_with(line, " do") || str_starts_with(line, "if ") ||
                   str_starts_with(line, "unless ")) {
            depth++;
            if (group == 0 && str_starts_with(line, "group") && is_for_later(line))
                group = depth;
        } else if (str_is(line, "end")) {
            group = depth == group ? 0 : group;
            depth--;
        }
    }
    return gems;
}

/* "    pg (1.5.4)" in Gemfile.lock.  One that is not there is made by the next bundle install. */
static bool is_locked(struct check_run *run)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text;

    if (!fs_read(run->arena, fs_join(run->arena, run->application, "Gemfile.lock"), FILE_MAXIMUM, &text,
                 &ignored))
        return true;
    while (text.len > 0)
        if (str_starts_with(next_line(&text), "    pg ("))
            return true;
    return false;
}

static struct str in_folder(struct check_run *run, const char *command)
{
    return str_printf(run->arena, "cd %s && %s", screen_shell_word(run->arena, str_from(run->application)),
                      command);
}

/* Where bundler keeps gems beside the application; elsewhere they are the system's, or a user's. */
static void look_at_bundle(struct check_run *run)
{
    const char *folder = fs_join(run->arena, run->application, "vendor/bundle");
    glob_t found;
    bool there;

    if (!fs_is_directory(folder)) {
        check_add(run, CHECK_SKIPPED,
                  "Gemfile names pg; whether it is installed is not seen here: bundle check");
        return;
    }
    there = glob(fs_join(run->arena, folder, "ruby/*/gems/pg-[0-9]*"), 0, NULL, &found) == 0;
    if (there) {
        globfree(&found);
        check_add(run, CHECK_OK, "pg is in vendor/bundle");
    } else {
        check_found(run, CHECK_PROBLEM, in_folder(run, "bundle install"),
                    "Gemfile names pg, and vendor/bundle has none");
    }
}

static void look_at_gems(struct check_run *run, struct gems gems)
{
    if (!gems.pg && gems.pg_later)
        check_found(
            run, CHECK_PROBLEM, (struct str)STR("move gem \"pg\" out of the group, then bundle install"),
            "Gemfile has pg in a group for development or tests only: the application at work is without");
    else if (!gems.pg)
        check_found(
            run, CHECK_PROBLEM, in_folder(run, "bundle add pg"),
            "Gemfile names no driver for PostgreSQL: \"Specified 'postgresql' for database adapter, but the "
            "gem is not loaded. Add `gem 'pg'` to your Gemfile\"");
    else if (!is_locked(run))
        check_found(run, CHECK_PROBLEM, in_folder(run, "bundle lock"),
                    "Gemfile names pg, and Gemfile.lock does not: bundle install with a frozen lock stops "
                    "the deploy");
    else
        look_at_bundle(run);
    if (gems.sqlite)
        check_found(run, CHECK_ADVICE,
                    (struct str)STR(
                        "gem \"sqlite3\", group: [:development, :test] in Gemfile, or bundle remove sqlite3 "
                        "where nothing uses it"),
                    "Gemfile has sqlite3 for the application at work too, which some hosts cannot install");
}

/* Of "production:" in database.yml what is said of its adapter. */
struct adapters {
    bool production; /* it names SQLite */
    bool other;      /* it names another, or one that is computed */
    bool merged;     /* it takes over what another part says, of which one names SQLite */
};

static struct adapters read_adapters(struct str text)
{
    struct adapters adapters = {.production = false};
    bool here = false;
    bool elsewhere = false;

    while (text.len > 0) {
        struct str whole = next_line(&text);
        struct str line = str_trim(whole);

        if (whole.len > 0 && ascii_is_alpha(whole.ptr[0]))
            here = str_starts_with(whole, "production:");
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (here && str_starts_with(line, "<<:"))
            adapters.merged = true;
        if (!str_starts_with(line, "adapter:"))
            continue;
        if (!here)
            elsewhere = elsewhere || str_contains_nocase(line, "sqlite3");
        else if (str_contains_nocase(line, "sqlite3") && !str_contains_nocase(line, "<%"))
            adapters.production = true;
        else
            adapters.other = true;
    }
    adapters.merged = adapters.merged && elsewhere;
    return adapters;
}

static void look_at_rails(struct check_run *run)
{
    const char *path = fs_join(run->arena, run->application, "config/database.yml");
    struct err ignored = {.code = ERR_NONE};
    struct adapters adapters;
    struct str text;

    if (!fs_read(run->arena, path, FILE_MAXIMUM, &text, &ignored))
        return;
    adapters = read_adapters(text);
    if (adapters.production || (adapters.merged && !adapters.other))
        check_found(
            run, CHECK_ADVICE,
            str_printf(
                run->arena,
                "below production: in %s: adapter: postgresql, and url: <%%= ENV[\"DATABASE_URL\"] %%>",
                path),
            "%s has adapter: sqlite3 for production: DATABASE_URL stands in for the first of its databases "
            "only, and only where it is set",
            path);
}

bool check_driver_ruby(struct check_run *run)
{
    struct err ignored = {.code = ERR_NONE};
    struct gems gems;
    struct str text;

    if (run->application == NULL ||
        !fs_read(run->arena, fs_join(run->arena, run->application, "Gemfile"), FILE_MAXIMUM, &text, &ignored))
        return false;
    gems = read_gems(text);
    if (!gems.need && !gems.pg && !gems.pg_later)
        return false;
    look_at_gems(run, gems);
    look_at_rails(run);
    return true;
}
