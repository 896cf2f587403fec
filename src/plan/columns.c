/* Columns: names, types, units, defaults. */
#include "plan/default_fit.h"
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
    if (why != NULL && !maker->options->fill)
        maker_note(maker, maker_path(maker, table->source->name.text, source->name.text), "is named %.*s: %s",
                   STR_ARGS(column->name), why);
    return true;
}

const struct type_override *maker_override(const struct maker *maker, const struct plan_table *table,
                                           const struct column *column, bool nullable)
{
    return overrides_find(&maker->overrides, table->source->name.text, column->name.text, nullable);
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

bool columns_count_something(const struct overrides *overrides, const struct table *table,
                             const struct column *column)
{
    const struct type_override *type = overrides_find(overrides, table->name.text, column->name.text, false);

    return type != NULL && takes_unit(type->type.kind) && type->type.kind != PG_INTERVAL;
}

static bool choose_unit(struct maker *maker, const struct plan_table *table, struct plan_column *column,
                        struct err *err)
{
    const struct unit_override *override = unit_of(maker->options, table->source, column->source);
    struct str path;

    if (override == NULL)
        return true;
    column->unit = override->unit;
    column->unit_found = override->found;
    if (override->reason.ptr != NULL)
        column->reason = override->reason;
    else
        column->reason = maker_override(maker, table, column->source, false) != NULL
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

/* Declared as something else, and asked to be moments: the numbers tell as well what they count. */
static enum time_unit told_unit(const struct plan_column *column, const struct column_facts *facts)
{
    bool asks = facts != NULL && takes_unit(column->type.kind) && column->type.kind != PG_INTERVAL;

    return asks ? type_unit(facts) : UNIT_NONE;
}

static void choose_type(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct type_override *override = maker_override(maker, table, column->source, false);
    const struct column_facts *facts = facts_of(maker, table, (size_t)column->source_position);
    struct type_choice choice = type_choose(maker->arena, &maker->plan->framework, table->source,
                                            column->source, facts, &maker->options->types);

    column->type = override != NULL ? override->type : choice.type;
    if (column->type.kind == PG_ENUM && column->type.name.len == 0)
        column->type.name = names_compose(maker->arena, table->name, column->name, "enum");
    column->reason = override != NULL ? override->reason : choice.reason;
    column->unit = choice.unit;
    if (column->unit == UNIT_NONE && override != NULL)
        column->unit = told_unit(column, facts);
    column->unit_found = column->unit != UNIT_NONE && column->type.kind != PG_INTERVAL;
    /* DurationField: BaseDatabaseOperations.adapt_durationfield_value(), django/db/backends/base. */
    if (column->type.kind == PG_INTERVAL && maker->plan->framework.id == FRAMEWORK_DJANGO)
        column->unit = UNIT_MICROSECONDS;
    column->sampled = facts != NULL && facts->sampled;
    column->not_null =
        column->source->not_null ||
        (column->source->key_position > 0 && maker_override(maker, table, column->source, true) == NULL);
}

bool maker_holds_texts(const struct maker *maker, const struct plan_table *table, int position)
{
    const struct plan_column *column = &table->columns[position];
    const struct column_facts *facts = facts_of(maker, table, (size_t)column->source_position);
    const struct type_override *override = maker_override(maker, table, column->source, false);

    return column->type.kind == PG_BYTEA &&
           ((override != NULL && override->widened) || (facts != NULL && facts->texts > 0));
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

static void decide_default(struct maker *maker, struct plan_table *table, struct plan_column *column)
{
    const struct expr *expr = column->source->default_value;
    const char *why;

    if (expr == NULL || column->identity != IDENTITY_NO || column->source->generated != GENERATED_NO)
        return;
    column->default_sql = maker_translate(maker, table, expr, TRANSLATE_OF_TYPE, &column->type,
                                          OBJECT_DEFAULT, column->source->name.text);
    if (str_is_nocase(column->default_sql, "NULL"))
        column->default_sql = (struct str){NULL, 0};
    if (column->default_sql.ptr == NULL)
        return;
    why = default_excess(expr, &column->type);
    if (why == NULL)
        return;
    column->default_sql = (struct str){NULL, 0};
    maker_not_carried(maker, OBJECT_DEFAULT, table->source->name.text, column->source->name.text, expr->sql,
                      "%s than %.*s holds, and PostgreSQL would refuse every row without a value", why,
                      STR_ARGS(pg_type_text(maker->arena, &column->type)));
}

void maker_expressions(struct maker *maker, struct plan_table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        note_mixed(maker, table, &table->columns[i]);
        maker_identity(maker, table, &table->columns[i]);
        decide_default(maker, table, &table->columns[i]);
    }
    maker_generated(maker, table);
}
