/* URLs of databases in the files of the application.  Lines are named and never shown, since they hold
 * passwords. */
#include <dirent.h>
#include <string.h>

#include "base/fs.h"
#include "ops/check_intern.h"

enum {
    FILE_MAXIMUM = 512 * 1024,
    FILES_MOST = 5000,
    DEPTH_MOST = 6,
    FINDINGS_MOST = 10
};

static const char *const endings[] = {".py",   ".js",  ".ts",  ".mjs", ".rb",  ".php",
                                      ".toml", ".ini", ".cfg", ".yml", ".yaml"};

/* What other people wrote, or programs. */
static const char *const strange[] = {"node_modules", "site-packages", "__pycache__", "venv",
                                      "env",          "vendor",        "tests",       "test"};

struct walk {
    struct check_run *run;
    size_t files;
    bool cut; /* there is more than was looked at */
};

static bool is_one_of(const char *name, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

/* Of user:password; "{user}:{word}", "%s:%s", "$USER:..." and "USER:PASSWORD" are patterns, and where quotes
 * are the text ends. */
static bool is_password(struct str userinfo)
{
    ptrdiff_t colon = str_find(userinfo, ':');
    struct str password =
        colon <= 0 ? (struct str){NULL, 0} : str_slice(userinfo, (size_t)colon + 1, userinfo.len);

    for (size_t i = 0; i + 1 < userinfo.len; i++)
        if ((userinfo.ptr[i] == '%' || userinfo.ptr[i] == '$') && strchr("s({", userinfo.ptr[i + 1]) != NULL)
            return false;
    return password.len > 0 && !str_is_nocase(password, "password") && str_find(userinfo, '{') < 0 &&
           str_find(userinfo, '"') < 0 && str_find(userinfo, '\'') < 0 && str_find(userinfo, '<') < 0;
}

/* postgresql://user:password@: the part before the '@' has a ':' and no end of a text. */
static bool has_password(struct str line)
{
    static const char *const schemes[] = {"postgres://", "postgresql://", "postgresql+"};

    for (size_t i = 0; i < line.len; i++)
        for (size_t j = 0; j < ARRAY_LENGTH(schemes); j++) {
            struct str rest = str_slice(line, i, line.len);
            ptrdiff_t at;

            if (!str_starts_with(rest, schemes[j]) || str_find(rest, '/') < 0)
                continue;
            rest = str_slice(rest, (size_t)str_find(rest, '/') + 2, rest.len);
            at = str_find(rest, '@');
            if (at <= 0)
                continue;
            if (is_password(str_slice(rest, 0, (size_t)at)))
                return true;
        }
    return false;
}

static void look_at_line(struct walk *walk, const char *path, size_t number, struct str line)
{
    struct check_run *run = walk->run;
    struct str text = str_trim(line);

    if (text.len == 0 || text.ptr[0] == '#' || str_starts_with(text, "//") ||
        run->result->count >= FINDINGS_MOST)
        return;
    if (has_password(text))
        check_found(run, CHECK_ADVICE,
                    (struct str)STR("take it out, set another password (it is in the history too), and read "
                                    "os.environ[\"DATABASE_URL\"]"),
                    "%s:%zu holds a URL with a password", path, number);
    else if (str_contains_nocase(text, "sqlite:///"))
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0},
                    str_contains_nocase(text, "environ") || str_contains_nocase(text, "getenv") ||
                            str_contains_nocase(text, "process.env")
                        ? "%s:%zu falls back to a SQLite file where DATABASE_URL is not set"
                        : "%s:%zu names a SQLite file",
                    path, number);
}

static void look_at_file(struct walk *walk, const char *path)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text;
    size_t number = 0;

    if (!fs_read(walk->run->arena, path, FILE_MAXIMUM, &text, &ignored)) {
        walk->cut = true;
        return;
    }
    while (text.len > 0) {
        ptrdiff_t end = str_find(text, '\n');

        look_at_line(walk, path, ++number, str_slice(text, 0, end < 0 ? text.len : (size_t)end));
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
}

/* Links are not followed into folders: they may lead back. */
static void look_into(struct walk *walk, const char *folder,
                      int depth) /* NOLINT(misc-no-recursion): DEPTH_MOST */
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        const char *path = fs_join(walk->run->arena, folder, entry->d_name);
        bool known = false;

        if (entry->d_name[0] == '.')
            continue;
        for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
            known = known || str_ends_with(str_from(entry->d_name), endings[i]);
        if (walk->files >= FILES_MOST || (entry->d_type == DT_DIR && depth >= DEPTH_MOST)) {
            walk->cut = true;
        } else if (entry->d_type == DT_DIR && !is_one_of(entry->d_name, strange, ARRAY_LENGTH(strange)) &&
                   !fs_exists(fs_join(walk->run->arena, path, "pyvenv.cfg"))) {
            look_into(walk, path, depth + 1);
        } else if (known && entry->d_type == DT_REG) {
            walk->files++;
            look_at_file(walk, path);
        }
    }
    if (directory != NULL)
        (void)closedir(directory);
}

void check_code(struct check_run *run)
{
    struct walk walk = {.run = run};

    if (run->application == NULL || !fs_is_directory(run->application)) {
        check_skip(run, "%s",
                   run->application == NULL ? "the application's folder is not known: --app DIR"
                                            : "the application's folder is not there");
        return;
    }
    look_into(&walk, run->application, 0);
    if (walk.cut)
        check_skip(run, "%zu files have none; there are more, which were not read", walk.files);
    else if (walk.files == 0)
        check_skip(run, "there are no files of code in %s", run->application);
    else
        check_ok(run, "%zu files have none", walk.files);
}
