/* The types of foreign keys: taken from the parent, and whether PostgreSQL compares the two. */
#include "plan/private.h"

#define BIT(kind)   (UINT32_C(1) << (kind))
#define INTEGERS    (BIT(PG_INT2) | BIT(PG_INT4) | BIT(PG_INT8))
#define TEXTS       (BIT(PG_TEXT) | BIT(PG_VARCHAR) | BIT(PG_CHAR))
#define DATES       (BIT(PG_DATE) | BIT(PG_TIMESTAMP) | BIT(PG_TIMESTAMPTZ))
#define NETWORKS    (BIT(PG_INET) | BIT(PG_CIDR))
#define EVERY_FLOAT (BIT(PG_FLOAT4) | BIT(PG_FLOAT8) | BIT(PG_NUMERIC) | INTEGERS)

/*
 * By the parent's type: the types that a child may have.  The operator family of the parent's index has an
 * operator for the two, or the child's type becomes the parent's by an implicit cast
 * (ATAddForeignKeyConstraint(); documentation: "CREATE TABLE", REFERENCES).  json has no equality at all.
 */
static const uint32_t children[PG_KIND_COUNT] = {
    [PG_BOOL] = BIT(PG_BOOL),
    [PG_INT2] = INTEGERS,
    [PG_INT4] = INTEGERS,
    [PG_INT8] = INTEGERS,
    [PG_FLOAT4] = EVERY_FLOAT,
    [PG_FLOAT8] = EVERY_FLOAT,
    [PG_NUMERIC] = INTEGERS | BIT(PG_NUMERIC),
    [PG_TEXT] = TEXTS,
    [PG_VARCHAR] = TEXTS,
    [PG_CHAR] = TEXTS,
    [PG_BYTEA] = BIT(PG_BYTEA),
    [PG_DATE] = DATES,
    [PG_TIME] = BIT(PG_TIME),
    [PG_TIMETZ] = BIT(PG_TIME) | BIT(PG_TIMETZ),
    [PG_TIMESTAMP] = DATES,
    [PG_TIMESTAMPTZ] = DATES,
    [PG_INTERVAL] = BIT(PG_INTERVAL) | BIT(PG_TIME),
    [PG_UUID] = BIT(PG_UUID),
    [PG_JSONB] = BIT(PG_JSONB),
    [PG_INET] = NETWORKS,
    [PG_CIDR] = NETWORKS,
    [PG_MACADDR] = BIT(PG_MACADDR),
};

/* The table that the key references; *columns are the places of its columns there.  NULL: there is none in
 * the plan. */
static const struct plan_table *parent_of(struct maker *maker, const struct foreign_key *key,
                                          const int **columns)
{
    const struct table *parent;
    const char *why;

    if (!foreign_key_target(maker->schema, key, &parent, columns, maker->arena, &why))
        return NULL;
    return maker_planned(maker, parent);
}

/* Whether the user asked for the type of the column. */
static bool is_asked(const struct maker *maker, const struct plan_table *table, const struct column *column)
{
    const struct type_override *override = maker_override(maker, table, column, false);

    return override != NULL && !override->widened;
}

bool key_types_fit(const struct pg_type *child, const struct pg_type *parent)
{
    if (parent->kind == PG_ENUM || child->kind == PG_ENUM)
        return pg_type_equal(child, parent);
    return (children[parent->kind] & BIT(child->kind)) != 0;
}

static bool refuse(const struct maker *maker, const struct plan_table *child, const struct plan_column *from,
                   const struct plan_table *parent, const struct plan_column *to, struct err *err)
{
    struct str child_type = pg_type_text(maker->arena, &from->type);
    struct str parent_type = pg_type_text(maker->arena, &to->type);

    err_set(err, ERR_USAGE, "--type: %.*s.%.*s is to be %.*s, and %.*s.%.*s, which it references, %.*s",
            STR_ARGS(child->source->name.text), STR_ARGS(from->source->name.text), STR_ARGS(child_type),
            STR_ARGS(parent->source->name.text), STR_ARGS(to->source->name.text), STR_ARGS(parent_type));
    err_detail(err, "PostgreSQL makes no foreign key between these types");
    return err_hint(err,
                    "name only the parent's column, whose type the child takes: --type %.*s.%.*s=TYPE; or "
                    "give both one type",
                    STR_ARGS(parent->source->name.text), STR_ARGS(to->source->name.text));
}

static bool check_key(struct maker *maker, const struct plan_table *child, const struct foreign_key *key,
                      struct err *err)
{
    const int *columns;
    const struct plan_table *parent = parent_of(maker, key, &columns);

    if (parent == NULL)
        return true;
    for (size_t i = 0; i < key->column_count; i++) {
        const struct plan_column *from = &child->columns[key->columns[i]];
        const struct plan_column *to = &parent->columns[columns[i]];

        if (!key_types_fit(&from->type, &to->type) &&
            (is_asked(maker, child, from->source) || is_asked(maker, parent, to->source)))
            return refuse(maker, child, from, parent, to, err);
    }
    return true;
}

bool maker_check_key_types(struct maker *maker, struct err *err)
{
    for (size_t i = 0; i < maker->plan->table_count; i++) {
        const struct plan_table *table = &maker->plan->tables[i];

        for (size_t j = 0; j < table->source->foreign_key_count; j++)
            if (!check_key(maker, table, &table->source->foreign_keys[j], err))
                return false;
    }
    return true;
}

/* A child column takes the type of the key it references.  Keys may reference further keys, and themselves:
 * repeated until nothing changes, at most once for each table. */
static bool share_one(struct maker *maker, struct plan_table *table, const struct foreign_key *key)
{
    const int *columns;
    const struct plan_table *target = parent_of(maker, key, &columns);
    bool changed = false;

    if (target == NULL)
        return false;
    for (size_t i = 0; i < key->column_count; i++) {
        struct plan_column *child = &table->columns[key->columns[i]];
        const struct plan_column *from = &target->columns[columns[i]];

        if (child == from || pg_type_equal(&child->type, &from->type) ||
            maker_override(maker, table, child->source, false) != NULL)
            continue;
        child->type = from->type;
        child->unit = from->unit;
        child->unit_found = from->unit_found;
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
