/* commands.h: every command, one file each. */
#ifndef PGRADE_CLI_COMMANDS_H
#define PGRADE_CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command command_plan;
extern const struct command command_upgrade;
extern const struct command command_verify;
extern const struct command command_downgrade;
extern const struct command command_show;
extern const struct command command_check;
extern const struct command command_sql;
extern const struct command command_backup;
extern const struct command command_provision;
extern const struct command command_reset;
extern const struct command command_restore;
extern const struct command command_move;
extern const struct command command_local_start;
extern const struct command command_local_stop;
extern const struct command command_local_status;
extern const struct command command_local_url;
extern const struct command command_local_destroy;
extern const struct command command_seed;
extern const struct command command_env_set;
extern const struct command command_env_get;
extern const struct command command_env_unset;
extern const struct command command_env_list;
extern const struct command command_env_run;

#endif
