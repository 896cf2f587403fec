/* The order in which a plan is made: names, types, types of keys, expressions, then all that is made after
 * the load. */
#include "plan/plan.h"

#include <stdarg.h>

#include "plan/private.h"

static const char *const class_names[OBJECT_CLASS_COUNT] = {
    [OBJECT_TABLE] = "table",
    [OBJECT_DEFAULT] = "default",
    [OBJECT_GENERATED] = "generated column",
    [OBJECT_PRIMARY_KEY] = "primary key",
    [OBJECT_UNIQUE] = "unique constraint",
    [OBJECT_INDEX] = "index",
    [OBJECT_CHECK] = "check",
    [OBJECT_FOREIGN_KEY] = "foreign key",
    [OBJECT_VIEW] = "view",
    [OBJECT_TRIGGER] = "trigger",
    [OBJECT_VIRTUAL_TABLE] = "virtual table",
    [OBJECT_EXCLUSION] = "exclusion constraint",
    [OBJECT_PARTITION] = "partition",
    [OBJECT_COLUMN] = "column",
};

const char *object_class_name(enum object_class class)
{
    return class_names[class];
}

void maker_not_carried(struct maker *maker, enum object_class class, struct str table, struct str name,
                       struct str sql, const char *format, ...)
{
    struct plan *plan = maker->plan;
    struct str reason;
    va_list args;

    va_start(args, format);
    reason.ptr = arena_vprintf(maker->arena, &reason.len, format, args);
    va_end(args);
    ARENA_PUSH(maker->arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
        (struct not_carried){.class = class, .table = table, .name = name, .reason = reason, .sql = sql};
}

void maker_note(struct maker *maker, struct str about, const char *format, ...)
{
    struct plan *plan = maker->plan;
    struct str text;
    va_list args;

    va_start(args, format);
    text.ptr = arena_vprintf(maker->arena, &text.len, format, args);
    va_end(args);
    ARENA_PUSH(maker->arena, plan->notes, plan->note_count, plan->note_capacity) =
        (struct plan_note){about, text};
}

void maker_object(struct maker *maker, struct plan_object object)
{
    struct plan *plan = maker->plan;

    ARENA_PUSH(maker->arena, plan->objects, plan->object_count, plan->object_capacity) = object;
}

void maker_note_name(struct maker *maker, struct str about, struct str wanted, struct str name)
{
    const char *why = NULL;

    if (about.len == 0)
        why = "PostgreSQL has no empty names";
    else if (wanted.len > IDENT_MAXIMUM)
        why = "names hold 63 bytes in PostgreSQL";
    else if (!str_equal(name, wanted))
        why = "its name is taken by another object";
    if (why != NULL)
        maker_note(maker, about, "is named %.*s: %s", STR_ARGS(name), why);
}

struct str maker_name(const struct maker *maker, struct name name)
{
    return names_fold(maker->arena, maker->options->names, name);
}

struct str maker_renamed(const struct maker *maker, const struct table *table, struct str column)
{
    /* The last one wins: a later --rename corrects an earlier one. */
    for (size_t i = maker->options->rename_count; i-- > 0;) {
        const struct rename *rename = &maker->options->renames[i];

        if (str_equal_nocase(rename->table, table->name.text) &&
            (column.ptr == NULL) == (rename->column.ptr == NULL) && str_equal_nocase(rename->column, column))
            return rename->name;
    }
    return (struct str){NULL, 0};
}

const struct plan_table *maker_planned(const struct maker *maker, const struct table *source)
{
    int place = maker->table_places[source - maker->schema->tables];

    return place < 0 ? NULL : &maker->plan->tables[place];
}

struct str maker_path(struct maker *maker, struct str table, struct str column)
{
    return str_printf(maker->arena, "%.*s.%.*s", STR_ARGS(table), STR_ARGS(column));
}

/* PostgreSQL's generated columns may not read each other: the other's expression stands in its place, as the
 * value that the column would hold. */
static struct str generated_sql(const struct maker_scope *place, int position)
{
    const struct plan_column *column = &place->table->columns[position];
    bool as_it_is = column->type.kind == PG_TEXT || column->type.kind == PG_BOOL ||
                    column->type.kind == PG_BYTEA || column->type.kind == PG_ENUM;

    if (column->generated_sql.ptr == NULL || as_it_is)
        return column->generated_sql;
    return str_printf(place->maker->arena, "(%.*s)::%.*s", STR_ARGS(column->generated_sql),
                      STR_ARGS(pg_type_text(place->maker->arena, &column->type)));
}

static bool find_column(void *context, struct str table, struct str name, struct translate_column *found)
{
    const struct maker_scope *place = context;
    int position;

    if (table.ptr != NULL && !str_equal_nocase(table, place->table->source->name.text))
        return false;
    position = table_column(place->table->source, name);
    if (position < 0)
        return false;
    *found = (struct translate_column){.sql = place->inlines ? generated_sql(place, position)
                                                             : (struct str){NULL, 0},
                                       .name = place->table->columns[position].name,
                                       .type = place->table->columns[position].type,
                                       .texts = maker_holds_texts(place->maker, place->table, position),
                                       .affinity = place->table->source->columns[position].affinity,
                                       .collation = place->table->source->columns[position].collation,
                                       .plain = nocase_plain(&place->table->columns[position]),
                                       .time_unit = (int)place->table->columns[position].unit};
    return true;
}

struct translate_scope maker_scope(struct maker_scope *place, const struct maker *maker,
                                   const struct plan_table *table)
{
    *place = (struct maker_scope){.maker = maker, .table = table};
    return (struct translate_scope){.column = find_column,
                                    .context = place,
                                    .collate_c = maker->options->collate_c,
                                    .utf16 = str_starts_with(maker->schema->encoding, "UTF-16")};
}

struct str maker_translate(struct maker *maker, const struct plan_table *table, const struct expr *expr,
                           enum translate_want want, const struct pg_type *type, enum object_class class,
                           struct str name)
{
    struct maker_scope place;
    struct translate_scope scope = maker_scope(&place, maker, table);
    struct err failure = {.code = ERR_NONE};
    struct str translated = {NULL, 0};
    struct buf sql;

    /* A DEFAULT sees no columns: a bare word there is a string. */
    if (class == OBJECT_DEFAULT)
        scope.column = NULL;
    place.inlines = class == OBJECT_GENERATED;
    scope.immutable = class == OBJECT_GENERATED || class == OBJECT_INDEX;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (translate_expr(expr, &scope, want, type, &sql, &failure))
        translated = buf_to_str(maker->arena, &sql);
    else
        maker_not_carried(maker, class, table->source->name.text, name, expr->sql, "%s%s%s", failure.primary,
                          failure.detail[0] == '\0' ? "" : ": ", failure.detail);
    buf_free(&sql);
    return translated;
}

/* PostgreSQL has the clause in statements only, so that none of its tables can hold it. */
static void note_conflicts(struct maker *maker, const struct table *source)
{
    if (source->on_conflict)
        maker_note(maker, source->name.text,
                   "has ON CONFLICT clauses, which PostgreSQL has in statements only: "
                   "a row in conflict is an error, unless INSERT ... ON CONFLICT says otherwise");
}

/* Two tables that the rule for names makes one: which of them keeps the name is for the user to say. */
static bool check_name(const struct maker *maker, const struct table *source, struct str name,
                       struct err *err)
{
    const struct plan *plan = maker->plan;
    struct str clipped = str_utf8_clip(name, IDENT_MAXIMUM);

    for (size_t i = 0; source->name.text.len > 0 && i < plan->table_count; i++) {
        if (!str_equal(plan->tables[i].name, clipped))
            continue;
        err_set(err, ERR_DECISION, "the tables %.*s and %.*s would both be named %.*s on PostgreSQL",
                STR_ARGS(plan->tables[i].source->name.text), STR_ARGS(source->name.text), STR_ARGS(clipped));
        if (name.len > clipped.len)
            err_detail(err, "names hold 63 bytes there");
        return err_hint(err, "--rename '%.*s=NAME' gives one of them another name",
                        STR_ARGS(ident_for_people(maker->arena, source->name.text)));
    }
    return true;
}

static bool is_excluded(const struct maker *maker, const struct table *source, struct str *why)
{
    *why = selection_excludes(maker->arena, &maker->options->selection, source->name.text);
    return why->ptr != NULL && source->kind != TABLE_SHADOW;
}

/* By the user, so that it need not be accepted as well. */
static void exclude(struct maker *maker, const struct table *source, struct str why)
{
    maker_not_carried(maker, source->virtual != NULL ? OBJECT_VIRTUAL_TABLE : OBJECT_TABLE,
                      (struct str){NULL, 0}, source->name.text, source->sql, "%.*s", STR_ARGS(why));
    maker->plan->not_carried[maker->plan->not_carried_count - 1].allowed = true;
}

static bool name_table(struct maker *maker, size_t place, struct err *err)
{
    const struct table *source = &maker->schema->tables[place];
    struct str renamed = maker_renamed(maker, source, (struct str){NULL, 0});
    struct str wanted = renamed.ptr != NULL ? renamed : maker_name(maker, source->name);
    struct plan_table *table;
    struct str why;

    if (is_excluded(maker, source, &why)) {
        exclude(maker, source, why);
        return true;
    }
    if (source->kind != TABLE_ORDINARY)
        return true;
    if (source->column_count > TABLE_COLUMNS_MAXIMUM) {
        maker_not_carried(maker, OBJECT_TABLE, (struct str){NULL, 0}, source->name.text, source->sql,
                          "it has %zu columns, and PostgreSQL takes at most %d", source->column_count,
                          TABLE_COLUMNS_MAXIMUM);
        return true;
    }
    if (!check_name(maker, source, wanted, err))
        return false;
    if (wanted.len == 0)
        wanted = str_printf(maker->arena, "table%zu", place + 1);
    maker->table_places[place] = (int)maker->plan->table_count;
    table = &maker->plan->tables[maker->plan->table_count++];
    *table = (struct plan_table){.source = source, .rows_estimate = source->rows};
    table->name = names_take(&maker->relations, wanted);
    if (renamed.ptr != NULL && !maker->options->fill)
        maker_note(maker, source->name.text, "is named %.*s: as --rename asked", STR_ARGS(table->name));
    else
        maker_note_name(maker, source->name.text, wanted, table->name);
    note_conflicts(maker, source);
    if (source->filter.ptr != NULL)
        maker_note(maker, source->name.text, "brings only the rows that --where asked for: %.*s",
                   STR_ARGS(source->filter));
    return true;
}

static void note_names(struct maker *maker)
{
    static const char *const notes[] = {
        [NAMES_AS_WRITTEN] = NULL,
        [NAMES_PRESERVE] =
            "names keep their exact spelling (--names preserve): SQL that is written by hand must "
            "quote those with capitals, as in SELECT \"Id\" FROM \"Posts\"",
        [NAMES_LOWER] =
            "names are in lower case (--names lower): SQL that quotes names with capitals, as many "
            "frameworks do, finds them no more",
        [NAMES_SNAKE] =
            "names are in snake_case (--names snake): SQL and models that use another spelling must "
            "be changed",
    };

    if (notes[maker->options->names] != NULL)
        maker_note(maker, str_from(""), "%s", notes[maker->options->names]);
}

static bool name_tables(struct maker *maker, struct err *err)
{
    size_t count = maker->schema->table_count;

    maker->plan->tables = ARENA_ARRAY(maker->arena, struct plan_table, count + 1);
    maker->table_places = ARENA_ARRAY(maker->arena, int, count + 1);
    for (size_t i = 0; i < count; i++) {
        maker->table_places[i] = -1;
        if (!name_table(maker, i, err))
            return false;
    }
    maker->constraints = ARENA_ARRAY(maker->arena, struct names, maker->plan->table_count + 1);
    for (size_t i = 0; i < maker->plan->table_count; i++)
        names_init(&maker->constraints[i], maker->arena);
    return true;
}

/* Objects for which this version has no translation at all; each is named. */
static void leave_behind(struct maker *maker)
{
    const struct schema *schema = maker->schema;

    maker_virtual_tables(maker);
    maker_triggers(maker);
    for (size_t i = 0; i < schema->unreadable_count; i++)
        maker_not_carried(maker,
                          str_is(str_from(schema->unreadable[i].what), "index") ? OBJECT_INDEX : OBJECT_TABLE,
                          schema->unreadable[i].table, schema->unreadable[i].name, schema->unreadable[i].sql,
                          "%.*s", STR_ARGS(schema->unreadable[i].reason));
    for (size_t i = 0; i < schema->table_count; i++)
        if (schema->tables[i].damage.ptr != NULL && schema->tables[i].kind == TABLE_ORDINARY)
            maker_not_carried(
                maker, OBJECT_CHECK, schema->tables[i].name.text, (struct str){NULL, 0},
                schema->tables[i].sql,
                "the text of its CREATE TABLE could not be read (%.*s), so its checks, generated columns, "
                "collations and constraint names are unknown",
                STR_ARGS(schema->tables[i].damage));
}

void plan_survey_requests(struct arena *arena, const struct schema *schema,
                          const struct plan_options *options, struct survey_request **requests, size_t *count)
{
    struct framework framework = framework_detect(arena, schema);
    struct overrides overrides = overrides_sort(arena, options);
    size_t capacity = 0;

    *requests = NULL;
    *count = 0;
    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *table = &schema->tables[i];

        if (selection_excludes(arena, &options->selection, table->name.text).ptr != NULL)
            continue;
        for (size_t j = 0; table->kind == TABLE_ORDINARY && j < table->column_count; j++) {
            struct type_choice choice;

            if (columns_are_decided(options, &overrides, table, &table->columns[j]))
                continue;
            choice = type_choose(arena, &framework, table, &table->columns[j], NULL, &options->types);
            if (choice.need == SURVEY_NOT_NEEDED &&
                columns_count_something(&overrides, table, &table->columns[j]))
                choice.need = SURVEY_SAMPLE;
            if (choice.need != SURVEY_NOT_NEEDED)
                ARENA_PUSH(arena, *requests, *count, capacity) = (struct survey_request){i, j, choice.need};
        }
    }
}

bool plan_make(struct arena *arena, const struct schema *schema, const struct plan_facts *facts,
               const struct plan_options *options, struct plan *plan, struct err *err)
{
    struct maker maker = {.arena = arena, .schema = schema, .facts = facts, .options = options, .plan = plan};

    *plan = (struct plan){.schema = schema,
                          .target_version = options->target_version,
                          .framework = framework_detect(arena, schema)};
    plan->target_schema = options->target_schema.len > 0 ? options->target_schema : str_from("public");
    plan->load_schema = options->load_schema.len > 0 ? options->load_schema : str_from("pgrade_load");
    plan->citext_schema = options->citext_schema;
    maker.overrides = overrides_sort(arena, options);
    names_init(&maker.relations, arena);
    note_names(&maker);
    if (!name_tables(&maker, err))
        return false;
    maker_name_views(&maker);
    for (size_t i = 0; i < plan->table_count; i++)
        if (!maker_columns(&maker, &plan->tables[i], err))
            return false;
    if (options->fill)
        return true;
    maker_share_key_types(&maker);
    if (!maker_nocase(&maker, err))
        return false;
    if (!maker_check_key_types(&maker, err))
        return false;
    for (size_t i = 0; i < plan->table_count; i++)
        maker_expressions(&maker, &plan->tables[i]);
    for (size_t i = 0; i < plan->table_count; i++) {
        maker_keys(&maker, i);
        maker_indexes(&maker, i);
        maker_checks(&maker, i);
    }
    for (size_t i = 0; i < plan->table_count; i++)
        maker_foreign_keys(&maker, i);
    if (maker.like_indexes > 0)
        maker_note(&maker, (struct str){NULL, 0},
                   "%zu more indexes (_like) are made than SQLite has, as %s makes them on PostgreSQL",
                   maker.like_indexes, plan->framework.name);
    maker_views(&maker);
    leave_behind(&maker);
    return maker_check_account(&maker, err);
}
