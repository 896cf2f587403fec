/*
 * json.h: writes JSON (RFC 8259) into a buf.  Reading JSON is not done here.
 *
 * Commas, colons and indentation are put by the writer.  Bytes that are no valid UTF-8 are written as U+FFFD,
 * so the output always parses.  Integers are written exactly.
 */
#ifndef PGRADE_BASE_JSON_H
#define PGRADE_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct json {
    struct buf *out;
    int depth;
    bool fresh; /* nothing in this object or array yet */
    bool named; /* a name was written, its value is next */
};

void json_begin(struct json *json, struct buf *out);
void json_object(struct json *json);
void json_object_end(struct json *json);
void json_array(struct json *json);
void json_array_end(struct json *json);
void json_name(struct json *json, const char *name);
void json_str(struct json *json, struct str value); /* a NULL ptr writes null */
void json_text(struct json *json, const char *value);
void json_int(struct json *json, int64_t value);
void json_double(struct json *json, double value, int decimals);
/* The shortest that reads back as the same number; text for NaN and the infinities, which JSON has not. */
void json_real(struct json *json, double value);
/* Its text; a whole one has ".0". */
void json_real_text(char *out, size_t size, double value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);

/* name and value at once */
void json_put_str(struct json *json, const char *name, struct str value);
void json_put_text(struct json *json, const char *name, const char *value);
void json_put_int(struct json *json, const char *name, int64_t value);
void json_put_bool(struct json *json, const char *name, bool value);
/* As a list. */
void json_put_texts(struct json *json, const char *name, const struct str *texts, size_t count);
/* {"code", "sqlstate", "message", "detail", "hint"}: docs/json.md.  NULL, and one that is none, is null. */
void json_put_error(struct json *json, const char *name, const struct err *err);

#endif
