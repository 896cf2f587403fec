#include "base/hash.h"

#include <string.h>

enum {
    BLOCK_BYTES = 64,
    LENGTH_BYTES = 8,
    WORDS_MAXIMUM = 8
};

static const uint32_t md5_start[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
static const uint32_t sha1_start[] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
static const uint32_t sha256_start[] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* RFC 1321, section 3.4: the integer part of 4294967296 times abs(sin(i + 1)). */
static const uint32_t md5_sines[] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const unsigned md5_turns[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};

/* RFC 6234, section 5.1. */
static const uint32_t sha256_constants[] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

static uint32_t turn_right(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static uint32_t word_at(const unsigned char *bytes, bool little)
{
    uint32_t word = 0;

    for (unsigned i = 0; i < 4; i++)
        word |= (uint32_t)bytes[i] << 8 * (little ? i : 3 - i);
    return word;
}

static void md5_block(uint32_t *state, const unsigned char *block)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

    for (unsigned i = 0; i < 64; i++) {
        uint32_t mixed;
        unsigned place;

        if (i < 16) {
            mixed = (b & c) | (~b & d);
            place = i;
        } else if (i < 32) {
            mixed = (d & b) | (~d & c);
            place = (5 * i + 1) % 16;
        } else if (i < 48) {
            mixed = b ^ c ^ d;
            place = (3 * i + 5) % 16;
        } else {
            mixed = c ^ (b | ~d);
            place = 7 * i % 16;
        }
        mixed += a + md5_sines[i] + word_at(block + (size_t)4 * place, true);
        a = d;
        d = c;
        c = b;
        b += turn_left(mixed, md5_turns[i / 16 * 4 + i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void sha1_block(uint32_t *state, const unsigned char *block)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    uint32_t words[80];

    for (unsigned i = 0; i < 80; i++)
        words[i] = i < 16 ? word_at(block + (size_t)4 * i, false)
                          : turn_left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        uint32_t mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                         : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                         : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                  : (b ^ c ^ d) + 0xca62c1d6;

        mixed += turn_left(a, 5) + e + words[i];
        e = d;
        d = c;
        c = turn_left(b, 30);
        b = a;
        a = mixed;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha256_block(uint32_t *state, const unsigned char *block)
{
    uint32_t words[64];
    uint32_t s[WORDS_MAXIMUM];

    for (unsigned i = 0; i < 64; i++) {
        if (i < 16) {
            words[i] = word_at(block + (size_t)4 * i, false);
            continue;
        }
        words[i] = words[i - 16] + words[i - 7] +
                   (turn_right(words[i - 15], 7) ^ turn_right(words[i - 15], 18) ^ words[i - 15] >> 3) +
                   (turn_right(words[i - 2], 17) ^ turn_right(words[i - 2], 19) ^ words[i - 2] >> 10);
    }
    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < 64; i++) {
        uint32_t first = s[7] + (turn_right(s[4], 6) ^ turn_right(s[4], 11) ^ turn_right(s[4], 25)) +
                         ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha256_constants[i] + words[i];
        uint32_t second = (turn_right(s[0], 2) ^ turn_right(s[0], 13) ^ turn_right(s[0], 22)) +
                          ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(*s));
        s[4] += first;
        s[0] = first + second;
    }
    for (unsigned i = 0; i < WORDS_MAXIMUM; i++)
        state[i] += s[i];
}

static const struct {
    const uint32_t *start;
    unsigned words;
    bool little; /* how words and the length are written */
    void (*block)(uint32_t *state, const unsigned char *block);
} hashes[] = {
    [HASH_MD5] = {md5_start, 4, true, md5_block},
    [HASH_SHA1] = {sha1_start, 5, false, sha1_block},
    [HASH_SHA256] = {sha256_start, 8, false, sha256_block},
};

/* What is left of the text, a bit 1, zeros, and the length of all in bits: one block or two. */
static void hash_end(enum hash_kind kind, uint32_t *state, struct str rest, size_t length)
{
    unsigned char last[2 * BLOCK_BYTES] = {0};
    size_t size = rest.len + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
    uint64_t bits = (uint64_t)length * 8;

    if (rest.len > 0)
        memcpy(last, rest.ptr, rest.len);
    last[rest.len] = 0x80;
    for (unsigned i = 0; i < LENGTH_BYTES; i++)
        last[size - LENGTH_BYTES + (hashes[kind].little ? i : 7 - i)] = (unsigned char)(bits >> 8 * i);
    for (size_t at = 0; at < size; at += BLOCK_BYTES)
        hashes[kind].block(state, last + at);
}

struct str hash_hex(struct arena *arena, enum hash_kind kind, struct str text, size_t digits)
{
    uint32_t state[WORDS_MAXIMUM];
    char hex[8 * WORDS_MAXIMUM];
    size_t whole = text.len - text.len % BLOCK_BYTES;
    unsigned words = hashes[kind].words;

    memcpy(state, hashes[kind].start, words * sizeof(*state));
    for (size_t at = 0; at < whole; at += BLOCK_BYTES)
        hashes[kind].block(state, (const unsigned char *)text.ptr + at);
    hash_end(kind, state, str_slice(text, whole, text.len), text.len);
    for (unsigned i = 0; i < 8 * words; i++) {
        unsigned byte = i / 2 % 4;
        unsigned shift = 8 * (hashes[kind].little ? byte : 3 - byte) + (i % 2 == 0 ? 4 : 0);

        hex[i] = "0123456789abcdef"[state[i / 8] >> shift & 15];
    }
    return str_dup(arena, (struct str){hex, digits < 8 * words ? digits : 8 * words});
}
