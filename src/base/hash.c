#include "base/hash.h"

#include <sys/types.h>

#include <md5.h>
#include <sha1.h>
#include <sha2.h>

enum {
    HEX_MAXIMUM = SHA256_DIGEST_STRING_LENGTH
};

struct str hash_hex(struct arena *arena, enum hash_kind kind, struct str text, size_t digits)
{
    const uint8_t *bytes = (const uint8_t *)text.ptr;
    char hex[HEX_MAXIMUM] = "";

    switch (kind) {
    case HASH_MD5: (void)MD5Data(bytes, text.len, hex); break;
    case HASH_SHA1: (void)SHA1Data(bytes, text.len, hex); break;
    case HASH_SHA256: (void)SHA256Data(bytes, text.len, hex); break;
    default: break;
    }
    return str_dup(arena, str_slice(str_from(hex), 0, digits));
}
