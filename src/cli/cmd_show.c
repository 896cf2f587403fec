#include "base/log.h"
#include "cli/commands.h"
#include "cli/connect.h"
#include "cli/database.h"
#include "cli/report_show.h"
#include "cli/show.h"
#include "ops/local.h"

static struct show_options options_of(const struct invocation *invocation)
{
    const struct option *option = option_find(invocation->command, str_from("exact"));

    return (struct show_options){.exact = option != NULL && option_given(invocation, "exact")};
}

bool show_databases(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                    struct err *err)
{
    struct show_databases databases;

    if (!show_read_databases(invocation->arena, db, url, &databases, err))
        return false;
    if (invocation->json)
        report_databases_json(url, &databases);
    else
        report_databases(invocation, &databases);
    return true;
}

bool show_tables(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                 struct err *err)
{
    struct show_options options = options_of(invocation);
    struct show_tables tables;

    if (!show_read_tables(invocation->arena, db, &options, &tables, err))
        return false;
    if (invocation->json)
        report_tables_json(url, &tables);
    else
        report_tables(invocation, &tables);
    return true;
}

bool show_table(struct invocation *invocation, struct pgrade_database *db, const struct url *url,
                struct str name, struct err *err)
{
    struct show_options options = options_of(invocation);
    struct show_table table;

    if (!show_read_table(invocation->arena, db, name, &options, &table, err))
        return false;
    if (invocation->json)
        report_table_json(url, &table);
    else
        report_table(invocation, &table);
    return true;
}

static bool show_spellings(struct invocation *invocation, const struct url *url)
{
    size_t count;
    struct url_spelling *spellings =
        url_spellings(invocation->arena, url, option_given(invocation, "password"), &count);

    if (invocation->json)
        report_spellings_json(spellings, count);
    else
        report_spellings(invocation, spellings, count);
    return true;
}

/* The local instance, where nothing else was named. */
static bool local_url(struct invocation *invocation, struct url *url, struct err *err)
{
    struct local_options local = {.directory = NULL};
    struct local_info info;

    if (!local_status(invocation->arena, &local, &info, err))
        return false;
    if (info.state == LOCAL_RUNNING)
        return url_parse(invocation->arena, str_from(info.url), url, err);
    err_set(err, ERR_USAGE,
            "no database was given, DATABASE_URL names none, and no local instance runs here");
    return err_hint(err, "pgrade show app.db, or pgrade show postgresql://user:password@host/database");
}

static bool find(struct invocation *invocation, struct url *url, struct err *err)
{
    const char *from;

    if (invocation->argument_count > 0)
        return database_url(invocation, 0, url, &from, err);
    if (!connect_find_any(invocation, url, &from, err))
        return false;
    if (from == NULL)
        return local_url(invocation, url, err);
    log_message(LOG_NOTICE, "%.*s, from %s", STR_ARGS(url_redacted(invocation->arena, url)), from);
    return true;
}

static bool check_options(const struct invocation *invocation, struct err *err)
{
    if (option_given(invocation, "password") && !option_given(invocation, "url"))
        return err_set(err, ERR_USAGE, "--password belongs to --url");
    if (invocation->argument_count > 1 &&
        (option_given(invocation, "url") || option_given(invocation, "databases")))
        return err_set(err, ERR_USAGE, "--url and --databases are about no table");
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct core_options options;
    struct pgrade_database *db;
    struct url url;
    bool done;

    if (!check_options(invocation, err) || !find(invocation, &url, err))
        return false;
    if (option_given(invocation, "url"))
        return show_spellings(invocation, &url);
    options = database_options(invocation);
    options.public.read_only = true;
    if (!core_open(&url, &options, &db, err))
        return false;
    if (invocation->argument_count > 1)
        done = show_table(invocation, db, &url, str_from(invocation->arguments[1]), err);
    else if (invocation->argument_count == 0 || option_given(invocation, "databases") ||
             (url.kind == URL_POSTGRES && url.database.ptr == NULL))
        done = show_databases(invocation, db, &url, err);
    else
        done = show_tables(invocation, db, &url, err);
    pgrade_close(db);
    return done;
}

static const struct option options[] = {
    {"databases", 0, NULL, "the databases of the server instead of the tables"},
    {"exact", 0, NULL, "count the rows of every table, whatever its size"},
    {"url", 0, NULL, "print the URL in every spelling; connects to nothing"},
    {"password", 0, NULL, "with --url: print the password too"},
    {NULL, 0, NULL, NULL},
};

const struct command command_show = {
    .name = "show",
    .group = "database",
    .arguments = "[URL [TABLE]]",
    .arguments_most = 2,
    .summary = "Show databases, tables, or one table",
    .description =
        "With a URL or the path of a SQLite file: its tables, with rows and sizes. With a TABLE: its "
        "columns, "
        "keys, indexes, and who refers to it. With nothing: the databases of the server that DATABASE_URL "
        "names, or of the local instance. Nothing is written.",
    .options = options,
    .run = run,
};
