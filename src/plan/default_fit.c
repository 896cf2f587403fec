#include "plan/default_fit.h"

#include <math.h>
#include <string.h>

#include "base/attributes.h"

enum {
    REAL_CHARACTERS = 24, /* -1.7976931348623157e+308 */
    ESCAPED = 6           /* \u0001: what a character of JSON may take */
};

static const double UNKNOWN = -1;

/* The most that an expression can be; UNKNOWN where nothing is known. */
struct extent {
    double characters; /* of its text */
    double magnitude;  /* of its number */
    bool integer;      /* it is certainly one */
    bool bytes;        /* it is certainly a blob, of so many "characters" */
};

static struct extent extent_of(const struct expr *expr);

static const struct extent unknown = {.characters = UNKNOWN, .magnitude = UNKNOWN};

static struct extent of_text(double characters)
{
    return (struct extent){.characters = characters, .magnitude = UNKNOWN};
}

static struct extent of_integer(double magnitude)
{
    return (struct extent){.characters = magnitude < 10 ? 2 : floor(log10(magnitude)) + 2,
                           .magnitude = magnitude,
                           .integer = true};
}

static struct extent of_number(bool integer, double magnitude)
{
    if (integer && magnitude != UNKNOWN)
        return of_integer(magnitude);
    return (struct extent){.characters = REAL_CHARACTERS, .magnitude = magnitude, .integer = integer};
}

/* UNKNOWN when one of them is. */
static double sum(double a, double b)
{
    return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a + b;
}

static double larger(double a, double b)
{
    return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : fmax(a, b);
}

static struct extent either(struct extent a, struct extent b)
{
    return (struct extent){.characters = larger(a.characters, b.characters),
                           .magnitude = larger(a.magnitude, b.magnitude),
                           .integer = a.integer && b.integer,
                           .bytes = a.bytes && b.bytes};
}

static double characters_of(struct str text)
{
    double count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* ---- operators ---- */

static double computed(const char *op, double left, double right)
{
    if (strcmp(op, "%") == 0)
        return right;
    if (left == UNKNOWN || right == UNKNOWN)
        return UNKNOWN;
    return strcmp(op, "*") == 0 ? left * right : left + right;
}

static struct extent of_binary(const struct expr *expr)
{
    struct extent left = extent_of(expr->items[0]);
    struct extent right = extent_of(expr->items[1]);

    if (strcmp(expr->op, "||") == 0)
        return of_text(sum(left.characters, right.characters));
    if (strcmp(expr->op, "+") == 0 || strcmp(expr->op, "-") == 0 || strcmp(expr->op, "*") == 0 ||
        strcmp(expr->op, "%") == 0)
        return of_number(left.integer && right.integer, computed(expr->op, left.magnitude, right.magnitude));
    return strcmp(expr->op, "->") == 0 || strcmp(expr->op, "->>") == 0 ? unknown : of_number(false, UNKNOWN);
}

static struct extent of_unary(const struct expr *expr)
{
    struct extent operand = extent_of(expr->items[0]);

    if (strcmp(expr->op, "-") == 0 || strcmp(expr->op, "+") == 0)
        return of_number(operand.integer, operand.magnitude);
    return of_number(true, UNKNOWN);
}

static struct extent of_case(const struct expr *expr)
{
    struct extent found = expr->otherwise != NULL ? extent_of(expr->otherwise) : of_integer(0);

    for (size_t i = 1; i < expr->item_count; i += 2)
        found = either(found, extent_of(expr->items[i]));
    return found;
}

/* ---- functions ---- */

static struct extent of_random(const struct expr *expr)
{
    (void)expr;
    return of_integer(9223372036854775807.0);
}

static struct extent of_bytes(const struct expr *expr)
{
    if (expr->item_count != 1 || expr->items[0]->kind != EXPR_INTEGER)
        return unknown;
    return (struct extent){
        .characters = fmax(1, (double)expr->items[0]->integer), .magnitude = UNKNOWN, .bytes = true};
}

static struct extent of_hex(const struct expr *expr)
{
    struct extent operand = expr->item_count == 1 ? extent_of(expr->items[0]) : unknown;

    if (operand.characters == UNKNOWN)
        return unknown;
    return of_text(operand.characters *
                   (operand.bytes || operand.integer ? 2 : 8)); /* a character: 4 bytes */
}

static struct extent of_first(const struct expr *expr)
{
    return expr->item_count > 0 ? of_text(extent_of(expr->items[0]).characters) : unknown;
}

static struct extent of_abs(const struct expr *expr)
{
    struct extent operand = expr->item_count == 1 ? extent_of(expr->items[0]) : unknown;

    return of_number(operand.integer, operand.magnitude);
}

static struct extent of_part(const struct expr *expr)
{
    struct extent whole = expr->item_count > 0 ? extent_of(expr->items[0]) : unknown;
    double count;

    if (expr->item_count != 3 || expr->items[2]->kind != EXPR_INTEGER)
        return of_text(whole.characters);
    count = fabs((double)expr->items[2]->integer);
    return of_text(whole.characters == UNKNOWN ? count : fmin(whole.characters, count));
}

static struct extent of_any(const struct expr *expr)
{
    struct extent found = expr->item_count > 0 ? extent_of(expr->items[0]) : unknown;

    for (size_t i = 1; i < expr->item_count; i++)
        found = either(found, extent_of(expr->items[i]));
    return found;
}

static struct extent of_json(const struct expr *expr)
{
    double characters = 2;

    for (size_t i = 0; i < expr->item_count; i++) {
        double part = extent_of(expr->items[i]).characters;

        characters = sum(characters, part == UNKNOWN ? UNKNOWN : part * ESCAPED + 4); /* null, or "", */
    }
    return of_text(characters);
}

static struct extent of_date(const struct expr *expr)
{
    (void)expr;
    return of_text(10);
}

static struct extent of_time(const struct expr *expr)
{
    (void)expr;
    return of_text(8);
}

static struct extent of_datetime(const struct expr *expr)
{
    (void)expr;
    return of_text(19);
}

/* Until 2038, as a column of integer holds it. */
static struct extent of_epoch(const struct expr *expr)
{
    (void)expr;
    return of_integer(2147483647);
}

static struct extent of_strftime(const struct expr *expr)
{
    struct str format = expr->item_count > 0 ? expr->items[0]->text : (struct str){NULL, 0};
    double characters = 0;

    if (expr->item_count == 0 || expr->items[0]->kind != EXPR_TEXT)
        return unknown;
    if (str_is(format, "%s"))
        return of_epoch(expr);
    for (size_t i = 0; i < format.len; i++, characters++)
        if (format.ptr[i] == '%' && ++i < format.len) /* %J 2459661.123456789, %s, %f 12.345, %Y, %j */
            characters += format.ptr[i] == 'J' ? 17 : format.ptr[i] == 's' ? 10 : 5;
    return of_text(characters);
}

static const struct {
    const char *name;
    struct extent (*extent)(const struct expr *expr);
} functions[] = {
    {"random", of_random},   {"randomblob", of_bytes}, {"zeroblob", of_bytes},    {"hex", of_hex},
    {"lower", of_first},     {"upper", of_first},      {"trim", of_first},        {"ltrim", of_first},
    {"rtrim", of_first},     {"abs", of_abs},          {"substr", of_part},       {"substring", of_part},
    {"coalesce", of_any},    {"ifnull", of_any},       {"json_object", of_json},  {"json_array", of_json},
    {"date", of_date},       {"time", of_time},        {"datetime", of_datetime}, {"strftime", of_strftime},
    {"unixepoch", of_epoch},
};

static struct extent of_function(const struct expr *expr)
{
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
        if (str_is_nocase(expr->name, functions[i].name))
            return functions[i].extent(expr);
    return unknown;
}

static struct extent extent_of(const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_NULL: return of_integer(0);
    case EXPR_INTEGER: return of_integer(fabs((double)expr->integer));
    case EXPR_REAL: return of_number(false, fabs(expr->real));
    case EXPR_BOOLEAN: return of_integer(1);
    case EXPR_TEXT: return of_text(characters_of(expr->text));
    case EXPR_BLOB:
        return (struct extent){.characters = (double)expr->text.len, .magnitude = UNKNOWN, .bytes = true};
    case EXPR_CURRENT: return of_datetime(expr);
    case EXPR_COLUMN: /* "x" is a string in a DEFAULT */ return of_text(characters_of(expr->name));
    case EXPR_UNARY: return of_unary(expr);
    case EXPR_BINARY: return of_binary(expr);
    case EXPR_CASE: return of_case(expr);
    case EXPR_COLLATE: return extent_of(expr->items[0]);
    case EXPR_FUNCTION: return of_function(expr);
    default: return unknown;
    }
}

/* ---- types ---- */

static double limit_of(const struct pg_type *type)
{
    if (type->kind == PG_INT2)
        return INT16_MAX;
    if (type->kind == PG_INT4)
        return INT32_MAX;
    if (type->kind == PG_NUMERIC && type->precision > 0)
        return pow(10, type->precision - type->scale) - 1;
    return INFINITY;
}

const char *default_excess(const struct expr *expr, const struct pg_type *type)
{
    struct extent extent = extent_of(expr);

    if ((type->kind == PG_VARCHAR || type->kind == PG_CHAR) && type->length > 0) {
        if (extent.characters == UNKNOWN)
            return "nothing says that it is not longer";
        return extent.characters > type->length ? "it can be longer" : NULL;
    }
    return extent.magnitude > limit_of(type) ? "it can be larger" : NULL;
}
