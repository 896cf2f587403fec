#include "tests/unit.h"

#include "tests/unit/verify/things.h"

static void assert_same_in_pieces(struct fixture *fixture, struct str stream, size_t first, size_t piece)
{
    struct digester *digester = digester_new(fixture->arena, &table);
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};

    eat_bytes(digester, str_slice(stream, 0, first));
    for (size_t at = first; at < stream.len; at += piece)
        eat_bytes(digester, str_slice(stream, at, at + piece));
    assert_true(digester_target_end(digester, &err));
    assert_true(digest_compare(fixture->arena, digester_result(fixture->source), digester_result(digester),
                               &difference));
    digester_free(digester);
}

/* So long that a length read from the wrong place does not reach behind the chunk. */
static void a_stream_may_be_cut_anywhere(void **state)
{
    struct fixture *fixture = *state;
    struct buf stream;

    stream_begin(&stream);
    for (size_t i = 0; i < 60; i++) {
        put_first(&stream);
        put_second(&stream);
        put_third(&stream);
        for (size_t j = 0; j < 3; j++)
            eat_row(fixture->source, rows[j]);
    }
    stream_end(&stream);
    for (size_t cut = 0; cut <= 600; cut++) {
        assert_same_in_pieces(fixture, buf_view(&stream), cut, stream.len);
        assert_same_in_pieces(fixture, buf_view(&stream), stream.len - cut, stream.len);
    }
    for (size_t piece = 1; piece <= 300; piece++)
        assert_same_in_pieces(fixture, buf_view(&stream), 0, piece);
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

#define DIGEST_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIGEST_TEST(a_stream_may_be_cut_anywhere),
        DIGEST_TEST(a_stream_without_its_end_fails),
        DIGEST_TEST(every_byte_counts),
        DIGEST_TEST(large_fields_are_hashed_as_they_pass),
        DIGEST_TEST(a_large_field_of_another_type_is_gathered),
        DIGEST_TEST(streams_that_are_none_are_refused),
        DIGEST_TEST(the_extension_of_the_header_is_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
