#include "base/json_read.h"

struct json_object *json_member(struct json_object *object, const char *name, enum json_type type)
{
    struct json_object *value = NULL;

    if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, name, &value) ||
        !json_object_is_type(value, type))
        return NULL;
    return value;
}

struct str json_member_text(struct arena *arena, struct json_object *object, const char *name)
{
    struct json_object *value = json_member(object, name, json_type_string);

    if (value == NULL)
        return (struct str){NULL, 0};
    return str_dup(arena,
                   (struct str){json_object_get_string(value), (size_t)json_object_get_string_len(value)});
}
