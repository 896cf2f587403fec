/* The file, and its tables. */
#include <pwd.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "ops/show_intern.h"
#include "schema/ident.h"

enum {
    CHEAP_BYTES = 256 * 1024 * 1024 /* files up to this size are read whole: for rows, and for sizes */
};

static const char bytes_sql[] = "SELECT p.page_count * s.page_size FROM pragma_page_count() p, "
                                "pragma_page_size() s";

static const char tables_sql[] =
    "SELECT name, CASE type WHEN 'virtual' THEN 'virtual table' WHEN 'shadow' THEN 'shadow table' ELSE type "
    "END FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY name";

static const char sizes_sql[] =
    "SELECT s.tbl_name, sum(CASE s.type WHEN 'table' THEN d.pgsize ELSE 0 END), "
    "sum(CASE s.type WHEN 'index' THEN d.pgsize ELSE 0 END) "
    "FROM dbstat d JOIN sqlite_schema s ON s.name = d.name WHERE d.aggregate = 1 GROUP BY s.tbl_name";

static void take_encoding(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    *(struct str *)context = show_text(arena, &cells[0]);
}

bool show_sqlite_databases(const struct show_question *question, const struct url *url,
                           struct show_databases *databases, struct err *err)
{
    struct show_database file = {
        .name = url->path, .collation = str_from("BINARY"), .connections = -1, .current = true};
    struct stat status;

    if (stat(str_cstr(question->arena, url->path), &status) == 0) {
        const struct passwd *user = getpwuid(status.st_uid);

        file.owner = user != NULL ? str_printf(question->arena, "%s", user->pw_name)
                                  : str_printf(question->arena, "%u", (unsigned int)status.st_uid);
    }
    file.bytes = show_one_number(question, bytes_sql, (struct str){NULL, 0});
    if (!show_ask(question, "PRAGMA encoding", (struct str){NULL, 0}, take_encoding, &file.encoding, err))
        return false;
    ARENA_PUSH(question->arena, databases->items, databases->items_count, databases->items_capacity) = file;
    return true;
}

static void take_table(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_tables *tables = context;

    ARENA_PUSH(arena, tables->items, tables->items_count, tables->items_capacity) =
        (struct show_entry){.name = show_text(arena, &cells[0]),
                            .kind = show_text(arena, &cells[1]),
                            .rows = -1,
                            .bytes = -1,
                            .index_bytes = -1};
}

static void take_size(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    struct show_tables *tables = context;
    struct str name = show_text(arena, &cells[0]);

    for (size_t i = 0; i < tables->items_count; i++) {
        if (!str_equal_nocase(tables->items[i].name, name))
            continue;
        tables->items[i].bytes = show_number(&cells[1]);
        tables->items[i].index_bytes = show_number(&cells[2]);
    }
}

static int64_t ask_about(const struct show_question *question, const char *what, struct str name)
{
    struct buf sql;
    int64_t number;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT %s FROM main.", what);
    ident_quote(&sql, name);
    number = show_one_number(question, sql.ptr, (struct str){NULL, 0});
    buf_free(&sql);
    return number;
}

static void count_rows(const struct show_question *question, struct show_entry *entry, bool exactly)
{
    if (str_is(entry->kind, "view"))
        return;
    entry->rows = ask_about(question, exactly ? "count(*)" : "max(rowid)", entry->name);
    entry->rows_exact = exactly && entry->rows >= 0;
}

bool show_sqlite_tables(const struct show_question *question, struct show_tables *tables, struct err *err)
{
    struct err no_sizes = {.code = ERR_NONE}; /* a SQLite without dbstat knows none */
    bool cheap = show_one_number(question, bytes_sql, (struct str){NULL, 0}) <= CHEAP_BYTES;
    bool exactly = cheap || question->options->exact;

    if (!show_ask(question, tables_sql, (struct str){NULL, 0}, take_table, tables, err))
        return false;
    for (size_t i = 0; i < tables->items_count; i++)
        count_rows(question, &tables->items[i], exactly);
    if (exactly)
        (void)!show_ask(question, sizes_sql, (struct str){NULL, 0}, take_size, tables, &no_sizes);
    return true;
}

bool show_sqlite_names(const struct show_question *question, struct show_tables *tables, struct err *err)
{
    return show_ask(question, tables_sql, (struct str){NULL, 0}, take_table, tables, err);
}

bool show_sqlite_entry(const struct show_question *question, struct show_entry *entry, struct err *err)
{
    struct err no_sizes = {.code = ERR_NONE};
    bool cheap = show_one_number(question, bytes_sql, (struct str){NULL, 0}) <= CHEAP_BYTES;
    bool exactly = cheap || question->options->exact;
    struct show_tables one = {.items = entry, .items_count = 1};

    (void)err;
    count_rows(question, entry, exactly);
    if (exactly)
        (void)!show_ask(question, sizes_sql, (struct str){NULL, 0}, take_size, &one, &no_sizes);
    return true;
}
