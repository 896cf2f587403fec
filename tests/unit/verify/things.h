/* things.h: a table of six loaded columns, three rows of it, and the same as a binary COPY. */
#ifndef PGRADE_TESTS_VERIFY_THINGS_H
#define PGRADE_TESTS_VERIFY_THINGS_H

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

static inline int begin(void **state)
{
    struct arena *arena = arena_new();
    struct fixture *fixture = ARENA_NEW(arena, struct fixture);

    planned[2].generated_sql = two_gone;
    *fixture = (struct fixture){arena, digester_new(arena, &table), digester_new(arena, &table)};
    *state = fixture;
    return 0;
}

static inline int end(void **state)
{
    struct fixture *fixture = *state;

    digester_free(fixture->source);
    digester_free(fixture->target);
    arena_free(fixture->arena);
    return 0;
}

static inline void eat_row(struct digester *digester, const struct value *cells)
{
    struct err err = {.code = ERR_NONE};

    assert_true(digester_source_row(digester, cells, &err));
}

static inline void eat_bytes(struct digester *digester, struct str bytes)
{
    struct err err = {.code = ERR_NONE};

    if (!digester_target_bytes(digester, bytes.ptr, bytes.len, &err))
        fail_msg("%s: %s", err.primary, err.detail);
}

static inline bool same(struct fixture *fixture, struct digest_difference *difference)
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

static inline void put_first(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 1);
    stream_bytes(out, BYTES("Ada"));
    stream_null(out);
    stream_bytes(out, BYTES("\0\2\0\0\0\0\0\2\0\x13\x26\xac"));
    stream_int64(out, MADE);
    stream_bytes(out, BYTES("\x40\x4f\x40\0\0\0\0\0"));
}

static inline void put_second(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 2);
    stream_bytes(out, BYTES("Grace \xf0\x9f\x98\x80"));
    stream_bytes(out, BYTES(""));
    stream_bytes(out, BYTES("\0\1\0\0\x40\0\0\2\0\7"));
    stream_int64(out, MADE);
    stream_bytes(out, BYTES("\x40\x51\x80\0\0\0\0\0"));
}

static inline void put_third(struct buf *out)
{
    put16(out, COLUMNS);
    stream_int64(out, 3);
    stream_bytes(out, BYTES("Ada"));
    stream_bytes(out, BYTES("Countess"));
    stream_null(out);
    stream_null(out);
    stream_null(out);
}

static inline void put_all(struct buf *out)
{
    stream_begin(out);
    put_first(out);
    put_second(out);
    put_third(out);
    stream_end(out);
}

#endif
