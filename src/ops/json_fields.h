/* json_fields.h: files of JSON, and more kinds of members than base/json_read.h has. */
#ifndef PGRADE_OPS_JSON_FIELDS_H
#define PGRADE_OPS_JSON_FIELDS_H

#include "base/err.h"
#include "base/str.h"

struct json_object;

/* To be given back by json_object_put().  `what` is what it should be: "manifest of a backup". */
bool json_file_read(struct arena *arena, const char *path, const char *what, struct json_object **root,
                    struct err *err) MUST_USE;

int64_t json_field_int(struct json_object *object, const char *name); /* -1: there is none */
bool json_field_true(struct json_object *object, const char *name);
struct json_object *json_field_list(struct json_object *object, const char *name); /* NULL: there is none */

/* The texts of a list; false where one of them is none. */
bool json_field_texts(struct arena *arena, struct json_object *object, const char *name, struct str **texts,
                      size_t *count) MUST_USE;

#endif
