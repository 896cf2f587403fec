"""Dates and times, as docs/values.md reads them: texts, and numbers in the unit of their column."""

import datetime
import functools
import re
from fractions import Fraction

from forms import Misfit, match, words

EPOCH = datetime.date(1970, 1, 1)
DAY = 86400 * 1000000
ZEROS = {
    "Core Data seconds": (datetime.date(2001, 1, 1) - EPOCH).days * DAY,
    "WebKit microseconds": (datetime.date(1601, 1, 1) - EPOCH).days * DAY,
}
JULIAN_DAY_OF_1970 = 24405875 * 8640000  # 2440587.5 days, in milliseconds

DATE_TEXT = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
TIME_TEXT = r"(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d+))?)?"
ZONE_TEXT = r"( ?(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hour>\d\d)(:?(?P<zone_minute>\d\d))?))?"
MOMENT = re.compile(f"{DATE_TEXT}([ T]{TIME_TEXT})?{ZONE_TEXT}", re.ASCII)
TIME = re.compile(f"(2000-01-01[ T])?{TIME_TEXT}", re.ASCII)
TIME_WITH_ZONE = re.compile(f"(2000-01-01[ T])?{TIME_TEXT}{ZONE_TEXT}", re.ASCII)


def day_of(found):
    try:
        return (datetime.date(int(found["year"]), int(found["month"]), int(found["day"])) - EPOCH).days
    except ValueError as error:
        raise Misfit(str(error)) from None


def time_of(found, precision):
    """Microseconds since midnight."""
    hour, minute, second = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Misfit("no time of day")
    fraction = found["fraction"] or ""
    kept = 6 if precision is None else precision
    if fraction[kept:].strip("0"):
        raise Misfit(f"more than {kept} digits of a second")
    return ((hour * 60 + minute) * 60 + second) * 1000000 + int(fraction[:6].ljust(6, "0"))


def offset_of(found):
    """Seconds east of Greenwich."""
    if not found["sign"]:
        return 0
    hours, minutes = int(found["zone_hour"]), int(found["zone_minute"] or 0)
    if hours > 15 or minutes > 59:
        raise Misfit("no offset")
    return (hours * 60 + minutes) * (-60 if found["sign"] == "-" else 60)


def moment_of_number(value, unit):
    """Exact, then rounded half away from zero: to the microsecond, julian days to the millisecond; .NET's ticks must
    be whole microseconds."""
    scale = {"seconds": 1000000, "milliseconds": 1000, "microseconds": 1, "Core Data seconds": 1000000}
    scale["WebKit microseconds"] = 1
    if isinstance(value, float) and not -(2.0**63) <= value < 2.0**63:
        raise Misfit("beyond every INTEGER")
    if unit == "julian days":
        return (round_away(Fraction(value) * 86400000) - JULIAN_DAY_OF_1970) * 1000
    if unit == ".NET ticks":
        if Fraction(value) % 10:
            raise Misfit("tenths of a microsecond")
        return int(value) // 10 + (datetime.date(1, 1, 1) - EPOCH).days * DAY
    if unit not in scale:
        raise Misfit("a number, and no unit is decided")
    return round_away(Fraction(value) * scale[unit]) + ZEROS.get(unit, 0)


def round_away(number):
    return int(abs(number) + Fraction(1, 2)) * (-1 if number < 0 else 1)


@functools.lru_cache(None)
def days_before(year):
    """Days from 1970 to the first of January of that year (astronomical, Gregorian)."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400 + 1 - EPOCH.toordinal()


def first_day():
    """24 November 4714 BC, which is the year -4713: 38 days before the next one begins."""
    return days_before(-4712) - 38


def to_date(value, *rest):
    unit = rest[1]
    if isinstance(value, (int, float)):
        days, rest_of_day = divmod(moment_of_number(value, unit), DAY)
    else:
        found = match(MOMENT, words(value))
        days, rest_of_day = day_of(found), time_of(found, None)
        if offset_of(found):
            raise Misfit("an offset")
    if rest_of_day:
        raise Misfit("a time of day")
    if not first_day() <= days < days_before(5874898):
        raise Misfit("out of range")
    return days


def to_timestamp(value, kind, unit, *_):
    if isinstance(value, (int, float)):
        moment = moment_of_number(value, unit)
        if kind.precision is not None and moment % 10 ** (6 - kind.precision):
            raise Misfit(f"more than {kind.precision} digits of a second")
    else:
        found = match(MOMENT, words(value))
        moment = day_of(found) * DAY + time_of(found, kind.precision) - offset_of(found) * 1000000
    if not first_day() * DAY <= moment < days_before(294277) * DAY:
        raise Misfit("out of range")
    return moment


def to_time(value, kind, *_):
    return time_of(match(TIME, words(value)), kind.precision)


def to_time_with_zone(value, kind, *_):
    found = match(TIME_WITH_ZONE, words(value))
    return time_of(found, kind.precision), offset_of(found)
