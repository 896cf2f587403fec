/*
 * encode_server.h: the tests of the encoders against a server, a table for each family of values, and the
 * numbers that they draw.
 */
#ifndef PGRADE_TESTS_TRANSFER_ENCODE_SERVER_H
#define PGRADE_TESTS_TRANSFER_ENCODE_SERVER_H

#include "tests/unit/transfer/copying.h"

enum {
    ROWS = 5000
};

/* Each ends with a test without a name. */
extern const struct CMUnitTest encode_server_numbers[];
extern const struct CMUnitTest encode_server_texts[];
extern const struct CMUnitTest encode_server_moments[];

/* The same numbers in every run. */
uint64_t next(void);
int64_t between(int64_t low, int64_t high);

#endif
