#include "url/spelling.h"

#include <string.h>

#include "base/buf.h"
#include "url/dotenv.h"
#include "url/url_intern.h"

typedef void writer(struct buf *out, struct arena *arena, const struct url *url);

/* As JSON, Python, Ruby, YAML and JavaScript all read it. */
static void put_quoted(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

/* The value that libpq is given for the keyword; NULL ptr: none. */
static struct str value_of(struct arena *arena, const struct url *url, const char *keyword)
{
    struct url_conninfo info = url_conninfo(arena, url);

    for (size_t i = 0; info.keywords[i] != NULL; i++)
        if (strcmp(info.keywords[i], keyword) == 0)
            return str_from(info.values[i]);
    return (struct str){NULL, 0};
}

static bool is_address(const char *keyword)
{
    static const char *const words[] = {"user", "password", "host", "port", "dbname"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcmp(keyword, words[i]) == 0)
            return true;
    return false;
}

static void put_libpq(struct buf *out, struct arena *arena, const struct url *url)
{
    buf_str(out, url_text(arena, url, URL_LIBPQ));
}

static void put_sqlalchemy(struct buf *out, struct arena *arena, const struct url *url)
{
    buf_str(out, url_text(arena, url, URL_SQLALCHEMY));
}

static void put_path(struct buf *out, struct arena *arena, const struct url *url)
{
    (void)arena;
    buf_str(out, url->path);
}

static void put_keywords(struct buf *out, struct arena *arena, const struct url *url)
{
    struct url_conninfo info = url_conninfo(arena, url);

    for (size_t i = 0; info.keywords[i] != NULL; i++) {
        const char *value = info.values[i];
        bool plain = value[0] != '\0' && strpbrk(value, " \t\n'\\") == NULL;

        buf_printf(out, "%s%s=%s", i > 0 ? " " : "", info.keywords[i], plain ? "" : "'");
        for (; *value != '\0'; value++) {
            if (*value == '\'' || *value == '\\')
                buf_byte(out, '\\');
            buf_byte(out, *value);
        }
        buf_text(out, plain ? "" : "'");
    }
}

/* `name: "value"`, when there is one. */
static void put_field(struct buf *out, const char *before, struct str value, const char *after)
{
    if (value.ptr == NULL)
        return;
    buf_text(out, before);
    put_quoted(out, value);
    buf_text(out, after);
}

static void put_django_options(struct buf *out, struct arena *arena, const struct url *url)
{
    struct url_conninfo info = url_conninfo(arena, url);

    for (size_t i = 0; info.keywords[i] != NULL; i++) {
        if (is_address(info.keywords[i]))
            continue;
        buf_printf(out, "            \"%s\": ", info.keywords[i]);
        put_quoted(out, str_from(info.values[i]));
        buf_text(out, ",\n");
    }
}

static void put_django(struct buf *out, struct arena *arena, const struct url *url)
{
    buf_text(out, "DATABASES = {\n    \"default\": {\n        \"ENGINE\": \"django.db.backends.");
    buf_text(out, url->kind == URL_SQLITE ? "sqlite3\",\n" : "postgresql\",\n");
    if (url->kind == URL_SQLITE) {
        put_field(out, "        \"NAME\": ", url->path, ",\n    },\n}");
        return;
    }
    put_field(out, "        \"NAME\": ", value_of(arena, url, "dbname"), ",\n");
    put_field(out, "        \"USER\": ", value_of(arena, url, "user"), ",\n");
    put_field(out, "        \"PASSWORD\": ", value_of(arena, url, "password"), ",\n");
    put_field(out, "        \"HOST\": ", value_of(arena, url, "host"), ",\n");
    put_field(out, "        \"PORT\": ", value_of(arena, url, "port"), ",\n");
    if (url->parameters.count > 0) {
        buf_text(out, "        \"OPTIONS\": {\n");
        put_django_options(out, arena, url);
        buf_text(out, "        },\n");
    }
    buf_text(out, "    },\n}");
}

static void put_encoded(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (ascii_is_alpha(c) || ascii_is_digit(c) || (c != '\0' && strchr("-._~/:,", c) != NULL))
            buf_byte(out, c);
        else
            buf_printf(out, "%%%02X", (unsigned int)(unsigned char)c);
    }
}

/* User and password are parameters; hosts and ports stand together, also when there are several. */
static void put_jdbc(struct buf *out, struct arena *arena, const struct url *url)
{
    struct url_conninfo info = url_conninfo(arena, url);
    char joint = '?';

    if (url->kind == URL_SQLITE) {
        buf_printf(out, "jdbc:sqlite:%.*s", STR_ARGS(url->path));
        return;
    }
    buf_text(out, "jdbc:postgresql://");
    for (size_t i = 0; i < url->hosts.count; i++) {
        bool ipv6 = str_find(url->hosts.items[i].name, ':') >= 0;

        buf_printf(out, "%s%s", i > 0 ? "," : "", ipv6 ? "[" : "");
        put_encoded(out, url->hosts.items[i].name);
        buf_text(out, ipv6 ? "]" : "");
        if (url->hosts.items[i].port != 0)
            buf_printf(out, ":%u", (unsigned int)url->hosts.items[i].port);
    }
    buf_byte(out, '/');
    put_encoded(out, url->database);
    for (size_t i = 0; info.keywords[i] != NULL; i++) {
        if (is_address(info.keywords[i]) && strcmp(info.keywords[i], "user") != 0 &&
            strcmp(info.keywords[i], "password") != 0)
            continue;
        buf_printf(out, "%c%s=", joint, info.keywords[i]);
        put_encoded(out, str_from(info.values[i]));
        joint = '&';
    }
}

static void put_rails(struct buf *out, struct arena *arena, const struct url *url)
{
    buf_printf(out, "production:\n  adapter: %s\n", url->kind == URL_SQLITE ? "sqlite3" : "postgresql");
    if (url->kind == URL_SQLITE) {
        put_field(out, "  database: ", url->path, "");
        return;
    }
    buf_text(out, "  encoding: unicode");
    put_field(out, "\n  host: ", value_of(arena, url, "host"), "");
    put_field(out, "\n  port: ", value_of(arena, url, "port"), "");
    put_field(out, "\n  database: ", value_of(arena, url, "dbname"), "");
    put_field(out, "\n  username: ", value_of(arena, url, "user"), "");
    put_field(out, "\n  password: ", value_of(arena, url, "password"), "");
    for (size_t i = 0; i < url->parameters.count; i++) {
        buf_printf(out, "\n  %.*s: ", STR_ARGS(url->parameters.items[i].name));
        put_quoted(out, url->parameters.items[i].value);
    }
}

/* node-postgres verifies certificates wherever it encrypts, unless told not to. */
static const char *node_ssl(struct str mode)
{
    if (str_is(mode, "disable"))
        return "  ssl: false,\n";
    if (str_is(mode, "require"))
        return "  ssl: { rejectUnauthorized: false },\n";
    return str_starts_with(mode, "verify") ? "  ssl: true,\n" : "";
}

static void put_node(struct buf *out, struct arena *arena, const struct url *url)
{
    if (url->kind == URL_SQLITE) {
        put_field(out, "new Database(", url->path, ")");
        return;
    }
    buf_text(out, "new Pool({\n");
    if (url->hosts.count > 0)
        put_field(out, "  host: ", url->hosts.items[0].name, ",\n");
    if (url->hosts.count > 0 && url->hosts.items[0].port != 0)
        buf_printf(out, "  port: %u,\n", (unsigned int)url->hosts.items[0].port);
    put_field(out, "  database: ", value_of(arena, url, "dbname"), ",\n");
    put_field(out, "  user: ", value_of(arena, url, "user"), ",\n");
    put_field(out, "  password: ", value_of(arena, url, "password"), ",\n");
    buf_text(out, node_ssl(url_parameter(url, "sslmode")));
    buf_text(out, "})");
}

static void put_env(struct buf *out, struct arena *arena, const struct url *url)
{
    struct err ignored = {.code = ERR_NONE};
    struct buf line;

    buf_init(&line, BUF_TEXT_MAXIMUM);
    if (dotenv_set(&line, (struct str){NULL, 0}, ".env", "DATABASE_URL", url_text(arena, url, URL_LIBPQ),
                   &ignored))
        buf_str(out, str_trim(buf_view(&line)));
    buf_free(&line);
}

static const struct spelling {
    const char *key;
    const char *name;
    writer *postgres;
    writer *sqlite;
} spellings[] = {
    {"url", "URL (libpq, psql, most programs)", put_libpq, put_libpq},
    {"keywords", "libpq's keywords", put_keywords, NULL},
    {"path", "path", NULL, put_path},
    {"sqlalchemy", "SQLAlchemy", put_sqlalchemy, put_sqlalchemy},
    {"django", "Django (settings.py)", put_django, put_django},
    {"jdbc", "JDBC", put_jdbc, put_jdbc},
    {"rails", "Rails (config/database.yml)", put_rails, put_rails},
    {"node", "Node (pg; better-sqlite3 for files)", put_node, put_node},
    {"env", ".env", put_env, put_env},
};

static struct url without_secrets(struct arena *arena, const struct url *url)
{
    static const struct str redacted = STR("PASSWORD"); /* for people to put theirs in */
    struct url hidden = *url;

    if (url->password.len > 0)
        hidden.password = redacted;
    hidden.parameters.items = ARENA_ARRAY(arena, struct url_parameter, url->parameters.count);
    for (size_t i = 0; i < url->parameters.count; i++) {
        hidden.parameters.items[i] = url->parameters.items[i];
        if (url_parameter_is_secret(url->parameters.items[i].name))
            hidden.parameters.items[i].value = redacted;
    }
    return hidden;
}

struct url_spelling *url_spellings(struct arena *arena, const struct url *url, bool secrets, size_t *count)
{
    struct url_spelling *made = ARENA_ARRAY(arena, struct url_spelling, ARRAY_LENGTH(spellings));
    struct url shown = secrets ? *url : without_secrets(arena, url);

    *count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(spellings); i++) {
        writer *write = url->kind == URL_SQLITE ? spellings[i].sqlite : spellings[i].postgres;
        struct buf out;

        if (write == NULL)
            continue;
        buf_init(&out, BUF_TEXT_MAXIMUM);
        write(&out, arena, &shown);
        made[(*count)++] =
            (struct url_spelling){spellings[i].key, spellings[i].name, buf_to_str(arena, &out)};
        buf_free(&out);
    }
    return made;
}
