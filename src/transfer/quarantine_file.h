/* quarantine_file.h: the file of the rows that are set aside, for the parts of the quarantine alone. */
#ifndef PGRADE_TRANSFER_QUARANTINE_FILE_H
#define PGRADE_TRANSFER_QUARANTINE_FILE_H

#include "transfer/quarantine.h"

/* The first line of the file. */
extern const char quarantine_heading[];

/* quarantine.c */
/* Sets `err` from errno: "cannot DOING PATH"; returns false. */
bool quarantine_fail(const char *doing, const char *path, struct err *err);
/* Writes what is buffered. */
bool quarantine_write_out(struct quarantine *quarantine, struct err *err) MUST_USE;

/* quarantine_name.c: before COMMIT: what is written is on the disk, and the name is free. */
bool quarantine_sync(struct quarantine *quarantine, struct err *err) MUST_USE;

/* The file gets its name; false where it cannot, which is said. */
bool quarantine_link(const char *part, const char *path);
/* A descriptor of a file of this form, to be closed; -1: there is none. */
int quarantine_look(const char *path);
/* The same, where no run is alive that writes it. */
int quarantine_take(const char *part);

/* quarantine.c: the name that pgrade gives it: of the source, without directories, and of the run. */
const char *quarantine_path(struct arena *arena, const char *name, struct str run);

/* quarantine_line.c: the row as a line of CSV, with the next number. */
void quarantine_put_line(struct quarantine *quarantine, const struct set_aside *row);

#endif
