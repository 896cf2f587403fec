#include "plan/typemap.h"

#include <string.h>

#include "plan/typemap_rules.h"

/* Whether the name is one of those that | separates. */
static bool is_among(struct str name, const char *names)
{
    struct str rest = str_from(names);

    for (;;) {
        ptrdiff_t bar = str_find(rest, '|');

        if (str_equal(name, str_slice(rest, 0, bar < 0 ? rest.len : (size_t)bar)))
            return true;
        if (bar < 0)
            return false;
        rest = str_slice(rest, (size_t)bar + 1, rest.len);
    }
}

static bool is_of_pattern(struct str name, const char *pattern)
{
    if (pattern[0] != '*')
        return str_is_nocase(name, pattern);
    return name.len >= strlen(pattern) - 1 &&
           str_is_nocase(str_slice(name, name.len - (strlen(pattern) - 1), name.len), pattern + 1);
}

static bool matches(const struct type_rule *rule, const struct question *question)
{
    const struct declared *declared = &question->declared;

    if (rule->names != NULL && (declared->is_array || !is_among(declared->name, rule->names)))
        return false;
    if (rule->modifier != 0 && (declared->modifier_count == 0 || declared->modifiers[0] != rule->modifier))
        return false;
    if (rule->table != NULL && !str_is_nocase(question->table->name.text, rule->table))
        return false;
    if (rule->column != NULL && !is_of_pattern(question->column->name.text, rule->column))
        return false;
    return rule->when == NULL || rule->when(question);
}

/* A modifier beyond PostgreSQL's limits is left out; SQLite did not obey it either. */
static void set_modifiers(struct pg_type *type, const int *modifiers, int count)
{
    bool numeric = type->kind == PG_NUMERIC;
    int64_t scale = numeric && count > 1 ? modifiers[1] : 0;

    /* A scale above the precision is a slip of somebody who meant SQLite, which looks at neither. */
    if (count > 0 && (!numeric || scale <= modifiers[0]))
        (void)pg_type_set_modifiers(type, modifiers[0], !numeric ? PG_NO_MODIFIER : scale < 0 ? 0 : scale);
    /* CHAR alone is one character to PostgreSQL and any number to SQLite. */
    if (type->kind == PG_CHAR && type->length == 0)
        *type = pg_type_of(PG_TEXT);
}

static struct pg_type make_enum(const struct question *question)
{
    bool named = question->framework->id == FRAMEWORK_SQLALCHEMY;
    const struct check *check = check_of_labels(question->table, question->column, named);
    struct pg_type type = pg_type_of(PG_ENUM);

    type.labels = check_labels(question->arena, question->table, check, &type.label_count);
    type.name = named ? check->name.text
                      : str_printf(question->arena, "%.*s_%.*s_enum", STR_ARGS(question->table->name.text),
                                   STR_ARGS(question->column->name.text));
    return type;
}

static struct pg_type type_of_rule(const struct type_rule *rule, const struct question *question)
{
    struct pg_type type = pg_type_of(rule->kind);

    if (rule->kind == PG_ENUM)
        return make_enum(question);
    if (rule->modifiers == MODIFIERS_FIXED)
        set_modifiers(&type, rule->fixed, 2);
    else if (rule->modifiers == MODIFIERS_DECLARED)
        set_modifiers(&type, question->declared.modifiers, question->declared.modifier_count);
    return type;
}

/* DEFAULT true on a number can only be meant as a boolean: GORM declares them NUMERIC, Drizzle integer. */
static bool may_be_flag(const struct type_rule *rule, const struct question *question)
{
    const struct expr *value = question->column->default_value;

    return rule->flag || ((pg_kind_is_integer(rule->kind) || rule->kind == PG_NUMERIC) && value != NULL &&
                          value->kind == EXPR_BOOLEAN);
}

static struct str say_why(const struct question *question, const struct type_rule *rule, bool general,
                          const struct verdict *verdict)
{
    struct arena *arena = question->arena;
    struct str declared = question->column->declared;
    struct str reason;

    if (!general && rule->why != NULL)
        reason = str_printf(arena, "%s: %s", question->framework->name, rule->why);
    else if (!general)
        reason = str_printf(arena, "%s: %.*s is %.*s", question->framework->name, STR_ARGS(declared),
                            STR_ARGS(pg_type_text(arena, &verdict->type)));
    else if (rule->why != NULL)
        reason = str_from(rule->why);
    else if (declared.len == 0)
        reason = str_from("no declared type");
    else
        reason = str_printf(arena, "declared %.*s", STR_ARGS(declared));
    if (verdict->note.len > 0)
        reason = str_printf(arena, "%.*s%s%.*s", STR_ARGS(reason),
                            question->contradicted ? ", which its values are not: " : "; ",
                            STR_ARGS(verdict->note));
    return reason;
}

/* The verdict of one rule; false: the values contradict it. */
static bool hear(struct question *question, const struct type_rule *rule, const struct column_facts *facts,
                 struct verdict *verdict)
{
    static const struct column_facts unknown;

    *verdict = (struct verdict){.type = type_of_rule(rule, question), .unit = rule->unit};
    if (may_be_flag(rule, question) && (facts == NULL || voice_is_flag(facts))) {
        *verdict = (struct verdict){.type = pg_type_of(PG_BOOL)};
        if (facts != NULL && facts->integers > 0)
            verdict->note = str_from("all values are 0 or 1");
        return true;
    }
    /* Before the survey only these two say something: the key from the model, and unknown types from their
     * affinity. */
    if (facts == NULL && rule->voice != VOICE_KEY && rule->voice != VOICE_ALL)
        return true;
    if (voice_speak(question, rule, facts == NULL ? &unknown : facts, verdict))
        return true;
    question->contradicted = true;
    return false;
}

static enum survey_need need_of(const struct type_rule *rule, const struct question *question)
{
    return may_be_flag(rule, question) ? SURVEY_WHOLE : voice_need(rule->voice);
}

static bool try_rule(struct question *question, const struct type_rule *rule, bool general,
                     const struct column_facts *facts, struct type_choice *choice)
{
    struct verdict verdict;

    if (!hear(question, rule, facts, &verdict))
        return false;
    *choice = (struct type_choice){.type = verdict.type,
                                   .unit = verdict.unit,
                                   .reason = say_why(question, rule, general, &verdict),
                                   .need = facts == NULL ? need_of(rule, question) : SURVEY_NOT_NEEDED};
    return true;
}

static bool try_rules(struct question *question, struct type_rules rules, bool general,
                      const struct column_facts *facts, struct type_choice *choice)
{
    for (size_t i = 0; i < rules.count; i++)
        if (matches(&rules.rules[i], question) && try_rule(question, &rules.rules[i], general, facts, choice))
            return true;
    return false;
}

struct type_choice type_choose(struct arena *arena, const struct framework *framework,
                               const struct table *table, const struct column *column,
                               const struct column_facts *facts, const struct type_options *options)
{
    struct question question = {.arena = arena,
                                .framework = framework,
                                .table = table,
                                .column = column,
                                .options = options,
                                .declared = declared_parse(arena, column->declared)};
    bool known = framework->id != FRAMEWORK_NONE;
    struct type_choice choice = {.type = pg_type_of(PG_TEXT)};

    if (!(known && (try_rules(&question, rules_of_framework(framework->id), false, facts, &choice) ||
                    try_rules(&question, rules_of_frameworks(), false, facts, &choice))))
        (void)!try_rules(&question, rules_general(), true, facts, &choice);
    return choice;
}
