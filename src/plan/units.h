/* units.h: what the numbers in a column of dates and times may count, by name. */
#ifndef PGRADE_PLAN_UNITS_H
#define PGRADE_PLAN_UNITS_H

#include "base/str.h"
#include "plan/facts.h"

/* As --unit takes it: "ms"; "none" for UNIT_NONE. */
const char *unit_option(enum time_unit unit);

/* Behind that in a saved plan, where the user did not say it. */
#define UNIT_FOUND " found"

/* For the report: "milliseconds"; NULL for UNIT_NONE. */
const char *unit_name(enum time_unit unit);

/* For people: "milliseconds since 1970"; NULL for UNIT_NONE. */
const char *unit_meaning(enum time_unit unit);

/* Reads what --unit takes: the option or the name, without case. */
bool unit_read(struct str text, enum time_unit *unit) MUST_USE;

#endif
