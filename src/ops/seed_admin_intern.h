/* seed_admin_intern.h: what the files behind seed_admin.h share. */
#ifndef PGRADE_OPS_SEED_ADMIN_INTERN_H
#define PGRADE_OPS_SEED_ADMIN_INTERN_H

#include "ops/password_hash.h"
#include "ops/seed_admin.h"
#include "ops/seed_intern.h"

enum {
    ADMIN_SETTINGS = 400
};

struct admin_setting {
    const struct seed_column *column;
    struct pgrade_value value;
    bool at_insert_only;
};

struct admin_work {
    struct seed_run run;
    const struct admin_options *options;
    struct admin *admin;
    struct seed_table *table;
    const struct seed_column *user, *email, *password;
    struct admin_setting settings[ADMIN_SETTINGS];
    size_t setting_count;
};

/* The users table, and its columns for the name, the address and the password. */
bool admin_find_table(struct admin_work *work, struct err *err) MUST_USE;
bool admin_choose_hash(struct admin_work *work, enum password_scheme *scheme, struct err *err) MUST_USE;

/* What a list of NAME=TEXT says of the name; a NULL ptr: nothing. */
struct str admin_told(const struct str *list, size_t count, struct str name);
bool admin_is_one_of(struct str name, const char *const *names);

#endif
