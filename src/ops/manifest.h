/*
 * manifest.h: what a backup says of itself, in the file manifest.json beside its data.
 *
 * A backup is a directory.  It gets its name as the last thing of all, when its files are complete and on
 * disk: so one that has a name and a manifest is whole, as far as the sums in the manifest agree.
 */
#ifndef PGRADE_OPS_MANIFEST_H
#define PGRADE_OPS_MANIFEST_H

#include "ops/contents.h"
#include "ops/instance.h"

enum {
    MANIFEST_FORMAT = 1
};

#define MANIFEST_NAME "manifest.json"

struct manifest_file {
    struct str name; /* below the backup's directory: "dump", "dump/toc.dat", "app.db" */
    int64_t bytes;
    struct str sha256;
};

/* A database of a bundle: it lies in a folder of its own, as a backup with a manifest. */
struct bundle_database {
    struct database_facts facts;
    struct str folder; /* below the bundle's: "databases/app" */
    int64_t tables;
    int64_t rows;
    int64_t bytes;
};

struct left_out {
    struct str name;
    struct str why;
    bool asked; /* for: it is no shortfall */
};

/* The backups of all databases of one instance. */
struct bundle {
    struct bundle_database *databases;
    size_t database_count;
    size_t database_capacity;
    struct left_out *left_out;
    size_t left_out_count;
    size_t left_out_capacity;
    struct str *roles; /* their names alone */
    size_t role_count;
};

struct manifest {
    struct str pgrade;   /* the version that wrote it */
    struct str engine;   /* "postgres" or "sqlite" */
    struct str source;   /* the URL, its secrets hidden */
    struct str database; /* its name, or the path of a file */
    struct str server;   /* "15.14"; of SQLite the library's */
    struct str program;  /* pg_dump's version; NULL ptr: none was used */
    struct str format;   /* "custom", "directory", "sqlite", "bundle" */
    struct str data;     /* the file or directory that is restored: "dump", "app.db", "databases" */
    int64_t began_us;    /* since 1970 */
    int64_t took_us;
    struct contents contents; /* none of a bundle: they are in the manifests of its databases */
    struct bundle bundle;     /* of a bundle alone */
    struct manifest_file *files;
    size_t file_count;
    size_t file_capacity;
};

bool manifest_is_bundle(const struct manifest *manifest);
int64_t manifest_bytes(const struct manifest *manifest);
int64_t manifest_tables(const struct manifest *manifest);
int64_t manifest_rows(const struct manifest *manifest);

bool manifest_write(const char *directory, const struct manifest *manifest, struct err *err) MUST_USE;
/* ERR_FAILED where there is none, or it is none. */
bool manifest_read(struct arena *arena, const char *directory, struct manifest *manifest,
                   struct err *err) MUST_USE;

/* Lists all files below `directory`/`name` with their sums. */
bool manifest_add_files(struct arena *arena, const char *directory, const char *name,
                        const volatile sig_atomic_t *interrupted, struct manifest *manifest,
                        struct err *err) MUST_USE;

/* The files of a backup that lies in the folder `name` of this one, as its manifest says, and that manifest.
 */
bool manifest_add_backup(struct arena *arena, const char *directory, const char *name,
                         const struct manifest *added, struct manifest *manifest, struct err *err) MUST_USE;

/* Reads every file again: ERR_DIFFERENT names the first that is not as it was written. */
bool manifest_check_files(const char *directory, const struct manifest *manifest,
                          const volatile sig_atomic_t *interrupted, struct err *err) MUST_USE;

/* Looks at their sizes alone, which takes no time. */
bool manifest_check_sizes(const char *directory, const struct manifest *manifest, struct err *err) MUST_USE;

/* As a manifest and --json have them (docs/json.md): members of a database, and the list "left_out". */
struct json;
void bundle_put_members(struct json *json, const struct bundle_database *database);
void bundle_put_left_out(struct json *json, const struct bundle *bundle);

/* The part of a bundle: for manifest.c and manifest_read.c. */
struct json_object;
void bundle_put(struct json *json, const struct bundle *bundle);
bool bundle_take(struct arena *arena, struct json_object *root, struct bundle *bundle) MUST_USE;
/* No path that leads out of the backup's folder: it may come from a place of others. */
bool manifest_stays_below(struct str name);

#endif
