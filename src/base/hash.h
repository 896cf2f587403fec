/*
 * hash.h: MD5, SHA-1 and SHA-256 of short texts, as lower-case hex digits.
 *
 * Frameworks make names of constraints with them, so pgrade has to compute the same; nothing here protects
 * anything.  The algorithms are libmd's.
 */
#ifndef PGRADE_BASE_HASH_H
#define PGRADE_BASE_HASH_H

#include "base/str.h"

enum hash_kind {
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA256
};

/* The first `digits` hex digits, at most as many as the hash has: 32, 40 or 64. */
struct str hash_hex(struct arena *arena, enum hash_kind kind, struct str text, size_t digits);

#endif
