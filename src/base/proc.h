/*
 * proc.h: runs another program and waits for it.
 *
 * There is never a shell between: argv goes to the program as it is.  Nothing secret belongs in argv
 * (everybody can read it): use the input, the environment or a file.  The child gets no descriptor but 0, 1
 * and 2, the default action for every signal, and an empty signal mask.
 *
 * Threads: any thread may run programs at any time.
 */
#ifndef PGRADE_BASE_PROC_H
#define PGRADE_BASE_PROC_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/err.h"
#include "base/str.h"

/* What is done with the child's stdout and stderr. */
enum proc_output {
    PROC_CAPTURE, /* kept in the result */
    PROC_PASS,    /* goes where ours goes */
    PROC_DISCARD
};

/* Whom the child runs as. */
struct proc_user {
    const char *name;
    const char *home;
    uid_t uid;
    gid_t gid;
    const gid_t *groups; /* the supplementary ones */
    size_t group_count;
};

struct proc_options {
    const char *const *argv; /* ended by NULL; argv[0] is a path, or a name to be found on $PATH */
    /* NAME=value sets, NAME alone removes; ended by NULL.  NULL: our environment as it is. */
    const char *const *environment;
    struct str input; /* the child's stdin; empty: /dev/null */
    bool pass_input;  /* the child's stdin is ours */
    enum proc_output output;
    enum proc_output errors;
    size_t maximum;               /* bytes kept of each output, 0: a megabyte */
    const char *directory;        /* the child's working directory; NULL: ours */
    const struct proc_user *user; /* NULL: ours */
    int timeout_ms; /* 0: none.  Then the child and what it started get SIGTERM, later SIGKILL */
    /* As soon as it is set, the same is done; NULL: never.  A child with one does not get the terminal's
     * Ctrl-C by itself. */
    const volatile sig_atomic_t *interrupted;
    /* The child gets SIGTERM when the thread that called ends, however it does: nobody would be left to say
     * what became of the child's work. */
    bool ends_with_us;
};

struct proc_result {
    bool exited; /* by itself, with `status`; else by `signal` */
    int status;
    int signal;
    bool timed_out;
    bool interrupted;  /* it was ended because the flag was set */
    bool output_cut;   /* more was written than is kept */
    struct str output; /* the first bytes of stdout */
    struct str errors; /* the last bytes of stderr */
};

/* True when the program could be run, however it ended.  False when it could not be started. */
bool proc_run(struct arena *arena, const struct proc_options *options, struct proc_result *result,
              struct err *err) MUST_USE;

/*
 * As proc_run(), but a program that did not end with status 0 is a failure too: ERR_FAILED, with the last
 * lines of its stderr as detail; ERR_CANCELED when it was interrupted.  The result is filled then as well.
 */
bool proc_check(struct arena *arena, const struct proc_options *options, struct proc_result *result,
                struct err *err) MUST_USE;

/*
 * Becomes another program, found on the PATH of the new environment where its name has no slash: same
 * process, same descriptors.  Gives back errno where that failed: ENOENT, EACCES ...
 */
int proc_become(const char *const *argv, const char *const *environment) MUST_USE;

/* The last `count` lines that are not blank, on one line with " | " between them. */
struct str proc_last_lines(struct arena *arena, struct str text, size_t count);

/* False when there is no such user (ERR_FAILED). */
bool proc_user_by_name(struct arena *arena, const char *name, struct proc_user *user,
                       struct err *err) MUST_USE;
bool proc_user_by_id(struct arena *arena, uid_t uid, struct proc_user *user, struct err *err) MUST_USE;

#endif
