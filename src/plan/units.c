#include "plan/units.h"

static const struct {
    const char *option;
    const char *name;
    const char *meaning;
} units[UNIT_COUNT] = {
    [UNIT_NONE] = {"none", NULL, NULL},
    [UNIT_SECONDS] = {"s", "seconds", "seconds since 1970"},
    [UNIT_MILLISECONDS] = {"ms", "milliseconds", "milliseconds since 1970"},
    [UNIT_MICROSECONDS] = {"us", "microseconds", "microseconds since 1970"},
    [UNIT_JULIAN_DAYS] = {"julian", "julian days", "julian days"},
    /* NSDate's reference date, NSTimeIntervalSince1970 */
    [UNIT_COREDATA] = {"coredata", "Core Data seconds", "seconds since 2001, as Core Data counts"},
    /* base::Time of Chromium; FILETIME of Windows counts from there too, in tenths of a microsecond */
    [UNIT_WEBKIT] = {"webkit", "WebKit microseconds", "microseconds since 1601, as Chrome counts"},
    /* System.DateTime.Ticks */
    [UNIT_TICKS] = {"ticks", ".NET ticks", ".NET's ticks, tenths of a microsecond since the year 1"},
};

const char *unit_option(enum time_unit unit)
{
    return units[unit].option;
}

const char *unit_name(enum time_unit unit)
{
    return units[unit].name;
}

const char *unit_meaning(enum time_unit unit)
{
    return units[unit].meaning;
}

bool unit_read(struct str text, enum time_unit *unit)
{
    for (int i = 0; i < UNIT_COUNT; i++) {
        *unit = (enum time_unit)i;
        if (str_is_nocase(text, units[i].option) ||
            (units[i].name != NULL && str_is_nocase(text, units[i].name)))
            return true;
    }
    return false;
}
