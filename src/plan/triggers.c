/*
 * Triggers: each becomes a function in PL/pgSQL and a trigger that calls it, or is not carried.
 *
 * They are made when the tables are published, so that nothing of the load fires them, and in the target
 * schema: the text of a function names what it writes, and does not follow when a schema is moved.
 */
#include "plan/triggers.h"

#include <string.h>

/* ---- the row itself ---- */

/* A column that a constraint looks at has to satisfy it before the trigger too, in SQLite. */
static bool is_mentioned(void *context, const struct expr *node)
{
    const struct str *name = context;

    return node->kind != EXPR_COLUMN || !str_equal_nocase(node->name, *name);
}

static bool in_key(const struct key_part *parts, size_t count, int column)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].column == column)
            return true;
    return false;
}

static bool is_constrained(const struct table *table, int column)
{
    struct str name = table->columns[column].name.text;
    bool constrained = table->columns[column].not_null || table->damage.ptr != NULL;

    if (table->primary != NULL)
        constrained = constrained || in_key(table->primary->parts, table->primary->part_count, column);
    for (size_t i = 0; i < table->unique_count; i++)
        constrained = constrained || in_key(table->uniques[i].parts, table->uniques[i].part_count, column);
    for (size_t i = 0; i < table->index_count; i++)
        constrained = constrained || table->indexes[i].unique;
    for (size_t i = 0; i < table->check_count; i++)
        constrained = constrained || !expr_walk(table->checks[i].expr, is_mentioned, &name);
    for (size_t i = 0; i < table->foreign_key_count; i++)
        for (size_t j = 0; j < table->foreign_keys[i].column_count; j++)
            constrained = constrained || table->foreign_keys[i].columns[j] == column;
    return constrained;
}

/* Another trigger that fires where this one does, or by the UPDATE that it makes. */
static bool has_company(const struct maker *maker, const struct trigger *trigger)
{
    for (size_t i = 0; i < maker->schema->trigger_count; i++) {
        const struct trigger *other = &maker->schema->triggers[i];

        if (other != trigger && str_equal_nocase(other->table.text, trigger->table.text) &&
            (other->body == NULL || other->body->event == TRIGGER_UPDATE ||
             other->body->event == trigger->body->event))
            return true;
    }
    return false;
}

static bool reads_assigned(const struct trigger_step *step, const struct assignment *mine)
{
    for (size_t i = 0; i < step->assignment_count; i++) {
        struct str name = step->assignments[i].column.text;

        if (&step->assignments[i] != mine && !expr_walk(mine->value, is_mentioned, &name))
            return true;
    }
    return false;
}

static bool can_assign(const struct plan_table *table, const struct trigger_step *step)
{
    for (size_t i = 0; i < step->assignment_count; i++) {
        const struct assignment *assignment = &step->assignments[i];
        int column = trigger_column(table, assignment->column.text);

        if (assignment->several || column < 0 || table->columns[column].generated_sql.ptr != NULL ||
            is_constrained(table->source, column) || reads_assigned(step, assignment))
            return false;
    }
    return true;
}

/*
 * AFTER INSERT or UPDATE, and nothing but UPDATE of the same row: PostgreSQL can set NEW's columns before the
 * row is written.  That is the same where no constraint looks at these columns and no other trigger sees the
 * second UPDATE.
 */
static bool only_assigns(const struct maker *maker, const struct trigger *trigger,
                         const struct plan_table *table)
{
    const struct trigger_body *body = trigger->body;
    const struct trigger_step *step = &body->steps[0];

    if (body->timing != TRIGGER_AFTER || body->event == TRIGGER_DELETE || body->step_count != 1 ||
        step->kind != STEP_UPDATE || step->conflict != CONFLICT_ABORT || step->from_count > 0 ||
        !str_equal_nocase(step->table.text, table->source->name.text) ||
        !trigger_is_pinned(table, step->where, false, true) || has_company(maker, trigger))
        return false;
    return can_assign(table, step);
}

static bool put_assignments(struct trigger_maker *at)
{
    const struct trigger_step *step = &at->trigger->body->steps[0];

    for (size_t i = 0; i < step->assignment_count; i++) {
        const struct plan_column *column =
            &at->table->columns[trigger_column(at->table, step->assignments[i].column.text)];
        struct buf value;
        bool done;

        buf_init(&value, BUF_TEXT_MAXIMUM);
        at->bare = at->table;
        done = trigger_expr(at, step->assignments[i].value, TRANSLATE_OF_TYPE, &column->type, &value);
        if (done) {
            buf_text(at->body, "    NEW.");
            ident_quote(at->body, column->name);
            buf_printf(at->body, " := %.*s;\n", STR_ARGS(buf_view(&value)));
            buf_text(at->check, "EXPLAIN UPDATE ");
            ident_quote_qualified(at->check, at->maker->plan->target_schema, at->table->name);
            buf_text(at->check, " AS \"t\" SET ");
            ident_quote(at->check, column->name);
            buf_printf(at->check, " = %.*s", STR_ARGS(buf_view(&value)));
            trigger_put_rows(at, " FROM ", at->check);
            buf_text(at->check, ";\n");
        }
        buf_free(&value);
        if (!done)
            return false;
    }
    return true;
}

/* ---- the function ---- */

static bool put_steps(struct trigger_maker *at)
{
    const struct trigger_body *body = at->trigger->body;

    if (at->assigns)
        return put_assignments(at);
    if (at->flag.ptr != NULL)
        buf_printf(at->body,
                   "    IF current_setting('%.*s', true) = 'on' THEN\n        RETURN NULL;\n    END IF;\n"
                   "    PERFORM set_config('%.*s', 'on', true);\n",
                   STR_ARGS(at->flag), STR_ARGS(at->flag));
    for (size_t i = 0; i < body->step_count; i++)
        if (!trigger_step(at, &body->steps[i]))
            return false;
    return true;
}

static const char *returned_row(const struct trigger_maker *at)
{
    const struct trigger_body *body = at->trigger->body;

    if (body->timing == TRIGGER_AFTER && !at->assigns)
        return "NULL";
    return body->event == TRIGGER_DELETE ? "OLD" : "NEW";
}

/* A quote that the text does not hold: a message may be anything. */
static struct str dollar_quote(struct arena *arena, struct str text)
{
    struct str quote = STR("$pgrade$");

    for (int i = 1;; i++) {
        if (memmem(text.ptr, text.len, quote.ptr, quote.len) == NULL)
            return quote;
        quote = str_printf(arena, "$pgrade%d$", i);
    }
}

static void put_function(struct trigger_maker *at, struct str name, struct buf *out)
{
    struct str schema = at->maker->plan->target_schema;
    struct str quote;

    trigger_return(at, "    ", returned_row(at));
    quote = dollar_quote(at->maker->arena, buf_view(at->body));
    buf_text(out, "CREATE FUNCTION ");
    ident_quote_qualified(out, schema, name);
    buf_text(out, "() RETURNS trigger LANGUAGE plpgsql SET search_path = ");
    ident_quote(out, schema);
    buf_printf(out, ", pg_temp AS %.*s\nBEGIN\n%.*sEND\n%.*s;\n", STR_ARGS(quote),
               STR_ARGS(buf_view(at->body)), STR_ARGS(quote));
}

/* ---- the trigger ---- */

static bool put_event(struct trigger_maker *at, struct buf *out)
{
    static const char *const timings[] = {"BEFORE", "AFTER", "INSTEAD OF"};
    static const char *const events[] = {"INSERT", "UPDATE", "DELETE"};
    const struct trigger_body *body = at->trigger->body;

    buf_printf(out, " %s %s", timings[at->assigns ? TRIGGER_BEFORE : body->timing], events[body->event]);
    for (size_t i = 0; i < body->column_count; i++) {
        int column = table_column(at->table->source, body->columns[i].text);

        if (column < 0) {
            err_set(at->failure, ERR_DECISION, "UPDATE OF %.*s", STR_ARGS(body->columns[i].text));
            return err_detail(at->failure, "there is no such column");
        }
        buf_text(out, i == 0 ? " OF " : ", ");
        ident_quote(out, at->table->columns[column].name);
    }
    return true;
}

static bool put_when(struct trigger_maker *at, struct buf *out)
{
    const struct expr *when = at->trigger->body->when;

    if (when == NULL)
        return true;
    at->bare = NULL;
    at->no_selects = true;
    buf_text(out, " WHEN (");
    if (!trigger_expr(at, when, TRANSLATE_CONDITION, NULL, out))
        return false;
    buf_byte(out, ')');
    return true;
}

/* ---- its name ---- */

static struct str name_of(struct maker *maker, const struct trigger *trigger, struct names *names)
{
    struct str wanted = maker_name(maker, trigger->name);
    struct str name = wanted;
    bool follows = trigger_follows_keys(maker, trigger);

    if (wanted.len == 0)
        name = str_from("trigger");
    if (!follows && trigger_precedes_keys(maker, trigger) && str_compare(wanted, str_from("RI_")) > 0)
        name = str_printf(maker->arena, "A_%.*s", STR_ARGS(wanted));
    else if (follows && str_compare(wanted, str_from("RI_ConstraintTrigger_~")) < 0)
        name = str_printf(maker->arena, "z_%.*s", STR_ARGS(wanted));
    name = names_take(names, name);
    if (!str_equal(name, trigger->name.text) && str_starts_with(name, "A_"))
        maker_note(maker, trigger->name.text, "is named %.*s: it fires before foreign keys are checked",
                   STR_ARGS(name));
    else if (follows && !str_equal(name, trigger->name.text) && str_starts_with(name, "z_"))
        maker_note(maker, trigger->name.text,
                   "is named %.*s: it fires after foreign keys have changed other rows", STR_ARGS(name));
    else
        maker_note_name(maker, trigger->name.text, wanted, name);
    return name;
}

/* ---- all of it ---- */

static bool check_place(struct trigger_maker *at)
{
    struct trigger_reach reach = trigger_reach(at->maker, at->trigger);
    bool before = at->trigger->body->timing == TRIGGER_BEFORE;

    if (before && reach.own_table) {
        err_set(at->failure, ERR_DECISION, "it writes its own table BEFORE the row is written");
        return err_detail(at->failure, "SQLite leaves open what comes of that, PostgreSQL refuses it");
    }
    if (trigger_refers_too_early(at->maker, at->trigger)) {
        err_set(at->failure, ERR_DECISION, "it writes rows that refer to its own, BEFORE that is there");
        return err_detail(at->failure,
                          "PostgreSQL looks at the foreign key when the trigger's statement is done");
    }
    if (reach.why != NULL)
        return err_set(at->failure, ERR_DECISION, "%s", reach.why);
    if (trigger_follows_keys(at->maker, at->trigger) && trigger_precedes_keys(at->maker, at->trigger)) {
        err_set(at->failure, ERR_DECISION, "foreign keys must act both before and after it");
        return err_detail(at->failure, "PostgreSQL orders them by the names of triggers");
    }
    if (reach.itself)
        at->flag = str_printf(at->maker->arena, "pgrade.in_trigger_%zu",
                              (size_t)(at->trigger - at->maker->schema->triggers) + 1);
    return true;
}

static bool find_table(struct trigger_maker *at)
{
    const struct table *source = schema_table(at->maker->schema, at->trigger->table.text);

    if (at->trigger->body == NULL) {
        err_set(at->failure, ERR_DECISION, "its text could not be read");
        return err_detail(at->failure, "%.*s", STR_ARGS(at->trigger->damage));
    }
    if (at->trigger->body->timing == TRIGGER_INSTEAD_OF)
        return err_set(at->failure, ERR_DECISION, "it is an INSTEAD OF trigger of a view");
    at->table = source == NULL ? NULL : maker_planned(at->maker, source);
    return at->table != NULL || err_set(at->failure, ERR_DECISION, "its table is not carried");
}

/* The parts that may have no exact form, before any name is taken. */
static bool put_parts(struct trigger_maker *at, struct buf *event)
{
    if (!find_table(at))
        return false;
    at->alone = trigger_is_alone(at->maker, at->trigger);
    at->assigns = only_assigns(at->maker, at->trigger, at->table);
    return (at->assigns || check_place(at)) && put_event(at, event) && put_steps(at);
}

static void add_object(struct trigger_maker *at, const struct buf *event, const struct buf *when,
                       struct names *names, struct names *functions)
{
    struct maker *maker = at->maker;
    struct str schema = maker->plan->target_schema;
    struct plan_object object = {.class = OBJECT_TRIGGER, .table = (size_t)(at->table - maker->plan->tables)};
    struct buf sql;

    object.name = name_of(maker, at->trigger, &names[object.table]);
    object.function = names_take(functions, names_compose(maker->arena, maker_name(maker, at->trigger->name),
                                                          (struct str){NULL, 0}, "fn"));
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_function(at, object.function, &sql);
    buf_text(&sql, "CREATE TRIGGER ");
    ident_quote(&sql, object.name);
    buf_str(&sql, buf_view(event));
    buf_text(&sql, " ON ");
    ident_quote_qualified(&sql, schema, at->table->name);
    buf_printf(&sql, " FOR EACH ROW%.*s EXECUTE FUNCTION ", STR_ARGS(buf_view(when)));
    ident_quote_qualified(&sql, schema, object.function);
    buf_text(&sql, "()");
    object.sql = buf_to_str(maker->arena, &sql);
    object.check_sql = buf_to_str(maker->arena, at->check);
    buf_free(&sql);
    maker_object(maker, object);
    trigger_note_order(maker, at->trigger);
    if (at->gives_key)
        maker_note(
            maker, at->trigger->name.text,
            "gives a row its key: the next key that PostgreSQL gives by itself does not take account of it");
    if (at->fails)
        maker_note(
            maker, at->trigger->name.text,
            "says RAISE(FAIL): SQLite keeps the rows that the statement has changed before, PostgreSQL "
            "takes them back");
}

/* A trigger of a table that the user excluded goes with it. */
static void leave(struct maker *maker, const struct trigger *trigger, const struct err *failure)
{
    struct str table = trigger->table.text;

    maker_not_carried(maker, OBJECT_TRIGGER, table, trigger->name.text, trigger->sql, "%s%s%s",
                      failure->primary, failure->detail[0] == '\0' ? "" : ": ", failure->detail);
    maker->plan->not_carried[maker->plan->not_carried_count - 1].allowed =
        selection_excludes(maker->arena, &maker->options->selection, table).ptr != NULL;
}

static void make(struct maker *maker, const struct trigger *trigger, struct names *names,
                 struct names *functions)
{
    struct err failure = {.code = ERR_NONE};
    struct trigger_maker at = {.maker = maker, .trigger = trigger, .failure = &failure};
    struct buf event;
    struct buf when;
    struct buf body;
    struct buf check;

    buf_init(&event, BUF_TEXT_MAXIMUM);
    buf_init(&when, BUF_TEXT_MAXIMUM);
    buf_init(&body, BUF_TEXT_MAXIMUM);
    buf_init(&check, BUF_TEXT_MAXIMUM);
    at.alias = trigger_alias(maker->arena, trigger->sql);
    at.body = &body;
    at.check = &check;
    if (put_parts(&at, &event) && put_when(&at, &when))
        add_object(&at, &event, &when, names, functions);
    else
        leave(maker, trigger, &failure);
    buf_free(&event);
    buf_free(&when);
    buf_free(&body);
    buf_free(&check);
}

void maker_triggers(struct maker *maker)
{
    struct names *names = ARENA_ARRAY(maker->arena, struct names, maker->plan->table_count + 1);
    struct names functions;

    names_init(&functions, maker->arena);
    for (size_t i = 0; i < maker->plan->table_count; i++)
        names_init(&names[i], maker->arena);
    for (size_t i = 0; i < maker->schema->trigger_count; i++)
        make(maker, &maker->schema->triggers[i], names, &functions);
}
