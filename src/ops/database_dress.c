/* What is said of a database beside CREATE DATABASE: comment, connection limit, settings. */
#include "ops/database_create.h"

#include "schema/ident.h"

/* Settings whose value is a list of names, each quoted by itself: the catalog has them as a list again. */
static const char *const lists[] = {
    "search_path",
    "temp_tablespaces",
    "local_preload_libraries",
    "session_preload_libraries",
    "shared_preload_libraries",
    "unix_socket_directories",
};

/* The first of a list of names, in quotes or not; *rest is what follows its comma. */
static struct str first_name(struct buf *name, struct str text, struct str *rest)
{
    bool quoted = false;
    size_t i = 0;

    buf_clear(name);
    text = str_trim(text);
    for (; i < text.len && (quoted || text.ptr[i] != ','); i++) {
        if (text.ptr[i] != '"')
            buf_byte(name, text.ptr[i]);
        else if (quoted && i + 1 < text.len && text.ptr[i + 1] == '"')
            buf_byte(name, text.ptr[i++]);
        else
            quoted = !quoted;
    }
    *rest = str_slice(text, i + 1, text.len);
    return str_trim(buf_view(name));
}

static void put_names(struct buf *out, struct str text)
{
    struct buf name;
    bool first = true;

    buf_init(&name, BUF_TEXT_MAXIMUM);
    do {
        struct str one = first_name(&name, text, &text);

        buf_text(out, first ? "" : ", ");
        literal_quote(out, one);
        first = false;
    } while (text.len > 0);
    buf_free(&name);
}

/* A name of an extension's setting has a dot, and each part is quoted by itself. */
static void put_setting_name(struct buf *out, struct str name)
{
    ptrdiff_t dot = str_find(name, '.');

    if (dot < 0) {
        ident_quote(out, name);
        return;
    }
    ident_quote(out, str_slice(name, 0, (size_t)dot));
    buf_byte(out, '.');
    put_setting_name(out, str_slice(name, (size_t)dot + 1, name.len));
}

bool database_put_setting(struct buf *out, struct str text, struct err *err)
{
    ptrdiff_t equals = str_find(text, '=');
    struct str name = str_slice(text, 0, equals < 0 ? 0 : (size_t)equals);
    struct str value = str_slice(text, (size_t)(equals + 1), text.len);

    if (name.len == 0)
        return err_set(err, ERR_FAILED, "a setting of a database has no name");
    buf_text(out, "SET ");
    put_setting_name(out, name);
    buf_text(out, " TO ");
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++)
        if (str_is_nocase(name, lists[i])) {
            put_names(out, value);
            return true;
        }
    literal_quote(out, value);
    return true;
}

struct dressing {
    struct arena *arena;
    struct engine *engine;
    const struct database_wish *wish;
    struct str *refused;
    size_t count;
    size_t capacity;
};

/* What cannot be said of the database is no reason to give up its rows; a lost connection is. */
static bool attempt(struct dressing *dressing, const struct buf *sql, struct str what, struct err *err)
{
    struct err failure = {.code = ERR_NONE};

    if (engine_exec(dressing->engine, buf_view(sql), &failure))
        return true;
    if (failure.sqlstate[0] == '\0' || failure.code == ERR_CANCELED) {
        *err = failure;
        return false;
    }
    err_hide_values(&failure); /* a setting may hold a secret */
    ARENA_PUSH(dressing->arena, dressing->refused, dressing->count, dressing->capacity) =
        str_printf(dressing->arena, "%.*s: %s", STR_ARGS(what),
                   failure.detail[0] == '\0' ? failure.primary : failure.detail);
    return true;
}

static bool dress_comment(struct dressing *dressing, struct buf *sql, struct err *err)
{
    const struct database_facts *facts = dressing->wish->facts;

    if (facts->comment.ptr == NULL)
        return true;
    buf_clear(sql);
    buf_text(sql, "COMMENT ON DATABASE ");
    ident_quote(sql, dressing->wish->name);
    buf_text(sql, " IS ");
    literal_quote(sql, facts->comment);
    return attempt(dressing, sql, str_from("the comment"), err);
}

static bool dress_limit(struct dressing *dressing, struct buf *sql, struct err *err)
{
    const struct database_facts *facts = dressing->wish->facts;

    if (facts->connection_limit < 0)
        return true;
    buf_clear(sql);
    buf_text(sql, "ALTER DATABASE ");
    ident_quote(sql, dressing->wish->name);
    buf_printf(sql, " CONNECTION LIMIT %lld", (long long)facts->connection_limit);
    return attempt(dressing, sql, str_from("the connection limit"), err);
}

static bool dress_setting(struct dressing *dressing, const struct database_setting *setting, struct buf *sql,
                          struct err *err)
{
    ptrdiff_t equals = str_find(setting->text, '=');
    struct str what = str_printf(dressing->arena, "the setting %.*s",
                                 STR_ARGS(str_slice(setting->text, 0, equals < 0 ? 0 : (size_t)equals)));

    buf_clear(sql);
    if (setting->role.ptr != NULL) {
        what = str_printf(dressing->arena, "%.*s of role %.*s", STR_ARGS(what), STR_ARGS(setting->role));
        buf_text(sql, "ALTER ROLE ");
        ident_quote(sql, setting->role);
        buf_text(sql, " IN DATABASE ");
    } else {
        buf_text(sql, "ALTER DATABASE ");
    }
    ident_quote(sql, dressing->wish->name);
    buf_byte(sql, ' ');
    return database_put_setting(sql, setting->text, err) && attempt(dressing, sql, what, err);
}

bool database_dress(struct arena *arena, struct engine *engine, const struct database_wish *wish,
                    struct str **refused, size_t *count, struct err *err)
{
    struct dressing dressing = {.arena = arena, .engine = engine, .wish = wish};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    done = dress_comment(&dressing, &sql, err) && dress_limit(&dressing, &sql, err);
    for (size_t i = 0; done && i < wish->facts->setting_count; i++)
        done = dress_setting(&dressing, &wish->facts->settings[i], &sql, err);
    buf_free(&sql);
    *refused = dressing.refused;
    *count = dressing.count;
    return done;
}
