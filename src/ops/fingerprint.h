/* fingerprint.h: is a source the one that was planned for? */
#ifndef PGRADE_OPS_FINGERPRINT_H
#define PGRADE_OPS_FINGERPRINT_H

#include "base/err.h"
#include "schema/model.h"

/* An object of the source that has a statement of its own. */
struct fingerprint {
    struct str kind; /* "table", "index", "view", "trigger" */
    struct str name;
    struct str hash; /* of its statement: SHA-256, hex */
};

struct fingerprints {
    struct fingerprint *items;
    size_t count;
    size_t capacity;
};

void fingerprints_of(struct arena *arena, const struct schema *schema, struct fingerprints *found);

/* ERR_REFUSED with the names of what is new, gone or changed. */
bool fingerprints_compare(const struct fingerprints *planned, const struct fingerprints *found,
                          struct err *err) MUST_USE;

#endif
