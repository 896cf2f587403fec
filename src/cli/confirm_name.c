#include "cli/confirm_name.h"

#include <stdio.h>
#include <unistd.h>

#include "base/screen.h"

enum {
    ANSWER_MAXIMUM = 4096
};

static struct str without_line_end(struct str text)
{
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    return text;
}

bool confirm_name(const struct invocation *invocation, const char *question, struct str name, struct err *err)
{
    const char *given = option_value(invocation, "confirm");
    struct str shown = screen_text(invocation->arena, name);
    char answer[ANSWER_MAXIMUM] = "";

    if (given != NULL) {
        if (str_is(name, given))
            return true;
        err_set(err, ERR_REFUSED, "nothing was done: --confirm says %s, and the name is %.*s", given,
                STR_ARGS(name));
        return false;
    }
    if (isatty(STDIN_FILENO) != 1) {
        err_set(err, ERR_REFUSED, "%s: nobody can be asked, since stdin is no terminal", question);
        return err_hint(err, "--confirm %s says that this is meant",
                        screen_shell_word(invocation->arena, name));
    }
    (void)fprintf(stderr, "%s?\ntype the name %.*s to go on: ", question, STR_ARGS(shown));
    if (fgets(answer, (int)sizeof(answer), stdin) != NULL &&
        str_equal(without_line_end(str_from(answer)), name))
        return true;
    return err_set(err, ERR_REFUSED, "nothing was done: that was not the name");
}
