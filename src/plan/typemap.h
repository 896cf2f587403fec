/*
 * typemap.h: which PostgreSQL type a column gets, and why.
 *
 * The order of witnesses: the framework's own rule for the declared type, then the declared type, then the
 * survey. Rules are data, in one table, each with the source of the rule as a comment.  Foreign keys are not
 * looked at here: plan_make() gives a child column the type of the key it references afterwards.
 */
#ifndef PGRADE_PLAN_TYPEMAP_H
#define PGRADE_PLAN_TYPEMAP_H

#include "plan/facts.h"
#include "plan/framework.h"
#include "schema/model.h"
#include "schema/pgtype.h"

enum survey_need {
    SURVEY_NOT_NEEDED,
    SURVEY_SAMPLE, /* the first and last rows are enough: what is not as in them is a misfit */
    SURVEY_WHOLE   /* every row: the type itself depends on the values */
};

struct type_choice {
    struct pg_type type;
    enum time_unit unit;
    struct str reason;     /* for people: "Django: datetime is timestamp with time zone" */
    enum survey_need need; /* not SURVEY_NOT_NEEDED: provisional, ask again with facts */
};

struct type_options {
    bool integers_declared; /* without a framework INTEGER is integer, not bigint */
};

/* `facts` NULL: not surveyed.  With facts the answer is final (need is SURVEY_NOT_NEEDED). */
struct type_choice type_choose(struct arena *arena, const struct framework *framework,
                               const struct table *table, const struct column *column,
                               const struct column_facts *facts, const struct type_options *options);

/* Whether this CHECK only spells the type of the column it is about, so that PostgreSQL's type says it all.
 */
bool check_spells_type(const struct table *table, const struct check *check, const struct column *column,
                       const struct pg_type *type);

/* What numbers that are moments count; UNIT_NONE: they do not tell. */
enum time_unit type_unit(const struct column_facts *facts);

#endif
