#include "ops/locks.h"

enum {
    TABLES_LOCKED = 50 /* at once, with the indexes of each */
};

bool locks_begin(struct engine *engine, struct err *err)
{
    return engine_exec(engine, (struct str)STR("SAVEPOINT pgrade_read"), err);
}

bool locks_read(struct engine *engine, size_t place, struct err *err)
{
    return (place + 1) % TABLES_LOCKED != 0 || locks_give_back(engine, err);
}

bool locks_give_back(struct engine *engine, struct err *err)
{
    return engine_exec(engine, (struct str)STR("ROLLBACK TO SAVEPOINT pgrade_read"), err);
}
