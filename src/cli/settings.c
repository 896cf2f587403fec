#include "cli/settings.h"

#include <string.h>

#include "cli/place.h"

enum {
    NAME_MAXIMUM = 63 /* NAMEDATALEN - 1; PostgreSQL would cut what is longer */
};

static bool wrong(const struct invocation *invocation, struct err *err)
{
    return err_hint(err, "pgrade %s --help", invocation->command->name);
}

static bool settings_fts(const struct invocation *invocation, struct upgrade_options *options,
                         struct err *err)
{
    const char *fts = option_value(invocation, "fts");

    if (fts != NULL && strcmp(fts, "tsvector") != 0 && strcmp(fts, "none") != 0) {
        err_set(err, ERR_USAGE, "--fts %s: it is `tsvector` or `none`", fts);
        return wrong(invocation, err);
    }
    options->plan.fts = fts != NULL && strcmp(fts, "tsvector") == 0 ? FTS_TSVECTOR : FTS_NONE;
    return true;
}

static bool settings_integers(const struct invocation *invocation, struct upgrade_options *options,
                              struct err *err)
{
    const char *integers = option_value(invocation, "integers");

    if (integers != NULL && strcmp(integers, "declared") != 0 && strcmp(integers, "bigint") != 0) {
        err_set(err, ERR_USAGE, "--integers %s: it is `declared` or `bigint`", integers);
        return wrong(invocation, err);
    }
    options->plan.types.integers_declared = integers != NULL && strcmp(integers, "declared") == 0;
    return true;
}

bool settings_plan(struct invocation *invocation, struct upgrade_options *options, struct err *err)
{
    options->plan.target_schema = str_from(option_value(invocation, "schema"));
    options->accept = option_values(invocation, "accept", &options->accept_count);
    options->trace = option_given(invocation, "trace-sql");
    options->check_source = option_given(invocation, "check-source");
    options->work_directory = option_value(invocation, "work-dir");
    options->in_place = option_given(invocation, "in-place");
    for (size_t i = 0; i < options->accept_count; i++)
        options->accept_all = options->accept_all || str_is_nocase(options->accept[i], "all");
    if (str_starts_with(options->plan.target_schema, "pg_") ||
        str_starts_with(options->plan.target_schema, "pgrade")) {
        err_set(err, ERR_USAGE, "--schema %.*s: that name is kept for %s",
                STR_ARGS(options->plan.target_schema),
                str_starts_with(options->plan.target_schema, "pg_") ? "PostgreSQL" : "pgrade");
        return wrong(invocation, err);
    }
    if (options->plan.target_schema.len > NAME_MAXIMUM) {
        err_set(err, ERR_USAGE, "--schema %.*s: names hold %d bytes in PostgreSQL",
                STR_ARGS(options->plan.target_schema), NAME_MAXIMUM);
        return wrong(invocation, err);
    }
    return settings_integers(invocation, options, err) && settings_fts(invocation, options, err) &&
           settings_types(invocation, options, err) && settings_names(invocation, &options->plan, err) &&
           settings_selection(invocation, &options->plan, err) &&
           settings_units(invocation, &options->plan, err) &&
           settings_nocase(invocation, &options->plan, err);
}

static const struct {
    const char *name;
    enum misfit_policy policy;
} policies[] = {
    {"stop", MISFIT_STOP}, {"widen", MISFIT_WIDEN},   {"quarantine", MISFIT_QUARANTINE},
    {"null", MISFIT_NULL}, {"repair", MISFIT_REPAIR},
};

static bool read_misfit_rule(struct arena *arena, struct str text, struct misfit_rule *rule, struct err *err)
{
    struct place place = {.table = {NULL, 0}, .column = {NULL, 0}, .value = text};
    bool understood = str_find(text, '=') < 0 || place_read(arena, text, &place);

    *rule = (struct misfit_rule){.table = place.table, .column = place.column, .policy = MISFIT_STOP};
    for (size_t i = 0; i < ARRAY_LENGTH(policies); i++) {
        rule->policy = policies[i].policy;
        if (understood && str_is(str_trim(place.value), policies[i].name))
            return true;
    }
    return err_set(err, ERR_USAGE,
                   "--misfit %.*s: it is stop, widen, quarantine, null or repair, for all, TABLE=... or "
                   "TABLE.COLUMN=...",
                   STR_ARGS(text));
}

static bool read_encoding(const struct invocation *invocation, struct upgrade_options *options,
                          struct err *err)
{
    const char *encoding = option_value(invocation, "repair-encoding");

    options->repair_encoding = REPAIR_NONE;
    if (encoding == NULL)
        return true;
    options->repair_encoding = str_is_nocase(str_from(encoding), "latin1")   ? REPAIR_LATIN1
                               : str_is_nocase(str_from(encoding), "cp1252") ? REPAIR_CP1252
                                                                             : REPAIR_NONE;
    if (options->repair_encoding != REPAIR_NONE)
        return true;
    err_set(err, ERR_USAGE, "--repair-encoding %s: it is latin1 or cp1252", encoding);
    return wrong(invocation, err);
}

bool settings_misfits(struct invocation *invocation, struct upgrade_options *options, struct err *err)
{
    struct str *rules = option_values(invocation, "misfit", &options->misfit_rule_count);
    struct misfit_rule *parsed =
        ARENA_ARRAY(invocation->arena, struct misfit_rule, options->misfit_rule_count + 1);

    for (size_t i = 0; i < options->misfit_rule_count; i++)
        if (!read_misfit_rule(invocation->arena, rules[i], &parsed[i], err))
            return wrong(invocation, err);
    options->misfit_rules = parsed;
    return read_encoding(invocation, options, err);
}

static bool read_orphans(const struct invocation *invocation, struct upgrade_options *options,
                         struct err *err)
{
    static const struct {
        const char *name;
        enum orphan_policy policy;
    } known[] = {
        {"stop", ORPHANS_STOP}, {"not-valid", ORPHANS_NOT_VALID}, {"quarantine", ORPHANS_QUARANTINE}};
    const char *orphans = option_value(invocation, "orphans");

    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        options->orphans = known[i].policy;
        if (orphans == NULL || strcmp(orphans, known[i].name) == 0)
            return true;
    }
    err_set(err, ERR_USAGE, "--orphans %s: it is stop, not-valid or quarantine", orphans);
    return wrong(invocation, err);
}

bool settings_mode(const struct invocation *invocation, struct upgrade_options *options, struct err *err)
{
    static const struct {
        const char *name;
        enum upgrade_mode mode;
    } known[] = {{"auto", MODE_AUTO}, {"fresh", MODE_FRESH}, {"fill", MODE_FILL}};
    const char *mode = option_value(invocation, "mode");

    options->replace = option_given(invocation, "replace");
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        options->mode = known[i].mode;
        if (mode == NULL || strcmp(mode, known[i].name) == 0)
            return true;
    }
    err_set(err, ERR_USAGE, "--mode %s: it is auto, fresh or fill", mode);
    return wrong(invocation, err);
}

bool settings_upgrade(struct invocation *invocation, struct upgrade_options *options, struct err *err)
{
    long workers;
    long view_seconds;

    if (!settings_plan(invocation, options, err) || !settings_misfits(invocation, options, err) ||
        !option_number(invocation, "workers", 1, 16, 2, &workers, err) ||
        !option_number(invocation, "view-limit", 1, 86400, 60, &view_seconds, err))
        return false;
    options->view_seconds = (int)view_seconds;
    options->workers = (size_t)workers;
    options->owner = str_from(option_value(invocation, "owner"));
    options->discard_changes = option_given(invocation, "discard-changes");
    if (options->discard_changes && !option_given(invocation, "replace")) {
        err_set(err, ERR_USAGE, "--discard-changes goes with --replace only");
        return wrong(invocation, err);
    }
    options->snapshot = option_given(invocation, "snapshot");
    options->no_verify = option_given(invocation, "no-verify");
    options->resume = option_given(invocation, "resume");
    options->quarantine_file = option_value(invocation, "quarantine-file");
    return settings_mode(invocation, options, err) && read_orphans(invocation, options, err);
}
