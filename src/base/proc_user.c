#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "base/arena.h"
#include "base/proc.h"

static void fill_user(struct arena *arena, const struct passwd *entry, struct proc_user *user)
{
    int count = 0;
    gid_t *groups;

    (void)getgrouplist(entry->pw_name, entry->pw_gid, NULL, &count);
    groups = ARENA_ARRAY(arena, gid_t, (size_t)count);
    /* Groups that appear between the two calls are left out: fewer rights, never more. */
    if (getgrouplist(entry->pw_name, entry->pw_gid, groups, &count) < 0)
        count = 0;
    *user = (struct proc_user){.name = arena_copy(arena, entry->pw_name, strlen(entry->pw_name)),
                               .home = arena_copy(arena, entry->pw_dir, strlen(entry->pw_dir)),
                               .uid = entry->pw_uid,
                               .gid = entry->pw_gid,
                               .groups = groups,
                               .group_count = (size_t)count};
}

bool proc_user_by_name(struct arena *arena, const char *name, struct proc_user *user, struct err *err)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char strings[16 * 1024];

    if (getpwnam_r(name, &entry, strings, sizeof(strings), &found) != 0 || found == NULL)
        return err_set(err, ERR_FAILED, "there is no user %s on this machine", name);
    fill_user(arena, found, user);
    return true;
}

bool proc_user_by_id(struct arena *arena, uid_t uid, struct proc_user *user, struct err *err)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char strings[16 * 1024];

    if (getpwuid_r(uid, &entry, strings, sizeof(strings), &found) != 0 || found == NULL)
        return err_set(err, ERR_FAILED, "there is no user with the id %u on this machine", (unsigned)uid);
    fill_user(arena, found, user);
    return true;
}
