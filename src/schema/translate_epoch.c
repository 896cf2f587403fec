/* Numbers that count time since 1970, as moments. */
#include <string.h>

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
    int64_t micro;
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
    micro = fraction * (1000000 / per);
    *out = term_make(tr, kind, STORAGE_OTHER, LEVEL_CAST, "'%04d-%02d-%02d %02d:%02d:%02d.%06lld%s'::%s",
                     year, month, day, (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
                     (long long)micro, kind == PG_TIMESTAMP ? "" : "+00",
                     kind == PG_TIMESTAMP ? "timestamp" : "timestamptz");
    return true;
}

/* ---- DEFAULTs that count the time until now ---- */

static bool is_text(const struct expr *expr, const char *text)
{
    return expr->kind == EXPR_TEXT && str_is_nocase(expr->text, text);
}

static bool is_number(const struct expr *expr, double value)
{
    return (expr->kind == EXPR_INTEGER && (double)expr->integer == value) ||
           (expr->kind == EXPR_REAL && expr->real == value);
}

static bool is_operation(const struct expr *expr, const char *op)
{
    return expr->kind == EXPR_BINARY && strcmp(expr->op, op) == 0;
}

/* A CAST to an integer leaves out parts of a second or of a millisecond, which the server's default may have.
 */
static const struct expr *without_cast(const struct expr *expr)
{
    while (expr->kind == EXPR_CAST && affinity_of(expr->text) == AFFINITY_INTEGER)
        expr = expr->items[0];
    return expr;
}

/* unixepoch(), unixepoch('now'), unixepoch('now', 'subsec'), strftime('%s', 'now') */
static bool is_epoch(const struct expr *expr)
{
    bool strftime;

    expr = without_cast(expr);
    if (expr->kind != EXPR_FUNCTION)
        return false;
    strftime =
        str_is_nocase(expr->name, "strftime") && expr->item_count == 2 && is_text(expr->items[0], "%s");
    if (!strftime && !str_is_nocase(expr->name, "unixepoch"))
        return false;
    for (size_t i = strftime; i < expr->item_count; i++)
        if (!is_text(expr->items[i], "now") && !is_text(expr->items[i], "subsec") &&
            !is_text(expr->items[i], "subsecond"))
            return false;
    return true;
}

/* julianday('now') - 2440587.5: days since 1970 */
static bool is_days(const struct expr *expr)
{
    const struct expr *now = is_operation(expr, "-") ? expr->items[0] : NULL;

    return now != NULL && is_number(expr->items[1], 2440587.5) && now->kind == EXPR_FUNCTION &&
           str_is_nocase(now->name, "julianday") && now->item_count == 1 && is_text(now->items[0], "now");
}

static bool is_count(const struct expr *expr)
{
    const struct expr *product = without_cast(expr);

    if (is_epoch(expr))
        return true;
    if (!is_operation(product, "*"))
        return false;
    for (int i = 0; i < 2; i++) {
        const struct expr *now = product->items[i];
        const struct expr *factor = product->items[1 - i];

        if ((is_epoch(now) && is_number(factor, 1000)) ||
            (is_days(now) && (is_number(factor, 86400) || is_number(factor, 86400000))))
            return true;
    }
    return false;
}

bool now_count(struct translator *tr, const struct expr *expr, const struct pg_type *type, struct term *out)
{
    if (tr->scope->column != NULL || (type->kind != PG_TIMESTAMP && type->kind != PG_TIMESTAMPTZ) ||
        !is_count(expr))
        return false;
    *out = term_make(tr, type->kind, STORAGE_OTHER, LEVEL_ATOM, "%s",
                     type->kind == PG_TIMESTAMP ? "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
                                                : "CURRENT_TIMESTAMP");
    return true;
}
