/* What gives a column its numbers: an identity, a serial, or nothing. */
#include "plan/private.h"

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
void maker_identity(struct maker *maker, struct plan_table *table, struct plan_column *column)
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
