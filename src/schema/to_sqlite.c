#include "schema/to_sqlite.h"

#include "schema/to_sqlite_intern.h"

bool to_sum(struct to_reader *reader, struct to_value *value)
{
    if (!to_operand(reader, value))
        return false;
    while (to_is(reader, "+") || to_is(reader, "-") || to_is(reader, "*")) {
        struct to_value next;

        buf_printf(reader->out, " %.*s ", STR_ARGS(reader->text));
        to_read(reader);
        if (!to_operand(reader, &next))
            return false;
        if (value->sort != SORT_NUMBER || next.sort != SORT_NUMBER)
            return to_refuse(reader, "it calculates with what is no number");
        if (value->decimal || next.decimal)
            return to_refuse(reader, "it calculates with numeric, which SQLite does in binary");
        value->literal = false;
    }
    return true;
}

/* The brackets behind an array, each with a conversion or without. */
static bool close_list(struct to_reader *reader, int open)
{
    struct pg_type type;

    while (open > 0 || to_is(reader, "::")) {
        if (to_take(reader, "::")) {
            if (!to_type(reader, &type))
                return false;
            continue;
        }
        if (!to_need(reader, ")"))
            return false;
        open--;
    }
    return true;
}

/* = ANY (ARRAY['a'::text, 'b'::text]), and with the array converted once more. */
static bool read_list(struct to_reader *reader, const struct to_value *left, const char *word)
{
    int open = 0;

    to_read(reader);
    while (to_take(reader, "("))
        open++;
    buf_printf(reader->out, " %s (", word);
    if (!to_need(reader, "ARRAY") || !to_need(reader, "["))
        return false;
    for (bool more = true; more;) {
        struct to_value item;

        if (!to_sum(reader, &item))
            return false;
        if (!item.literal || item.sort != left->sort)
            return to_refuse(reader, "it compares with values of another type");
        more = to_take(reader, ",");
        buf_text(reader->out, more ? ", " : ")");
    }
    if (!to_need(reader, "]"))
        return false;
    return close_list(reader, open);
}

static bool read_is(struct to_reader *reader, const struct to_value *left)
{
    bool negated = to_take(reader, "NOT");

    buf_text(reader->out, negated ? " IS NOT " : " IS ");
    if (to_take(reader, "NULL")) {
        buf_text(reader->out, "NULL");
        return true;
    }
    if (left->sort != SORT_BOOL || (!to_is(reader, "true") && !to_is(reader, "false")))
        return to_refuse(reader, "it is written in a way that SQLite has not");
    buf_byte(reader->out, to_is(reader, "true") ? '1' : '0');
    to_read(reader);
    return true;
}

static bool check_compared(struct to_reader *reader, const struct to_value *left,
                           const struct to_value *right, bool ordered)
{
    if (left->sort != right->sort || left->sort == SORT_OTHER || left->sort == SORT_NULL)
        return to_refuse(reader, "it compares values that SQLite compares otherwise");
    if (left->padded != right->padded && !left->literal && !right->literal)
        return to_refuse(reader, "it compares texts with and without blanks at their end");
    if (ordered && (left->sort == SORT_TEXT || left->sort == SORT_UUID))
        return to_refuse(reader, "it orders texts, which SQLite does by their bytes");
    return true;
}

static bool read_compared(struct to_reader *reader, struct to_value *value)
{
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    struct to_value right;

    if (!to_sum(reader, value))
        return false;
    if (to_take(reader, "IS")) {
        bool done = read_is(reader, value);

        *value = (struct to_value){.sort = SORT_BOOL};
        return done;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        if (!to_take(reader, signs[i]))
            continue;
        if (i < 2 && to_is(reader, i == 0 ? "ANY" : "ALL")) {
            bool done = read_list(reader, value, i == 0 ? "IN" : "NOT IN");

            *value = (struct to_value){.sort = SORT_BOOL};
            return done;
        }
        buf_printf(reader->out, " %s ", signs[i]);
        if (!to_sum(reader, &right) || !check_compared(reader, value, &right, i >= 2))
            return false;
        *value = (struct to_value){.sort = SORT_BOOL};
        return true;
    }
    return true;
}

static bool read_not(struct to_reader *reader, struct to_value *value)
{
    bool negated = to_take(reader, "NOT");

    if (negated)
        buf_text(reader->out, "NOT ");
    return read_compared(reader, value) &&
           (!negated || value->sort == SORT_BOOL || to_refuse(reader, "NOT of what is no condition"));
}

static bool read_joined(struct to_reader *reader, const char *word,
                        bool (*read)(struct to_reader *, struct to_value *), struct to_value *value)
{
    if (!read(reader, value))
        return false;
    while (to_take(reader, word)) {
        struct to_value next;

        buf_printf(reader->out, " %s ", word);
        if (!read(reader, &next))
            return false;
        if (value->sort != SORT_BOOL || next.sort != SORT_BOOL)
            return to_refuse(reader, "it joins what are no conditions");
    }
    return true;
}

static bool read_and(struct to_reader *reader, struct to_value *value)
{
    return read_joined(reader, "AND", read_not, value);
}

bool to_or(struct to_reader *reader, struct to_value *value)
{
    return read_joined(reader, "OR", read_and, value);
}

bool to_sqlite_expr(struct str sql, const struct to_sqlite_scope *scope, struct buf *out, const char **reason)
{
    struct to_reader reader;
    struct to_value value;
    bool done;

    to_begin(&reader, sql, scope, out);
    done = to_or(&reader, &value) && (reader.token == TOKEN_END ||
                                      to_refuse(&reader, "it has an operator that SQLite reads otherwise"));
    *reason = reader.reason;
    return done;
}
