/* file.h: a SQLite file of a test, its writers in other processes, and engines on it. */
#ifndef PGRADE_TESTS_ENGINE_FILE_H
#define PGRADE_TESTS_ENGINE_FILE_H

#include "engine/sqlite/sqlite.h"

struct file {
    struct arena *arena;
    const char *folder;
    const char *path;
    struct url url;
    struct err err;
    int elsewhere; /* to the other process; -1: there is none */
};

/* cmocka's setup and teardown: *state is a struct file, in a folder of its own. */
int file_setup(void **state);
int file_teardown(void **state);

/* Runs the statements on the file, which is made where it is not there. */
void file_run(const struct file *file, const char *sql);

/* The same in another process, on a connection of its own: locks hold between processes only, and a fork of
 * this one would think that it has those of its parent. */
void file_run_elsewhere(const struct file *file, const char *sql);

/* Writes these bytes as the file. */
void file_write(const struct file *file, const void *bytes, size_t size);

/* The bytes of the file with this suffix ("", "-wal"); -1: there is none. */
long long file_size(const struct file *file, const char *suffix);

/* Opens it and fails the test when that does not go. */
struct engine *file_open(struct file *file);

/* Opening fails with this code and a message that holds this text. */
void file_refused(struct file *file, enum err_code code, const char *says);

/* The result of a statement that gives one integer. */
long long file_int(struct engine *engine, const char *sql);

/* The text with a NUL in the file's arena, for messages and comparisons. */
const char *file_text(struct file *file, struct str text);

#endif
