/*
 * instance.h: the databases of one PostgreSQL server, with what CREATE DATABASE and ALTER DATABASE would have
 * to say to make them again.
 */
#ifndef PGRADE_OPS_INSTANCE_H
#define PGRADE_OPS_INSTANCE_H

#include "engine/engine.h"

struct database_setting {
    struct str role; /* NULL ptr: for every role */
    struct str text; /* name=value, as the catalog has it */
};

struct database_facts {
    struct str name;
    struct str owner;
    struct str encoding; /* "UTF8" */
    struct str collate;
    struct str ctype;
    struct str provider;      /* "c": the system's, "i": ICU, "b": PostgreSQL's own */
    struct str locale;        /* of ICU, or PostgreSQL's own; NULL ptr: none */
    struct str icu_rules;     /* NULL ptr: none */
    struct str comment;       /* NULL ptr: none */
    struct str tablespace;    /* NULL ptr: the server's usual one */
    int64_t connection_limit; /* -1: none */
    int64_t bytes;            /* -1: not known */
    struct database_setting *settings;
    size_t setting_count;
    size_t setting_capacity;
    struct str why_not; /* it cannot be read: the reason; NULL ptr: as far as is known it can */
};

struct instance {
    struct str server; /* "15.14" */
    int major;
    bool superuser;  /* ... is who asks */
    bool may_create; /* databases */
    struct str user;
    struct database_facts *databases; /* without templates, by name */
    size_t database_count;
    size_t database_capacity;
    struct str *roles; /* names, without those that PostgreSQL brings */
    size_t role_count;
    size_t role_capacity;
};

bool instance_read(struct arena *arena, struct engine *engine, struct instance *instance,
                   struct err *err) MUST_USE;

/* The server with one database alone, and no roles; ERR_FAILED where there is none of that name. */
bool instance_read_database(struct arena *arena, struct engine *engine, struct str name,
                            struct instance *instance, struct err *err) MUST_USE;

const struct database_facts *instance_database(const struct instance *instance, struct str name);

/* Of providers that keep a database for themselves on every instance: whose; NULL: nobody's that is known. */
const char *instance_keeper(struct str database);

/* The URL with another database. */
struct url url_of_database(const struct url *url, struct str database);

#endif
