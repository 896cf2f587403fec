#include "transfer/decode.h"

#include <math.h>
#include <stdlib.h>

#include "transfer/decimal.h"
#include "transfer/decode_field.h"
#include "transfer/same_field.h"

/* A field is less than 1 GB; as hex digits or escapes it grows. */
#define ROOM_MAXIMUM ((size_t)6 << 30)

static const struct {
    decode_fn *decode;
    size_t size;  /* of the field; 0: any */
    bool checked; /* the spelling may not hold every value */
} rules[PG_KIND_COUNT] = {
    [PG_BOOL] = {decode_bool, 1, false},
    [PG_INT2] = {decode_integer, 2, false},
    [PG_INT4] = {decode_integer, 4, false},
    [PG_INT8] = {decode_integer, 8, false},
    [PG_FLOAT4] = {decode_float4, 4, true},
    [PG_FLOAT8] = {decode_float8, 8, true},
    [PG_NUMERIC] = {decode_numeric, 0, true},
    [PG_TEXT] = {decode_text, 0, false},
    [PG_VARCHAR] = {decode_text, 0, false},
    [PG_CHAR] = {decode_text, 0, false},
    [PG_BYTEA] = {decode_bytea, 0, false},
    [PG_DATE] = {decode_date, 4, true},
    [PG_TIME] = {decode_time, 8, true},
    [PG_TIMETZ] = {decode_timetz, 12, true},
    [PG_TIMESTAMP] = {decode_timestamp, 8, true},
    [PG_TIMESTAMPTZ] = {decode_timestamp, 8, true},
    [PG_INTERVAL] = {decode_interval, 16, true},
    [PG_UUID] = {decode_uuid, 16, true},
    [PG_JSON] = {decode_json, 0, true},
    [PG_JSONB] = {decode_json, 0, true},
    [PG_INET] = {decode_inet, 0, true},
    [PG_CIDR] = {decode_inet, 0, true},
    [PG_MACADDR] = {decode_macaddr, 6, true},
    [PG_ENUM] = {decode_text, 0, false},
    [PG_ARRAY] = {decode_array, 0, true},
    [PG_MACADDR8] = {decode_macaddr, 8, true},
    [PG_OID] = {decode_oid, 4, true},
    [PG_CHAR_BYTE] = {decode_char_byte, 1, true},
    [PG_NAME] = {decode_text, 0, false},
    [PG_BIT] = {decode_bits, 0, true},
    [PG_VARBIT] = {decode_bits, 0, true},
};

static bool is_numeric(enum affinity affinity)
{
    return affinity == AFFINITY_NUMERIC || affinity == AFFINITY_INTEGER || affinity == AFFINITY_REAL;
}

static enum affinity affinity_in(const struct plan_column *plan)
{
    return plan->source == NULL ? AFFINITY_BLOB : plan->source->affinity;
}

/* Elements are of no class of SQLite's: each is written as its type is where nothing else is known. */
static void element_init(struct decode_column *column, struct arena *arena)
{
    struct plan_column *plan = ARENA_NEW(arena, struct plan_column);
    struct spelling_votes none = {.shape_count = 0};
    struct spelling spelling;

    *plan = (struct plan_column){.name = column->plan->name, .type = *column->plan->type.element};
    column->element = ARENA_NEW(arena, struct decode_column);
    spelling_decide(&none, plan->type.kind, FRAMEWORK_NONE, &spelling);
    decode_column_init(column->element, arena, plan, &spelling);
}

void decode_column_init(struct decode_column *column, struct arena *arena, const struct plan_column *plan,
                        const struct spelling *spelling)
{
    *column = (struct decode_column){.plan = plan, .spelling = *spelling};
    encode_column_init(&column->encode, arena, plan);
    if (plan->type.kind == PG_ARRAY)
        element_init(column, arena);
    buf_init(&column->room, ROOM_MAXIMUM);
    buf_init(&column->spare, ROOM_MAXIMUM);
    column->checked = rules[plan->type.kind].checked ||
                      (is_numeric(affinity_in(plan)) && !pg_kind_is_integer(plan->type.kind));
}

void decode_column_free(struct decode_column *column)
{
    buf_free(&column->room);
    buf_free(&column->spare);
    if (column->element != NULL)
        decode_column_free(column->element);
}

/* ---- what SQLite makes of a value ---- */

static void number_of_text(struct value *value)
{
    struct str text = str_trim(value->bytes);
    struct decimal decimal;
    char room[400];

    if (!decimal_parse(text, &decimal))
        return;
    if (str_to_int64(text, &value->integer)) {
        value->kind = VALUE_INTEGER;
        return;
    }
    /* SQLite itself reads no more digits than change the result. */
    if (text.len >= sizeof(room))
        text.len = sizeof(room) - 1;
    memcpy(room, text.ptr, text.len);
    room[text.len] = '\0';
    value->real = strtod(room, NULL);
    value->kind = VALUE_REAL;
}

void affinity_apply(enum affinity affinity, struct value *value)
{
    if (!is_numeric(affinity))
        return;
    if (value->kind == VALUE_TEXT)
        number_of_text(value);
    /* It keeps whole doubles as integers in the file, which know no negative zero. */
    if (value->kind == VALUE_REAL && value->real == 0)
        value->real = 0;
    if (affinity == AFFINITY_REAL && value->kind == VALUE_INTEGER) {
        value->kind = VALUE_REAL;
        value->real = (double)value->integer;
    } else if (affinity != AFFINITY_REAL && value->kind == VALUE_REAL && fabs(value->real) < 0x1p63 &&
               trunc(value->real) == value->real) {
        value->kind = VALUE_INTEGER;
        value->integer = (int64_t)value->real;
    }
}

/* ---- fields ---- */

static bool comes_back(struct decode_column *column, struct str field, const struct value *value)
{
    struct value stored = *value;
    const char *reason;
    struct str encoded;

    affinity_apply(affinity_in(column->plan), &stored);
    buf_clear(&column->spare);
    if (!encode_cell(&column->encode, &stored, &column->spare, &reason))
        return false;
    encoded = buf_view(&column->spare);
    return encoded.len >= 4 && same_field(&column->plan->type, str_slice(encoded, 4, encoded.len), field);
}

/* A number in a column that keeps texts: SQLite would make a text of it, of 15 digits. */
static void keep_text(struct decode_column *column, struct value *value)
{
    char room[DECIMAL_ROOM];

    if (affinity_in(column->plan) != AFFINITY_TEXT ||
        (value->kind != VALUE_INTEGER && value->kind != VALUE_REAL))
        return;
    buf_clear(&column->room);
    buf_str(&column->room, value->kind == VALUE_INTEGER ? decimal_write_integer(value->integer, room)
                                                        : decimal_write(value->real, room));
    *value = (struct value){.kind = VALUE_TEXT, .bytes = buf_view(&column->room)};
}

bool decode_cell(struct decode_column *column, struct str field, struct value *value, const char **reason)
{
    enum pg_kind kind = column->plan->type.kind;

    if (rules[kind].decode == NULL)
        return unfit(reason, "values of its type do not come back");
    *reason = "the server sends something else than the column's type";
    if (rules[kind].size != 0 && field.len != rules[kind].size)
        return false;
    for (int plainly = 0; plainly < 2; plainly++) {
        *value = (struct value){.kind = VALUE_NULL};
        buf_clear(&column->room);
        if (!rules[kind].decode(column, field, plainly != 0, value, reason))
            return false;
        keep_text(column, value);
        if (!column->checked || comes_back(column, field, value))
            return true;
    }
    return unfit(reason, "no value of SQLite in this column says the same");
}
