#include "ops/resume_facts.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/process.h"
#include "engine/postgres/postgres.h"
#include "ops/fingerprint.h"
#include "ops/widen.h"
#include "schema/ident.h"

enum {
    FACT_VERSION,
    FACT_STATE,
    FACT_SCHEMA,
    FACT_MISFITS,
    FACT_ORPHANS,
    FACT_VERIFY,
    FACT_PLAN,
    FACT_HOST,
    FACT_PLACE,
    FACT_PROCESS,
    FACT_SOURCE,
    FACT_ASIDE,
    FACT_COUNT
};

_Static_assert((int)FACT_COUNT <= (int)RESUME_FACTS, "room for all facts");

static const struct {
    const char *name;
    const char *why; /* in words, where it is another; NULL: it may be */
} facts_known[FACT_COUNT] = {
    [FACT_VERSION] = {"version", "it is of another version of pgrade"},
    [FACT_STATE] = {"state", "the source was written since, or is another"},
    [FACT_SCHEMA] = {"schema", "the source's schema is another"},
    [FACT_MISFITS] = {"misfits", "--misfit or --repair-encoding is another"},
    [FACT_ORPHANS] = {"orphans", "--orphans is another"},
    [FACT_VERIFY] = {"verify", "one of the two is with --no-verify"},
    [FACT_PLAN] = {"plan", NULL}, /* looked at when it is final */
    [FACT_HOST] = {"host", NULL},
    [FACT_PLACE] = {"place", NULL},
    [FACT_PROCESS] = {"process", NULL},
    [FACT_SOURCE] = {"source", NULL},
    [FACT_ASIDE] = {"aside", NULL},
};

enum {
    DIGITS = 64,
    HOST_MAXIMUM = 256
};

static struct str hash_of(struct arena *arena, struct buf *text)
{
    struct str hash = hash_hex(arena, HASH_SHA256, buf_view(text), DIGITS);

    buf_free(text);
    return hash;
}

static struct str schema_hash(struct arena *arena, const struct schema *schema)
{
    struct fingerprints found;
    struct buf text;

    fingerprints_of(arena, schema, &found);
    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < found.count; i++)
        buf_printf(&text, "%.*s %.*s %.*s\n", STR_ARGS(found.items[i].kind), STR_ARGS(found.items[i].name),
                   STR_ARGS(found.items[i].hash));
    return hash_of(arena, &text);
}

/* In their order: of equally exact rules the last one counts. */
static struct str misfit_rules(struct arena *arena, const struct upgrade_options *options)
{
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    buf_printf(&text, "%d\n", (int)options->repair_encoding);
    for (size_t i = 0; i < options->misfit_rule_count; i++) {
        const struct misfit_rule *rule = &options->misfit_rules[i];

        buf_printf(&text, "%zu %.*s %zu %.*s %d\n", rule->table.len, STR_ARGS(rule->table), rule->column.len,
                   STR_ARGS(rule->column), (int)rule->policy);
    }
    return hash_of(arena, &text);
}

static struct str host_name(struct arena *arena)
{
    char name[HOST_MAXIMUM] = "";

    (void)gethostname(name, sizeof(name) - 1);
    return str_printf(arena, "%s", name);
}

/* As it is found from any directory; empty: no rows can be set aside. */
static struct str aside_file(struct arena *arena, const struct quarantine *quarantine)
{
    char here[PATH_MAX];

    if (quarantine->path == NULL)
        return (struct str){NULL, 0};
    if (quarantine->part[0] == '/' || getcwd(here, sizeof(here)) == NULL)
        return target_text_of_path(arena, str_from(quarantine->part));
    return target_text_of_path(arena, str_from(fs_join(arena, here, quarantine->part)));
}

void facts_of_run(struct arena *arena, const struct upgrade_options *options,
                  const struct upgrade_result *result, struct journal_fact facts[RESUME_FACTS])
{
    struct process_name self = process_self(arena);

    for (size_t i = 0; i < FACT_COUNT; i++)
        facts[i] = (struct journal_fact){facts_known[i].name, {NULL, 0}};
    facts[FACT_VERSION].value = str_from(PGRADE_VERSION);
    facts[FACT_STATE].value = result->prepared.state;
    facts[FACT_SCHEMA].value = schema_hash(arena, &result->prepared.schema);
    facts[FACT_MISFITS].value = misfit_rules(arena, options);
    facts[FACT_ORPHANS].value = str_printf(arena, "%d", (int)options->orphans);
    facts[FACT_VERIFY].value = str_from(options->no_verify ? "no" : "yes");
    facts[FACT_HOST].value = host_name(arena);
    facts[FACT_PLACE].value = self.place;
    facts[FACT_PROCESS].value = self.process;
    facts[FACT_SOURCE].value = target_text_of_path(arena, options->source->path);
    facts[FACT_ASIDE].value = aside_file(arena, &result->quarantine);
}

struct str facts_remove_aside(struct arena *arena, const struct journal *journal)
{
    struct str part = journal_fact_of(journal, facts_known[FACT_ASIDE].name);

    if (!str_ends_with(part, ".part") ||
        !str_equal(journal_fact_of(journal, facts_known[FACT_HOST].name), host_name(arena)) ||
        !quarantine_remove(str_cstr(arena, part)))
        return (struct str){NULL, 0};
    return part;
}

/* A state that is not known is no other's. */
const char *facts_difference(const struct journal_fact facts[RESUME_FACTS], const struct journal *journal)
{
    if (facts[FACT_STATE].value.len == 0)
        return "the source is being written";
    for (size_t i = 0; i < FACT_COUNT; i++)
        if (facts_known[i].why != NULL &&
            !str_equal(facts[i].value, journal_fact_of(journal, facts_known[i].name)))
            return facts_known[i].why;
    return NULL;
}

static void put_columns(struct buf *text, const struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct plan_column *column = &table->columns[i];

        buf_printf(text, "%d %d %d %d %.*s\n", column->source_position, (int)column->unit,
                   (int)column->unit_found, (int)column->nocase, STR_ARGS(column->sequence_name));
    }
    buf_printf(text, "where %.*s\n", STR_ARGS(table->source->filter));
}

struct str facts_plan(struct arena *arena, const struct plan *plan)
{
    struct buf text;

    buf_init(&text, (size_t)1 << 30);
    buf_printf(&text, "%.*s %.*s\n", STR_ARGS(plan->load_schema), STR_ARGS(plan->target_schema));
    for (size_t i = 0; i < plan->enum_count; i++)
        plan_create_enum(&text, &plan->enums[i], plan->load_schema);
    for (size_t i = 0; i < plan->table_count; i++) {
        plan_create_table(&text, plan, &plan->tables[i]);
        put_columns(&text, &plan->tables[i]);
    }
    for (size_t i = 0; i < plan->object_count; i++)
        buf_printf(&text, "%.*s %.*s\n%.*s\n", STR_ARGS(plan->objects[i].name),
                   STR_ARGS(plan->objects[i].sql), STR_ARGS(plan->objects[i].then_sql));
    return hash_of(arena, &text);
}

struct str facts_run(struct arena *arena, const struct upgrade_options *options,
                     const struct upgrade_result *result)
{
    struct journal_fact facts[RESUME_FACTS];
    struct buf text;

    facts_of_run(arena, options, result, facts);
    if (facts[FACT_STATE].value.len == 0)
        return (struct str){NULL, 0};
    facts[FACT_PLAN].value = facts_plan(arena, &result->prepared.plan);
    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < FACT_COUNT; i++)
        if (facts_known[i].why != NULL || i == FACT_PLAN)
            buf_printf(&text, "%zu %.*s\n", facts[i].value.len, STR_ARGS(facts[i].value));
    return hash_of(arena, &text);
}

static void add_decision(struct arena *arena, struct target *target, struct journal_decision decision)
{
    ARENA_PUSH(arena, target->decisions, target->decision_count, target->decision_capacity) = decision;
}

/* The reason of an ordinary column may show a value: the journal has the one that does not. */
static void collect_decisions(struct arena *arena, struct upgrade_result *result,
                              const struct prepare_options *prepare)
{
    struct target *target = &result->target;
    const struct plan *plan = &result->prepared.plan;

    target->decision_count = 0;
    if (prepare->survey_whole)
        add_decision(arena, target, (struct journal_decision){.kind = STR("survey")});
    for (size_t i = 0; i < result->widened_count; i++) {
        const struct type_override *widened = &result->widened[i];

        add_decision(arena, target,
                     (struct journal_decision){str_from(widened->nullable ? "nullable" : "widened"),
                                               widened->table, widened->column,
                                               pg_type_text(arena, &widened->type), widened->reason});
    }
    for (size_t i = 0; i < prepare->plan.ordinary_count; i++) {
        const struct ordinary_column *ordinary = &prepare->plan.ordinary[i];

        add_decision(arena, target,
                     (struct journal_decision){(struct str)STR("ordinary"),
                                               ordinary->table,
                                               ordinary->column,
                                               {NULL, 0},
                                               ordinary->bare_reason.ptr != NULL ? ordinary->bare_reason
                                                                                 : ordinary->reason});
    }
    for (size_t i = 0; result->policies.strict_width != NULL && i < plan->table_count; i++)
        if (atomic_load(&result->policies.strict_width[i]))
            add_decision(
                arena, target,
                (struct journal_decision){.kind = STR("width"), .table = plan->tables[i].source->name.text});
}

void facts_of_plan(struct arena *arena, struct upgrade_result *result, const struct prepare_options *prepare,
                   const struct work *work, struct journal_fact facts[RESUME_FACTS])
{
    struct target *target = &result->target;
    int *sessions = ARENA_ARRAY(arena, int, work->workers + 1);

    for (size_t i = 0; i < work->workers; i++)
        sessions[i] = postgres_process(work->targets[i]);
    facts[FACT_PLAN].value = facts_plan(arena, &result->prepared.plan);
    target->facts = facts;
    target->fact_count = FACT_COUNT;
    target->sessions = sessions;
    target->session_count = work->workers;
    target->journal = journal_choose_name(arena, &result->prepared.plan);
    collect_decisions(arena, result, prepare);
}

static void take_override(struct arena *arena, struct upgrade_result *result,
                          const struct journal_decision *decision)
{
    struct type_override override = {.table = decision->table,
                                     .column = decision->column,
                                     .nullable = str_is(decision->kind, "nullable"),
                                     .widened = str_is(decision->kind, "widened"),
                                     .reason = decision->reason};

    if (pg_type_parse(arena, decision->value, &override.type))
        ARENA_PUSH(arena, result->widened, result->widened_count, result->widened_capacity) = override;
}

static void take_ordinary(struct arena *arena, const struct journal_decision *decision,
                          struct plan_options *plan)
{
    struct ordinary_column *all = ARENA_ARRAY(arena, struct ordinary_column, plan->ordinary_count + 1);

    for (size_t i = 0; i < plan->ordinary_count; i++)
        all[i] = plan->ordinary[i];
    all[plan->ordinary_count++] =
        (struct ordinary_column){decision->table, decision->column, decision->reason, decision->reason};
    plan->ordinary = all;
}

bool facts_decide(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  const struct journal *journal, struct prepare_options *prepare)
{
    for (size_t i = 0; i < journal->decision_count; i++) {
        const struct journal_decision *decision = &journal->decisions[i];

        if (str_is(decision->kind, "survey"))
            prepare->survey_whole = true;
        else if (str_is(decision->kind, "ordinary"))
            take_ordinary(arena, decision, &prepare->plan);
        else if (str_is(decision->kind, "widened") || str_is(decision->kind, "nullable"))
            take_override(arena, result, decision);
    }
    if (result->widened_count > 0)
        widen_set(arena, options, result, &prepare->plan);
    return journal->decision_count > 0;
}

void facts_strict(const struct journal *journal, struct upgrade_result *result)
{
    const struct plan *plan = &result->prepared.plan;

    for (size_t i = 0; i < journal->decision_count; i++)
        for (size_t j = 0; str_is(journal->decisions[i].kind, "width") && j < plan->table_count; j++)
            if (str_equal(plan->tables[j].source->name.text, journal->decisions[i].table))
                atomic_store(&result->policies.strict_width[j], true);
}
