/* fixture.h: the schema model and the facts of a SQLite database, for tests of the plan. */
#ifndef PGRADE_TESTS_PLAN_FIXTURE_H
#define PGRADE_TESTS_PLAN_FIXTURE_H

#include <sqlite3.h>

#include "plan/facts.h"
#include "schema/model.h"

/* Opens a file without touching anything beside it; NULL when it cannot be opened. */
sqlite3 *fixture_open(const char *path);

/* A database in memory, made by these statements. */
sqlite3 *fixture_make(const char *sql);

/* The tables and their indexes.  Objects that cannot be parsed fail the test. */
struct schema fixture_schema(struct arena *arena, sqlite3 *db);

/* Whole survey of one column. */
struct column_facts fixture_facts(sqlite3 *db, const struct table *table, const struct column *column);

#endif
