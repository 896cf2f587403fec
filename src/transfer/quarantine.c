#include "transfer/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/fs.h"
#include "schema/ident.h"
#include "transfer/decimal.h"
#include "transfer/target.h"

enum {
    ROW_MAXIMUM = 200 * 1024 * 1024, /* jsonb holds 256 MB */
    WRITTEN_AT = 64 * 1024,
    SENT_AT = 64 * 1024
};

static const char heading[] = "run_id,id,source,source_table,target_schema,target_table,source_rowid,"
                              "column_name,reason,row\n";

static const char tables_sql[] =
    "CREATE TABLE IF NOT EXISTS pgrade.quarantine (run_id text NOT NULL, id bigint NOT NULL, source text NOT "
    "NULL, source_table text NOT NULL, target_schema text NOT NULL, target_table text NOT NULL, source_rowid "
    "bigint, column_name text, reason text NOT NULL, \"row\" jsonb NOT NULL, quarantined_at timestamptz NOT "
    "NULL DEFAULT now(), PRIMARY KEY (run_id, id));\n"
    "CREATE TABLE IF NOT EXISTS pgrade.quarantine_column (run_id text NOT NULL, source_table text NOT NULL, "
    "source_column text NOT NULL, column_name text NOT NULL, declared text NOT NULL, unit integer NOT NULL, "
    "PRIMARY KEY (run_id, source_table, source_column));\n";

static bool fail(const char *doing, const char *path, struct err *err)
{
    int why = errno;

    err_set(err, ERR_IO, "cannot %s %s", doing, path);
    err_detail(err, "%s", strerror(why));
    return err_hint(err, "the file holds the rows that are set aside: --quarantine-file FILE says where");
}

static bool make_id(struct quarantine *quarantine, struct err *err)
{
    uint64_t id;

    if (getrandom(&id, sizeof(id), 0) != (ssize_t)sizeof(id))
        return err_set(err, ERR_IO, "the system gives no random numbers");
    (void)snprintf(quarantine->run_id, sizeof(quarantine->run_id), "%016" PRIx64, id);
    return true;
}

bool quarantine_open(struct arena *arena, struct str source, const char *path, struct quarantine *quarantine,
                     struct err *err)
{
    *quarantine = (struct quarantine){.descriptor = -1, .path = path};
    (void)pthread_mutex_init(&quarantine->lock, NULL);
    buf_init(&quarantine->out, ROW_MAXIMUM * (size_t)2);
    if (!make_id(quarantine, err))
        return false;
    quarantine->source = source;
    if (path == NULL)
        quarantine->path = arena_printf(arena, "%s.quarantine-%.8s.csv", fs_name_of(str_cstr(arena, source)),
                                        quarantine->run_id);
    quarantine->part = arena_printf(arena, "%s.part", quarantine->path);
    if (!fs_exists(quarantine->path))
        return true;
    err_set(err, ERR_REFUSED, "the file %s exists already", quarantine->path);
    err_detail(err, "rows that are set aside go into a new file");
    return err_hint(err, "--quarantine-file NAME gives it another name");
}

static bool write_out(struct quarantine *quarantine, struct err *err)
{
    const char *next = quarantine->out.ptr;
    size_t left = quarantine->out.len;

    while (left > 0) {
        ssize_t written = write(quarantine->descriptor, next, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail("write", quarantine->part, err);
        next += written;
        left -= (size_t)written;
    }
    if (quarantine->out.capacity > 4 * (size_t)WRITTEN_AT)
        buf_free(&quarantine->out);
    buf_clear(&quarantine->out);
    return true;
}

static bool create(struct quarantine *quarantine, struct err *err)
{
    /* What a killed run left under that name is nobody's. */
    if (unlink(quarantine->part) != 0 && errno != ENOENT)
        return fail("replace", quarantine->part, err);
    quarantine->descriptor = open(quarantine->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (quarantine->descriptor < 0)
        return fail("make", quarantine->part, err);
    buf_text(&quarantine->out, heading);
    return true;
}

bool quarantine_begin(struct quarantine *quarantine, const struct plan *plan, struct err *err)
{
    quarantine->plan = plan;
    quarantine->rows = 0;
    buf_clear(&quarantine->out);
    if (quarantine->descriptor < 0)
        return true;
    if (ftruncate(quarantine->descriptor, 0) != 0 || lseek(quarantine->descriptor, 0, SEEK_SET) < 0)
        return fail("empty", quarantine->part, err);
    buf_text(&quarantine->out, heading);
    return true;
}

static void put_hex(struct buf *out, struct str bytes)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len && !out->failed; i++) {
        buf_byte(out, digits[(unsigned char)bytes.ptr[i] >> 4]);
        buf_byte(out, digits[(unsigned char)bytes.ptr[i] & 15]);
    }
}

/* A string of JSON as a part of a quoted field of CSV: quotes are doubled there. */
static void put_string(struct buf *out, struct str text)
{
    buf_text(out, "\"\"");
    for (size_t i = 0; i < text.len && !out->failed; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"')
            buf_text(out, "\\\"\"");
        else if (c == '\\')
            buf_text(out, "\\\\");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_text(out, "\"\"");
}

static bool is_plain(struct str text)
{
    return str_utf8_valid_prefix(text) == text.len &&
           (text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL);
}

static void put_tagged(struct buf *out, const char *tag, struct str bytes)
{
    buf_printf(out, "{\"\"%s\"\": \"\"", tag);
    put_hex(out, bytes);
    buf_text(out, "\"\"}");
}

/* Exact, with the storage class: NULL is null, INTEGER a number, TEXT a string; the others are told by name.
 */
static void put_value(struct buf *out, const struct value *value)
{
    char room[DECIMAL_ROOM];

    switch (value->kind) {
    case VALUE_NULL: buf_text(out, "null"); break;
    case VALUE_INTEGER: buf_printf(out, "%" PRId64, value->integer); break;
    case VALUE_REAL:
        buf_printf(out, "{\"\"real\"\": \"\"%.*s\"\"}", STR_ARGS(decimal_write(value->real, room)));
        break;
    case VALUE_TEXT:
        if (is_plain(value->bytes))
            put_string(out, value->bytes);
        else
            put_tagged(out, "text", value->bytes);
        break;
    case VALUE_BLOB: put_tagged(out, "blob", value->bytes); break;
    }
}

static void put_field(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.ptr[i]);
    }
    buf_byte(out, '"');
}

static void put_row(struct buf *out, const struct plan_table *table, const struct set_aside *row)
{
    size_t cell = 0;

    buf_text(out, "\"{");
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        buf_text(out, cell > 0 ? ", " : "");
        put_string(out, table->columns[i].source->name.text);
        buf_text(out, ": ");
        put_value(out, &row->cells[cell++]);
    }
    buf_text(out, "}\"\n");
}

static void put_line(struct quarantine *quarantine, const struct set_aside *row)
{
    const struct plan_table *table = &quarantine->plan->tables[row->table];
    struct buf *out = &quarantine->out;

    buf_printf(out, "%s,%" PRId64 ",", quarantine->run_id, ++quarantine->rows);
    put_field(out, quarantine->source);
    buf_byte(out, ',');
    put_field(out, table->source->name.text);
    buf_byte(out, ',');
    put_field(out, quarantine->plan->target_schema);
    buf_byte(out, ',');
    put_field(out, table->name);
    buf_byte(out, ',');
    if (row->rowid->kind == VALUE_INTEGER)
        buf_printf(out, "%" PRId64, row->rowid->integer);
    buf_byte(out, ',');
    if (row->column.len > 0)
        put_field(out, row->column);
    buf_byte(out, ',');
    put_field(out, row->reason);
    buf_byte(out, ',');
    put_row(out, table, row);
}

static size_t size_of(const struct set_aside *row)
{
    size_t size = 0;

    for (size_t i = 0; i < row->width; i++)
        if (row->cells[i].kind == VALUE_TEXT || row->cells[i].kind == VALUE_BLOB)
            size += row->cells[i].bytes.len;
    return size;
}

static bool refuse_size(const struct quarantine *quarantine, const struct set_aside *row, struct err *err)
{
    err_set(err, ERR_DECISION, "%.*s: a row%s of %zu bytes is too large to be set aside",
            STR_ARGS(quarantine->plan->tables[row->table].source->name.text),
            row->rowid->kind == VALUE_INTEGER ? "" : " without a rowid", size_of(row));
    err_detail(err, "%.*s; pgrade.quarantine holds rows of up to 100 MB", STR_ARGS(row->reason));
    return err_hint(err, "give another policy for it: --misfit TABLE=POLICY");
}

bool quarantine_row(void *context, const struct set_aside *row, struct err *err)
{
    struct quarantine *quarantine = context;
    bool done;

    if (size_of(row) > ROW_MAXIMUM / 2)
        return refuse_size(quarantine, row, err);
    (void)pthread_mutex_lock(&quarantine->lock);
    done = quarantine->descriptor >= 0 || create(quarantine, err);
    if (done) {
        put_line(quarantine, row);
        done = !quarantine->out.failed
                   ? quarantine->out.len < WRITTEN_AT || write_out(quarantine, err)
                   : err_set(err, ERR_OUT_OF_MEMORY, "no memory for a row that is set aside");
    }
    (void)pthread_mutex_unlock(&quarantine->lock);
    return done;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ next[i]) * 0x100000001b3;
    return hash;
}

uint64_t quarantine_hash(const struct set_aside *row)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < row->width; i++) {
        const struct value *cell = &row->cells[i];

        hash = hash_bytes(hash, &cell->kind, sizeof(cell->kind));
        if (cell->kind == VALUE_INTEGER)
            hash = hash_bytes(hash, &cell->integer, sizeof(cell->integer));
        if (cell->kind == VALUE_REAL)
            hash = hash_bytes(hash, &cell->real, sizeof(cell->real));
        if (cell->kind == VALUE_TEXT || cell->kind == VALUE_BLOB) {
            hash = hash_bytes(hash, &cell->bytes.len, sizeof(cell->bytes.len));
            hash = hash_bytes(hash, cell->bytes.ptr, cell->bytes.len);
        }
    }
    return hash;
}

static bool send_file(struct quarantine *quarantine, struct engine *control, struct err *err)
{
    char *chunk = NULL;
    struct buf room;
    ssize_t size = 0;
    off_t at = 0;
    bool done = true;
    int64_t rows = 0;

    buf_init(&room, SENT_AT);
    chunk = buf_reserve(&room, SENT_AT);
    if (chunk == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows that are set aside");
    while (done && (size = pread(quarantine->descriptor, chunk, SENT_AT, at)) > 0) {
        done = engine_copy_put(control, chunk, (size_t)size, err);
        at += size;
    }
    if (done && size < 0) {
        engine_copy_in_abort(control, "the file cannot be read");
        done = fail("read", quarantine->part, err);
    } else if (done) {
        done = engine_copy_in_end(control, &rows, err);
    }
    buf_free(&room);
    if (done && rows != quarantine->rows)
        return err_set(err, ERR_FAILED, "%" PRId64 " rows were set aside and the server took %" PRId64,
                       quarantine->rows, rows);
    return done;
}

static void put_columns(const struct quarantine *quarantine, struct buf *sql)
{
    const struct plan *plan = quarantine->plan;
    bool first = true;

    for (size_t i = 0; i < plan->table_count; i++) {
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            const struct plan_column *column = &plan->tables[i].columns[j];

            if (column->generated_sql.ptr != NULL)
                continue;
            buf_text(sql, first ? "INSERT INTO pgrade.quarantine_column VALUES " : ", ");
            first = false;
            buf_printf(sql, "('%s', ", quarantine->run_id);
            literal_quote(sql, plan->tables[i].source->name.text);
            buf_text(sql, ", ");
            literal_quote(sql, column->source->name.text);
            buf_text(sql, ", ");
            literal_quote(sql, column->name);
            buf_text(sql, ", ");
            literal_quote(sql, column->source->declared);
            buf_printf(sql, ", %d)", (int)column->unit);
        }
    }
}

static bool send_columns(const struct quarantine *quarantine, struct engine *control, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, tables_sql);
    put_columns(quarantine, &sql);
    done = !sql.failed ? engine_exec(control, buf_view(&sql), err)
                       : err_set(err, ERR_OUT_OF_MEMORY, "no memory for the names of columns");
    buf_free(&sql);
    return done;
}

/* The tables to which an earlier run's rows belong are gone. */
static bool drop_earlier(const struct target *target, struct err *err)
{
    struct buf sql;
    int64_t known;
    bool done;

    if (!engine_int(target->control,
                    (struct str)STR("SELECT (to_regclass('pgrade.quarantine') IS NOT NULL)::int"), &known,
                    err))
        return false;
    if (known == 0)
        return true;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DELETE FROM pgrade.quarantine WHERE target_schema = ");
    literal_quote(&sql, target->schema);
    buf_text(&sql,
             "; DELETE FROM pgrade.quarantine_column c WHERE NOT EXISTS (SELECT FROM pgrade.quarantine q"
             " WHERE q.run_id = c.run_id)");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool keep(struct quarantine *quarantine, struct err *err)
{
    if (fsync(quarantine->descriptor) != 0)
        return fail("write", quarantine->part, err);
    /* Not over a file that came meanwhile. */
    if (link(quarantine->part, quarantine->path) != 0)
        return fail("name", quarantine->path, err);
    (void)unlink(quarantine->part);
    quarantine->kept = true;
    return true;
}

bool quarantine_publish(struct quarantine *quarantine, const struct target *target, struct err *err)
{
    static const struct str copy =
        STR("COPY pgrade.quarantine (run_id, id, source, source_table, target_schema, target_table, "
            "source_rowid, column_name, reason, \"row\") FROM STDIN (FORMAT csv, HEADER)");

    if (!drop_earlier(target, err))
        return false;
    if (quarantine == NULL || quarantine->rows == 0)
        return true;
    return write_out(quarantine, err) && send_columns(quarantine, target->control, err) &&
           engine_copy_in(target->control, copy, err) && send_file(quarantine, target->control, err) &&
           keep(quarantine, err);
}

void quarantine_close(struct quarantine *quarantine, bool published)
{
    if (quarantine->path == NULL)
        return;
    if (quarantine->descriptor >= 0)
        (void)close(quarantine->descriptor);
    if (quarantine->descriptor >= 0 && !published)
        (void)unlink(quarantine->kept ? quarantine->path : quarantine->part);
    if (quarantine->descriptor >= 0 && published && !quarantine->kept)
        (void)unlink(quarantine->part);
    buf_free(&quarantine->out);
    (void)pthread_mutex_destroy(&quarantine->lock);
    quarantine->path = NULL;
}
