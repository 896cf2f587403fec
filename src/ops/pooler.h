/*
 * pooler.h: does a pooler in transaction mode stand between?
 *
 * There a SET outside of a transaction reaches whatever session comes next, and stays there: pg_dump and
 * pg_restore empty the search_path first of all, and the application would no longer find its tables.
 */
#ifndef PGRADE_OPS_POOLER_H
#define PGRADE_OPS_POOLER_H

#include <signal.h>

#include "base/err.h"
#include "url/url.h"

/* Sets nothing on the server. */
bool pooler_stands(const struct url *url, const volatile sig_atomic_t *interrupted, bool *stands,
                   struct err *err) MUST_USE;

/* ERR_REFUSED where one stands there; `who` is what it must not get: "pg_dump".  Sets nothing on the server.
 */
bool pooler_refuse(const struct url *url, const char *who, const volatile sig_atomic_t *interrupted,
                   struct err *err) MUST_USE;

#endif
