#include <stdio.h>
#include <string.h>

#include "base/fs.h"
#include "base/log.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/report_seed.h"
#include "cli/secret_input.h"

enum {
    PASSWORD_LETTERS = 20 /* of 62 kinds: 119 bits */
};

static const char default_directory[] = "db/seeds";

/* What is to be done, and what became of it. */
struct job {
    struct seed_options options;
    struct admin_options admin_options;
    struct seed seed;
    struct admin admin;
};

/* A column list has commas, which separate values elsewhere. */
static const struct str *whole_values(const struct invocation *invocation, const char *name, size_t *count)
{
    struct str *values = ARENA_ARRAY(invocation->arena, struct str, invocation->given_count + 1);

    *count = 0;
    for (size_t i = 0; i < invocation->given_count; i++)
        if (strcmp(invocation->given[i].option->name, name) == 0)
            values[(*count)++] = str_from(invocation->given[i].value);
    return values;
}

/* Belong to --admin. */
static const char *const admin_words[] = {"password-file", "admin-generate", "admin-table", "admin-columns",
                                          "admin-set",     "admin-hash",     "force"};

static bool read_options(struct invocation *invocation, struct seed_options *options, struct err *err)
{
    options->keys = whole_values(invocation, "key", &options->key_count);
    options->fresh = option_given(invocation, "fresh");
    options->dry_run = option_given(invocation, "dry-run");
    options->hide_values = invocation->hide_values;
    for (size_t i = 0; i < options->key_count; i++)
        if (str_find(options->keys[i], '=') <= 0)
            return err_set(err, ERR_USAGE, "--key %.*s: TABLE=COLUMN,COLUMN is meant",
                           STR_ARGS(options->keys[i]));
    for (size_t i = 0; !option_given(invocation, "admin") && i < ARRAY_LENGTH(admin_words); i++)
        if (option_given(invocation, admin_words[i]))
            return err_set(err, ERR_USAGE, "--%s belongs to --admin", admin_words[i]);
    return true;
}

static bool read_password(struct invocation *invocation, struct str *password, struct err *err)
{
    struct secret_source source = {
        .what = arena_printf(invocation->arena, "password of %s", option_value(invocation, "admin")),
        .path = option_value(invocation, "password-file"),
        .twice = true,
        .own = true};
    const char *letters;

    if (!option_given(invocation, "admin-generate"))
        return secret_input(invocation->arena, &source, password, err);
    if (source.path != NULL)
        return err_set(err, ERR_USAGE, "--admin-generate and --password-file: give one of them");
    if (!random_letters(invocation->arena, PASSWORD_LETTERS, &letters, err))
        return false;
    *password = str_from(letters);
    return true;
}

/* USER:EMAIL, or one of them. */
static bool read_admin(struct invocation *invocation, struct admin_options *options, struct err *err)
{
    struct str who = str_from(option_value(invocation, "admin"));
    ptrdiff_t colon = str_find(who, ':');
    ptrdiff_t at = str_find(who, '@');

    if (who.ptr == NULL)
        return true;
    options->user = str_dup(invocation->arena, str_slice(who, 0,
                                                         colon >= 0 ? (size_t)colon
                                                         : at >= 0  ? (size_t)at
                                                                    : who.len));
    options->email = colon >= 0 ? str_slice(who, (size_t)colon + 1, who.len)
                     : at >= 0  ? who
                                : (struct str){NULL, 0};
    if (options->user.len == 0 || (options->email.len > 0 && str_find(options->email, '@') <= 0))
        return err_set(err, ERR_USAGE, "--admin %.*s: USER:EMAIL is meant, as in ada:ada@example.org",
                       STR_ARGS(who));
    options->table = option_value(invocation, "admin-table");
    options->columns = option_values(invocation, "admin-columns", &options->column_count);
    options->values = whole_values(invocation, "admin-set", &options->value_count);
    options->hash = option_value(invocation, "admin-hash");
    options->force = option_given(invocation, "force");
    return read_password(invocation, &options->password, err);
}

static bool find_files(struct invocation *invocation, struct seed *seed, struct err *err)
{
    if (invocation->argument_count < 2 && option_given(invocation, "admin") && !fs_exists(default_directory))
        return true;
    if (invocation->argument_count < 2)
        return seed_add(invocation->arena, default_directory, seed, err);
    for (int i = 1; i < invocation->argument_count; i++)
        if (!seed_add(invocation->arena, invocation->arguments[i], seed, err))
            return false;
    return true;
}

/* SQLite looks at foreign keys only where it is told to, and not within a transaction. */
static bool begin(struct pgrade_database *db, struct err *err)
{
    struct pgrade_error error;

    if (strcmp(pgrade_engine(db), "sqlite") == 0 &&
        !pgrade_run(db, "PRAGMA foreign_keys = on", NULL, 0, NULL, &error))
        return core_failed(&error, err);
    return pgrade_begin(db, PGRADE_WRITE, &error) || core_failed(&error, err);
}

static bool take_back(struct pgrade_database *db)
{
    if (pgrade_state(db) == PGRADE_STATE_TRANSACTION || pgrade_state(db) == PGRADE_STATE_FAILED)
        (void)pgrade_rollback(db, NULL);
    return false;
}

static bool finish(struct pgrade_database *db, bool dry_run, struct err *err)
{
    struct pgrade_error error;

    if (dry_run)
        return pgrade_rollback(db, &error) || core_failed(&error, err);
    if (pgrade_commit(db, &error))
        return true;
    core_failed(&error, err);
    return err_prefix(err, "at COMMIT, nothing of the files is there");
}

static bool work(struct invocation *invocation, struct pgrade_database *db, struct job *job, struct err *err)
{
    struct arena *arena = invocation->arena;

    if (!begin(db, err))
        return false;
    if (seed_run(arena, db, &job->options, &job->seed, err) &&
        (job->admin_options.user.ptr == NULL || seed_admin(arena, db, &job->admin_options, &job->admin, err)))
        return finish(db, job->options.dry_run, err);
    (void)take_back(db);
    log_message(LOG_NOTICE, "nothing was changed: all files are one transaction, which was rolled back");
    return false;
}

static void report(struct invocation *invocation, const struct url *url, const struct job *job)
{
    struct seed_report told = {.url = url,
                               .options = &job->options,
                               .seed = &job->seed,
                               .admin = job->admin_options.user.ptr == NULL ? NULL : &job->admin,
                               .user = job->admin_options.user,
                               .email = job->admin_options.email};

    if (option_given(invocation, "admin-generate") && !job->options.dry_run)
        told.password = job->admin_options.password;
    if (invocation->json)
        report_seed_json(&told);
    else
        report_seed(invocation, &told);
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct job *job = ARENA_NEW(invocation->arena, struct job);
    struct core_options core;
    struct pgrade_database *db;
    struct url url;
    const char *from;
    bool done;

    if (!read_options(invocation, &job->options, err) || !database_url(invocation, 0, &url, &from, err) ||
        !find_files(invocation, &job->seed, err) || !read_admin(invocation, &job->admin_options, err))
        return false;
    if (from != NULL)
        log_message(LOG_NOTICE, "%.*s, from %s", STR_ARGS(url_redacted(invocation->arena, &url)), from);
    core = database_options(invocation);
    job->options.interrupted = core.interrupted;
    if (!core_open(&url, &core, &db, err))
        return false;
    done = work(invocation, db, job, err);
    pgrade_close(db);
    if (done)
        report(invocation, &url, job);
    return done;
}

static const struct option options[] = {
    {"key", 0, "TABLE=COLUMN,...", "know rows of the table by these columns (its primary or a unique key)"},
    {"fresh", 0, NULL, "empty the tables of the files first"},
    {"admin", 0, "USER:EMAIL", "make an administrator in the users table; the password is asked for"},
    {"password-file", 0, "PATH", "the password is what this file holds, of mode 0600; -: standard input"},
    {"admin-generate", 0, NULL, "the password is random, and printed once"},
    {"admin-table", 0, "TABLE", "the users table, where it is not recognised"},
    {"admin-columns", 0, "LIST", "its columns: username=C,email=C,password=C,admin=C"},
    {"admin-set", 0, "COLUMN=VALUE", "what else is to stand in the row"},
    {"admin-hash", 0, "NAME", "werkzeug-pbkdf2, werkzeug-scrypt, django, bcrypt or bcrypt-php"},
    {"force", 0, NULL, "with --admin: update the user that is there"},
    {"dry-run", 0, NULL, "do everything, say what would change, and take it back"},
    {NULL, 0, NULL, NULL},
};

const struct command command_seed = {
    .name = "seed",
    .group = "database",
    .arguments = "[URL [PATH...]]",
    .arguments_most = 10000,
    .summary = "Put in rows from files, twice with the same result",
    .description =
        "SQL, CSV and JSON files, or those of a directory (db/seeds) in the order of their names, in one "
        "transaction. 010_users.csv is of the table users; a row whose key is there already is updated.",
    .options = options,
    .run = run,
};
