/* json_read.h: the members of a document that was read by json-c, each of the type that is expected. */
#ifndef PGRADE_BASE_JSON_READ_H
#define PGRADE_BASE_JSON_READ_H

#include <json-c/json.h>

#include "base/arena.h"
#include "base/str.h"

/* NULL: there is none, or of another type; or `object` is none. */
struct json_object *json_member(struct json_object *object, const char *name, enum json_type type);

/* A text, in the arena; NULL ptr: as above. */
struct str json_member_text(struct arena *arena, struct json_object *object, const char *name);

#endif
