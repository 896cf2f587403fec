#include "base/fs.h"
#include "cli/commands.h"
#include "cli/meter.h"
#include "cli/report_move.h"
#include "cli/signals.h"

static const char default_directory[] = "backups";
static const char default_env_file[] = ".env";

enum {
    JOBS_MOST = 64
};

struct work {
    struct arena *arena;
    struct move_options options;
    struct move_result result;
};

static bool work(void *context, size_t worker, struct err *err)
{
    struct work *work = context;

    (void)worker;
    return move_run(work->arena, &work->options, &work->result, err);
}

/* "OLD=NEW"; `alone` allows "NEW". */
static bool read_pairs(const struct invocation *invocation, const char *name, bool alone,
                       const struct move_pair **pairs, size_t *count, struct err *err)
{
    struct str *values = option_values(invocation, name, count);
    struct move_pair *read = ARENA_ARRAY(invocation->arena, struct move_pair, *count + 1);

    for (size_t i = 0; i < *count; i++) {
        ptrdiff_t equals = str_find(values[i], '=');

        read[i].to = str_dup(invocation->arena, str_slice(values[i], (size_t)(equals + 1), values[i].len));
        if (equals > 0)
            read[i].from = str_dup(invocation->arena, str_slice(values[i], 0, (size_t)equals));
        if (read[i].to.len == 0 || equals == 0 || (equals < 0 && !alone))
            return err_set(err, ERR_USAGE, "--%s %.*s: OLD=NEW is meant", name, STR_ARGS(values[i]));
    }
    *pairs = read;
    return true;
}

static bool check_accept(const struct move_options *options, struct err *err)
{
    for (size_t i = 0; i < options->accept_count; i++)
        if (!str_is(options->accept[i], "left-out") && !str_is(options->accept[i], "older") &&
            !str_is(options->accept[i], "all")) {
            err_set(err, ERR_USAGE, "--accept %.*s: not a word that is known", STR_ARGS(options->accept[i]));
            return err_hint(err, "left-out, older, or all");
        }
    return true;
}

/* .env is looked at where nobody named another. */
static const char *env_file_of(const struct invocation *invocation)
{
    const char *given = option_value(invocation, "env-file");

    if (given != NULL || option_given(invocation, "no-env-file"))
        return given;
    return fs_exists(default_env_file) ? default_env_file : NULL;
}

static bool read_options(const struct invocation *invocation, struct move_options *options, struct err *err)
{
    const char *to = option_value(invocation, "to");
    long jobs;

    options->directory = to != NULL ? to : default_directory;
    options->exclude = option_values(invocation, "exclude", &options->exclude_count);
    options->accept = option_values(invocation, "accept", &options->accept_count);
    options->locale = str_from(option_value(invocation, "locale"));
    options->snapshot = option_given(invocation, "snapshot");
    options->read_only_old = option_given(invocation, "read-only-old");
    options->dry_run = option_given(invocation, "dry-run");
    options->abandon = option_given(invocation, "abandon");
    options->env_file = env_file_of(invocation);
    options->trace = option_given(invocation, "trace-sql");
    if (!option_number(invocation, "jobs", 1, JOBS_MOST, 0, &jobs, err) || !check_accept(options, err) ||
        !read_pairs(invocation, "rename", false, &options->renames, &options->rename_count, err) ||
        !read_pairs(invocation, "owner", true, &options->owners, &options->owner_count, err))
        return false;
    options->jobs = (int)jobs;
    if (options->abandon && options->dry_run)
        return err_set(err, ERR_USAGE, "--abandon and --dry-run do not belong together");
    return true;
}

/* Also what failed, as far as it got: which database is where is what its user has to know then. */
static void tell(struct invocation *invocation, const struct work *job, const struct err *failed)
{
    if (job->result.old.server.ptr == NULL || job->result.new.server.ptr == NULL)
        return;
    if (failed == NULL && move_has_shortfalls(&job->result))
        invocation->status = err_exit_status(ERR_SHORTFALL);
    if (invocation->json)
        report_move_json(&job->options, &job->result, failed,
                         failed == NULL ? invocation->status : err_exit_status(failed->code));
    else
        report_move(invocation, &job->options, &job->result);
    invocation->reported = true;
}

static bool run(struct invocation *invocation, struct err *err)
{
    struct work job = {.arena = invocation->arena};
    struct stage stage;
    struct url urls[2];
    bool done;

    if (!read_options(invocation, &job.options, err) ||
        !url_parse(invocation->arena, str_from(invocation->arguments[0]), &urls[0], err) ||
        !url_parse(invocation->arena, str_from(invocation->arguments[1]), &urls[1], err))
        return false;
    job.options.old = &urls[0];
    job.options.new = &urls[1];
    job.options.interrupted = signals_catch();
    job.options.stage = &stage;
    stage_init(&stage);
    done = meter_watch(invocation->quiet, &stage, work, &job, err);
    stage_end(&stage);
    tell(invocation, &job, done ? NULL : err);
    return done;
}

static const struct option options[] = {
    {"dry-run", 0, NULL, "look at both servers, and say what would be done"},
    {"to", 0, "DIR", "where the bundle is kept: `backups` where none is given"},
    {"exclude", 0, "NAME", "not this database; may be repeated"},
    {"rename", 0, "OLD=NEW", "this database goes into that one; may be repeated"},
    {"owner", 0, "ROLE", "everything will belong to this role; OLD=ROLE: what belonged to OLD"},
    {"accept", 0, "WHAT", "go on although: left-out, older, all"},
    {"locale", 0, "NAME", "for databases whose own locale NEW does not have: C.UTF-8"},
    {"read-only-old", 0, NULL, "sessions on OLD only read from now on; undone when the move fails"},
    {"snapshot", 0, NULL, "what is written on OLD after a database was dumped is not wanted"},
    {"env-file", 0, "FILE", "the variables in it that name OLD will name NEW; `.env` where it is there"},
    {"no-env-file", 0, NULL, "leave .env alone"},
    {"jobs", 'j', "N", "dump and restore each database by N connections at once"},
    {"abandon", 0, NULL, "end an interrupted move: OLD takes writes again, the folder goes"},
    {NULL, 0, NULL, NULL},
};

const struct command command_move = {
    .name = "move",
    .group = "database",
    .arguments = "OLD NEW",
    .arguments_least = 2,
    .arguments_most = 2,
    .summary = "Move all databases of one server to another",
    .description =
        "OLD and NEW are URLs of PostgreSQL servers. Every database of OLD is kept in a bundle, made on "
        "NEW,\n"
        "restored and compared value by value; then the env file of the application gets NEW's address, and\n"
        "what is left to do is said. OLD is only read.\n\n"
        "Interrupted, the same command goes on where it was.",
    .options = options,
    .run = run,
};
