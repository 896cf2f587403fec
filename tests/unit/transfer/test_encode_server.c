/*
 * What PostgreSQL itself makes of the fields: each value is copied in and compared with what the server makes
 * of a text that says the same, or of exact arithmetic in numeric.  The server's settings are hostile on
 * purpose (time zone, DateStyle): no result may depend on them.
 */
#include "tests/unit/transfer/encode_server.h"

#include <stdio.h>

static uint64_t seed = 88172645463325252u;

/* xorshift64: the same numbers in every run. */
uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest *const groups[] = {encode_server_numbers, encode_server_texts,
                                               encode_server_moments};
    int failures = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATABASE-URL\n", argv[0]);
        return 1;
    }
    server_connect(argv[1]);
    server_run("SET extra_float_digits = 3; SET client_min_messages = warning");
    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
        size_t count = 0;

        while (groups[i][count].name != NULL)
            count++;
        failures += _cmocka_run_group_tests("encode_server", groups[i], count, NULL, NULL);
    }
    server_disconnect();
    return failures;
}
