/* settings.h: options that plan and upgrade share, understood. */
#ifndef PGRADE_CLI_SETTINGS_H
#define PGRADE_CLI_SETTINGS_H

#include "cli/command.h"
#include "ops/upgrade.h"

/* The option entries, for the commands' tables. */
#define SETTINGS_PLAN                                                                                        \
    {"schema", 0, "NAME", "schema of the target (public)"},                                                  \
        {"names", 0, "RULE", "as-written (the application finds them; default), preserve, lower or snake"},  \
        {"rename", 0, "OLD=NEW", "another name for a table, or T.C=NEW for a column; may be repeated"},      \
        {"include", 0, "PATTERN", "only these tables: names, with * for any text; may be repeated"},         \
        {"exclude", 0, "PATTERN", "not these tables; may be repeated"},                                      \
        {"where", 0, "T=SQL", "only the rows of T for which SQLite finds that true; may be repeated"},       \
        {"integers", 0, "RULE", "`declared`: INTEGER is integer, not bigint, where no framework says so"},   \
        {"type", 0, "T.C=TYPE", "this type for that column; may be repeated"},                               \
        {"unit", 0, "T.C=UNIT", "what its numbers count: s, ms, us, julian, coredata, webkit or ticks"},     \
        {"nocase", 0, "FORM", "COLLATE NOCASE columns: lower (default), citext or icu; T.C=FORM for one"},   \
        {"fts", 0, "HOW", "`tsvector`: a full-text table gets an index of PostgreSQL's full-text search"},   \
        {"check-source", 0, NULL, "look at every page of the file for damage first"},                        \
        {"work-dir", 0, "DIR",                                                                               \
         "where a file in rollback mode is copied to be read ($TMPDIR, else /var/tmp)"},                     \
        {"in-place", 0, NULL, "make no copy; whoever writes such a file waits until it is read"},            \
    {                                                                                                        \
        "accept", 0, "WHAT", "go on without: all, a class (view, trigger, ...) or a name; may be repeated"   \
    }

#define SETTINGS_MISFITS                                                                                     \
    {"misfit", 0, "POLICY", "what does not fit: stop, widen, quarantine, null, repair; T.C=POLICY"},         \
    {                                                                                                        \
        "repair-encoding", 0, "NAME", "repair reads text that is no UTF-8 as latin1 or cp1252"               \
    }

bool settings_plan(struct invocation *invocation, struct upgrade_options *options, struct err *err) MUST_USE;
/* Names on the target; a part of settings_plan(). */
bool settings_names(struct invocation *invocation, struct plan_options *plan, struct err *err) MUST_USE;
bool settings_misfits(struct invocation *invocation, struct upgrade_options *options,
                      struct err *err) MUST_USE;
bool settings_types(struct invocation *invocation, struct upgrade_options *options, struct err *err) MUST_USE;
bool settings_units(struct invocation *invocation, struct plan_options *plan, struct err *err) MUST_USE;
/* Columns without case; likewise. */
bool settings_nocase(struct invocation *invocation, struct plan_options *plan, struct err *err) MUST_USE;
/* Tables and rows that are wanted; likewise. */
bool settings_selection(struct invocation *invocation, struct plan_options *plan, struct err *err) MUST_USE;
/* --mode and --replace. */
bool settings_mode(const struct invocation *invocation, struct upgrade_options *options,
                   struct err *err) MUST_USE;
bool settings_upgrade(struct invocation *invocation, struct upgrade_options *options,
                      struct err *err) MUST_USE;

#endif
