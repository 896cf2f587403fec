/* Digests as texts: "3 1f 20 ..." is three rows, the lanes of the sum of rows, then those of each column. */
#include <inttypes.h>
#include <stdlib.h>

#include "verify/digest.h"

static void put_sum(struct buf *out, const struct digest_sum *sum)
{
    buf_printf(out, " %" PRIx64 " %" PRIx64, sum->low, sum->high);
}

void digest_put_text(struct buf *out, const struct digest *digest)
{
    buf_printf(out, "%" PRId64, digest->rows);
    put_sum(out, &digest->row);
    for (size_t i = 0; i < digest->column_count; i++)
        put_sum(out, &digest->columns[i]);
}

static struct str next_word(struct str *text)
{
    ptrdiff_t space = str_find(*text, ' ');
    size_t end = space < 0 ? text->len : (size_t)space;
    struct str word = str_slice(*text, 0, end);

    *text = str_slice(*text, end + 1, text->len);
    return word;
}

static bool read_lane(struct str *text, uint64_t *lane)
{
    struct str word = next_word(text);

    *lane = 0;
    for (size_t i = 0; i < word.len; i++) {
        char c = ascii_lower(word.ptr[i]);

        if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *lane = *lane << 4 | (uint64_t)(ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return word.len > 0 && word.len <= 16;
}

static bool read_sum(struct str *text, struct digest_sum *sum)
{
    return read_lane(text, &sum->low) && read_lane(text, &sum->high);
}

bool digest_read_text(struct str text, struct digest *digest)
{
    bool done = str_to_int64(next_word(&text), &digest->rows) && read_sum(&text, &digest->row);

    for (size_t i = 0; done && i < digest->column_count; i++)
        done = read_sum(&text, &digest->columns[i]);
    return done && text.len == 0;
}

static void subtract(struct digest_sum *sum, const struct digest_sum *less)
{
    sum->low -= less->low;
    sum->high -= less->high;
}

void digest_subtract(struct digest *sum, const struct digest *less)
{
    sum->rows -= less->rows;
    subtract(&sum->row, &less->row);
    for (size_t i = 0; i < sum->column_count; i++)
        subtract(&sum->columns[i], &less->columns[i]);
}
