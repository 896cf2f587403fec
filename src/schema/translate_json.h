/* translate_json.h: values out of JSON.  Only translate_json.c, translate_function_json.c and the parts that
 * take such values include it. */
#ifndef PGRADE_SCHEMA_TRANSLATE_JSON_H
#define PGRADE_SCHEMA_TRANSLATE_JSON_H

#include "schema/translate_term.h"

/* `base -> path`: a part of a JSON document, as PostgreSQL's json or jsonb.  `arrow`: the path is a label or
 * a number, as the operators take it, if it does not begin with $. */
bool json_part(struct translator *tr, const struct term *base, const struct term *path, bool arrow,
               const char *what, struct term *out) MUST_USE;

/* The document itself: a column of JSON, a text, or a part. */
bool json_document(struct translator *tr, const struct term *term, const char *what,
                   struct term *out) MUST_USE;

/* The part as json_extract() gives it: of a type that only its value decides. */
void json_value_of(struct translator *tr, const struct term *part, struct term *out);

/* A literal as jsonb; false: it has no exact form. */
bool json_literal(struct translator *tr, const struct term *constant, struct term *out) MUST_USE;

/* A value out of JSON such that numbers compare as SQLite compares them with anything in it. */
void json_to_order(struct translator *tr, struct term *value);

/* A value out of JSON as it is stored in a column of the type. */
bool json_store(struct translator *tr, const struct term *value, const struct pg_type *type,
                struct term *out) MUST_USE;

/* A call whose result SQLite marks as JSON, so that it goes into other JSON as it is. */
bool json_makes(const struct expr *expr);

/* Such a call in a column of the type json or jsonb. */
bool json_made(struct translator *tr, const struct expr *expr, const struct pg_type *type,
               struct term *out) MUST_USE;

/* The operators -> and ->>. */
bool translate_arrow(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

#endif
