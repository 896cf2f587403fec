/* What the rules of the type map ask of a column and its table. */
#include "plan/typemap_conditions.h"

bool is_rowid_key(const struct question *question)
{
    return question->table->rowid_column >= 0 &&
           &question->table->columns[question->table->rowid_column] == question->column;
}

bool is_rowid_key_as_declared(const struct question *question)
{
    return is_rowid_key(question) && question->options->integers_declared;
}

bool is_as_declared(const struct question *question)
{
    return question->options->integers_declared;
}

bool is_unsigned(const struct question *question)
{
    return question->declared.is_unsigned;
}

/* SQLite takes INTEGER_OR_TEXT for an integer and STRING for a number, by the letters in them. */
bool says_text(const struct question *question)
{
    static const char *const words[] = {"text", "char", "string"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_contains_nocase(question->declared.name, words[i]))
            return true;
    return false;
}

/* NSManagedObject's columns begin with Z, in files that hold Core Data's own two tables. */
bool is_of_core_data(const struct question *question)
{
    const struct schema *schema = question->framework->schema;

    return schema != NULL && str_starts_with_nocase(question->column->name.text, "Z") &&
           schema_table(schema, (struct str)STR("Z_PRIMARYKEY")) != NULL &&
           schema_table(schema, (struct str)STR("Z_METADATA")) != NULL;
}

bool is_array(const struct question *question)
{
    return question->declared.is_array;
}

bool has_modifier(const struct question *question)
{
    return question->declared.modifier_count > 0;
}

bool has_no_modifier(const struct question *question)
{
    return question->declared.modifier_count == 0;
}

bool has_json_check(const struct question *question)
{
    return check_says_json(question->table, question->column);
}

/* SQLAlchemy's Enum makes its VARCHAR as long as the longest label, which tells it from a CHECK written by
 * hand. */
bool has_enum_check(const struct question *question)
{
    const struct check *check = check_of_labels(question->table, question->column, true);

    return check != NULL && question->declared.modifier_count > 0 &&
           check_longest_label(question->table, check) == question->declared.modifiers[0];
}

bool has_unnamed_enum_check(const struct question *question)
{
    return check_of_labels(question->table, question->column, false) != NULL;
}

/* Rails up to 6.1 changes a table by making it anew, which writes DEFAULT NULL and turns bigint into integer.
 */
bool is_rebuilt(const struct question *question)
{
    for (size_t i = 0; i < question->table->column_count; i++) {
        const struct expr *value = question->table->columns[i].default_value;

        if (value != NULL && value->kind == EXPR_NULL)
            return true;
    }
    return false;
}

/* Rails: `limit` of a float up to 24 binary digits is real on PostgreSQL. */
bool is_short_float(const struct question *question)
{
    return question->declared.modifier_count > 0 && question->declared.modifiers[0] <= 24;
}

/* Rails: `limit` of an integer counts bytes. */
bool is_long_integer(const struct question *question)
{
    return question->declared.modifier_count > 0 && question->declared.modifiers[0] > 4;
}

static bool is_parent_key(const struct foreign_key *key, const struct question *question)
{
    const struct table *table = question->table;

    if (key->column_count != 1 || !str_equal_nocase(key->parent.text, table->name.text))
        return false;
    if (key->parent_columns != NULL)
        return str_equal_nocase(key->parent_columns[0].text, question->column->name.text);
    return is_rowid_key(question);
}

/* INTEGER PRIMARY KEY has lost its width; columns that reference it have not. */
static bool is_key_of(const struct question *question, const char *child_type)
{
    const struct schema *schema = question->framework->schema;

    if (schema == NULL || !is_rowid_key(question))
        return false;
    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *child = &schema->tables[i];

        for (size_t j = 0; j < child->foreign_key_count; j++) {
            const struct foreign_key *key = &child->foreign_keys[j];

            if (is_parent_key(key, question) &&
                str_is_nocase(child->columns[key->columns[0]].declared, child_type))
                return true;
        }
    }
    return false;
}

bool is_key_of_bigint(const struct question *question)
{
    return is_key_of(question, "bigint");
}

bool is_key_of_integer(const struct question *question)
{
    return is_key_of(question, "integer");
}

bool is_key_of_smallint(const struct question *question)
{
    return is_key_of(question, "smallint");
}
