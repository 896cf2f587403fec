#include "ops/retry_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/retry.h"

enum {
    CHUNK = 64 * 1024
};

static const char heading[] = "run_id,id,source,source_table,target_schema,target_table,source_rowid,"
                              "column_name,reason,row";

/* jsonb drops a key that stands twice, json keeps the text. */
static const struct str table_sql =
    STR("CREATE TEMP TABLE pgrade_retry (place bigint GENERATED ALWAYS AS IDENTITY, run_id text NOT NULL,"
        " id bigint NOT NULL, source text, source_table text, target_schema text, target_table text,"
        " source_rowid bigint, column_name text, reason text, text json NOT NULL,"
        " \"row\" jsonb GENERATED ALWAYS AS (text::jsonb) STORED) ON COMMIT DROP");

static const struct str copy_sql =
    STR("COPY pgrade_retry (run_id, id, source, source_table, target_schema, target_table, source_rowid,"
        " column_name, reason, text) FROM STDIN (FORMAT csv, HEADER)");

static const struct str twice_sql =
    STR("SELECT id, places[1], places[2] FROM (SELECT id, array_agg(place ORDER BY place) AS places"
        " FROM pgrade_retry GROUP BY run_id, id HAVING count(*) > 1) twice ORDER BY places[2] LIMIT 1");

/* Finds the lines in which rows begin, as the server's reader of CSV does. */
struct line_count {
    struct retry_file *file;
    struct arena *arena;
    size_t line;
    bool quoted;
    bool begun; /* a row, or the heading */
    bool headed;
};

static bool wrong_file(const char *path, const char *why, struct err *err)
{
    err_set(err, ERR_USAGE, "%s is no quarantine file", path);
    err_detail(err, "%s", why);
    return err_hint(err,
                    "upgrade --misfit quarantine writes one; correct the values in it, and keep its heading");
}

/* Spreadsheets put quotes around words, and a mark in front of the file. */
static bool is_heading(struct str text)
{
    size_t place = 0;

    if (str_starts_with(text, "\xef\xbb\xbf"))
        text = str_slice(text, 3, text.len);
    for (size_t i = 0; i < text.len && text.ptr[i] != '\n' && text.ptr[i] != '\r'; i++) {
        if (text.ptr[i] == '"')
            continue;
        if (place >= sizeof(heading) - 1 || text.ptr[i] != heading[place])
            return false;
        place++;
    }
    return place == sizeof(heading) - 1;
}

static void begin_row(struct line_count *count)
{
    if (count->headed)
        ARENA_PUSH(count->arena, count->file->lines, count->file->count, count->file->capacity) = count->line;
    count->headed = true;
    count->begun = true;
}

static void count_lines(struct line_count *count, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!count->begun)
            begin_row(count);
        if (bytes[i] == '"')
            count->quoted = !count->quoted;
        if (bytes[i] != '\n')
            continue;
        count->line++;
        count->begun = count->quoted;
    }
}

/* The server reads the CSV and the JSON in it, and says where it cannot. */
static bool send(struct engine *target, const char *path, int descriptor, struct line_count *count,
                 struct err *err)
{
    char *chunk = arena_alloc(count->arena, CHUNK);
    ssize_t size = read(descriptor, chunk, CHUNK);
    bool done = true;
    int64_t rows;

    if (size < 0 || !is_heading((struct str){chunk, size < 0 ? 0 : (size_t)size}))
        return wrong_file(path, size < 0 ? strerror(errno) : "its first line is another heading", err);
    if (!engine_copy_in(target, copy_sql, err))
        return false;
    while (done && size > 0) {
        count_lines(count, chunk, (size_t)size);
        done = engine_copy_put(target, chunk, (size_t)size, err);
        size = done ? read(descriptor, chunk, CHUNK) : 0;
    }
    if (!done || engine_copy_in_end(target, &rows, err))
        return done;
    if (strncmp(err->sqlstate, "22", 2) == 0) {
        struct err cause = *err;

        err_clear(err);
        return wrong_file(path, cause.detail, err);
    }
    return false;
}

size_t retry_file_line(const struct retry_file *file, int64_t place)
{
    return place >= 1 && (size_t)place <= file->count ? file->lines[place - 1] : 0;
}

/* One of them would win, and nobody knows which. */
static bool refuse_twice(struct engine *target, const char *path, const struct retry_file *file,
                         struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(target, twice_sql, NULL, 0, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && found) {
        err_set(err, ERR_USAGE, "%s:%zu: the row with the id %" PRId64 " stands in line %zu already", path,
                retry_file_line(file, rows->cells[2].integer), rows->cells[0].integer,
                retry_file_line(file, rows->cells[1].integer));
        err_detail(err, "which of the two is meant cannot be told; nothing was loaded");
        err_hint(err, "every row stands there once: keep one of the two, and run the same command again");
    }
    rows_close(rows);
    return done && !found;
}

bool retry_file_read(struct arena *arena, struct engine *target, const char *path, struct retry_file *file,
                     struct err *err)
{
    struct line_count count = {.file = file, .arena = arena, .line = 1};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool done;

    *file = (struct retry_file){.lines = NULL};
    if (descriptor < 0) {
        err_set(err, ERR_IO, "cannot open %s", path);
        return err_detail(err, "%s", strerror(errno));
    }
    done = engine_exec(target, table_sql, err) && send(target, path, descriptor, &count, err) &&
           refuse_twice(target, path, file, err) &&
           engine_exec(target, (struct str)STR("ALTER TABLE pgrade_retry ADD PRIMARY KEY (run_id, id)"), err);
    (void)close(descriptor);
    return done;
}

struct str retry_source(struct arena *arena, const char *file)
{
    struct err ignored = {.code = ERR_NONE};
    struct str text = {NULL, 0};
    ptrdiff_t end;

    if (!fs_read_from(arena, file, 0, CHUNK, &text, &ignored) || !is_heading(text) ||
        (end = str_find(text, '\n')) < 0)
        return (struct str){NULL, 0};
    text = str_slice(text, (size_t)end + 1, text.len);
    for (int i = 0; i < 2; i++) {
        end = str_find(text, ',');
        text = str_slice(text, end < 0 ? text.len : (size_t)end + 1, text.len);
    }
    end = str_find(text, ',');
    text = str_slice(text, 0, end < 0 ? 0 : (size_t)end);
    if (str_starts_with(text, "\"") && str_ends_with(text, "\""))
        text = str_slice(text, 1, text.len - 1);
    return text;
}
