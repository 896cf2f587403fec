/* Arrays: the forms of both notations, and of what PostgreSQL sends. */
#include "tests/unit.h"

#include "tests/unit/verify/forms.h"

static struct pg_type array_of(enum pg_kind kind)
{
    static struct pg_type elements[PG_KIND_COUNT];

    elements[kind] = pg_type_of(kind);
    return (struct pg_type){.kind = PG_ARRAY, .element = &elements[kind], .element_oid = pg_kind_oid(kind)};
}

/* Both values have a form, and the same. */
static void assert_same(struct probe *probe, const char *left, const char *right)
{
    struct str form;
    struct str other;
    char kept[400];

    assert_true(probe_source(probe, text(left), &form));
    assert_false(probe->scratch.null);
    assert_in_range(form.len, 52, sizeof(kept));
    memcpy(kept, form.ptr, form.len);
    assert_true(probe_source(probe, text(right), &other));
    assert_int_equal(form.len, other.len);
    assert_memory_equal(kept, other.ptr, other.len);
}

static void notations_agree(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, array_of(PG_INT4), UNIT_NONE);
    assert_same(&probe, "\n[1,null,-3] ", " { 1 , NULL , -3 } ");
    assert_same(&probe, "[[1],[2]]", "[1:2][1:1]={{\"1\"},{\\2}}");
    assert_same(&probe, "[]", "{}");
    probe_end(&probe);
    probe_begin(&probe, array_of(PG_TEXT), UNIT_NONE);
    assert_same(&probe, "[\"a\\\"\\\\\\u00fc\\n\",\"NULL\",\"\"]", "{\"a\\\"\\\\\xc3\xbc\n\",\"NULL\",\"\"}");
    assert_same(&probe, "[\" a b\", \"c\"]", "{\" a b\", c }");
    probe_end(&probe);
    probe_begin(&probe, array_of(PG_FLOAT8), UNIT_NONE);
    assert_same(&probe, "[0.1,-0.0,1e300]", "{1.0e-1,-0,1000e297}");
    probe_end(&probe);
}

static void forms_of_what_differs_differ(void **state)
{
    static const char *const all[] = {
        "{}",        "{1}",         "{NULL}",   "{1,1}",    "{{1,1}}",
        "{{1},{1}}", "[0:1]={1,1}", "{1,NULL}", "{NULL,1}", "{2,1}",
    };
    struct probe probe;
    char kept[ARRAY_LENGTH(all)][200];
    size_t lengths[ARRAY_LENGTH(all)];
    struct str form;

    (void)state;
    probe_begin(&probe, array_of(PG_INT4), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        assert_true(probe_source(&probe, text(all[i]), &form));
        assert_in_range(form.len, 52, sizeof(kept[i]));
        memcpy(kept[i], form.ptr, form.len);
        lengths[i] = form.len;
        for (size_t j = 0; j < i; j++)
            assert_true(lengths[j] != form.len || memcmp(kept[j], form.ptr, form.len) != 0);
    }
    probe_end(&probe);
}

static void what_is_no_array(void **state)
{
    static const char *const misfits[] = {
        "",
        "1",
        "{1",
        "{1}}",
        "{1 2}",
        "{1,,2}",
        "{1,}",
        "{,1}",
        "{1}{2}",
        "{1,{2}}",
        "{{1},2}",
        "{{1},{2,3}}",
        "{{}}",
        "[[]]",
        "[1,[2]]",
        "[[1],2]",
        "[1",
        "[1]]",
        "[1,]",
        "[{}]",
        "[true]",
        "[1.5]",
        "[1:2]={1}",
        "[2:1]={1,2}",
        "[2]={1}",
        "{1\\",
        "{\"1\"2}",
        "{{{{{{{1}}}}}}}",
        "[[[[[[[1]]]]]]]",
        "[1:1]={}",
        "{\"\"}",
        "nul",
        "[2147483647:2147483647]={1}",
        "{one}",
        "[\"\\u0000\"]",
        "{2147483648}",
        "[1:2]= {1,2}",
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, array_of(PG_INT4), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, integer(1));
    assert_misfit(&probe, blob(BYTES("{1}")));
    probe_end(&probe);
}

static void null_of_json_is_null(void **state)
{
    struct probe probe;
    struct str form;

    (void)state;
    probe_begin(&probe, array_of(PG_INT4), UNIT_NONE);
    assert_true(probe_source(&probe, text(" null "), &form));
    assert_true(probe.scratch.null);
    probe.scratch.null = false;
    probe.rule.not_null = true;
    assert_misfit(&probe, text("null"));
    probe_end(&probe);
}

static void what_postgresql_sends(void **state)
{
    struct probe probe;
    struct str form;
    struct str sent;
    char kept[100];

    (void)state;
    probe_begin(&probe, array_of(PG_INT2), UNIT_NONE);
    assert_true(probe_source(&probe, text("[0:1]={NULL,-2}"), &form));
    memcpy(kept, form.ptr, form.len);
    assert_true(probe_target(
        &probe, BYTES("\0\0\0\1\0\0\0\1\0\0\0\x15\0\0\0\2\0\0\0\0\377\377\377\377\0\0\0\2\377\376"), &sent));
    assert_int_equal(sent.len, form.len);
    assert_memory_equal(sent.ptr, kept, sent.len);
    /* Cut off, of other elements, of another length than it says, with something behind. */
    assert_no_target(&probe, BYTES("\0\0\0\0\0\0\0\0\0\0\0"));
    assert_no_target(&probe, BYTES("\0\0\0\0\0\0\0\0\0\0\0\x17"));
    assert_no_target(&probe, BYTES("\0\0\0\7\0\0\0\0\0\0\0\x15"));
    assert_no_target(&probe, BYTES("\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\1\0\0\0\1\0\0\0\3\0\1"));
    assert_no_target(&probe, BYTES("\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\0\0\0\0\1"));
    assert_no_target(&probe, BYTES("\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\1\0\0\0\1\0\0\0\2\0\1\0"));
    assert_true(probe_target(&probe, BYTES("\0\0\0\0\0\0\0\0\0\0\0\x15"), &sent));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notations_agree),       cmocka_unit_test(forms_of_what_differs_differ),
        cmocka_unit_test(what_is_no_array),      cmocka_unit_test(null_of_json_is_null),
        cmocka_unit_test(what_postgresql_sends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
