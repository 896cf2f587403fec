/* Which table a name means. */
#include "base/buf.h"
#include "ops/show_intern.h"

/* One part of schema.table, without its quotes; *rest is what follows the dot, a NULL ptr without one. */
static struct str read_part(struct arena *arena, struct str text, bool *quoted, struct str *rest)
{
    char *part = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    size_t i = 0;

    *quoted = text.len > 0 && text.ptr[0] == '"';
    *rest = (struct str){NULL, 0};
    for (i = *quoted; i < text.len; i++) {
        if (*quoted && text.ptr[i] == '"') {
            if (i + 1 >= text.len || text.ptr[i + 1] != '"') {
                i++;
                break;
            }
            i++;
        } else if (!*quoted && text.ptr[i] == '.') {
            break;
        }
        part[length++] = text.ptr[i];
    }
    if (i < text.len && text.ptr[i] == '.')
        *rest = str_slice(text, i + 1, text.len);
    return (struct str){part, length};
}

static bool schema_fits(const struct show_entry *entry, struct str schema)
{
    struct str own = entry->schema.ptr == NULL ? str_from("public") : entry->schema;

    return schema.ptr == NULL || str_equal_nocase(own, schema) ||
           (entry->schema.ptr == NULL && str_is_nocase(schema, "main"));
}

static size_t find_all(const struct show_tables *tables, struct str schema, struct str name, bool exactly,
                       const struct show_entry **entry)
{
    size_t count = 0;

    for (size_t i = 0; i < tables->items_count; i++) {
        const struct show_entry *one = &tables->items[i];
        bool same = exactly ? str_equal(one->name, name) : str_equal_nocase(one->name, name);

        if (!same || !schema_fits(one, schema))
            continue;
        if (count++ == 0)
            *entry = one;
    }
    return count;
}

static bool none(struct arena *arena, const struct show_tables *tables, struct str name, struct err *err)
{
    struct str list = {NULL, 0};

    err_set(err, ERR_FAILED, "there is no table %.*s", STR_ARGS(name));
    for (size_t i = 0; i < tables->items_count && i < 10; i++)
        list = str_printf(arena, "%.*s%s%.*s", STR_ARGS(list), i > 0 ? ", " : "",
                          STR_ARGS(tables->items[i].name));
    if (list.len > 0)
        err_detail(err, "there are: %.*s%s", STR_ARGS(list), tables->items_count > 10 ? ", ..." : "");
    return err_hint(err, tables->items_count == 0 ? "the database has no tables yet, or none that you may see"
                                                  : "check the name; `pgrade show URL` lists all");
}

bool show_find(struct arena *arena, const struct show_tables *tables, struct str name, bool folds,
               const struct show_entry **entry, struct err *err)
{
    struct str schema = {NULL, 0};
    struct str rest;
    bool quoted;
    struct str part = read_part(arena, name, &quoted, &rest);
    size_t count;

    if (find_all(tables, schema, name, true, entry) == 1) /* as it stands, dots included */
        return true;
    if (rest.ptr != NULL) {
        schema = part;
        part = read_part(arena, rest, &quoted, &rest);
    }
    count = find_all(tables, schema, part, true, entry);
    if (count == 0 && !(quoted && folds))
        count = find_all(tables, schema, part, false, entry);
    if (count == 1)
        return true;
    if (count == 0)
        return none(arena, tables, name, err);
    err_set(err, ERR_USAGE, "there are %zu tables %.*s", count, STR_ARGS(name));
    return err_hint(err, "name the schema too, and keep capital letters: 'schema.\"Table\"'");
}
