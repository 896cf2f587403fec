/* Reading a saved plan.  json-c's header and base/json.h name different things alike, so they never meet. */
#include <limits.h>
#include <string.h>

#include "base/fs.h"
#include "base/json_read.h"
#include "base/log.h"
#include "cli/saved_plan.h"
#include "cli/saved_plan_keys.h"

enum {
    FILE_MAXIMUM = 256 * 1024 * 1024,
    KEY_SHOWN = 80 /* bytes */
};

struct reading {
    struct invocation *invocation;
    const char *path;
    struct given *given;
    size_t count;
    size_t capacity;
};

static bool wrong(const struct reading *reading, const char *why, struct err *err)
{
    err_set(err, ERR_USAGE, "%s: %s", reading->path, why);
    return err_hint(err, "pgrade plan SOURCE --out FILE makes one");
}

static bool read_source(struct reading *reading, struct json_object *root, struct err *err)
{
    struct arena *arena = reading->invocation->arena;
    struct fingerprints *planned = ARENA_NEW(arena, struct fingerprints);
    struct json_object *list = json_member(root, "source", json_type_array);

    if (list == NULL)
        return wrong(reading, "it does not say for which source it is", err);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct fingerprint object = {json_member_text(arena, item, "kind"),
                                     json_member_text(arena, item, "name"),
                                     json_member_text(arena, item, "sha256")};

        if (object.kind.ptr == NULL || object.name.ptr == NULL || object.hash.ptr == NULL)
            return wrong(reading, "an object of its source is incomplete", err);
        ARENA_PUSH(arena, planned->items, planned->count, planned->capacity) = object;
    }
    reading->invocation->planned = planned;
    return true;
}

static bool read_decision(struct reading *reading, struct json_object *item, struct err *err)
{
    struct arena *arena = reading->invocation->arena;
    struct str name = json_member_text(arena, item, "option");
    struct str value = json_member_text(arena, item, "value");
    struct str reason = json_member_text(arena, item, "reason");
    const struct option *option = option_find(reading->invocation->command, name);

    if (option == NULL || !saved_plan_binds(option) || (option->argument == NULL) != (value.ptr == NULL))
        return wrong(
            reading,
            str_printf(arena, "its decision %.*s is none that this pgrade knows", STR_ARGS(name)).ptr, err);
    ARENA_PUSH(arena, reading->given, reading->count, reading->capacity) =
        (struct given){option, value.ptr, reading->path, reason.ptr};
    return true;
}

static bool read_all(struct reading *reading, struct json_object *root, struct err *err)
{
    struct json_object *decisions = json_member(root, "decisions", json_type_array);
    struct json_object *format = json_member(root, "pgrade_plan", json_type_int);

    if (format == NULL || decisions == NULL)
        return wrong(reading, "it is no saved plan", err);
    if (json_object_get_int(format) != SAVED_PLAN_FORMAT)
        return wrong(reading, "another version of pgrade wrote it", err);
    if (!read_source(reading, root, err))
        return false;
    for (size_t i = 0; i < json_object_array_length(decisions); i++)
        if (!read_decision(reading, json_object_array_get_idx(decisions, i), err))
            return false;
    return true;
}

/* Strict: what stands behind the document, or an unquoted word, is an error. */
static struct json_object *parse(const struct reading *reading, struct str text, struct err *err)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *root = NULL;

    if (tokener == NULL) {
        err_set(err, ERR_OUT_OF_MEMORY, "no memory to read %s", reading->path);
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    /* With its NUL, so that a document that ends in the middle is told from one that may go on. */
    if (text.len < INT_MAX)
        root = json_tokener_parse_ex(tokener, text.ptr, (int)text.len + 1);
    if (root == NULL) {
        err_set(err, ERR_USAGE, "%s: it is no JSON", reading->path);
        err_detail(err, "%s, at byte %zu", json_tokener_error_desc(json_tokener_get_error(tokener)),
                   json_tokener_get_parse_end(tokener));
        err_hint(err, "pgrade plan SOURCE --out FILE makes one");
    }
    json_tokener_free(tokener);
    return root;
}

/* json-c would take the last one, others take the first. */
static bool check_keys(const struct reading *reading, struct str text, struct err *err)
{
    struct doubled_key found = saved_plan_doubled_key(reading->invocation->arena, text);

    if (found.key.ptr == NULL)
        return true;
    err_set(err, ERR_USAGE, "%s:%zu: the key %.*s stands twice in one object", reading->path, found.line,
            STR_ARGS(str_utf8_clip(found.key, KEY_SHOWN)));
    err_detail(err, "it stands in line %zu already, and which of the two is meant cannot be told",
               found.first);
    return err_hint(err, "keep one of them; pgrade plan SOURCE --out FILE makes a new plan");
}

static bool read_file(struct reading *reading, struct err *err)
{
    struct json_object *root;
    struct str text;
    bool done;

    if (!fs_read(reading->invocation->arena, reading->path, FILE_MAXIMUM, &text, err))
        return false;
    root = parse(reading, text, err);
    done = root != NULL && check_keys(reading, text, err) && read_all(reading, root, err);
    (void)json_object_put(root);
    return done;
}

/* What the plan decides is decided: the settings file is passed over, the command line must not contradict.
 */
static bool keep_others(struct reading *reading, struct err *err)
{
    struct invocation *invocation = reading->invocation;

    for (size_t i = 0; i < invocation->given_count; i++) {
        const struct given *given = &invocation->given[i];

        if (!saved_plan_binds(given->option)) {
            ARENA_PUSH(invocation->arena, reading->given, reading->count, reading->capacity) = *given;
        } else if (given->where == NULL) {
            err_set(err, ERR_USAGE, "--%s cannot stand beside --plan, which has decided it",
                    given->option->name);
            return err_hint(err, "plan again with it: pgrade plan SOURCE --%s ... --out FILE",
                            given->option->name);
        }
    }
    return true;
}

bool saved_plan_apply(struct invocation *invocation, struct err *err)
{
    struct reading reading = {.invocation = invocation, .path = option_value(invocation, "plan")};
    size_t decisions;

    if (reading.path == NULL || option_given(invocation, "help"))
        return true;
    if (!read_file(&reading, err))
        return false;
    decisions = reading.count;
    if (!keep_others(&reading, err))
        return false;
    invocation->given = reading.given;
    invocation->given_count = reading.count;
    invocation->given_capacity = reading.capacity;
    log_message(LOG_NOTICE, "%s: %zu decisions", reading.path, decisions);
    return true;
}
