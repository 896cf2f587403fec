/* digester.h: the inside of a digester, which digester.c and copy_stream.c share. */
#ifndef PGRADE_VERIFY_DIGESTER_H
#define PGRADE_VERIFY_DIGESTER_H

/* The hash is inlined: most cells are so small that the call would cost more than the hash. */
#define XXH_INLINE_ALL
#include <endian.h>
#include <string.h>
#include <sys/types.h>

#include <sha2.h>
#include <xxhash.h>

#include "verify/canonical.h"
#include "verify/digest.h"

/* Fields that are one number of fixed size: read in place, they are most of what passes. */
enum word_field {
    WORD_NONE,
    WORD_INT4,
    WORD_INT8,
    WORD_FLOAT8
};

struct loaded_column {
    struct canonical rule;
    uint64_t seed;
    XXH128_hash_t null; /* the hash of NULL */
    uint64_t word_keys[2];
    bool is_sha;          /* the field is a SHA-256 that the server computed */
    enum word_field word; /* how the target's field is read without its rule */
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
    XXH3_state_t hash; /* of a large field, */
    SHA2_CTX sha;      /* and of one above LARGE_VALUE */
    bool is_huge;      /* it is that one */
};

struct digester {
    struct copy_stream stream; /* first: the hash's state is aligned */
    const struct plan_table *table;
    struct loaded_column *columns;
    size_t column_count;
    size_t field_count;   /* of a tuple: the columns, and behind them the hashes that the server computed */
    size_t *hashed;       /* the column of each of these */
    XXH128_hash_t *cells; /* the hashes of the row at hand */
    const char **misfits; /* by place, of the row at hand; NULL: misfits are errors */
    const char **misfit_room;
    bool plain;
    digest_watch *watch; /* NULL: nobody is told */
    void *watch_context;
    struct digest digest;
    struct canonical_scratch scratch;
};

/* The finaliser of MurmurHash3 (fmix64): a permutation, so that two words never have the same image. */
static inline uint64_t mix_word(uint64_t word)
{
    word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
    word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
    return word ^ (word >> 33);
}

/* The hash of a form of 8 bytes, which most numbers and moments are, given as the number they make. */
static inline XXH128_hash_t word_hash(const struct loaded_column *column, uint64_t word)
{
    return (XXH128_hash_t){.low64 = mix_word(word ^ column->word_keys[0]),
                           .high64 = mix_word(word ^ column->word_keys[1])};
}

static inline XXH128_hash_t cell_hash(const struct loaded_column *column, struct str form)
{
    uint64_t word;

    if (form.len != sizeof(word))
        return XXH3_128bits_withSeed(form.ptr, form.len, column->seed);
    memcpy(&word, form.ptr, sizeof(word));
    return word_hash(column, le64toh(word));
}

/* Of a form above LARGE_VALUE: its SHA-256, by whomever it was computed. */
static inline XXH128_hash_t huge_hash(const struct loaded_column *column, const unsigned char *sha)
{
    return XXH3_128bits_withSeed(sha, SHA256_DIGEST_LENGTH, column->seed | (uint64_t)1 << 62);
}

XXH128_hash_t digester_huge_form(const struct loaded_column *column, struct str form);

static inline XXH128_hash_t form_hash(const struct loaded_column *column, struct str form)
{
    return form.len > LARGE_VALUE && column->rule.as_sent ? digester_huge_form(column, form)
                                                          : cell_hash(column, form);
}

/* All cells of the row are hashed. */
void digester_row_end(struct digester *digester);

#endif
