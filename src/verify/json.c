/* json, jsonb. */
#include <math.h>

#include "verify/canonical_rules.h"
#include "verify/json_normal.h"
#include "verify/sqlite_jsonb.h"

enum {
    JSONB_VERSION = 1 /* jsonb_send() of PostgreSQL: one byte before the text */
};

/* The JSON text that a value is, not checked yet. */
static bool json_text(const struct canonical *rule, const struct value *value,
                      struct canonical_scratch *scratch, struct str *text)
{
    if (value->kind == VALUE_REAL && !isfinite(value->real))
        return misfit(scratch, "JSON has no such number");
    if (value->kind == VALUE_REAL || value->kind == VALUE_INTEGER)
        return value_text(value, scratch, text);
    *text = value->bytes;
    if (value->kind == VALUE_TEXT || !rule->blob_is_jsonb)
        return true;
    if (!sqlite_jsonb_text(value->bytes, &scratch->made))
        return misfit(scratch, "it is not SQLite's binary JSON");
    *text = buf_view(&scratch->made);
    return !scratch->made.failed || out_of_memory(scratch);
}

bool json_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    if (!json_text(rule, value, scratch, form))
        return false;
    if (form->len > FIELD_MAXIMUM)
        return misfit(scratch, too_long);
    return json_normal_check(*form, &scratch->reason);
}

static bool normalise(struct str text, struct canonical_scratch *scratch, struct str *form)
{
    struct json_room room = {&scratch->form, &scratch->members, &scratch->spare};

    if (!json_normal_write(text, &room, &scratch->reason))
        return scratch->reason == NULL ? out_of_memory(scratch) : false;
    *form = buf_view(&scratch->form);
    return true;
}

bool jsonb_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                  struct str *form)
{
    struct str text;

    if (!json_text(rule, value, scratch, &text))
        return false;
    if (text.len > FIELD_MAXIMUM)
        return misfit(scratch, too_long);
    return normalise(text, scratch, form);
}

bool jsonb_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                  struct str *form)
{
    (void)rule;
    return field.len > 0 && field.ptr[0] == JSONB_VERSION &&
           normalise(str_slice(field, 1, field.len), scratch, form);
}
