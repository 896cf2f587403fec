#include <math.h>
#include <string.h>

#include "schema/translate_json.h"

/* ---- arithmetic ---- */

static bool is_integer(const struct term *term)
{
    return term->storage == STORAGE_INTEGER && pg_kind_is_integer(term->type.kind);
}

static bool constant_value_is(const struct term *term, int64_t value)
{
    return term_is_constant(term, STORAGE_INTEGER) && term->integer == value;
}

/* SQLite reckons in 64 bits: one operand of that width makes PostgreSQL do so too. */
static void widen(struct translator *tr, struct term *left, struct term *right)
{
    struct term *chosen = left->form == FORM_CONSTANT && right->form != FORM_CONSTANT ? right : left;

    if (left->type.kind == PG_INT8 || right->type.kind == PG_INT8)
        return;
    chosen->sql = term_cast(tr, chosen, "bigint");
    chosen->level = LEVEL_CAST;
    chosen->type = pg_type_of(PG_INT8);
}

static bool may_be_zero(const struct term *term)
{
    if (term->form != FORM_CONSTANT)
        return true;
    return term->storage == STORAGE_REAL ? term->real == 0 : term->integer == 0;
}

/* Division by zero is NULL in SQLite and an error in PostgreSQL. */
static struct str divisor(struct translator *tr, const struct term *term)
{
    return str_printf(tr->arena, "nullif(%.*s, 0)", STR_ARGS(term->sql));
}

static void binary(struct translator *tr, char op, const struct term *left, const struct term *right,
                   bool guarded, struct term *out)
{
    *out = term_make(tr, out->type.kind, out->storage, LEVEL_OPERATOR, "%.*s %c %.*s",
                     STR_ARGS(term_sql(tr, left, LEVEL_SIGN)), op,
                     STR_ARGS(guarded ? divisor(tr, right) : term_sql(tr, right, LEVEL_SIGN)));
}

static void integer_arithmetic(struct translator *tr, char op, struct term *left, struct term *right,
                               struct term *out)
{
    bool overflows = op != '%' && (op != '/' || right->form != FORM_CONSTANT || right->integer == -1);
    bool guarded = (op == '/' || op == '%') && may_be_zero(right);
    bool wide;

    if (overflows)
        widen(tr, left, right);
    wide = left->type.kind == PG_INT8 || right->type.kind == PG_INT8;
    *out = (struct term){.type = pg_type_of(wide ? PG_INT8 : PG_INT4), .storage = STORAGE_INTEGER};
    binary(tr, op, left, right, guarded, out);
}

static bool real_arithmetic(struct translator *tr, char op, struct term *left, struct term *right,
                            struct term *out)
{
    bool real = left->storage == STORAGE_REAL || right->storage == STORAGE_REAL;
    bool bare = (left->type.kind == PG_FLOAT8 && left->form != FORM_CONSTANT) ||
                (right->type.kind == PG_FLOAT8 && right->form != FORM_CONSTANT);
    bool guarded = op == '/' && may_be_zero(right);

    if (op == '%')
        return refuse(tr, "its operands are not known to be integers", "operator %%");
    if (op == '/' && !real)
        return refuse(tr, "whether it divides whole numbers depends on how each value is stored",
                      "operator / on a numeric column");
    /* Beside a double, PostgreSQL converts the other operand by itself; float4 would stay narrow. */
    if (!bare || left->type.kind == PG_FLOAT4)
        term_to_double(tr, left);
    if (!bare || right->type.kind == PG_FLOAT4)
        term_to_double(tr, right);
    *out = (struct term){.type = pg_type_of(PG_FLOAT8), .storage = real ? STORAGE_REAL : STORAGE_NUMBER};
    binary(tr, op, left, right, guarded, out);
    return true;
}

static bool arithmetic(struct translator *tr, const char *op, struct term *operands, struct term *out)
{
    struct term *left = &operands[0];
    struct term *right = &operands[1];
    char what[16] = "operator ";

    what[9] = op[0];
    term_read_digits(tr, left);
    term_read_digits(tr, right);
    if (left->form == FORM_NULL || right->form == FORM_NULL ||
        ((op[0] == '/' || op[0] == '%') && constant_value_is(right, 0))) {
        *out = term_null();
        return true;
    }
    if (!term_to_operand(tr, left, what) || !term_to_operand(tr, right, what))
        return false;
    if (!is_integer(left) || !is_integer(right))
        return real_arithmetic(tr, op[0], left, right, out);
    integer_arithmetic(tr, op[0], left, right, out);
    return true;
}

static bool concatenate(struct translator *tr, const char *op, struct term *operands, struct term *out)
{
    (void)op;
    if (operands[0].form == FORM_NULL || operands[1].form == FORM_NULL) {
        *out = term_null();
        return true;
    }
    if (!term_to_text(tr, &operands[0], "operator ||") || !term_to_text(tr, &operands[1], "operator ||"))
        return false;
    *out = term_make(tr, PG_TEXT, STORAGE_TEXT, LEVEL_OPERATOR, "%.*s || %.*s",
                     STR_ARGS(term_sql(tr, &operands[0], LEVEL_OPERATOR)),
                     STR_ARGS(term_sql(tr, &operands[1], LEVEL_SIGN)));
    return true;
}

static bool bitwise(struct translator *tr, const char *op, struct term *operands, struct term *out)
{
    bool shift = op[1] != '\0';
    const char *what = str_printf(tr->arena, "operator %s", op).ptr;

    if (operands[0].form == FORM_NULL || operands[1].form == FORM_NULL) {
        *out = term_null();
        return true;
    }
    if (!term_to_integer(tr, &operands[0], what) || !term_to_integer(tr, &operands[1], what))
        return false;
    /* PostgreSQL takes the distance modulo 64; SQLite shifts everything out, and backwards by a negative. */
    if (shift && (operands[1].form != FORM_CONSTANT || operands[1].integer < 0 || operands[1].integer > 63))
        return refuse(tr, "its distance is not a literal from 0 to 63", "%s", what);
    if (shift && operands[0].type.kind != PG_INT8) {
        operands[0].sql = term_cast(tr, &operands[0], "bigint");
        operands[0].level = LEVEL_CAST;
        operands[0].type = pg_type_of(PG_INT8);
    }
    *out = term_make(
        tr, operands[0].type.kind == PG_INT8 || operands[1].type.kind == PG_INT8 ? PG_INT8 : PG_INT4,
        STORAGE_INTEGER, LEVEL_OPERATOR, "%.*s %s %.*s", STR_ARGS(term_sql(tr, &operands[0], LEVEL_SIGN)), op,
        STR_ARGS(term_sql(tr, &operands[1], LEVEL_SIGN)));
    return true;
}

static bool logic(struct translator *tr, const char *op, struct term *operands, struct term *out)
{
    enum level level = op[0] == 'A' ? LEVEL_AND : LEVEL_OR;

    if (!term_to_condition(tr, &operands[0]) || !term_to_condition(tr, &operands[1]))
        return false;
    *out = term_make(tr, PG_BOOL, STORAGE_INTEGER, level, "%.*s %s %.*s",
                     STR_ARGS(term_sql(tr, &operands[0], level)), op,
                     STR_ARGS(term_sql(tr, &operands[1], level)));
    return true;
}

static const struct {
    const char *op;
    bool (*handler)(struct translator *tr, const char *op, struct term *operands, struct term *out);
} binaries[] = {
    {"+", arithmetic}, {"-", arithmetic},   {"*", arithmetic}, {"/", arithmetic},
    {"%", arithmetic}, {"||", concatenate}, {"&", bitwise},    {"|", bitwise},
    {"<<", bitwise},   {">>", bitwise},     {"AND", logic},    {"OR", logic},
};

bool translate_binary(struct translator *tr, const struct expr *expr, struct term *out)
{
    struct term operands[2];

    if (strncmp(expr->op, "->", 2) == 0)
        return translate_arrow(tr, expr, out);
    for (size_t i = 0; i < ARRAY_LENGTH(binaries); i++) {
        if (strcmp(expr->op, binaries[i].op) != 0)
            continue;
        if (!translate_node(tr, expr->items[0], &operands[0]) ||
            !translate_node(tr, expr->items[1], &operands[1]))
            return false;
        return binaries[i].handler(tr, expr->op, operands, out);
    }
    return translate_comparison(tr, expr, out);
}

/* ---- unary ---- */

static void minus_expression(struct translator *tr, struct term *term)
{
    if (term->type.kind == PG_INT2 || term->type.kind == PG_INT4) {
        term->sql = term_cast(tr, term, "bigint");
        term->level = LEVEL_CAST;
        term->type = pg_type_of(PG_INT8);
    }
    term->sql = str_printf(tr->arena, "-%.*s", STR_ARGS(term_sql(tr, term, LEVEL_CAST)));
    term->level = LEVEL_SIGN;
    term->form = FORM_EXPRESSION;
}

static bool minus(struct translator *tr, const struct expr *operand, struct term *term)
{
    if (!term_to_number(tr, term, "operator -"))
        return false;
    /* Too large for an INTEGER without its sign, so it was read as a REAL. */
    if (operand->kind == EXPR_REAL && str_is(operand->text, "9223372036854775808"))
        *term = term_integer(tr, INT64_MIN);
    else if (term_is_constant(term, STORAGE_INTEGER) && term->integer != INT64_MIN)
        *term = term_integer(tr, -term->integer);
    else if (term_is_constant(term, STORAGE_INTEGER))
        *term = term_real(tr, 9223372036854775808.0);
    else if (term_is_constant(term, STORAGE_REAL))
        *term = term_real(tr, -term->real);
    else
        minus_expression(tr, term);
    return true;
}

static bool complement(struct translator *tr, struct term *term)
{
    if (!term_to_integer(tr, term, "operator ~"))
        return false;
    /* Unlike a sign, PostgreSQL's ~ binds less tightly than arithmetic. */
    *term = term_make(tr, term->type.kind, STORAGE_INTEGER, LEVEL_OPERATOR, "~ %.*s",
                      STR_ARGS(term_sql(tr, term, LEVEL_ATOM)));
    return true;
}

static bool negation(struct translator *tr, struct term *term)
{
    if (!term_to_condition(tr, term))
        return false;
    *term = term_make(tr, PG_BOOL, STORAGE_INTEGER, LEVEL_NOT, "NOT %.*s",
                      STR_ARGS(term_sql(tr, term, LEVEL_ATOM)));
    return true;
}

bool translate_unary(struct translator *tr, const struct expr *expr, struct term *out)
{
    bool done = true;

    if (!translate_node(tr, expr->items[0], out))
        return false;
    if (strcmp(expr->op, "NOT") == 0)
        return negation(tr, out);
    if (out->form != FORM_NULL && strcmp(expr->op, "-") == 0)
        done = minus(tr, expr->items[0], out);
    if (out->form != FORM_NULL && strcmp(expr->op, "~") == 0)
        done = complement(tr, out);
    /* Even a plus takes the affinity away. */
    out->affinity = AFFINITY_BLOB;
    return done;
}
