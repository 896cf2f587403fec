/* backup_timer.h: what makes a backup of every night: text for systemd and for cron. */
#ifndef PGRADE_CLI_BACKUP_TIMER_H
#define PGRADE_CLI_BACKUP_TIMER_H

#include "cli/command.h"

/* On stdout.  No URL is in it: whoever may read a unit or a crontab must not read a password. */
bool backup_timer(const struct invocation *invocation, struct err *err) MUST_USE;

#endif
