#include <string.h>

#include "base/fs.h"
#include "base/screen.h"
#include "cli/commands.h"
#include "cli/confirm_name.h"
#include "cli/connect.h"
#include "cli/env.h"
#include "cli/report_provision.h"
#include "cli/server.h"
#include "cli/table.h"
#include "schema/ident.h"

static const char default_key[] = "DATABASE_URL";

enum {
    PASSWORD_MAXIMUM = 1000,
    CONNECTIONS_MOST = 262143 /* max_connections cannot be more */
};

/* A server cuts what is too long, and would make another role than the one that was named. */
static bool check_name(const char *what, struct str name, struct err *err)
{
    static const char *const taken[] = {"postgres", "template0", "template1", "public", "none"};

    if (name.len == 0 || name.len > IDENT_MAXIMUM)
        return err_set(err, ERR_USAGE, "the name of a %s has 1 to %d bytes, and this one %zu", what,
                       (int)IDENT_MAXIMUM, name.len);
    if (str_utf8_valid_prefix(name) < name.len)
        return err_set(err, ERR_USAGE, "the name of the %s is no UTF-8", what);
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f)
            return err_set(err, ERR_USAGE, "the name of the %s has a control character", what);
    for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
        if (str_is(name, taken[i]) || str_starts_with(name, "pg_"))
            return err_set(err, ERR_USAGE, "%.*s is PostgreSQL's own name", STR_ARGS(name));
    return true;
}

static bool is_file(const char *name)
{
    struct str text = str_from(name);

    return strchr(name, '/') != NULL || str_ends_with(text, ".db") || str_ends_with(text, ".sqlite") ||
           str_ends_with(text, ".sqlite3");
}

static bool find_names(struct invocation *invocation, struct str *database, struct str *role, struct err *err)
{
    const char *name = invocation->arguments[0];
    const char *given = option_value(invocation, "role");

    if (strstr(name, "://") != NULL) {
        err_set(err, ERR_USAGE, "NAME is the name of a database, and not a URL");
        return err_hint(err, "pgrade provision NAME --server URL");
    }
    if (is_file(name)) {
        err_set(err, ERR_USAGE, "%s looks like a file: NAME is the name of a database", name);
        err_detail(err, "a SQLite file has no roles and needs none of this");
        return err_hint(err, "a name of letters, digits and underscores needs no quotes anywhere");
    }
    *database = str_from(name);
    *role = given == NULL ? *database : str_from(given);
    return check_name("database", *database, err) && check_name("role", *role, err);
}

/* One line; its end is not part of the password. */
static bool read_password(struct invocation *invocation, const char **password, struct err *err)
{
    const char *path = option_value(invocation, "password-file");
    struct str text;

    *password = NULL;
    if (path == NULL)
        return true;
    if (!fs_check_secret(path, "a password", err) ||
        !fs_read(invocation->arena, path, PASSWORD_MAXIMUM, &text, err))
        return false;
    if (str_ends_with(text, "\n"))
        text.len -= str_ends_with(text, "\r\n") ? 2 : 1;
    if (text.len == 0)
        return err_set(err, ERR_USAGE, "%s is empty, and no password", path);
    if (str_find(text, '\n') >= 0 || str_find(text, '\0') >= 0)
        return err_set(err, ERR_USAGE, "%s has more than one line: a password is one", path);
    *password = str_cstr(invocation->arena, text);
    return true;
}

static bool read_limit(struct invocation *invocation, int *limit, struct err *err)
{
    long number;

    if (!option_number(invocation, "connection-limit", -1, CONNECTIONS_MOST, 0, &number, err))
        return false;
    *limit = (int)number;
    return number != 0 || option_value(invocation, "connection-limit") == NULL ||
           err_set(err, ERR_USAGE, "--connection-limit 0 would let nobody in; -1 is no limit");
}

static bool check_options(const struct invocation *invocation, struct err *err)
{
    static const char *const of_making[] = {"password-file", "env-file", "key",   "connection-limit",
                                            "rotate",        "adopt",    "locale"};
    static const char *const of_dropping[] = {"force", "keep-role", "confirm"};
    bool drop = option_given(invocation, "drop");

    for (size_t i = 0; drop && i < ARRAY_LENGTH(of_making); i++)
        if (option_given(invocation, of_making[i]))
            return err_set(err, ERR_USAGE, "--drop makes nothing: --%s does not belong to it", of_making[i]);
    for (size_t i = 0; !drop && i < ARRAY_LENGTH(of_dropping); i++)
        if (option_given(invocation, of_dropping[i]))
            return err_set(err, ERR_USAGE, "--%s belongs to --drop", of_dropping[i]);
    if (option_given(invocation, "key") && !option_given(invocation, "env-file"))
        return err_set(err, ERR_USAGE, "--key is a key in a file: --env-file FILE");
    if (option_given(invocation, "rotate") && option_given(invocation, "password-file"))
        return err_set(err, ERR_USAGE, "--rotate generates a password, and --password-file gives one");
    return true;
}

static bool ask_about_env(struct invocation *invocation, const struct provision_options *options,
                          struct err *err)
{
    struct str other;

    if (!provision_env_other(invocation->arena, options, &other, err))
        return false;
    return other.ptr == NULL || options->dry_run ||
           confirm(invocation,
                   arena_printf(
                       invocation->arena, "%s in %s is %.*s: replace it, and keep the old line as a comment?",
                       options->key, options->env_file, STR_ARGS(screen_text(invocation->arena, other))),
                   err);
}

/* Nothing is known of git where there is none. */
static void warn_of_git(const struct invocation *invocation, const struct provision_options *options,
                        const struct provision_result *result)
{
    struct err ignored = {.code = ERR_NONE};
    struct env_git git;

    if (result->env_written && env_git_look(invocation->arena, options->env_file, &git, &ignored))
        env_warn_git(options->env_file, &git);
}

static bool make(struct invocation *invocation, struct err *err)
{
    const char *key = option_value(invocation, "key");
    struct provision_options options = {.env_file = option_value(invocation, "env-file"),
                                        .key = key == NULL ? default_key : key,
                                        .locale = option_value(invocation, "locale"),
                                        .rotate = option_given(invocation, "rotate"),
                                        .adopt = option_given(invocation, "adopt"),
                                        .dry_run = option_given(invocation, "dry-run")};
    struct provision_result result;
    bool done;

    if (!find_names(invocation, &options.database, &options.role, err) ||
        !read_password(invocation, &options.password, err) ||
        !read_limit(invocation, &options.connection_limit, err) ||
        !ask_about_env(invocation, &options, err) || !server_find(invocation, &options.server, err))
        return false;
    done = provision_run(invocation->arena, &options, &result, err);
    for (size_t i = 0; done && i < result.step_count; i++)
        if (result.steps[i].state == PROVISION_OTHER)
            invocation->status = err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_provision_json(&options, &result, done ? NULL : err,
                              done ? invocation->status : err_exit_status(err->code));
    else
        report_provision(invocation, &options, &result, done ? NULL : err);
    warn_of_git(invocation, &options, &result);
    invocation->reported = invocation->json;
    return done;
}

/* "the database app (7.2 MB) and the role app" */
static const char *doomed(const struct invocation *invocation, const struct provision_drop *options,
                          const struct provision_dropped *dropped)
{
    struct arena *arena = invocation->arena;
    const char *database =
        arena_printf(arena, "the database %.*s (%.*s)", STR_ARGS(screen_text(arena, options->database)),
                     STR_ARGS(show_bytes(arena, dropped->bytes)));
    const char *role = arena_printf(arena, "the role %.*s", STR_ARGS(screen_text(arena, options->role)));

    return arena_printf(arena, "%s%s%s", dropped->database ? database : "",
                        dropped->database && dropped->role ? " and " : "", dropped->role ? role : "");
}

static bool ask_to_drop(const struct invocation *invocation, const struct provision_drop *options,
                        const struct provision_dropped *dropped, struct err *err)
{
    if (options->dry_run || (!dropped->database && !dropped->role))
        return true;
    return confirm_name(invocation,
                        arena_printf(invocation->arena, "drop %s, which cannot be taken back",
                                     doomed(invocation, options, dropped)),
                        options->database, err);
}

static bool drop(struct invocation *invocation, struct err *err)
{
    struct provision_drop options = {.keep_role = option_given(invocation, "keep-role"),
                                     .force = option_given(invocation, "force"),
                                     .dry_run = option_given(invocation, "dry-run")};
    struct provision_dropped dropped;

    if (!find_names(invocation, &options.database, &options.role, err) ||
        !server_find(invocation, &options.server, err) ||
        !provision_drop_look(invocation->arena, &options, &dropped, err) ||
        !ask_to_drop(invocation, &options, &dropped, err) ||
        !provision_drop_run(invocation->arena, &options, &dropped, err))
        return false;
    if (invocation->json)
        report_dropped_json(&options, &dropped);
    else
        report_dropped(invocation, &options, &dropped);
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    if (!check_options(invocation, err))
        return false;
    return option_given(invocation, "drop") ? drop(invocation, err) : make(invocation, err);
}

static const struct option options[] = {
    {"server", 0, "URL", "where, as a role that may make roles and databases (this machine's server)"},
    {"local", 0, NULL, "on this project's local instance, which is started"},
    {"role", 0, "ROLE", "another name for the role (NAME)"},
    {"password-file", 0, "FILE", "the password, in a file of its own; else one is generated"},
    {"env-file", 0, "FILE", "the URL goes in there, and is not printed"},
    {"key", 0, "KEY", "of the URL in that file (DATABASE_URL)"},
    {"connection-limit", 0, "N", "how many connections the role may have at once; -1: no limit"},
    {"locale", 0, "LOCALE", "how text sorts (C.UTF-8: by bytes, as in SQLite)"},
    {"rotate", 0, NULL, "a new password for a role that has one"},
    {"adopt", 0, NULL, "take over a role or a database that pgrade did not make"},
    {"drop", 0, NULL, "drop the database and its role; asks for the name"},
    {"force", 0, NULL, "--drop: disconnect whoever is in it"},
    {"keep-role", 0, NULL, "--drop: the database alone"},
    CONFIRM_OPTION,
    {"dry-run", 0, NULL, "print the SQL, passwords hidden, and change nothing"},
    {NULL, 0, NULL, NULL},
};

const struct command command_provision = {
    .name = "provision",
    .group = "database",
    .arguments = "NAME",
    .arguments_least = 1,
    .arguments_most = 1,
    .summary = "Make a role and a database for an application",
    .description =
        "The role may log in and nothing else; the database NAME is UTF-8 and belongs to it, the schema "
        "public\n"
        "too; other roles may not connect. Prints the URL once, or writes it into --env-file. Run again, it\n"
        "says what is as it should be, and mends what is not; the password stays unless --rotate is "
        "given.\n\n"
        "Without --server: the project's local instance where there is one, else the server of this "
        "machine,\n"
        "by its socket, where root acts as the system's user postgres.",
    .options = options,
    .run = run,
};
