/* catalog_check.h: the parsed model against SQLite itself. */
#ifndef PGRADE_TESTS_CATALOG_CHECK_H
#define PGRADE_TESTS_CATALOG_CHECK_H

/* Executes the statements in an empty database.  What is then in sqlite_schema must parse into what SQLite's
 * own pragmas tell; otherwise the test fails. */
void check_statements(const char *statements);

#endif
