/*
 * The number that SQLite reads at the start of a text: sqlite3AtoF() and sqlite3Atoi64() of its util.c.
 *
 * All patterns stand here, once.  They are written for E'...', where every backslash is two.
 */
#include "schema/translate_term.h"

#define SPACE   "[ \\\\t\\\\n\\\\v\\\\f\\\\r]*"
#define WHOLE   "[-+]?[0-9]+"
#define NUMERAL "[-+]?(?:[0-9]+\\\\.?[0-9]*|\\\\.[0-9]+)(?:[eE][-+]?[0-9]+)?"

/* What may lie beyond the range of a double, where PostgreSQL's input of it stops with an error. */
#define WIDE "E'[0-9]{100}|[eE][-+]?[0-9]{3}'"

/* An exponent that PostgreSQL's numeric may not take either; 9999 is as far beyond every double. */
#define EXPONENT "E'([eE][-+]?)0*[1-9][0-9]{4,}', E'\\\\19999'"

/* From halfway between the greatest double and the next power of two on, and up to half the smallest. */
#define INFINITE "1.797693134862315807937e308"
#define NOTHING  "2.4703282292062327e-324"

/* After so many decimals a double is zero. */
#define DECIMALS "323"

/* The text has a numeral of any size at its start; as a double. */
static struct str wide_number(struct translator *tr, struct str text)
{
    struct str number = str_printf(tr->arena,
                                   "regexp_replace(coalesce(substring(%.*s from E'^" SPACE "(" NUMERAL
                                   ")'), '0'), " EXPONENT ")::numeric",
                                   STR_ARGS(text));

    return str_printf(tr->arena,
                      "CASE WHEN abs(%.*s) >= " INFINITE " THEN sign(%.*s)::double precision * "
                      "'Infinity'::double precision WHEN abs(%.*s) > " NOTHING
                      " THEN %.*s::double precision ELSE 0 END",
                      STR_ARGS(number), STR_ARGS(number), STR_ARGS(number), STR_ARGS(number));
}

void number_at_start(struct translator *tr, struct term *term)
{
    struct str text = term->sql;
    struct str operand = term_sql(tr, term, LEVEL_OPERATOR);

    *term = term_make(tr, PG_FLOAT8, STORAGE_NUMBER, LEVEL_ATOM,
                      "CASE WHEN %.*s ~ " WIDE " THEN %.*s WHEN %.*s IS NOT NULL THEN "
                      "coalesce(substring(%.*s from E'^" SPACE "(" NUMERAL ")')::double precision, 0) END",
                      STR_ARGS(operand), STR_ARGS(wide_number(tr, text)), STR_ARGS(operand), STR_ARGS(text));
}

void integer_at_start(struct translator *tr, struct term *term)
{
    struct str text = term_sql(tr, term, LEVEL_CAST);

    *term = term_make(tr, PG_INT8, STORAGE_INTEGER, LEVEL_ATOM,
                      "CASE WHEN %.*s IS NULL THEN NULL ELSE least(greatest(coalesce(substring(%.*s COLLATE "
                      "\"C\", E'^" SPACE "(" WHOLE ")'), '0')::numeric, "
                      "-9223372036854775808), 9223372036854775807)::bigint END",
                      STR_ARGS(text), STR_ARGS(text));
}

/* Whole numbers as they are; a fraction as the double that SQLite makes of it. */
static struct str exact_number(struct translator *tr, struct str text, struct str operand, struct str plain)
{
    return str_printf(tr->arena,
                      "CASE WHEN %.*s ~ E'^" SPACE WHOLE SPACE "$' THEN %.*s::numeric WHEN %.*s ~ " WIDE
                      " THEN round(regexp_replace(%.*s, " EXPONENT ")::numeric, " DECIMALS
                      ") ELSE %.*s::double precision::text::numeric END",
                      STR_ARGS(operand), STR_ARGS(text), STR_ARGS(operand), STR_ARGS(plain), STR_ARGS(text));
}

struct str number_of_whole_text(struct translator *tr, const struct term *term, bool real)
{
    struct str operand = term_sql(tr, term, LEVEL_OPERATOR);
    struct term number = *term;

    if (real)
        number_at_start(tr, &number);
    else
        number.sql = exact_number(tr, term_sql(tr, term, LEVEL_CAST), operand, term->sql);
    return str_printf(tr->arena, "CASE WHEN %.*s ~ E'^" SPACE NUMERAL SPACE "$' THEN %.*s END",
                      STR_ARGS(operand), STR_ARGS(number.sql));
}
