#include "ops/widen.h"

#include "ops/policy.h"

/* What each type is widened to.  text holds every number and every valid text, bytea every text and blob. */
static const enum pg_kind wider[PG_KIND_COUNT] = {
    [PG_BOOL] = PG_INT8,     [PG_INT2] = PG_INT8,   [PG_INT4] = PG_INT8,      [PG_INT8] = PG_TEXT,
    [PG_FLOAT4] = PG_FLOAT8, [PG_FLOAT8] = PG_TEXT, [PG_NUMERIC] = PG_TEXT,   [PG_VARCHAR] = PG_TEXT,
    [PG_CHAR] = PG_TEXT,     [PG_TEXT] = PG_BYTEA,  [PG_BYTEA] = PG_BYTEA,    [PG_DATE] = PG_TEXT,
    [PG_TIME] = PG_TEXT,     [PG_TIMETZ] = PG_TEXT, [PG_TIMESTAMP] = PG_TEXT, [PG_TIMESTAMPTZ] = PG_TEXT,
    [PG_INTERVAL] = PG_TEXT, [PG_UUID] = PG_TEXT,   [PG_JSON] = PG_TEXT,      [PG_JSONB] = PG_TEXT,
    [PG_INET] = PG_TEXT,     [PG_CIDR] = PG_TEXT,   [PG_MACADDR] = PG_TEXT,   [PG_ENUM] = PG_TEXT,
};

/* A child whose type was asked for keeps it, whatever its parent's is. */
static bool takes_its_type(const struct plan *plan, const struct foreign_key *key, size_t part, size_t *table,
                           int *column)
{
    size_t parent = *table;
    int place = *column;

    if (!plan_parent_column(plan, key, part, &parent, &place) ||
        !pg_type_equal(&plan->tables[*table].columns[*column].type,
                       &plan->tables[parent].columns[place].type))
        return false;
    *table = parent;
    *column = place;
    return true;
}

struct place {
    size_t table;
    int column;
    bool ended; /* all that it leads to is known */
};

/* The columns whose types decide one: the ends of its chains of foreign keys. */
struct roots {
    struct arena *arena;
    const struct plan *plan;
    struct place *seen;
    size_t seen_count;
    size_t seen_capacity;
    struct place *ends;
    size_t end_count;
    size_t end_capacity;
};

static const struct place *find_seen(const struct roots *roots, size_t table, int column)
{
    for (size_t i = 0; i < roots->seen_count; i++)
        if (roots->seen[i].table == table && roots->seen[i].column == column)
            return &roots->seen[i];
    return NULL;
}

/* Notes those that this column leads to and that are not seen yet.  False: it is an end, or leads in a circle
 * to itself. */
static bool visit_parents(struct roots *roots, size_t table, int column, struct place **next,
                          size_t *next_count)
{
    const struct table *source = roots->plan->tables[table].source;
    size_t capacity = 0;
    bool leads_on = false;

    for (size_t i = 0; i < source->foreign_key_count; i++) {
        const struct foreign_key *key = &source->foreign_keys[i];

        for (size_t j = 0; j < key->column_count; j++) {
            size_t parent = table;
            int place = column;
            const struct place *seen;

            if (key->columns[j] != column || !takes_its_type(roots->plan, key, j, &parent, &place))
                continue;
            seen = find_seen(roots, parent, place);
            leads_on = leads_on || seen == NULL || seen->ended;
            if (seen == NULL)
                ARENA_PUSH(roots->arena, *next, *next_count, capacity) =
                    (struct place){.table = parent, .column = place};
        }
    }
    return leads_on;
}

static void find_ends(struct roots *roots, size_t table, int column)
{
    struct place *next = NULL;
    size_t next_count = 0;
    size_t self = roots->seen_count;

    if (find_seen(roots, table, column) != NULL)
        return;
    ARENA_PUSH(roots->arena, roots->seen, roots->seen_count, roots->seen_capacity) =
        (struct place){.table = table, .column = column};
    if (!visit_parents(roots, table, column, &next, &next_count))
        ARENA_PUSH(roots->arena, roots->ends, roots->end_count, roots->end_capacity) =
            (struct place){.table = table, .column = column};
    for (size_t i = 0; i < next_count; i++)
        find_ends(roots, next[i].table, next[i].column);
    roots->seen[self].ended = true;
}

static struct roots find_roots(struct arena *arena, const struct plan *plan, size_t table, int column)
{
    struct roots roots = {.arena = arena, .plan = plan};

    find_ends(&roots, table, column);
    return roots;
}

static void add_override(struct arena *arena, struct upgrade_result *result, struct type_override override)
{
    ARENA_PUSH(arena, result->widened, result->widened_count, result->widened_capacity) = override;
}

static bool is_widened_already(const struct upgrade_result *result, const struct type_override *override)
{
    for (size_t i = 0; i < result->widened_count; i++) {
        const struct type_override *other = &result->widened[i];

        if (!other->nullable && str_equal(other->table, override->table) &&
            str_equal(other->column, override->column) && pg_type_equal(&other->type, &override->type))
            return true;
    }
    return false;
}

static void widen_root(struct arena *arena, struct upgrade_result *result, const struct place *root)
{
    const struct plan_table *table = &result->prepared.plan.tables[root->table];
    const struct plan_column *from = &table->columns[root->column];
    struct type_override override = {.table = table->source->name.text,
                                     .column = from->source->name.text,
                                     .type = pg_type_of(wider[from->type.kind]),
                                     .widened = true,
                                     .reason = str_printf(arena,
                                                          "widened from %.*s, which does not hold all values",
                                                          STR_ARGS(pg_type_text(arena, &from->type)))};

    if (from->type.kind == PG_NUMERIC && from->type.precision > 0)
        override.type = pg_type_of(PG_NUMERIC); /* first without its limits */
    if (!is_widened_already(result, &override))
        add_override(arena, result, override);
}

/* A child of several parents takes the type of each: one that stayed as it is would take the others' key. */
static void widen_type(struct arena *arena, struct upgrade_result *result, size_t place, int column)
{
    struct roots roots = find_roots(arena, &result->prepared.plan, place, column);

    for (size_t i = 0; i < roots.end_count; i++)
        widen_root(arena, result, &roots.ends[i]);
}

static void allow_nulls(struct arena *arena, struct upgrade_result *result, size_t place, int column)
{
    const struct plan_table *table = &result->prepared.plan.tables[place];

    add_override(
        arena, result,
        (struct type_override){.table = table->source->name.text,
                               .column = table->columns[column].source->name.text,
                               .type = table->columns[column].type,
                               .nullable = true,
                               .reason = str_from("it holds NULLs, so its key is a unique constraint")});
}

/* Whether widening would take the numbers away that the rows of this column, or of its parent, are given. */
static bool numbers_itself(const struct plan *plan, size_t place, int column)
{
    struct arena *arena = arena_new();
    struct roots roots = find_roots(arena, plan, place, column);
    bool numbers = false;

    for (size_t i = 0; i < roots.end_count; i++) {
        const struct plan_column *root = &plan->tables[roots.ends[i].table].columns[roots.ends[i].column];

        numbers = numbers || (root->identity != IDENTITY_NO && !pg_kind_is_integer(wider[root->type.kind]));
    }
    arena_free(arena);
    return numbers;
}

enum widening {
    WIDENING_NONE, /* its values fit */
    WIDENING_NOT_ASKED,
    WIDENING_IMPOSSIBLE,
    WIDENING_POSSIBLE
};

/* *why: of WIDENING_IMPOSSIBLE. */
static enum widening judge(const struct upgrade_options *options, const struct upgrade_result *result,
                           size_t place, size_t column, const char **why)
{
    const struct plan_table *table = &result->prepared.plan.tables[place];
    const struct plan_column *planned = &table->columns[column];
    int64_t all = result->load.misfits.by_column[place][column];
    int64_t nulls = result->load.misfits.nulls[place][column];

    *why = NULL;
    if (all == 0)
        return WIDENING_NONE;
    if (policy_of(options, table->source->name.text, planned->source->name.text) != MISFIT_WIDEN)
        return WIDENING_NOT_ASKED;
    if (all > nulls && numbers_itself(&result->prepared.plan, place, (int)column))
        *why = "its foreign key gives it the type of a column that numbers itself, which text cannot";
    else if (all > nulls && planned->type.kind == PG_BYTEA)
        *why = "no type holds both bytes that are no text and numbers";
    else if (nulls > 0 && planned->source->not_null)
        *why = "it is NOT NULL and holds NULLs";
    return *why != NULL ? WIDENING_IMPOSSIBLE : WIDENING_POSSIBLE;
}

static void widen_column(struct arena *arena, struct upgrade_result *result, size_t place, int column)
{
    int64_t all = result->load.misfits.by_column[place][column];
    int64_t nulls = result->load.misfits.nulls[place][column];

    if (nulls > 0)
        allow_nulls(arena, result, place, column);
    if (all > nulls)
        widen_type(arena, result, place, column);
}

void widen_set(struct arena *arena, const struct upgrade_options *options,
               const struct upgrade_result *result, struct plan_options *plan)
{
    size_t given = options->plan.override_count;
    struct type_override *all = ARENA_ARRAY(arena, struct type_override, given + result->widened_count);

    for (size_t i = 0; i < given; i++)
        all[i] = options->plan.overrides[i];
    for (size_t i = 0; i < result->widened_count; i++)
        all[given + i] = result->widened[i];
    plan->overrides = all;
    plan->override_count = given + result->widened_count;
}

/* A misfit that the user wants to stop for stops: what a second load would find is known. */
static bool may_widen(const struct upgrade_options *options, const struct upgrade_result *result)
{
    const struct plan *plan = &result->prepared.plan;
    const char *why;

    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            if (judge(options, result, i, j, &why) == WIDENING_NOT_ASKED)
                return false;
    return true;
}

bool widen(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
           struct plan_options *plan)
{
    bool widened = false;
    const char *why;

    if (!may_widen(options, result))
        return false;
    for (size_t i = 0; i < result->prepared.plan.table_count; i++) {
        for (size_t j = 0; j < result->prepared.plan.tables[i].column_count; j++) {
            if (judge(options, result, i, j, &why) != WIDENING_POSSIBLE)
                continue;
            widen_column(arena, result, i, (int)j);
            widened = true;
        }
    }
    if (widened)
        widen_set(arena, options, result, plan);
    return widened;
}

struct str widen_obstacles(struct arena *arena, const struct upgrade_options *options,
                           const struct upgrade_result *result)
{
    const struct plan *plan = &result->prepared.plan;
    struct buf names;
    struct str made;
    const char *why;

    buf_init(&names, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < plan->table_count; i++) {
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            if (judge(options, result, i, j, &why) != WIDENING_IMPOSSIBLE)
                continue;
            buf_printf(&names, "%s%.*s.%.*s (%s)", names.len > 0 ? ", " : "",
                       STR_ARGS(plan->tables[i].source->name.text),
                       STR_ARGS(plan->tables[i].columns[j].source->name.text), why);
        }
    }
    made = buf_to_str(arena, &names);
    buf_free(&names);
    return made;
}
