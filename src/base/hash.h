/*
 * hash.h: MD5, SHA-1 and SHA-256 as lower-case hex digits.
 *
 * Frameworks make names of constraints with them, so pgrade has to compute the same; files of a backup are
 * known again by the last.  Nothing here protects against an attacker.  The algorithms are libmd's.
 */
#ifndef PGRADE_BASE_HASH_H
#define PGRADE_BASE_HASH_H

#include <signal.h>

#include "base/err.h"
#include "base/str.h"

enum hash_kind {
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA256
};

/* The first `digits` hex digits, at most as many as the hash has: 32, 40 or 64. */
struct str hash_hex(struct arena *arena, enum hash_kind kind, struct str text, size_t digits);

/* The SHA-256 of a file of any size, and how many bytes it has; ERR_IO. */
bool hash_file(struct arena *arena, const char *path, const volatile sig_atomic_t *interrupted,
               struct str *hex, int64_t *bytes, struct err *err) MUST_USE;

#endif
