#include "ops/unit.h"

#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fs.h"
#include "url/dotenv.h"

enum {
    UNIT_MAXIMUM = 1024 * 1024
};

/* In the order in which systemd looks. */
static const char usual_folders[] = "/etc/systemd/system:/run/systemd/system:/usr/local/lib/systemd/system:/"
                                    "usr/lib/systemd/system:/lib/systemd/system";

struct reading {
    struct arena *arena;
    struct unit *unit;
    bool in_service; /* the section under way */
};

static struct str folders(void)
{
    const char *given = getenv("SYSTEMD_UNIT_PATH");

    return str_from(given != NULL && given[0] != '\0' ? given : usual_folders);
}

/* The next folder of a list with ':' between them. */
static const char *next_folder(struct arena *arena, struct str *list)
{
    ptrdiff_t end = str_find(*list, ':');
    struct str one = str_slice(*list, 0, end < 0 ? list->len : (size_t)end);

    *list = str_slice(*list, end < 0 ? list->len : (size_t)end + 1, list->len);
    return str_cstr(arena, one);
}

/* What stands between the first '@' and the end of the name: of app@two.service "two". */
static struct str instance(const char *name)
{
    const char *at = strchr(name, '@');
    const char *end = strrchr(name, '.');

    return at == NULL || end == NULL || end < at ? (struct str){NULL, 0}
                                                 : (struct str){at + 1, (size_t)(end - at - 1)};
}

/* %i, %n and their like. */
static struct str expand(struct reading *reading, struct str text)
{
    const char *name = reading->unit->name;
    const char *end = strrchr(name, '.');
    struct str whole = {name, end == NULL ? strlen(name) : (size_t)(end - name)};
    struct buf out;
    struct str done;

    if (str_find(text, '%') < 0)
        return str_dup(reading->arena, text);
    buf_init(&out, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < text.len; i++) {
        char next = i + 1 < text.len ? text.ptr[i + 1] : '\0';

        if (text.ptr[i] != '%' || strchr("iInNph%", next) == NULL || next == '\0') {
            buf_byte(&out, text.ptr[i]);
            continue;
        }
        i++;
        switch (next) {
        case 'i':
        case 'I': buf_str(&out, instance(name)); break;
        case 'n': buf_text(&out, name); break;
        case 'N': buf_str(&out, whole); break;
        case 'p': buf_str(&out, str_slice(whole, 0, strcspn(name, "@."))); break;
        case 'h': buf_text(&out, "/root"); break;
        default: buf_byte(&out, '%'); break;
        }
    }
    done = buf_to_str(reading->arena, &out);
    buf_free(&out);
    return done;
}

static char escaped(char c)
{
    return (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 's' ? ' ' : c);
}

/* One character of a word, or two, from `rest`; *quote: the one that is open.  How many were taken. */
static size_t take_character(struct buf *out, struct str rest, char *quote)
{
    char c = rest.ptr[0];

    if (c == '\\' && rest.len > 1 && *quote != '\'') {
        buf_byte(out, escaped(rest.ptr[1]));
        return 2;
    }
    if (*quote == '\0' && (c == '"' || c == '\''))
        *quote = c;
    else if (*quote != '\0' && c == *quote)
        *quote = '\0';
    else
        buf_byte(out, c);
    return 1;
}

/* The next word of a list, without its quotes and with its escapes done; false: there is none. */
static bool next_word(struct reading *reading, struct str *rest, struct str *word)
{
    struct buf out;
    char quote = '\0';
    size_t i = 0;

    *rest = str_trim(*rest);
    if (rest->len == 0)
        return false;
    buf_init(&out, BUF_TEXT_MAXIMUM);
    while (i < rest->len && (quote != '\0' || !ascii_is_space(rest->ptr[i])))
        i += take_character(&out, str_slice(*rest, i, rest->len), &quote);
    *word = buf_to_str(reading->arena, &out);
    buf_free(&out);
    *rest = str_slice(*rest, i, rest->len);
    return true;
}

static void take_variables(struct reading *reading, struct str value)
{
    struct unit *unit = reading->unit;
    struct str word;

    if (value.len == 0)
        unit->variable_count = 0;
    while (next_word(reading, &value, &word)) {
        ptrdiff_t equals = str_find(word, '=');

        if (equals <= 0)
            continue;
        word = expand(reading, word);
        equals = str_find(word, '=');
        ARENA_PUSH(reading->arena, unit->variables, unit->variable_count, unit->variable_capacity) =
            (struct unit_variable){.name = str_slice(word, 0, (size_t)equals),
                                   .value = str_slice(word, (size_t)equals + 1, word.len),
                                   .from = unit->path};
    }
}

static void take_environment_file(struct reading *reading, struct str value)
{
    struct unit *unit = reading->unit;
    bool optional = str_starts_with(value, "-");

    if (value.len == 0) {
        unit->file_count = 0;
        return;
    }
    value = expand(reading, optional ? str_slice(value, 1, value.len) : value);
    ARENA_PUSH(reading->arena, unit->files, unit->file_count, unit->file_capacity) =
        (struct unit_file){.path = value.ptr, .optional = optional};
}

/* Without what may stand before the path: "-", "@", "+", "!", ":". */
static void take_program(struct reading *reading, struct str value)
{
    struct str word;

    if (value.len == 0)
        reading->unit->program = NULL;
    else if (reading->unit->program == NULL && next_word(reading, &value, &word)) {
        while (word.len > 0 && strchr("-@+!:", word.ptr[0]) != NULL)
            word = str_slice(word, 1, word.len);
        reading->unit->program = expand(reading, word).ptr;
    }
}

static void take_directory(struct reading *reading, struct str value)
{
    value = str_starts_with(value, "-") ? str_slice(value, 1, value.len) : value;
    reading->unit->directory = value.len == 0 ? NULL : expand(reading, value).ptr;
}

static void take_user(struct reading *reading, struct str value)
{
    reading->unit->user = expand(reading, value);
}

static const struct {
    const char *name;
    void (*take)(struct reading *reading, struct str value);
} settings[] = {{"User", take_user},
                {"WorkingDirectory", take_directory},
                {"ExecStart", take_program},
                {"Environment", take_variables},
                {"EnvironmentFile", take_environment_file}};

static void take_line(struct reading *reading, struct str line)
{
    ptrdiff_t equals = str_find(line, '=');

    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
        return;
    if (line.ptr[0] == '[')
        reading->in_service = str_is(line, "[Service]");
    for (size_t i = 0; reading->in_service && equals > 0 && i < ARRAY_LENGTH(settings); i++)
        if (str_is(str_trim(str_slice(line, 0, (size_t)equals)), settings[i].name))
            settings[i].take(reading, str_trim(str_slice(line, (size_t)equals + 1, line.len)));
}

/* A backslash at the end of a line joins the next one to it. */
static bool take_file(struct reading *reading, const char *path, struct err *err)
{
    struct str text;
    struct buf line;

    if (!fs_read(reading->arena, path, UNIT_MAXIMUM, &text, err))
        return false;
    reading->in_service = false;
    buf_init(&line, BUF_TEXT_MAXIMUM);
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');
        struct str one = str_slice(text, 0, end < 0 ? text.len : (size_t)end);
        bool goes_on = str_ends_with(one, "\\");

        buf_str(&line, goes_on ? str_slice(one, 0, one.len - 1) : one);
        if (goes_on)
            buf_byte(&line, ' ');
        else {
            take_line(reading, str_trim(buf_view(&line)));
            buf_clear(&line);
        }
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
    take_line(reading, str_trim(buf_view(&line)));
    buf_free(&line);
    return true;
}

struct drop_in {
    const char *name;
    const char *path;
};

static int by_name(const void *a, const void *b)
{
    const struct drop_in *left = a;
    const struct drop_in *right = b;

    return strcmp(left->name, right->name);
}

struct drop_ins {
    struct drop_in *items;
    size_t count;
    size_t capacity;
};

/* Of two of one name the first folder's holds. */
static void list_drop_ins(struct arena *arena, const char *folder, struct drop_ins *list)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        bool known = !str_ends_with(str_from(entry->d_name), ".conf");

        for (size_t i = 0; i < list->count && !known; i++)
            known = strcmp(list->items[i].name, entry->d_name) == 0;
        if (!known)
            ARENA_PUSH(arena, list->items, list->count, list->capacity) =
                (struct drop_in){.name = arena_printf(arena, "%s", entry->d_name),
                                 .path = fs_join(arena, folder, entry->d_name)};
    }
    if (directory != NULL)
        (void)closedir(directory);
}

static bool take_drop_ins(struct reading *reading, bool by_path, struct err *err)
{
    struct arena *arena = reading->arena;
    struct drop_ins list = {.items = NULL};
    struct str rest = by_path ? str_from(fs_directory_of(arena, reading->unit->path)) : folders();

    while (rest.len > 0)
        list_drop_ins(arena, arena_printf(arena, "%s/%s.d", next_folder(arena, &rest), reading->unit->name),
                      &list);
    if (list.count > 1)
        qsort(list.items, list.count, sizeof(*list.items), by_name);
    for (size_t i = 0; i < list.count; i++)
        if (!take_file(reading, list.items[i].path, err))
            return false;
    return true;
}

static void take_dotenv(struct reading *reading, const char *path)
{
    struct unit *unit = reading->unit;
    struct err failure = {.code = ERR_NONE};
    struct dotenv dotenv = {.items = NULL};
    struct str text;

    if (!fs_read(reading->arena, path, UNIT_MAXIMUM, &text, &failure) ||
        !dotenv_parse(reading->arena, text, path, &dotenv, &failure)) {
        unit->unread = path;
        unit->unread_failure = failure;
        return;
    }
    for (size_t i = 0; i < dotenv.count; i++)
        ARENA_PUSH(reading->arena, unit->variables, unit->variable_count, unit->variable_capacity) =
            (struct unit_variable){
                .name = dotenv.items[i].key,
                .value = dotenv.items[i].value,
                .from = path,
                .passed_over = str_starts_with(
                    str_trim(str_slice(text, dotenv.items[i].lines_begin, dotenv.items[i].lines_end)),
                    "export ")};
}

static void take_environment_files(struct reading *reading)
{
    for (size_t i = 0; i < reading->unit->file_count; i++) {
        glob_t found;

        if (glob(reading->unit->files[i].path, 0, NULL, &found) != 0)
            continue;
        for (size_t j = 0; j < found.gl_pathc; j++)
            take_dotenv(reading, arena_printf(reading->arena, "%s", found.gl_pathv[j]));
        globfree(&found);
    }
}

/* app@two.service is written in app@.service, unless it has a file of its own. */
static const char *find(struct arena *arena, const char *name)
{
    struct str of = instance(name);
    const char *template =
        of.len == 0 ? NULL : arena_printf(arena, "%.*s@.service", (int)(strchr(name, '@') - name), name);

    for (const char *wanted = name; wanted != NULL; wanted = wanted == name ? template : NULL) {
        struct str rest = folders();

        while (rest.len > 0) {
            const char *path = fs_join(arena, next_folder(arena, &rest), wanted);

            if (fs_exists(path) && !fs_is_directory(path))
                return path;
        }
    }
    return NULL;
}

bool unit_load(struct arena *arena, const char *name, struct unit *unit, struct err *err)
{
    struct reading reading = {.arena = arena, .unit = unit};
    bool by_path = strchr(name, '/') != NULL;

    *unit = (struct unit){.name = fs_name_of(name)};
    if (!by_path && !str_ends_with(str_from(name), ".service"))
        unit->name = arena_printf(arena, "%s.service", name);
    unit->path = by_path ? name : find(arena, unit->name);
    if (unit->path == NULL || !fs_exists(unit->path)) {
        err_set(err, ERR_IO, "there is no unit %s", unit->name);
        return err_hint(err, by_path
                                 ? "give the path of a file that is there"
                                 : "systemctl list-units --type=service names those that are there; a path "
                                   "of a file is taken too");
    }
    if (!take_file(&reading, unit->path, err) || !take_drop_ins(&reading, by_path, err))
        return false;
    take_environment_files(&reading);
    return true;
}

const struct unit_variable *unit_variable(const struct unit *unit, const char *name)
{
    const struct unit_variable *passed_over = NULL;

    for (size_t i = unit->variable_count; i > 0; i--) {
        const struct unit_variable *one = &unit->variables[i - 1];

        if (!str_is(one->name, name))
            continue;
        if (!one->passed_over)
            return one;
        passed_over = one;
    }
    return passed_over;
}
