/* span.h: spans of time, from the texts of ISO 8601 (docs/values.md, "Spans of time in TEXT"). */
#ifndef PGRADE_TRANSFER_SPAN_H
#define PGRADE_TRANSFER_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* As PostgreSQL keeps an interval: no month is made of days, no day of hours. */
struct span {
    int64_t months;
    int64_t days;
    int64_t us;
    bool finer; /* digits beyond the microsecond that are not zeros were written */
    bool huge;  /* more than one of these can hold */
};

/* P1Y2M3W4DT5H6M7.8S, any of them, each with a sign or the whole with one. */
bool span_parse(struct str text, struct span *span) MUST_USE;

/* 1 year 2 mons 3 days 04:05:06.7, as PostgreSQL writes them; also in weeks, hours, minutes and seconds. */
bool span_parse_words(struct str text, struct span *span) MUST_USE;

#endif
