/* Reading manifests. */
#include "base/fs.h"
#include "base/json_read.h"
#include "ops/json_fields.h"
#include "ops/manifest.h"

bool manifest_stays_below(struct str name)
{
    if (name.ptr == NULL || name.len == 0 || name.ptr[0] == '/' || str_find(name, '\0') >= 0)
        return false;
    for (size_t i = 0; i + 1 < name.len; i++)
        if (name.ptr[i] == '.' && name.ptr[i + 1] == '.' && (i == 0 || name.ptr[i - 1] == '/'))
            return false;
    return true;
}

static bool read_tables(struct arena *arena, struct json_object *root, struct contents *contents)
{
    struct json_object *list = json_field_list(root, "tables");

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct contents_table table = {json_member_text(arena, item, "schema"),
                                       json_member_text(arena, item, "name"), json_field_int(item, "rows"),
                                       json_member_text(arena, item, "sum")};

        if (table.name.ptr == NULL || table.rows < 0)
            return false;
        ARENA_PUSH(arena, contents->tables, contents->count, contents->capacity) = table;
    }
    return list != NULL;
}

static bool read_files(struct arena *arena, struct json_object *root, struct manifest *manifest)
{
    struct json_object *list = json_field_list(root, "files");

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct manifest_file file = {json_member_text(arena, item, "name"), json_field_int(item, "bytes"),
                                     json_member_text(arena, item, "sha256")};

        if (!manifest_stays_below(file.name) || file.bytes < 0 || file.sha256.ptr == NULL)
            return false;
        ARENA_PUSH(arena, manifest->files, manifest->file_count, manifest->file_capacity) = file;
    }
    return manifest->file_count > 0;
}

static bool read_all(struct arena *arena, struct json_object *root, struct manifest *manifest)
{
    *manifest = (struct manifest){.pgrade = json_member_text(arena, root, "pgrade"),
                                  .engine = json_member_text(arena, root, "engine"),
                                  .source = json_member_text(arena, root, "source"),
                                  .database = json_member_text(arena, root, "database"),
                                  .server = json_member_text(arena, root, "server"),
                                  .program = json_member_text(arena, root, "program"),
                                  .format = json_member_text(arena, root, "format"),
                                  .data = json_member_text(arena, root, "data"),
                                  .began_us = json_field_int(root, "began_us"),
                                  .took_us = json_field_int(root, "took_us")};
    return (str_is(manifest->engine, "postgres") || str_is(manifest->engine, "sqlite")) &&
           manifest->source.ptr != NULL && manifest->database.ptr != NULL && manifest->server.ptr != NULL &&
           manifest->format.ptr != NULL && manifest_stays_below(manifest->data) &&
           read_tables(arena, root, &manifest->contents) && read_files(arena, root, manifest) &&
           (!manifest_is_bundle(manifest) || bundle_take(arena, root, &manifest->bundle));
}

bool manifest_read(struct arena *arena, const char *directory, struct manifest *manifest, struct err *err)
{
    const char *path = fs_join(arena, directory, MANIFEST_NAME);
    struct json_object *root;
    bool done;

    if (!json_file_read(arena, path, "manifest of a backup", &root, err))
        return false;
    if (json_field_int(root, "pgrade_backup") < 0)
        done = err_set(err, ERR_FAILED, "%s is no manifest of a backup", path);
    else if (json_field_int(root, "pgrade_backup") != MANIFEST_FORMAT)
        done = err_set(err, ERR_FAILED, "%s: another version of pgrade wrote it", path);
    else
        done = read_all(arena, root, manifest) || err_set(err, ERR_FAILED, "%s is incomplete", path);
    (void)json_object_put(root);
    return done;
}
