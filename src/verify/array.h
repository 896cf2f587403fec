/* array.h: the canonical form of an array while it is made, from one of its spellings or from the server. */
#ifndef PGRADE_VERIFY_ARRAY_H
#define PGRADE_VERIFY_ARRAY_H

#include "verify/canonical_rules.h"

enum {
    ARRAY_DIMENSIONS = 6, /* MAXDIM of PostgreSQL */
    ARRAY_ELEMENTS = 134217727
};

struct array_form {
    struct canonical rule; /* of an element */
    struct canonical_scratch *scratch;
    struct str left; /* of a literal, what is not read yet */
    int dimensions;  /* 0: no element has come yet */
    int64_t lengths[ARRAY_DIMENSIONS];
    int64_t lowest[ARRAY_DIMENSIONS];
    int64_t bounds; /* how many stand before a literal */
    int64_t bound_lengths[ARRAY_DIMENSIONS];
    int64_t elements;
};

extern const char array_uneven[]; /* the reason */

/* array.c: one more element, in its form; NULL: it is NULL. */
void array_put_form(struct array_form *made, const struct str *form);

/* array_element.c: one more element of the source, `depth` brackets deep; false: a misfit. */
bool array_add_null(struct array_form *made, int depth);
bool array_add_value(struct array_form *made, int depth, struct value value);
bool array_add_real(struct array_form *made, int depth, struct str text, bool single);
bool array_add_text(struct array_form *made, int depth, struct str text);
/* At the end of one at that depth: all there are equally long. */
bool array_settle_length(struct array_form *made, int depth, int64_t length);

/* array_literal.c: "[2:3]={1,2}", of which the bounds before the equals sign may be empty. */
bool array_from_literal(struct array_form *made, struct str text, struct str bounds);

/* array_json.c */
bool array_from_json(struct array_form *made, struct str text);

#endif
