#include "tests/unit.h"

#include <math.h>

#include "tests/unit/verify/forms.h"
#include "tests/unit/verify/stream.h"
#include "verify/digester.h"

enum {
    COLUMNS = 6
};

static const struct str two_gone = STR("(id * 2)");

/* id bigint, name text, twice bigint GENERATED, nick text, price numeric(10,2), made timestamp, weight
 * double precision: what is generated is not loaded. */
static struct plan_column planned[] = {
    {.name = STR("id"), .type = {.kind = PG_INT8}},
    {.name = STR("name"), .type = {.kind = PG_TEXT}},
    {.name = STR("twice"), .type = {.kind = PG_INT8}},
    {.name = STR("nick"), .type = {.kind = PG_TEXT}},
    {.name = STR("price"), .type = {.kind = PG_NUMERIC, .precision = 10, .scale = 2}},
    {.name = STR("made"), .type = {.kind = PG_TIMESTAMP, .precision = -1}},
    {.name = STR("weight"), .type = {.kind = PG_FLOAT8}},
};
static struct plan_table table = {
    .name = STR("things"), .columns = planned, .column_count = ARRAY_LENGTH(planned)};

struct fixture {
    struct arena *arena;
    struct digester *source;
    struct digester *target;
};

static int begin(void **state)
{
    struct arena *arena = arena_new();
    struct fixture *fixture = ARENA_NEW(arena, struct fixture);

    planned[2].generated_sql = two_gone;
    *fixture = (struct fixture){arena, digester_new(arena, &table), digester_new(arena, &table)};
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;

    digester_free(fixture->source);
    digester_free(fixture->target);
    arena_free(fixture->arena);
    return 0;
}

static void eat_row(struct digester *digester, const struct value *cells)
{
    struct err err = {.code = ERR_NONE};

    assert_true(digester_source_row(digester, cells, &err));
}

static void eat_bytes(struct digester *digester, struct str bytes)
{
    struct err err = {.code = ERR_NONE};

    if (!digester_target_bytes(digester, bytes.ptr, bytes.len, &err))
        fail_msg("%s: %s", err.primary, err.detail);
}

static bool same(struct fixture *fixture, struct digest_difference *difference)
{
    return digest_compare(fixture->arena, digester_result(fixture->source), digester_result(fixture->target),
                          difference);
}

/* 2024-02-29 12:34:56.789 */
#define MADE INT64_C(762525296789000)

static const struct value rows[3][COLUMNS] = {
    {{VALUE_INTEGER, 1, 0, {NULL, 0}},
     {VALUE_TEXT, 0, 0, STR("Ada")},
     {VALUE_NULL, 0, 0, {NULL, 0}},
     {VALUE_REAL, 0, 19.99, {NULL, 0}},
     {VALUE_TEXT, 0, 0, STR("2024-02-29 12:34:56.789")},
     {VALUE_REAL, 0, 62.5, {NULL, 0}}},
    {{VALUE_TEXT, 0, 0, STR("+2")},
     {VALUE_BLOB, 0, 0, STR("Grace \xf0\x9f\x98\x80")},
     {VALUE_TEXT, 0, 0, STR("")},
     {VALUE_INTEGER, -7, 0, {NULL, 0}},
     {VALUE_TEXT, 0, 0, STR("2024-02-29T13:34:56.789+01")},
     {VALUE_INTEGER, 70, 0, {NULL, 0}}},
    {{VALUE_REAL, 0, 3.0, {NULL, 0}},
     {VALUE_TEXT, 0, 0, STR("Ada")},
     {VALUE_TEXT, 0, 0, STR("Countess")},
     {VALUE_NULL, 0, 0, {NULL, 0}},
     {VALUE_NULL, 0, 0, {NULL, 0}},
     {VALUE_NULL, 0, 0, {NULL, 0}}},
};

static void put_first(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 1);
    stream_bytes(out, BYTES("Ada"));
    stream_null(out);
    stream_bytes(out, BYTES("\0\2\0\0\0\0\0\2\0\x13\x26\xac"));
    stream_int64(out, MADE);
    stream_bytes(out, BYTES("\x40\x4f\x40\0\0\0\0\0"));
}

static void put_second(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 2);
    stream_bytes(out, BYTES("Grace \xf0\x9f\x98\x80"));
    stream_bytes(out, BYTES(""));
    stream_bytes(out, BYTES("\0\1\0\0\x40\0\0\2\0\7"));
    stream_int64(out, MADE);
    stream_bytes(out, BYTES("\x40\x51\x80\0\0\0\0\0"));
}

static void put_third(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 3);
    stream_bytes(out, BYTES("Ada"));
    stream_bytes(out, BYTES("Countess"));
    stream_null(out);
    stream_null(out);
    stream_null(out);
}

static void put_all(struct buf *out)
{
    stream_begin(out);
    put_first(out);
    put_second(out);
    put_third(out);
    stream_end(out);
}

static void both_sides_of_the_same_rows_are_equal_in_any_order(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct buf stream;

    put_all(&stream);
    eat_row(fixture->source, rows[2]);
    eat_row(fixture->source, rows[0]);
    eat_row(fixture->source, rows[1]);
    eat_bytes(fixture->target, buf_view(&stream));
    assert_true(digester_target_end(fixture->target, &err));
    assert_true(same(fixture, &difference));
    assert_false(difference.rows);
    assert_false(difference.swapped);
    assert_int_equal(difference.column_count, 0);
    assert_int_equal(digester_result(fixture->source)->rows, 3);
    assert_int_equal(digester_result(fixture->source)->column_count, COLUMNS);
    assert_str_equal(digester_column(fixture->source, 2)->name, "nick");
    buf_free(&stream);
}

static void a_stream_may_be_cut_anywhere(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct buf stream;

    put_all(&stream);
    for (size_t i = 0; i < 3; i++)
        eat_row(fixture->source, rows[i]);
    for (size_t cut = 0; cut <= stream.len; cut++) {
        struct digester *digester = digester_new(fixture->arena, &table);

        eat_bytes(digester, str_slice(buf_view(&stream), 0, cut));
        eat_bytes(digester, str_slice(buf_view(&stream), cut, stream.len));
        assert_true(digester_target_end(digester, &err));
        assert_true(digest_compare(fixture->arena, digester_result(fixture->source),
                                   digester_result(digester), &difference));
        digester_free(digester);
    }
    for (size_t piece = 1; piece < stream.len; piece++) {
        struct digester *digester = digester_new(fixture->arena, &table);

        for (size_t at = 0; at < stream.len; at += piece)
            eat_bytes(digester, str_slice(buf_view(&stream), at, at + piece));
        assert_true(digester_target_end(digester, &err));
        assert_true(digest_compare(fixture->arena, digester_result(fixture->source),
                                   digester_result(digester), &difference));
        digester_free(digester);
    }
    buf_free(&stream);
}

/* The end is missed whatever is missing. */
static void a_stream_without_its_end_fails(void **state)
{
    struct fixture *fixture = *state;
    struct buf stream;

    put_all(&stream);
    for (size_t cut = 0; cut < stream.len; cut++) {
        struct digester *digester = digester_new(fixture->arena, &table);
        struct err err = {.code = ERR_NONE};

        eat_bytes(digester, str_slice(buf_view(&stream), 0, cut));
        assert_false(digester_target_end(digester, &err));
        assert_int_equal(err.code, ERR_FAILED);
        digester_free(digester);
    }
    buf_free(&stream);
}

/* A byte of a field that is another one makes a difference or no value at all. */
static void every_byte_counts(void **state)
{
    struct fixture *fixture = *state;
    struct buf stream;
    size_t found = 0;

    put_all(&stream);
    for (size_t i = 0; i < 3; i++)
        eat_row(fixture->source, rows[i]);
    /* Behind the header, before the trailer. */
    for (size_t at = 19; at < stream.len - 2; at++) {
        for (int bit = 0; bit < 8; bit++) {
            struct digester *digester = digester_new(fixture->arena, &table);
            struct digest_difference difference;
            struct err err = {.code = ERR_NONE};
            char was = stream.ptr[at];

            stream.ptr[at] = (char)(was ^ 1 << bit);
            if (!digester_target_bytes(digester, stream.ptr, stream.len, &err) ||
                !digester_target_end(digester, &err)) {
                assert_int_not_equal(err.code, ERR_NONE);
                found++;
            } else if (!digest_compare(fixture->arena, digester_result(fixture->source),
                                       digester_result(digester), &difference)) {
                assert_int_equal(difference.column_count, 1);
                assert_false(difference.swapped);
                found++;
            }
            stream.ptr[at] = was;
            digester_free(digester);
        }
    }
    /* All but the 2 * 16 bits of numeric's display scale, which is not part of its value. */
    assert_int_equal(found, (stream.len - 21) * 8 - 32);
    buf_free(&stream);
}

static void source_and(struct fixture *fixture, const struct value (*changed)[COLUMNS], size_t count)
{
    for (size_t i = 0; i < 3; i++)
        eat_row(fixture->source, rows[i]);
    for (size_t i = 0; i < count; i++)
        eat_row(fixture->target, changed[i]);
}

static void values_swapped_between_rows_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    changed[0][2] = rows[2][2];
    changed[2][2] = rows[0][2];
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_true(difference.swapped);
    assert_false(difference.rows);
    assert_int_equal(difference.column_count, 0);
}

static void values_swapped_between_columns_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    changed[2][1] = rows[2][2];
    changed[2][2] = rows[2][1];
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_false(difference.swapped);
    assert_int_equal(difference.column_count, 2);
    assert_int_equal(difference.columns[0], 1);
    assert_int_equal(difference.columns[1], 2);
}

static void a_row_missing_and_one_twice_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    memcpy(changed[1], rows[0], sizeof(rows[0]));
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_false(difference.rows);
    assert_false(difference.swapped);
    /* `made` is the same moment in both rows. */
    assert_int_equal(difference.column_count, COLUMNS - 1);
}

static void rows_that_come_in_pairs_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    eat_row(fixture->target, rows[0]);
    eat_row(fixture->target, rows[0]);
    assert_false(same(fixture, &difference));
    assert_true(difference.rows);
    assert_int_equal(difference.column_count, COLUMNS);
}

static void the_smallest_changes_are_found_in_their_column(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        size_t place;
        struct value from;
        struct value to;
    } changes[] = {
        {2, {.kind = VALUE_NULL}, text("")},
        {2, {.kind = VALUE_NULL}, text("NULL")},
        {2, text(""), text_of(BYTES(" "))},
        {1, text("Ada"), text("ada")},
        {1, text("e\xcc\x81"), text("\xc3\xa9")},
        {0, integer(1), integer(-1)},
        {0, {.kind = VALUE_NULL}, integer(0)},
        {3, real(19.99), real(19.98)},
        {3, integer(0), {.kind = VALUE_NULL}},
        {4, text("2024-02-29 12:34:56.789"), text("2024-02-29 12:34:56.789001")},
        {4, text("0001-01-01 00:00:00"), text("0001-01-01 00:00:00.000001")},
        {5, real(62.5), real(nextafter(62.5, 63.0))},
        {5, real(0.0), real(-0.0)},
        {5, real(0.0), real(5e-324)},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        struct digester *before = digester_new(fixture->arena, &table);
        struct digester *after = digester_new(fixture->arena, &table);
        struct digest_difference difference;
        struct value row[COLUMNS];

        memcpy(row, rows[0], sizeof(row));
        row[changes[i].place] = changes[i].from;
        eat_row(before, row);
        row[changes[i].place] = changes[i].to;
        eat_row(after, row);
        assert_false(
            digest_compare(fixture->arena, digester_result(before), digester_result(after), &difference));
        assert_int_equal(difference.column_count, 1);
        assert_int_equal(difference.columns[0], changes[i].place);
        assert_false(difference.swapped);
        digester_free(before);
        digester_free(after);
    }
}

static void digests_of_parts_add_up(void **state)
{
    struct fixture *fixture = *state;
    struct digester *whole = digester_new(fixture->arena, &table);
    struct digest_difference difference;
    struct digest sum = {.column_count = COLUMNS};

    sum.columns = ARENA_ARRAY(fixture->arena, struct digest_sum, COLUMNS);
    eat_row(fixture->source, rows[0]);
    eat_row(fixture->target, rows[1]);
    eat_row(fixture->target, rows[2]);
    for (size_t i = 0; i < 3; i++)
        eat_row(whole, rows[i]);
    digest_add(&sum, digester_result(fixture->source));
    digest_add(&sum, digester_result(fixture->target));
    assert_int_equal(sum.rows, 3);
    assert_true(digest_compare(fixture->arena, &sum, digester_result(whole), &difference));
    digester_free(whole);
}

static void a_misfit_is_named_without_its_value_and_not_counted(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value bad[COLUMNS];
    struct err err = {.code = ERR_NONE};

    memcpy(bad, rows[0], sizeof(bad));
    bad[4] = text("31/12/1999 secret");
    eat_row(fixture->source, rows[0]);
    assert_false(digester_source_row(fixture->source, bad, &err));
    assert_int_equal(err.code, ERR_DECISION);
    assert_string_equal(err.primary,
                        "things.made: a value of class TEXT has no form as timestamp without time zone");
    assert_string_equal(err.detail, "it is no date with a time");
    eat_row(fixture->source, rows[1]);
    eat_row(fixture->target, rows[0]);
    eat_row(fixture->target, rows[1]);
    assert_true(same(fixture, &difference));
    /* The reason is not left over for the next one. */
    err_clear(&err);
    memcpy(bad, rows[0], sizeof(bad));
    bad[4] = blob(BYTES("x"));
    assert_false(digester_source_row(fixture->source, bad, &err));
    assert_string_equal(err.detail, "");
}

static void eat_large(struct digester *digester, struct str large, size_t piece)
{
    struct err err = {.code = ERR_NONE};
    struct buf stream;

    stream_begin(&stream);
    put16(&stream, COLUMNS);
    stream_int64(&stream, 1);
    stream_bytes(&stream, large);
    stream_bytes(&stream, large);
    for (int i = 0; i < 3; i++)
        stream_null(&stream);
    stream_end(&stream);
    for (size_t at = 0; at < stream.len; at += piece)
        eat_bytes(digester, str_slice(buf_view(&stream), at, at + piece));
    assert_true(digester_target_end(digester, &err));
    buf_free(&stream);
}

static void large_fields_are_hashed_as_they_pass(void **state)
{
    static const size_t sizes[] = {65535, 65536, 65537, 300000};
    static const size_t pieces[] = {1, 7, 4096, 65536, 100000, 1000000};
    struct fixture *fixture = *state;
    char *bytes = arena_alloc(fixture->arena, sizes[3]);

    for (size_t i = 0; i < sizes[3]; i++)
        bytes[i] = (char)('a' + i * i % 26);
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        struct value row[COLUMNS] = {{.kind = VALUE_NULL}};

        row[0] = integer(1);
        row[1] = row[2] = text_of((struct str){bytes, sizes[i]});
        for (size_t j = 0; j < ARRAY_LENGTH(pieces); j++) {
            struct digester *source = digester_new(fixture->arena, &table);
            struct digester *target = digester_new(fixture->arena, &table);
            struct digest_difference difference;

            eat_row(source, row);
            eat_large(target, row[1].bytes, pieces[j]);
            assert_true(digest_compare(fixture->arena, digester_result(source), digester_result(target),
                                       &difference));
            /* What is gathered of a field never reaches twice the size from which it is not. */
            assert_true(target->stream.gather.capacity <= 128 * 1024);
            digester_free(source);
            digester_free(target);
        }
    }
}

/* Not hashed in pieces, so all of it is gathered. */
static void a_large_field_of_another_type_is_gathered(void **state)
{
    struct fixture *fixture = *state;
    struct plan_column column = {.name = STR("c"), .type = {.kind = PG_CHAR, .length = 200000}};
    struct plan_table wide = {.name = STR("wide"), .columns = &column, .column_count = 1};
    struct digester *source = digester_new(fixture->arena, &wide);
    struct digester *target = digester_new(fixture->arena, &wide);
    struct digest_difference difference;
    struct buf stream;
    char *bytes = arena_alloc(fixture->arena, 200000);
    struct value row;

    memset(bytes, 'x', 100000);
    memset(bytes + 100000, ' ', 100000);
    row = text_of((struct str){bytes, 100000});
    eat_row(source, &row);
    stream_begin(&stream);
    put16(&stream, 1);
    stream_bytes(&stream, (struct str){bytes, 200000});
    stream_end(&stream);
    for (size_t at = 0; at < stream.len; at += 8192)
        eat_bytes(target, str_slice(buf_view(&stream), at, at + 8192));
    assert_true(
        digest_compare(fixture->arena, digester_result(source), digester_result(target), &difference));
    digester_free(source);
    digester_free(target);
    buf_free(&stream);
}

static void assert_refused(struct fixture *fixture, struct str stream, enum err_code code,
                           const char *primary)
{
    struct digester *digester = digester_new(fixture->arena, &table);
    struct err err = {.code = ERR_NONE};

    assert_false(digester_target_bytes(digester, stream.ptr, stream.len, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.primary, primary);
    err_clear(&err);
    assert_false(digester_target_bytes(digester, "x", 1, &err));
    assert_string_equal(err.primary, "things: the binary COPY was broken off before");
    err_clear(&err);
    assert_false(digester_target_end(digester, &err));
    digester_free(digester);
}

static void streams_that_are_none_are_refused(void **state)
{
    static const char flagged[] = "PGCOPY\n\377\r\n\0\0\1\0\0\0\0\0\0";
    struct fixture *fixture = *state;
    struct buf stream;

    assert_refused(fixture, BYTES("1\tAda\t\\N\t19.99\t2024-02-29\t62.5\n"), ERR_FAILED,
                   "things: the stream is no binary COPY");
    assert_refused(fixture, BYTES(flagged), ERR_FAILED,
                   "things: the binary COPY has a flag that is not known");
    stream_begin(&stream);
    put16(&stream, COLUMNS + 1);
    assert_refused(fixture, buf_view(&stream), ERR_DIFFERENT,
                   "things: the target sends another number of columns than planned");
    buf_free(&stream);
    stream_begin(&stream);
    put16(&stream, -2);
    assert_refused(fixture, buf_view(&stream), ERR_DIFFERENT,
                   "things: the target sends another number of columns than planned");
    buf_free(&stream);
    stream_begin(&stream);
    put16(&stream, COLUMNS);
    put32(&stream, -2);
    assert_refused(fixture, buf_view(&stream), ERR_FAILED,
                   "things: the binary COPY has a field of negative length");
    buf_free(&stream);
    stream_begin(&stream);
    put16(&stream, COLUMNS);
    stream_bytes(&stream, BYTES("\0\0\0\1"));
    assert_refused(fixture, buf_view(&stream), ERR_DIFFERENT,
                   "things.id: the target sends something else than bigint");
    buf_free(&stream);
    put_all(&stream);
    buf_byte(&stream, 'x');
    assert_refused(fixture, buf_view(&stream), ERR_FAILED,
                   "things: the binary COPY goes on behind its trailer");
    buf_free(&stream);
}

static void the_extension_of_the_header_is_skipped(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct buf stream;

    buf_init(&stream, BUF_TEXT_MAXIMUM);
    buf_put(&stream, "PGCOPY\n\377\r\n\0", 11);
    put32(&stream, 0x00ff);
    stream_bytes(&stream, BYTES("\xff\xff not known yet"));
    put_first(&stream);
    stream_end(&stream);
    eat_row(fixture->source, rows[0]);
    for (size_t at = 0; at < stream.len; at += 3)
        eat_bytes(fixture->target, str_slice(buf_view(&stream), at, at + 3));
    assert_true(digester_target_end(fixture->target, &err));
    assert_true(same(fixture, &difference));
    buf_free(&stream);
}

static void a_table_without_rows_or_columns(void **state)
{
    struct fixture *fixture = *state;
    struct plan_table bare = {.name = STR("bare")};
    struct digester *source = digester_new(fixture->arena, &bare);
    struct digester *target = digester_new(fixture->arena, &bare);
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct value none = {.kind = VALUE_NULL};
    struct buf stream;

    stream_begin(&stream);
    put16(&stream, 0);
    put16(&stream, 0);
    stream_end(&stream);
    eat_row(source, &none);
    eat_bytes(target, buf_view(&stream));
    assert_true(digester_target_end(target, &err));
    assert_false(
        digest_compare(fixture->arena, digester_result(source), digester_result(target), &difference));
    assert_true(difference.rows);
    eat_row(source, &none);
    assert_true(
        digest_compare(fixture->arena, digester_result(source), digester_result(target), &difference));
    assert_true(same(fixture, &difference));
    digester_free(source);
    digester_free(target);
    buf_free(&stream);
}

#define DIGEST_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIGEST_TEST(both_sides_of_the_same_rows_are_equal_in_any_order),
        DIGEST_TEST(a_stream_may_be_cut_anywhere),
        DIGEST_TEST(a_stream_without_its_end_fails),
        DIGEST_TEST(every_byte_counts),
        DIGEST_TEST(values_swapped_between_rows_are_found),
        DIGEST_TEST(values_swapped_between_columns_are_found),
        DIGEST_TEST(a_row_missing_and_one_twice_is_found),
        DIGEST_TEST(rows_that_come_in_pairs_are_found),
        DIGEST_TEST(the_smallest_changes_are_found_in_their_column),
        DIGEST_TEST(digests_of_parts_add_up),
        DIGEST_TEST(a_misfit_is_named_without_its_value_and_not_counted),
        DIGEST_TEST(large_fields_are_hashed_as_they_pass),
        DIGEST_TEST(a_large_field_of_another_type_is_gathered),
        DIGEST_TEST(streams_that_are_none_are_refused),
        DIGEST_TEST(the_extension_of_the_header_is_skipped),
        DIGEST_TEST(a_table_without_rows_or_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
