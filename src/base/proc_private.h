/* proc_private.h: what the parts of proc.h share. */
#ifndef PGRADE_BASE_PROC_PRIVATE_H
#define PGRADE_BASE_PROC_PRIVATE_H

#include <unistd.h>

#include "base/buf.h"
#include "base/proc.h"

enum {
    REPORT_DESCRIPTOR = 3 /* where the child tells why it could not start the program */
};

/* Closes it if it is open, and sets it to -1. */
static inline void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        (void)close(*descriptor);
    *descriptor = -1;
}

/* The steps of the child before the program runs, in the order in which they are taken. */
enum step {
    STEP_DESCRIPTORS,
    STEP_USER,
    STEP_DIRECTORY,
    STEP_PROGRAM
};

struct report {
    enum step step;
    int why; /* errno */
};

/* All that the child needs, made before fork(): afterwards only async-signal-safe calls are allowed. */
struct child {
    const char *program;
    char *const *argv;
    char *const *environment;
    const char *directory;
    const struct proc_user *user;
    bool own_group;
    pid_t parent;       /* SIGTERM when it ends; 0: goes on without */
    int descriptors[3]; /* for 0, 1, 2; -1: as ours */
    int report;
};

/* proc_child.c: in the child; becomes the program, or reports why not and exits. */
void child_run(const struct child *child) NORETURN;

/* One captured output. */
struct capture {
    int descriptor; /* -1: none, or at its end */
    struct buf bytes;
    size_t maximum;
    bool keep_last;
    bool cut;
};

/* proc_capture.c */
void capture_begin(struct capture *capture, size_t maximum, bool keep_last);
/* Takes what is there now; closes our end when the child closed its own. */
void capture_read(struct capture *capture);
/* Waits until one of the two has something, or is at its end, and takes it. */
void capture_wait(struct capture captures[2], int timeout_ms);
struct str capture_end(struct arena *arena, struct capture *capture);

#endif
