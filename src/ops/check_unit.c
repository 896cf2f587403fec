/* The systemd unit of the application: whether it can start, with which URL, and whether it runs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/screen.h"
#include "ops/check_intern.h"

enum {
    ANSWER_MS = 5000
};

/* False: skipped, or the unit cannot be read. */
static bool has_unit(struct check_run *run, bool blames)
{
    if (run->request->unit == NULL)
        check_skip(run, "no unit was named: --unit NAME, or --unit FILE");
    else if (run->unit == NULL && blames)
        check_found(run, CHECK_PROBLEM, str_dup(run->arena, str_from(run->unit_failure.hint)), "%s%s%s",
                    run->unit_failure.primary, run->unit_failure.detail[0] != '\0' ? ": " : "",
                    run->unit_failure.detail);
    else if (run->unit == NULL)
        check_skip(run, "the unit could not be read");
    return run->unit != NULL;
}

static void look_at_user(struct check_run *run, const struct unit *unit)
{
    struct err ignored = {.code = ERR_NONE};
    struct proc_user user;

    if (unit->user.len == 0)
        check_found(run, CHECK_ADVICE,
                    (struct str)STR("User=NAME in [Service], a user made for it: useradd --system NAME"),
                    "%s names no user: the application runs as root", unit->name);
    else if (!str_is(unit->user, "root") && !proc_user_by_name(run->arena, unit->user.ptr, &user, &ignored))
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "sudo useradd --system %s", check_word(run, unit->user)),
                    "there is no user %.*s, so %s does not start (status=217/USER)", STR_ARGS(unit->user),
                    unit->name);
}

/* The first word of ExecStart, as systemd.syntax(7) has it: in quotes where it has blanks or quotes. */
static struct str exec_word(struct check_run *run, const char *path)
{
    struct buf out;
    struct str text;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (; *path != '\0'; path++)
        buf_printf(&out, "%s%c", strchr("\"\\", *path) != NULL ? "\\" : *path == '%' ? "%" : "", *path);
    text = buf_to_str(run->arena, &out);
    buf_free(&out);
    return strpbrk(text.ptr, " \t\"'\\") == NULL ? text : str_printf(run->arena, "\"%.*s\"", STR_ARGS(text));
}

static void look_at_program(struct check_run *run, const struct unit *unit)
{
    const char *bin;

    if (unit->directory != NULL && strcmp(unit->directory, "~") != 0 && !fs_is_directory(unit->directory))
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "WorkingDirectory= the folder of the application"),
                    "WorkingDirectory %s is not there, so %s does not start (status=200/CHDIR)",
                    unit->directory, unit->name);
    if (unit->program == NULL) {
        check_found(run, CHECK_PROBLEM, (struct str){NULL, 0}, "%s has no ExecStart", unit->name);
        return;
    }
    if (strchr(unit->program, '/') != NULL && access(unit->program, X_OK) != 0)
        check_found(run, CHECK_PROBLEM,
                    (struct str)STR("ExecStart= the path of a program that is there and may be "
                                    "executed"),
                    "%s is not there or may not be executed, so %s does not start (status=203/EXEC)",
                    unit->program, unit->name);
    bin = fs_directory_of(run->arena, unit->program);
    if (run->venv != NULL && !str_starts_with(str_from(bin), run->venv) &&
        str_starts_with(str_from(fs_name_of(unit->program)), "python"))
        check_found(run, CHECK_ADVICE,
                    str_printf(run->arena, "ExecStart=%.*s ...",
                               STR_ARGS(exec_word(run, fs_join(run->arena, run->venv, "bin/python")))),
                    "%s starts %s, which does not see the packages of the virtual environment %s", unit->name,
                    unit->program, run->venv);
}

static void look_at_files(struct check_run *run, const struct unit *unit)
{
    for (size_t i = 0; i < unit->file_count; i++) {
        const char *path = unit->files[i].path;

        if (path[0] != '/')
            check_found(run, CHECK_PROBLEM, (struct str)STR("write the whole path, from the root"),
                        "EnvironmentFile=%s is no absolute path: systemd passes it over", path);
        else if (strpbrk(path, "*?[") == NULL && !fs_exists(path) && !unit->files[i].optional)
            check_found(run, CHECK_PROBLEM,
                        str_printf(run->arena, "make %s, of root and mode 0600, with DATABASE_URL=...", path),
                        "EnvironmentFile %s is not there, so %s does not start (\"Failed to load environment "
                        "files\")",
                        path, unit->name);
        else if (fs_is_shared(path))
            check_found(run, CHECK_ADVICE,
                        str_printf(run->arena, "chmod 600 %s", screen_shell_word(run->arena, str_from(path))),
                        "%s may be read by other users of this machine", path);
    }
}

static void check_unit(struct check_run *run)
{
    const struct unit *unit = run->unit;

    if (!has_unit(run, true))
        return;
    look_at_user(run, unit);
    look_at_program(run, unit);
    look_at_files(run, unit);
    check_ok(run, "%s: user %.*s, in %s, starts %s", unit->path,
             STR_ARGS(unit->user.len > 0 ? unit->user : str_from("root")),
             unit->directory == NULL ? "/" : unit->directory,
             unit->program == NULL ? "nothing" : unit->program);
}

/* A file that the application may read by itself, with python-dotenv or its like. */
static const char *own_file(struct check_run *run)
{
    const char *path =
        run->unit->directory == NULL ? NULL : fs_join(run->arena, run->unit->directory, ".env");

    return path != NULL && fs_exists(path) ? path : NULL;
}

static void tell_missing(struct check_run *run)
{
    const struct unit *unit = run->unit;
    const char *own = own_file(run);
    struct str mend = str_printf(
        run->arena,
        "sudo systemctl edit %s, there [Service] EnvironmentFile=%s; then sudo systemctl restart %s",
        check_word(run, str_from(unit->name)), own != NULL ? own : "/etc/APP.env",
        check_word(run, str_from(unit->name)));

    if (own != NULL)
        check_found(
            run, CHECK_ADVICE, mend,
            "%s is started without DATABASE_URL; only if the application itself reads %s does it get one",
            unit->name, own);
    else
        check_found(
            run, CHECK_PROBLEM, mend,
            "%s is started without DATABASE_URL: systemd reads neither .bashrc nor .profile, nor a .env that "
            "the unit does not name",
            unit->name);
}

/* By a socket and without a password the server asks the system who is there. */
static void look_at_peer(struct check_run *run, const struct unit_variable *variable)
{
    struct err ignored = {.code = ERR_NONE};
    struct str who = run->unit->user.len > 0 ? run->unit->user : str_from("root");
    struct url url;

    if (!url_parse(run->arena, variable->value, &url, &ignored) || url.kind != URL_POSTGRES ||
        !url_is_local(&url) || url.password.len > 0 || url.user.len == 0 || str_equal(url.user, who))
        return;
    if (url.hosts.count == 0 || url.hosts.items[0].name.len == 0 || url.hosts.items[0].name.ptr[0] == '/')
        check_found(
            run, CHECK_ADVICE,
            str_printf(run->arena, "User=%.*s, or a password and host 127.0.0.1 in the URL",
                       STR_ARGS(url.user)),
            "the service runs as %.*s, and by the local socket without a password it is to be %.*s: \"Peer "
            "authentication failed\"",
            STR_ARGS(who), STR_ARGS(url.user));
}

static void check_unit_url(struct check_run *run)
{
    static const char *const names[] = {"DATABASE_URL", "DB_URI"};
    const struct unit_variable *variable = NULL;

    if (!has_unit(run, false))
        return;
    if (!run->report->parsed) {
        check_skip(run, "the URL could not be understood");
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(names) && variable == NULL; i++)
        variable = unit_variable(run->unit, names[i]);
    if (variable == NULL && run->unit->unread != NULL) {
        check_skip(run, "%s%s%s; root may look", run->unit->unread_failure.primary,
                   run->unit->unread_failure.detail[0] != '\0' ? ": " : "", run->unit->unread_failure.detail);
    } else if (variable == NULL) {
        tell_missing(run);
    } else if (variable->passed_over) {
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "sed -i 's/^export //' %s",
                               screen_shell_word(run->arena, str_from(variable->from))),
                    "systemd passes over `export %.*s=...` in %s: that is the shell's",
                    STR_ARGS(variable->name), variable->from);
    } else {
        check_compare_url(run, arena_printf(run->arena, "%s (%s)", run->unit->name, variable->from),
                          str_cstr(run->arena, variable->name), variable->value);
        look_at_peer(run, variable);
    }
}

static void check_shell(struct check_run *run)
{
    static const char *const names[] = {"DATABASE_URL", "DB_URI"};

    for (size_t i = 0; run->report->parsed && i < ARRAY_LENGTH(names); i++)
        if (getenv(names[i]) != NULL) {
            check_compare_url(run, "this shell", names[i], str_from(getenv(names[i])));
            return;
        }
    check_skip(run, "%s",
               run->report->parsed ? "this shell has neither DATABASE_URL nor DB_URI"
                                   : "the URL could not be understood");
}

/* Of NAME=value lines; empty: it is not there. */
static struct str property(struct check_run *run, struct str lines, const char *name)
{
    while (lines.len > 0) {
        ptrdiff_t end = str_find(lines, '\n');
        struct str line = str_slice(lines, 0, end < 0 ? lines.len : (size_t)end);

        if (str_starts_with(line, name) && line.len > strlen(name) && line.ptr[strlen(name)] == '=')
            return str_dup(run->arena, str_slice(line, strlen(name) + 1, line.len));
        lines = str_slice(lines, end < 0 ? lines.len : (size_t)end + 1, lines.len);
    }
    return (struct str){NULL, 0};
}

void check_ask_systemd(struct check_run *run)
{
    const char *argv[] = {"systemctl",
                          "show",
                          "--timestamp=unix",
                          "--property",
                          "LoadState,ActiveState,SubState,Result,UnitFileState,MainPID,NeedDaemonReload,"
                          "ActiveEnterTimestamp",
                          "--",
                          run->unit->name,
                          NULL};
    struct proc_options options = {.argv = argv, .timeout_ms = ANSWER_MS};
    struct proc_result result;

    if (proc_check(run->arena, &options, &result, &run->systemd_failure))
        run->systemd = result.output;
    else if (run->systemd_failure.detail[0] == '\0')
        (void)err_detail(&run->systemd_failure, "%s", run->systemd_failure.primary);
}

long check_main_process(struct check_run *run)
{
    int64_t number;

    return str_to_int64(property(run, run->systemd, "MainPID"), &number) ? (long)number : 0;
}

struct str check_service_since(struct check_run *run)
{
    return property(run, run->systemd, "ActiveEnterTimestamp");
}

static void check_service(struct check_run *run)
{
    const char *name;
    struct str active;
    struct str enabled;

    if (!has_unit(run, false))
        return;
    name = check_word(run, str_from(run->unit->name));
    active = property(run, run->systemd, "ActiveState");
    enabled = property(run, run->systemd, "UnitFileState");
    if (run->systemd.len == 0 || str_is(property(run, run->systemd, "LoadState"), "not-found")) {
        check_skip(run, "%s",
                   run->systemd.len == 0 ? run->systemd_failure.detail : "systemd does not know the unit");
        return;
    }
    if (!str_is(active, "active"))
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "journalctl -u %s -e   # says why; then sudo systemctl restart %s",
                               name, name),
                    "%s does not run: it is %.*s (%.*s)", run->unit->name, STR_ARGS(active),
                    STR_ARGS(property(run, run->systemd, "Result")));
    if (str_is(enabled, "disabled"))
        check_found(run, CHECK_PROBLEM, str_printf(run->arena, "sudo systemctl enable %s", name),
                    "%s is not started when the machine starts", run->unit->name);
    if (str_is(property(run, run->systemd, "NeedDaemonReload"), "yes"))
        check_found(run, CHECK_ADVICE,
                    str_printf(run->arena, "sudo systemctl daemon-reload && sudo systemctl restart %s", name),
                    "the files of %s were changed, and systemd has not read them since", run->unit->name);
    check_ok(run, "%s is %.*s, and %.*s", run->unit->name, STR_ARGS(active), STR_ARGS(enabled));
}

const struct check_entry check_unit_checks[] = {
    {.name = "unit",
     .looks = "whether the systemd unit of --unit can start: its user, WorkingDirectory, program and "
              "EnvironmentFile",
     .why = "what is missing ends the service with a number (217/USER, 200/CHDIR, 203/EXEC) before it says a "
            "word",
     .mend = "sudo systemctl edit --full NAME, sudo systemctl daemon-reload, sudo systemctl restart NAME",
     .alone = true,
     .wanted = check_wants_unit,
     .run = check_unit},
    {.name = "unit-url",
     .looks = "whether the unit gives the application the URL of this database",
     .why = "a service does not get the environment of a shell: it runs on SQLite, on another database, or "
            "not at all",
     .mend = "EnvironmentFile=/path/to/env in [Service], without `export` in that file",
     .alone = true,
     .wanted = check_wants_unit,
     .run = check_unit_url},
    {.name = "service-runs",
     .looks = "whether the service runs, starts with the machine, and has read its files, where systemd runs",
     .why = "after the next restart of the machine the application is not there",
     .mend = "sudo systemctl enable --now NAME",
     .alone = true,
     .wanted = check_wants_unit,
     .run = check_service},
    {.name = "shell",
     .looks = "whether DATABASE_URL of this shell names this database",
     .why = "migrations that are typed here change another database than the one that the service uses",
     .mend = "set -a; . /path/to/env; set +a   # the same file that the service is given",
     .alone = true,
     .wanted = check_wants_unit,
     .run = check_shell},
    {.name = NULL},
};
