/* url_intern.h: what the files that make up url.h share. */
#ifndef PGRADE_URL_URL_INTERN_H
#define PGRADE_URL_URL_INTERN_H

#include "url/url.h"

/* A PostgreSQL URL while it is read.  Hosts and ports are comma lists until all is read, as in libpq, because
 * parameters may replace one of them and keep the other. */
struct url_reader {
    struct arena *arena;
    struct url *url;
    struct str hosts;
    struct str ports;
    bool hosts_are_parameters; /* of a driver's URL: a name may hold its port */
};

/* Decodes %HH, and '+' to a space where `plus_is_space`. */
bool url_decode(struct arena *arena, struct str raw, bool plus_is_space, struct str *out,
                struct err *err) MUST_USE;

/* Cuts `s` at the first `byte`: the part before it is returned, `*rest` is what follows.  Without one, all of
 * `s` is returned and `*rest` has a NULL ptr. */
struct str url_cut(struct str s, char byte, struct str *rest);

/* Calls `put` for each parameter of a query, decoded. */
typedef bool url_put(void *context, struct str name, struct str value, struct err *err);
bool url_query_read(struct arena *arena, struct str query, bool plus_is_space, url_put *put, void *context,
                    struct err *err) MUST_USE;

/* Sets the parameter, at its old place if it was set before. */
void url_parameters_set(struct arena *arena, struct url_parameters *parameters, struct str name,
                        struct str value);

/* Stores one parameter of a PostgreSQL URL where it belongs; an url_put with an url_reader. */
bool url_postgres_put(void *reader, struct str name, struct str value, struct err *err) MUST_USE;

bool url_parameter_is_libpq(struct str name);
bool url_parameter_is_secret(struct str name);

/* Makes `url->hosts` of the reader's lists. */
bool url_hosts_settle(struct url_reader *reader, struct err *err) MUST_USE;

/* The whole str as a port; 0: it is none. */
uint16_t url_port(struct str text);

/* Readers: of a path in a URL, of what follows `file:`, of what follows `postgresql://`, of keywords. */
bool url_sqlite_read(struct arena *arena, struct str rest, struct url *url, struct err *err) MUST_USE;
bool url_file_read(struct arena *arena, struct str rest, struct url *url, struct err *err) MUST_USE;
bool url_path_read(struct arena *arena, struct str path, struct url *url, struct err *err) MUST_USE;
bool url_postgres_read(struct arena *arena, struct str rest, struct url *url, struct err *err) MUST_USE;
bool url_keywords_read(struct arena *arena, struct str text, struct url *url, struct err *err) MUST_USE;
bool url_keywords_begin(struct str text); /* whether the text is a keyword string */

#endif
