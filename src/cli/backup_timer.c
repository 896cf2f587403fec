#include "cli/backup_timer.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"

static const char environment_file[] = "/etc/pgrade/backup.env";

/* A word of a command line, quoted alike for systemd and for sh. */
static bool put_word(struct buf *out, const char *word, struct err *err)
{
    static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@";

    buf_byte(out, ' ');
    if (strspn(word, harmless) == strlen(word)) {
        buf_text(out, word);
        return true;
    }
    if (strpbrk(word, "'\"\\$%\n") != NULL) {
        err_set(err, ERR_USAGE, "%s: systemd and cron read some of its characters as their own", word);
        return err_hint(err, "choose a path of letters, digits, - _ . and spaces");
    }
    buf_printf(out, "'%s'", word);
    return true;
}

/* All values of one, where it was given. */
static bool put_option(const struct invocation *invocation, const char *name, struct buf *out,
                       struct err *err)
{
    size_t count;
    struct str *values = option_values(invocation, name, &count);

    for (size_t i = 0; i < count; i++) {
        buf_printf(out, " --%s", name);
        if (!put_word(out, str_cstr(invocation->arena, values[i]), err))
            return false;
    }
    return true;
}

static bool put_command(const struct invocation *invocation, struct buf *out, struct err *err)
{
    const char *program = fs_find_program(invocation->arena, invocation->program);
    const char *directory = option_value(invocation, "to");
    const char *keep = option_value(invocation, "keep");
    const char *path;

    if (!fs_absolute(invocation->arena, program != NULL ? program : "pgrade", &program, err) ||
        !fs_absolute(invocation->arena, directory != NULL ? directory : "/var/backups/pgrade", &path, err) ||
        !put_word(out, program, err))
        return false;
    buf_text(out, " backup --quiet --to");
    if (!put_word(out, path, err))
        return false;
    if (option_given(invocation, "verify"))
        buf_text(out, " --verify");
    if (option_given(invocation, "all"))
        buf_text(out, " --all");
    if (!put_option(invocation, "exclude", out, err) || !put_option(invocation, "jobs", out, err))
        return false;
    if (keep == NULL)
        return true;
    buf_text(out, " --keep");
    return put_word(out, keep, err);
}

bool backup_timer(const struct invocation *invocation, struct err *err)
{
    struct buf command;
    bool done;

    buf_init(&command, BUF_TEXT_MAXIMUM);
    done = put_command(invocation, &command, err);
    if (done)
        printf("# %s, of root and mode 0600: the URL, with its password, is here alone\n"
               "DATABASE_URL='postgresql://USER:PASSWORD@HOST/DATABASE'\n\n"
               "# /etc/systemd/system/pgrade-backup.service\n"
               "[Unit]\n"
               "Description=Backup by pgrade\n"
               "Wants=network-online.target\n"
               "After=network-online.target\n\n"
               "[Service]\n"
               "Type=oneshot\n"
               "EnvironmentFile=%s\n"
               "ExecStart=%s\n\n"
               "# /etc/systemd/system/pgrade-backup.timer, then: systemctl enable --now pgrade-backup.timer\n"
               "[Unit]\n"
               "Description=Backup by pgrade, every night\n\n"
               "[Timer]\n"
               "OnCalendar=*-*-* 02:00:00\n"
               "RandomizedDelaySec=15min\n"
               "Persistent=true\n\n"
               "[Install]\n"
               "WantedBy=timers.target\n\n"
               "# or, without systemd, one line of root's crontab (crontab -e)\n"
               "0 2 * * * set -a; . %s; set +a; exec%s\n",
               environment_file, environment_file, command.ptr + 1, environment_file, command.ptr);
    buf_free(&command);
    return done;
}
