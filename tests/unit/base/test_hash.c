/* test_hash.c: against the vectors of the RFCs, and every length around a block against known sums. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

static void check(enum hash_kind kind, const char *text, const char *expected)
{
    struct arena *arena = arena_new();

    assert_str_equal(hash_hex(arena, kind, str_from(text), 64), expected);
    arena_free(arena);
}

static void vectors_of_the_standards_hold(void **state)
{
    (void)state;
    /* RFC 1321, A.5 */
    check(HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
    check(HASH_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0");
    check(HASH_MD5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
          "57edf4a22be3c955ac49da2e2107b67a");
    /* RFC 3174, 7.3 */
    check(HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check(HASH_SHA1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    /* FIPS 180-4's examples */
    check(HASH_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check(HASH_SHA256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* The hash of the hashes of a, aa, aaa, ... up to 200 letters: as Python's hashlib computes it. */
static void every_length_is_padded_right(void **state)
{
    static const char *const sums[] = {
        [HASH_MD5] = "8f33724d22359a457618252ad193be16",
        [HASH_SHA1] = "23e060604e07e35ec6960f23647c15d7282cce7f",
        [HASH_SHA256] = "6b818684c6e4ee2386d512e7b0419239897ddcc6a1e8873539e5783e1cb01cd3",
    };
    struct arena *arena = arena_new();
    char letters[200];

    (void)state;
    memset(letters, 'a', sizeof(letters));
    for (int kind = HASH_MD5; kind <= HASH_SHA256; kind++) {
        struct str all = {NULL, 0};

        for (size_t length = 1; length <= sizeof(letters); length++)
            all = str_printf(
                arena, "%.*s%.*s", STR_ARGS(all),
                STR_ARGS(hash_hex(arena, (enum hash_kind)kind, (struct str){letters, length}, 64)));
        assert_str_equal(hash_hex(arena, (enum hash_kind)kind, all, 64), sums[kind]);
    }
    arena_free(arena);
}

static void fewer_digits_are_the_first_ones(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_str_equal(hash_hex(arena, HASH_MD5, str_from("abc"), 8), "90015098");
    arena_free(arena);
}

static void file_has_the_hash_of_its_bytes(void **state)
{
    char path[] = "/tmp/pgrade-test-hash-XXXXXX";
    struct arena *arena = arena_new();
    size_t size = 600 * 1000;
    char *bytes = arena_alloc(arena, size);
    struct err err = {.code = ERR_NONE};
    int file = mkstemp(path);
    int64_t counted;
    struct str hex;

    (void)state;
    memset(bytes, 'x', size);
    assert_int_equal(write(file, bytes, size), (ssize_t)size);
    assert_int_equal(close(file), 0);
    assert_true(hash_file(arena, path, NULL, &hex, &counted, &err));
    assert_int_equal(counted, (int64_t)size);
    assert_str_equal(hex, hash_hex(arena, HASH_SHA256, (struct str){bytes, size}, 64).ptr);
    assert_int_equal(unlink(path), 0);
    assert_false(hash_file(arena, path, NULL, &hex, &counted, &err));
    assert_int_equal(err.code, ERR_IO);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_of_the_standards_hold),
        cmocka_unit_test(every_length_is_padded_right),
        cmocka_unit_test(fewer_digits_are_the_first_ones),
        cmocka_unit_test(file_has_the_hash_of_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
