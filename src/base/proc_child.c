/* Between fork() and execve(): only async-signal-safe calls. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>

#include "base/proc_private.h"

static void NORETURN report_and_exit(int descriptor, enum step step)
{
    struct report report = {step, errno};

    /* When even this fails the parent sees status 127. */
    if (write(descriptor, &report, sizeof(report)) < 0)
        _exit(127);
    _exit(127);
}

/*
 * execve() puts handlers back by itself.  What our caller ignores stays ignored (nohup), but for what we may
 * ignore ourselves and programs count on.
 */
static void default_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGCHLD, &action, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_from(int first)
{
    long maximum;

    if (close_range((unsigned)first, ~0U, 0) == 0)
        return;
    maximum = sysconf(_SC_OPEN_MAX);
    for (int descriptor = first; descriptor < (maximum > 0 ? maximum : 1024); descriptor++)
        (void)close(descriptor);
}

/* The parent keeps all of its descriptors for us above REPORT_DESCRIPTOR, so no dup2() hits another. */
static bool place_descriptors(const struct child *child)
{
    for (int i = 0; i < 3; i++) {
        if (child->descriptors[i] >= 0 && dup2(child->descriptors[i], i) < 0)
            return false;
    }
    if (dup3(child->report, REPORT_DESCRIPTOR, O_CLOEXEC) < 0)
        return false;
    close_from(REPORT_DESCRIPTOR + 1);
    return true;
}

static bool become(const struct proc_user *user)
{
    return setgroups(user->group_count, user->groups) == 0 &&
           setresgid(user->gid, user->gid, user->gid) == 0 && setresuid(user->uid, user->uid, user->uid) == 0;
}

void child_run(const struct child *child)
{
    default_signals();
    if (child->own_group)
        (void)setpgid(0, 0);
    if (child->parent != 0 &&
        (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != child->parent)) /* it ended before */
        _exit(127);
    if (!place_descriptors(child))
        report_and_exit(child->report, STEP_DESCRIPTORS);
    if (child->user != NULL && !become(child->user))
        report_and_exit(REPORT_DESCRIPTOR, STEP_USER);
    if (child->directory != NULL && chdir(child->directory) != 0)
        report_and_exit(REPORT_DESCRIPTOR, STEP_DIRECTORY);
    (void)execve(child->program, child->argv, child->environment);
    report_and_exit(REPORT_DESCRIPTOR, STEP_PROGRAM);
}
