/*
 * The binary format of COPY (PostgreSQL's documentation of COPY, "Binary Format"): a signature, flags and an
 * extension; for each tuple the count of its fields, then for each field its length (-1: NULL) and bytes; and
 * a count of -1 at the end.  Chunks may cut it anywhere.
 */
#include "verify/canonical_rules.h"
#include "verify/digester.h"

enum {
    SIGNATURE_SIZE = 11,
    HEADER_SIZE = SIGNATURE_SIZE + 4 + 4, /* with flags and the length of the extension */
    COUNT_SIZE = 2,
    LENGTH_SIZE = 4,
    LARGE_FIELD = 64 * 1024 /* from here on a field is hashed in pieces, where its type allows it */
};

static const char signature[SIGNATURE_SIZE] = "PGCOPY\n\377\r\n";

enum progress {
    GOES_ON,
    NEEDS_MORE,
    HAS_FAILED
};

static enum progress fail(struct digester *d, struct err *err, enum err_code code, const char *what)
{
    d->stream.state = STREAM_BROKEN;
    err_set(err, code, "%.*s: %s", STR_ARGS(d->table->name), what);
    return HAS_FAILED;
}

static enum progress fail_field(struct digester *d, struct err *err)
{
    const struct loaded_column *column = &d->columns[d->stream.column];
    struct canonical_scratch *scratch = &d->scratch;
    struct arena *arena = arena_new();
    struct str type = pg_type_text(arena, &column->rule.type);

    d->stream.state = STREAM_BROKEN;
    err_set(err, scratch->exhausted ? ERR_OUT_OF_MEMORY : ERR_DIFFERENT,
            "%.*s.%.*s: the target sends something else than %.*s", STR_ARGS(d->table->name),
            STR_ARGS(column->plan->name), STR_ARGS(type));
    if (scratch->reason != NULL)
        err_detail(err, "%s", scratch->reason);
    arena_free(arena);
    return HAS_FAILED;
}

/*
 * `need` bytes in a row: straight from the chunk, or gathered when chunks have cut them.  NULL: there are not
 * so many yet, and the chunk is used up.  gathered_clear() when they were used.
 */
static inline const char *take(struct copy_stream *stream, struct str *chunk, size_t need)
{
    size_t more = need - stream->gather.len;
    const char *at = chunk->ptr;

    if (more > chunk->len)
        more = chunk->len;
    chunk->ptr += more;
    chunk->len -= more;
    if (stream->gather.len == 0 && more == need)
        return at;
    buf_put(&stream->gather, at, more);
    return stream->gather.len == need ? stream->gather.ptr : NULL;
}

static inline void gathered_clear(struct copy_stream *stream)
{
    if (stream->gather.len != 0)
        buf_clear(&stream->gather);
}

/* Not enough bytes were there. */
static enum progress wait_for_more(struct digester *d, struct err *err)
{
    if (d->stream.gather.failed)
        return fail(d, err, ERR_OUT_OF_MEMORY, "no memory for a value");
    return NEEDS_MORE;
}

static enum progress read_signature(struct digester *d, struct str *chunk, struct err *err)
{
    const char *header = take(&d->stream, chunk, HEADER_SIZE);

    if (header == NULL)
        return wait_for_more(d, err);
    if (memcmp(header, signature, SIGNATURE_SIZE) != 0)
        return fail(d, err, ERR_FAILED, "the stream is no binary COPY");
    /* Flags in the upper half change the format; none is defined but one for OIDs, which are gone. */
    if (field_uint32(header + SIGNATURE_SIZE) >> 16 != 0)
        return fail(d, err, ERR_FAILED, "the binary COPY has a flag that is not known");
    d->stream.remaining = field_uint32(header + SIGNATURE_SIZE + 4);
    d->stream.state = STREAM_EXTENSION;
    gathered_clear(&d->stream);
    return GOES_ON;
}

static enum progress skip_extension(struct digester *d, struct str *chunk)
{
    size_t skipped = chunk->len < d->stream.remaining ? chunk->len : d->stream.remaining;

    *chunk = str_slice(*chunk, skipped, chunk->len);
    d->stream.remaining -= skipped;
    if (d->stream.remaining != 0)
        return NEEDS_MORE;
    d->stream.state = STREAM_TUPLE;
    return GOES_ON;
}

static void end_row_if_complete(struct digester *d)
{
    d->stream.state = STREAM_LENGTH;
    if (d->stream.column == d->field_count) {
        digester_row_end(d);
        d->stream.state = STREAM_TUPLE;
    }
}

static enum progress read_tuple(struct digester *d, struct str *chunk, struct err *err)
{
    const char *bytes = take(&d->stream, chunk, COUNT_SIZE);
    int16_t count;

    if (bytes == NULL)
        return wait_for_more(d, err);
    count = (int16_t)field_uint16(bytes);
    gathered_clear(&d->stream);
    if (count == -1) {
        d->stream.state = STREAM_ENDED;
        return GOES_ON;
    }
    if (count < 0 || (size_t)count != d->field_count)
        return fail(d, err, ERR_DIFFERENT, "the target sends another number of columns than planned");
    d->stream.column = 0;
    end_row_if_complete(d);
    return GOES_ON;
}

static inline XXH128_hash_t field_hash(const struct loaded_column *column, struct str form)
{
    if (column->is_sha && form.len == SHA256_DIGEST_LENGTH)
        return huge_hash(column, (const unsigned char *)form.ptr);
    return form_hash(column, form);
}

static inline enum progress read_field(struct digester *d, struct str *chunk, struct err *err)
{
    struct copy_stream *stream = &d->stream;
    const struct loaded_column *column = &d->columns[stream->column];
    const char *bytes = take(stream, chunk, stream->remaining);
    struct str form;

    if (bytes == NULL)
        return wait_for_more(d, err);
    if (!column->rule.target(&column->rule, (struct str){bytes, stream->remaining}, &d->scratch, &form))
        return fail_field(d, err);
    d->cells[stream->column++] = field_hash(column, form);
    gathered_clear(stream);
    end_row_if_complete(d);
    return GOES_ON;
}

static XXH128_hash_t large_hash(struct copy_stream *stream, const struct loaded_column *column)
{
    unsigned char sha[SHA256_DIGEST_LENGTH];

    if (!stream->is_huge)
        return XXH3_128bits_digest(&stream->hash);
    SHA256Final(sha, &stream->sha);
    return huge_hash(column, sha);
}

static enum progress read_large_field(struct digester *d, struct str *chunk)
{
    struct copy_stream *stream = &d->stream;
    size_t piece = chunk->len < stream->remaining ? chunk->len : stream->remaining;

    if (stream->is_huge)
        SHA256Update(&stream->sha, (const uint8_t *)chunk->ptr, piece);
    else
        (void)XXH3_128bits_update(&stream->hash, chunk->ptr, piece);
    *chunk = str_slice(*chunk, piece, chunk->len);
    stream->remaining -= piece;
    if (stream->remaining != 0)
        return NEEDS_MORE;
    d->cells[stream->column] = large_hash(stream, &d->columns[stream->column]);
    stream->column++;
    end_row_if_complete(d);
    return GOES_ON;
}

static inline enum progress read_length(struct digester *d, struct str *chunk, struct err *err)
{
    struct copy_stream *stream = &d->stream;
    const struct loaded_column *column = &d->columns[stream->column];
    const char *bytes = take(stream, chunk, LENGTH_SIZE);
    int32_t length;

    if (bytes == NULL)
        return wait_for_more(d, err);
    length = (int32_t)field_uint32(bytes);
    gathered_clear(stream);
    if (length < -1)
        return fail(d, err, ERR_FAILED, "the binary COPY has a field of negative length");
    if (length == -1) {
        d->cells[stream->column++] = column->null;
        end_row_if_complete(d);
        return GOES_ON;
    }
    stream->remaining = (size_t)length;
    if (length >= LARGE_FIELD && column->rule.as_sent) {
        stream->is_huge = (size_t)length > LARGE_VALUE;
        if (stream->is_huge)
            SHA256Init(&stream->sha);
        else
            (void)XXH3_128bits_reset_withSeed(&stream->hash, column->seed);
        stream->state = STREAM_LARGE_FIELD;
        return GOES_ON;
    }
    stream->state = STREAM_FIELD;
    return read_field(d, chunk, err);
}

/* A number of the size that its type has; every NaN is the same one, as in canonical.h. */
static inline bool read_word(enum word_field kind, const char *bytes, uint32_t length, uint64_t *word)
{
    double real;

    if (length != (kind == WORD_INT4 ? 4u : 8u))
        return false;
    if (kind == WORD_INT4) {
        *word = (uint64_t)(int64_t)(int32_t)field_uint32(bytes);
        return true;
    }
    *word = field_uint64(bytes);
    memcpy(&real, word, sizeof(real));
    if (kind == WORD_FLOAT8 && real != real)
        *word = 0x7ff8000000000000;
    return true;
}

static inline bool read_whole_field(struct digester *d, size_t place, const char *bytes, uint32_t length)
{
    const struct loaded_column *column = &d->columns[place];
    struct str form;
    uint64_t word;

    if (column->word != WORD_NONE) {
        if (!read_word(column->word, bytes, length, &word))
            return false;
        d->cells[place] = word_hash(column, word);
        return true;
    }
    if (!column->rule.target(&column->rule, (struct str){bytes, length}, &d->scratch, &form))
        return false;
    d->cells[place] = field_hash(column, form);
    return true;
}

/* The fields that the chunk holds whole, without a look at the state for each; the others are left. */
static inline bool read_whole_fields(struct digester *d, struct str *chunk)
{
    const char *at = chunk->ptr;
    size_t rest = chunk->len;
    size_t i = d->stream.column;
    bool good = true;

    for (; i < d->field_count && rest >= LENGTH_SIZE; i++) {
        uint32_t length = field_uint32(at);

        if (length == UINT32_MAX) {
            d->cells[i] = d->columns[i].null;
            length = 0;
        } else if (length > rest - LENGTH_SIZE) {
            break;
        } else {
            good = read_whole_field(d, i, at + LENGTH_SIZE, length);
            if (!good)
                break;
        }
        at += LENGTH_SIZE + length;
        rest -= LENGTH_SIZE + length;
    }
    d->stream.column = i;
    *chunk = (struct str){at, rest};
    return good;
}

static inline enum progress read_fields(struct digester *d, struct str *chunk, struct err *err)
{
    if (d->stream.gather.len == 0) {
        if (!read_whole_fields(d, chunk))
            return fail_field(d, err);
        if (d->stream.column == d->field_count) {
            end_row_if_complete(d);
            return GOES_ON;
        }
    }
    return read_length(d, chunk, err);
}

static inline enum progress step(struct digester *d, struct str *chunk, struct err *err)
{
    switch (d->stream.state) {
    case STREAM_SIGNATURE: return read_signature(d, chunk, err);
    case STREAM_EXTENSION: return skip_extension(d, chunk);
    case STREAM_TUPLE: return read_tuple(d, chunk, err);
    case STREAM_LENGTH: return read_fields(d, chunk, err);
    case STREAM_FIELD: return read_field(d, chunk, err);
    case STREAM_LARGE_FIELD: return read_large_field(d, chunk);
    case STREAM_ENDED:
        return chunk->len == 0 ? NEEDS_MORE
                               : fail(d, err, ERR_FAILED, "the binary COPY goes on behind its trailer");
    default: return fail(d, err, ERR_FAILED, "the binary COPY was broken off before");
    }
}

bool digester_target_bytes(struct digester *digester, const void *bytes, size_t size, struct err *err)
{
    struct str chunk = {bytes, size};
    enum progress progress = size == 0 ? NEEDS_MORE : GOES_ON;

    digester->digest.bytes += (int64_t)size;
    while (progress == GOES_ON)
        progress = step(digester, &chunk, err);
    return progress != HAS_FAILED;
}

bool digester_target_end(struct digester *digester, struct err *err)
{
    if (digester->stream.state == STREAM_ENDED)
        return true;
    return fail(digester, err, ERR_FAILED, "the binary COPY ended before its trailer") != HAS_FAILED;
}
