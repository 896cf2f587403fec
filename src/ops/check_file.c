/* A SQLite file. */
#include <stdlib.h>
#include <sys/vfs.h>

#include "base/fs.h"
#include "base/screen.h"
#include "ops/check_intern.h"

enum {
    OVERLAY = 0x794c7630, /* OVERLAYFS_SUPER_MAGIC of linux/magic.h: what a container writes on */
    TMPFS = 0x01021994
};

/* Variables by which providers say that a program runs on their machines. */
static const struct {
    const char *variable;
    const char *provider;
} wiping[] = {{"RENDER", "Render"}, {"DYNO", "Heroku"}, {"K_SERVICE", "Cloud Run"}, {"VERCEL", "Vercel"}};

static void check_open(struct check_run *run)
{
    struct err failure = {.code = ERR_NONE};
    struct str meant;

    if (core_open(&run->report->url, run->request->options, &run->db, &failure)) {
        check_ok(run, "%.*s", STR_ARGS(run->report->url.path));
        return;
    }
    meant = failure.code == ERR_SOURCE_MISSING ? check_meant(run) : (struct str){NULL, 0};
    if (meant.len > 0)
        check_found(run, CHECK_PROBLEM,
                    str_printf(run->arena, "pgrade check %s", screen_shell_word(run->arena, meant)),
                    "there is no file of that name, and it looks like an address: the scheme is missing, and "
                    "without postgresql:// in front it is the path of a file");
    else
        check_found(run, CHECK_PROBLEM, str_dup(run->arena, str_from(failure.hint)), "%s%s%s",
                    failure.primary, failure.detail[0] != '\0' ? ": " : "", failure.detail);
}

static void check_keeping(struct check_run *run)
{
    const char *path = str_cstr(run->arena, run->report->url.path);
    struct statfs system;

    /* One that is not there yet is made beside its neighbours. */
    if (!fs_exists(path))
        path = fs_directory_of(run->arena, path);
    for (size_t i = 0; i < ARRAY_LENGTH(wiping); i++)
        if (getenv(wiping[i].variable) != NULL)
            check_found(
                run, CHECK_ADVICE, (struct str){NULL, 0},
                "this runs at %s (%s is set), where files are gone after each deploy and restart, unless "
                "they lie on a disk that was added",
                wiping[i].provider, wiping[i].variable);
    if (statfs(path, &system) != 0)
        check_skip(run, "the file system does not tell its kind");
    else if (system.f_type == OVERLAY || system.f_type == TMPFS)
        check_found(run, CHECK_ADVICE, (struct str){NULL, 0}, "it lies on %s",
                    system.f_type == OVERLAY ? "a container's own layer, which is gone with the container"
                                             : "a file system in memory, which is gone with the next start");
    else if (run->result->count == 0)
        check_ok(run, "on a disk");
}

static const char integrity_sql[] =
    "SELECT 'problem', integrity_check, CASE WHEN integrity_check LIKE 'row % missing from index %' OR "
    "integrity_check LIKE 'wrong # of entries in index %' THEN 'REINDEX   -- the rows are there; a unique "
    "index may find values twice' ELSE 'sqlite3 FILE .dump | sed ''$ s/^ROLLBACK.*/COMMIT;/'' | sqlite3 NEW  "
    " "
    "# what can be read; the last backup is better' END "
    "FROM pragma_integrity_check(20) WHERE integrity_check <> 'ok'";

static const char content_sql[] =
    "SELECT CASE WHEN count(*) = 0 THEN 'advice' ELSE 'ok' END, CASE count(*) WHEN 0 THEN 'there are no "
    "tables: "
    "\"no such table\" is what the application will say' WHEN 1 THEN '1 table' ELSE count(*) || ' tables' "
    "END "
    "FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

static const char keys_sql[] =
    "SELECT 'problem', CASE count(*) WHEN 1 THEN '1 row of ' || \"table\" || ' refers' ELSE count(*) || ' "
    "rows "
    "of ' || \"table\" || ' refer' END || ' to rows of ' || parent || ' that are not there', 'PRAGMA "
    "foreign_key_check(' || quote(\"table\") || ')   -- lists them; delete or mend them' "
    "FROM pragma_foreign_key_check GROUP BY \"table\", parent";

static const char journal_sql[] = "SELECT CASE journal_mode WHEN 'wal' THEN 'ok' ELSE 'advice' END, CASE "
                                  "journal_mode WHEN 'wal' THEN 'wal' ELSE "
                                  "'the journal mode is ' || journal_mode || ': a writer shuts all readers "
                                  "out' END, 'PRAGMA journal_mode = wal' "
                                  "FROM pragma_journal_mode";

static const char page_sql[] =
    "SELECT CASE WHEN page_size < 4096 THEN 'advice' ELSE 'ok' END, page_size || ' bytes', "
    "'PRAGMA journal_mode = delete; PRAGMA page_size = 4096; VACUUM' FROM pragma_page_size";

static const char free_sql[] =
    "SELECT CASE WHEN freelist_count > 100 AND freelist_count * 4 > page_count THEN 'advice' ELSE 'ok' END, "
    "freelist_count || ' of ' || page_count || ' pages are free', 'VACUUM' FROM pragma_freelist_count, "
    "pragma_page_count";

const struct check_entry check_file_checks[] = {
    {.name = "open",
     .looks = "whether the file is there, is a SQLite database, and may be read",
     .why = "nothing can be done without",
     .mend = "check the path; a URL of a server begins with postgresql://",
     .stops = true,
     .run = check_open},
    {.name = "kept",
     .looks = "whether the file is kept: not on a machine of Render, Heroku, Cloud Run or Vercel, in a "
              "container's layer, or in memory",
     .why = "there every deploy begins with the file as it was built, and all rows since are gone",
     .mend = "pgrade upgrade FILE URL moves it to PostgreSQL; or put it on a volume that is kept",
     .alone = true,
     .run = check_keeping},
    {.name = "integrity",
     .looks = "PRAGMA integrity_check: pages, indexes, NOT NULL and UNIQUE",
     .why = "a damaged file loses rows, and gets worse with every write",
     .mend = "the last backup; or sqlite3 FILE .dump, which saves what can be read (.recover finds more, "
             "where that sqlite3 has it)",
     .sql = integrity_sql},
    {.name = "content",
     .looks = "whether there are tables",
     .why = "SQLite makes an empty file where a path is wrong, and the rows are in another one",
     .mend =
         "the path of the file that the application writes, from the root; or its migrations, which make the "
         "tables",
     .sql = content_sql},
    {.name = "foreign-keys",
     .looks = "PRAGMA foreign_key_check: rows whose parent is not there",
     .why = "SQLite enforces foreign keys only where the application says so; PostgreSQL does always",
     .mend = "delete or mend those rows",
     .sql = keys_sql},
    {.name = "journal",
     .looks = "the journal mode",
     .why = "in WAL mode readers and a writer do not wait for each other",
     .mend = "PRAGMA journal_mode = wal, unless the file is on a network's disk",
     .sql = journal_sql},
    {.name = "page-size",
     .looks = "the size of a page",
     .why = "small pages make deep trees and many reads",
     .mend = "PRAGMA page_size = 4096, then VACUUM",
     .sql = page_sql},
    {.name = "free-pages",
     .looks = "how many pages are free",
     .why = "what was deleted still takes disk",
     .mend = "VACUUM",
     .sql = free_sql},
    {.name = NULL},
};
