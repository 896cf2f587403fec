/* INSERT, UPDATE and DELETE of a trigger, as statements of PL/pgSQL. */
#include "plan/triggers.h"
#include "schema/virtual.h"

static bool refuse(struct trigger_maker *at, const char *what, const char *why)
{
    err_set(at->failure, ERR_DECISION, "%s", what);
    return err_detail(at->failure, "%s", why);
}

static void put_table(const struct trigger_maker *at, const struct plan_table *table, struct buf *out)
{
    ident_quote_qualified(out, at->maker->plan->target_schema, table->name);
}

void trigger_put_rows(const struct trigger_maker *at, const char *word, struct buf *out)
{
    enum trigger_event event = at->trigger->body->event;
    const char *between = word;

    if (event != TRIGGER_DELETE) {
        buf_text(out, between);
        put_table(at, at->table, out);
        buf_text(out, " AS new");
        between = ", ";
    }
    if (event == TRIGGER_INSERT)
        return;
    buf_text(out, between);
    put_table(at, at->table, out);
    buf_text(out, " AS old");
}

void trigger_return(struct trigger_maker *at, const char *indent, const char *row)
{
    if (at->flag.ptr != NULL)
        buf_printf(at->body, "%sPERFORM set_config('%.*s', '', true);\n", indent, STR_ARGS(at->flag));
    buf_printf(at->body, "%sRETURN %s;\n", indent, row);
}

/* The table that a statement writes. */
static const struct plan_table *find_target(struct trigger_maker *at, const struct name *name)
{
    const struct schema *schema = at->maker->schema;
    const struct table *source = schema_table(schema, name->text);
    const struct plan_table *table = source == NULL ? NULL : maker_planned(at->maker, source);
    bool is_view = false;

    for (size_t i = 0; i < schema->view_count; i++)
        is_view = is_view || str_equal_nocase(schema->views[i].name.text, name->text);
    if (table != NULL && (source->virtual == NULL || source->virtual->kind == VIRTUAL_FTS3 ||
                          source->virtual->kind == VIRTUAL_FTS5))
        return table;
    err_set(at->failure, ERR_DECISION, "it writes %.*s", STR_ARGS(name->text));
    err_detail(at->failure, "%s",
               is_view          ? "a view, whose own triggers it relies on"
               : source == NULL ? "there is no such table"
               : table != NULL  ? "an index of boxes, which rounds its coordinates"
                                : "it is not carried as a table");
    return NULL;
}

/* A column that a statement gives a value; -1 and the reason, where it cannot. */
static int assigned_column(struct trigger_maker *at, const struct plan_table *table, struct str name)
{
    int place = trigger_column(table, name);

    if (place >= 0 && table->source->columns[place].generated == GENERATED_NO)
        return place;
    err_set(at->failure, ERR_DECISION, "it writes the column %.*s", STR_ARGS(name));
    err_detail(at->failure, place < 0 ? "there is no such column" : "it is a generated one");
    return -1;
}

static bool put_where(struct trigger_maker *at, const struct expr *where, struct buf *out)
{
    if (where == NULL)
        return true;
    buf_text(out, " WHERE ");
    return trigger_expr(at, where, TRANSLATE_CONDITION, NULL, out);
}

/* The statement for the body, and for EXPLAIN; `rows` is the word before FROM items there. */
static void put_statement(struct trigger_maker *at, struct str head, const char *rows, struct str tail)
{
    buf_printf(at->body, "    %.*s%.*s;\n", STR_ARGS(head), STR_ARGS(tail));
    buf_printf(at->check, "EXPLAIN %.*s", STR_ARGS(head));
    trigger_put_rows(at, rows, at->check);
    buf_printf(at->check, "%.*s;\n", STR_ARGS(tail));
}

/* ---- UPDATE, DELETE ---- */

static bool put_assignments(struct trigger_maker *at, const struct trigger_step *step, struct buf *out)
{
    for (size_t i = 0; i < step->assignment_count; i++) {
        const struct assignment *assignment = &step->assignments[i];
        int place = assigned_column(at, at->target, assignment->column.text);

        if (place < 0)
            return false;
        if (assignment->several)
            return refuse(at, "SET (...) = ...", "it sets several columns from one row value");
        buf_text(out, i == 0 ? " SET " : ", ");
        ident_quote(out, at->target->columns[place].name);
        buf_text(out, " = ");
        if (!trigger_expr(at, assignment->value, TRANSLATE_OF_TYPE, &at->target->columns[place].type, out))
            return false;
    }
    return true;
}

/* What it does to other rows of its own table would depend on when it runs. */
static bool check_own_row(struct trigger_maker *at, const struct trigger_step *step)
{
    if (at->target != at->table)
        return true;
    if (step->kind == STEP_INSERT)
        return refuse(at, "it adds rows to its own table", "PostgreSQL runs it when all rows are there");
    return trigger_is_pinned(at->table, step->where, true, false) ||
           refuse(at, "it changes other rows of its own table than the one that fires it",
                  "PostgreSQL runs it when all rows are changed, SQLite after each");
}

static bool put_change(struct trigger_maker *at, const struct trigger_step *step, struct buf *head,
                       struct buf *tail)
{
    bool update = step->kind == STEP_UPDATE;

    at->target = find_target(at, &step->table);
    if (at->target == NULL || !check_own_row(at, step))
        return false;
    if (step->from_count > 0)
        return refuse(at, "UPDATE ... FROM", "it reads other tables");
    if (step->conflict != CONFLICT_ABORT)
        return refuse(at, "UPDATE OR ...", "PostgreSQL knows no such clause of an UPDATE");
    at->bare = at->target;
    buf_text(head, update ? "UPDATE " : "DELETE FROM ");
    put_table(at, at->target, head);
    buf_printf(head, " AS %.*s", STR_ARGS(at->alias));
    if (update && !put_assignments(at, step, head))
        return false;
    if (!put_where(at, step->where, tail))
        return false;
    put_statement(at, buf_view(head), update ? " FROM " : " USING ", buf_view(tail));
    return true;
}

/* ---- INSERT ---- */

static const struct select_core *plain_core(const struct select *select)
{
    const struct select_core *core = &select->cores[0];

    if (select->core_count != 1 || select->cte_count > 0 || select->limit != NULL || core->from_count > 0 ||
        core->group_count > 0 || core->having != NULL)
        return NULL;
    for (size_t i = 0; i < core->column_count; i++)
        if (core->columns[i].star)
            return NULL;
    return core;
}

/* Places of the columns in the order of the values; all that are not generated where none is written. */
static bool insert_columns(struct trigger_maker *at, const struct trigger_step *step, int *places,
                           size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < step->column_count; i++) {
        places[*count] = assigned_column(at, at->target, step->columns[i].text);
        if (places[(*count)++] < 0)
            return false;
    }
    for (size_t i = 0; step->column_count == 0 && i < at->target->column_count; i++)
        if (at->target->source->columns[i].generated == GENERATED_NO)
            places[(*count)++] = (int)i;
    return true;
}

static const struct expr *value_of(const struct select_core *core, size_t row, size_t column)
{
    return core->row_count > 0 ? core->rows[row].items[column] : core->columns[column].expr;
}

/* NULL for the key means the next one. */
static bool is_left_out(const struct trigger_maker *at, const struct select_core *core, size_t place,
                        int column)
{
    size_t rows = core->row_count > 0 ? core->row_count : 1;

    if (at->target->columns[column].identity == IDENTITY_NO)
        return false;
    for (size_t i = 0; i < rows; i++)
        if (value_of(core, i, place)->kind != EXPR_NULL)
            return false;
    return true;
}

static bool put_value(struct trigger_maker *at, const struct expr *value, int place, struct buf *out)
{
    const struct plan_column *column = &at->target->columns[place];
    bool identity = column->identity != IDENTITY_NO && value->kind != EXPR_INTEGER;
    struct buf name;

    at->gives_key = at->gives_key || column->identity != IDENTITY_NO;
    buf_text(out, identity ? "coalesce(" : "");
    if (!trigger_expr(at, value, TRANSLATE_OF_TYPE, &column->type, out))
        return false;
    if (!identity)
        return true;
    buf_init(&name, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&name, at->maker->plan->target_schema, column->sequence_name);
    buf_text(out, ", nextval(");
    literal_quote(out, buf_view(&name));
    buf_text(out, "))");
    buf_free(&name);
    return true;
}

static bool put_row(struct trigger_maker *at, const struct select_core *core, size_t row, const int *places,
                    size_t count, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < count; i++) {
        if (is_left_out(at, core, i, places[i]))
            continue;
        buf_text(out, first ? "" : ", ");
        first = false;
        if (!put_value(at, value_of(core, row, i), places[i], out))
            return false;
    }
    return !first || refuse(at, "an INSERT without a value", "PostgreSQL writes it otherwise");
}

static bool check_insert(struct trigger_maker *at, const struct trigger_step *step,
                         const struct select_core *core, size_t count)
{
    if (core == NULL)
        return refuse(at, "INSERT ... SELECT", "it reads tables");
    if (step->upsert || step->conflict != CONFLICT_ABORT)
        return refuse(at, "INSERT with a clause for conflicts",
                      "SQLite applies it to every kind of constraint, PostgreSQL to keys alone");
    if ((core->row_count > 0 ? core->rows[0].item_count : core->column_count) != count)
        return refuse(at, "INSERT", "it has another number of values than of columns");
    return true;
}

static bool put_insert(struct trigger_maker *at, const struct trigger_step *step, struct buf *head,
                       struct buf *tail)
{
    const struct select_core *core = plain_core(step->select);
    size_t rows = core == NULL || core->row_count == 0 ? 1 : core->row_count;
    const struct plan_table *target = find_target(at, &step->table);
    bool first = true;
    size_t count;
    int *places;

    at->target = target;
    if (target == NULL || !check_own_row(at, step))
        return false;
    places = ARENA_ARRAY(at->maker->arena, int, target->column_count + step->column_count + 1);
    if (!insert_columns(at, step, places, &count) || !check_insert(at, step, core, count))
        return false;
    buf_text(head, "INSERT INTO ");
    put_table(at, target, head);
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(at, core, i, places[i]))
            continue;
        buf_text(head, first ? " (" : ", ");
        first = false;
        ident_quote(head, target->columns[places[i]].name);
    }
    /* One statement a row, so that EXPLAIN takes the same text. */
    for (size_t i = 0; i < rows; i++) {
        struct buf row;
        bool done;

        buf_init(&row, BUF_TEXT_MAXIMUM);
        buf_printf(&row, "%.*s) SELECT ", STR_ARGS(buf_view(head)));
        done = put_row(at, core, i, places, count, &row);
        buf_clear(tail);
        done = done && put_where(at, core->where, tail);
        if (done)
            put_statement(at, buf_view(&row), " FROM ", buf_view(tail));
        buf_free(&row);
        if (!done)
            return false;
    }
    return true;
}

bool trigger_step(struct trigger_maker *at, const struct trigger_step *step)
{
    struct buf head;
    struct buf tail;
    bool done;

    at->target = at->bare = NULL;
    if (step->kind == STEP_SELECT)
        return trigger_select(at, step->select);
    buf_init(&head, BUF_TEXT_MAXIMUM);
    buf_init(&tail, BUF_TEXT_MAXIMUM);
    done =
        step->kind == STEP_INSERT ? put_insert(at, step, &head, &tail) : put_change(at, step, &head, &tail);
    buf_free(&head);
    buf_free(&tail);
    return done;
}
