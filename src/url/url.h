/*
 * url.h: where a database is: read from what people type, written in the spellings that programs want.
 *
 * What is read:
 *
 * - app.db, /srv/app.db: a path is all that has no scheme.  A drive (C:\app.db, C://app.db) is no scheme.
 *
 * - sqlite:///app.db is a relative path, as SQLAlchemy and Django spell it; sqlite:////srv/app.db is
 * absolute; sqlite:app.db, sqlite3: and sqlite+DRIVER: are taken too.
 *
 * - file:app.db?mode=ro: SQLite's own URI (sqlite.org/uri.html).
 *
 * - postgresql://user:password@host:5432/database?sslmode=require: libpq's URI (PostgreSQL manual, 34.1.1.2),
 *   several hosts included; postgres://, postgresql+DRIVER:// (SQLAlchemy), pgsql://, psql:// and postgis://
 *   likewise.
 *
 * - host=db dbname=app: libpq's keywords, in a text that begins with one of them and '='.
 *
 * Raw characters.  %HH is decoded everywhere but in paths without a scheme and in keyword strings; a '%' that
 * two hex digits do not follow stands for itself.  Passwords may hold @ : / ? # % $ [ ] and spaces raw: the
 * userinfo ends at the first '@' after which a whole address follows, that is hosts, then a database without
 * '@' and '/', then parameters of the form name=value.  So `u:p/a@b@host/db` has the password `p/a@b`.  Where
 * no '@' leaves such a rest, it ends at the last '@' before the first '/' or '?', as in libpq.  What cannot
 * be told: a raw password that itself goes on like an address (`u:5432/db?a=b@host` is host u); write those
 * characters as %HH.
 *
 * Parameters.  Those of libpq are kept, in order; the last of equal names wins.  Parameters that override the
 * address (host, port, user, password, dbname) do so.  With a SQLAlchemy driver in the scheme, '+' in a
 * parameter is a space and several `host=name:port` are several hosts.  `ssl=...` (asyncpg, node-postgres)
 * becomes sslmode.  Others mean something to one driver only: they are dropped, and listed in `dropped`.  A
 * name that looks like a misspelt one of libpq, or begins with `ssl`, is an error, because to drop `sslmod`
 * would be to connect without it.
 *
 * Ownership: every str of a url lives in the arena of url_parse() and is followed by a NUL.
 * Errors: ERR_URL; none of them repeats any part of a userinfo, an address or a value.
 */
#ifndef PGRADE_URL_URL_H
#define PGRADE_URL_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum url_kind {
    URL_SQLITE,
    URL_POSTGRES
};

struct url_host {
    struct str
        name;      /* name, address (IPv6 without brackets), directory of a socket; empty: libpq's default */
    uint16_t port; /* 0: the default */
};

struct url_hosts {
    struct url_host *items;
    size_t count; /* 0: none given */
    size_t capacity;
};

struct url_parameter {
    struct str name;
    struct str value;
};

struct url_parameters {
    struct url_parameter *items;
    size_t count;
    size_t capacity;
};

struct url {
    enum url_kind kind;
    struct str driver; /* `asyncpg` of postgresql+asyncpg://; NULL ptr: none */

    /* URL_SQLITE */
    struct str path; /* absolute or relative as given, never empty */
    bool immutable;  /* nobody writes the file, so neither locks nor a WAL are looked at */

    /* URL_POSTGRES; a NULL ptr is "not given" */
    struct str user;
    struct str password;
    struct str database;
    struct url_hosts hosts;

    struct url_parameters parameters;
    struct url_parameters dropped; /* tell their names only: a misread password could be among the values */
};

bool url_parse(struct arena *arena, struct str text, struct url *url, struct err *err) MUST_USE;

/* The value of the parameter; NULL ptr: not given. */
struct str url_parameter(const struct url *url, const char *name);

/*
 * The one spelling for every message: postgresql://user:***@host:5432/db?sslmode=require, or the path of a
 * SQLite file.  Secrets are *** wherever they stand; url_parse() reads the rest back.
 */
struct str url_redacted(struct arena *arena, const struct url *url) MUST_USE;

/* Whether it holds a password, or something else that is for nobody's eyes. */
bool url_has_secret(const struct url *url);

enum url_style {
    URL_LIBPQ,     /* postgresql://, sqlite:///: what most programs read */
    URL_SQLALCHEMY /* postgresql+psycopg2://, and what SQLAlchemy takes literally written literally */
};

/* The whole URL with its secrets: never for a message.  url_parse() gives the same url again. */
struct str url_text(struct arena *arena, const struct url *url, enum url_style style) MUST_USE;

/* For PQconnectdbParams(keywords, values, 0): what the url gives and nothing else, ended by NULLs. */
struct url_conninfo {
    const char **keywords;
    const char **values;
};

struct url_conninfo url_conninfo(struct arena *arena, const struct url *url) MUST_USE;

/*
 * Whether the server is on this machine: a socket, `localhost`, a loopback address, or no host given; of
 * several hosts, all.  A service may name any host, so it is not local.  Looks at the url alone: where libpq
 * would take the host from PGHOST, the caller has to ask.  A SQLite file is local.
 */
bool url_is_local(const struct url *url);

/* Whether an address, in numbers, is one of this machine alone: 127.0.0.1, ::1 ...; a name is none. */
bool url_is_loopback(struct str address);

#endif
