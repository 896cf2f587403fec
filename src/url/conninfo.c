#include "base/buf.h"
#include "url/url_intern.h"

static void put(struct arena *arena, struct url_conninfo *info, size_t *count, const char *keyword,
                struct str value)
{
    if (value.ptr == NULL)
        return;
    info->keywords[*count] = keyword;
    info->values[*count] = str_cstr(arena, value);
    (*count)++;
}

static struct str host_names(struct arena *arena, const struct url_hosts *hosts)
{
    struct str list = {NULL, 0};

    /* One empty name means the default, as if none was given. */
    if (hosts->count == 1 && hosts->items[0].name.len == 0)
        return list;
    for (size_t i = 0; i < hosts->count; i++)
        list = str_printf(arena, "%.*s%s%.*s", STR_ARGS(list), i == 0 ? "" : ",",
                          STR_ARGS(hosts->items[i].name));
    return list;
}

static struct str host_ports(struct arena *arena, const struct url_hosts *hosts)
{
    struct str list = {NULL, 0};
    bool any = false;

    for (size_t i = 0; i < hosts->count; i++) {
        uint16_t port = hosts->items[i].port;
        struct str text = port == 0 ? (struct str){NULL, 0} : str_printf(arena, "%u", (unsigned int)port);

        any = any || port != 0;
        list = str_printf(arena, "%.*s%s%.*s", STR_ARGS(list), i == 0 ? "" : ",", STR_ARGS(text));
    }
    return any ? list : (struct str){NULL, 0};
}

struct url_conninfo url_conninfo(struct arena *arena, const struct url *url)
{
    enum {
        ADDRESS = 5
    };
    size_t room = ADDRESS + url->parameters.count + 1;
    struct url_conninfo info = {ARENA_ARRAY(arena, const char *, room),
                                ARENA_ARRAY(arena, const char *, room)};
    size_t count = 0;

    put(arena, &info, &count, "user", url->user);
    put(arena, &info, &count, "password", url->password);
    put(arena, &info, &count, "host", host_names(arena, &url->hosts));
    put(arena, &info, &count, "port", host_ports(arena, &url->hosts));
    put(arena, &info, &count, "dbname", url->database);
    for (size_t i = 0; i < url->parameters.count; i++)
        put(arena, &info, &count, str_cstr(arena, url->parameters.items[i].name),
            url->parameters.items[i].value);
    return info;
}
