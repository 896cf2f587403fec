#include <string.h>

#include "base/buf.h"
#include "url/url_intern.h"

/* How a style differs.  Decided by what the readers of that style do not decode. */
static const struct style {
    const char *postgres;
    bool literal_database; /* SQLAlchemy decodes neither the database nor the path of a file */
    bool one_host;         /* several hosts only as the parameters host=a,b&port=1,2 */
} styles[] = {
    [URL_LIBPQ] = {"postgresql://", false, false},
    [URL_SQLALCHEMY] = {"postgresql+psycopg2://", true, true},
};

/* A URL being written; `joint` is what comes before the next parameter. */
struct writer {
    struct buf out;
    const struct style *style;
    bool redacted;
    char joint;
};

static bool is_unreserved(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

static void encode(struct buf *out, struct str s, const char *also_literal)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_unreserved(s.ptr[i]) || (s.ptr[i] != '\0' && strchr(also_literal, s.ptr[i]) != NULL))
            buf_byte(out, s.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned int)(unsigned char)s.ptr[i]);
    }
}

static bool is_plain(struct str s, const char *also_literal)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_unreserved(s.ptr[i]) && (s.ptr[i] == '\0' || strchr(also_literal, s.ptr[i]) == NULL))
            return false;
    return true;
}

static void put_name(struct writer *writer, struct str name)
{
    buf_byte(&writer->out, writer->joint);
    writer->joint = '&';
    encode(&writer->out, name, "");
    buf_byte(&writer->out, '=');
}

static void put_parameter(struct writer *writer, struct str name, struct str value)
{
    put_name(writer, name);
    if (writer->redacted && value.len > 0 && url_parameter_is_secret(name))
        buf_text(&writer->out, "***");
    else
        encode(&writer->out, value, "/:,");
}

static void put_userinfo(struct writer *writer, const struct url *url)
{
    if (url->user.ptr == NULL && url->password.ptr == NULL)
        return;
    encode(&writer->out, url->user, "");
    if (url->password.ptr != NULL) {
        buf_byte(&writer->out, ':');
        if (writer->redacted && url->password.len > 0)
            buf_text(&writer->out, "***");
        else
            encode(&writer->out, url->password, "");
    }
    buf_byte(&writer->out, '@');
}

static void put_port(struct buf *out, const char *before, uint16_t port)
{
    if (port != 0)
        buf_printf(out, "%s%u", before, (unsigned int)port);
}

static bool is_ipv6(struct str name)
{
    return str_find(name, ':') >= 0 && name.ptr[0] != '/' && name.ptr[0] != '@';
}

static const char *literal_in_host(struct str name)
{
    return is_ipv6(name) ? ":" : "";
}

/* Whether the hosts can stand in the address.  Sockets and zones (%eth0) would have to be encoded there,
 * which SQLAlchemy does not decode and nobody likes to read. */
static bool hosts_are_plain(const struct style *style, const struct url_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++)
        if (!is_plain(hosts->items[i].name, literal_in_host(hosts->items[i].name)))
            return false;
    return hosts->count < 2 || !style->one_host;
}

static void put_hosts(struct writer *writer, const struct url_hosts *hosts)
{
    if (!hosts_are_plain(writer->style, hosts))
        return;
    for (size_t i = 0; i < hosts->count; i++) {
        const struct url_host *host = &hosts->items[i];
        const char *brackets = is_ipv6(host->name) ? "[]" : "";

        buf_text(&writer->out, i == 0 ? "" : ",");
        buf_printf(&writer->out, "%.1s%.*s%s", brackets, STR_ARGS(host->name),
                   brackets + (*brackets != '\0'));
        put_port(&writer->out, ":", host->port);
    }
}

static bool any_port(const struct url_hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++)
        if (hosts->items[i].port != 0)
            return true;
    return false;
}

static void put_host_parameters(struct writer *writer, const struct url_hosts *hosts)
{
    if (hosts_are_plain(writer->style, hosts))
        return;
    put_name(writer, (struct str)STR("host"));
    for (size_t i = 0; i < hosts->count; i++) {
        buf_text(&writer->out, i == 0 ? "" : ",");
        encode(&writer->out, hosts->items[i].name, "/:");
    }
    if (!any_port(hosts))
        return;
    put_name(writer, (struct str)STR("port"));
    for (size_t i = 0; i < hosts->count; i++) {
        buf_text(&writer->out, i == 0 ? "" : ",");
        put_port(&writer->out, "", hosts->items[i].port);
    }
}

static void put_postgres(struct writer *writer, const struct url *url)
{
    bool in_path = !writer->style->literal_database || is_plain(url->database, "");

    buf_text(&writer->out, writer->style->postgres);
    put_userinfo(writer, url);
    put_hosts(writer, &url->hosts);
    if (url->database.ptr != NULL && in_path) {
        buf_byte(&writer->out, '/');
        encode(&writer->out, url->database, "");
    }
    put_host_parameters(writer, &url->hosts);
    if (!in_path)
        put_parameter(writer, (struct str)STR("dbname"), url->database);
    for (size_t i = 0; i < url->parameters.count; i++)
        put_parameter(writer, url->parameters.items[i].name, url->parameters.items[i].value);
}

/* Whether SQLAlchemy has to be given SQLite's own URI, which SQLite decodes: it decodes no path itself. */
static bool needs_uri(const struct url *url)
{
    return url->parameters.count > 0 || str_find(url->path, '%') >= 0 || str_find(url->path, '?') >= 0 ||
           str_starts_with_nocase(url->path, "file:") || str_trim(url->path).len < url->path.len;
}

static void put_sqlite(struct writer *writer, const struct url *url)
{
    bool literal = writer->style->literal_database;
    bool uri = literal && needs_uri(url);

    buf_text(&writer->out, "sqlite:///");
    if (uri)
        buf_text(&writer->out, url->path.ptr[0] == '/' ? "file://" : "file:");
    if (literal && !uri)
        buf_str(&writer->out, url->path);
    else
        encode(&writer->out, url->path, "/");
    for (size_t i = 0; i < url->parameters.count; i++)
        put_parameter(writer, url->parameters.items[i].name, url->parameters.items[i].value);
    if (uri)
        put_parameter(writer, (struct str)STR("uri"), (struct str)STR("true"));
}

static struct str write_url(struct arena *arena, const struct url *url, const struct style *style,
                            bool redacted)
{
    struct writer writer = {.style = style, .redacted = redacted, .joint = '?'};
    struct str text;

    buf_init(&writer.out, BUF_TEXT_MAXIMUM);
    if (url->kind == URL_SQLITE)
        put_sqlite(&writer, url);
    else
        put_postgres(&writer, url);
    text = buf_to_str(arena, &writer.out);
    buf_free(&writer.out);
    return text;
}

struct str url_text(struct arena *arena, const struct url *url, enum url_style style)
{
    return write_url(arena, url, &styles[style], false);
}

struct str url_redacted(struct arena *arena, const struct url *url)
{
    if (url->kind == URL_SQLITE)
        return url->path;
    return write_url(arena, url, &styles[URL_LIBPQ], true);
}
