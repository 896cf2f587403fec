#include "transfer/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/fs.h"
#include "transfer/quarantine_file.h"

enum {
    ROW_MAXIMUM = 200 * 1024 * 1024, /* jsonb holds 256 MB */
    WRITTEN_AT = 64 * 1024
};

const char quarantine_heading[] = "run_id,id,source,source_table,target_schema,target_table,source_rowid,"
                                  "column_name,reason,row\n";

bool quarantine_fail(const char *doing, const char *path, struct err *err)
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

const char *quarantine_path(struct arena *arena, const char *name, struct str run)
{
    return arena_printf(arena, "%s.quarantine-%.*s.csv", name, STR_ARGS(str_slice(run, 0, 8)));
}

bool quarantine_open(struct arena *arena, struct str source, const char *path, struct quarantine *quarantine,
                     struct err *err)
{
    *quarantine = (struct quarantine){.descriptor = -1, .path = path, .is_chosen = path != NULL};
    (void)pthread_mutex_init(&quarantine->lock, NULL);
    buf_init(&quarantine->out, ROW_MAXIMUM * (size_t)2);
    if (!make_id(quarantine, err))
        return false;
    quarantine->source = source;
    if (!quarantine->is_chosen)
        quarantine->path =
            quarantine_path(arena, fs_name_of(str_cstr(arena, source)), str_from(quarantine->run_id));
    quarantine->part = arena_printf(arena, "%s.part", quarantine->path);
    return true;
}

bool quarantine_check_name(const struct quarantine *quarantine, struct err *err)
{
    if (quarantine->path == NULL || !fs_exists(quarantine->path))
        return true;
    err_set(err, ERR_REFUSED, "the file %s exists already", quarantine->path);
    err_detail(err, "rows that are set aside go into a new file");
    return err_hint(err, "--quarantine-file NAME gives it another name");
}

bool quarantine_write_out(struct quarantine *quarantine, struct err *err)
{
    const char *next = quarantine->out.ptr;
    size_t left = quarantine->out.len;

    while (left > 0) {
        ssize_t written = write(quarantine->descriptor, next, left);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return quarantine_fail("write", quarantine->part, err);
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
    (void)quarantine_remove(quarantine->part); /* what a killed run left under that name is nobody's */
    quarantine->descriptor = open(quarantine->part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (quarantine->descriptor < 0)
        return quarantine_fail("make", quarantine->part, err);
    (void)flock(quarantine->descriptor, LOCK_EX | LOCK_NB); /* tells others that we are alive */
    buf_text(&quarantine->out, quarantine_heading);
    return true;
}

bool quarantine_begin(struct quarantine *quarantine, const struct plan *plan, struct err *err)
{
    quarantine->plan = plan;
    quarantine->rows = 0;
    buf_clear(&quarantine->out);
    if (quarantine->descriptor < 0)
        return quarantine_check_name(quarantine, err);
    if (ftruncate(quarantine->descriptor, 0) != 0 || lseek(quarantine->descriptor, 0, SEEK_SET) < 0)
        return quarantine_fail("empty", quarantine->part, err);
    buf_text(&quarantine->out, quarantine_heading);
    return true;
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
    err_detail(err, "%.*s; pgrade_record.quarantine holds rows of up to 100 MB", STR_ARGS(row->reason));
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
        quarantine_put_line(quarantine, row);
        done = !quarantine->out.failed
                   ? quarantine->out.len < WRITTEN_AT || quarantine_write_out(quarantine, err)
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

void quarantine_close(struct quarantine *quarantine)
{
    if (quarantine->path == NULL)
        return;
    if (quarantine->descriptor >= 0 && !quarantine->kept)
        (void)unlink(quarantine->part);
    if (quarantine->descriptor >= 0)
        (void)close(quarantine->descriptor);
    buf_free(&quarantine->out);
    (void)pthread_mutex_destroy(&quarantine->lock);
    quarantine->path = NULL;
}
