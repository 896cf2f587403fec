/*
 * spelling.h: one database in the words of each program that an application may be written in.
 *
 * Where a program's form has no place for something (Node's pg takes one host), the first is given.  Sockets
 * are written as a directory, where the program knows such.
 */
#ifndef PGRADE_URL_SPELLING_H
#define PGRADE_URL_SPELLING_H

#include "url/url.h"

struct url_spelling {
    const char *key;  /* for programs: "sqlalchemy" */
    const char *name; /* for people: "SQLAlchemy" */
    struct str text;  /* may have several lines */
};

/* Without `secrets`, the word PASSWORD stands where they would.  *count of them; in a fixed order. */
struct url_spelling *url_spellings(struct arena *arena, const struct url *url, bool secrets, size_t *count);

#endif
