#include "ops/structure_intern.h"

#include "ops/interrupt.h"

/* Where only the server has it, rows of the application might not pass one day, or would be others. */
static bool matters(const char *what)
{
    static const char *const harmless[] = {"index", "trigger", "view", "enum", "row security"};

    for (size_t i = 0; i < ARRAY_LENGTH(harmless); i++)
        if (str_is(str_from(what), harmless[i]))
            return false;
    return true;
}

static bool is_planned(const struct structure_run *run, const struct fact *fact)
{
    for (size_t i = facts_first(&run->planned, fact->table); i < run->planned.count; i = run->planned.next[i])
        if (str_is(str_from(fact->what), run->planned.items[i].what) &&
            str_equal(fact->table, run->planned.items[i].table) &&
            str_equal(fact->name, run->planned.items[i].name))
            return true;
    return false;
}

static void compare_there(struct structure_run *run, struct verify *verify)
{
    for (size_t i = 0; i < run->there.count; i++) {
        const struct fact *fact = &run->there.items[i];

        if (!is_planned(run, fact))
            verify_remark(verify, matters(fact->what), fact->what, fact->table, fact->name,
                          str_from("only the target has it"));
    }
}

/* What the comparison of two databases goes by, where both are the load schema: as planned, and as it is. */
static struct verify comparison_of(struct structure_run *run, struct verify_result *found)
{
    const struct plan *plan = run->plan;

    *found = (struct verify_result){.engines = {NULL, run->control}, .table_count = plan->table_count};
    found->tables = ARENA_ARRAY(run->arena, struct verified_table, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++)
        found->tables[i].names[0] = found->tables[i].names[1] = plan->tables[i].name;
    return (struct verify){
        .arena = run->arena, .result = found, .schemas = {plan->load_schema, plan->load_schema}};
}

static void count(const struct structure_run *run, struct structure *structure)
{
    for (size_t i = 0; i < run->planned.count; i++) {
        const char *what = run->planned.items[i].what;
        size_t kind = 0;

        while (kind < structure->count_count && !str_is(str_from(what), structure->counts[kind].what))
            kind++;
        if (kind == structure->count_count)
            ARENA_PUSH(run->arena, structure->counts, structure->count_count, structure->count_capacity) =
                (struct structure_count){.what = what};
        structure->counts[kind].count++;
    }
}

static bool compare(void *context, struct err *err)
{
    struct structure_run *run = context;
    struct structure *structure = &run->result->structure;
    struct verify_result found;
    struct verify verify = comparison_of(run, &found);
    struct facts facts[2];

    structure_facts_of_plan(run);
    facts_index(run->arena, &run->planned);
    /* The questions are long and their answers short: compiling them takes longer than answering. */
    if (!engine_exec(run->control, (struct str)STR("SET jit = off"), err) ||
        !structure_facts_of_catalog(run, false, &run->there, err) || !structure_settle(run, err))
        return false;
    facts[0] = run->planned;
    facts[1] = run->there;
    facts_compare(&verify, facts);
    compare_there(run, &verify);
    if (!facts_check_sequences(&verify, 1, run->plan, err) ||
        !engine_exec(run->control, (struct str)STR("RESET jit"), err))
        return false;
    count(run, structure);
    structure->compared = true;
    structure->remarks = found.remarks;
    structure->remark_count = found.remark_count;
    return true;
}

bool structure_check(struct arena *arena, const struct upgrade_options *options,
                     struct upgrade_result *result, struct engine *control, struct err *err)
{
    struct structure_run run = {
        .arena = arena, .result = result, .plan = &result->prepared.plan, .control = control};
    size_t differences = 0;

    if (options->no_verify)
        return true;
    if (!interruptible(options->interrupted, control, compare, &run, err))
        return err_prefix(err, "comparing keys, indexes and defaults");
    for (size_t i = 0; i < result->structure.remark_count; i++)
        differences += result->structure.remarks[i].differs;
    if (differences == 0)
        return true;
    err_set(err, ERR_DIFFERENT, "%zu thing%s beside the rows %s not what was planned", differences,
            differences == 1 ? "" : "s", differences == 1 ? "is" : "are");
    err_detail(err, "each is named above; nothing was published");
    return err_hint(err,
                    "look whether something on the server changes tables while they are made (event "
                    "triggers: SELECT evtname FROM pg_event_trigger), or on the way to it; if not, this is a "
                    "mistake of pgrade: please report it");
}
