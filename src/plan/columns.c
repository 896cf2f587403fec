/* Columns: names, types, identity, defaults, generated columns. */
#include <string.h>

#include "plan/private.h"

/* Columns that every PostgreSQL table has already: src/include/access/sysattr.h. */
static const char *const system_columns[] = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"};

static bool is_system_column(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(system_columns); i++)
        if (str_is(name, system_columns[i]))
            return true;
    return false;
}

/* Another column that has the name already: which of the two keeps it is for the user to say. */
static bool check_name(const struct maker *maker, const struct plan_table *table, const struct column *source,
                       size_t place, struct str name, struct err *err)
{
    struct str clipped = str_utf8_clip(name, IDENT_MAXIMUM);

    for (size_t i = 0; i < place; i++) {
        struct str path = table->source->name.text;

        if (!str_equal(table->columns[i].name, clipped))
            continue;
        err_set(err, ERR_DECISION, "%.*s: the columns %.*s and %.*s would both be named %.*s on PostgreSQL",
                STR_ARGS(path), STR_ARGS(table->columns[i].source->name.text), STR_ARGS(source->name.text),
                STR_ARGS(clipped));
        if (name.len > clipped.len)
            err_detail(err, "names hold 63 bytes there");
        return err_hint(err, "--rename '%.*s.%.*s=NAME' gives one of them another name",
                        STR_ARGS(ident_for_people(maker->arena, path)),
                        STR_ARGS(ident_for_people(maker->arena, source->name.text)));
    }
    return true;
}

static bool name_column(struct maker *maker, const struct plan_table *table, size_t place,
                        struct names *taken, struct err *err)
{
    struct plan_column *column = &table->columns[place];
    const struct column *source = column->source;
    struct str renamed = maker_renamed(maker, table->source, source->name.text);
    struct str wanted = renamed.ptr != NULL ? renamed : maker_name(maker, source->name);
    const char *why = renamed.ptr != NULL ? "as --rename asked" : NULL;

    if (wanted.len == 0) {
        wanted = str_printf(maker->arena, "column%zu", place + 1);
        why = "PostgreSQL has no empty names";
    } else if (is_system_column(wanted)) {
        wanted = str_printf(maker->arena, "%.*s_", STR_ARGS(wanted));
        why = "PostgreSQL keeps that name for itself";
    } else if (wanted.len > IDENT_MAXIMUM) {
        why = "names hold 63 bytes in PostgreSQL";
    }
    if ((why == NULL || wanted.len > IDENT_MAXIMUM || renamed.ptr != NULL) &&
        !check_name(maker, table, source, place, wanted, err))
        return false;
    column->name = names_take(taken, wanted);
    if (!str_equal(column->name, str_utf8_clip(wanted, IDENT_MAXIMUM)))
        why = "another column has that name in PostgreSQL";
    if (why != NULL)
        maker_note(maker, maker_path(maker, table->source->name.text, source->name.text), "is named %.*s: %s",
                   STR_ARGS(column->name), why);
    return true;
}

static const struct type_override *override_of(const struct maker *maker, const struct plan_table *table,
                                               const struct column *column, bool nullable)
{
    return overrides_find(&maker->overrides, table->source->name.text, column->name.text, nullable);
}

bool maker_override(const struct maker *maker, const struct plan_table *table, const struct column *column)
{
    const struct type_override *override = override_of(maker, table, column, false);

    return override != NULL && !override->widened;
}

static const struct column_facts *facts_of(const struct maker *maker, const struct plan_table *table,
                                           size_t column)
{
    size_t place = (size_t)(table->source - maker->schema->tables);

    if (maker->facts == NULL || maker->facts->columns == NULL || maker->facts->columns[place] == NULL)
        return NULL;
    return maker->facts->columns[place][column];
}

/* What --unit says of the column; NULL: nothing. */
static const struct unit_override *unit_of(const struct plan_options *options, const struct table *table,
                                           const struct column *column)
{
    for (size_t i = options->unit_count; i-- > 0;) {
        const struct unit_override *override = &options->units[i];

        if (str_equal_nocase(override->table, table->name.text) &&
            str_equal_nocase(override->column, column->name.text))
            return override;
    }
    return NULL;
}

static bool takes_unit(enum pg_kind kind)
{
    return kind == PG_DATE || kind == PG_TIMESTAMP || kind == PG_TIMESTAMPTZ || kind == PG_INTERVAL;
}

bool columns_are_decided(const struct plan_options *options, const struct overrides *overrides,
                         const struct table *table, const struct column *column)
{
    const struct type_override *type = overrides_find(overrides, table->name.text, column->name.text, false);

    return type != NULL && (!takes_unit(type->type.kind) || unit_of(options, table, column) != NULL);
}

static bool choose_unit(struct maker *maker, const struct plan_table *table, struct plan_column *column,
                        struct err *err)
{
    const struct unit_override *override = unit_of(maker->options, table->source, column->source);
    struct str path;

    if (override == NULL)
        return true;
    column->unit = override->unit;
    if (override->reason.ptr != NULL)
        column->reason = override->reason;
    else
        column->reason = override_of(maker, table, column->source, false) != NULL
                             ? str_from("as --type and --unit asked")
                             : str_printf(maker->arena, "declared %.*s; its numbers count what --unit says",
                                          STR_ARGS(column->source->declared));
    if (takes_unit(column->type.kind))
        return true;
    path = maker_path(maker, table->source->name.text, column->source->name.text);
    err_set(err, ERR_USAGE, "--unit: %.*s is to be %.*s, whose numbers have no unit", STR_ARGS(path),
            STR_ARGS(pg_type_text(maker->arena, &column->type)));
    return err_hint(err, "say what it is as well: --type %.*s=timestamptz", STR_ARGS(path));
}

static void choose_type(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct type_override *override = override_of(maker, table, column->source, false);
    const struct column_facts *facts = facts_of(maker, table, (size_t)column->source_position);
    struct type_choice choice = type_choose(maker->arena, &maker->plan->framework, table->source,
                                            column->source, facts, &maker->options->types);

    column->type = override != NULL ? override->type : choice.type;
    if (column->type.kind == PG_ENUM && column->type.name.len == 0)
        column->type.name = names_compose(maker->arena, table->name, column->name, "enum");
    column->reason = override != NULL ? override->reason : choice.reason;
    column->unit = choice.unit;
    /* DurationField: BaseDatabaseOperations.adapt_durationfield_value(), django/db/backends/base. */
    if (column->type.kind == PG_INTERVAL && maker->plan->framework.id == FRAMEWORK_DJANGO)
        column->unit = UNIT_MICROSECONDS;
    column->sampled = facts != NULL && facts->sampled;
    column->not_null = column->source->not_null || (column->source->key_position > 0 &&
                                                    override_of(maker, table, column->source, true) == NULL);
}

/* SQLite keeps 1, '1' and x'31' apart; in a column of one type they are one value. */
static void note_mixed(struct maker *maker, const struct plan_table *table, const struct plan_column *column)
{
    const struct column_facts *facts = facts_of(maker, table, (size_t)column->source_position);
    enum pg_kind kind = column->type.kind;
    bool joins = kind == PG_TEXT || kind == PG_VARCHAR || kind == PG_CHAR || kind == PG_BYTEA;

    if (!joins || facts == NULL ||
        (facts->integers + facts->reals > 0) + (facts->texts > 0) + (facts->blobs > 0) < 2)
        return;
    maker_note(
        maker, maker_path(maker, table->source->name.text, column->source->name.text),
        "holds values of several storage classes (%lld integers, %lld reals, %lld texts, %lld blobs%s): "
        "as %s those that are spelled alike, such as 1 and '1', become equal",
        (long long)facts->integers, (long long)facts->reals, (long long)facts->texts, (long long)facts->blobs,
        facts->sampled ? ", in a sample" : "", pg_kind_name(kind));
}

/* Two enums of one name with the same labels are one type; with others the second is renamed. */
static void share_enum(struct maker *maker, struct plan_column *column)
{
    struct plan *plan = maker->plan;
    struct pg_type *type = &column->type;

    if (type->kind != PG_ENUM)
        return;
    type->name = maker_name(maker, (struct name){type->name, QUOTE_DOUBLE});
    for (size_t i = 0; i < plan->enum_count; i++) {
        const struct pg_type *other = &plan->enums[i].type;
        bool same = other->label_count == type->label_count && str_equal(other->name, type->name);

        for (size_t j = 0; same && j < type->label_count; j++)
            same = str_equal(other->labels[j], type->labels[j]);
        if (same)
            return;
    }
    type->name = names_take(&maker->relations, type->name);
    ARENA_PUSH(maker->arena, plan->enums, plan->enum_count, plan->enum_capacity) = (struct plan_enum){*type};
}

bool maker_columns(struct maker *maker, struct plan_table *table, struct err *err)
{
    const struct table *source = table->source;
    struct names taken;

    names_init(&taken, maker->arena);
    table->columns = ARENA_ARRAY(maker->arena, struct plan_column, source->column_count + 1);
    table->column_count = source->column_count;
    for (size_t i = 0; i < source->column_count; i++) {
        struct plan_column *column = &table->columns[i];

        *column = (struct plan_column){.source = &source->columns[i], .source_position = (int)i};
        if (!name_column(maker, table, i, &taken, err))
            return false;
        choose_type(maker, table, column);
        if (!choose_unit(maker, table, column, err))
            return false;
        share_enum(maker, column);
    }
    return true;
}

/* A child column takes the type of the key it references.  Keys may reference further keys, and themselves:
 * repeated until nothing changes, at most once for each table. */
static bool share_one(struct maker *maker, struct plan_table *table, const struct foreign_key *key)
{
    const struct table *parent;
    const int *columns;
    const char *why;
    const struct plan_table *target;
    bool changed = false;

    if (!foreign_key_target(maker->schema, key, &parent, &columns, maker->arena, &why))
        return false;
    target = maker_planned(maker, parent);
    if (target == NULL)
        return false;
    for (size_t i = 0; i < key->column_count; i++) {
        struct plan_column *child = &table->columns[key->columns[i]];
        const struct plan_column *from = &target->columns[columns[i]];

        if (child == from || pg_type_equal(&child->type, &from->type) ||
            override_of(maker, table, child->source, false) != NULL)
            continue;
        child->type = from->type;
        child->unit = from->unit;
        child->sampled = from->sampled;
        child->reason = str_printf(maker->arena, "the type of %.*s.%.*s, which it references",
                                   STR_ARGS(target->name), STR_ARGS(from->name));
        changed = true;
    }
    return changed;
}

void maker_share_key_types(struct maker *maker)
{
    struct plan *plan = maker->plan;
    bool changed = true;

    for (size_t round = 0; changed && round <= plan->table_count; round++) {
        changed = false;
        for (size_t i = 0; i < plan->table_count; i++)
            for (size_t j = 0; j < plan->tables[i].source->foreign_key_count; j++)
                changed =
                    share_one(maker, &plan->tables[i], &plan->tables[i].source->foreign_keys[j]) || changed;
    }
}

/* INTEGER PRIMARY KEY gives ids by itself.  A key of another integer spelling gives NULLs in SQLite, which
 * nobody wants and PostgreSQL refuses: it gets an identity too, so that an INSERT without an id works as it
 * did. */
static bool wants_identity(const struct plan_table *table, const struct plan_column *column)
{
    const struct table *source = table->source;

    if (!pg_kind_is_integer(column->type.kind) || column->source->generated != GENERATED_NO)
        return false;
    if (source->rowid_column == column->source_position)
        return true;
    return source->primary != NULL && source->primary->part_count == 1 && !source->without_rowid &&
           source->primary->parts[0].column == column->source_position && !column->source->not_null &&
           column->not_null && column->source->default_value == NULL;
}

/* A key that is a foreign key as well: its numbers are those of the rows that it references. */
static bool is_foreign(const struct table *source, const struct plan_column *column)
{
    for (size_t i = 0; i < source->foreign_key_count; i++)
        if (source->foreign_keys[i].column_count == 1 &&
            source->foreign_keys[i].columns[0] == column->source_position)
            return true;
    return false;
}

/* Frameworks make serial columns, which their later migrations count on; serial names its sequence itself, so
 * that where the name is taken only an identity column will do. */
static void decide_identity(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    bool framework = maker->plan->framework.id != FRAMEWORK_NONE;
    struct str wanted;

    if (!wants_identity(table, column)) {
        if (table->source->rowid_column == column->source_position)
            maker_not_carried(maker, OBJECT_DEFAULT, table->source->name.text, column->source->name.text,
                              column->source->declared,
                              "SQLite gives a new row its number here; as %s PostgreSQL gives none",
                              pg_kind_name(column->type.kind));
        return;
    }
    if (framework && is_foreign(table->source, column)) {
        maker_note(maker, maker_path(maker, table->source->name.text, column->source->name.text),
                   "gets no numbers by itself, but those of the rows that it references, as %s makes it",
                   maker->plan->framework.name);
        return;
    }
    wanted = names_compose(maker->arena, table->name, column->name, "seq");
    column->sequence_name = names_take(&maker->relations, wanted);
    column->identity =
        framework && str_equal(column->sequence_name, wanted) ? IDENTITY_SERIAL : IDENTITY_BY_DEFAULT;
    if (table->source->sequence > 0 && table->source->sequence < INT64_MAX)
        table->identity_next = table->source->sequence + 1;
}

/* What of the generated columns is known while they are decided. */
struct generated_order {
    const struct table *table;
    bool *decided;
};

static bool is_decided(void *context, const struct expr *node)
{
    const struct generated_order *generated = context;
    int place = node->kind == EXPR_COLUMN ? table_column(generated->table, node->name) : -1;

    return place < 0 || generated->decided[place];
}

struct constants {
    const struct table *table;
    bool has_column;
    bool has_text;
    bool has_empty; /* x IN (), which is FALSE whatever x is */
};

static bool is_empty_list(const struct expr *node)
{
    return node->kind == EXPR_IN && node->item_count == 1 && node->select == NULL && !node->in_table;
}

/* These make or read a text of numbers too. */
static bool makes_text(const struct expr *node)
{
    return node->kind == EXPR_LIKE || (node->kind == EXPR_FUNCTION && (str_is_nocase(node->name, "lower") ||
                                                                       str_is_nocase(node->name, "upper")));
}

static bool note_leaf(void *context, const struct expr *node)
{
    struct constants *found = context;
    bool column = node->kind == EXPR_COLUMN && table_column(found->table, node->name) >= 0;

    found->has_column = found->has_column || column;
    found->has_empty = found->has_empty || is_empty_list(node);
    found->has_text = found->has_text || makes_text(node) || node->kind == EXPR_TEXT ||
                      (node->kind == EXPR_COLUMN && !column);
    return true;
}

/* PostgreSQL computes what is constant in the expression of a generated column before it knows collations,
 * and then fails: lower('A') || c. */
static bool computes_no_constant_text(void *context, const struct expr *node)
{
    struct constants found = {.table = context};

    if (node->kind == EXPR_TEXT || node->kind == EXPR_COLUMN)
        return true;
    (void)expr_walk(node, note_leaf, &found);
    return (found.has_column && !found.has_empty) || !found.has_text;
}

/* NULL ptr: nothing is known against it. */
static struct str why_not_generated(const struct maker *maker, const struct table *table,
                                    const struct column *column)
{
    const struct expr *expr = column->generated_as;

    if (expr == NULL)
        return str_from("its expression is unknown");
    for (size_t i = 0; i < maker->options->ordinary_count; i++) {
        const struct ordinary_column *ordinary = &maker->options->ordinary[i];

        if (str_equal_nocase(ordinary->table, table->name.text) &&
            str_equal_nocase(ordinary->column, column->name.text))
            return ordinary->reason;
    }
    if (!expr_walk(expr, computes_no_constant_text, (void *)(uintptr_t)table))
        return str_from("it computes a text of constants, which PostgreSQL takes in no generated column");
    return (struct str){NULL, 0};
}

/* No program gives it a value, so a NOT NULL would refuse every new row. */
static void leave_empty(struct maker *maker, const struct plan_table *table, struct plan_column *column)
{
    if (!column->not_null || column->source->key_position > 0)
        return;
    column->not_null = false;
    maker_note(maker, maker_path(maker, table->source->name.text, column->source->name.text),
               "may be NULL in new rows, since nothing computes it");
}

static void decide_generated(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct expr *expr = column->source->generated_as;
    struct str source = table->source->name.text;
    struct str why = why_not_generated(maker, table->source, column->source);

    if (why.ptr != NULL)
        maker_not_carried(maker, OBJECT_GENERATED, source, column->source->name.text,
                          expr == NULL ? (struct str){NULL, 0} : expr->sql,
                          "%.*s; its values are carried, as an ordinary column", STR_ARGS(why));
    else
        column->generated_sql = maker_translate(maker, table, expr, TRANSLATE_OF_TYPE, &column->type,
                                                OBJECT_GENERATED, column->source->name.text);
    if (column->generated_sql.ptr == NULL)
        leave_empty(maker, table, column);
    else if (column->source->generated == GENERATED_VIRTUAL)
        maker_note(maker, maker_path(maker, source, column->source->name.text),
                   "is computed when a row is written and stored, no longer when it is read");
}

/* Those that others read first.  SQLite refuses to read columns that read each other in a circle. */
static void decide_all_generated(struct maker *maker, struct plan_table *table)
{
    struct generated_order generated = {.table = table->source,
                                        .decided = ARENA_ARRAY(maker->arena, bool, table->column_count + 1)};
    bool changed = true;

    for (size_t i = 0; i < table->column_count; i++)
        generated.decided[i] = table->columns[i].source->generated == GENERATED_NO;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < table->column_count; i++) {
            const struct expr *expr = table->columns[i].source->generated_as;

            if (generated.decided[i] || (expr != NULL && !expr_walk(expr, is_decided, &generated)))
                continue;
            decide_generated(maker, table, &table->columns[i]);
            generated.decided[i] = changed = true;
        }
    }
    for (size_t i = 0; i < table->column_count; i++)
        if (!generated.decided[i])
            maker_not_carried(maker, OBJECT_GENERATED, table->source->name.text,
                              table->columns[i].source->name.text,
                              table->columns[i].source->generated_as->sql,
                              "it reads itself by way of other generated columns");
}

static void decide_default(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct expr *expr = column->source->default_value;

    if (expr == NULL || column->identity != IDENTITY_NO || column->source->generated != GENERATED_NO)
        return;
    column->default_sql = maker_translate(maker, table, expr, TRANSLATE_OF_TYPE, &column->type,
                                          OBJECT_DEFAULT, column->source->name.text);
    if (str_is_nocase(column->default_sql, "NULL"))
        column->default_sql = (struct str){NULL, 0};
}

void maker_expressions(struct maker *maker, struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        note_mixed(maker, table, &table->columns[i]);
        decide_identity(maker, table, &table->columns[i]);
        decide_default(maker, table, &table->columns[i]);
    }
    decide_all_generated(maker, table);
}
