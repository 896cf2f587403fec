/* Checks. */
#include "plan/private.h"

/* The column that a check is about, when it is about one alone. */
struct about {
    const struct table *table;
    int column;
    bool several;
};

static bool note_column(void *context, const struct expr *node)
{
    struct about *about = context;
    int column = node->kind == EXPR_COLUMN ? table_column(about->table, node->name) : -1;

    if (column >= 0 && about->column >= 0 && column != about->column)
        about->several = true;
    if (column >= 0)
        about->column = column;
    return true;
}

static bool spelled_by_type(const struct plan_table *table, const struct check *check)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (check_spells_type(table->source, check, table->columns[i].source, &table->columns[i].type))
            return true;
    return false;
}

static struct str check_name(struct maker *maker, size_t place, const struct check *check)
{
    const struct plan_table *table = &maker->plan->tables[place];
    struct about about = {.table = table->source, .column = -1};
    struct str column = {NULL, 0};

    if (check->name.text.len > 0)
        return names_take(&maker->constraints[place], maker_name(maker, check->name));
    (void)expr_walk(check->expr, note_column, &about);
    if (about.column >= 0 && !about.several)
        column = table->columns[about.column].name;
    return names_take(&maker->constraints[place], names_compose(maker->arena, table->name, column, "check"));
}

static void add_check(struct maker *maker, size_t place, const struct check *check)
{
    const struct plan_table *table = &maker->plan->tables[place];
    struct plan_object object = {.class = OBJECT_CHECK, .table = place, .source_sql = check->expr->sql};
    struct str condition;
    struct buf sql;

    if (spelled_by_type(table, check))
        return;
    condition = maker_translate(maker, table, check->expr, TRANSLATE_CONDITION, NULL, OBJECT_CHECK,
                                check->name.text.len > 0 ? check->name.text : check->expr->sql);
    if (condition.ptr == NULL)
        return;
    object.name = check_name(maker, place, check);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "ALTER TABLE ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_text(&sql, " ADD CONSTRAINT ");
    ident_quote(&sql, object.name);
    buf_printf(&sql, " CHECK (%.*s)", STR_ARGS(condition));
    object.sql = buf_to_str(maker->arena, &sql);
    buf_clear(&sql);
    buf_text(&sql, "SELECT count(*) OVER (), (t.*)::text FROM ");
    ident_quote_qualified(&sql, maker->plan->load_schema, table->name);
    buf_printf(&sql, " AS t WHERE NOT (%.*s) LIMIT 20", STR_ARGS(condition));
    object.row_sql = condition;
    object.probe_sql = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    maker_object(maker, object);
}

void maker_checks(struct maker *maker, size_t place)
{
    const struct table *source = maker->plan->tables[place].source;

    for (size_t i = 0; i < source->check_count; i++)
        add_check(maker, place, &source->checks[i]);
}
