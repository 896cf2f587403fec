/*
 * unit.h: what a systemd service is started with, read from its unit file and the drop-ins beside it.
 *
 * systemd itself need not run.  Of a setting that is given twice the last one holds, lists grow, and an empty
 * assignment empties them (systemd.syntax(7), systemd.exec(5)).
 */
#ifndef PGRADE_OPS_UNIT_H
#define PGRADE_OPS_UNIT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct unit_variable {
    struct str name;
    struct str value;
    const char *from; /* the file in which it stands */
    bool passed_over; /* written as `export NAME=value`, which systemd does not take */
};

struct unit_file {
    const char *path;
    bool optional; /* need not be there */
};

struct unit {
    const char *name;        /* "app.service" */
    const char *path;        /* of the unit's own file */
    struct str user;         /* empty: root */
    const char *directory;   /* WorkingDirectory; NULL: / */
    const char *program;     /* of the first ExecStart; NULL: none */
    struct unit_file *files; /* EnvironmentFile, in order */
    size_t file_count;
    size_t file_capacity;
    const char *unread; /* one of these files that is there and could not be read; NULL: none */
    struct err unread_failure;
    struct unit_variable
        *variables; /* of Environment, then of the files that are there; the last one holds */
    size_t variable_count;
    size_t variable_capacity;
};

/* `name`: the path of a file, or the name of a unit, with or without ".service", that is looked for where
 * systemd does: $SYSTEMD_UNIT_PATH, else its usual folders. */
bool unit_load(struct arena *arena, const char *name, struct unit *unit, struct err *err) MUST_USE;

/* What the program gets; NULL: nothing of that name.  One that is passed over is given where no other is. */
const struct unit_variable *unit_variable(const struct unit *unit, const char *name);

#endif
