/* asking.h: which type a column gets, and what was asked of its values for it. */
#ifndef PGRADE_TESTS_PLAN_ASKING_H
#define PGRADE_TESTS_PLAN_ASKING_H

#include "tests/unit.h"

#include "plan/typemap.h"

enum {
    NONE = SURVEY_NOT_NEEDED,
    SAMPLE = SURVEY_SAMPLE,
    WHOLE = SURVEY_WHOLE
};

/* The column c of a table t. */
struct question_case {
    const char *declared; /* and what follows it */
    const char *values;   /* of INSERT; NULL: the table is empty */
    int need;
    const char *type;
    enum time_unit unit;
};

struct answer {
    enum survey_need need;
    struct str type;
    enum time_unit unit;
    struct str reason;
};

/* For the column c of the table t that the SQL makes, in a schema of that framework. */
struct answer ask(struct arena *arena, enum framework_id framework_id, const char *sql,
                  struct type_options options);

void check_all(enum framework_id framework, const struct question_case *cases, size_t count);

#define CHECK_ALL(framework, cases) check_all((framework), (cases), ARRAY_LENGTH(cases))

#endif
