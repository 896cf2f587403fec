#include "encoding.h"

static void uuids(void **state)
{
    static const char *const none[] = {
        "",
        "01234567-89ab-cdef-0123-456789abcde",
        "01234567-89ab-cdef-0123-456789abcdefa",
        "0123456789abcdef0123456789abcdeg",
        "{01234567-89ab-cdef-0123-456789abcdef}",
        "0123456789ab-cdef-0123-456789abcdef-",
        "01234567089ab-cdef-0123-456789abcdef",
        "01234567-89ab-cdef-0123-456789abcde-",
        "0123-4567-89ab-cdef-0123-4567-89ab-c",
        " 123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef ",
        "urn:uuid:01234567-89ab-cdef-0123-456",
    };
    static const char hex[] = "0123456789abcdef0123456789abcdef";
    struct plan_column plan = column_of(PG_UUID);

    (void)state;
    assert_hex(plan, TEXT("0123456789abcdef0123456789abcdef"), hex);
    assert_hex(plan, TEXT("01234567-89ab-cdef-0123-456789abcdef"), hex);
    assert_hex(plan, TEXT("01234567-89AB-cDeF-0123-456789ABCDEF"), hex);
    assert_hex(plan, BLOB("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"), hex);
    assert_hex(plan, INT(0), "00000000000000000000000000000000");
    assert_misfit(plan, INT(1), "no UUID");
    assert_misfit(plan, REAL(0), "no UUID");
    assert_misfit(plan, BLOB("0123456789abcdef0123456789abcdef"), "no UUID");
    assert_misfit(plan, BLOB("0123456789abcde"), "no UUID");
    assert_misfit(plan, ((struct value){.kind = VALUE_TEXT}), "no UUID");
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(plan, text_value(none[i]), "no UUID");
}

static void inet(void **state)
{
    static const char *const none[] = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "256.0.0.1",
        "01.2.3.4",
        "1.2.3.4/",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/-1",
        "1.2.3.4/+1",
        "::1/129",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.4/1x",
        "::1%eth0",
        "::1::",
        "12345::",
        "1.2.3.4/8/8",
        "localhost",
        "1.2.3.4/0000",
        "0.0.0.1/01",
        "/8",
        "1:2:3:4:5:6:7:8:9",
        "::ffff:1.2.3.4.5",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    struct plan_column plan = column_of(PG_INET);

    (void)state;
    assert_hex(plan, TEXT("192.168.0.1"), "02200004 c0a80001");
    assert_hex(plan, TEXT("192.168.0.1/24"), "02180004 c0a80001");
    assert_hex(plan, TEXT("0.0.0.0/0"), "02000004 00000000");
    assert_hex(plan, TEXT("255.255.255.255/32"), "02200004 ffffffff");
    assert_hex(plan, TEXT("::1"), "03800010 00000000000000000000000000000001");
    assert_hex(plan, TEXT("2001:DB8::1/64"), "03400010 20010db8000000000000000000000001");
    assert_hex(plan, TEXT("::ffff:1.2.3.4"), "03800010 00000000000000000000ffff01020304");
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(plan, text_value(none[i]), "no network address");
    assert_misfit(plan, TEXT("1.2.3.4\0"), "no network address");
    assert_misfit(plan, ((struct value){.kind = VALUE_TEXT}), "no network address");
    assert_misfit(plan, INT(16909060), "no network address");
    assert_misfit(plan, REAL(1.2), "no network address");
    assert_misfit(plan, BLOB("1.2.3.4"), "no network address");
}

static void cidr(void **state)
{
    static const char behind[] = "a network with bits set behind its mask";
    struct plan_column plan = column_of(PG_CIDR);

    (void)state;
    assert_hex(plan, TEXT("10.0.0.0/8"), "02080104 0a000000");
    assert_hex(plan, TEXT("10.1.2.3"), "02200104 0a010203");
    assert_hex(plan, TEXT("10.128.0.0/9"), "02090104 0a800000");
    assert_hex(plan, TEXT("::/0"), "03000110 00000000000000000000000000000000");
    assert_hex(plan, TEXT("2001:db8::/32"), "03200110 20010db8000000000000000000000000");
    assert_misfit(plan, TEXT("10.128.0.0/8"), behind);
    assert_misfit(plan, TEXT("10.0.0.1/31"), behind);
    assert_misfit(plan, TEXT("0.0.0.1/0"), behind);
    assert_misfit(plan, TEXT("2001:db8::1/127"), behind);
    assert_misfit(plan, TEXT("10/8"), "no network");
    assert_misfit(plan, TEXT("10.0.0.0/33"), "no network");
}

static void macaddr(void **state)
{
    static const char *const none[] = {"",
                                       "08:00:2b:01:02",
                                       "08:00:2b:01:02:03:04",
                                       "08002b010203",
                                       "08:00-2b:01:02:03",
                                       "08:00:2b:01:02:0g",
                                       "0800.2b01.0203",
                                       "08 00 2b 01 02 03",
                                       "8:0:2b:1:2:3",
                                       "08:00:2b:01:02:03 "};
    struct plan_column plan = column_of(PG_MACADDR);

    (void)state;
    assert_hex(plan, TEXT("08:00:2b:01:02:03"), "08002b010203");
    assert_hex(plan, TEXT("08-00-2B-fF-02-03"), "08002bff0203");
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(plan, text_value(none[i]), "no MAC address");
    assert_misfit(plan, INT(0), "no MAC address");
    assert_misfit(plan, BLOB("123456"), "no MAC address");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuids),
        cmocka_unit_test(inet),
        cmocka_unit_test(cidr),
        cmocka_unit_test(macaddr),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
