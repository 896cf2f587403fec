/* Which table holds the users, and how it keeps their passwords. */
#include <string.h>

#include "base/buf.h"
#include "ops/seed_admin_intern.h"
#include "schema/ident.h"

static const char *const password_columns[] = {"password_hash",   "encrypted_password",
                                               "password_digest", "hashed_password",
                                               "password",        "passwd",
                                               "pw_hash",         NULL};
static const char *const user_columns[] = {"username", "user_name", "login", "name", NULL};
static const char *const email_columns[] = {"email", "email_address", "mail", NULL};
static const char *const table_names[] = {"auth_user", "user",   "users",  "account",
                                          "accounts",  "member", "members"};

bool admin_is_one_of(struct str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_is_nocase(name, *names))
            return true;
    return false;
}

static const struct seed_column *first_of(const struct seed_table *table, const char *const *names)
{
    for (; *names != NULL; names++) {
        const struct seed_column *column = seed_table_column(table, str_from(*names));

        if (column != NULL)
            return column;
    }
    return NULL;
}

static bool has(const struct seed_table *table, const char *name)
{
    return seed_table_column(table, str_from(name)) != NULL;
}

static bool is_users_table(const struct seed_table *table)
{
    return first_of(table, password_columns) != NULL &&
           (first_of(table, user_columns) != NULL || first_of(table, email_columns) != NULL);
}

static bool may_be_users(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(table_names); i++)
        if (str_is_nocase(name, table_names[i]))
            return true;
    return str_ends_with(name, "_user") || str_ends_with(name, "_users");
}

static bool none_known(struct err *err)
{
    err_set(err, ERR_REFUSED, "no users table is recognised");
    err_detail(
        err,
        "looked for: a table user, users, auth_user, account or ..._user with a column for the password, and "
        "one for the name or the address");
    return err_hint(
        err, "--admin-table NAME --admin-columns username=COLUMN,email=COLUMN,password=COLUMN,admin=COLUMN");
}

static bool recognise(struct admin_work *work, struct err *err)
{
    struct show_options quick = {.exact = false};
    struct show_tables tables = {.items = NULL};

    if (!show_read_tables(work->run.arena, work->run.db, &quick, &tables, err))
        return false;
    for (size_t i = 0; i < tables.items_count; i++) {
        struct seed_table *table;
        bool found;

        if (!may_be_users(tables.items[i].name) || !str_is(tables.items[i].kind, "table"))
            continue;
        if (!seed_table_find(&work->run, tables.items[i].name, &table, &found, err))
            return false;
        if (!found || !is_users_table(table))
            continue;
        if (work->table != NULL) {
            err_set(err, ERR_REFUSED, "%.*s and %.*s could both be the users table",
                    STR_ARGS(work->table->shown), STR_ARGS(table->shown));
            return err_hint(err, "--admin-table NAME says which");
        }
        work->table = table;
    }
    return work->table != NULL || none_known(err);
}

static bool find(struct admin_work *work, struct err *err)
{
    bool found;

    if (work->options->table == NULL)
        return recognise(work, err);
    if (!seed_table_find(&work->run, str_from(work->options->table), &work->table, &found, err))
        return false;
    return found || err_set(err, ERR_REFUSED, "there is no table %s", work->options->table);
}

/* The column that --admin-columns or --admin-set names: ROLE=COLUMN; a NULL ptr: nothing of that. */
struct str admin_told(const struct str *list, size_t count, struct str name)
{
    for (size_t i = count; i > 0; i--) {
        ptrdiff_t sign = str_find(list[i - 1], '=');

        if (sign > 0 && str_equal_nocase(str_slice(list[i - 1], 0, (size_t)sign), name))
            return str_slice(list[i - 1], (size_t)sign + 1, list[i - 1].len);
    }
    return (struct str){NULL, 0};
}

static bool find_column(struct admin_work *work, const char *role, const char *const *names,
                        const struct seed_column **column, struct err *err)
{
    struct str name = admin_told(work->options->columns, work->options->column_count, str_from(role));

    *column = name.ptr != NULL ? seed_table_column(work->table, name) : first_of(work->table, names);
    return name.ptr == NULL || *column != NULL ||
           err_set(err, ERR_REFUSED, "%.*s has no column %.*s", STR_ARGS(work->table->shown), STR_ARGS(name));
}

static bool find_columns(struct admin_work *work, struct err *err)
{
    if (!find_column(work, "username", user_columns, &work->user, err) ||
        !find_column(work, "email", email_columns, &work->email, err) ||
        !find_column(work, "password", password_columns, &work->password, err))
        return false;
    if (work->password != NULL && (work->user != NULL || work->email != NULL))
        return true;
    err_set(err, ERR_REFUSED, "%.*s has no column that is known for %s", STR_ARGS(work->table->shown),
            work->password == NULL ? "the password" : "the name or the address of a user");
    return err_hint(err, "--admin-columns username=COLUMN,email=COLUMN,password=COLUMN,admin=COLUMN");
}

static void take_text(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    *(struct str *)context = show_text(arena, &cells[0]);
}

/* Of somebody who is there already. */
static bool read_hash(struct admin_work *work, struct str *hash, struct err *err)
{
    struct show_options none = {.exact = false};
    struct show_question question = {work->run.arena, work->run.db, &none};
    struct buf sql;
    bool done;

    *hash = (struct str){NULL, 0};
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT ");
    ident_quote(&sql, work->password->name);
    buf_printf(&sql, " FROM %.*s WHERE ", STR_ARGS(work->table->quoted));
    ident_quote(&sql, work->password->name);
    buf_text(&sql, " LIKE '%$%' LIMIT 1");
    done = show_ask(&question, str_cstr(work->run.arena, buf_view(&sql)), (struct str){NULL, 0}, take_text,
                    hash, err);
    buf_free(&sql);
    return done;
}

bool admin_find_table(struct admin_work *work, struct err *err)
{
    return find(work, err) && find_columns(work, err);
}

/* What makes a table one of a framework, and how that hashes. */
static enum password_scheme framework_of(struct admin_work *work)
{
    const struct seed_table *table = work->table;

    if (has(table, "is_superuser") && has(table, "is_staff")) {
        work->admin->framework = "Django";
        return PASSWORD_DJANGO;
    }
    if (str_is_nocase(work->password->name, "encrypted_password") ||
        str_is_nocase(work->password->name, "password_digest")) {
        work->admin->framework = "Rails";
        return PASSWORD_BCRYPT;
    }
    if (has(table, "remember_token") && has(table, "email") && has(table, "password")) {
        work->admin->framework = "Laravel";
        return PASSWORD_BCRYPT_PHP;
    }
    return PASSWORD_WERKZEUG_PBKDF2;
}

bool admin_choose_hash(struct admin_work *work, enum password_scheme *scheme, struct err *err)
{
    struct str hash;

    *scheme = framework_of(work);
    if (work->options->hash != NULL)
        return password_scheme_of(work->options->hash, scheme, err);
    if (has(work->table, "fs_uniquifier")) {
        err_set(err, ERR_REFUSED,
                "%.*s is of Flask-Security, which mixes a secret of its own into each password",
                STR_ARGS(work->table->shown));
        err_detail(err, "SECURITY_PASSWORD_SALT is in the application, and not in the database");
        return err_hint(err, "flask users create EMAIL --active, then flask roles add EMAIL admin");
    }
    if (!read_hash(work, &hash, err))
        return false;
    if (hash.ptr == NULL || password_scheme_guess(hash, scheme))
        return true;
    err_set(err, ERR_REFUSED, "the passwords in %.*s are hashed in a way that pgrade does not know",
            STR_ARGS(work->table->shown));
    return err_hint(
        err,
        "--admin-hash NAME chooses werkzeug-pbkdf2, werkzeug-scrypt, django, bcrypt or bcrypt-php, if the "
        "application reads one of them too");
}
