/* Two terms made comparable: SQLite's affinity first, then a rule for each pair of families. */
#include <math.h>

#include "schema/translate_json.h"

static bool is_equality(enum comparison comparison)
{
    return comparison >= COMPARE_EQUAL;
}

static bool affinity_is_numeric(enum affinity affinity)
{
    return affinity == AFFINITY_NUMERIC || affinity == AFFINITY_INTEGER || affinity == AFFINITY_REAL;
}

static bool refuse_pair(struct translator *tr, const char *why, const struct term *left,
                        const struct term *right)
{
    return refuse(tr, why, "a comparison of %s with %s", family_name(term_family(left)),
                  family_name(term_family(right)));
}

/* "Datatypes In SQLite", section 4.2: what `self` being a column (or a CAST) makes of the other operand. */
static bool apply_affinity(struct translator *tr, const struct term *self, struct term *other)
{
    bool numeric = affinity_is_numeric(self->affinity) && !affinity_is_numeric(other->affinity);
    bool text = self->affinity == AFFINITY_TEXT && other->affinity == AFFINITY_BLOB;
    enum family family = term_family(other);
    struct term number;

    if (numeric && term_is_constant(other, STORAGE_TEXT)) {
        if (number_from_text(tr, other->bytes, &number))
            *other = number;
        return true;
    }
    /* A date or time is no number; a year or the seconds since 1970 are. */
    if (numeric && family == FAMILY_TEXT && !(term_is_time(other) && other->now <= NOW_INSTANT))
        return refuse_pair(tr, "SQLite reads each text as a number where it is one", self, other);
    if (text && (family == FAMILY_NUMBER || family == FAMILY_BOOLEAN))
        return term_to_text(tr, other, "a comparison of a text");
    return true;
}

/* ---- one function for each pair of families ---- */

static bool match_same(struct translator *tr, enum comparison comparison, struct term *left,
                       struct term *right)
{
    (void)tr, (void)comparison, (void)left, (void)right;
    return true;
}

static bool match_blobs(struct translator *tr, enum comparison comparison, struct term *left,
                        struct term *right)
{
    if (left->storage != STORAGE_BLOB || right->storage != STORAGE_BLOB)
        return refuse_pair(tr, "one of them holds texts too, which SQLite has before all blobs", left, right);
    return match_same(tr, comparison, left, right);
}

/* Whether PostgreSQL would turn this into a double with a loss: only beyond 2^53 can it. */
static bool may_exceed_double(const struct term *term)
{
    const int64_t exact = 9007199254740992;

    if (term->form == FORM_CONSTANT)
        return term->storage == STORAGE_INTEGER && (term->integer > exact || term->integer < -exact);
    return term->type.kind == PG_INT8 ||
           (term->type.kind == PG_NUMERIC && (term->type.precision == 0 || term->type.precision > 15));
}

static bool is_float(const struct term *term)
{
    return term->form != FORM_CONSTANT && (term->type.kind == PG_FLOAT4 || term->type.kind == PG_FLOAT8);
}

/* A double beyond 2^53 is written as its shortest decimal, which is not the integer that it is. */
static bool is_beyond_integers(const struct term *constant, const struct term *other)
{
    return term_is_constant(constant, STORAGE_REAL) && pg_kind_is_integer(other->type.kind) &&
           other->form != FORM_CONSTANT && !(fabs(constant->real) < 9007199254740992.0);
}

static bool match_numbers(struct translator *tr, enum comparison comparison, struct term *left,
                          struct term *right)
{
    (void)comparison;
    /* The rows of a view are compared with the source, so whole numbers beyond 2^53 would be seen. */
    if (tr->query == NULL &&
        ((is_float(left) && may_exceed_double(right)) || (is_float(right) && may_exceed_double(left))))
        return refuse_pair(
            tr, "PostgreSQL compares them as double precision, which cannot hold every integer", left, right);
    if (is_beyond_integers(left, right) || is_beyond_integers(right, left))
        return refuse_pair(tr, "the literal is too large to be an exact integer", left, right);
    return true;
}

static bool match_boolean_number(struct translator *tr, enum comparison comparison, struct term *boolean,
                                 struct term *number)
{
    if (term_is_flag(number)) {
        *number = term_boolean(tr, number->integer == 1);
        return true;
    }
    return term_to_number(tr, boolean, "a comparison") && match_numbers(tr, comparison, boolean, number);
}

static enum collation collation_of(const struct term *left, const struct term *right)
{
    if (left->collation_explicit)
        return left->collation;
    if (right->collation_explicit)
        return right->collation;
    return left->collation != COLLATION_NONE ? left->collation : right->collation;
}

bool folds_texts(enum collation collation)
{
    return collation == COLLATION_NOCASE || collation == COLLATION_RTRIM;
}

bool term_fold(struct translator *tr, enum collation collation, struct term *term)
{
    bool constant = term->form == FORM_CONSTANT;
    struct str bytes = term->bytes;

    if (collation == COLLATION_NOCASE && constant)
        return term_text(tr, str_lower(tr->arena, bytes), term);
    if (collation == COLLATION_NOCASE)
        *term = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "lower(%.*s COLLATE \"C\")",
                          STR_ARGS(term_sql(tr, term, LEVEL_COLLATE)));
    if (collation == COLLATION_RTRIM && constant) {
        while (bytes.len > 0 && bytes.ptr[bytes.len - 1] == ' ')
            bytes.len--;
        return term_text(tr, bytes, term);
    }
    if (collation == COLLATION_RTRIM)
        *term = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_ATOM, "rtrim(%.*s)", STR_ARGS(term->sql));
    return true;
}

/* char(n) ignores spaces at the end: harmless beside a literal that has none, and an index can serve it. */
static bool keeps_char(const struct term *term, const struct term *other)
{
    return term->type.kind == PG_CHAR && term_is_constant(other, STORAGE_TEXT) &&
           (other->bytes.len == 0 || other->bytes.ptr[other->bytes.len - 1] != ' ');
}

static bool either_keeps_char(const struct term *left, const struct term *right)
{
    return keeps_char(left, right) || keeps_char(right, left);
}

/* Among the texts are numbers, which only a numeric affinity on the column itself makes comparable. */
static bool keeps_numbers(const struct term *text)
{
    return text->storage != STORAGE_TEXT;
}

static bool is_comparable(const struct term *text, bool equality)
{
    return !keeps_numbers(text) || (equality && affinity_is_numeric(text->affinity));
}

/* By bytes, where the target would sort otherwise.  On the left, since BETWEEN takes no COLLATE in its
 * bounds. */
static void order_by_bytes(struct translator *tr, struct term *left)
{
    left->sql = str_printf(tr->arena, "%.*s COLLATE \"C\"", STR_ARGS(term_sql(tr, left, LEVEL_CAST)));
    left->level = LEVEL_COLLATE;
}

static bool match_texts(struct translator *tr, enum comparison comparison, struct term *left,
                        struct term *right)
{
    enum collation collation = collation_of(left, right);
    bool folded = folds_texts(collation);

    if (!is_comparable(left, is_equality(comparison)) || !is_comparable(right, is_equality(comparison)))
        return refuse_pair(tr, "the column keeps numbers too, which SQLite sorts before all texts", left,
                           right);
    if (is_equality(comparison) && !folded && either_keeps_char(left, right))
        return true;
    if (!term_to_text(tr, left, "a comparison") || !term_to_text(tr, right, "a comparison") ||
        !term_fold(tr, collation, left) || !term_fold(tr, collation, right))
        return false;
    if (!is_equality(comparison) && collation != COLLATION_NOCASE && tr->scope->collate_c)
        order_by_bytes(tr, left);
    return true;
}

/* A column that SQLite sees as numeric but that holds texts too: a number in it is its digits here. */
static bool match_text_number(struct translator *tr, enum comparison comparison, struct term *text,
                              struct term *number)
{
    if (affinity_is_numeric(text->affinity) && is_equality(comparison) &&
        term_is_constant(number, STORAGE_INTEGER))
        return term_to_text(tr, number, "a comparison");
    return refuse_pair(tr, "in SQLite every number is less than every text", text, number);
}

static bool match_moments(struct translator *tr, enum comparison comparison, struct term *left,
                          struct term *right)
{
    struct term *zoned = left->type.kind == PG_TIMESTAMPTZ ? left : right;
    bool timestamps = left->type.kind != right->type.kind &&
                      (left->type.kind == PG_TIMESTAMP || right->type.kind == PG_TIMESTAMP) &&
                      zoned->type.kind == PG_TIMESTAMPTZ;

    (void)comparison;
    if (left->time_unit != right->time_unit || (left->type.kind != right->type.kind && !timestamps))
        return refuse_pair(tr, "SQLite compares them as they are written, and they are written differently",
                           left, right);
    if (timestamps) {
        zoned->sql =
            str_printf(tr->arena, "(%.*s AT TIME ZONE 'UTC')", STR_ARGS(term_sql(tr, zoned, LEVEL_CAST)));
        zoned->level = LEVEL_ATOM;
    }
    return true;
}

/* A text that others begin with: only "before it" and "not before it" are the same for texts and moments. */
static bool shorter_is_sure(enum comparison comparison)
{
    return comparison == COMPARE_LESS || comparison == COMPARE_GREATER_EQUAL;
}

/* How the literal is written beside the column's values: YYYY-MM-DD, HH:MM:SS[.f], or both. */
enum spelling {
    SPELLING_SAME,
    SPELLING_SHORTER, /* a date alone, or no seconds */
    SPELLING_OTHER
};

static enum spelling spelling_of(const struct term *text, enum pg_kind kind)
{
    struct moment moment = {.midnight = true};
    bool seconds;

    if (term_is_time(text))
        return text->now == NOW_DATE && kind != PG_DATE ? SPELLING_SHORTER : SPELLING_SAME;
    /* What is no moment at all is refused with its literal. */
    if (!translate_moment(text->bytes, &moment))
        return SPELLING_SAME;
    seconds = moment.time.len >= 8;
    if (kind == PG_DATE)
        return moment.time.ptr == NULL ? SPELLING_SAME : SPELLING_OTHER;
    if (kind == PG_TIME && moment.date.ptr != NULL)
        return SPELLING_OTHER;
    return seconds ? SPELLING_SAME : SPELLING_SHORTER;
}

static bool match_moment_text(struct translator *tr, enum comparison comparison, struct term *moment,
                              struct term *text)
{
    enum spelling spelling;

    if (moment->time_unit != 0)
        return refuse_pair(tr, "the column holds numbers, which SQLite sorts before all texts", moment, text);
    if (text->form == FORM_EXPRESSION && !term_is_time(text))
        return refuse_pair(tr, "the text is not known to be a date or time", moment, text);
    spelling = spelling_of(text, moment->type.kind);
    if (spelling == SPELLING_OTHER || (spelling == SPELLING_SHORTER && !shorter_is_sure(comparison)))
        return refuse_pair(tr, "SQLite compares texts, and this one is not as long as the column's values",
                           moment, text);
    if (term_is_time(text))
        return now_to_type(tr, text, &moment->type, true, text);
    return constant_to_type(tr, text, &moment->type, text);
}

/* A column of numbers that count time: with a literal number of the same count, or the current one. */
static bool match_moment_number(struct translator *tr, enum comparison comparison, struct term *moment,
                                struct term *number)
{
    enum pg_kind kind = moment->type.kind;
    struct term found = *number;

    (void)comparison;
    if (number->form == FORM_NOW && number->now == NOW_EPOCH && moment->time_unit == 1 &&
        (kind == PG_TIMESTAMP || kind == PG_TIMESTAMPTZ)) {
        found.now = NOW_TIMESTAMP;
        return now_to_type(tr, &found, &moment->type, true, number);
    }
    if (!term_is_constant(number, STORAGE_INTEGER) ||
        !epoch_constant(tr, number->integer, moment->time_unit, kind, number))
        return refuse_pair(tr, "the number is no literal of what the column counts", moment, number);
    return true;
}

static bool match_uuids(struct translator *tr, enum comparison comparison, struct term *uuid,
                        struct term *other)
{
    if (!is_equality(comparison))
        return refuse_pair(tr, "their order depends on how they are written", uuid, other);
    if (term_family(other) == FAMILY_UUID)
        return true;
    if (other->form != FORM_CONSTANT)
        return refuse_pair(tr, "the value is not known to be a uuid", uuid, other);
    return constant_to_type(tr, other, &uuid->type, other);
}

static bool match_enums(struct translator *tr, enum comparison comparison, struct term *label,
                        struct term *other)
{
    enum collation collation = collation_of(label, other);

    if (!is_equality(comparison) || folds_texts(collation))
        return refuse_pair(tr, "an enum has an order of its own and compares whole labels", label, other);
    if (term_family(other) == FAMILY_ENUM && str_equal(label->type.name, other->type.name))
        return true;
    if (!term_is_constant(other, STORAGE_TEXT))
        return refuse_pair(tr, "the value is not known to be a label", label, other);
    return constant_to_type(tr, other, &label->type, other);
}

/* Beside a text, all that is no text is different; beside a number, only numbers and truth are not. */
static bool match_extract(struct translator *tr, enum comparison comparison, struct term *value,
                          struct term *other)
{
    bool text = term_is_constant(other, STORAGE_TEXT);
    bool number = term_is_number_constant(other);
    /* A CAST changes what the value is before it is compared. */
    bool folds = other->collation_explicit || value->collation_explicit || other->affinity != AFFINITY_BLOB;

    if (value->json != JSON_VALUE || folds || (!number && !(text && is_equality(comparison))) ||
        (number && other->storage == STORAGE_REAL && !isfinite(other->real)))
        return refuse_pair(tr, "whether it is a text or a number is not known before its value is", value,
                           other);
    if (number)
        json_to_order(tr, value);
    return json_literal(tr, other, other);
}

typedef bool matcher(struct translator *tr, enum comparison comparison, struct term *left,
                     struct term *right);

/* One half is enough: the other is the same with the sides exchanged. */
static matcher *const matchers[FAMILY_COUNT][FAMILY_COUNT] = {
    [FAMILY_BOOLEAN] = {[FAMILY_BOOLEAN] = match_same, [FAMILY_NUMBER] = match_boolean_number},
    [FAMILY_NUMBER] = {[FAMILY_NUMBER] = match_numbers},
    [FAMILY_TEXT] = {[FAMILY_TEXT] = match_texts, [FAMILY_NUMBER] = match_text_number},
    [FAMILY_BLOB] = {[FAMILY_BLOB] = match_blobs},
    [FAMILY_MOMENT] = {[FAMILY_MOMENT] = match_moments,
                       [FAMILY_TEXT] = match_moment_text,
                       [FAMILY_NUMBER] = match_moment_number},
    [FAMILY_UUID] = {[FAMILY_UUID] = match_uuids, [FAMILY_TEXT] = match_uuids, [FAMILY_BLOB] = match_uuids},
    [FAMILY_EXTRACT] = {[FAMILY_TEXT] = match_extract, [FAMILY_NUMBER] = match_extract},
    [FAMILY_ENUM] = {[FAMILY_ENUM] = match_enums, [FAMILY_TEXT] = match_enums},
};

static const enum comparison exchanged[] = {
    [COMPARE_LESS] = COMPARE_GREATER, [COMPARE_LESS_EQUAL] = COMPARE_GREATER_EQUAL,
    [COMPARE_GREATER] = COMPARE_LESS, [COMPARE_GREATER_EQUAL] = COMPARE_LESS_EQUAL,
    [COMPARE_EQUAL] = COMPARE_EQUAL,  [COMPARE_NOT_EQUAL] = COMPARE_NOT_EQUAL,
    [COMPARE_IS] = COMPARE_IS,        [COMPARE_IS_NOT] = COMPARE_IS_NOT,
};

bool terms_match(struct translator *tr, enum comparison comparison, struct term *left, struct term *right)
{
    enum family a;
    enum family b;

    if (left->form == FORM_NULL || right->form == FORM_NULL)
        return true;
    if (!apply_affinity(tr, left, right) || !apply_affinity(tr, right, left))
        return false;
    a = term_family(left);
    b = term_family(right);
    if (matchers[a][b] != NULL)
        return matchers[a][b](tr, comparison, left, right);
    if (matchers[b][a] != NULL)
        return matchers[b][a](tr, exchanged[comparison], right, left);
    return refuse_pair(tr, "SQLite compares storage classes here; PostgreSQL has no such comparison", left,
                       right);
}
