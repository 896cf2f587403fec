/*
 * restore_found.h: what a PostgreSQL database holds into which an earlier run may have restored.
 *
 * A restore by one connection is one transaction: all of it is there or nothing.  So what agrees with the
 * manifest, table by table, is whole; what does not is somebody's work.
 */
#ifndef PGRADE_OPS_RESTORE_FOUND_H
#define PGRADE_OPS_RESTORE_FOUND_H

#include <signal.h>

#include "ops/manifest.h"

enum restore_found {
    RESTORE_FOUND_NOTHING,
    RESTORE_FOUND_HALF, /* several connections were restoring into it */
    RESTORE_FOUND_SAME, /* as the manifest says: tables, rows, sums */
    RESTORE_FOUND_OTHER
};

/* *what: of HALF what its mark says (NULL ptr: nothing); of OTHER one thing that is there, and how it
 * differs. */
bool restore_find(struct arena *arena, struct engine *engine, const struct manifest *manifest,
                  const volatile sig_atomic_t *interrupted, enum restore_found *found, struct str *what,
                  struct err *err) MUST_USE;

/* Waits until the server has noticed that the client of an interrupted restore into that database is gone;
 * ERR_REFUSED after a minute.  `engine` is connected to any database of the server. */
bool restore_wait(struct arena *arena, struct engine *engine, struct str database,
                  const volatile sig_atomic_t *interrupted, struct err *err) MUST_USE;

#endif
