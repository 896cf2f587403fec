/*
 * Which tables are the storage of a virtual table.
 *
 * By the CREATE TABLE of the modules themselves: fts3CreateTables() of ext/fts3/fts3.c, fts5StorageCreate and
 * sqlite3Fts5CreateTable() of ext/fts5/fts5_storage.c and fts5_index.c, rtreeSqlInit() of ext/rtree/rtree.c.
 */
#include "schema/virtual.h"

/* What follows the virtual table's name, and the columns.  A column `*` stands for those that depend on the
 * virtual table's own. */
static const struct storage {
    enum virtual_kind kind;
    const char *suffix;
    const char *columns[7];
} storages[] = {
    {VIRTUAL_FTS3, "_content", {"docid", "*"}},
    {VIRTUAL_FTS3, "_segments", {"blockid", "block"}},
    {VIRTUAL_FTS3, "_segdir", {"level", "idx", "start_block", "leaves_end_block", "end_block", "root"}},
    {VIRTUAL_FTS3, "_docsize", {"docid", "size"}},
    {VIRTUAL_FTS3, "_stat", {"id", "value"}},
    {VIRTUAL_FTS5, "_content", {"id", "*"}},
    {VIRTUAL_FTS5, "_data", {"id", "block"}},
    {VIRTUAL_FTS5, "_idx", {"segid", "term", "pgno"}},
    {VIRTUAL_FTS5, "_docsize", {"id", "sz"}},
    {VIRTUAL_FTS5, "_docsize", {"id", "sz", "origin"}},
    {VIRTUAL_FTS5, "_config", {"k", "v"}},
    {VIRTUAL_RTREE, "_node", {"nodeno", "data"}},
    {VIRTUAL_RTREE, "_parent", {"nodeno", "parentnode"}},
    {VIRTUAL_RTREE, "_rowid", {"rowid", "nodeno", "*"}},
    {VIRTUAL_RTREE_I32, "_node", {"nodeno", "data"}},
    {VIRTUAL_RTREE_I32, "_parent", {"nodeno", "parentnode"}},
    {VIRTUAL_RTREE_I32, "_rowid", {"rowid", "nodeno", "*"}},
    {VIRTUAL_GEOPOLY, "_node", {"nodeno", "data"}},
    {VIRTUAL_GEOPOLY, "_parent", {"nodeno", "parentnode"}},
    {VIRTUAL_GEOPOLY, "_rowid", {"rowid", "nodeno", "*"}},
};

/* The columns of the virtual table that a `_rowid` holds: all of geopoly, those behind a `+` of a tree. */
static size_t held_columns(const struct virtual_table *virtual)
{
    size_t count = 0;

    if (virtual->kind == VIRTUAL_FTS3 || virtual->kind == VIRTUAL_FTS5 || virtual->kind == VIRTUAL_GEOPOLY)
        return virtual->column_count;
    for (size_t i = 0; i < virtual->column_count; i++)
        count += virtual->columns[i].any_type;
    return count;
}

/* c0title of FTS3, c0 of FTS5 (behind them l0 of its locales), a0 of trees; langid comes last in FTS4. */
static bool is_held(const struct virtual_table *virtual, size_t place, struct str name)
{
    bool fts3 = virtual->kind == VIRTUAL_FTS3;
    bool fts = fts3 || virtual->kind == VIRTUAL_FTS5;
    size_t digits = 1;
    size_t number = 0;

    if (fts3 && virtual->language.len > 0 && place + 1 == virtual->column_count)
        return str_is_nocase(name, "langid");
    if (name.len < 2 || name.ptr[0] != (fts ? 'c' : 'a'))
        return false;
    for (digits = 1; digits < name.len && ascii_is_digit(name.ptr[digits]) && number <= place; digits++)
        number = number * 10 + (size_t)(name.ptr[digits] - '0');
    return digits > 1 && ((number == place && digits == name.len) || fts3);
}

/* The modules declare their columns with these types, or with none. */
static bool is_plain(const struct column *column)
{
    return column->declared.len == 0 || str_is_nocase(column->declared, "INTEGER") ||
           str_is_nocase(column->declared, "BLOB");
}

/* How many columns stand before the `*`. */
static size_t fixed_columns(const struct storage *storage, bool *holds)
{
    size_t count = 0;

    while (count < ARRAY_LENGTH(storage->columns) && storage->columns[count] != NULL &&
           !str_is(str_from(storage->columns[count]), "*"))
        count++;
    *holds = count < ARRAY_LENGTH(storage->columns) && storage->columns[count] != NULL;
    return count;
}

static bool has_columns(const struct virtual_table *virtual, const struct storage *storage,
                        const struct table *table)
{
    bool holds;
    size_t fixed = fixed_columns(storage, &holds);
    size_t known = fixed + (holds ? held_columns(virtual) : 0);
    bool locales = holds && virtual->kind == VIRTUAL_FTS5;
    bool same = table->primary != NULL && table->column_count >= known;

    for (size_t i = 0; same && i < table->column_count; i++) {
        struct str name = table->columns[i].name.text;

        same = is_plain(&table->columns[i]);
        if (i < fixed)
            same = same && str_is(name, storage->columns[i]);
        else if (i < known)
            same = same && is_held(virtual, i - fixed, name);
        else
            same = same && locales && str_starts_with(name, "l");
    }
    return same;
}

/* Whether the options let the module make it at all. */
static bool is_made(const struct virtual_table *virtual, const char *suffix)
{
    bool old = str_is_nocase(virtual->module, "fts3");

    /* The texts of another table may lie in one of any name. */
    if (str_is(str_from(suffix), "_content"))
        return !virtual->external;
    return !str_is(str_from(suffix), "_docsize") || (!virtual->sizeless && !old);
}

bool virtual_owns(const struct virtual_table *virtual, struct str owner, const struct table *table)
{
    struct str name = table->name.text;
    struct str tail = str_slice(name, owner.len, name.len);

    if (!str_equal_nocase(str_slice(name, 0, owner.len), owner) ||
        (virtual->external && str_equal_nocase(virtual->content, name)))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(storages); i++)
        if (storages[i].kind == virtual->kind && str_is_nocase(tail, storages[i].suffix) &&
            is_made(virtual, storages[i].suffix) && has_columns(virtual, &storages[i], table))
            return true;
    return false;
}
