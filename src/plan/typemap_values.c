/*
 * typemap_values.c: what the values have to say about a type.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "plan/typemap_rules.h"
#include "plan/units.h"

static int64_t not_null(const struct column_facts *facts)
{
    return facts->integers + facts->reals + facts->texts + facts->blobs;
}

static void set_kind(struct verdict *verdict, enum pg_kind kind)
{
    verdict->type = pg_type_of(kind);
}

bool voice_is_flag(const struct column_facts *facts)
{
    return facts->integers == not_null(facts) &&
           (facts->integers == 0 || (facts->integer_min >= 0 && facts->integer_max <= 1));
}

static bool fits_integers(enum pg_kind kind, const struct column_facts *facts)
{
    int64_t highest = kind == PG_INT2 ? INT16_MAX : kind == PG_INT4 ? INT32_MAX : INT64_MAX;

    return facts->integers == 0 || (facts->integer_min >= -highest - 1 && facts->integer_max <= highest);
}

static bool speak_width(const struct question *question, const struct type_rule *rule,
                        const struct column_facts *facts, struct verdict *verdict)
{
    bool low =
        facts->integers > 0 && facts->integer_min < 0 && -(facts->integer_min + 1) > facts->integer_max;

    (void)rule;
    if (fits_integers(verdict->type.kind, facts))
        return true;
    set_kind(verdict, PG_INT8);
    verdict->note = str_printf(question->arena, "its values reach %lld",
                               (long long)(low ? facts->integer_min : facts->integer_max));
    return true;
}

/* The model knows the range of rowids without a survey.  The last one may be gone while sqlite_sequence still
 * remembers it. */
static bool speak_key(const struct question *question, const struct type_rule *rule,
                      const struct column_facts *facts, struct verdict *verdict)
{
    const struct table *table = question->table;
    struct column_facts known = {.integers = 1};

    (void)facts;
    if (table->rows > 0) {
        known.integer_min = table->rowid_min;
        known.integer_max = table->rowid_max;
    }
    if (table->sequence > known.integer_max)
        known.integer_max = table->sequence;
    return speak_width(question, rule, &known, verdict);
}

static bool speak_integers(const struct question *question, const struct type_rule *rule,
                           const struct column_facts *facts, struct verdict *verdict)
{
    return facts->integers == not_null(facts) && speak_width(question, rule, facts, verdict);
}

/* SQLite keeps what is beyond 64 bits with a sign as a REAL. */
static bool speak_unsigned(const struct question *question, const struct type_rule *rule,
                           const struct column_facts *facts, struct verdict *verdict)
{
    (void)rule;
    if (facts->reals == 0 || facts->reals_integral < facts->reals ||
        facts->real_max < 9223372036854775808.0 || facts->real_max >= 1e20)
        return true;
    set_kind(verdict, PG_NUMERIC);
    verdict->type.precision = 20;
    verdict->note = str_printf(question->arena, "its values reach %.0f", facts->real_max);
    return true;
}

static bool speak_single(const struct question *question, const struct type_rule *rule,
                         const struct column_facts *facts, struct verdict *verdict)
{
    static const int64_t exact = 1 << 24;

    (void)rule;
    if (facts->reals_single == facts->reals &&
        (facts->integers == 0 || (facts->integer_min >= -exact && facts->integer_max <= exact)))
        return true;
    set_kind(verdict, PG_FLOAT8);
    verdict->note = str_printf(question->arena, "%" PRId64 " of its values are not exact in real",
                               facts->reals - facts->reals_single + facts->integers);
    return true;
}

static bool speak_numbers(const struct question *question, const struct type_rule *rule,
                          const struct column_facts *facts, struct verdict *verdict)
{
    (void)question;
    (void)rule;
    (void)verdict;
    return facts->texts == facts->texts_number && facts->blobs == 0;
}

static bool speak_readable(const struct question *question, const struct type_rule *rule,
                           const struct column_facts *facts, struct verdict *verdict)
{
    (void)question;
    (void)rule;
    (void)verdict;
    return facts->texts_invalid == 0 && facts->blobs_text == facts->blobs;
}

static bool speak_length(const struct question *question, const struct type_rule *rule,
                         const struct column_facts *facts, struct verdict *verdict)
{
    (void)question;
    (void)rule;
    return facts->characters_max <= verdict->type.length;
}

static bool speak_uuid(const struct question *question, const struct type_rule *rule,
                       const struct column_facts *facts, struct verdict *verdict)
{
    int64_t values = not_null(facts);
    /* The nil UUID without dashes in a column of NUMERIC affinity has become the integer 0. */
    int64_t nils = facts->integer_min == 0 && facts->integer_max == 0 ? facts->integers : 0;

    (void)rule;
    if (facts->texts_uuid + facts->blobs_uuid + nils < values)
        return false;
    if (values > 0)
        verdict->note = str_printf(question->arena, "all %lld values are UUIDs", (long long)values);
    return true;
}

/* The least type that holds all values as they are, and what it is when there are none. */
static enum pg_kind kind_of_all(const struct column_facts *facts, enum pg_kind when_empty)
{
    static const int64_t exact = (int64_t)1 << 53;
    int64_t numbers = facts->integers + facts->reals;
    bool readable = facts->texts_invalid == 0 && facts->blobs_text == facts->blobs;

    if (not_null(facts) == 0)
        return when_empty;
    if (numbers == 0)
        return facts->texts > 0 && readable ? PG_TEXT : PG_BYTEA;
    if (numbers < not_null(facts))
        return PG_TEXT;
    if (facts->reals == 0)
        return PG_INT8;
    if (facts->integers == 0 || (facts->integer_min >= -exact && facts->integer_max <= exact))
        return PG_FLOAT8;
    return PG_NUMERIC;
}

static void list_one(struct buf *list, int64_t count, const char *what)
{
    if (count == 0)
        return;
    if (list->len > 0)
        buf_text(list, ", ");
    buf_printf(list, "%lld %s%s", (long long)count, what, count == 1 ? "" : "s");
}

/* "3 integers, 1 text" */
static struct str list_values(struct arena *arena, const struct column_facts *facts)
{
    struct buf list;
    struct str text;

    buf_init(&list, BUF_TEXT_MAXIMUM);
    list_one(&list, facts->integers, "integer");
    list_one(&list, facts->reals, "real");
    list_one(&list, facts->texts, "text");
    list_one(&list, facts->blobs, "blob");
    text = list.len == 0 ? str_from("no values") : buf_to_str(arena, &list);
    buf_free(&list);
    return text;
}

/* A declared type that nobody knows still says something where there are no values: its affinity; but POINT
 * has that of an integer only because its name holds INT. */
static enum pg_kind kind_of_affinity(const struct question *question)
{
    static const enum pg_kind kinds[] = {
        [AFFINITY_BLOB] = PG_BYTEA,   [AFFINITY_TEXT] = PG_TEXT,   [AFFINITY_NUMERIC] = PG_TEXT,
        [AFFINITY_INTEGER] = PG_INT8, [AFFINITY_REAL] = PG_FLOAT8,
    };
    enum affinity affinity = question->column->affinity;

    if (question->declared.name.len == 0 ||
        (affinity == AFFINITY_INTEGER && !str_starts_with(question->declared.name, "int")))
        return PG_TEXT;
    return kinds[affinity];
}

static bool speak_all(const struct question *question, const struct type_rule *rule,
                      const struct column_facts *facts, struct verdict *verdict)
{
    (void)rule;
    set_kind(verdict, kind_of_all(facts, kind_of_affinity(question)));
    verdict->note = list_values(question->arena, facts);
    return true;
}

/* bytea holds texts and blobs; a column of texts only, or of numbers, is declared BLOB by mistake. */
static bool speak_bytes(const struct question *question, const struct type_rule *rule,
                        const struct column_facts *facts, struct verdict *verdict)
{
    if (facts->blobs > 0 || not_null(facts) == 0 || facts->texts_invalid > 0)
        return true;
    return speak_all(question, rule, facts, verdict);
}

static int64_t moments_of(const struct column_facts *facts)
{
    int64_t sum = 0;

    for (int unit = UNIT_NONE + 1; unit < UNIT_COUNT; unit++)
        sum += facts->moments[unit];
    return sum;
}

enum time_unit type_unit(const struct column_facts *facts)
{
    int64_t sum = moments_of(facts);
    enum time_unit found = UNIT_NONE;

    /* One value of another unit may be an odd date; more of them mean that no unit can be told. */
    for (int unit = UNIT_NONE + 1; sum > 0 && unit < UNIT_COUNT; unit++)
        if (facts->moments[unit] * 10 >= sum * 9)
            found = (enum time_unit)unit;
    return found;
}

static bool speak_unit(const struct question *question, const struct type_rule *rule,
                       const struct column_facts *facts, struct verdict *verdict)
{
    (void)rule;
    if (moments_of(facts) == 0)
        return true;
    verdict->unit = type_unit(facts);
    verdict->note = verdict->unit == UNIT_NONE
                        ? str_from("its numbers are of different units")
                        : str_printf(question->arena, "its numbers are %s", unit_meaning(verdict->unit));
    return true;
}

/* 0 and -1 are dates that somebody could not tell; 20240229 is another way to write one. */
static bool has_large_numbers(const struct column_facts *facts)
{
    static const int64_t large = 10000000;

    return facts->integers > 0 && (facts->integer_max >= large || facts->integer_min <= -large);
}

/* Most values, but for empty texts, are `fitting`. */
static bool are_most(const struct column_facts *facts, int64_t fitting)
{
    return fitting * 2 >= not_null(facts) - facts->texts_empty;
}

static bool speak_moment(const struct question *question, const struct type_rule *rule,
                         const struct column_facts *facts, struct verdict *verdict)
{
    int64_t numbers = facts->integers + facts->reals;

    speak_unit(question, rule, facts, verdict);
    if (moments_of(facts) == 0 && has_large_numbers(facts))
        numbers = 0;
    return are_most(facts, facts->texts_date + facts->texts_datetime + numbers);
}

static bool speak_date(const struct question *question, const struct type_rule *rule,
                       const struct column_facts *facts, struct verdict *verdict)
{
    if (!speak_moment(question, rule, facts, verdict))
        return false;
    if (facts->texts_datetime == facts->texts_midnight && moments_of(facts) == 0)
        return true;
    set_kind(verdict, PG_TIMESTAMP);
    if (verdict->note.len == 0)
        verdict->note = str_printf(question->arena, "%lld of its values have a time of day",
                                   (long long)(facts->texts_datetime - facts->texts_midnight));
    return true;
}

static bool speak_time(const struct question *question, const struct type_rule *rule,
                       const struct column_facts *facts, struct verdict *verdict)
{
    (void)rule;
    if (facts->texts_datetime > facts->texts_time) {
        set_kind(verdict, PG_TIMESTAMP);
        verdict->note = str_printf(question->arena, "%lld of its values are dates with a time",
                                   (long long)facts->texts_datetime);
        return are_most(facts, facts->texts_datetime);
    }
    return are_most(facts, facts->texts_time);
}

/* Frameworks that write no fraction make a column of precision 0, and the others of 6. */
static bool speak_digits(const struct question *question, const struct type_rule *rule,
                         const struct column_facts *facts, struct verdict *verdict)
{
    bool is_time = verdict->type.kind == PG_TIME;
    int64_t zoned = is_time ? facts->texts_time_offset : facts->texts_offset;

    speak_unit(question, rule, facts, verdict);
    if (zoned > 0) {
        set_kind(verdict, is_time ? PG_TIMETZ : PG_TIMESTAMPTZ);
        verdict->note = str_printf(question->arena, "%lld of its values have a zone", (long long)zoned);
    }
    verdict->type.precision = facts->fraction_digits == 0 ? rule->fixed[0] : 6;
    return true;
}

static const struct {
    enum survey_need need;
    bool (*speak)(const struct question *question, const struct type_rule *rule,
                  const struct column_facts *facts, struct verdict *verdict);
} voices[VOICE_COUNT] = {
    [VOICE_NONE] = {SURVEY_NOT_NEEDED, NULL},          [VOICE_WIDTH] = {SURVEY_WHOLE, speak_width},
    [VOICE_KEY] = {SURVEY_NOT_NEEDED, speak_key},      [VOICE_INTEGERS] = {SURVEY_WHOLE, speak_integers},
    [VOICE_UNSIGNED] = {SURVEY_WHOLE, speak_unsigned}, [VOICE_SINGLE] = {SURVEY_WHOLE, speak_single},
    [VOICE_NUMBERS] = {SURVEY_WHOLE, speak_numbers},   [VOICE_READABLE] = {SURVEY_WHOLE, speak_readable},
    [VOICE_LENGTH] = {SURVEY_WHOLE, speak_length},     [VOICE_UUID] = {SURVEY_WHOLE, speak_uuid},
    [VOICE_BYTES] = {SURVEY_SAMPLE, speak_bytes},      [VOICE_UNIT] = {SURVEY_SAMPLE, speak_unit},
    [VOICE_MOMENT] = {SURVEY_SAMPLE, speak_moment},    [VOICE_DATE] = {SURVEY_SAMPLE, speak_date},
    [VOICE_TIME] = {SURVEY_SAMPLE, speak_time},        [VOICE_DIGITS] = {SURVEY_WHOLE, speak_digits},
    [VOICE_ALL] = {SURVEY_WHOLE, speak_all},
};

enum survey_need voice_need(enum voice voice)
{
    return voices[voice].need;
}

bool voice_speak(const struct question *question, const struct type_rule *rule,
                 const struct column_facts *facts, struct verdict *verdict)
{
    return voices[rule->voice].speak == NULL || voices[rule->voice].speak(question, rule, facts, verdict);
}
