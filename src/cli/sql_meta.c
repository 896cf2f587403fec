#include "cli/sql_meta.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/log.h"
#include "cli/show.h"

struct meta {
    const char *name;
    const char *argument;
    const char *help;
    bool (*run)(struct sql *sql, struct str argument, struct err *err);
};

static bool list_databases(struct sql *sql, struct str argument, struct err *err)
{
    (void)argument;
    return show_databases(sql->invocation, sql->db, &sql->url, err);
}

static bool list_tables(struct sql *sql, struct str argument, struct err *err)
{
    (void)argument;
    return show_tables(sql->invocation, sql->db, &sql->url, err);
}

static bool describe(struct sql *sql, struct str argument, struct err *err)
{
    return argument.len == 0 ? list_tables(sql, argument, err)
                             : show_table(sql->invocation, sql->db, &sql->url, argument, err);
}

/* A URL, the path of a file, or the name of another database of the same server. */
static bool read_place(struct sql *sql, struct str argument, struct url *url, struct err *err)
{
    struct arena *arena = sql->invocation->arena;
    bool name = sql->url.kind == URL_POSTGRES && str_find(argument, '/') < 0 && str_find(argument, '=') < 0 &&
                str_find(argument, ':') < 0 && !fs_exists(str_cstr(arena, argument));

    *url = sql->url;
    if (argument.len == 0)
        return true;
    if (!name)
        return url_parse(arena, str_dup(arena, argument), url, err);
    url->database = str_dup(arena, argument);
    return true;
}

/* The old connection is kept until the new one stands. */
static bool reconnect(struct sql *sql, struct str argument, struct err *err)
{
    struct sql other = *sql;

    if (!read_place(sql, argument, &other.url, err) || !sql_connect(&other, err))
        return false;
    pgrade_close(sql->db);
    sql->db = other.db;
    sql->url = other.url;
    log_message(LOG_NOTICE, "connected to %.*s", STR_ARGS(url_redacted(sql->invocation->arena, &sql->url)));
    return true;
}

static bool toggle_expanded(struct sql *sql, struct str argument, struct err *err)
{
    (void)argument;
    (void)err;
    sql->expanded = !sql->expanded;
    log_message(LOG_NOTICE, "rows are printed %s", sql->expanded ? "a line a value" : "a line a row");
    return true;
}

static bool toggle_timing(struct sql *sql, struct str argument, struct err *err)
{
    (void)argument;
    (void)err;
    sql->timing = !sql->timing;
    log_message(LOG_NOTICE, "times are %s", sql->timing ? "told" : "not told");
    return true;
}

static bool help(struct sql *sql, struct str argument, struct err *err);

static const struct meta metas[] = {
    {"l", "", "the databases of the server", list_databases},
    {"dt", "", "the tables", list_tables},
    {"d", "[NAME]", "one table: columns, keys, indexes", describe},
    {"c", "[URL|NAME]", "connect again, or to another database", reconnect},
    {"x", "", "a line a value, or a line a row again", toggle_expanded},
    {"timing", "", "say how long statements take", toggle_timing},
    {"?", "", "this list", help},
    {"q", "", "leave (also Ctrl-D)", NULL},
};

static bool help(struct sql *sql, struct str argument, struct err *err)
{
    (void)sql;
    (void)argument;
    (void)err;
    printf("A statement ends with a semicolon; Ctrl-C ends one that runs, or forgets what was typed.\n");
    for (size_t i = 0; i < ARRAY_LENGTH(metas); i++)
        printf("  \\%-6s %-10s  %s\n", metas[i].name, metas[i].argument, metas[i].help);
    return true;
}

bool sql_meta_run(struct sql *sql, struct str line, bool *quit, struct err *err)
{
    struct str text = str_trim(line);
    size_t end = 1;
    struct str name;
    struct str argument;

    while (end < text.len && !ascii_is_space(text.ptr[end]))
        end++;
    name = str_slice(text, 1, end);
    argument = str_trim(str_slice(text, end, text.len));
    if (argument.len > 0 && argument.ptr[argument.len - 1] == ';')
        argument = str_trim(str_slice(argument, 0, argument.len - 1));
    for (size_t i = 0; i < ARRAY_LENGTH(metas); i++) {
        if (!str_is(name, metas[i].name))
            continue;
        *quit = metas[i].run == NULL;
        return *quit || metas[i].run(sql, argument, err);
    }
    err_set(err, ERR_USAGE, "there is no command \\%.*s", STR_ARGS(name));
    return err_hint(err, "\\? lists them");
}
