/* forms.h: what the tests of this room share: columns, values and forms in short. */
#ifndef PGRADE_TESTS_VERIFY_FORMS_H
#define PGRADE_TESTS_VERIFY_FORMS_H

#include <string.h>

#include "verify/canonical.h"

#define BYTES(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct value integer(int64_t number)
{
    return (struct value){.kind = VALUE_INTEGER, .integer = number};
}

static inline struct value real(double number)
{
    return (struct value){.kind = VALUE_REAL, .real = number};
}

static inline struct value text(const char *bytes)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = str_from(bytes)};
}

static inline struct value text_of(struct str bytes)
{
    return (struct value){.kind = VALUE_TEXT, .bytes = bytes};
}

static inline struct value blob(struct str bytes)
{
    return (struct value){.kind = VALUE_BLOB, .bytes = bytes};
}

/* A rule with its scratch: one column under test. */
struct probe {
    struct plan_column column;
    struct canonical rule;
    struct canonical_scratch scratch;
};

static inline void probe_begin(struct probe *probe, struct pg_type type, enum time_unit unit)
{
    probe->column = (struct plan_column){.type = type, .unit = unit};
    canonical_init(&probe->rule, &probe->column);
    canonical_scratch_init(&probe->scratch);
}

static inline void probe_end(struct probe *probe)
{
    canonical_scratch_free(&probe->scratch);
}

static inline bool probe_source(struct probe *probe, struct value value, struct str *form)
{
    return probe->rule.source(&probe->rule, &value, &probe->scratch, form);
}

static inline bool probe_target(struct probe *probe, struct str field, struct str *form)
{
    return probe->rule.target(&probe->rule, field, &probe->scratch, form);
}

#define assert_misfit(probe, value)                                                                          \
    do {                                                                                                     \
        struct str misfit_form_;                                                                             \
        assert_false(probe_source((probe), (value), &misfit_form_));                                         \
        assert_false((probe)->scratch.exhausted);                                                            \
    } while (0)

/* A form that is an int64. */
#define assert_int64_form(probe, value, expected)                                                            \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        int64_t number_;                                                                                     \
        assert_true(probe_source((probe), (value), &form_));                                                 \
        assert_int_equal(form_.len, 8);                                                                      \
        memcpy(&number_, form_.ptr, 8);                                                                      \
        assert_true(number_ == (expected));                                                                  \
    } while (0)

#define assert_form(probe, value, expected)                                                                  \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        struct str expected_ = (expected);                                                                   \
        assert_true(probe_source((probe), (value), &form_));                                                 \
        assert_int_equal(form_.len, expected_.len);                                                          \
        assert_memory_equal(form_.ptr, expected_.ptr, expected_.len);                                        \
    } while (0)

#define assert_target_form(probe, field, expected)                                                           \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        struct str expected_ = (expected);                                                                   \
        assert_true(probe_target((probe), (field), &form_));                                                 \
        assert_int_equal(form_.len, expected_.len);                                                          \
        assert_memory_equal(form_.ptr, expected_.ptr, expected_.len);                                        \
    } while (0)

#define assert_no_target(probe, field)                                                                       \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        assert_false(probe_target((probe), (field), &form_));                                                \
    } while (0)

#endif
