#include "transfer/spelling.h"

#include <string.h>

/* ---- votes ---- */

static size_t take_digits(struct str text, size_t at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (at + i >= text.len || !ascii_is_digit(text.ptr[at + i]))
            return 0;
    return count;
}

static bool is_at(struct str text, size_t at, char wanted)
{
    return at < text.len && text.ptr[at] == wanted;
}

/* HH:MM[:SS[.f...]]; where it ends. */
static size_t take_clock(struct str text, size_t at, struct moment_shape *shape, struct str *fraction)
{
    size_t start;

    if (take_digits(text, at, 2) == 0 || !is_at(text, at + 2, ':') || take_digits(text, at + 3, 2) == 0)
        return at;
    at += 5;
    shape->seconds = is_at(text, at, ':') && take_digits(text, at + 1, 2) != 0;
    if (!shape->seconds)
        return at;
    at += 3;
    if (!is_at(text, at, '.'))
        return at;
    for (start = ++at; at < text.len && ascii_is_digit(text.ptr[at]);)
        at++;
    *fraction = str_slice(text, start, at);
    return at;
}

bool moment_shape_of(struct str text, struct moment_shape *shape, struct str *fraction)
{
    size_t at = 0;

    *shape = (struct moment_shape){.day = false};
    *fraction = (struct str){NULL, 0};
    shape->day = take_digits(text, 0, 4) != 0 && is_at(text, 4, '-');
    if (shape->day) {
        at = 10;
        if ((is_at(text, at, ' ') || is_at(text, at, 'T')) && take_digits(text, at + 1, 2) != 0)
            shape->separator = text.ptr[at++];
    }
    if (!shape->day || shape->separator != 0)
        at = take_clock(text, at, shape, fraction);
    if (at == 0 || at > text.len || text.len - at >= SPELLING_SUFFIX)
        return false;
    memcpy(shape->suffix, text.ptr + at, text.len - at);
    return true;
}

static bool same_shape(const struct moment_shape *a, const struct moment_shape *b)
{
    return a->day == b->day && a->separator == b->separator && a->seconds == b->seconds &&
           strcmp(a->suffix, b->suffix) == 0;
}

static void vote_moment(struct spelling_votes *votes, struct str text)
{
    struct shape_votes *mine = NULL;
    struct moment_shape shape;
    struct str fraction;
    int digits;

    if (!moment_shape_of(text, &shape, &fraction))
        return;
    for (size_t i = 0; i < votes->shape_count; i++)
        if (same_shape(&votes->shapes[i].shape, &shape))
            mine = &votes->shapes[i];
    if (mine == NULL) {
        if (votes->shape_count == SPELLING_SHAPES)
            return;
        mine = &votes->shapes[votes->shape_count++];
        *mine = (struct shape_votes){.shape = shape};
    }
    digits = (int)(fraction.len > 9 ? 9 : fraction.len);
    mine->count++;
    mine->bare = mine->bare || digits == 0;
    if (digits == 0)
        return;
    if (mine->most != 0 && digits != mine->most)
        mine->shortened = true;
    if (mine->least == 0 || digits < mine->least)
        mine->least = digits;
    if (digits > mine->most)
        mine->most = digits;
}

static void vote_word(struct spelling_votes *votes, struct str text)
{
    bool truth = text.len > 0 && strchr("tTyY1", text.ptr[0]) != NULL;
    char *room = truth || str_is_nocase(text, "on") ? votes->yes : votes->no;

    if (text.len == 0 || text.len >= sizeof(votes->yes))
        return;
    memset(room, 0, sizeof(votes->yes));
    memcpy(room, text.ptr, text.len);
}

static void vote_hex(struct spelling_votes *votes, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        votes->upper += text.ptr[i] >= 'A' && text.ptr[i] <= 'F';
        votes->lower += text.ptr[i] >= 'a' && text.ptr[i] <= 'f';
    }
    if (str_find(text, ':') >= 0)
        votes->colons++;
    if (str_find(text, '-') >= 0)
        votes->dashed++;
    else
        votes->plain++;
}

/* A comma or colon between values, with a space behind it or without. */
static void vote_json(struct spelling_votes *votes, struct str text)
{
    bool inside = false;

    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i];

        if (inside && c == '\\') {
            votes->escaped += text.ptr[++i] == 'u';
        } else if (c == '"') {
            inside = !inside;
        } else if (!inside && (c == ',' || c == ':')) {
            votes->spaced += text.ptr[i + 1] == ' ';
            votes->tight += text.ptr[i + 1] != ' ';
        }
        votes->raw += inside && (unsigned char)c >= 0x80;
    }
}

static void vote_network(struct spelling_votes *votes, struct str text)
{
    if (str_find(text, '/') >= 0)
        votes->dashed++;
    else
        votes->plain++;
}

/* JSON, or PostgreSQL's own literal. */
static void vote_array(struct spelling_votes *votes, struct str text)
{
    votes->plain += text.len > 0 && text.ptr[0] == '{';
    votes->dashed += text.len > 0 && text.ptr[0] == '[';
    vote_json(votes, text);
}

void spelling_vote(struct spelling_votes *votes, enum pg_kind kind, const struct value *value)
{
    static void (*const of_texts[PG_KIND_COUNT])(struct spelling_votes *, struct str) = {
        [PG_BOOL] = vote_word,       [PG_DATE] = vote_moment,      [PG_TIME] = vote_moment,
        [PG_TIMETZ] = vote_moment,   [PG_TIMESTAMP] = vote_moment, [PG_TIMESTAMPTZ] = vote_moment,
        [PG_INTERVAL] = vote_moment, [PG_UUID] = vote_hex,         [PG_MACADDR] = vote_hex,
        [PG_INET] = vote_network,    [PG_ARRAY] = vote_array,      [PG_MACADDR8] = vote_hex,
        [PG_JSON] = vote_json,       [PG_JSONB] = vote_json,
    };
    bool is_json = kind == PG_JSON || kind == PG_JSONB;

    votes->classes[value->kind]++;
    if (of_texts[kind] != NULL && (value->kind == VALUE_TEXT || (value->kind == VALUE_BLOB && is_json)))
        of_texts[kind](votes, value->bytes);
}

/* ---- the decision ---- */

/* How frameworks write dates with a time, seen in real files: docs/downgrade.md. */
static const struct framework_moment {
    enum framework_id framework;
    enum value_kind class;
    struct moment_shape shape;
    int digits;
    enum fraction_rule fraction;
} framework_moments[] = {
    {FRAMEWORK_DJANGO, VALUE_TEXT, {true, ' ', true, ""}, 6, FRACTION_IF_ANY},
    {FRAMEWORK_SQLALCHEMY, VALUE_TEXT, {true, ' ', true, ""}, 6, FRACTION_FIXED},
    {FRAMEWORK_RAILS, VALUE_TEXT, {true, ' ', true, ""}, 6, FRACTION_FIXED},
    {FRAMEWORK_SEQUELIZE, VALUE_TEXT, {true, ' ', true, " +00:00"}, 3, FRACTION_FIXED},
    {FRAMEWORK_PRISMA, VALUE_TEXT, {true, 'T', true, "+00:00"}, 3, FRACTION_FIXED},
    {FRAMEWORK_TYPEORM, VALUE_TEXT, {true, ' ', true, ""}, 3, FRACTION_FIXED},
    {FRAMEWORK_KNEX, VALUE_INTEGER, {true, ' ', true, ""}, 3, FRACTION_FIXED},
    {FRAMEWORK_NONE, VALUE_TEXT, {true, ' ', true, ""}, 6, FRACTION_IF_ANY},
};

static const struct framework_moment *moment_of(enum framework_id framework)
{
    size_t last = ARRAY_LENGTH(framework_moments) - 1;

    for (size_t i = 0; i < last; i++)
        if (framework_moments[i].framework == framework)
            return &framework_moments[i];
    return &framework_moments[last];
}

static void decide_unseen(enum pg_kind kind, enum framework_id framework, struct spelling *spelling)
{
    const struct framework_moment *moment = moment_of(framework);
    bool zoned = kind == PG_TIMESTAMP || kind == PG_TIMESTAMPTZ;

    spelling->shape = moment->shape;
    spelling->fraction_digits = moment->digits;
    spelling->fraction = moment->fraction;
    if (!zoned)
        spelling->shape.suffix[0] = '\0';
    if (kind == PG_DATE)
        spelling->shape.separator = 0;
    if (kind == PG_TIME || kind == PG_TIMETZ) {
        spelling->shape.day = framework == FRAMEWORK_RAILS;
        spelling->shape.separator = framework == FRAMEWORK_RAILS ? ' ' : '\0';
        spelling->fraction = spelling->fraction_digits == 3 ? FRACTION_SHORTEST : spelling->fraction;
        spelling->fraction_digits = 6;
    }
    if (kind == PG_TIMETZ)
        (void)memcpy(spelling->shape.suffix, "+00", sizeof("+00"));
    if (zoned && moment->class == VALUE_INTEGER)
        spelling->class = VALUE_INTEGER;
    spelling->plain = kind == PG_INET || (kind == PG_UUID && (framework == FRAMEWORK_DJANGO ||
                                                              framework == FRAMEWORK_SQLALCHEMY ||
                                                              framework == FRAMEWORK_PEEWEE));
}

static void decide_moment(const struct spelling_votes *votes, struct spelling *spelling)
{
    const struct shape_votes *best = NULL;

    for (size_t i = 0; i < votes->shape_count; i++)
        if (best == NULL || votes->shapes[i].count > best->count)
            best = &votes->shapes[i];
    if (best == NULL)
        return;
    spelling->shape = best->shape;
    spelling->fraction_digits = best->most;
    if (best->shortened)
        spelling->fraction = FRACTION_SHORTEST;
    else if (best->bare && best->most > 0)
        spelling->fraction = FRACTION_IF_ANY;
    else
        spelling->fraction = FRACTION_FIXED;
}

/* The other word of a pair, of which only one has been seen. */
static void complete_words(struct spelling *spelling)
{
    static const char *const pairs[][2] = {
        {"t", "f"},        {"true", "false"}, {"T", "F"},    {"TRUE", "FALSE"}, {"y", "n"},
        {"yes", "no"},     {"Y", "N"},        {"YES", "NO"}, {"on", "off"},     {"ON", "OFF"},
        {"True", "False"}, {"Yes", "No"},     {"1", "0"}};

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        if (spelling->no[0] == '\0' && strcmp(spelling->yes, pairs[i][0]) == 0)
            (void)memcpy(spelling->no, pairs[i][1], strlen(pairs[i][1]) + 1);
        else if (spelling->yes[0] == '\0' && strcmp(spelling->no, pairs[i][1]) == 0)
            (void)memcpy(spelling->yes, pairs[i][0], strlen(pairs[i][0]) + 1);
    }
}

void spelling_decide(const struct spelling_votes *votes, enum pg_kind kind, enum framework_id framework,
                     struct spelling *spelling)
{
    int64_t most = 0;

    *spelling = (struct spelling){.class = VALUE_NULL, .between = ':'};
    decide_unseen(kind, framework, spelling);
    for (int class = VALUE_INTEGER; class <= VALUE_BLOB; class ++)
        if (votes->classes[class] > most) {
            most = votes->classes[class];
            spelling->class = (enum value_kind) class;
        }
    if (most == 0)
        return;
    decide_moment(votes, spelling);
    (void)memcpy(spelling->yes, votes->yes, sizeof(votes->yes));
    (void)memcpy(spelling->no, votes->no, sizeof(votes->no));
    complete_words(spelling);
    if (votes->plain + votes->dashed > 0)
        spelling->plain = votes->plain > votes->dashed;
    spelling->between = votes->dashed > votes->colons ? '-' : ':';
    spelling->upper = votes->upper > votes->lower;
    spelling->tight = votes->tight > votes->spaced;
    spelling->escaped = votes->escaped > 0 && votes->raw == 0;
}
