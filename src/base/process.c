#include "base/process.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

enum {
    SMALL = 4096,
    START_FIELD = 22, /* of /proc/PID/stat, counted from 1 */
    STATE_FIELD = 3
};

/* Files of /proc have no size that tells, and end soon. */
static struct str read_small(struct arena *arena, const char *path)
{
    struct err ignored = {.code = ERR_NONE};
    struct str content;

    return fs_read_from(arena, path, 0, SMALL, &content, &ignored) ? str_trim(content)
                                                                   : (struct str){NULL, 0};
}

/* The second field is the name of the program in parentheses, which may hold anything. */
static struct str field(struct str stat, int number)
{
    size_t at = stat.len;

    while (at > 0 && stat.ptr[at - 1] != ')')
        at--;
    for (int i = STATE_FIELD - 1; at < stat.len; at++) {
        if (stat.ptr[at] != ' ')
            continue;
        if (++i == number) {
            struct str rest = str_slice(stat, at + 1, stat.len);
            ptrdiff_t end = str_find(rest, ' ');

            return end < 0 ? rest : str_slice(rest, 0, (size_t)end);
        }
    }
    return (struct str){NULL, 0};
}

static struct str place(struct arena *arena)
{
    struct str boot = read_small(arena, "/proc/sys/kernel/random/boot_id");
    const char *space = fs_link_target(arena, "/proc/self/ns/pid");

    return boot.len == 0 || space == NULL ? (struct str){NULL, 0}
                                          : str_printf(arena, "%.*s, %s", STR_ARGS(boot), space);
}

struct process_name process_self(struct arena *arena)
{
    struct str stat = read_small(arena, "/proc/self/stat");
    struct process_name name = {.place = place(arena)};

    if (name.place.len > 0 && field(stat, START_FIELD).len > 0)
        name.process = str_printf(arena, "%" PRId64 " since %.*s", (int64_t)getpid(),
                                  STR_ARGS(field(stat, START_FIELD)));
    return name;
}

/* One that was killed and that nobody asked about yet is a zombie. */
static bool has_ended(struct str state)
{
    return str_is(state, "Z") || str_is(state, "X");
}

enum process_fate process_look(const struct process_name *name)
{
    struct arena *arena = arena_new();
    ptrdiff_t end = str_find(name->process, ' ');
    enum process_fate fate = PROCESS_UNKNOWN;

    if (end > 0 && name->place.len > 0 && str_equal(name->place, place(arena))) {
        struct str number = str_slice(name->process, 0, (size_t)end);
        struct str stat = read_small(arena, arena_printf(arena, "/proc/%.*s/stat", STR_ARGS(number)));
        struct str now =
            str_printf(arena, "%.*s since %.*s", STR_ARGS(number), STR_ARGS(field(stat, START_FIELD)));

        fate = stat.len > 0 && str_equal(now, name->process) && !has_ended(field(stat, STATE_FIELD))
                   ? PROCESS_LIVES
                   : PROCESS_ENDED;
    }
    arena_free(arena);
    return fate;
}
