#include "cli/commands.h"

/* In the order of pgrade --help. */
const struct command *const commands[] = {
    &command_plan,      &command_upgrade,       &command_verify,     &command_downgrade,
    &command_provision, &command_check,         &command_show,       &command_sql,
    &command_backup,    &command_restore,       &command_move,       &command_reset,
    &command_seed,      &command_local_start,   &command_local_stop, &command_local_status,
    &command_local_url, &command_local_destroy, &command_env_set,    &command_env_get,
    &command_env_unset, &command_env_list,      &command_env_run,    NULL,
};
