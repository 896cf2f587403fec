/*
 * write.h: a SQLite file that pgrade makes.
 *
 * Such a file is pgrade's alone until it is complete: nobody else has it open, nothing in it can be rolled
 * back, and a failure throws it away.  Triggers do not fire and CHECKs are not asked: its rows were valid
 * where they come from.
 */
#ifndef PGRADE_ENGINE_SQLITE_WRITE_H
#define PGRADE_ENGINE_SQLITE_WRITE_H

#include <signal.h>

#include "engine/engine.h"

/* Copies all pages of the reader's database, as its transaction sees them, into the file `path`, which is
 * empty.  ERR_CANCELED as soon as *interrupted is set (NULL: never). */
bool sqlite_copy_pages(struct engine *reader, const char *path, const volatile sig_atomic_t *interrupted,
                       struct err *err) MUST_USE;

/* Puts the reader's database into the file of somebody else, in one transaction under SQLite's locks:
 * whoever has it open sees the old content or the new one.  Interrupted or failed, it is as it was. */
bool sqlite_replace_pages(struct engine *reader, const char *path, const volatile sig_atomic_t *interrupted,
                          struct err *err) MUST_USE;

/* Opens a file to be written, without a journal.  An empty one becomes a database with the first statement.
 */
bool sqlite_open_write(const char *path, bool trace, struct engine **engine, struct err *err) MUST_USE;

/* A statement that is run again and again. */
struct sqlite_write;
bool sqlite_write_new(struct engine *engine, struct str sql, struct sqlite_write **write,
                      struct err *err) MUST_USE;
void sqlite_write_free(struct sqlite_write *write); /* NULL is allowed */

/* Runs it with these values.  *taken: another row has a value that has to be unique; nothing was written. */
bool sqlite_write_run(struct sqlite_write *write, const struct value *values, size_t count, bool *taken,
                      struct err *err) MUST_USE;

/* Rows that it wrote when it ran last: of several, those before the one whose value was taken, where the
 * statement says OR FAIL. */
int64_t sqlite_write_count(const struct sqlite_write *write) MUST_USE;

/* Asks a statement again whose rows are read or not, with other parameters. */
bool sqlite_rows_again(struct rows *rows, const struct value *params, size_t count, struct err *err) MUST_USE;

#endif
