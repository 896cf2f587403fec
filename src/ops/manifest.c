/* Writing manifests, and the sums of files. */
#include "ops/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"

bool manifest_is_bundle(const struct manifest *manifest)
{
    return str_is(manifest->format, "bundle");
}

int64_t manifest_bytes(const struct manifest *manifest)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < manifest->file_count; i++)
        bytes += manifest->files[i].bytes;
    return bytes;
}

int64_t manifest_tables(const struct manifest *manifest)
{
    int64_t tables = (int64_t)manifest->contents.count;

    for (size_t i = 0; i < manifest->bundle.database_count; i++)
        tables += manifest->bundle.databases[i].tables;
    return tables;
}

int64_t manifest_rows(const struct manifest *manifest)
{
    int64_t rows = contents_rows(&manifest->contents);

    for (size_t i = 0; i < manifest->bundle.database_count; i++)
        rows += manifest->bundle.databases[i].rows;
    return rows;
}

void contents_put(struct json *json, const struct contents *contents)
{
    json_name(json, "tables");
    json_array(json);
    for (size_t i = 0; i < contents->count; i++) {
        const struct contents_table *table = &contents->tables[i];

        json_object(json);
        json_put_str(json, "schema", table->schema);
        json_put_str(json, "name", table->name);
        json_put_int(json, "rows", table->rows);
        json_put_str(json, "sum", table->sum);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_files(struct json *json, const struct manifest *manifest)
{
    json_name(json, "files");
    json_array(json);
    for (size_t i = 0; i < manifest->file_count; i++) {
        json_object(json);
        json_put_str(json, "name", manifest->files[i].name);
        json_put_int(json, "bytes", manifest->files[i].bytes);
        json_put_str(json, "sha256", manifest->files[i].sha256);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_all(struct json *json, const struct manifest *manifest)
{
    json_object(json);
    json_put_int(json, "pgrade_backup", MANIFEST_FORMAT);
    json_put_str(json, "pgrade", manifest->pgrade);
    json_put_str(json, "engine", manifest->engine);
    json_put_str(json, "source", manifest->source);
    json_put_str(json, "database", manifest->database);
    json_put_str(json, "server", manifest->server);
    json_put_str(json, "program", manifest->program);
    json_put_str(json, "format", manifest->format);
    json_put_str(json, "data", manifest->data);
    json_put_int(json, "began_us", manifest->began_us);
    json_put_int(json, "took_us", manifest->took_us);
    contents_put(json, &manifest->contents);
    if (manifest_is_bundle(manifest))
        bundle_put(json, &manifest->bundle);
    put_files(json, manifest);
    json_object_end(json);
}

bool manifest_write(const char *directory, const struct manifest *manifest, struct err *err)
{
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;
    bool done;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    json_begin(&json, &out);
    put_all(&json, manifest);
    done = !out.failed || err_set(err, ERR_OUT_OF_MEMORY, "no memory for the manifest");
    done = done && fs_write(fs_join(arena, directory, MANIFEST_NAME), 0600, buf_view(&out), err);
    buf_free(&out);
    arena_free(arena);
    return done;
}

static bool add_file(struct arena *arena, const char *directory, const char *name,
                     const volatile sig_atomic_t *interrupted, struct manifest *manifest, struct err *err)
{
    struct manifest_file file = {.name = str_dup(arena, str_from(name))};

    if (!hash_file(arena, fs_join(arena, directory, name), interrupted, &file.sha256, &file.bytes, err))
        return false;
    ARENA_PUSH(arena, manifest->files, manifest->file_count, manifest->file_capacity) = file;
    return true;
}

bool manifest_add_files(struct arena *arena, const char *directory, const char *name,
                        const volatile sig_atomic_t *interrupted, struct manifest *manifest, struct err *err)
{
    const char *path = fs_join(arena, directory, name);
    struct dirent **entries;
    bool done = true;
    int count;

    if (!fs_is_directory(path))
        return add_file(arena, directory, name, interrupted, manifest, err);
    count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        err_set(err, ERR_IO, "cannot list %s", path);
        return err_detail(err, "%s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            done = done && add_file(arena, directory, fs_join(arena, name, entries[i]->d_name), interrupted,
                                    manifest, err);
        free(entries[i]);
    }
    free((void *)entries);
    return done;
}

bool manifest_add_backup(struct arena *arena, const char *directory, const char *name,
                         const struct manifest *added, struct manifest *manifest, struct err *err)
{
    for (size_t i = 0; i < added->file_count; i++) {
        struct manifest_file file = added->files[i];

        file.name = str_printf(arena, "%s/%.*s", name, STR_ARGS(file.name));
        ARENA_PUSH(arena, manifest->files, manifest->file_count, manifest->file_capacity) = file;
    }
    return add_file(arena, directory, fs_join(arena, name, MANIFEST_NAME), NULL, manifest, err);
}

static bool check_file(struct arena *arena, const char *directory, const struct manifest_file *file,
                       const volatile sig_atomic_t *interrupted, struct err *err)
{
    const char *path = fs_join(arena, directory, file->name.ptr);
    struct str sha256;
    int64_t bytes;

    if (!fs_exists(path))
        return err_set(err, ERR_DIFFERENT, "%s is missing", path);
    if (!hash_file(arena, path, interrupted, &sha256, &bytes, err))
        return false;
    if (bytes == file->bytes && str_equal(sha256, file->sha256))
        return true;
    err_set(err, ERR_DIFFERENT, "%s is not what was written", path);
    return err_detail(err, "its SHA-256 or its size is not that of the manifest");
}

bool manifest_check_files(const char *directory, const struct manifest *manifest,
                          const volatile sig_atomic_t *interrupted, struct err *err)
{
    struct arena *arena = arena_new();
    bool done = true;

    for (size_t i = 0; done && i < manifest->file_count; i++)
        done = check_file(arena, directory, &manifest->files[i], interrupted, err);
    arena_free(arena);
    return done;
}

static bool check_size(struct arena *arena, const char *directory, const struct manifest_file *file,
                       struct err *err)
{
    const char *path = fs_join(arena, directory, file->name.ptr);
    struct fs_info info;

    if (!fs_exists(path))
        return err_set(err, ERR_DIFFERENT, "%s is missing", path);
    if (!fs_stat(path, &info, err))
        return false;
    return info.size == file->bytes || err_set(err, ERR_DIFFERENT, "%s is not what was written", path);
}

bool manifest_check_sizes(const char *directory, const struct manifest *manifest, struct err *err)
{
    struct arena *arena = arena_new();
    bool done = true;

    for (size_t i = 0; done && i < manifest->file_count; i++)
        done = check_size(arena, directory, &manifest->files[i], err);
    arena_free(arena);
    return done;
}
