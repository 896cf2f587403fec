/*
 * locks.h: reading very many tables in one transaction.
 *
 * A transaction keeps a lock on each table and index that it has read until it ends, and the server has room
 * for some thousands of them (max_locks_per_transaction times max_connections).  To roll back to a savepoint
 * gives back the locks taken since, and the transaction keeps its snapshot:
 * https://www.postgresql.org/docs/current/explicit-locking.html
 */
#ifndef PGRADE_OPS_LOCKS_H
#define PGRADE_OPS_LOCKS_H

#include "engine/engine.h"

/* In a transaction that only reads, before the first table. */
bool locks_begin(struct engine *engine, struct err *err) MUST_USE;

/* After table number `place` (from 0) was read, when no statement is open: gives the locks back now and
 * then. */
bool locks_read(struct engine *engine, size_t place, struct err *err) MUST_USE;

/* At once. */
bool locks_give_back(struct engine *engine, struct err *err) MUST_USE;

#endif
