#include "cli/report_reset.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/json_print.h"
#include "cli/table.h"

static const char *way_word(enum reset_way way)
{
    switch (way) {
    case RESET_ANEW: return "anew";
    case RESET_INSIDE: return "in_place";
    case RESET_FILE: break;
    }
    return "file";
}

void report_reset(const struct invocation *invocation, const struct reset_result *result, const char *backup)
{
    struct arena *arena = invocation->arena;
    bool rest = result->way == RESET_INSIDE && result->remain_count > 0;

    printf("%.*s is %s: ", STR_ARGS(screen_text(arena, result->shown)),
           rest ? "not empty, for some of it stays" : "empty");
    if (result->way == RESET_ANEW)
        printf("dropped and made again, with the same owner, encoding, collation, settings and rights\n");
    else if (result->way == RESET_FILE)
        printf("a new file in the place of the old one\n");
    else
        printf("emptied in place (%.*s)\n", STR_ARGS(screen_text(arena, result->why)));
    printf("  before: %" PRId64 " table%s, %.*s\n", result->tables, result->tables == 1 ? "" : "s",
           STR_ARGS(show_bytes(arena, result->bytes)));
    if (backup != NULL)
        printf("  backup: %.*s\n", STR_ARGS(screen_text(arena, str_from(backup))));
    for (size_t i = 0; i < result->remain_count; i++)
        log_message(LOG_WARNING, "%.*s", STR_ARGS(screen_text(arena, result->remains[i])));
}

void report_reset_json(const struct reset_result *result, const char *backup, int status)
{
    struct str nothing = {NULL, 0};
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    json_put_str(&json, "database", result->shown);
    json_put_text(&json, "way", way_word(result->way));
    json_put_str(&json, "why", result->way == RESET_INSIDE ? result->why : nothing);
    json_put_int(&json, "tables", result->tables);
    json_put_int(&json, "bytes", result->bytes);
    json_put_int(&json, "disconnected", result->sessions);
    json_put_str(&json, "backup", backup == NULL ? nothing : str_from(backup));
    json_put_texts(&json, "leftovers", result->leftovers, result->leftover_count);
    json_put_bool(&json, "half_emptied", result->half_emptied);
    json_put_texts(&json, "remains", result->remains, result->remain_count);
    json_print_end(&json, &out);
}
