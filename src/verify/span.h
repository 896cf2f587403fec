/* span.h: spans of time in ISO 8601's words, by docs/values.md, "Spans of time in TEXT". */
#ifndef PGRADE_VERIFY_SPAN_H
#define PGRADE_VERIFY_SPAN_H

#include "verify/canonical.h"

/* Whether the text is meant to be one: what stands before its first number. */
bool span_begins(struct str text);

/* PostgreSQL's 16 bytes of an interval.  False: it is a misfit. */
bool span_form(struct str text, struct canonical_scratch *scratch, struct str *form) MUST_USE;

/* The same of a span as PostgreSQL writes it: 3 days 04:05:06. */
bool span_words_form(struct str text, struct canonical_scratch *scratch, struct str *form) MUST_USE;

/* The form of months, days and microseconds.  `finer`: a further digit was written; `beyond`: one of them is
 * more than 64 bits hold. */
bool span_put(const __int128 *sums, bool finer, bool beyond, struct canonical_scratch *scratch,
              struct str *form) MUST_USE;

/* Whether a column with these fields and digits (a step of microseconds) keeps the span as it is. */
bool span_fits(const struct pg_type *type, int64_t step, struct str form) MUST_USE;

#endif
