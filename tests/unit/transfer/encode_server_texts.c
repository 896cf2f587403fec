/* Texts, addresses and JSON. */
#include "tests/unit/transfer/encode_server.h"

#include <stdio.h>

#include "transfer/json_check.h"

static void texts(void **state)
{
    static const struct str labels[] = {STR("a"), STR("b c")};
    struct plan_column mood = {.type = {.kind = PG_ENUM, .labels = labels, .label_count = 2}};

    (void)state;
    server_run("CREATE TYPE pg_temp.mood AS ENUM ('a', 'b c')");
    assert_copied("pg_temp.mood", mood, TEXT("b c"), "'b c'");
    assert_copied("varchar(3)", column_limited(PG_VARCHAR, 3), TEXT("äö "), "'äö '");
    assert_copied("char(5)", column_limited(PG_CHAR, 5), TEXT("äö"), "'äö'");
    assert_copied("char", column_of(PG_CHAR), TEXT("ä"), "'ä'");
    assert_copied("text", column_of(PG_TEXT), REAL(1e28), "'1.0e+28'");
    assert_copied("text", column_of(PG_TEXT), BLOB(""), "''");
    assert_copied("bytea", column_of(PG_BYTEA), BLOB("\0\1\377"), "'\\x0001ff'::bytea");
    assert_copied("bytea", column_of(PG_BYTEA), TEXT("ab"), "'ab'::bytea");
}

static size_t put_character(char *at, unsigned code)
{
    if (code < 0x80) {
        at[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        at[0] = (char)(0xc0 | code >> 6);
        at[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        at[0] = (char)(0xe0 | code >> 12);
        at[1] = (char)(0x80 | (code >> 6 & 0x3f));
        at[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    at[0] = (char)(0xf0 | code >> 18);
    at[1] = (char)(0x80 | (code >> 12 & 0x3f));
    at[2] = (char)(0x80 | (code >> 6 & 0x3f));
    at[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static unsigned any_character(void)
{
    static const unsigned ends[] = {0x80, 0x800, 0xd800, 0x110000};
    static const unsigned starts[] = {1, 0x80, 0x800, 0xe000};
    size_t range = next() % 4;

    return (unsigned)between(starts[range], ends[range] - 1);
}

/* The hex digits beside it take another way: they are ASCII. */
static void characters(void **state)
{
    struct copying *copying = copying_begin("varchar(20)", column_limited(PG_VARCHAR, 20));

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        char text[100];
        char hex[200];
        size_t length = 0;

        for (int64_t left = between(0, 20); left > 0; left--)
            length += put_character(text + length, any_character());
        for (size_t place = 0; place < length; place++)
            snprintf(hex + 2 * place, 3, "%02x", (unsigned)(unsigned char)text[place]);
        hex[2 * length] = '\0';
        copying_add(copying, (struct value){.kind = VALUE_TEXT, .bytes = {text, length}}, hex);
    }
    copying_end(copying, "convert_from(decode(t, 'hex'), 'UTF8')");
}

static void addresses(void **state)
{
    struct copying *inet = copying_begin("inet", column_of(PG_INET));
    struct copying *uuid = copying_begin("uuid", column_of(PG_UUID));
    char text[80];

    (void)state;
    assert_copied("cidr", column_of(PG_CIDR), TEXT("10.128.0.0/9"), "'10.128.0.0/9'::cidr");
    assert_copied("cidr", column_of(PG_CIDR), TEXT("10.1.2.3"), "'10.1.2.3/32'::cidr");
    assert_copied("cidr", column_of(PG_CIDR), TEXT("2001:db8::/33"), "'2001:db8::/33'::cidr");
    assert_copied("inet", column_of(PG_INET), TEXT("::ffff:1.2.3.4/96"), "'::ffff:1.2.3.4/96'::inet");
    assert_copied("inet", column_of(PG_INET), TEXT("0.0.0.0/0"), "'0.0.0.0/0'::inet");
    assert_copied("macaddr", column_of(PG_MACADDR), TEXT("08-00-2B-fF-02-03"),
                  "'08:00:2b:ff:02:03'::macaddr");
    assert_copied("uuid", column_of(PG_UUID), INT(0), "'00000000-0000-0000-0000-000000000000'");
    for (int i = 0; i < ROWS; i++) {
        uint64_t high = next();
        uint64_t low = next();

        snprintf(text, sizeof(text), "%016llX%016llx", (unsigned long long)high, (unsigned long long)low);
        copying_add(uuid, text_value(text), text);
        snprintf(text, sizeof(text), "%x:%x::%x:%x/%d", (unsigned)(high >> 48), (unsigned)(high & 0xffff),
                 (unsigned)(low >> 48), (unsigned)(low & 0xffff), (int)between(0, 128));
        copying_add(inet, text_value(text), text);
        snprintf(text, sizeof(text), "%u.%u.%u.%u/%d", (unsigned)(low & 255), (unsigned)(low >> 8 & 255),
                 (unsigned)(low >> 16 & 255), (unsigned)(low >> 24 & 255), (int)between(0, 32));
        copying_add(inet, text_value(text), text);
    }
    copying_end(inet, "t::inet");
    copying_end(uuid, "t::uuid");
}

static void json(void **state)
{
    struct copying *copying = copying_begin("json", column_of(PG_JSON));

    (void)state;
    copying_add(copying, TEXT(" {\"a\" :1,\"a\": 2} "), " {\"a\" :1,\"a\": 2} ");
    copying_add(copying, REAL(1e28), "1.0e+28");
    copying_add(copying, INT(INT64_MIN), "-9223372036854775808");
    copying_end(copying, "t::json");
    copying = copying_begin("jsonb", column_of(PG_JSONB));
    copying_add(copying, TEXT(" {\"a\" :1,\"a\": 2} "), "{\"a\":2}");
    copying_add(copying, TEXT("\"\\ud83d\\ude00\""), "\"\U0001f600\"");
    copying_add(copying, REAL(-0.5), "-0.5");
    copying_add(copying, INT(7), "7");
    copying_add(copying, TEXT("1e131071"), "1e131071");
    copying_add(copying, TEXT("1e-16383"), "1e-16383");
    copying_add(copying, TEXT("0e1073741822"), "0");
    copying_end(copying, "t::jsonb");
}

static void nested_json(void **state)
{
    struct copying *copying = copying_begin("jsonb", column_of(PG_JSONB));
    char text[JSON_DEPTH_MAXIMUM * 2 + 1];

    (void)state;
    memset(text, '[', JSON_DEPTH_MAXIMUM);
    memset(text + JSON_DEPTH_MAXIMUM, ']', JSON_DEPTH_MAXIMUM);
    text[JSON_DEPTH_MAXIMUM * 2] = '\0';
    copying_add(copying, text_value(text), text);
    copying_end(copying, "t");
}

/* Changes a few bytes, so that most of what comes out is nearly JSON. */
static void mutate(char *text, size_t size)
{
    static const char alphabet[] = "{}[]\",:\\/u0123459dDeEbcfF+-.tnrul \n\t\x1f";

    for (int64_t left = between(0, 3); left > 0; left--) {
        size_t length = strlen(text);
        size_t place = next() % (length + 1);
        char with = alphabet[next() % (sizeof(alphabet) - 1)];

        if (next() % 2 == 0 && place < length) {
            text[place] = with;
        } else if (next() % 2 == 0 && place < length) {
            memmove(text + place, text + place + 1, length - place);
        } else if (length + 2 < size) {
            memmove(text + place + 1, text + place, length - place + 1);
            text[place] = with;
        }
    }
}

/* Whether something is JSON for jsonb, the check and the server agree. */
static void json_or_not(void **state)
{
    static const char *const models[] = {
        "{\"a\": [1, -2.5e3, true], \"b\": {\"c\": null}}",
        "[\"\\u00e9\\ud83d\\ude00\", \"\\\\ \\\" \\/\", false]",
        "[0, -0, 0.5, 10E+5, 1e-7, {}, [], \"\"]",
        " \n{\"\": \"x\", \"y\":[[[{}]]]} ",
        "-12.0e1",
        "\"\\ud800\\udc00\"",
    };
    struct copying *copying = copying_begin("boolean", column_of(PG_BOOL));
    int valid = 0;

    (void)state;
    server_run("CREATE FUNCTION pg_temp.is_jsonb(t text) RETURNS boolean LANGUAGE plpgsql AS"
               " $$BEGIN PERFORM t::jsonb; RETURN true; EXCEPTION WHEN others THEN RETURN false; END$$");
    for (int i = 0; i < 2 * ROWS; i++) {
        char text[100];
        bool good;

        snprintf(text, sizeof(text), "%s", models[next() % ARRAY_LENGTH(models)]);
        mutate(text, sizeof(text));
        good = json_check(str_from(text), true) == NULL;
        valid += good;
        copying_add(copying, INT(good), text);
    }
    /* Both answers must have been asked for often. */
    assert_in_range(valid, ROWS / 5, 2 * ROWS - ROWS / 5);
    copying_end(copying, "pg_temp.is_jsonb(t)");
}

const struct CMUnitTest encode_server_texts[] = {
    cmocka_unit_test(texts),        cmocka_unit_test(characters),  cmocka_unit_test(addresses),
    cmocka_unit_test(json),         cmocka_unit_test(nested_json), cmocka_unit_test(json_or_not),
    {NULL, NULL, NULL, NULL, NULL},
};
