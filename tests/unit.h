/* unit.h: what every unit test includes first: cmocka and the headers it asks for. */
#ifndef PGRADE_TESTS_UNIT_H
#define PGRADE_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Compares a str with a C string and shows both when they differ. */
#define assert_str_equal(s, text)                                                                            \
    do {                                                                                                     \
        struct str assert_str_ = (s);                                                                        \
        assert_int_equal(assert_str_.len, strlen(text));                                                     \
        assert_memory_equal(assert_str_.ptr == NULL ? "" : assert_str_.ptr, (text), assert_str_.len);        \
    } while (0)

#endif
