/*
 * Constraints of source and target side by side, by what they mean: a unique or a check by its columns, a
 * foreign key by its pairs of columns.  Names differ between the makers of a schema, and expressions are
 * written anew by each server, so that checks on the same columns are taken for the same.
 */
#include "plan/fill_intern.h"

#include "plan/private.h"

/* A constraint of the source, in the target's names. */
struct meaning {
    enum object_class class;
    struct str *columns;
    size_t column_count;
    size_t column_capacity;
    struct str parent;
    struct str *parent_columns;
    struct str actions;
    struct str text; /* for people */
    bool partial;
};

struct comparison {
    struct arena *arena;
    const struct plan *plan;
    struct fill *fill;
    size_t place;
    const struct plan_table *table;
    const struct existing_table *there;
    bool *met; /* by place in there->constraints */
};

static struct str column_there(const struct comparison *it, size_t place, int column)
{
    const struct existing_column *there = it->fill->columns[place][column];

    return there != NULL ? there->name : it->plan->tables[place].columns[column].name;
}

/* lower((name)::text) and lower(name) are one; brackets and casts are each server's own. */
static struct str bare(struct arena *arena, struct str expression)
{
    struct str text;
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < expression.len; i++) {
        struct str rest = str_slice(expression, i, expression.len);

        if (str_starts_with(rest, "::text"))
            i += 5;
        else if (expression.ptr[i] != '(' && expression.ptr[i] != ')' && expression.ptr[i] != ' ' &&
                 expression.ptr[i] != '"')
            buf_byte(&out, expression.ptr[i]);
    }
    text = str_lower(arena, buf_view(&out));
    buf_free(&out);
    return text;
}

/* Without case is lower(name) on one side, or the column's own type. */
static bool same_part(struct arena *arena, struct str ours, struct str theirs)
{
    struct str a = bare(arena, ours);
    struct str b = bare(arena, theirs);

    return str_equal(ours, theirs) || str_equal(a, b) ||
           str_equal(a, str_printf(arena, "lower%.*s", STR_ARGS(b))) ||
           str_equal(b, str_printf(arena, "lower%.*s", STR_ARGS(a)));
}

static bool has_part(const struct comparison *it, const struct meaning *ours, size_t part,
                     const struct existing_constraint *theirs)
{
    for (size_t i = 0; i < theirs->column_count; i++)
        if (same_part(it->arena, ours->columns[part], theirs->columns[i]) &&
            (ours->class != OBJECT_FOREIGN_KEY ||
             str_equal(ours->parent_columns[part], theirs->parent_columns[i])))
            return true;
    return false;
}

static bool is_unique(enum object_class class)
{
    return class == OBJECT_PRIMARY_KEY || class == OBJECT_UNIQUE;
}

static bool same(const struct comparison *it, const struct meaning *ours,
                 const struct existing_constraint *theirs)
{
    bool classes = ours->partial            ? theirs->class == OBJECT_INDEX
                   : is_unique(ours->class) ? is_unique(theirs->class)
                                            : ours->class == theirs->class;

    if (!classes || ours->column_count != theirs->column_count || !str_equal(ours->parent, theirs->parent))
        return false;
    for (size_t i = 0; i < ours->column_count; i++)
        if (!has_part(it, ours, i, theirs))
            return false;
    return true;
}

static void tell_actions(const struct comparison *it, const struct meaning *ours,
                         const struct existing_constraint *theirs)
{
    static const struct str none = STR(" without actions");

    if (ours->class != OBJECT_FOREIGN_KEY || str_equal(ours->actions, theirs->actions))
        return;
    fill_differ(it->arena, it->fill, FILL_FOREIGN_KEY, false, it->there->name,
                str_printf(it->arena, "%.*s:%.*s in the source,%.*s in the target, which counts",
                           STR_ARGS(ours->text), STR_ARGS(ours->actions.len > 0 ? ours->actions : none),
                           STR_ARGS(theirs->actions.len > 0 ? theirs->actions : none)));
}

static enum fill_kind kind_of(enum object_class class)
{
    return class == OBJECT_CHECK         ? FILL_CHECK
           : class == OBJECT_FOREIGN_KEY ? FILL_FOREIGN_KEY
           : class == OBJECT_EXCLUSION   ? FILL_EXCLUSION
                                         : FILL_UNIQUE;
}

static void meet(const struct comparison *it, const struct meaning *ours)
{
    bool met = false;

    for (size_t i = 0; i < it->there->constraint_count; i++) {
        const struct existing_constraint *theirs = &it->there->constraints[i];

        if (!same(it, ours, theirs))
            continue;
        if (!met)
            tell_actions(it, ours, theirs);
        it->met[i] = met = true;
    }
    if (!met)
        fill_differ(it->arena, it->fill, kind_of(ours->class), false, it->there->name,
                    str_printf(it->arena, "%.*s: the source alone has it; the target holds no row to it",
                               STR_ARGS(ours->text)));
}

static struct str join(struct arena *arena, const struct str *names, size_t count)
{
    struct str joined;
    struct buf text;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(names[i]));
    joined = buf_to_str(arena, &text);
    buf_free(&text);
    return joined;
}

static void compare_key(const struct comparison *it, enum object_class class, const struct key_part *parts,
                        size_t count, const struct expr *where)
{
    struct arena *arena = it->arena;
    struct meaning ours = {.class = class, .partial = where != NULL};

    ours.columns = ARENA_ARRAY(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct str name =
            parts[i].column >= 0 ? column_there(it, it->place, parts[i].column) : parts[i].expr->sql;

        if (parts[i].column >= 0 && str_is_nocase(parts[i].collation, "NOCASE"))
            name = str_printf(arena, "lower(%.*s)", STR_ARGS(name));
        ours.columns[ours.column_count++] = name;
    }
    ours.text = str_printf(arena, "%s (%.*s)%s%.*s", class == OBJECT_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE",
                           STR_ARGS(join(arena, ours.columns, count)), where != NULL ? " WHERE " : "",
                           STR_ARGS(where != NULL ? where->sql : str_from("")));
    meet(it, &ours);
}

static void compare_keys(const struct comparison *it)
{
    const struct table *source = it->table->source;

    if (source->primary != NULL)
        compare_key(it, OBJECT_PRIMARY_KEY, source->primary->parts, source->primary->part_count, NULL);
    for (size_t i = 0; i < source->unique_count; i++)
        compare_key(it, OBJECT_UNIQUE, source->uniques[i].parts, source->uniques[i].part_count, NULL);
    for (size_t i = 0; i < source->index_count; i++)
        if (source->indexes[i].unique)
            compare_key(it, OBJECT_UNIQUE, source->indexes[i].parts, source->indexes[i].part_count,
                        source->indexes[i].where);
}

struct mentioned {
    const struct comparison *it;
    struct meaning *ours;
};

static bool note_column(void *context, const struct expr *node)
{
    struct mentioned *mentioned = context;
    const struct comparison *it = mentioned->it;
    struct meaning *ours = mentioned->ours;
    int column = node->kind == EXPR_COLUMN ? table_column(it->table->source, node->name) : -1;
    struct str name;

    if (column < 0)
        return true;
    name = column_there(it, it->place, column);
    for (size_t i = 0; i < ours->column_count; i++)
        if (str_equal(ours->columns[i], name))
            return true;
    ARENA_PUSH(it->arena, ours->columns, ours->column_count, ours->column_capacity) = name;
    return true;
}

/* CHECK (flag IN (0, 1)) is what boolean means. */
static bool spells_type(const struct comparison *it, const struct check *check)
{
    for (size_t i = 0; i < it->table->column_count; i++) {
        const struct existing_column *there = it->fill->columns[it->place][i];

        if (there != NULL && there->loadable &&
            check_spells_type(it->table->source, check, it->table->columns[i].source, &there->type))
            return true;
    }
    return false;
}

static void compare_checks(const struct comparison *it)
{
    for (size_t i = 0; i < it->table->source->check_count; i++) {
        const struct check *check = &it->table->source->checks[i];
        struct meaning ours = {.class = OBJECT_CHECK};
        struct mentioned mentioned = {it, &ours};

        if (spells_type(it, check))
            continue;
        (void)expr_walk(check->expr, note_column, &mentioned);
        ours.text = str_printf(it->arena, "CHECK (%.*s)", STR_ARGS(check->expr->sql));
        meet(it, &ours);
    }
}

static struct str actions_of(struct arena *arena, const struct foreign_key *key)
{
    static const char *const actions[] = {[FK_NO_ACTION] = NULL,
                                          [FK_RESTRICT] = "RESTRICT",
                                          [FK_CASCADE] = "CASCADE",
                                          [FK_SET_NULL] = "SET NULL",
                                          [FK_SET_DEFAULT] = "SET DEFAULT"};
    const char *update = actions[key->on_update];
    const char *delete = actions[key->on_delete];

    return str_printf(arena, "%s%s%s%s%s%s", update != NULL ? " ON UPDATE " : "",
                      update != NULL ? update : "", delete != NULL ? " ON DELETE " : "",
                      delete != NULL ? delete : "", key->deferrable ? " DEFERRABLE" : "",
                      key->deferrable && key->initially_deferred ? " INITIALLY DEFERRED" : "");
}

/* A key whose parent is not carried, or cannot be found, is nothing that the target could have. */
static void compare_foreign_key(const struct comparison *it, const struct foreign_key *key)
{
    struct arena *arena = it->arena;
    struct meaning ours = {.class = OBJECT_FOREIGN_KEY, .actions = actions_of(arena, key)};
    const struct table *parent;
    const int *columns;
    const char *why;
    size_t place = 0;

    if (!foreign_key_target(it->plan->schema, key, &parent, &columns, arena, &why))
        return;
    while (place < it->plan->table_count && it->plan->tables[place].source != parent)
        place++;
    if (place == it->plan->table_count || it->fill->tables[place] == NULL)
        return;
    ours.parent = it->fill->tables[place]->name;
    ours.column_count = key->column_count;
    ours.columns = ARENA_ARRAY(arena, struct str, key->column_count + 1);
    ours.parent_columns = ARENA_ARRAY(arena, struct str, key->column_count + 1);
    for (size_t i = 0; i < key->column_count; i++) {
        ours.columns[i] = column_there(it, it->place, key->columns[i]);
        ours.parent_columns[i] = column_there(it, place, columns[i]);
    }
    ours.text = str_printf(arena, "FOREIGN KEY (%.*s) REFERENCES %.*s (%.*s)",
                           STR_ARGS(join(arena, ours.columns, ours.column_count)), STR_ARGS(ours.parent),
                           STR_ARGS(join(arena, ours.parent_columns, ours.column_count)));
    meet(it, &ours);
}

static void compare_not_null(const struct comparison *it)
{
    for (size_t i = 0; i < it->table->column_count; i++) {
        const struct existing_column *there = it->fill->columns[it->place][i];

        if (there == NULL || there->generated || there->not_null == it->table->columns[i].not_null)
            continue;
        fill_differ(it->arena, it->fill, FILL_NOT_NULL, false,
                    str_printf(it->arena, "%.*s.%.*s", STR_ARGS(it->there->name), STR_ARGS(there->name)),
                    str_from(there->not_null ? "NOT NULL: the target alone has it; a NULL there is a misfit"
                                             : "NOT NULL: the source alone has it; the target takes NULLs"));
    }
}

static void tell_rest(const struct comparison *it)
{
    for (size_t i = 0; i < it->there->constraint_count; i++) {
        const struct existing_constraint *theirs = &it->there->constraints[i];

        if (it->met[i])
            continue;
        fill_differ(it->arena, it->fill, kind_of(theirs->class), false, it->there->name,
                    str_printf(it->arena,
                               "%.*s (%.*s): the target alone has it; rows that contradict it stop the run",
                               STR_ARGS(theirs->definition), STR_ARGS(theirs->name)));
    }
}

void fill_compare_constraints(struct arena *arena, const struct plan *plan, struct fill *fill)
{
    for (size_t i = 0; i < plan->table_count; i++) {
        struct comparison it = {.arena = arena,
                                .plan = plan,
                                .fill = fill,
                                .place = i,
                                .table = &plan->tables[i],
                                .there = fill->tables[i]};

        if (it.there == NULL || it.there->obstacle != NULL)
            continue;
        it.met = ARENA_ARRAY(arena, bool, it.there->constraint_count + 1);
        compare_not_null(&it);
        compare_keys(&it);
        compare_checks(&it);
        for (size_t j = 0; j < it.table->source->foreign_key_count; j++)
            compare_foreign_key(&it, &it.table->source->foreign_keys[j]);
        tell_rest(&it);
    }
}
