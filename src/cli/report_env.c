/* What `pgrade env` prints. */
#include "cli/env.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/screen.h"
#include "cli/json_print.h"
#include "cli/table.h"
#include "cli/wrap.h"

bool env_check_key(const char *key, struct err *err)
{
    bool good = key[0] != '\0' && !ascii_is_digit(key[0]) && key[0] != '.' && key[0] != '-';

    for (const char *at = key; *at != '\0'; at++)
        good = good && (ascii_is_alpha(*at) || ascii_is_digit(*at) || strchr("_.-", *at) != NULL);
    if (good)
        return true;
    err_set(err, ERR_USAGE, "that is no name of an environment variable");
    err_detail(err, "a name has letters, digits and _, and does not begin with a digit");
    return err_hint(err, "pgrade env set DATABASE_URL, for instance");
}

const struct dotenv_entry *env_holding(const struct env_file *file, const char *key)
{
    for (size_t i = file->dotenv.count; i > 0; i--)
        if (str_is(file->dotenv.items[i - 1].key, key))
            return &file->dotenv.items[i - 1];
    return NULL;
}

void env_warn_git(const char *path, const struct env_git *git)
{
    if (git->state == ENV_GIT_TRACKED)
        log_message(
            LOG_WARNING,
            "%s IS IN THE GIT REPOSITORY: everybody who has that has these secrets. Take it out (git rm "
            "--cached), ignore it (--gitignore), and change every secret in it: the history keeps them",
            path);
    else if (git->state == ENV_GIT_EXPOSED)
        log_message(LOG_WARNING,
                    "%s is not ignored by git: the next `git add` of all would commit it; "
                    "`pgrade env set ... --gitignore` adds it to .gitignore",
                    path);
    else if (git->state == ENV_GIT_UNKNOWN)
        log_message(LOG_WARNING,
                    "%s lies in a git work tree, and git could not be asked whether it ignores it: %s", path,
                    git->why);
}

static void put(struct buf *out)
{
    (void)fwrite(out->ptr, 1, out->len, stdout);
    buf_free(out);
}

static void begin(struct json *json, struct buf *out, const char *path)
{
    json_print_begin(json, out, PGRADE_DONE);
    json_put_text(json, "file", path);
}

void env_report_set(const struct invocation *invocation, const struct env_setting *setting)
{
    struct json json;
    struct buf out;

    log_message(LOG_NOTICE, "%s %s in %s%s", setting->key,
                !setting->changed ? "has that value already"
                : setting->added  ? "is new"
                                  : "has a new value",
                setting->path, setting->created ? ", a new file of mode 0600" : "");
    if (!invocation->json)
        return;
    begin(&json, &out, setting->path);
    json_put_text(&json, "name", setting->key);
    json_put_bool(&json, "created", setting->created);
    json_put_bool(&json, "added", setting->added);
    json_put_bool(&json, "changed", setting->changed);
    json_put_text(&json, "git", env_git_name(setting->git));
    json_print_end(&json, &out);
}

void env_report_value(const char *path, const char *key, struct str value)
{
    struct json json;
    struct buf out;

    begin(&json, &out, path);
    json_put_text(&json, "name", key);
    json_put_str(&json, "value", value);
    json_print_end(&json, &out);
}

void env_report_unset(const char *path, const char *key, bool found)
{
    struct json json;
    struct buf out;

    begin(&json, &out, path);
    json_put_text(&json, "name", key);
    json_put_bool(&json, "found", found);
    json_print_end(&json, &out);
}

/* The URL of a database without its password; NULL ptr: it is none, or nothing is to be shown. */
static struct str shown_url(const struct invocation *invocation, struct arena *arena, struct str value)
{
    struct err ignored = {.code = ERR_NONE};
    struct url url;

    if (invocation->hide_values || !str_contains_nocase(value, "://") ||
        !url_parse(arena, value, &url, &ignored) || url.kind != URL_POSTGRES)
        return (struct str){NULL, 0};
    return url_redacted(arena, &url);
}

static struct str shown_value(const struct invocation *invocation, struct arena *arena, struct str value,
                              bool values)
{
    struct str url = shown_url(invocation, arena, value);

    if (values)
        return screen_text(arena, value);
    if (url.ptr != NULL)
        return screen_text(arena, url);
    return str_from(value.len == 0 ? "(empty)" : "(hidden)");
}

/* An entry that a later one of the same name overrides is none. */
static bool holds(const struct env_file *file, size_t i)
{
    return env_holding(file, file->dotenv.items[i].key.ptr) == &file->dotenv.items[i];
}

/* The readers of an entry, each once. */
static struct str readers_of(struct arena *arena, const struct env_file *file,
                             const struct dotenv_entry *entry)
{
    size_t count;
    struct dotenv_oddity *oddities = dotenv_oddities(arena, file->text, entry, &count);
    struct str list = {NULL, 0};

    for (size_t i = 0; i < count; i++)
        if (i == 0 || oddities[i].reader != oddities[i - 1].reader)
            list = str_printf(arena, "%.*s%s%s", STR_ARGS(list), list.len > 0 ? ", " : "",
                              dotenv_reader_name(oddities[i].reader));
    return list;
}

/* Each oddity once, with the names of the variables that have it. */
static void put_oddities(struct arena *arena, const struct env_file *file, struct buf *out)
{
    const char *told[64];
    size_t told_count = 0;

    for (size_t i = 0; i < file->dotenv.count; i++) {
        size_t count;
        struct dotenv_oddity *oddities = dotenv_oddities(arena, file->text, &file->dotenv.items[i], &count);

        for (size_t k = 0; holds(file, i) && k < count; k++) {
            char *line =
                arena_printf(arena, "%s %s", dotenv_reader_name(oddities[k].reader), oddities[k].what);
            bool again = false;

            for (size_t t = 0; t < told_count; t++)
                again = again || strcmp(told[t], line) == 0;
            if (again || told_count == ARRAY_LENGTH(told))
                continue;
            told[told_count++] = line;
            buf_printf(out, "%s%s (line %zu)\n", told_count == 1 ? "\n" : "", line,
                       file->dotenv.items[i].line);
        }
    }
}

static void put_table(const struct invocation *invocation, struct arena *arena, const struct env_file *file,
                      bool values)
{
    static const enum table_align align[] = {ALIGN_LEFT, ALIGN_LEFT, ALIGN_LEFT};
    size_t width = wrap_width();
    struct text_table table = {.arena = arena,
                               .columns = ARRAY_LENGTH(align),
                               .align = align,
                               .maximum = width == 0 || values ? 0 : width / 2};
    struct buf out;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    text_table_cellf(&table, "name");
    text_table_cellf(&table, "value");
    text_table_cellf(&table, "read otherwise by");
    for (size_t i = 0; i < file->dotenv.count; i++) {
        if (!holds(file, i))
            continue;
        text_table_cell(&table, file->dotenv.items[i].key);
        text_table_cell(&table, shown_value(invocation, arena, file->dotenv.items[i].value, values));
        text_table_cell(&table, readers_of(arena, file, &file->dotenv.items[i]));
    }
    if (file->dotenv.count == 0)
        buf_printf(&out, "%s holds no variables\n", file->path);
    else
        text_table_write(&table, invocation->color, &out);
    put_oddities(arena, file, &out);
    for (size_t i = 0; i < file->dotenv.unknown_count; i++)
        buf_printf(&out, "line %zu is no variable, and passed over\n", file->dotenv.unknown[i]);
    put(&out);
}

static void json_put_oddities(struct json *json, struct arena *arena, const struct env_file *file,
                              const struct dotenv_entry *entry)
{
    size_t count;
    struct dotenv_oddity *oddities = dotenv_oddities(arena, file->text, entry, &count);

    json_name(json, "read_otherwise");
    json_array(json);
    for (size_t i = 0; i < count; i++) {
        json_object(json);
        json_put_text(json, "by", dotenv_reader_name(oddities[i].reader));
        json_put_text(json, "how", oddities[i].what);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_document(const struct invocation *invocation, struct arena *arena,
                         const struct env_file *file, const struct env_git *git, bool values)
{
    struct json json;
    struct buf out;

    begin(&json, &out, file->path);
    json_put_text(&json, "git", env_git_name(git->state));
    json_name(&json, "variables");
    json_array(&json);
    for (size_t i = 0; i < file->dotenv.count; i++) {
        const struct dotenv_entry *entry = &file->dotenv.items[i];

        if (!holds(file, i))
            continue;
        json_object(&json);
        json_put_str(&json, "name", entry->key);
        json_put_int(&json, "line", (int64_t)entry->line);
        json_put_str(&json, "value", values ? entry->value : (struct str){NULL, 0});
        json_put_str(&json, "url", shown_url(invocation, arena, entry->value));
        json_put_oddities(&json, arena, file, entry);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_name(&json, "unknown_lines");
    json_array(&json);
    for (size_t i = 0; i < file->dotenv.unknown_count; i++)
        json_int(&json, (int64_t)file->dotenv.unknown[i]);
    json_array_end(&json);
    json_print_end(&json, &out);
}

void env_report_list(const struct invocation *invocation, const struct env_file *file,
                     const struct env_git *git, bool values)
{
    struct arena *arena = arena_new();

    if (invocation->json)
        put_document(invocation, arena, file, git, values);
    else
        put_table(invocation, arena, file, values);
    arena_free(arena);
}
