/* digester.h: the inside of a digester, which digester.c and copy_stream.c share. */
#ifndef PGRADE_VERIFY_DIGESTER_H
#define PGRADE_VERIFY_DIGESTER_H

/* The hash is inlined: most cells are so small that the call would cost more than the hash. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "verify/canonical.h"
#include "verify/digest.h"

struct loaded_column {
    struct canonical rule;
    uint64_t seed;
    XXH128_hash_t null; /* the hash of NULL */
    const struct plan_column *plan;
};

enum stream_state {
    STREAM_SIGNATURE,
    STREAM_EXTENSION, /* of the header, skipped */
    STREAM_TUPLE,     /* the count of fields, or the trailer */
    STREAM_LENGTH,    /* of a field */
    STREAM_FIELD,
    STREAM_LARGE_FIELD,
    STREAM_ENDED,
    STREAM_BROKEN
};

struct copy_stream {
    enum stream_state state;
    size_t column;     /* the field that is next */
    size_t remaining;  /* of the extension or the field */
    struct buf gather; /* the start of a unit that the chunks have cut */
    XXH3_state_t hash; /* of a large field */
};

struct digester {
    struct copy_stream stream; /* first: the hash's state is aligned */
    const struct plan_table *table;
    struct loaded_column *columns;
    size_t column_count;
    XXH128_hash_t *cells; /* the hashes of the row at hand */
    struct digest digest;
    struct canonical_scratch scratch;
};

static inline XXH128_hash_t cell_hash(const struct loaded_column *column, struct str form)
{
    return XXH3_128bits_withSeed(form.ptr, form.len, column->seed);
}

/* All cells of the row are hashed. */
void digester_row_end(struct digester *digester);

#endif
