/* moment_number.h: what numbers are as moments, by docs/values.md, "Dates and times in numbers". */
#ifndef PGRADE_VERIFY_MOMENT_NUMBER_H
#define PGRADE_VERIFY_MOMENT_NUMBER_H

#include "verify/canonical.h"

/* Wide enough for dates in microseconds: they reach twenty times further than timestamps. */
typedef __int128 wide;

/* Microseconds since 2000-01-01 of an INTEGER or a REAL, in the column's unit.  False: it is a misfit. */
bool moment_number(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                   wide *micros) MUST_USE;

#endif
