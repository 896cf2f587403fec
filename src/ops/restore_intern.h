/* restore_intern.h: what the files behind restore.h share. */
#ifndef PGRADE_OPS_RESTORE_INTERN_H
#define PGRADE_OPS_RESTORE_INTERN_H

#include "ops/restore.h"

/* A schema: stands in a target while several connections restore into it, which no transaction can hold
 * together. */
#define RESTORE_MARK "pgrade_restoring"

/* Restore `data` and read what is in the target then. */
bool restore_postgres(struct arena *arena, const struct restore_options *options, const char *data,
                      struct restore_result *result, struct err *err) MUST_USE;
/* Refuses SQL text that is cut (ERR_FAILED), or that psql would not run in one transaction in the target
 * alone (ERR_REFUSED). */
bool restore_text_check(const char *path, const volatile sig_atomic_t *interrupted, struct err *err) MUST_USE;
/* All databases; the target names one of the server's, for the connection. */
bool restore_bundle(struct arena *arena, const struct restore_options *options, struct restore_result *result,
                    struct err *err) MUST_USE;
bool restore_sqlite(struct arena *arena, const struct restore_options *options, const char *data,
                    struct restore_result *result, struct err *err) MUST_USE;

#endif
