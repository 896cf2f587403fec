/* oid, "char", name, bit, bit varying, macaddr8. */
#include "verify/canonical_rules.h"

enum {
    NAME_MAXIMUM = 63,
    MAC8_SIZE = 8,
    BITS_HEAD = 4 /* varbit_send() of PostgreSQL: how many bits there are */
};

bool oid_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                struct str *form)
{
    if (value->kind != VALUE_INTEGER && value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    return integer_source(rule, value, scratch, form);
}

bool oid_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                struct str *form)
{
    (void)rule;
    return field.len == 4 && form_int64(scratch, field_uint32(field.ptr), form);
}

/* The form: the text, which is empty for the byte 0. */
bool char_byte_source(const struct canonical *rule, const struct value *value,
                      struct canonical_scratch *scratch, struct str *form)
{
    (void)rule;
    *form = value->bytes;
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    return form->len == 0 || (form->len == 1 && form->ptr[0] > 0) ||
           misfit(scratch, "it is no single character of ASCII");
}

bool char_byte_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                      struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    if (field.len != 1)
        return false;
    if (field.ptr[0] == '\0')
        form->len = 0;
    return true;
}

bool name_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    (void)rule;
    return value_text(value, scratch, form) &&
           (form->len <= NAME_MAXIMUM || misfit(scratch, "it has more than 63 bytes"));
}

/* The form: a character a bit. */
bool bits_source(const struct canonical *rule, const struct value *value, struct canonical_scratch *scratch,
                 struct str *form)
{
    bool fixed = rule->type.kind == PG_BIT;
    size_t limit = (size_t)rule->type.length;

    if (value->kind != VALUE_TEXT && !(fixed && value->kind == VALUE_INTEGER))
        return misfit(scratch, NULL);
    if (!value_text(value, scratch, form))
        return false;
    for (size_t i = 0; i < form->len; i++)
        if ((form->ptr[i] | 1) != '1')
            return misfit(scratch, "it is not of zeros and ones");
    if (fixed ? form->len != limit : limit != 0 && form->len > limit)
        return misfit(scratch, "it has another number of bits");
    return true;
}

bool bits_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                 struct str *form)
{
    size_t count;

    (void)rule;
    if (field.len < BITS_HEAD)
        return false;
    count = field_uint32(field.ptr);
    if (field.len != BITS_HEAD + count / 8 + (count % 8 != 0))
        return false;
    buf_clear(&scratch->form);
    for (size_t i = 0; i < count; i++)
        buf_byte(&scratch->form,
                 (char)('0' + ((unsigned char)field.ptr[BITS_HEAD + i / 8] >> (7 - i % 8) & 1)));
    if (scratch->form.failed)
        return out_of_memory(scratch);
    *form = buf_view(&scratch->form);
    return true;
}

bool macaddr8_source(const struct canonical *rule, const struct value *value,
                     struct canonical_scratch *scratch, struct str *form)
{
    struct str text = value->bytes;

    (void)rule;
    if (value->kind != VALUE_TEXT)
        return misfit(scratch, NULL);
    for (size_t i = 0; i < MAC8_SIZE; i++, text = str_slice(text, 3, text.len)) {
        int pair = text.len >= 2 ? hex_pair(text.ptr) : -1;

        if (pair < 0 ||
            (i == MAC8_SIZE - 1 ? text.len != 2 : text.len < 3 || text.ptr[2] != value->bytes.ptr[2]))
            return misfit(scratch, "it is no address of eight bytes");
        scratch->fixed[i] = (unsigned char)pair;
    }
    if (value->bytes.ptr[2] != ':' && value->bytes.ptr[2] != '-')
        return misfit(scratch, "it is no address of eight bytes");
    return form_fixed(scratch, MAC8_SIZE, form);
}

bool macaddr8_target(const struct canonical *rule, struct str field, struct canonical_scratch *scratch,
                     struct str *form)
{
    (void)rule;
    (void)scratch;
    *form = field;
    return field.len == MAC8_SIZE;
}
