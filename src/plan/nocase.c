/* The form of each column that SQLite compares without case, and of those that reference it. */
#include "plan/nocase.h"

#include "plan/private.h"
#include "plan/scope.h"

static const struct {
    const char *name;
    const char *plain;
    const char *effect;
} forms[] = {
    [NOCASE_NONE] = {NULL, NULL, NULL},
    [NOCASE_LOWER] =
        {"lower", NULL,
         "= and ORDER BY look at case here: write lower(c COLLATE \"C\"), which its indexes serve and "
         "which folds A to Z as SQLite does; LIKE looks at case, ILIKE does not"},
    [NOCASE_CITEXT] =
        {"citext", "::text",
         "=, LIKE and ORDER BY pass over case by themselves, by the database's locale: letters beyond A to Z "
         "too, which SQLite holds apart"},
    [NOCASE_ICU] = {"icu", " COLLATE \"C\"",
                    "= and ORDER BY pass over case by themselves, by Unicode's rules: letters beyond A to Z "
                    "too, and ways to write one letter, which SQLite holds apart (accents count); LIKE fails "
                    "before PostgreSQL 18 and ILIKE always: write c COLLATE \"C\" ILIKE ..."},
};

static const char rtrim_effect[] =
    "= and ORDER BY look at spaces at the end here: write rtrim(c, ' '), which its indexes serve; LIKE looks "
    "at case, ILIKE does not";

const char *nocase_form_name(enum nocase_form form)
{
    return forms[form].name;
}

bool nocase_form_parse(struct str text, enum nocase_form *form)
{
    for (size_t i = NOCASE_LOWER; i < ARRAY_LENGTH(forms); i++) {
        *form = (enum nocase_form)i;
        if (str_is(text, forms[i].name))
            return true;
    }
    return false;
}

bool nocase_is_native(const struct plan_column *column)
{
    return column->nocase == NOCASE_CITEXT || column->nocase == NOCASE_ICU;
}

const char *nocase_plain(const struct plan_column *column)
{
    return forms[column->nocase].plain;
}

static bool is_text(const struct plan_column *column)
{
    return pg_kind_is_textual(column->type.kind) && column->type.kind != PG_ENUM;
}

const char *nocase_effect(const struct plan_column *column)
{
    if (column->nocase == NOCASE_NONE && is_text(column) && str_is_nocase(column->source->collation, "RTRIM"))
        return rtrim_effect;
    return forms[column->nocase].effect;
}

enum nocase_form nocase_form_of(const struct plan_options *options, struct str table, struct str column,
                                bool *exact)
{
    enum nocase_form form = NOCASE_LOWER;
    int best = -1;

    for (size_t i = 0; i < options->nocase_count; i++) {
        const struct nocase_rule *rule = &options->nocase[i];
        int exactness = scope_exactness((struct scope){rule->table, rule->column}, table, column);

        if (exactness < 0 || exactness < best)
            continue;
        best = exactness;
        form = rule->form;
    }
    *exact = best == 2;
    return form;
}

static bool refuse_rule(struct maker *maker, const struct plan_table *table, const struct plan_column *column,
                        struct err *err)
{
    struct str path = maker_path(maker, table->source->name.text, column->source->name.text);

    if (is_text(column))
        err_set(err, ERR_USAGE, "--nocase: %.*s is not declared COLLATE NOCASE", STR_ARGS(path));
    else
        err_set(err, ERR_USAGE, "--nocase: %.*s is to be %.*s, which has no case", STR_ARGS(path),
                STR_ARGS(pg_type_text(maker->arena, &column->type)));
    return err_hint(err, "columns that reference one without case take its form by themselves");
}

static bool choose(struct maker *maker, const struct plan_table *table, struct plan_column *column,
                   struct err *err)
{
    bool exact;
    enum nocase_form form =
        nocase_form_of(maker->options, table->source->name.text, column->source->name.text, &exact);

    if (!is_text(column) || !str_is_nocase(column->source->collation, "NOCASE"))
        return !exact || refuse_rule(maker, table, column, err);
    column->nocase = form;
    return true;
}

/* ---- foreign keys ---- */

static bool refuse_unlike(struct maker *maker, const struct plan_table *table,
                          const struct plan_column *child, const struct plan_table *target,
                          const struct plan_column *parent, struct err *err)
{
    struct str path = maker_path(maker, target->source->name.text, parent->source->name.text);

    err_set(err, ERR_USAGE, "--nocase: %.*s is to be %s, and %.*s, which it references, %s",
            STR_ARGS(maker_path(maker, table->source->name.text, child->source->name.text)),
            nocase_form_name(child->nocase), STR_ARGS(path), nocase_form_name(parent->nocase));
    err_detail(err, "PostgreSQL makes a foreign key without case between columns of one form only");
    return err_hint(err, "name only the parent's column, whose form the child takes: --nocase %.*s=%s",
                    STR_ARGS(path), nocase_form_name(parent->nocase));
}

/* A child takes the form of a parent that compares without case by itself: so SQLite compares the two, by the
 * parent's collation, and PostgreSQL makes no key between a text and citext, nor between two collations. */
static bool share_one(struct maker *maker, struct plan_table *table, const struct foreign_key *key,
                      bool *changed, struct err *err)
{
    const struct table *parent;
    const int *columns;
    const char *why;
    const struct plan_table *target;
    bool exact;

    if (!foreign_key_target(maker->schema, key, &parent, &columns, maker->arena, &why))
        return true;
    target = maker_planned(maker, parent);
    for (size_t i = 0; target != NULL && i < key->column_count; i++) {
        struct plan_column *child = &table->columns[key->columns[i]];
        const struct plan_column *from = &target->columns[columns[i]];

        if (!nocase_is_native(from) || child->nocase == from->nocase || !is_text(child))
            continue;
        (void)nocase_form_of(maker->options, table->source->name.text, child->source->name.text, &exact);
        if (exact)
            return refuse_unlike(maker, table, child, target, from, err);
        if (child->nocase == NOCASE_NONE)
            maker_note(
                maker, maker_path(maker, table->source->name.text, child->source->name.text),
                "compares without case too, as its parent %.*s.%.*s does: in SQLite only their foreign "
                "key did, and = on this column looked at case",
                STR_ARGS(target->source->name.text), STR_ARGS(from->source->name.text));
        child->nocase = from->nocase;
        *changed = true;
    }
    return true;
}

static bool share(struct maker *maker, struct err *err)
{
    struct plan *plan = maker->plan;
    bool changed = true;

    for (size_t round = 0; changed && round <= plan->table_count; round++) {
        changed = false;
        for (size_t i = 0; i < plan->table_count; i++)
            for (size_t j = 0; j < plan->tables[i].source->foreign_key_count; j++)
                if (!share_one(maker, &plan->tables[i], &plan->tables[i].source->foreign_keys[j], &changed,
                               err))
                    return false;
    }
    return true;
}

/* A parent that compares exactly has children that do: PostgreSQL makes no key from a collation of ICU to it.
 */
static void leave_lower(struct maker *maker, struct plan_table *table, const struct foreign_key *key)
{
    const struct table *parent;
    const int *columns;
    const char *why;
    const struct plan_table *target;

    if (!foreign_key_target(maker->schema, key, &parent, &columns, maker->arena, &why))
        return;
    target = maker_planned(maker, parent);
    for (size_t i = 0; target != NULL && i < key->column_count; i++) {
        struct plan_column *child = &table->columns[key->columns[i]];

        if (child->nocase != NOCASE_ICU || nocase_is_native(&target->columns[columns[i]]))
            continue;
        child->nocase = NOCASE_LOWER;
        maker_note(maker, maker_path(maker, table->source->name.text, child->source->name.text),
                   "stays lower: its parent %.*s.%.*s compares exactly, and PostgreSQL makes no foreign key "
                   "between two collations",
                   STR_ARGS(target->source->name.text),
                   STR_ARGS(target->columns[columns[i]].source->name.text));
    }
}

/* ---- what is said and made ---- */

static void settle(struct maker *maker, const struct plan_table *table, struct plan_column *column)
{
    const char *name = nocase_form_name(column->nocase);
    const char *effect = nocase_effect(column);
    struct str path = maker_path(maker, table->source->name.text, column->source->name.text);
    struct str said;

    if (effect == NULL)
        return;
    if (name == NULL) {
        maker_note(maker, path, "was RTRIM: %s", effect);
        return;
    }
    said = str_printf(maker->arena, "; NOCASE as %s", name);
    /* The reason out of a saved plan says so already. */
    if (!str_contains_nocase(column->reason, said.ptr))
        column->reason = str_printf(maker->arena, "%.*s%.*s", STR_ARGS(column->reason), STR_ARGS(said));
    maker_note(maker, path, "is NOCASE as %s: %s", name, effect);
    maker->plan->uses_citext = maker->plan->uses_citext || column->nocase == NOCASE_CITEXT;
    maker->plan->uses_icu = maker->plan->uses_icu || column->nocase == NOCASE_ICU;
    if (column->nocase != NOCASE_CITEXT)
        return;
    if (column->type.length > 0)
        maker_note(maker, path, "may be longer than %d characters: citext takes no length, as in SQLite",
                   column->type.length);
    column->type = pg_type_of(PG_TEXT);
}

/* What a column alone does not tell. */
static void note_whole(struct maker *maker)
{
    const struct plan *plan = maker->plan;

    if (plan->uses_citext && plan->citext_schema.len > 0 &&
        !str_equal(plan->citext_schema, plan->target_schema))
        maker_note(
            maker, (struct str){NULL, 0},
            "the extension citext is in the schema %.*s: without it in the application's search_path, = "
            "on a column of citext compares as text does, by bytes",
            STR_ARGS(plan->citext_schema));
    if ((plan->uses_citext || plan->uses_icu) && maker->schema->view_count > 0)
        maker_note(
            maker, (struct str){NULL, 0},
            "views give columns without case as ordinary texts, so that they compare as SQLite does: in "
            "a query on a view write lower(c)");
}

bool maker_nocase(struct maker *maker, struct err *err)
{
    struct plan *plan = maker->plan;

    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            if (!choose(maker, &plan->tables[i], &plan->tables[i].columns[j], err))
                return false;
    if (!share(maker, err))
        return false;
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].source->foreign_key_count; j++)
            leave_lower(maker, &plan->tables[i], &plan->tables[i].source->foreign_keys[j]);
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            settle(maker, &plan->tables[i], &plan->tables[i].columns[j]);
    note_whole(maker);
    return true;
}
