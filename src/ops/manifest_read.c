/* Reading manifests.  json-c's header and base/json.h name different things alike, so they never meet. */
#include <json-c/json.h>
#include <limits.h>

#include "base/fs.h"
#include "base/json_read.h"
#include "ops/manifest.h"

enum {
    FILE_MAXIMUM = 64 * 1024 * 1024
};

static int64_t number_of(struct json_object *object, const char *name)
{
    struct json_object *value = json_member(object, name, json_type_int);

    return value == NULL ? -1 : json_object_get_int64(value);
}

/* A manifest comes from where backups are kept, which may be a place of others: no name leads out of it. */
static bool stays_below(struct str name)
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
    struct json_object *list = json_member(root, "tables", json_type_array);

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct contents_table table = {json_member_text(arena, item, "schema"),
                                       json_member_text(arena, item, "name"), number_of(item, "rows"),
                                       json_member_text(arena, item, "sum")};

        if (table.name.ptr == NULL || table.rows < 0)
            return false;
        ARENA_PUSH(arena, contents->tables, contents->count, contents->capacity) = table;
    }
    return list != NULL;
}

static bool read_files(struct arena *arena, struct json_object *root, struct manifest *manifest)
{
    struct json_object *list = json_member(root, "files", json_type_array);

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct manifest_file file = {json_member_text(arena, item, "name"), number_of(item, "bytes"),
                                     json_member_text(arena, item, "sha256")};

        if (!stays_below(file.name) || file.bytes < 0 || file.sha256.ptr == NULL)
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
                                  .began_us = number_of(root, "began_us"),
                                  .took_us = number_of(root, "took_us")};
    return (str_is(manifest->engine, "postgres") || str_is(manifest->engine, "sqlite")) &&
           manifest->source.ptr != NULL && manifest->database.ptr != NULL && manifest->server.ptr != NULL &&
           manifest->format.ptr != NULL && stays_below(manifest->data) &&
           read_tables(arena, root, &manifest->contents) && read_files(arena, root, manifest);
}

bool manifest_read(struct arena *arena, const char *directory, struct manifest *manifest, struct err *err)
{
    const char *path = fs_join(arena, directory, MANIFEST_NAME);
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *root = NULL;
    struct str text;
    bool done;

    if (tokener == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory to read %s", path);
    done = fs_read(arena, path, FILE_MAXIMUM, &text, err);
    if (done) {
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        root = json_tokener_parse_ex(tokener, text.ptr, (int)text.len + 1);
        if (root == NULL || number_of(root, "pgrade_backup") < 0)
            done = err_set(err, ERR_FAILED, "%s is no manifest of a backup", path);
        else if (number_of(root, "pgrade_backup") != MANIFEST_FORMAT)
            done = err_set(err, ERR_FAILED, "%s: another version of pgrade wrote it", path);
        else if (!read_all(arena, root, manifest))
            done = err_set(err, ERR_FAILED, "%s is incomplete", path);
    }
    (void)json_object_put(root);
    json_tokener_free(tokener);
    return done;
}
