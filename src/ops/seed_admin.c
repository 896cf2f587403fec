#include "ops/seed_admin.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ops/seed_admin_intern.h"
#include "schema/ident.h"

static const char *const admin_columns[] = {"is_superuser", "is_staff",  "is_admin",
                                            "admin",        "superuser", NULL};
static const char *const active_columns[] = {"is_active", "active",       "enabled",
                                             "confirmed", "is_confirmed", "email_confirmed",
                                             "verified",  "is_verified",  NULL};
static const char *const moment_columns[] = {"created_at",   "updated_at",        "date_joined",
                                             "confirmed_at", "email_verified_at", "created",
                                             "updated",      "created_on",        NULL};

static bool set_value(struct admin_work *work, const struct seed_column *column, struct seed_cell cell,
                      bool at_insert_only, struct err *err)
{
    struct admin_setting setting = {.column = column, .at_insert_only = at_insert_only};
    const char *why;

    if (work->setting_count == ADMIN_SETTINGS)
        return err_set(err, ERR_REFUSED, "%.*s has too many columns", STR_ARGS(work->table->shown));
    if (cell.kind == SEED_TRUE &&
        (str_contains_nocase(column->type, "int") || str_is(column->type, "numeric")))
        cell = (struct seed_cell){SEED_NUMBER, str_from("1")};
    if (!seed_value(&work->run, work->run.arena, column, &cell, &setting.value, &why))
        return err_set(err, ERR_FAILED, "column %.*s: the value is none of %.*s: %s", STR_ARGS(column->name),
                       STR_ARGS(column->type), why);
    work->settings[work->setting_count++] = setting;
    return true;
}

static struct seed_cell text_cell(struct str text)
{
    return (struct seed_cell){SEED_TEXT, text};
}

static bool is_boolean(struct str type)
{
    return str_contains_nocase(type, "bool") || str_contains_nocase(type, "int");
}

/* UTC, as all frameworks keep it; SQLite has texts, of which frameworks want no offset. */
static struct seed_cell now(const struct admin_work *work)
{
    struct str text =
        str_slice(clock_text(work->run.arena, clock_wall_us()), 0, strlen("2026-11-21 17:55:12.123"));

    return text_cell(str_printf(work->run.arena, "%.*s%s", STR_ARGS(text), work->run.sqlite ? "" : "+00"));
}

static bool is_moment(struct str type)
{
    return str_contains_nocase(type, "time");
}

/* What says that somebody is an administrator: a flag, or the name of a role. */
static bool mark(struct admin_work *work, const struct seed_column *column, bool *marks, struct err *err)
{
    struct str asked = admin_told(work->options->columns, work->options->column_count, str_from("admin"));
    bool named = asked.ptr != NULL ? str_equal_nocase(asked, column->name)
                                   : admin_is_one_of(column->name, admin_columns);
    bool role = asked.ptr != NULL
                    ? named
                    : str_is_nocase(column->name, "role") && str_contains_nocase(column->type, "char");
    struct seed_cell flag = {.kind = SEED_TRUE};

    *marks = (named && is_boolean(column->type)) || role;
    if (!*marks)
        return true;
    work->admin->marked = true;
    return set_value(work, column, is_boolean(column->type) ? flag : text_cell(str_from("admin")), false,
                     err);
}

/* What users have everywhere, and what must have a value. */
static bool set_usual(struct admin_work *work, const struct seed_column *column, struct err *err)
{
    if (admin_is_one_of(column->name, active_columns) && is_boolean(column->type))
        return set_value(work, column, (struct seed_cell){.kind = SEED_TRUE}, false, err);
    if (admin_is_one_of(column->name, moment_columns) && is_moment(column->type))
        return set_value(work, column, now(work), true, err);
    if (!column->not_null || column->has_default || column->generated)
        return true;
    if (str_is_nocase(column->name, "first_name") || str_is_nocase(column->name, "last_name"))
        return set_value(work, column, text_cell(str_from("")), true, err);
    err_set(err, ERR_REFUSED, "%.*s.%.*s needs a value, and has no default", STR_ARGS(work->table->shown),
            STR_ARGS(column->name));
    return err_hint(err, "--admin-set %.*s=VALUE", STR_ARGS(column->name));
}

static bool set_column(struct admin_work *work, const struct seed_column *column, struct err *err)
{
    const struct admin_options *options = work->options;
    struct str given = admin_told(options->values, options->value_count, column->name);
    bool marks;

    if (given.ptr != NULL)
        return set_value(work, column, text_cell(given), false, err);
    if (column == work->user)
        return set_value(work, column, text_cell(options->user), false, err);
    if (column == work->email && options->email.len > 0)
        return set_value(work, column, text_cell(options->email), false, err);
    if (!mark(work, column, &marks, err))
        return false;
    return marks || set_usual(work, column, err);
}

/* By them the user is looked for, and logs in. */
static bool is_of_user(const struct admin_work *work, struct str name)
{
    const struct seed_column *column = seed_table_column(work->table, name);

    return column == work->password || column == work->user ||
           (column == work->email && work->options->email.len > 0);
}

static bool check_told(const struct admin_work *work, struct err *err)
{
    static const char *const roles[] = {"username", "email", "password", "admin", NULL};
    const struct admin_options *options = work->options;

    for (size_t i = 0; i < options->column_count + options->value_count; i++) {
        bool role = i < options->column_count;
        struct str text = role ? options->columns[i] : options->values[i - options->column_count];
        ptrdiff_t sign = str_find(text, '=');
        struct str name = str_slice(text, 0, sign < 0 ? 0 : (size_t)sign);
        struct str column = role ? str_slice(text, (size_t)(sign + 1), text.len) : name;

        if (sign <= 0 || (role && !admin_is_one_of(name, roles)))
            return err_set(err, ERR_USAGE,
                           role
                               ? "--admin-columns: username, email, password or admin, then =COLUMN, is meant"
                               : "--admin-set: COLUMN=VALUE is meant");
        if (seed_table_column(work->table, column) == NULL)
            return err_set(err, ERR_REFUSED, "%.*s has no column %.*s", STR_ARGS(work->table->shown),
                           STR_ARGS(column));
        if (!role && is_of_user(work, column))
            return err_set(err, ERR_USAGE,
                           "--admin-set %.*s: name and address come from --admin, and the password is hashed",
                           STR_ARGS(column));
    }
    return true;
}

static bool set_values(struct admin_work *work, struct err *err)
{
    for (size_t i = 0; i < work->table->column_count; i++)
        if (&work->table->columns[i] != work->password && !set_column(work, &work->table->columns[i], err))
            return false;
    return true;
}

/* Last of all: it takes the while that it has to, and nobody waits for what is refused. */
static bool set_password(struct admin_work *work, enum password_scheme scheme, struct err *err)
{
    struct str hash;

    return password_hash(work->run.arena, scheme, work->options->password, &hash, err) &&
           set_value(work, work->password, text_cell(hash), false, err);
}

/* The rows that have this name or this address. */
static size_t put_where(struct admin_work *work, struct buf *sql, struct pgrade_value *values, size_t count)
{
    const char *before = " WHERE ";

    if (work->user != NULL) {
        buf_text(sql, before);
        ident_quote(sql, work->user->name);
        buf_printf(sql, " = $%zu", count + 1);
        values[count++] = (struct pgrade_value){
            .type = PGRADE_TEXT, .bytes = work->options->user.ptr, .size = work->options->user.len};
        before = " OR ";
    }
    if (work->email != NULL && work->options->email.len > 0) {
        buf_text(sql, before);
        ident_quote(sql, work->email->name);
        buf_printf(sql, " = $%zu", count + 1);
        values[count++] = (struct pgrade_value){
            .type = PGRADE_TEXT, .bytes = work->options->email.ptr, .size = work->options->email.len};
    }
    return count;
}

static bool run_statement(struct admin_work *work, struct buf *sql, const struct pgrade_value *values,
                          size_t count, int64_t *number, struct err *err)
{
    struct pgrade_rows *rows = NULL;
    struct pgrade_error error;
    bool found = true;
    bool done = pgrade_run(work->run.db, sql->ptr, values, count, &rows, &error);

    while (done && found) {
        done = pgrade_next(rows, &found, &error);
        if (done && found && number != NULL)
            *number = pgrade_cell(rows, 0)->integer;
    }
    if (rows != NULL)
        done = pgrade_rows_close(rows, done ? &error : NULL) && done;
    buf_free(sql);
    if (done)
        return true;
    core_failed(&error, err);
    return err_prefix(err, "the administrator in %.*s", STR_ARGS(work->table->shown));
}

static bool count_users(struct admin_work *work, int64_t *count, struct err *err)
{
    struct pgrade_value values[2];
    struct buf sql;
    size_t given;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT count(*) FROM %.*s", STR_ARGS(work->table->quoted));
    given = put_where(work, &sql, values, 0);
    return run_statement(work, &sql, values, given, count, err);
}

static bool insert(struct admin_work *work, struct err *err)
{
    struct pgrade_value values[ADMIN_SETTINGS];
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "INSERT INTO %.*s (", STR_ARGS(work->table->quoted));
    for (size_t i = 0; i < work->setting_count; i++) {
        buf_text(&sql, i > 0 ? ", " : "");
        ident_quote(&sql, work->settings[i].column->name);
        values[i] = work->settings[i].value;
    }
    buf_text(&sql, ") VALUES (");
    for (size_t i = 0; i < work->setting_count; i++)
        buf_printf(&sql, "%s$%zu", i > 0 ? ", " : "", i + 1);
    buf_text(&sql, ")");
    return run_statement(work, &sql, values, work->setting_count, NULL, err);
}

static bool update(struct admin_work *work, struct err *err)
{
    struct pgrade_value values[ADMIN_SETTINGS + 2];
    struct buf sql;
    size_t count = 0;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "UPDATE %.*s SET ", STR_ARGS(work->table->quoted));
    for (size_t i = 0; i < work->setting_count; i++) {
        if (work->settings[i].at_insert_only)
            continue;
        buf_text(&sql, count > 0 ? ", " : "");
        ident_quote(&sql, work->settings[i].column->name);
        buf_printf(&sql, " = $%zu", count + 1);
        values[count++] = work->settings[i].value;
    }
    count = put_where(work, &sql, values, count);
    return run_statement(work, &sql, values, count, NULL, err);
}

/* Whether the one that is there may be changed, if there is one. */
static bool look_for_user(struct admin_work *work, struct err *err)
{
    int64_t there = 0;

    if (!count_users(work, &there, err))
        return false;
    work->admin->created = there == 0;
    if (there == 0 || (there == 1 && work->options->force))
        return true;
    if (there > 1)
        return err_set(err, ERR_REFUSED, "the name and the address are of two different users of %.*s",
                       STR_ARGS(work->table->shown));
    err_set(err, ERR_REFUSED, "%.*s has a user of that name or address already",
            STR_ARGS(work->table->shown));
    return err_hint(err, "--force gives that user this password, and makes an administrator of it");
}

static bool make(struct admin_work *work, struct err *err)
{
    enum password_scheme scheme;

    if (!check_told(work, err) || !admin_choose_hash(work, &scheme, err))
        return false;
    work->admin->hash = password_scheme_name(scheme);
    return set_values(work, err) && look_for_user(work, err) && set_password(work, scheme, err) &&
           (work->admin->created ? insert(work, err) : update(work, err));
}

bool seed_admin(struct arena *arena, struct pgrade_database *db, const struct admin_options *options,
                struct admin *admin, struct err *err)
{
    struct seed_options none = {.fresh = false};
    struct seed nothing = {.files = NULL};
    struct admin_work *work = ARENA_NEW(arena, struct admin_work);

    *admin = (struct admin){.framework = NULL};
    *work = (struct admin_work){.run = {.arena = arena,
                                        .db = db,
                                        .options = &none,
                                        .seed = &nothing,
                                        .sqlite = strcmp(pgrade_engine(db), "sqlite") == 0},
                                .options = options,
                                .admin = admin};
    if (!admin_find_table(work, err))
        return false;
    admin->table = work->table->shown;
    return make(work, err);
}
