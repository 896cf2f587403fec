#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/flag.h"
#include "base/fs.h"
#include "base/proc_private.h"

extern char **environ;

enum {
    MAXIMUM_DEFAULT = 1024 * 1024,
    GRACE_US = 2 * 1000 * 1000, /* between SIGTERM and SIGKILL */
    POLL_MS = 20                /* how late the end of a child is noticed whose pipes stay open */
};

static const char *const step_texts[] = {
    [STEP_DESCRIPTORS] = "set up the descriptors",
    [STEP_USER] = "become the other user",
    [STEP_DIRECTORY] = "enter the working directory",
    [STEP_PROGRAM] = "execute the program",
};

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");

    return strcspn(b, "=") == length && strncmp(a, b, length) == 0;
}

static bool is_changed(const char *entry, const char *const *changes)
{
    for (; *changes != NULL; changes++) {
        if (same_name(entry, *changes))
            return true;
    }
    return false;
}

static char *const *make_environment(struct arena *arena, const char *const *changes)
{
    const char **entries = NULL;
    size_t count = 0;
    size_t capacity = 0;

    if (changes == NULL)
        return environ;
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
        if (!is_changed(*entry, changes))
            ARENA_PUSH(arena, entries, count, capacity) = *entry;
    }
    for (; *changes != NULL; changes++) {
        /* Of two changes of one name the last one holds. */
        if (strchr(*changes, '=') != NULL && !is_changed(*changes, changes + 1))
            ARENA_PUSH(arena, entries, count, capacity) = *changes;
    }
    ARENA_PUSH(arena, entries, count, capacity) = NULL;
    return (char *const *)(const void *)entries;
}

/* Moves a descriptor out of the way of 0 to REPORT_DESCRIPTOR.  -1 with errno as it was passed in. */
static int lift(int descriptor)
{
    int lifted;

    if (descriptor < 0)
        return -1;
    lifted = fcntl(descriptor, F_DUPFD_CLOEXEC, REPORT_DESCRIPTOR + 1);
    close_one(&descriptor);
    return lifted;
}

/* The input as a file in memory: no pipe to be written while outputs are read, no SIGPIPE. */
static int open_input(struct str input)
{
    int descriptor;

    if (input.len == 0)
        return lift(open("/dev/null", O_RDONLY | O_CLOEXEC));
    descriptor = lift(memfd_create("input", MFD_CLOEXEC));
    while (descriptor >= 0 && input.len > 0) {
        ssize_t put = write(descriptor, input.ptr, input.len);

        if (put < 0 && errno != EINTR)
            close_one(&descriptor);
        else if (put > 0)
            input = str_slice(input, (size_t)put, input.len);
    }
    if (descriptor >= 0)
        (void)lseek(descriptor, 0, SEEK_SET);
    return descriptor;
}

/* ends[0] is to be read, ends[1] to be written. */
static bool open_pipe(int ends[2])
{
    int made[2];

    if (pipe2(made, O_CLOEXEC) != 0)
        return false;
    ends[0] = lift(made[0]);
    ends[1] = lift(made[1]);
    return ends[0] >= 0 && ends[1] >= 0;
}

/* The child's end of an output, and ours in the capture. */
static bool open_output(enum proc_output what, int *theirs, struct capture *capture)
{
    int ends[2] = {-1, -1};
    bool done = true;

    if (what == PROC_PASS)
        return true;
    if (what == PROC_DISCARD)
        ends[1] = lift(open("/dev/null", O_WRONLY | O_CLOEXEC));
    else
        done = open_pipe(ends) && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
    *theirs = ends[1];
    capture->descriptor = ends[0];
    return done && ends[1] >= 0;
}

/* SIGTERM when the time is over, SIGKILL when that did not help; to all that the child started. */
static void enforce_timeout(pid_t pid, int64_t deadline, bool *asked)
{
    int64_t now = clock_monotonic_us();

    if (deadline == 0 || now < deadline)
        return;
    if (!*asked)
        (void)kill(-pid, SIGTERM);
    else if (now >= deadline + GRACE_US)
        (void)kill(-pid, SIGKILL);
    *asked = true;
}

/*
 * Until the child has ended.  Its pipes may stay open longer than it lives, when it left something running
 * that inherited them, so their end is no condition.
 */
static int wait_for_child(pid_t pid, struct capture captures[2], const struct proc_options *options,
                          struct proc_result *result)
{
    int64_t deadline =
        options->timeout_ms == 0 ? 0 : clock_monotonic_us() + (int64_t)options->timeout_ms * 1000;
    bool asked = false;
    int pause_ms = 1;
    int status = W_EXITCODE(127, 0); /* for a caller that ignores SIGCHLD, which hides the real one */

    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);

        if (got == pid || (got < 0 && errno != EINTR))
            break;
        capture_wait(captures, pause_ms);
        if (!asked && flag_is_set(options->interrupted)) {
            result->interrupted = true;
            deadline = clock_monotonic_us();
        }
        enforce_timeout(pid, deadline, &asked);
        pause_ms = pause_ms * 2 < POLL_MS ? pause_ms * 2 : POLL_MS;
    }
    result->timed_out = asked && !result->interrupted;
    if (asked)
        (void)kill(-pid, SIGKILL); /* what outlived the child that we asked to end */
    capture_read(&captures[0]);
    capture_read(&captures[1]);
    return status;
}

/* True when the child got as far as its program: the report's descriptor was closed without a word. */
static bool started(int descriptor, const struct proc_options *options, struct err *err)
{
    struct report report;
    ssize_t got;

    do
        got = read(descriptor, &report, sizeof(report));
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(report))
        return true;
    err_set(err, ERR_FAILED, "cannot run %s: cannot %s%s%s", options->argv[0], step_texts[report.step],
            report.step == STEP_DIRECTORY ? " " : "",
            report.step == STEP_DIRECTORY ? options->directory : "");
    return err_detail(err, "%s", strerror(report.why));
}

static bool open_all(const struct proc_options *options, struct child *child, struct capture captures[2],
                     int report[2])
{
    if (!options->pass_input) {
        child->descriptors[0] = open_input(options->input);
        if (child->descriptors[0] < 0)
            return false;
    }
    return open_output(options->output, &child->descriptors[1], &captures[0]) &&
           open_output(options->errors, &child->descriptors[2], &captures[1]) && open_pipe(report);
}

static bool run_and_wait(const struct proc_options *options, struct child *child, struct capture captures[2],
                         struct proc_result *result, struct err *err)
{
    int report[2] = {-1, -1};
    pid_t pid = -1;
    bool done = false;
    int status;

    if (open_all(options, child, captures, report)) {
        child->report = report[1];
        pid = fork();
    }
    if (pid == 0)
        child_run(child);
    if (pid < 0) {
        err_set(err, ERR_FAILED, "cannot run %s", options->argv[0]);
        err_detail(err, "%s", strerror(errno));
        goto out;
    }
    /* Here too, so that the group exists whichever of the two comes first. */
    if (child->own_group)
        (void)setpgid(pid, pid);
    close_one(&report[1]);
    for (int i = 0; i < 3; i++)
        close_one(&child->descriptors[i]);
    done = started(report[0], options, err);
    status = wait_for_child(pid, captures, options, result);
    result->exited = WIFEXITED(status);
    result->status = result->exited ? WEXITSTATUS(status) : 0;
    result->signal = result->exited ? 0 : WTERMSIG(status);
out:
    for (int i = 0; i < 3; i++)
        close_one(&child->descriptors[i]);
    close_one(&report[0]);
    close_one(&report[1]);
    return done;
}

bool proc_run(struct arena *arena, const struct proc_options *options, struct proc_result *result,
              struct err *err)
{
    size_t maximum = options->maximum == 0 ? MAXIMUM_DEFAULT : options->maximum;
    struct capture captures[2];
    struct child child = {.program = fs_find_program(arena, options->argv[0]),
                          .argv = (char *const *)(const void *)options->argv,
                          .environment = make_environment(arena, options->environment),
                          .directory = options->directory,
                          .user = options->user,
                          .own_group = options->timeout_ms > 0 || options->interrupted != NULL,
                          .parent = options->ends_with_us ? getpid() : 0,
                          .descriptors = {-1, -1, -1}};
    bool done;

    *result = (struct proc_result){.exited = false};
    if (child.program == NULL) {
        err_set(err, ERR_FAILED, "cannot run %s", options->argv[0]);
        return err_detail(err, "%s",
                          strchr(options->argv[0], '/') == NULL
                              ? "no such program on $PATH"
                              : "no such program, or it may not be executed");
    }
    capture_begin(&captures[0], maximum, false);
    capture_begin(&captures[1], maximum, true);
    done = run_and_wait(options, &child, captures, result, err);
    result->output_cut = captures[0].cut;
    result->output = capture_end(arena, &captures[0]);
    result->errors = capture_end(arena, &captures[1]);
    return done;
}

bool proc_check(struct arena *arena, const struct proc_options *options, struct proc_result *result,
                struct err *err)
{
    const char *name = fs_name_of(options->argv[0]);

    if (!proc_run(arena, options, result, err))
        return false;
    if (result->interrupted && !(result->exited && result->status == 0))
        return err_set(err, ERR_CANCELED, "interrupted");
    if (result->timed_out)
        err_set(err, ERR_FAILED, "%s took longer than %d ms and was ended", name, options->timeout_ms);
    else if (!result->exited)
        err_set(err, ERR_FAILED, "%s was ended by signal %d (%s)", name, result->signal,
                strsignal(result->signal));
    else if (result->status != 0)
        err_set(err, ERR_FAILED, "%s failed with status %d", name, result->status);
    else
        return true;
    return err_detail(err, "%.*s", STR_ARGS(proc_last_lines(arena, result->errors, 3)));
}

struct str proc_last_lines(struct arena *arena, struct str text, size_t count)
{
    struct str lines = {NULL, 0};

    while (count > 0 && text.len > 0) {
        size_t start = text.len;
        struct str line;

        while (start > 0 && text.ptr[start - 1] != '\n')
            start--;
        line = str_trim(str_slice(text, start, text.len));
        text = str_slice(text, 0, start > 0 ? start - 1 : 0);
        if (line.len == 0)
            continue;
        lines = lines.len == 0 ? line : str_printf(arena, "%.*s | %.*s", STR_ARGS(line), STR_ARGS(lines));
        count--;
    }
    return str_dup(arena, lines);
}
