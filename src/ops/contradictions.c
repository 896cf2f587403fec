#include "ops/contradictions.h"

static bool explain_checks(struct err *err)
{
    err_detail(err,
               "SQLite can be told to pass over checks (PRAGMA ignore_check_constraints); the rows are named "
               "above, and nothing was published");
    return err_hint(err, "mend these rows in the source: PRAGMA quick_check finds them there too");
}

bool contradictions_check(const struct upgrade_options *options, const struct upgrade_result *result,
                          struct err *err)
{
    int64_t rows = 0;
    int64_t collated = 0;
    size_t constraints = 0;
    size_t checks = 0;

    for (size_t i = 0; i < result->contradiction_count; i++) {
        const struct contradiction *found = &result->contradictions[i];

        if (found->object->class == OBJECT_FOREIGN_KEY && options->orphans == ORPHANS_NOT_VALID)
            continue;
        rows += found->rows;
        collated += found->collated_rows;
        constraints++;
        checks += found->object->class == OBJECT_CHECK;
    }
    if (constraints == 0)
        return true;
    err_set(err, ERR_DECISION, "%lld row%s contradict%s %zu constraint%s", (long long)rows,
            rows == 1 ? "" : "s", rows == 1 ? "s" : "", constraints, constraints == 1 ? "" : "s");
    if (checks == constraints)
        return explain_checks(err);
    if (collated > 0)
        err_detail(
            err,
            "%lld of them have a parent by its collation in SQLite, while PostgreSQL's foreign keys compare "
            "exactly: the report above says how to mend them",
            (long long)collated);
    err_detail(err,
               "SQLite checks foreign keys only where the application asks for it; the rows are named above");
    return err_hint(
        err,
        "--orphans not-valid carries the rows and leaves their foreign keys NOT VALID, --orphans quarantine "
        "sets them aside; or mend them in the source (PRAGMA foreign_key_check)");
}
