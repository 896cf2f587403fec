/*
 * survey.h: facts about the values of a column, one value at a time.
 *
 * Pure: whoever reads the rows calls survey_add() for each cell of the columns that the plan asked about. The
 * predicates are those of docs/values.md; the loader and the verifier have their own, on purpose.
 * Threads: facts belong to one thread at a time.
 */
#ifndef PGRADE_SURVEY_SURVEY_H
#define PGRADE_SURVEY_SURVEY_H

#include "engine/value.h"
#include "plan/facts.h"

/* Zeroed facts are those of no rows. */
void survey_add(struct column_facts *facts, const struct value *value);

/*
 * The unit in which the number is a moment of the years 1973 to 2200 (julian days: -57 to 3775), or
 * UNIT_NONE. The ranges of the units do not meet, so there is at most one.  Small numbers (0, -1) belong to
 * no unit, and neither do the last days of the year 9999, with which people write "never".  Never Core Data's
 * seconds since 2001: nothing tells them from seconds since 1970 but who wrote them.
 */
enum time_unit survey_unit_of(double number);

#endif
