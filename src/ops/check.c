#include "ops/check.h"

#include <string.h>

#include "base/flag.h"
#include "base/screen.h"
#include "ops/check_intern.h"

const struct check_group check_groups[] = {
    {"connection", URL_POSTGRES, check_address_checks},
    {"server", URL_POSTGRES, check_server_checks},
    {"rights", URL_POSTGRES, check_rights_checks},
    {"tables", URL_POSTGRES, check_health_checks},
    {"indexes", URL_POSTGRES, check_index_checks},
    {"activity", URL_POSTGRES, check_activity_checks},
    {"limits", URL_POSTGRES, check_limit_checks},
    {"service", URL_POSTGRES, check_service_checks},
    {"systemd", URL_POSTGRES, check_unit_checks},
    {"application", URL_POSTGRES, check_application_checks},
    {"production", URL_POSTGRES, check_production_checks},
    {"file", URL_SQLITE, check_file_checks},
    {NULL, URL_SQLITE, NULL},
};

static const char *const states[] = {
    [CHECK_OK] = "ok", [CHECK_SKIPPED] = "skipped", [CHECK_ADVICE] = "advice", [CHECK_PROBLEM] = "problem"};

const char *check_state_name(enum check_state state)
{
    return states[state];
}

const struct check_entry *check_find(struct str name, const struct check_group **group)
{
    for (*group = check_groups; (*group)->name != NULL; (*group)++)
        for (const struct check_entry *check = (*group)->checks; check->name != NULL; check++)
            if (str_is(name, check->name))
                return check;
    *group = NULL;
    return NULL;
}

static void worsen(struct check_result *result, enum check_state state)
{
    if (state > result->state)
        result->state = state;
}

static PRINTF_LIKE(2, 0) struct str text_of(struct check_run *run, const char *format, va_list args)
{
    struct str text;

    text.ptr = arena_vprintf(run->arena, &text.len, format, args);
    return text;
}

void check_ok(struct check_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run->result->note = text_of(run, format, args);
    va_end(args);
}

void check_skip(struct check_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    run->result->note = text_of(run, format, args);
    va_end(args);
    worsen(run->result, CHECK_SKIPPED);
}

void check_add(struct check_run *run, enum check_state state, const char *format, ...)
{
    struct str *note = &run->result->note;
    struct str text;
    va_list args;

    va_start(args, format);
    text = text_of(run, format, args);
    va_end(args);
    *note = note->len == 0 ? text : str_printf(run->arena, "%.*s; %.*s", STR_ARGS(*note), STR_ARGS(text));
    worsen(run->result, state);
}

void check_found(struct check_run *run, enum check_state state, struct str mend, const char *format, ...)
{
    struct check_result *result = run->result;
    struct check_finding finding = {.state = state, .mend = mend};
    va_list args;

    va_start(args, format);
    finding.what = text_of(run, format, args);
    va_end(args);
    ARENA_PUSH(run->arena, result->findings, result->count, result->capacity) = finding;
    worsen(result, state);
}

static bool is_plain(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("_-.@/:+,=%", c) != NULL);
}

const char *check_word(struct check_run *run, struct str text)
{
    bool plain = text.len > 0;

    for (size_t i = 0; i < text.len; i++)
        plain = plain && is_plain(text.ptr[i]);
    return plain ? str_cstr(run->arena, text) : screen_shell_word(run->arena, text);
}

static bool names(const struct str *list, size_t count, const struct check_group *group,
                  const struct check_entry *check)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(list[i], group->name) || str_is(list[i], check->name))
            return true;
    return false;
}

static bool is_chosen(const struct check_request *request, const struct check_group *group,
                      const struct check_entry *check)
{
    bool wanted = check->wanted == NULL || check->wanted(request);

    return (request->only_count == 0 ? wanted : names(request->only, request->only_count, group, check)) &&
           !names(request->skip, request->skip_count, group, check);
}

static bool check_names(const struct str *list, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct check_group *group = check_groups;
        const struct check_group *found;

        while (group->name != NULL && !str_is(list[i], group->name))
            group++;
        if (group->name == NULL && check_find(list[i], &found) == NULL) {
            err_set(err, ERR_USAGE, "there is no check %.*s", STR_ARGS(list[i]));
            return err_hint(err, "pgrade check --list names them all, and their groups");
        }
    }
    return true;
}

/* A step that was not asked for is made all the same where others need it, and told where it is a problem. */
static void make(struct check_run *run, const struct check_group *group, const struct check_entry *check)
{
    struct check_report *report = run->report;
    bool chosen = is_chosen(run->request, group, check);
    struct check_result *result;

    if (!chosen && (!check->stops || report->stopped))
        return;
    ARENA_PUSH(run->arena, report->results, report->count, report->capacity) =
        (struct check_result){.check = check, .group = group};
    result = run->result = &report->results[report->count - 1];
    result->behind = report->stopped && !check->alone;
    if (result->behind)
        check_skip(run, "an earlier step failed");
    else if (check->run != NULL)
        check->run(run);
    else
        check_ask(run);
    report->stopped = report->stopped || (check->stops && result->state == CHECK_PROBLEM);
    if (!chosen && result->state != CHECK_PROBLEM)
        report->count--;
}

bool check_make(const struct check_request *request, struct check_report *report, struct err *err)
{
    struct check_run run = {.arena = request->arena, .request = request, .report = report};
    enum url_kind kind = URL_POSTGRES;
    struct err wrong = {.code = ERR_NONE};

    *report = (struct check_report){.stopped = false};
    if (!check_names(request->only, request->only_count, err) ||
        !check_names(request->skip, request->skip_count, err))
        return false;
    report->parsed = url_parse(request->arena, request->text, &report->url, &wrong);
    run.failure = wrong;
    if (report->parsed)
        kind = report->url.kind;
    check_find_application(&run);
    for (const struct check_group *group = check_groups; group->name != NULL; group++)
        for (const struct check_entry *check = group->checks; group->kind == kind && check->name != NULL;
             check++)
            if (!flag_is_set(request->options->interrupted))
                make(&run, group, check);
    pgrade_close(run.db);
    return !flag_is_set(request->options->interrupted) || err_set(err, ERR_CANCELED, "interrupted");
}
