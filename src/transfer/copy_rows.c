#include "transfer/copy_rows.h"

#include <string.h>

enum {
    HEADER_SIZE = 11 + 4 + 4, /* the signature, flags, the length of the extension, which is empty */
    COUNT_SIZE = 2,
    LENGTH_SIZE = 4
};

bool copy_rows_begin(struct copy_rows *rows, struct arena *arena, struct engine *engine, struct str sql,
                     size_t width, struct err *err)
{
    rows->engine = engine;
    rows->fields = ARENA_ARRAY(arena, struct str, width + 1);
    rows->width = width;
    rows->begun = false;
    return engine_copy_out(engine, sql, err);
}

static bool broken(struct err *err)
{
    return err_set(err, ERR_FAILED, "the server's rows came in an unknown form");
}

static uint32_t number_at(const char *bytes)
{
    uint32_t number;

    memcpy(&number, bytes, sizeof(number));
    return __builtin_bswap32(number);
}

static bool cut_fields(struct copy_rows *rows, struct str rest, struct err *err)
{
    for (size_t i = 0; i < rows->width; i++) {
        uint32_t length;

        if (rest.len < LENGTH_SIZE)
            return broken(err);
        length = number_at(rest.ptr);
        rest.ptr += LENGTH_SIZE;
        rest.len -= LENGTH_SIZE;
        rows->fields[i] = (struct str){NULL, 0};
        if (length == UINT32_MAX)
            continue;
        if (length > rest.len)
            return broken(err);
        rows->fields[i] = (struct str){rest.ptr, length};
        rest.ptr += length;
        rest.len -= length;
    }
    return rest.len == 0 || broken(err);
}

/* The header may come alone, or before the first row. */
static bool skip_header(struct copy_rows *rows, struct str *bytes, struct err *err)
{
    if (rows->begun)
        return true;
    rows->begun = true;
    if (bytes->len < HEADER_SIZE || memcmp(bytes->ptr, "PGCOPY\n\377\r\n", 11) != 0)
        return broken(err);
    *bytes = str_slice(*bytes, HEADER_SIZE, bytes->len);
    return true;
}

bool copy_rows_next(struct copy_rows *rows, bool *found, struct err *err)
{
    struct str bytes;

    for (*found = false;;) {
        uint16_t count;

        if (!engine_copy_get(rows->engine, &bytes, err))
            return false;
        if (bytes.len == 0)
            return true;
        if ((rows->witness != NULL && !rows->witness(rows->witness_context, bytes, err)) ||
            !skip_header(rows, &bytes, err))
            return false;
        if (bytes.len < COUNT_SIZE)
            continue;
        memcpy(&count, bytes.ptr, sizeof(count));
        count = __builtin_bswap16(count);
        if (count == UINT16_MAX)
            continue; /* the trailer */
        *found = true;
        return (count == rows->width || broken(err)) &&
               cut_fields(rows, str_slice(bytes, COUNT_SIZE, bytes.len), err);
    }
}
