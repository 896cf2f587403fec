#include "ops/json_fields.h"

#include "base/fs.h"
#include "base/json_read.h"

enum {
    FILE_MAXIMUM = 64 * 1024 * 1024
};

bool json_file_read(struct arena *arena, const char *path, const char *what, struct json_object **root,
                    struct err *err)
{
    struct json_tokener *tokener = json_tokener_new();
    struct str text;
    bool done;

    *root = NULL;
    if (tokener == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory to read %s", path);
    done = fs_read(arena, path, FILE_MAXIMUM, &text, err);
    if (done) {
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        *root = json_tokener_parse_ex(tokener, text.ptr, (int)text.len + 1);
        done = *root != NULL || err_set(err, ERR_FAILED, "%s is no %s", path, what);
    }
    json_tokener_free(tokener);
    return done;
}

static struct str text_of(struct arena *arena, struct json_object *value)
{
    return str_dup(arena,
                   (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)});
}

int64_t json_field_int(struct json_object *object, const char *name)
{
    struct json_object *value = json_member(object, name, json_type_int);

    return value == NULL ? -1 : json_object_get_int64(value);
}

bool json_field_true(struct json_object *object, const char *name)
{
    struct json_object *value = json_member(object, name, json_type_boolean);

    return value != NULL && json_object_get_boolean(value);
}

struct json_object *json_field_list(struct json_object *object, const char *name)
{
    return json_member(object, name, json_type_array);
}

bool json_field_texts(struct arena *arena, struct json_object *object, const char *name, struct str **texts,
                      size_t *count)
{
    struct json_object *list = json_field_list(object, name);
    size_t length = list == NULL ? 0 : json_object_array_length(list);

    *texts = ARENA_ARRAY(arena, struct str, length + 1);
    *count = 0;
    for (size_t i = 0; i < length; i++) {
        struct json_object *item = json_object_array_get_idx(list, i);

        if (!json_object_is_type(item, json_type_string))
            return false;
        (*texts)[(*count)++] = text_of(arena, item);
    }
    return list != NULL;
}
