/*
 * typemap_rules.h: what the files of the type map share: a rule, a question, and the tables of rules.
 */
#ifndef PGRADE_PLAN_TYPEMAP_RULES_H
#define PGRADE_PLAN_TYPEMAP_RULES_H

#include "plan/declared.h"
#include "plan/typemap.h"

/* The column that a type is looked for. */
struct question {
    struct arena *arena;
    const struct framework *framework;
    const struct table *table;
    const struct column *column;
    const struct type_options *options;
    struct declared declared;
    bool contradicted; /* by the values: a rule for the declared type did not hold */
};

/* From where the type takes its length, precision or scale. */
enum modifiers_from {
    MODIFIERS_NONE,
    MODIFIERS_DECLARED,
    MODIFIERS_FIXED
};

/* What the values of the column have to say: typemap_values.c. */
enum voice {
    VOICE_NONE,     /* nothing: what does not fit is a misfit */
    VOICE_WIDTH,    /* integers beyond the type make it bigint */
    VOICE_KEY,      /* likewise for INTEGER PRIMARY KEY, whose range needs no survey */
    VOICE_INTEGERS, /* as VOICE_WIDTH, and only for integers */
    VOICE_UNSIGNED, /* beyond bigint: numeric(20) */
    VOICE_SINGLE,   /* reals that a float does not hold make it double precision */
    VOICE_NUMBERS,  /* only for numbers */
    VOICE_READABLE, /* only for what a text can hold */
    VOICE_LENGTH,   /* only for texts that are not longer */
    VOICE_UUID,     /* only for UUIDs */
    VOICE_BYTES,    /* bytea, unless the values are no blobs at all */
    VOICE_UNIT,     /* numbers tell their unit */
    VOICE_MOMENT,   /* likewise, and only where most values are moments */
    VOICE_DATE,     /* likewise; a time of day makes it a timestamp */
    VOICE_TIME,     /* only where most values are times of day */
    VOICE_DIGITS,   /* numbers tell their unit, texts their precision and whether they have a zone */
    VOICE_ALL,      /* the type is whatever holds all values */
    VOICE_COUNT
};

/* The first rule that matches and that the values do not contradict decides. */
struct type_rule {
    const char *names;  /* of the declared type, separated by |; NULL: every type */
    int modifier;       /* the first modifier must be this one; 0: whatever it is */
    const char *table;  /* NULL: every table */
    const char *column; /* NULL: every column; "*x": those that end in x */
    bool (*when)(const struct question *question); /* NULL: always */
    enum pg_kind kind;
    enum modifiers_from modifiers;
    int fixed[2];
    enum voice voice;
    enum time_unit unit; /* of numbers, where the values do not tell */
    bool flag;           /* boolean where all values are 0 or 1 */
    const char *why;     /* for people; NULL: the declared type says it */
};

struct type_rules {
    const struct type_rule *rules;
    size_t count;
};

struct type_rules rules_of_framework(enum framework_id id);
struct type_rules rules_of_frameworks(void); /* behind those of each framework */
struct type_rules rules_general(void);       /* the last one matches everything */

/* A type on its way; the note says what the values did to it. */
struct verdict {
    struct pg_type type;
    enum time_unit unit;
    struct str note;
};

enum survey_need voice_need(enum voice voice);

/* Lets the values speak.  False: they contradict the rule. */
bool voice_speak(const struct question *question, const struct type_rule *rule,
                 const struct column_facts *facts, struct verdict *verdict);

/* Whether all values are 0 or 1, so that they may be meant as a boolean. */
bool voice_is_flag(const struct column_facts *facts);

/* typemap_checks.c */
/* There is a CHECK that is JSON_VALID(column). */
bool check_says_json(const struct table *table, const struct column *column);
/* The CHECK that is column IN ('a', 'b'), or NULL; with a name (`named`) or without one. */
const struct check *check_of_labels(const struct table *table, const struct column *column, bool named);
int64_t check_longest_label(const struct table *table, const struct check *check); /* in characters */
/* The labels of such a CHECK; *count is their number. */
const struct str *check_labels(struct arena *arena, const struct table *table, const struct check *check,
                               size_t *count);

#endif
