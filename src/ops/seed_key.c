/* By which columns the rows of a file are known again. */
#include "ops/seed_intern.h"

bool seed_has_all(const struct seed_key *key, const struct seed_row *row)
{
    for (size_t i = 0; i < key->count; i++) {
        bool there = false;

        for (size_t k = 0; k < row->count; k++)
            there = there || str_equal_nocase(row->names[k], key->columns[i]);
        if (!there)
            return false;
    }
    return true;
}

static struct str key_text(struct arena *arena, const struct seed_key *key)
{
    struct str text = {NULL, 0};

    for (size_t i = 0; i < key->count; i++)
        text = str_printf(arena, "%.*s%s%.*s", STR_ARGS(text), i > 0 ? ", " : "", STR_ARGS(key->columns[i]));
    return text;
}

/* The columns of --key TABLE=...; a NULL ptr: none was given for this table. */
static struct str asked_key(const struct seed_filling *filling)
{
    const struct seed_options *options = filling->run->options;

    for (size_t i = options->key_count; i > 0; i--) {
        struct str text = options->keys[i - 1];
        ptrdiff_t sign = str_find(text, '=');
        struct str name = str_slice(text, 0, sign < 0 ? text.len : (size_t)sign);

        if (sign >= 0 &&
            (str_equal_nocase(name, filling->table->shown) || str_equal_nocase(name, filling->file->table)))
            return str_slice(text, (size_t)sign + 1, text.len);
    }
    return (struct str){NULL, 0};
}

/* users of public.users */
static bool is_table_of(const struct seed_file *file, struct str name)
{
    size_t dots = name.len > file->table.len ? name.len - file->table.len : 0;

    if (file->kind == SEED_SQL)
        return false;
    return str_equal_nocase(name, file->table) ||
           (dots > 0 && name.ptr[dots - 1] == '.' &&
            str_equal_nocase(str_slice(name, dots, name.len), file->table));
}

bool seed_check_keys(const struct seed_options *options, const struct seed *seed, struct err *err)
{
    for (size_t i = 0; i < options->key_count; i++) {
        ptrdiff_t sign = str_find(options->keys[i], '=');
        struct str name = str_slice(options->keys[i], 0, sign < 0 ? 0 : (size_t)sign);
        bool found = false;

        for (size_t k = 0; k < seed->file_count && !found; k++)
            found = is_table_of(&seed->files[k], name);
        if (!found)
            return err_set(err, ERR_USAGE, "--key %.*s: no CSV or JSON file is of a table %.*s",
                           STR_ARGS(options->keys[i]), STR_ARGS(name));
    }
    return true;
}

static bool is_key(const struct seed_key *key, struct str asked)
{
    size_t matched = 0;
    size_t given = 0;

    while (asked.len > 0) {
        ptrdiff_t comma = str_find(asked, ',');
        size_t end = comma < 0 ? asked.len : (size_t)comma;

        for (size_t i = 0; i < key->count; i++)
            matched += str_equal_nocase(key->columns[i], str_trim(str_slice(asked, 0, end))) ? 1 : 0;
        given++;
        asked = str_slice(asked, end + 1, asked.len);
    }
    return given == key->count && matched == key->count;
}

static bool refuse_key(const struct seed_filling *filling, struct str asked, struct err *err)
{
    struct arena *arena = filling->run->arena;
    const struct seed_table *table = filling->table;
    struct str list = {NULL, 0};

    for (size_t i = 0; i < table->key_count; i++)
        list = str_printf(arena, "%.*s%s(%.*s)", STR_ARGS(list), i > 0 ? ", " : "",
                          STR_ARGS(key_text(arena, &table->keys[i])));
    if (asked.ptr != NULL)
        err_set(err, ERR_REFUSED, "%s: (%.*s) is no key of %.*s that the file has", filling->file->path,
                STR_ARGS(asked), STR_ARGS(table->shown));
    else
        err_set(err, ERR_REFUSED, "%s: the rows have no key by which %.*s would know them again",
                filling->file->path, STR_ARGS(table->shown));
    if (list.len > 0)
        err_detail(err, "keys of the table: %.*s; run twice, the file would make every row twice",
                   STR_ARGS(list));
    else
        err_detail(err,
                   "the table has neither a primary key nor a unique one; run twice, the file would make "
                   "every row twice");
    return err_hint(err, list.len > 0
                             ? "give the file the columns of a key, or --fresh to empty the table first"
                             : "make a unique key, or --fresh to empty the table first");
}

bool seed_choose_key(struct seed_filling *filling, const struct seed_row *row, struct err *err)
{
    struct str asked = asked_key(filling);

    if (filling->run->options->fresh)
        return true;
    for (size_t i = 0; i < filling->table->key_count && filling->key == NULL; i++)
        if (seed_has_all(&filling->table->keys[i], row) &&
            (asked.ptr == NULL || is_key(&filling->table->keys[i], asked)))
            filling->key = &filling->table->keys[i];
    if (filling->key == NULL)
        return refuse_key(filling, asked, err);
    filling->file->key = key_text(filling->run->arena, filling->key);
    return true;
}
