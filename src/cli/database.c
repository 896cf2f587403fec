#include "cli/database.h"

#include "base/log.h"
#include "base/screen.h"
#include "cli/connect.h"
#include "cli/signals.h"

bool database_url(struct invocation *invocation, int place, struct url *url, const char **from,
                  struct err *err)
{
    *from = NULL;
    if (invocation->argument_count > place)
        return url_parse(invocation->arena, str_from(invocation->arguments[place]), url, err);
    if (!connect_find_any(invocation, url, from, err))
        return false;
    if (*from != NULL)
        return true;
    err_set(err, ERR_USAGE, "no database was given, and DATABASE_URL names none");
    return err_hint(err, "pgrade %s app.db, or pgrade %s postgresql://user:password@host/database",
                    invocation->command->name, invocation->command->name);
}

static void remark(void *context, const char *text)
{
    struct arena *arena = arena_new();
    struct str shown = screen_text(arena, str_from(text));

    (void)context;
    log_message(LOG_NOTICE, "%.*s", STR_ARGS(shown));
    arena_free(arena);
}

struct core_options database_options(const struct invocation *invocation)
{
    return (struct core_options){.public = {.application_name = arena_printf(invocation->arena, "pgrade %s",
                                                                             invocation->command->name),
                                            .notice = remark},
                                 .trace = option_given(invocation, "trace-sql"),
                                 .interrupted = signals_catch()};
}
