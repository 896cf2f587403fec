/* What has to hold before an application goes to work, and the whole as a list to be ticked off. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/screen.h"
#include "ops/backup_list.h"
#include "ops/bundle.h"
#include "ops/check_intern.h"

enum {
    ANSWER_MS = 20000,
    RECENT_HOURS = 48,
    HOUR_S = 3600,
    DEFAULT_PORT = 5432
};

static const char dedicated_sql[] =
    "SELECT 'advice', format('the application uses the database %s, which every server has for its own "
    "purposes', "
    "current_database()), 'pgrade provision, or CREATE DATABASE app OWNER app; then move the tables there' "
    "WHERE current_database() IN ('postgres', 'template1', 'defaultdb') UNION ALL "
    "SELECT 'advice', format('the role %s is a superuser: a mistake of the application reaches every "
    "database, and the "
    "server''s files', rolname), 'CREATE ROLE app LOGIN PASSWORD ''...''; ALTER DATABASE ' || "
    "quote_ident(current_database()) || ' OWNER TO app   -- and each table: ALTER TABLE ... OWNER TO app; "
    "then "
    "app in the URL' FROM pg_roles WHERE rolname = current_user AND rolsuper UNION ALL "
    "SELECT 'advice', format('the role %s owns other databases too: %s', current_user, string_agg(datname, "
    "', ')), "
    "'a role for each application: CREATE ROLE app LOGIN PASSWORD ''...''; ALTER DATABASE ... OWNER TO app' "
    "FROM "
    "pg_database AS d JOIN pg_roles AS r ON r.oid = d.datdba AND r.rolname = current_user AND NOT r.rolsuper "
    "WHERE datname <> current_database() AND NOT datistemplate HAVING count(*) > 0 UNION ALL "
    "SELECT 'ok', format('%s has a role of its own, %s', current_database(), current_user), NULL";

/* The part of the log that is read is its end.  Latin 1, since any byte is a character of it. */
static const char log_sql[] =
    "SELECT format('%s %s %s', count(*) FILTER (WHERE line ~ ' ERROR: '), count(*) FILTER (WHERE line ~ ' "
    "FATAL: ' AND line !~ 'the database system is '), "
    "count(*) FILTER (WHERE line ~ ' PANIC: ')) FROM (SELECT pg_current_logfile('stderr') AS f) AS n, "
    "LATERAL "
    "regexp_split_to_table(convert_from(pg_read_binary_file(f, greatest((pg_stat_file(f)).size - 4194304, "
    "0), 4194304), "
    "'LATIN1'), E'\\n') AS line WHERE substr(line, 1, 19) >= to_char(pg_postmaster_start_time() AT TIME ZONE "
    "current_setting('log_timezone'), 'YYYY-MM-DD HH24:MI:SS')";

/* Asked before, since what is refused would itself be an error in the log. */
static const char may_log_sql[] = "SELECT coalesce(string_agg(f::text, ', '), 'yes') FROM "
                                  "unnest(ARRAY['pg_current_logfile(text)', 'pg_stat_file(text)', "
                                  "'pg_read_binary_file(text, bigint, bigint)']::regprocedure[]) AS f WHERE "
                                  "NOT has_function_privilege(f, 'EXECUTE')";

static void look_at_server_log(struct check_run *run)
{
    struct pgrade_error error = {.kind = PGRADE_KIND_NONE};
    struct str path;
    struct str counts;

    if (run->db == NULL) {
        check_skip(run, "the server's log: it cannot be reached");
        return;
    }
    path = check_value(run, may_log_sql, &error);
    if (!str_is(path, "yes")) {
        check_skip(run,
                   "the server's log: the role may not look: GRANT pg_read_server_files, and EXECUTE ON "
                   "FUNCTION %.*s",
                   STR_ARGS(path));
        return;
    }
    path = check_value(run, "SELECT pg_catalog.pg_current_logfile('stderr')", &error);
    if (path.len == 0) {
        check_skip(run, "the server's log: it keeps none by itself (logging_collector = off); journalctl -u "
                        "postgresql, or "
                        "/var/log/postgresql");
        return;
    }
    counts = check_value(run, log_sql, &error);
    if (counts.len == 0)
        check_skip(run, "the server's log: the role may not look (%s)", error.message);
    else if (!str_is(counts, "0 0 0"))
        check_found(
            run, str_ends_with(counts, " 0") ? CHECK_ADVICE : CHECK_PROBLEM,
            str_printf(run->arena, "grep -E 'ERROR|FATAL|PANIC' %s   # in the server's data directory",
                       screen_shell_word(run->arena, path)),
            "the server's log has errors since it started (ERROR, FATAL, PANIC: %.*s)", STR_ARGS(counts));
}

static size_t lines_of(struct str text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* Lines are counted and not shown: who knows what the application writes. */
static void look_at_journal(struct check_run *run)
{
    struct str since = check_service_since(run);
    const char *argv[] = {"journalctl",
                          "--quiet",
                          "--no-pager",
                          "--output=cat",
                          "--priority=err",
                          "--lines=1000",
                          "--unit",
                          run->unit == NULL ? "" : run->unit->name,
                          since.len == 0 ? "--boot"
                                         : arena_printf(run->arena, "--since=%.*s", STR_ARGS(since)),
                          NULL};
    struct proc_options options = {.argv = argv, .timeout_ms = ANSWER_MS, .maximum = 16 * 1024 * 1024};
    struct err failure = {.code = ERR_NONE};
    struct proc_result result;

    if (run->unit == NULL)
        check_skip(run, "the service's log: no unit was named: --unit NAME");
    else if (run->systemd.len == 0)
        check_skip(run, "the service's log: %s", run->systemd_failure.detail);
    else if (!proc_check(run->arena, &options, &result, &failure))
        check_skip(run, "the service's log: %s: %s", failure.primary, failure.detail);
    else if (lines_of(result.output) > 0)
        check_found(run, CHECK_ADVICE,
                    str_printf(run->arena, "journalctl -u %s -p err%s%.*s",
                               check_word(run, str_from(run->unit->name)),
                               since.len > 0 ? " --since=" : " -b", STR_ARGS(since)),
                    "%s has written %zu lines of errors since it was started", run->unit->name,
                    lines_of(result.output));
}

static void check_logs(struct check_run *run)
{
    look_at_journal(run);
    look_at_server_log(run);
    if (run->result->state == CHECK_OK)
        check_ok(run, "no errors since server and service were started");
}

/* Of a database of this name, by itself or in a bundle. */
static bool is_of(const struct listed_backup *backup, const struct url *url)
{
    const struct manifest *manifest = &backup->manifest;

    if (manifest_is_bundle(manifest))
        return bundle_find(&manifest->bundle, url->database) != NULL;
    return str_is(manifest->engine, "postgres") && str_equal(manifest->database, url->database);
}

static int port_of(const struct url *url)
{
    return url->hosts.count == 0 || url->hosts.items[0].port == 0 ? DEFAULT_PORT : url->hosts.items[0].port;
}

/* By its address, or on this machine by its port: one server may have several names, a pooler's too. */
static bool is_same_server(struct arena *arena, const struct listed_backup *backup, const struct url *url)
{
    struct err ignored = {.code = ERR_NONE};
    struct url source;

    if (!url_parse(arena, backup->manifest.source, &source, &ignored) || port_of(&source) != port_of(url))
        return false;
    if (url_is_local(&source) || url_is_local(url))
        return url_is_local(&source) && url_is_local(url);
    return source.hosts.count > 0 && url->hosts.count > 0 &&
           str_equal_nocase(source.hosts.items[0].name, url->hosts.items[0].name);
}

static void tell_backup(struct check_run *run, const struct listed_backup *newest, const char *directory)
{
    struct str mend =
        str_printf(run->arena, "pgrade backup URL %s --verify   # pgrade backup --timer: every night",
                   screen_shell_word(run->arena, str_from(directory)));
    int64_t hours;

    if (newest == NULL) {
        check_found(run, CHECK_PROBLEM, mend, "there is no backup of this database in %s", directory);
        return;
    }
    hours = (clock_wall_us() - newest->manifest.began_us) / 1000000 / HOUR_S;
    if (hours > RECENT_HOURS)
        check_found(run, CHECK_PROBLEM, mend, "the newest backup that is whole is %" PRId64 " days old: %.*s",
                    hours / 24, STR_ARGS(newest->name));
    else
        check_ok(run, "%.*s, %" PRId64 " hours old, each file as it was written", STR_ARGS(newest->name),
                 hours);
}

static void check_backups(struct check_run *run)
{
    const char *directory = run->request->backups != NULL ? run->request->backups : "backups";
    struct err failure = {.code = ERR_NONE};
    const struct listed_backup *newest = NULL;
    const struct listed_backup *elsewhere = NULL;
    struct backup_list list;

    if (!run->report->parsed) {
        check_skip(run, "the URL could not be understood");
        return;
    }
    if (!fs_is_directory(directory)) {
        check_found(
            run, CHECK_PROBLEM,
            (struct str)STR("pgrade backup URL DIR --verify   # where there are some already: --backups DIR"),
            "there is no folder %s with backups", directory);
        return;
    }
    if (!backup_list(run->arena, directory, true, run->request->options->interrupted, &list, &failure)) {
        check_skip(run, "%s: %s", failure.primary, failure.detail);
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (!list.items[i].whole)
            check_found(run, CHECK_PROBLEM,
                        str_printf(run->arena, "pgrade backup --list %s",
                                   screen_shell_word(run->arena, str_from(directory))),
                        "the backup %.*s is damaged: %.*s", STR_ARGS(list.items[i].name),
                        STR_ARGS(list.items[i].why));
        else if (!is_of(&list.items[i], &run->report->url))
            continue;
        else if (is_same_server(run->arena, &list.items[i], &run->report->url))
            newest = &list.items[i];
        else
            elsewhere = &list.items[i];
    }
    if (newest == NULL && elsewhere != NULL) {
        check_skip(run, "whether %.*s is of this server cannot be told: it was made from %.*s",
                   STR_ARGS(elsewhere->name), STR_ARGS(elsewhere->manifest.source));
        return;
    }
    tell_backup(run, newest, directory);
}

static bool wants_backups(const struct check_request *request)
{
    return request->production || request->backups != NULL;
}

const struct check_entry check_production_checks[] = {
    {.name = "dedicated",
     .looks = "whether the application has a database and a role of its own",
     .why = "what is shared is lost together, and a superuser's password opens everything",
     .mend = "a role that is no superuser, and the owner of this database alone",
     .wanted = check_wants_production,
     .sql = dedicated_sql},
    {.name = "server-enabled",
     .looks = "whether the service of systemd that has this server starts with the machine",
     .why = "after the next restart of the machine every page is an error",
     .mend = "sudo systemctl enable, for the service that has the server",
     .wanted = check_wants_production,
     .run = check_server_enabled},
    {.name = "logs",
     .looks = "errors in the logs of service and server since they were started, as far as these may be read",
     .why = "what users see as \"something went wrong\" is there in words",
     .mend = "read them, from the first error on",
     .alone = true,
     .wanted = check_wants_production,
     .run = check_logs},
    {.name = "backups",
     .looks =
         "whether --backups DIR has a backup of this database from the last two days, with all its files",
     .why = "the day on which one is needed is too late to make one",
     .mend =
         "pgrade backup URL DIR --verify, which restores it to see whether it can be; pgrade backup --timer",
     .alone = true,
     .wanted = wants_backups,
     .run = check_backups},
    {.name = NULL},
};

const struct check_item check_items[] = {
    {"the server runs, and starts with its machine",
     {"host", "port", "protocol", "ready", "slots", "server-enabled"}},
    {"a database and a role of its own", {"dedicated", "database"}},
    {"the URL is right", {"url", "provider", "tls", "login"}},
    {"the driver is installed", {"driver", "sqlalchemy"}},
    {"the URL comes from the environment", {"env-file", "unit-url", "code"}},
    {"migrations are applied", {"relations", "ledgers", "migrations"}},
    {"the service runs, and agrees with the shell", {"unit", "service-runs", "process", "shell"}},
    {"a query by the application's own means succeeds", {"query"}},
    {"the logs are clean since the last start", {"logs"}},
    {"backups are recent, and their files whole", {"backups"}},
    {"rights, tables, indexes and limits are in order", {NULL}}, /* all others */
    {NULL, {NULL}},
};

static bool is_in(const struct check_item *item, const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(item->checks) && item->checks[i] != NULL; i++)
        if (strcmp(item->checks[i], name) == 0)
            return true;
    return false;
}

bool check_belongs(const struct check_item *item, const struct check_entry *check)
{
    if (item->checks[0] != NULL)
        return is_in(item, check->name);
    for (const struct check_item *other = check_items; other->title != NULL; other++)
        if (is_in(other, check->name))
            return false;
    return true;
}

enum check_state check_item_state(const struct check_item *item, const struct check_report *report)
{
    enum check_state state = CHECK_OK;
    size_t made = 0;

    for (size_t i = 0; i < report->count; i++) {
        if (!check_belongs(item, report->results[i].check))
            continue;
        made++;
        if (report->results[i].state > state)
            state = report->results[i].state;
    }
    return made == 0 ? CHECK_SKIPPED : state;
}
