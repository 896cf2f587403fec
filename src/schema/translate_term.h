/*
 * translate_term.h: what the translator's parts share.  Nobody else includes it but its tests.
 *
 * A tree is translated bottom-up.  Each node becomes a term: the SQL text, its type on PostgreSQL, and what
 * SQLite's own rules need to know (storage class, affinity, collation).  Conversions that SQLite makes
 * silently are made here explicitly, or the whole is refused.
 */
#ifndef PGRADE_SCHEMA_TRANSLATE_TERM_H
#define PGRADE_SCHEMA_TRANSLATE_TERM_H

#include "schema/translate.h"

/* How tightly the text binds: PostgreSQL's documentation, "Operator Precedence". */
enum level {
    LEVEL_ATOM,
    LEVEL_CAST,    /* x::type */
    LEVEL_SIGN,    /* -x */
    LEVEL_COLLATE, /* x COLLATE "C" */
    LEVEL_OPERATOR,
    LEVEL_COMPARE,
    LEVEL_NOT,
    LEVEL_AND,
    LEVEL_OR
};

/* What SQLite's value is, as far as it is known before running: its storage class, or less. */
enum storage {
    STORAGE_INTEGER,
    STORAGE_REAL,
    STORAGE_NUMBER, /* INTEGER or REAL, by value: a column of NUMERIC affinity */
    STORAGE_TEXT,
    STORAGE_BLOB,
    STORAGE_OTHER /* lost: dates, uuid, json; and texts of a column that keeps numbers as such too */
};

/* Types that compare with one another by one rule. */
enum family {
    FAMILY_BOOLEAN,
    FAMILY_NUMBER,
    FAMILY_TEXT,
    FAMILY_BLOB,
    FAMILY_MOMENT,
    FAMILY_UUID,
    FAMILY_ENUM,
    FAMILY_EXTRACT, /* out of JSON: see json */
    FAMILY_OTHER,
    FAMILY_COUNT
};

enum form {
    FORM_EXPRESSION,
    FORM_NULL,     /* the literal */
    FORM_CONSTANT, /* a literal of `storage`: see integer, real, bytes */
    FORM_NOW       /* the current date or time: see now */
};

enum collation {
    COLLATION_NONE, /* the term brings none, so the other side decides */
    COLLATION_BINARY,
    COLLATION_NOCASE,
    COLLATION_RTRIM
};

/* What comes out of JSON has no type before its value is seen: only what says so takes it. */
enum json_form {
    JSON_NONE,
    JSON_PART, /* of operator ->: json or jsonb */
    JSON_VALUE /* of json_extract() and ->>: jsonb, NULL for null */
};

enum now_what {
    NOW_DATE,
    NOW_TIME,
    NOW_TIMESTAMP,
    NOW_INSTANT, /* as NOW_TIMESTAMP, written with a T, a Z or milliseconds */
    NOW_EPOCH,   /* seconds since 1970 */
    NOW_JULIAN,  /* julian day */
    NOW_OTHER    /* a text of another form */
};

struct term {
    struct str sql;
    enum level level;
    enum form form;
    enum storage storage;
    struct pg_type type;
    enum affinity affinity;
    enum collation collation;
    bool collation_explicit; /* by COLLATE, which wins over a column's */
    int time_unit;
    int64_t integer;
    double real;
    struct str bytes;
    enum now_what now;
    int now_length; /* characters of its text */
    enum json_form json;
    struct str instant;     /* of the text of a date or time (see now): its timestamp */
    bool drifts;            /* that depends on the current time */
    struct str whole;       /* of a text of digits alone: the same as a bigint */
    const char *instant_of; /* the `sql` that it belongs to: a term that was written anew has none */
};

struct query; /* translate_query.h */
struct select_state;

struct translator {
    const struct translate_scope *scope;
    struct arena *arena;
    struct err *err;
    bool collates; /* a COLLATE is somewhere in the expression */
    bool draws;    /* a random value is somewhere in the expression */
    bool too_long; /* a text grew past all reason: terms that repeat their operands double it each time */
    struct query *query;         /* within a SELECT; else NULL */
    struct select_state *select; /* likewise */
};

/* ---- terms: translate_term.c ---- */

/* Sets ERR_DECISION: `format` names what has no translation, `why` the reason.  Always false. */
bool refuse(struct translator *tr, const char *why, const char *format, ...) PRINTF_LIKE(3, 4);

struct term term_make(struct translator *tr, enum pg_kind kind, enum storage storage, enum level level,
                      const char *format, ...) PRINTF_LIKE(5, 6);
struct term term_null(void);
bool term_of_column(struct translator *tr, const struct translate_column *column,
                    struct term *out) MUST_USE; /* by its bare name */
/* Comparisons are written out as SQLite makes them, so each starts from a text that compares by bytes. */
void term_make_plain(struct translator *tr, const struct translate_column *column, struct term *term);
struct term term_integer(struct translator *tr, int64_t value);
struct term term_real(struct translator *tr, double value);
bool term_text(struct translator *tr, struct str text, struct term *out) MUST_USE; /* refuses bad UTF-8 */
struct term term_blob(struct translator *tr, struct str bytes);
struct term term_boolean(struct translator *tr, bool value); /* PostgreSQL's true or false */

enum family term_family(const struct term *term);
const char *family_name(enum family family);
bool term_is_constant(const struct term *term, enum storage storage);
bool term_is_number_constant(const struct term *term);
bool term_is_time(const struct term *term); /* a text of a date or time: see now */
bool term_is_flag(const struct term *term); /* the integer 0 or 1, written as a literal */

/* The text, in brackets when it binds less tightly than `level`. */
struct str term_sql(struct translator *tr, const struct term *term, enum level level);
struct str term_cast(struct translator *tr, const struct term *term, const char *type); /* x::type */

/* Change the term to what is asked for, or refuse in the name of `what`.  NULLs stay. */
bool term_to_number(struct translator *tr, struct term *term, const char *what) MUST_USE;
/* A number as arithmetic takes it: within a SELECT a text too, by the number at its start. */
bool term_to_operand(struct translator *tr, struct term *term, const char *what) MUST_USE;
/* ---- translate_numeral.c: for texts that are expressions; NULLs stay ---- */

/* The number at the start of the text, 0 where there is none; as a double, in which SQLite's arithmetic goes
 * on, and infinite where it is too great for one. */
void number_at_start(struct translator *tr, struct term *term);

/* The digits at the start of a text; sqlite3Atoi64() gives the nearest of what does not fit. */
void integer_at_start(struct translator *tr, struct term *term);

/* The number that the whole text is, and NULL where it is none: a double (`real`), or exactly. */
struct str number_of_whole_text(struct translator *tr, const struct term *term, bool real);

/* A text of digits alone as the number that arithmetic and CAST make of it: a year, the seconds since 1970.
 */
void term_read_digits(struct translator *tr, struct term *term);
bool term_to_integer(struct translator *tr, struct term *term, const char *what) MUST_USE;
bool term_to_text(struct translator *tr, struct term *term, const char *what) MUST_USE;
bool term_to_condition(struct translator *tr, struct term *term) MUST_USE;
void term_to_double(struct translator *tr, struct term *term); /* a number only */
bool term_to_blob(struct translator *tr, struct term *term,
                  const char *what) MUST_USE; /* its bytes in UTF-8 */

/* What COLLATE makes of the term. */
bool term_collate(struct translator *tr, const struct expr *collate, struct term *term) MUST_USE;

/* translate_unify.c: one type for all, as the branches of a CASE need it; the result's type and storage are
 * in `result`. */
bool terms_unify(struct translator *tr, struct term *terms, size_t count, const char *what,
                 struct term *result) MUST_USE;

/* ---- literals: translate_literal.c ---- */

/* A text that SQLite's numeric affinity turns into a number, as an INTEGER or REAL constant. */
bool number_from_text(struct translator *tr, struct str text, struct term *number);

/* The shortest decimal that reads back as the same double; never without a point or an exponent. */
struct str real_text(struct arena *arena, double value);

/* The constant as a value of the type: docs/values.md.  A refusal names the type. */
bool constant_to_type(struct translator *tr, const struct term *constant, const struct pg_type *type,
                      struct term *out) MUST_USE;

bool json_is_valid(struct str text, bool binary);

/* ---- dates and times: translate_moment.c, translate_time.c ---- */

/* A text of docs/values.md, "Dates and times in TEXT". */
struct moment {
    struct str date; /* YYYY-MM-DD; NULL ptr: a time of day alone */
    struct str time; /* HH:MM[:SS[.f]] without zeros at the end of the fraction; NULL ptr: a date alone */
    int digits;      /* of that fraction */
    bool midnight;
    bool offset; /* Z or a zero offset was written; others are not taken */
};
bool translate_moment(struct str text, struct moment *moment);

/* A literal of that type, or a refusal. */
bool moment_constant(struct translator *tr, struct str text, const struct pg_type *type,
                     struct term *out) MUST_USE;

/* A number of the unit (the plan's, 1 to 3: seconds, milliseconds, microseconds since 1970) as a moment;
 * false: out of the years 1 to 9999. */
bool epoch_constant(struct translator *tr, int64_t number, int unit, enum pg_kind kind,
                    struct term *out) MUST_USE;

/* A DEFAULT that counts the time until now in seconds or milliseconds, in a column of timestamps; false: the
 * expression is none. */
bool now_count(struct translator *tr, const struct expr *expr, const struct pg_type *type, struct term *out);

bool time_function(struct translator *tr, const char *name, struct term *args, size_t count,
                   struct term *out) MUST_USE;
bool now_term(struct translator *tr, struct str keyword, struct term *out) MUST_USE;

/* `whole`: to the second, as SQLite's own text is; else with the fraction that the server keeps. */
bool now_to_type(struct translator *tr, const struct term *now, const struct pg_type *type, bool whole,
                 struct term *out) MUST_USE;

/* ---- comparisons: translate_compare.c, translate_match.c ---- */

enum comparison {
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_EQUAL,
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_IS,
    COMPARE_IS_NOT
};

/* Makes the two comparable as SQLite compares them: affinity, collation, types. */
bool terms_match(struct translator *tr, enum comparison comparison, struct term *left,
                 struct term *right) MUST_USE;

/* NOCASE and RTRIM call texts equal that are not the same. */
bool folds_texts(enum collation collation);

/* A text as such a collation compares it. */
bool term_fold(struct translator *tr, enum collation collation, struct term *term) MUST_USE;

bool compare_terms(struct translator *tr, enum comparison comparison, struct term left, struct term right,
                   struct term *out) MUST_USE;
bool translate_comparison(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_between(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_in(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_like(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

/* ---- random values: translate_function_random.c ---- */

/* A text of random digits, such as lower(hex(randomblob(16))); false: the expression is none. */
bool random_text(struct translator *tr, const struct expr *expr, struct term *out);

/* Likewise, where it has the shape of a UUID, as a value of that type. */
bool random_uuid(struct translator *tr, const struct expr *expr, struct term *out);

/* Refuses a translation that repeats a part that must be evaluated once. */
bool random_is_drawn_once(struct translator *tr, const struct expr *expr, const struct term *term) MUST_USE;

/* ---- the rest ---- */

bool translate_unary(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_binary(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_case(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                    struct term *out) MUST_USE;
bool translate_cast(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_function(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                        struct term *out) MUST_USE;
bool translate_node(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;
bool translate_condition(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

/* As translate_node(), for those who take values out of JSON, too. */
bool translate_operand(struct translator *tr, const struct expr *expr, struct term *out) MUST_USE;

/* translate_store.c: the expression, or the term, as a value of the type, as it is stored in a column. */
bool translate_as(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                  struct term *out) MUST_USE;
bool term_store(struct translator *tr, struct term *term, const struct pg_type *type) MUST_USE;

/* Whether the function hands the wanted type to its arguments, as CASE does. */
bool function_takes_type(const struct expr *expr);

/* The i-th name in the table of functions, so that a test can ask docs/translation.md for it; NULL after the
 * last. */
const char *translate_function_name(size_t i);

#endif
