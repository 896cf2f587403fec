/* span.h: spans of time in ISO 8601's words, by docs/values.md, "Spans of time in TEXT". */
#ifndef PGRADE_VERIFY_SPAN_H
#define PGRADE_VERIFY_SPAN_H

#include "verify/canonical.h"

/* Whether the text is meant to be one: what stands before its first number. */
bool span_begins(struct str text);

/* PostgreSQL's 16 bytes of an interval.  False: it is a misfit. */
bool span_form(struct str text, struct canonical_scratch *scratch, struct str *form) MUST_USE;

#endif
