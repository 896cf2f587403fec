/* translate_call.h: a call of one of SQLite's functions, and the functions' translations.  Only
 * translate_function*.c include it. */
#ifndef PGRADE_SCHEMA_TRANSLATE_CALL_H
#define PGRADE_SCHEMA_TRANSLATE_CALL_H

#include "schema/translate_term.h"

struct call {
    const char *name;   /* SQLite's, in lower case */
    const char *target; /* PostgreSQL's */
    const char *what;   /* "function lower()" */
    const struct expr *expr;
    struct term *args;
    size_t count;
    const struct pg_type *type; /* what the place asks for; NULL: anything */
};

typedef bool call_handler(struct translator *tr, const struct call *call, struct term *out) MUST_USE;

/* target(a, b, ...) */
struct term call_of(struct translator *tr, enum pg_kind kind, enum storage storage, const char *target,
                    const struct term *args, size_t count);

/* translate_function_text.c */
call_handler call_fold_case, call_text, call_replace, call_position, call_length, call_character,
    call_code_point, call_like;

/* translate_function_substring.c */
call_handler call_substring;

/* translate_function_blob.c */
call_handler call_hexadecimal, call_quote, call_zeros;

/* translate_function_format.c */
call_handler call_format;

/* translate_function_json.c */
call_handler call_json_extract, call_json_length, call_json_type, call_json_quote, call_json_array,
    call_json_object;

/* translate_function_random.c */
call_handler call_random, call_random_blob;

/* translate_function_number.c */
call_handler call_absolute, call_sign, call_whole_part, call_round;

/* translate_function_any.c */
call_handler call_first_not_null, call_choice, call_null_if_equal, call_extreme, call_storage_class,
    call_first_argument;

#endif
