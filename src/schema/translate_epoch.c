/* Numbers that count time since 1970, as moments. */
#include "schema/translate_term.h"

enum {
    SECONDS_A_DAY = 86400
};

/* Days since 1970-01-01 as a date: years begin in March, and 400 of them have 146,097 days. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = shifted / 146097;
    int64_t of_era = shifted % 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * from_march + 2) / 5) + 1;
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

bool epoch_constant(struct translator *tr, int64_t number, int unit, enum pg_kind kind, struct term *out)
{
    static const int64_t a_second[] = {0, 1, 1000, 1000000};
    int64_t per = unit >= 1 && unit <= 3 ? a_second[unit] : 0;
    int64_t seconds;
    int64_t fraction;
    int64_t days;
    int year;
    int month;
    int day;

    if (per == 0 || (kind != PG_TIMESTAMP && kind != PG_TIMESTAMPTZ) || number / per < -62135596799 ||
        number / per > 253402300799)
        return false;
    fraction = (number % per + per) % per;
    seconds = (number - fraction) / per;
    days = (seconds - ((seconds % SECONDS_A_DAY + SECONDS_A_DAY) % SECONDS_A_DAY)) / SECONDS_A_DAY;
    seconds -= days * SECONDS_A_DAY;
    civil_from_days(days, &year, &month, &day);
    *out = term_make(tr, kind, STORAGE_OTHER, LEVEL_CAST, "'%04d-%02d-%02d %02d:%02d:%02d.%06lld%s'::%s",
                     year, month, day, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                     (long long)(fraction * (1000000 / per)), kind == PG_TIMESTAMP ? "" : "+00",
                     kind == PG_TIMESTAMP ? "timestamp" : "timestamptz");
    return true;
}
