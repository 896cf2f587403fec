/* The application's env file, and what is left to be done by hand. */
#include "ops/check_intern.h"
#include "ops/env_file.h"
#include "ops/move_intern.h"

enum {
    PORT = 5432
};

static uint16_t port_of(const struct url_host *host)
{
    return host->port == 0 ? PORT : host->port;
}

static bool same_hosts(const struct url *a, const struct url *b)
{
    if (a->hosts.count != b->hosts.count)
        return false;
    for (size_t i = 0; i < a->hosts.count; i++)
        if (!str_equal_nocase(a->hosts.items[i].name, b->hosts.items[i].name) ||
            port_of(&a->hosts.items[i]) != port_of(&b->hosts.items[i]))
            return false;
    return true;
}

/* The database of OLD that the value names; NULL: none that is moved. */
static const struct moved_database *named_by(const struct move *move, struct str value, struct url *url)
{
    struct err ignored = {.code = ERR_NONE};
    const struct move_result *result = move->result;
    struct str name;

    if (!url_parse(move->arena, value, url, &ignored) || url->kind != URL_POSTGRES ||
        !same_hosts(url, move->options->old))
        return NULL;
    name = url->database.ptr != NULL ? url->database : url->user;
    for (size_t i = 0; i < result->database_count; i++)
        if (str_equal(result->databases[i].dump.facts.name, name))
            return &result->databases[i];
    return NULL;
}

/* NEW's address, in the spelling of the driver that the application has. */
static struct str new_value(const struct move *move, const struct moved_database *database,
                            const struct url *was)
{
    struct url url = move_url(move, database, true);
    struct str text = url_text(move->arena, &url, URL_LIBPQ);
    ptrdiff_t colon = str_find(text, ':');

    if (was->driver.ptr == NULL || colon < 0)
        return text;
    return str_printf(move->arena, "%.*s+%.*s%.*s", STR_ARGS(str_slice(text, 0, (size_t)colon)),
                      STR_ARGS(was->driver), STR_ARGS(str_slice(text, (size_t)colon, text.len)));
}

static bool go_over(struct move *move, bool write, struct err *err)
{
    struct move_result *result = move->result;
    const char *path = move->options->env_file;
    struct env_file file;
    size_t capacity = 0;

    result->env_count = 0;
    result->env_keys = NULL;
    if (path == NULL)
        return true;
    if (!env_file_read(move->arena, path, &file, err))
        return false;
    for (size_t i = 0; i < file.dotenv.count; i++) {
        const struct dotenv_entry *entry = &file.dotenv.items[i];
        const struct moved_database *database;
        struct url was;

        /* Of equal keys the last one holds. */
        if (!str_equal(dotenv_get(&file.dotenv, str_cstr(move->arena, entry->key)), entry->value))
            continue;
        database = named_by(move, entry->value, &was);
        if (database == NULL)
            continue;
        ARENA_PUSH(move->arena, result->env_keys, result->env_count, capacity) = entry->key;
        if (write && !env_file_set(path, str_cstr(move->arena, entry->key), new_value(move, database, &was),
                                   true, err))
            return false;
    }
    return true;
}

bool move_env_look(struct move *move, struct err *err)
{
    return go_over(move, false, err);
}

bool move_env_write(struct move *move, struct err *err)
{
    return go_over(move, true, err);
}

/* Where applications at that provider have their variables. */
static const struct {
    const char *provider;
    const char *where;
} places[] = {
    {"Render", "its page Environment, of each service that uses the database"},
    {"Heroku", "heroku config:set DATABASE_URL=..., after the old add-on was detached"},
    {"Railway", "the page Variables of each service"},
    {"Fly.io", "fly secrets set DATABASE_URL=..."},
    {"DigitalOcean", "the app's Settings, App-Level Environment Variables"},
};

static void add(struct move *move, struct str line)
{
    struct move_result *result = move->result;

    ARENA_PUSH(move->arena, result->next, result->next_count, result->next_capacity) = line;
}

static const struct provider *provider_at(const struct url *url)
{
    return url->hosts.count > 0 ? provider_of(url->hosts.items[0].name) : NULL;
}

static void advise_place(struct move *move, const struct provider *provider)
{
    for (size_t i = 0; provider != NULL && i < ARRAY_LENGTH(places); i++)
        if (str_is(str_from(provider->name), places[i].provider))
            add(move, str_printf(move->arena, "at %s: %s", places[i].provider, places[i].where));
}

void move_advise(struct move *move)
{
    struct arena *arena = move->arena;
    const struct move_result *result = move->result;
    const struct provider *old = provider_at(move->options->old);

    if (result->env_count == 0)
        add(move,
            str_from("give the application NEW's URL where it has OLD's: pgrade show --url --password NEW"));
    advise_place(move, old);
    add(move, str_from("restart the application, then: pgrade check NEW"));
    add(move, result->read_only
                  ? str_from("OLD's databases are read-only now, so that nothing is written there by mistake")
                  : str_from("what is written on OLD from now on is lost: stop whatever still uses it"));
    add(move, str_printf(arena, "when all works, end OLD%s%s, and keep the bundle for a while",
                         old != NULL ? " at " : "", old != NULL ? old->name : ""));
}
