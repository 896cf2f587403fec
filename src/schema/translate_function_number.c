#include "schema/translate_call.h"

bool call_absolute(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *arg = &call->args[0];

    if (!term_to_number(tr, arg, call->what))
        return false;
    if (arg->type.kind == PG_INT2 || arg->type.kind == PG_INT4) {
        arg->sql = term_cast(tr, arg, "bigint");
        arg->type = pg_type_of(PG_INT8);
    }
    *out = call_of(tr, arg->type.kind, arg->storage, "abs", arg, 1);
    out->type = arg->type;
    return true;
}

bool call_sign(struct translator *tr, const struct call *call, struct term *out)
{
    if (!term_to_number(tr, &call->args[0], call->what))
        return false;
    *out = term_make(tr, PG_INT4, STORAGE_INTEGER, LEVEL_CAST, "sign(%.*s)::integer",
                     STR_ARGS(call->args[0].sql));
    return true;
}

bool call_whole_part(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *arg = &call->args[0];

    if (!term_to_number(tr, arg, call->what))
        return false;
    if (arg->storage == STORAGE_INTEGER) {
        *out = *arg;
        out->affinity = AFFINITY_BLOB;
        return true;
    }
    if (arg->type.kind != PG_NUMERIC)
        term_to_double(tr, arg);
    *out = call_of(tr, arg->type.kind, arg->storage, call->target, arg, 1);
    return true;
}

/* A column of so few digits that its doubles have the digits after the point as they are shown, and no more
 * of them than are asked for: rounding changes nothing. */
static bool keeps_all_digits(const struct term *arg, int64_t digits)
{
    return arg->form == FORM_EXPRESSION && arg->type.kind == PG_NUMERIC && arg->type.precision > 0 &&
           arg->type.precision <= 15 && arg->type.scale <= digits;
}

/* roundFunc() in SQLite's func.c: half away from zero, by adding 0.5; from 2^52 on there is no fraction. */
bool call_round(struct translator *tr, const struct call *call, struct term *out)
{
    struct term *arg = &call->args[0];
    bool integer;

    if (!term_to_number(tr, arg, call->what))
        return false;
    integer = arg->storage == STORAGE_INTEGER;
    if (call->count == 2 && !term_is_constant(&call->args[1], STORAGE_INTEGER))
        return refuse(tr, "its number of digits is not a literal", "%s", call->what);
    if (call->count == 2 && keeps_all_digits(arg, call->args[1].integer))
        integer = true;
    if (call->count == 2 && call->args[1].integer > 0 && !integer)
        return refuse(tr, "the last digit depends on the version of SQLite and on binary fractions", "%s",
                      call->what);
    term_to_double(tr, arg);
    if (integer)
        *out = term_make(tr, PG_FLOAT8, STORAGE_REAL, arg->level, "%.*s", STR_ARGS(arg->sql));
    else
        *out =
            term_make(tr, PG_FLOAT8, STORAGE_REAL, LEVEL_ATOM,
                      "CASE WHEN abs(%.*s) > 4503599627370496 THEN %.*s ELSE trunc(%.*s + sign(%.*s) * 0.5) "
                      "+ 0 END",
                      STR_ARGS(arg->sql), STR_ARGS(arg->sql), STR_ARGS(term_sql(tr, arg, LEVEL_SIGN)),
                      STR_ARGS(arg->sql));
    return true;
}
