/*
 * OLD made read-only while it is moved: new sessions begin with default_transaction_read_only, and those that
 * are there are ended, so that they connect anew.  It keeps an application from writing by mistake, and
 * nobody who says SET TRANSACTION READ WRITE.
 */
#include "base/log.h"
#include "ops/database_create.h"
#include "ops/move_intern.h"
#include "schema/ident.h"

static const char setting[] = "default_transaction_read_only";

static bool is_setting(const struct database_setting *one)
{
    return one->role.ptr == NULL && str_starts_with(one->text, setting) &&
           one->text.len > sizeof(setting) - 1 && one->text.ptr[sizeof(setting) - 1] == '=';
}

static struct str value_before(const struct database_facts *facts)
{
    for (size_t i = 0; i < facts->setting_count; i++)
        if (is_setting(&facts->settings[i]))
            return str_slice(facts->settings[i].text, sizeof(setting), facts->settings[i].text.len);
    return (struct str){NULL, 0};
}

static const struct move_frozen *find(const struct move *move, struct str name)
{
    for (size_t i = 0; i < move->frozen_count; i++)
        if (str_equal(move->frozen[i].name, name))
            return &move->frozen[i];
    return NULL;
}

/* `value` with a NULL ptr: none of its own any more. */
static bool set(struct move *move, struct str name, struct str value, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "ALTER DATABASE ");
    ident_quote(&sql, name);
    buf_printf(&sql, value.ptr == NULL ? " RESET %s" : " SET %s TO ", setting);
    if (value.ptr != NULL)
        literal_quote(&sql, value);
    done = engine_exec(move->old, (struct str)STR("BEGIN READ WRITE"), err) &&
           engine_exec(move->old, buf_view(&sql), err) &&
           engine_exec(move->old, (struct str)STR("COMMIT"), err);
    buf_free(&sql);
    return done;
}

/* Those of roles that this one may not end go on, and are told of. */
static bool end_sessions(struct move *move, struct str name, struct err *err)
{
    static const char end_sql[] =
        "SELECT count(*) FILTER (WHERE pg_catalog.pg_terminate_backend(pid))::bigint"
        " FROM pg_catalog.pg_stat_activity WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid()"
        " AND backend_type = 'client backend' AND usesysid IN (SELECT oid FROM pg_catalog.pg_roles r"
        " WHERE pg_catalog.pg_has_role(r.oid, 'MEMBER') AND (NOT r.rolsuper OR (SELECT m.rolsuper"
        " FROM pg_catalog.pg_roles m WHERE m.rolname = current_user)))";
    static const char left_sql[] =
        "SELECT count(*)::bigint FROM pg_catalog.pg_stat_activity WHERE datname = $1"
        " AND pid <> pg_catalog.pg_backend_pid() AND usename IS NOT NULL AND backend_type = 'client backend'"
        " AND NOT pg_catalog.pg_has_role(usesysid, 'MEMBER')";
    struct value ended;
    struct value left;

    if (!engine_value(move->old, move->arena, str_from(end_sql), &name, 1, &ended, err) ||
        !engine_value(move->old, move->arena, str_from(left_sql), &name, 1, &left, err))
        return false;
    if (ended.integer > 0)
        log_message(LOG_NOTICE, "%lld sessions of %.*s on OLD were ended: they can only read now",
                    (long long)ended.integer, STR_ARGS(name));
    if (left.integer > 0)
        log_message(LOG_WARNING,
                    "%lld sessions of %.*s on OLD belong to roles that may not be ended: they can go on "
                    "writing",
                    (long long)left.integer, STR_ARGS(name));
    return true;
}

/* Written down before it is done: whoever finds the journal can undo it. */
bool move_freeze(struct move *move, struct err *err)
{
    for (size_t i = 0; i < move->result->database_count; i++) {
        const struct database_facts *facts = &move->result->databases[i].dump.facts;

        if (find(move, facts->name) == NULL)
            ARENA_PUSH(move->arena, move->frozen, move->frozen_count, move->frozen_capacity) =
                (struct move_frozen){facts->name, value_before(facts)};
        if (!move_journal_write(move, err) || !set(move, facts->name, str_from("on"), err) ||
            !end_sessions(move, facts->name, err))
            return err_prefix(err, "database %.*s could not be made read-only on OLD", STR_ARGS(facts->name));
    }
    move->result->read_only = true;
    return true;
}

bool move_thaw(struct move *move, struct err *err)
{
    while (move->frozen_count > 0) {
        const struct move_frozen *one = &move->frozen[move->frozen_count - 1];

        if (!set(move, one->name, one->before, err))
            return err_prefix(err, "database %.*s stays read-only on OLD", STR_ARGS(one->name));
        move->frozen_count--;
    }
    move->result->read_only = false;
    return move->partial == NULL || move_journal_write(move, err);
}

void move_unfreeze_facts(struct move *move)
{
    for (size_t i = 0; i < move->result->database_count; i++) {
        struct database_facts *facts = &move->result->databases[i].dump.facts;
        const struct move_frozen *frozen = find(move, facts->name);
        size_t kept = 0;

        for (size_t j = 0; frozen != NULL && j < facts->setting_count; j++) {
            if (!is_setting(&facts->settings[j]))
                facts->settings[kept++] = facts->settings[j];
            else if (frozen->before.ptr != NULL)
                facts->settings[kept++] = (struct database_setting){
                    {NULL, 0}, str_printf(move->arena, "%s=%.*s", setting, STR_ARGS(frozen->before))};
        }
        if (frozen != NULL)
            facts->setting_count = kept;
    }
}
