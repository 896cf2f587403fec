/*
 * spelling.h: how the values of a column are written in a SQLite file.
 *
 * One value can be stored in many ways: a moment with `T` or a space, with six digits of a second or as few
 * as it needs, as a text or as a count of milliseconds; a boolean as 1 or 'true'.  What an application reads
 * is what its framework wrote, so the way that most of the column's values are written is the one for new
 * ones.
 */
#ifndef PGRADE_TRANSFER_SPELLING_H
#define PGRADE_TRANSFER_SPELLING_H

#include "engine/value.h"
#include "plan/framework.h"
#include "schema/pgtype.h"

enum {
    SPELLING_SUFFIX = 12, /* " +05:30" */
    SPELLING_SHAPES = 8   /* that are counted of one column */
};

enum fraction_rule {
    FRACTION_FIXED,   /* always so many digits */
    FRACTION_IF_ANY,  /* so many, or none where all are zeros */
    FRACTION_SHORTEST /* without zeros at the end */
};

/* A text of a date, a time or both, apart from its numbers. */
struct moment_shape {
    bool day;       /* a day; in columns of times the one that Rails writes before them */
    char separator; /* between day and time; 0: one of the two is not there */
    bool seconds;
    char suffix[SPELLING_SUFFIX]; /* " +00:00", "Z", "" */
};

struct spelling {
    enum value_kind class; /* of most values; VALUE_NULL: nothing is known */
    struct moment_shape shape;
    int fraction_digits;
    enum fraction_rule fraction;
    char yes[8]; /* booleans in texts */
    char no[8];
    bool plain;   /* UUIDs without dashes, networks with their full length left out */
    char between; /* the bytes of a MAC address */
    bool upper;   /* hex digits */
    bool tight;   /* JSON without spaces */
    bool escaped; /* JSON in ASCII */
};

struct shape_votes {
    struct moment_shape shape;
    int64_t count;
    int least; /* digits of a fraction */
    int most;
    bool shortened; /* a fraction ends in another digit than 0 before `most` */
    bool bare;      /* there are texts without a fraction */
};

/* What the values of a column say.  All zeros at first. */
struct spelling_votes {
    int64_t classes[VALUE_BLOB + 1];
    struct shape_votes shapes[SPELLING_SHAPES];
    size_t shape_count;
    char yes[8];
    char no[8];
    int64_t dashed;
    int64_t plain;
    int64_t colons;
    int64_t upper;
    int64_t lower;
    int64_t spaced;
    int64_t tight;
    int64_t escaped;
    int64_t raw;
};

void spelling_vote(struct spelling_votes *votes, enum pg_kind kind, const struct value *value);

/* The most usual way; where there are no votes, the framework's own for the type. */
void spelling_decide(const struct spelling_votes *votes, enum pg_kind kind, enum framework_id framework,
                     struct spelling *spelling);

/* Takes a text of a date or time apart; false: it is none. */
bool moment_shape_of(struct str text, struct moment_shape *shape, struct str *fraction);

#endif
