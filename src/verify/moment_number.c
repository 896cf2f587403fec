#include "verify/moment_number.h"

#include <math.h>

#include "verify/canonical_rules.h"

#define SECOND INT64_C(1000000)
#define DAY    (86400 * SECOND)

/* 2000-01-01, from where each unit begins, in seconds. */
#define FROM_1970   INT64_C(946684800)
#define FROM_2001   INT64_C(-31622400)
#define FROM_1601   INT64_C(12591158400)
#define FROM_YEAR_1 INT64_C(63082281600)
#define FROM_JULIAN INT64_C(211813444800)

/* Since 2000-01-01. */
#define START_OF_1973 (INT64_C(-851990400) * SECOND)
#define END_OF_2200   (INT64_C(6342969600) * SECOND)
#define LAST_DAY      (INT64_C(252455529600) * SECOND) /* 9999-12-31, which says "never" */
#define BEHIND_ALL    (LAST_DAY + DAY)

/* What one of a unit is; julian days keep only milliseconds, as SQLite itself does. */
static const struct {
    int64_t factor;  /* a number times this is a count of... */
    int64_t micros;  /* ...so many microseconds, */
    int64_t divisor; /* or of such parts of one */
    int64_t epoch;   /* 2000-01-01, from the unit's own zero, in seconds */
    bool by_values;  /* values alone may tell it */
} units[] = {
    [UNIT_SECONDS] = {SECOND, 1, 1, FROM_1970, true},
    [UNIT_MILLISECONDS] = {1000, 1, 1, FROM_1970, true},
    [UNIT_MICROSECONDS] = {1, 1, 1, FROM_1970, true},
    [UNIT_JULIAN_DAYS] = {DAY / 1000, 1000, 1, FROM_JULIAN, true},
    [UNIT_COREDATA] = {SECOND, 1, 1, FROM_2001, false},
    [UNIT_WEBKIT] = {1, 1, 1, FROM_1601, true},
    [UNIT_TICKS] = {1, 1, 10, FROM_YEAR_1, true},
};

/* number * factor, rounded half away from zero, of the exact product: where the rounded one is a tie, what
 * was rounded away decides. */
static wide scale_real(double number, int64_t factor)
{
    double whole = trunc(number);
    double fraction = number - whole;
    double product = fraction * (double)factor;
    double lost = fma(fraction, (double)factor, -product);
    double rounded = round(product);

    if (fabs(product - trunc(product)) == 0.5 && ((product > 0 && lost < 0) || (product < 0 && lost > 0)))
        rounded = trunc(product);
    return (wide)(int64_t)whole * factor + (wide)(int64_t)rounded;
}

/* *finer: the number is not a whole count of microseconds, which only the finest unit can say. */
static bool micros_in(enum time_unit unit, const struct value *value, wide *micros, bool *finer)
{
    wide count;

    *finer = false;
    if (value->kind == VALUE_INTEGER) {
        count = (wide)value->integer * units[unit].factor;
    } else if (fabs(value->real) < 0x1p63) {
        *finer = units[unit].divisor > 1 && fabs(value->real - trunc(value->real)) > 0;
        count = *finer ? (wide)(int64_t)value->real : scale_real(value->real, units[unit].factor);
    } else {
        return false;
    }
    *finer = *finer || count % units[unit].divisor != 0;
    *micros = count / units[unit].divisor * units[unit].micros - (wide)units[unit].epoch * SECOND;
    return true;
}

static bool is_ordinary(wide micros)
{
    return micros >= START_OF_1973 && micros < END_OF_2200;
}

/* An extraordinary moment whose number is an ordinary one in another unit. */
static bool is_of_other_unit(const struct value *value, wide micros)
{
    wide other;
    bool finer;

    if (is_ordinary(micros) || (micros >= LAST_DAY && micros <= BEHIND_ALL))
        return false;
    for (int unit = UNIT_NONE + 1; unit < UNIT_COUNT; unit++)
        if (units[unit].by_values && micros_in((enum time_unit)unit, value, &other, &finer) &&
            is_ordinary(other))
            return true;
    return false;
}

bool moment_number(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                   wide *micros)
{
    bool finer;

    if (rule->unit == UNIT_NONE)
        return misfit(scratch, "no unit is decided for numbers in this column");
    if (!micros_in(rule->unit, value, micros, &finer))
        return misfit(scratch, "it is out of range");
    if (finer)
        return misfit(scratch, "it has more digits of a second than the column");
    if (rule->unit_found && is_of_other_unit(value, *micros))
        return misfit(scratch, "it counts in another unit than the column");
    return true;
}
