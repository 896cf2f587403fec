/*
 * substr(): substrFunc() in SQLite's func.c.  A start below 0 counts from the end; a length below 0 takes
 * what stands before the start.  PostgreSQL's takes the places from the start on, also those before the
 * first, which hold nothing: so both come down to a start and a length of 0 or more.
 */
#include <string.h>

#include "schema/translate_call.h"

/* Never below 0: a length, a place, a remainder of an absolute value. */
static bool is_natural(const struct expr *expr)
{
    if (expr->kind == EXPR_INTEGER)
        return expr->integer >= 0 && expr->integer <= INT32_MAX;
    if (expr->kind == EXPR_BINARY && strcmp(expr->op, "+") == 0)
        return is_natural(expr->items[0]) && is_natural(expr->items[1]);
    if (expr->kind == EXPR_BINARY && strcmp(expr->op, "%") == 0)
        return is_natural(expr->items[0]);
    return expr->kind == EXPR_FUNCTION &&
           (str_is_nocase(expr->name, "instr") || str_is_nocase(expr->name, "length") ||
            (str_is_nocase(expr->name, "abs") && expr->item_count == 1));
}

/* As PostgreSQL's integer, which its substr() takes. */
static bool to_place(struct translator *tr, struct term *term, const char *what)
{
    if (!term_to_integer(tr, term, what))
        return false;
    if (term->form == FORM_CONSTANT && (term->integer > INT32_MAX || term->integer < -INT32_MAX))
        return refuse(tr, "it counts beyond 2,147,483,647", "%s", what);
    if (term->form == FORM_EXPRESSION && term->type.kind != PG_INT4) {
        term->sql = term_cast(tr, term, "integer");
        term->level = LEVEL_CAST;
        term->type = pg_type_of(PG_INT4);
    }
    return true;
}

/* The first place, from 1 on or before it. */
static struct str start_of(struct translator *tr, const struct call *call)
{
    const struct term *start = &call->args[1];
    struct str text = call->args[0].sql;
    struct str place = term_sql(tr, start, LEVEL_SIGN);

    if (start->form == FORM_CONSTANT && start->integer < 0)
        return str_printf(tr->arena, "length(%.*s) - %lld", STR_ARGS(text), (long long)-start->integer - 1);
    if (start->form == FORM_CONSTANT || is_natural(call->expr->items[1]))
        return start->sql;
    return str_printf(tr->arena, "CASE WHEN %.*s < 0 THEN length(%.*s) + %.*s + 1 ELSE %.*s END",
                      STR_ARGS(place), STR_ARGS(text), STR_ARGS(place), STR_ARGS(start->sql));
}

static struct str from_start(struct translator *tr, const struct call *call, bool blob)
{
    const struct term *start = &call->args[1];
    struct str text = call->args[0].sql;

    if (!blob && start->form == FORM_CONSTANT && start->integer < 0)
        return str_printf(tr->arena, "right(%.*s, %lld)", STR_ARGS(text), (long long)-start->integer);
    if (start->form == FORM_CONSTANT || is_natural(call->expr->items[1]))
        return str_printf(tr->arena, "substr(%.*s, %.*s)", STR_ARGS(text), STR_ARGS(start_of(tr, call)));
    /* "All" is SQLITE_MAX_LENGTH: what begins further before the text does not reach it. */
    return str_printf(tr->arena, "substr(%.*s, %.*s, 1000000000)", STR_ARGS(text),
                      STR_ARGS(start_of(tr, call)));
}

static struct str with_length(struct translator *tr, const struct call *call)
{
    const struct term *length = &call->args[2];
    struct str start = start_of(tr, call);
    struct str count = length->sql;

    if (length->form == FORM_CONSTANT ? length->integer >= 0 : is_natural(call->expr->items[2]))
        return str_printf(tr->arena, "substr(%.*s, %.*s, %.*s)", STR_ARGS(call->args[0].sql), STR_ARGS(start),
                          STR_ARGS(length->sql));
    if (length->form == FORM_CONSTANT)
        return str_printf(tr->arena, "substr(%.*s, %.*s - %lld, %lld)", STR_ARGS(call->args[0].sql),
                          STR_ARGS(start), (long long)-length->integer, (long long)-length->integer);
    return str_printf(tr->arena, "substr(%.*s, %.*s + least(%.*s, 0), abs(%.*s))",
                      STR_ARGS(call->args[0].sql), STR_ARGS(start), STR_ARGS(count), STR_ARGS(count));
}

bool call_substring(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *text = &call->args[0];
    bool blob = term_family(text) == FAMILY_BLOB;

    if (!blob && !term_to_text(tr, text, call->what))
        return false;
    /* Of an empty blob there is no part at all, not even an empty one. */
    if (blob)
        text->sql = str_printf(tr->arena, "nullif(%.*s, '')", STR_ARGS(text->sql));
    for (size_t i = 1; i < call->count; i++)
        if (!to_place(tr, &call->args[i], call->what))
            return false;
    *out = term_make(tr, blob ? PG_BYTEA : PG_TEXT, blob ? STORAGE_BLOB : STORAGE_TEXT, LEVEL_ATOM, "%.*s",
                     STR_ARGS(call->count == 3 ? with_length(tr, call) : from_start(tr, call, blob)));
    return true;
}
