#include "ops/env_git.h"

#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fs.h"
#include "base/proc.h"

enum {
    GIT_TIMEOUT_MS = 20000,
    IGNORE_MAXIMUM = 1024 * 1024,
    IGNORE_MODE = 0644,
    STATUS_YES = 0, /* of check-ignore and ls-files */
    STATUS_NO = 1
};

const char *env_git_name(enum env_git_state state)
{
    static const char *const names[] = {[ENV_GIT_OUTSIDE] = "outside",
                                        [ENV_GIT_IGNORED] = "ignored",
                                        [ENV_GIT_EXPOSED] = "exposed",
                                        [ENV_GIT_TRACKED] = "tracked",
                                        [ENV_GIT_UNKNOWN] = "unknown"};

    return names[state];
}

/* The nearest directory above that holds `.git`, a directory or (of a worktree) a file. */
static const char *find_root(struct arena *arena, const char *absolute)
{
    const char *directory = fs_directory_of(arena, absolute);

    for (;;) {
        if (fs_exists(fs_join(arena, directory, ".git")))
            return directory;
        if (strcmp(directory, "/") == 0)
            return NULL;
        directory = fs_directory_of(arena, directory);
    }
}

/* `literally` is how the verb takes a name without patterns.  The exit status; -1: git could not be asked,
 * and `git->why` says so. */
static int ask(struct arena *arena, struct env_git *git, const char *verb, const char *flag,
               const char *literally)
{
    /* core.fsmonitor names a program that the repository wants to be run. */
    const char *const argv[] = {"git",
                                "-C",
                                git->root,
                                "-c",
                                "core.fsmonitor=false",
                                verb,
                                flag,
                                "--",
                                arena_printf(arena, "%s%s", literally, git->name),
                                NULL};
    const char *const environment[] = {"LC_ALL=C", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", NULL};
    struct proc_options options = {.argv = argv, .environment = environment, .timeout_ms = GIT_TIMEOUT_MS};
    struct err err = {.code = ERR_NONE};
    struct proc_result result;

    if (!proc_run(arena, &options, &result, &err)) {
        git->why = arena_printf(arena, "%s", err.primary);
        return -1;
    }
    if (result.exited && (result.status == STATUS_YES || result.status == STATUS_NO))
        return result.status;
    git->why = str_cstr(arena, proc_last_lines(arena, result.errors, 2));
    return -1;
}

bool env_git_look(struct arena *arena, const char *path, struct env_git *git, struct err *err)
{
    const char *absolute;
    int ignored;
    int tracked;

    *git = (struct env_git){.state = ENV_GIT_OUTSIDE};
    if (!fs_absolute(arena, path, &absolute, err))
        return false;
    git->root = find_root(arena, absolute);
    if (git->root == NULL)
        return true;
    git->name = absolute + (strcmp(git->root, "/") == 0 ? 0 : strlen(git->root)) + 1;
    ignored = ask(arena, git, "check-ignore", "--quiet", "./");
    tracked = ignored == STATUS_NO ? ask(arena, git, "ls-files", "--error-unmatch", ":(literal)") : STATUS_NO;
    if (ignored < 0 || tracked < 0)
        git->state = ENV_GIT_UNKNOWN;
    else if (ignored == STATUS_YES)
        git->state = ENV_GIT_IGNORED;
    else
        git->state = tracked == STATUS_YES ? ENV_GIT_TRACKED : ENV_GIT_EXPOSED;
    return true;
}

/* A line that means this one file (gitignore(5)). */
static void put_line(struct buf *out, const char *name)
{
    buf_byte(out, '/');
    for (; *name != '\0'; name++) {
        if (strchr("\\*?[", *name) != NULL || (*name == ' ' && name[1] == '\0'))
            buf_byte(out, '\\');
        buf_byte(out, *name);
    }
    buf_byte(out, '\n');
}

static bool add_line(struct arena *arena, const struct env_git *git, struct err *err)
{
    const char *path = fs_join(arena, git->root, ".gitignore");
    struct str text = {NULL, 0};
    struct fs_info info;
    struct buf out;
    bool done;

    if (strchr(git->name, '\n') != NULL)
        return err_set(err, ERR_REFUSED, ".gitignore has no way to name a file with a line end in its name");
    if (!fs_stat(path, &info, err) ||
        (info.kind != FS_MISSING && !fs_read(arena, path, IGNORE_MAXIMUM, &text, err)))
        return false;
    buf_init(&out, 2 * (size_t)IGNORE_MAXIMUM);
    buf_str(&out, text);
    if (text.len > 0 && !str_ends_with(text, "\n"))
        buf_byte(&out, '\n');
    put_line(&out, git->name);
    done = fs_write(path, info.kind == FS_MISSING ? IGNORE_MODE : info.mode, buf_view(&out), err);
    buf_free(&out);
    return done;
}

bool env_git_ignore(struct arena *arena, const char *path, struct env_git *git, struct err *err)
{
    if (!env_git_look(arena, path, git, err))
        return false;
    if (git->state != ENV_GIT_EXPOSED)
        return true;
    return add_line(arena, git, err) && env_git_look(arena, path, git, err);
}
