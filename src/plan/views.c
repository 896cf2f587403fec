/* Views: each is made after those that it reads. */
#include "plan/private.h"
#include "schema/translate_select.h"

enum view_state {
    VIEW_NEW,
    VIEW_BEGUN,
    VIEW_DONE,
    VIEW_LEFT /* not carried */
};

/* What the views of a source may read. */
struct view_maker {
    struct maker *maker;
    struct relation **tables; /* by place in the schema; NULL: not asked for yet */
    struct relation *views;   /* by place in the schema */
    enum view_state *states;
    struct str *names;      /* of the views, on the target */
    size_t *places;         /* in the plan, of those that are done */
    bool *by_user;          /* left, because the user excluded what it reads */
    struct plan_view *view; /* the one at hand */
    bool excluded;          /* it reads what the user excluded */
};

/* ---- tables ---- */

static void add_key(struct maker *maker, struct relation *relation, const struct plan_table *table,
                    const struct key_part *parts, size_t count, bool is_primary)
{
    struct relation_key *keys = (struct relation_key *)(uintptr_t)relation->keys;
    struct relation_key *key = &keys[relation->key_count];
    size_t *columns = ARENA_ARRAY(maker->arena, size_t, count + 1);

    *key = (struct relation_key){.columns = columns, .count = count, .is_primary = is_primary};
    for (size_t i = 0; i < count; i++) {
        if (parts[i].column < 0)
            return;
        columns[i] = (size_t)parts[i].column;
        key->nullable = key->nullable || !table->columns[parts[i].column].not_null;
    }
    relation->key_count++;
}

static void add_keys(struct maker *maker, struct relation *relation, const struct plan_table *table)
{
    const struct table *source = table->source;

    relation->keys =
        ARENA_ARRAY(maker->arena, struct relation_key, source->unique_count + source->index_count + 2);
    if (source->primary != NULL)
        add_key(maker, relation, table, source->primary->parts, source->primary->part_count,
                table->key_count > 0);
    for (size_t i = 0; i < source->unique_count; i++)
        add_key(maker, relation, table, source->uniques[i].parts, source->uniques[i].part_count, false);
    for (size_t i = 0; i < source->index_count; i++)
        if (source->indexes[i].unique && source->indexes[i].where == NULL)
            add_key(maker, relation, table, source->indexes[i].parts, source->indexes[i].part_count, false);
}

struct relation *maker_relation(struct maker *maker, const struct plan_table *table, struct str schema)
{
    struct relation *relation = ARENA_NEW(maker->arena, struct relation);

    *relation = (struct relation){.schema = schema,
                                  .name = table->name,
                                  .column_count = table->column_count,
                                  .rowid = table->source->rowid_column};
    relation->columns = ARENA_ARRAY(maker->arena, struct relation_column, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++)
        relation->columns[i] =
            (struct relation_column){.name = table->columns[i].source->name.text,
                                     .target = {.name = table->columns[i].name,
                                                .type = table->columns[i].type,
                                                .affinity = table->columns[i].source->affinity,
                                                .collation = table->columns[i].source->collation,
                                                .plain = nocase_plain(&table->columns[i]),
                                                .time_unit = (int)table->columns[i].unit}};
    add_keys(maker, relation, table);
    return relation;
}

static const struct relation *table_relation(struct view_maker *views, size_t place)
{
    struct maker *maker = views->maker;

    if (views->tables[place] == NULL)
        views->tables[place] =
            maker_relation(maker, &maker->plan->tables[maker->table_places[place]], maker->plan->load_schema);
    return views->tables[place];
}

static const struct relation *find_table(struct view_maker *views, struct str name, const char **why)
{
    const struct schema *schema = views->maker->schema;

    if (str_starts_with_nocase(name, "sqlite_"))
        *why = "it is SQLite's own";
    for (size_t i = 0; i < schema->table_count; i++) {
        if (!str_equal_nocase(schema->tables[i].name.text, name))
            continue;
        if (views->maker->table_places[i] >= 0) {
            views->view->tables[views->maker->table_places[i]] = true;
            return table_relation(views, i);
        }
        views->excluded =
            selection_excludes(views->maker->arena, &views->maker->options->selection, name).ptr != NULL;
        *why = views->excluded                          ? "the user excluded it"
               : schema->tables[i].kind == TABLE_SHADOW ? "it is the storage of a virtual table"
                                                        : "it is not carried";
    }
    return NULL;
}

/* ---- views ---- */

static void make_view(struct view_maker *views, size_t place);

/* What it reads is read by the one at hand too. */
static const struct relation *use_view(struct view_maker *views, size_t place)
{
    const struct plan *plan = views->maker->plan;
    const struct plan_view *read = &plan->views[views->places[place]];

    views->view->reads[views->places[place]] = true;
    views->view->doubts |= read->doubts & SELECT_CURRENT_TIME;
    for (size_t i = 0; i < plan->table_count; i++)
        views->view->tables[i] = views->view->tables[i] || read->tables[i];
    return &views->views[place];
}

static const struct relation *find_relation(void *context, struct str name, const char **why)
{
    struct view_maker *views = context;
    const struct schema *schema = views->maker->schema;

    for (size_t i = 0; i < schema->view_count; i++) {
        if (!str_equal_nocase(schema->views[i].name.text, name))
            continue;
        if (views->states[i] == VIEW_NEW)
            make_view(views, i);
        if (views->states[i] == VIEW_DONE)
            return use_view(views, i);
        views->excluded = views->excluded || views->by_user[i];
        *why = views->states[i] == VIEW_BEGUN ? "a view reads itself through it" : "that view is not carried";
        return NULL;
    }
    return find_table(views, name, why);
}

static struct str spell(void *context, struct name name)
{
    return maker_name(((const struct view_maker *)context)->maker, name);
}

static const char *const doubts[] = {
    "takes columns beside GROUP BY from any row of a group, as SQLite does: which one may differ",
    "takes some of several rows without an order: which ones may differ",
    "lists values in an order that is not defined, neither in SQLite nor here",
    "depends on the current time or on chance, so its rows could not be compared",
};

/* The columns as the verifier reads them. */
static void shape_view(struct maker *maker, struct plan_view *view, const struct relation *relation)
{
    view->shape.name = view->name;
    view->shape.column_count = relation->column_count;
    view->shape.columns = ARENA_ARRAY(maker->arena, struct plan_column, relation->column_count + 1);
    view->lists = ARENA_ARRAY(maker->arena, bool, relation->column_count + 1);
    for (size_t i = 0; i < relation->column_count; i++) {
        const struct relation_column *column = &relation->columns[i];
        struct column *source = ARENA_NEW(maker->arena, struct column);

        *source = (struct column){.name = {column->name, QUOTE_DOUBLE}};
        view->shape.columns[i] = (struct plan_column){.source = source,
                                                      .source_position = (int)i,
                                                      .name = column->target.name,
                                                      .type = column->target.type,
                                                      .unit = (enum time_unit)column->target.time_unit};
        view->lists[i] = column->order_is_chances;
    }
}

static void add_view(struct view_maker *views, size_t place, struct translated_select *translated)
{
    struct maker *maker = views->maker;
    struct plan *plan = maker->plan;
    struct plan_view *view = &plan->views[plan->view_count];
    struct buf sql;

    *view = *views->view;
    view->doubts |= translated->doubts;
    translated->relation.schema = plan->load_schema;
    translated->relation.name = view->name;
    views->views[place] = translated->relation;
    shape_view(maker, view, &translated->relation);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE VIEW ");
    ident_quote_qualified(&sql, plan->load_schema, view->name);
    for (size_t i = 0; i < translated->relation.column_count; i++) {
        buf_text(&sql, i == 0 ? " (" : ", ");
        ident_quote(&sql, translated->relation.columns[i].target.name);
    }
    buf_printf(&sql, ") AS\n%.*s", STR_ARGS(translated->sql));
    view->sql = buf_to_str(maker->arena, &sql);
    buf_free(&sql);
    for (size_t i = 0; i < ARRAY_LENGTH(doubts); i++)
        if ((view->doubts & (1u << i)) != 0)
            maker_note(maker, view->source->name.text, "%s", doubts[i]);
    views->places[place] = plan->view_count++;
    views->states[place] = VIEW_DONE;
}

static bool translate_view(struct view_maker *views, const struct view *view,
                           struct translated_select *translated, struct err *err)
{
    struct select_scope scope = {.relation = find_relation,
                                 .spell = spell,
                                 .context = views,
                                 .collate_c = views->maker->options->collate_c,
                                 .utf16 = str_starts_with(views->maker->schema->encoding, "UTF-16")};

    return translate_select(views->maker->arena, view->select, view->columns, view->column_count, &scope,
                            translated, err);
}

static void make_view(struct view_maker *views, size_t place)
{
    struct maker *maker = views->maker;
    const struct view *view = &maker->schema->views[place];
    struct translated_select translated;
    struct err failure = {.code = ERR_NONE};
    struct plan_view *outer = views->view;
    bool excluded = views->excluded;
    struct plan_view made = {.source = view, .name = views->names[place]};

    views->states[place] = VIEW_BEGUN;
    made.reads = ARENA_ARRAY(maker->arena, bool, maker->schema->view_count + 1);
    made.tables = ARENA_ARRAY(maker->arena, bool, maker->plan->table_count + 1);
    views->view = &made;
    views->excluded = false;
    if (view->damage.len == 0 && view->select != NULL && translate_view(views, view, &translated, &failure)) {
        add_view(views, place, &translated);
    } else {
        views->states[place] = VIEW_LEFT;
        maker_not_carried(maker, OBJECT_VIEW, (struct str){NULL, 0}, view->name.text, view->sql, "%.*s%s%s%s",
                          STR_ARGS(view->damage), failure.primary, failure.detail[0] == '\0' ? "" : ": ",
                          failure.detail);
        maker->plan->not_carried[maker->plan->not_carried_count - 1].allowed = views->by_user[place] =
            views->excluded;
    }
    views->view = outer;
    views->excluded = excluded;
}

void maker_name_views(struct maker *maker)
{
    const struct schema *schema = maker->schema;

    maker->view_names = ARENA_ARRAY(maker->arena, struct str, schema->view_count + 1);
    for (size_t i = 0; i < schema->view_count; i++) {
        struct name written = schema->views[i].name;
        struct str wanted = maker_name(maker, written);

        if (wanted.len == 0)
            wanted = str_printf(maker->arena, "view%zu", i + 1);
        maker->view_names[i] = names_take(&maker->relations, wanted);
        maker_note_name(maker, written.text, wanted, maker->view_names[i]);
    }
}

void maker_views(struct maker *maker)
{
    const struct schema *schema = maker->schema;
    struct view_maker views = {.maker = maker, .names = maker->view_names};

    maker->plan->views = ARENA_ARRAY(maker->arena, struct plan_view, schema->view_count + 1);
    views.tables = ARENA_ARRAY(maker->arena, struct relation *, schema->table_count + 1);
    views.views = ARENA_ARRAY(maker->arena, struct relation, schema->view_count + 1);
    views.states = ARENA_ARRAY(maker->arena, enum view_state, schema->view_count + 1);
    views.by_user = ARENA_ARRAY(maker->arena, bool, schema->view_count + 1);
    views.places = ARENA_ARRAY(maker->arena, size_t, schema->view_count + 1);
    for (size_t i = 0; i < schema->view_count; i++)
        if (views.states[i] == VIEW_NEW)
            make_view(&views, i);
}
