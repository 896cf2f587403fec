/* core_tests.h: the tests of the public library, which know of it what is in pgrade.h alone. */
#ifndef PGRADE_TESTS_CORE_TESTS_H
#define PGRADE_TESTS_CORE_TESTS_H

#include "tests/unit.h"

#include "pgrade.h"

/* Each ends with a test without a name. */
extern const struct CMUnitTest core_values[];
extern const struct CMUnitTest core_errors[];
extern const struct CMUnitTest core_sessions[];

struct core {
    char folder[64]; /* of the SQLite file; "" on PostgreSQL */
    char url[2048];
    bool postgres;
    struct pgrade_database *db;
    struct pgrade_error error;
};

/* Another connection to the same database. */
struct pgrade_database *core_again(struct core *core, const struct pgrade_options *options);

/* Runs it; a failure fails the test. */
void core_do(struct core *core, const char *sql);

/* It fails with this kind and this SQLSTATE (NULL: any). */
void core_fails(struct core *core, const char *sql, enum pgrade_kind kind, const char *sqlstate);

/* The only cell that the statement gives: 64-bit integer, or text in a buffer that the next call reuses. */
int64_t core_integer(struct core *core, const char *sql);
const char *core_text(struct core *core, const char *sql);

#endif
