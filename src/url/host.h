/* host.h: one host of an address, and lists of them. */
#ifndef PGRADE_URL_HOST_H
#define PGRADE_URL_HOST_H

#include "url/url_intern.h"

enum host_problem {
    HOST_GOOD,
    HOST_BRACKET,
    HOST_COLONS,
    HOST_BYTE,
    HOST_OWN_PORT,
    HOST_PORT
};

/* Takes name[:port] or [address][:port] apart.  Both may be empty. */
enum host_problem host_read(struct str text, struct str *name, struct str *port) MUST_USE;

/* Tells the problem of the host at this place, counted from 1.  Always false. */
bool host_error(enum host_problem problem, size_t number, struct err *err);

#endif
