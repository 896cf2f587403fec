#include "cli/config.h"

#include <string.h>

#include "base/fs.h"
#include "base/ini.h"
#include "base/log.h"
#include "cli/place.h"
#include "url/url.h"

enum {
    FILE_MAXIMUM = 4 * 1024 * 1024,
    WORD_MAXIMUM = 32 /* of a name that is compared with others; options are shorter */
};

/* Options whose value is NAME=VALUE. */
static const char *const sections[] = {"type", "misfit", "rename", "where", "unit", "nocase"};

/* What asks, or names files of one run, is said anew each time. */
static const char *const typed_only[] = {"config",       "no-config", "help",   "yes",     "plan",  "out",
                                         "write-config", "force",     "resume", "abandon", "report"};

static bool is_among(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(word, words[i]))
            return true;
    return false;
}

bool config_is_section(const char *option)
{
    return is_among(str_from(option), sections, ARRAY_LENGTH(sections));
}

static bool reads_config(const struct command *command)
{
    return option_find(command, str_from("config")) != NULL;
}

static const struct command *command_named(struct str name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (reads_config(commands[i]) && str_is(name, commands[i]->name))
            return commands[i];
    return NULL;
}

/* Levenshtein's distance of two short words. */
static size_t distance(struct str a, const char *text)
{
    struct str b = str_from(text);
    size_t row[WORD_MAXIMUM + 1];

    a = str_slice(a, 0, WORD_MAXIMUM);
    b = str_slice(b, 0, WORD_MAXIMUM);
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = corner + (ascii_lower(a.ptr[i - 1]) != b.ptr[j - 1]);
            size_t added = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            corner = row[j];
            row[j] = replaced < added ? replaced : added;
        }
    }
    return row[b.len];
}

/* The word that comes nearest to what was written. */
struct nearest {
    struct str written;
    const char *word;
    size_t distance;
};

static void consider(struct nearest *nearest, const char *word)
{
    size_t found = distance(nearest->written, word);

    if (nearest->word != NULL && found >= nearest->distance)
        return;
    nearest->word = word;
    nearest->distance = found;
}

static void consider_options(struct nearest *nearest, const struct option *options)
{
    for (; options->name != NULL; options++)
        if (!is_among(str_from(options->name), typed_only, ARRAY_LENGTH(typed_only)))
            consider(nearest, options->name);
}

static bool unknown_section(const char *where, struct str section, struct err *err)
{
    struct nearest nearest = {.written = section};

    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        consider(&nearest, sections[i]);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (reads_config(commands[i]))
            consider(&nearest, commands[i]->name);
    err_set(err, ERR_USAGE, "%s: there is no section [%.*s]", where, STR_ARGS(section));
    return err_hint(err, "the nearest is [%s]", nearest.word);
}

static bool unknown_option(const char *where, const struct command *command, struct str name, struct err *err)
{
    struct nearest nearest = {.written = name};

    consider_options(&nearest, command->options);
    consider_options(&nearest, common_options);
    err_set(err, ERR_USAGE, "%s: `pgrade %s` has no option %.*s", where, command->name, STR_ARGS(name));
    return err_hint(err, "the nearest is %s; URLs stand on the command line, in DATABASE_URL or in .env",
                    nearest.word);
}

static bool has_password(struct arena *arena, struct str value)
{
    struct err ignored = {.code = ERR_NONE};
    struct url url;

    return (str_starts_with_nocase(value, "postgres") || str_contains_nocase(value, "password=")) &&
           url_parse(arena, value, &url, &ignored) &&
           (url.password.ptr != NULL || url_parameter(&url, "password").ptr != NULL);
}

/* A file of settings is shown to others and kept with the code. */
static bool refuse_secret(const char *where, struct err *err)
{
    err_set(err, ERR_USAGE, "%s: a URL with a password does not belong in this file", where);
    return err_hint(err, "keep it in DATABASE_URL, in .env or in ~/.pgpass");
}

/* *set: whether the flag is up. */
static bool read_flag(const char *where, const struct ini_entry *entry, bool *set, struct err *err)
{
    static const char *const up[] = {"yes", "true", "on", "1"};
    static const char *const down[] = {"no", "false", "off", "0"};

    *set = is_among(entry->value, up, ARRAY_LENGTH(up));
    if (*set || is_among(entry->value, down, ARRAY_LENGTH(down)))
        return true;
    err_set(err, ERR_USAGE, "%s: %.*s is yes or no", where, STR_ARGS(entry->key));
    return err_hint(err, "%.*s = yes", STR_ARGS(entry->key));
}

/* The settings of the file, for this command. */
struct config {
    struct invocation *invocation;
    const char *path;
    const struct ini_entry *entries;
    struct given *given;
    size_t count;
    size_t capacity;
};

static void keep(struct config *config, const struct option *option, const char *value, const char *where)
{
    ARENA_PUSH(config->invocation->arena, config->given, config->count, config->capacity) =
        (struct given){option, value, where, NULL};
}

/* What says how to upgrade is known to those that plan or compare one. */
static bool concerns(const struct command *mine, const struct command *section, const struct ini_entry *entry)
{
    return section == mine || (str_is(entry->section, "upgrade") &&
                               (strcmp(mine->name, "plan") == 0 || strcmp(mine->name, "verify") == 0));
}

/* [upgrade] and the like.  `plan` and `verify` know it as far as they have the same options. */
static bool apply_option(struct config *config, const struct command *command, const struct ini_entry *entry,
                         const char *where, struct err *err)
{
    const struct command *mine = config->invocation->command;
    const struct option *option = option_find(command, entry->key);
    bool concerned = concerns(mine, command, entry);
    bool set = true;

    if (option == NULL)
        return unknown_option(where, command, entry->key, err);
    if (is_among(entry->key, typed_only, ARRAY_LENGTH(typed_only))) {
        err_set(err, ERR_USAGE, "%s: %s belongs on the command line", where, option->name);
        return err_hint(err, "pgrade %s --%s", command->name, option->name);
    }
    if (option->argument == NULL && !read_flag(where, entry, &set, err))
        return false;
    if (option->argument != NULL && entry->value.len == 0) {
        err_set(err, ERR_USAGE, "%s: %s needs a value", where, option->name);
        return err_hint(err, "%s = %s", option->name, option->argument);
    }
    if (option->argument != NULL &&
        !option_check_file(option, str_cstr(config->invocation->arena, entry->value), err))
        return err_prefix(err, "%s", where);
    option = option_find(mine, entry->key);
    if (concerned && set && option != NULL)
        keep(config, option,
             option->argument == NULL ? NULL : str_cstr(config->invocation->arena, entry->value), where);
    return true;
}

/* post.title and "post"."Title" are one column: SQLite's names have no case. */
static bool is_repeated(struct config *config, const struct ini_entry *entry, const char *where,
                        struct err *err)
{
    struct arena *arena = config->invocation->arena;
    struct place place;
    struct place earlier;

    if (!place_read_key(arena, entry->key, &place))
        return false;
    for (const struct ini_entry *other = config->entries; other < entry; other++) {
        if (!str_equal(other->section, entry->section) || !place_read_key(arena, other->key, &earlier) ||
            !place_equal(&place, &earlier))
            continue;
        err_set(err, ERR_USAGE, "%s: %.*s is %.*s in line %d already", where, STR_ARGS(entry->key),
                STR_ARGS(other->key), other->line);
        err_hint(err, "keep one of them");
        return true;
    }
    return false;
}

/* [type] and the like. */
static bool apply_name(struct config *config, const struct ini_entry *entry, const char *where,
                       struct err *err)
{
    const struct option *option = option_find(config->invocation->command, entry->section);
    struct arena *arena = config->invocation->arena;

    if (entry->value.len == 0) {
        err_set(err, ERR_USAGE, "%s: %.*s needs a value", where, STR_ARGS(entry->key));
        return err_hint(err, "leave the line out where nothing is wanted");
    }
    if (is_repeated(config, entry, where, err))
        return false;
    if (option == NULL)
        return true;
    keep(config, option,
         str_is(entry->key, "*")
             ? str_cstr(arena, entry->value)
             : arena_printf(arena, "%.*s=%.*s", STR_ARGS(entry->key), STR_ARGS(entry->value)),
         where);
    return true;
}

static bool apply_entry(struct config *config, const struct ini_entry *entry, struct err *err)
{
    const struct command *command = command_named(entry->section);
    const char *where = arena_printf(config->invocation->arena, "%s:%d", config->path, entry->line);

    if (has_password(config->invocation->arena, entry->value))
        return refuse_secret(where, err);
    if (command != NULL)
        return apply_option(config, command, entry, where, err);
    if (is_among(entry->section, sections, ARRAY_LENGTH(sections)))
        return apply_name(config, entry, where, err);
    return unknown_section(where, entry->section, err);
}

static bool apply_file(struct invocation *invocation, const char *path, struct err *err)
{
    struct config config = {.invocation = invocation, .path = path};
    struct ini_entry *entries;
    struct str text;
    size_t count;

    if (!fs_read(invocation->arena, path, FILE_MAXIMUM, &text, err))
        return err_hint(err, "check the path of the settings; --no-config does without them");
    if (!ini_parse(invocation->arena, path, text, &entries, &count, err))
        return false;
    config.entries = entries;
    for (size_t i = 0; i < count; i++)
        if (!apply_entry(&config, &entries[i], err))
            return false;
    invocation->config_path = path;
    invocation->config_count = config.count;
    /* The last one wins: the command line comes behind. */
    for (size_t i = 0; i < invocation->given_count; i++)
        keep(&config, invocation->given[i].option, invocation->given[i].value, invocation->given[i].where);
    invocation->given = config.given;
    invocation->given_count = config.count;
    invocation->given_capacity = config.capacity;
    return true;
}

/* The file of the working directory; NULL: there is none.  A link that leads nowhere is not passed over: its
 * settings were meant to hold. */
static bool find_file(struct arena *arena, const char **path, struct err *err)
{
    const char *target;

    *path = NULL;
    if (fs_exists(CONFIG_FILE)) {
        *path = CONFIG_FILE;
        return true;
    }
    target = fs_link_target(arena, CONFIG_FILE);
    if (target == NULL)
        return true;
    err_set(err, ERR_IO, "cannot open %s", CONFIG_FILE);
    err_detail(err, "it is a symbolic link to %s, which is not there or may not be looked at", target);
    return err_hint(err, "mend the link or remove it; --no-config does without the settings");
}

bool config_apply(struct invocation *invocation, struct err *err)
{
    const char *path = option_value(invocation, "config");

    if (!reads_config(invocation->command) || option_given(invocation, "help"))
        return true;
    if (option_given(invocation, "no-config")) {
        if (path == NULL)
            return true;
        err_set(err, ERR_USAGE, "--config and --no-config contradict each other");
        return err_hint(err, "pgrade %s --help", invocation->command->name);
    }
    if (path == NULL && !find_file(invocation->arena, &path, err))
        return false;
    return path == NULL || apply_file(invocation, path, err);
}

void config_announce(const struct invocation *invocation)
{
    if (invocation->config_path != NULL)
        log_message(LOG_NOTICE, "%s: %zu setting%s for `pgrade %s`", invocation->config_path,
                    invocation->config_count, invocation->config_count == 1 ? "" : "s",
                    invocation->command->name);
}

/* The error is about a setting when it begins with the option and quotes what was given, or the name in it.
 * How much of it is quoted; -1: the error is about another. */
static ptrdiff_t quoted_of(struct arena *arena, const struct given *given, const char *primary)
{
    size_t length = strlen(given->option->name);
    struct str value = str_from(given->value == NULL ? "" : given->value);
    size_t key = given->value == NULL ? 0 : strcspn(given->value, "=");

    if (strncmp(primary, "--", 2) != 0 || strncmp(primary + 2, given->option->name, length) != 0)
        return -1;
    primary += 2 + length;
    if (value.len == 0 || *primary == '\0')
        return 0;
    if (str_contains_nocase(str_from(primary), given->value))
        return (ptrdiff_t)value.len;
    return key > 0 && key < value.len &&
                   str_contains_nocase(str_from(primary), arena_printf(arena, "%.*s", (int)key, given->value))
               ? (ptrdiff_t)key
               : -1;
}

void config_blame(const struct invocation *invocation, struct err *err)
{
    const struct given *blamed = NULL;
    ptrdiff_t most = -1;

    if (err->code != ERR_USAGE)
        return;
    /* `title` is quoted, too, where the error is about `title_long`; of equal ones the last counts. */
    for (size_t i = 0; i < invocation->given_count; i++) {
        ptrdiff_t quoted = quoted_of(invocation->arena, &invocation->given[i], err->primary);

        if (quoted >= 0 && quoted >= most) {
            most = quoted;
            blamed = &invocation->given[i];
        }
    }
    if (blamed != NULL && blamed->where != NULL)
        (void)err_prefix(err, "%s", blamed->where);
}
