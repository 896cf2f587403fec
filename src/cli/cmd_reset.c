#include <inttypes.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/commands.h"
#include "cli/confirm_name.h"
#include "cli/database.h"
#include "cli/report_reset.h"
#include "cli/server.h"
#include "cli/signals.h"
#include "cli/table.h"
#include "ops/backup.h"

static const char default_directory[] = "backups";

/* An earlier one that ended half-way is told before anything is asked: it explains what lies there. */
static void tell_leftovers(struct arena *arena, const struct reset_result *result)
{
    for (size_t i = 0; i < result->leftover_count; i++)
        log_message(LOG_WARNING,
                    "an earlier reset was interrupted: it left the database %.*s%s, which is dropped now",
                    STR_ARGS(screen_text(arena, result->leftovers[i])),
                    str_ends_with(result->leftovers[i], "_old") ? " with the rows of then" : "");
    if (result->half_emptied)
        log_message(LOG_WARNING,
                    "an earlier reset was interrupted while it emptied the database: a part of it is "
                    "gone, and the rest goes now");
}

static bool ask(const struct invocation *invocation, const struct reset_options *options,
                const struct reset_result *result, const char *from, struct err *err)
{
    struct arena *arena = invocation->arena;
    const char *others =
        options->force && result->sessions > 0
            ? arena_printf(arena, "; disconnects %.*s", STR_ARGS(screen_text(arena, result->sessions_of)))
            : "";

    return confirm_name(
        invocation,
        arena_printf(arena, "empty %.*s%s%s%s (%" PRId64 " table%s, %.*s%s), which cannot be taken back",
                     STR_ARGS(screen_text(arena, result->shown)), from == NULL ? "" : " (from ",
                     from == NULL ? "" : from, from == NULL ? "" : ")", result->tables,
                     result->tables == 1 ? "" : "s", STR_ARGS(show_bytes(arena, result->bytes)), others),
        result->database, err);
}

static bool back_up(const struct invocation *invocation, const struct reset_options *reset, const char **path,
                    struct err *err)
{
    const char *directory = option_value(invocation, "backup");
    struct backup_options options = {.url = reset->url,
                                     .directory = directory == NULL ? default_directory : directory,
                                     .trace = reset->trace,
                                     .interrupted = reset->interrupted};
    struct backup_result result = {.path = NULL};

    *path = NULL;
    if (!option_given(invocation, "backup"))
        return true;
    if (!backup_run(invocation->arena, &options, &result, err))
        return err_prefix(err, "nothing was changed, for the backup failed");
    *path = result.path;
    log_message(LOG_NOTICE, "backup: %s", result.path);
    return true;
}

static bool tell(struct invocation *invocation, const struct reset_result *result, const char *backup)
{
    if (result->remain_count > 0)
        invocation->status = err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_reset_json(result, backup, invocation->status);
    else
        report_reset(invocation, result, backup);
    return true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct reset_options options = {.in_place = option_given(invocation, "in-place"),
                                    .force = option_given(invocation, "force"),
                                    .trace = option_given(invocation, "trace-sql"),
                                    .interrupted = signals_catch()};
    struct provision_server server;
    struct reset_result result;
    const char *backup;
    const char *from;
    struct url url;

    if (!database_url(invocation, 0, &url, &from, err))
        return false;
    options.url = &url;
    if (option_given(invocation, "server")) {
        if (!server_find(invocation, &server, err))
            return false;
        server.who = "pgrade reset";
        options.server = &server;
    }
    if (!reset_look(invocation->arena, &options, &result, err))
        return false;
    tell_leftovers(invocation->arena, &result);
    return reset_check(&options, &result, err) && ask(invocation, &options, &result, from, err) &&
           back_up(invocation, &options, &backup, err) &&
           reset_run(invocation->arena, &options, &result, err) && tell(invocation, &result, backup);
}

static const struct option options[] = {
    {"backup", 0, "[DIR]", "keep a backup first, below DIR (`backups`); if it fails, nothing is done"},
    CONFIRM_OPTION,
    {"force", 0, NULL, "PostgreSQL: disconnect whoever is in it"},
    {"in-place", 0, NULL, "PostgreSQL: drop what is in it, and not the database itself"},
    {"server", 0, "URL", "who may make databases there, where the URL's own role may not"},
    {NULL, 0, NULL, NULL},
};

const struct command command_reset = {
    .name = "reset",
    .group = "database",
    .arguments = "[URL]",
    .arguments_most = 1,
    .summary = "Make a database empty again, after asking for its name",
    .description = "Drops a PostgreSQL database and makes it again, with the same owner, encoding, "
                   "collation, settings and\n"
                   "rights. Until the new one is complete the old one stays, and whoever looks finds one of "
                   "them. A role\n"
                   "that may make no databases empties it in one transaction. A SQLite file is replaced by "
                   "an empty one.",
    .options = options,
    .run = run,
};
