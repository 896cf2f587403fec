#include "ops/database_create.h"

#include "schema/ident.h"

enum {
    WITH_PROVIDERS = 15,
    WITH_RULES = 16,  /* ICU_RULES */
    WITH_BUILTIN = 17 /* LOCALE_PROVIDER builtin */
};

struct str database_hindrance(struct arena *arena, const struct database_facts *facts, int major)
{
    bool icu = str_is(facts->provider, "i");

    if (icu && major < WITH_PROVIDERS)
        return str_printf(arena, "its collation is one of ICU, which PostgreSQL %d does not have", major);
    if (icu && facts->icu_rules.ptr != NULL && major < WITH_RULES)
        return str_printf(arena, "its collation has rules (ICU_RULES), which PostgreSQL %d does not know",
                          major);
    if (str_is(facts->provider, "b") && major < WITH_BUILTIN)
        return str_printf(arena, "its collation is PostgreSQL's own, which version %d does not have", major);
    return (struct str){NULL, 0};
}

static void put_word(struct buf *sql, const char *word, struct str text)
{
    if (text.len == 0)
        return;
    buf_text(sql, word);
    literal_quote(sql, text);
}

static void put_provider(struct buf *sql, const struct database_facts *facts, int major)
{
    bool icu = str_is(facts->provider, "i");

    if (major < WITH_PROVIDERS)
        return;
    buf_printf(sql, " LOCALE_PROVIDER %s", icu ? "icu" : str_is(facts->provider, "b") ? "builtin" : "libc");
    if (str_is(facts->provider, "c"))
        return;
    put_word(sql, icu ? " ICU_LOCALE " : " BUILTIN_LOCALE ", facts->locale);
    if (icu)
        put_word(sql, " ICU_RULES ", facts->icu_rules);
}

struct str database_create_text(struct arena *arena, const struct database_wish *wish)
{
    const struct database_facts *facts = wish->facts;
    struct str text;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE DATABASE ");
    ident_quote(&sql, wish->name);
    if (wish->owner.ptr != NULL) {
        buf_text(&sql, " OWNER ");
        ident_quote(&sql, wish->owner);
    }
    buf_text(&sql, " TEMPLATE template0 ENCODING ");
    literal_quote(&sql, facts->encoding);
    put_word(&sql, " LC_COLLATE ", wish->locale.ptr != NULL ? wish->locale : facts->collate);
    put_word(&sql, " LC_CTYPE ", wish->locale.ptr != NULL ? wish->locale : facts->ctype);
    put_provider(&sql, facts, wish->major);
    if (wish->tablespace.ptr != NULL) {
        buf_text(&sql, " TABLESPACE ");
        ident_quote(&sql, wish->tablespace);
    }
    text = buf_to_str(arena, &sql);
    buf_free(&sql);
    return text;
}

bool database_create(struct arena *arena, struct engine *engine, const struct database_wish *wish,
                     struct err *err)
{
    struct str hindrance = database_hindrance(arena, wish->facts, wish->major);
    bool done = hindrance.ptr == NULL ? engine_exec(engine, database_create_text(arena, wish), err)
                                      : err_set(err, ERR_REFUSED, "%.*s", STR_ARGS(hindrance));

    return done || err_prefix(err, "database %.*s could not be made", STR_ARGS(wish->name));
}

bool database_drop(struct engine *engine, struct str name, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP DATABASE IF EXISTS ");
    ident_quote(&sql, name);
    done = engine_exec(engine, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool database_has_locale(struct arena *arena, struct engine *engine, struct str locale, bool *has,
                         struct err *err)
{
    static const char sql[] = "SELECT (lower($1) IN ('', 'c', 'posix') OR EXISTS (SELECT FROM "
                              "pg_catalog.pg_collation WHERE collprovider"
                              " = 'c' AND lower(replace(collcollate, '-', '')) = lower(replace($1, '-', "
                              "''))) OR EXISTS (SELECT FROM"
                              " pg_catalog.pg_database WHERE lower(replace(datcollate, '-', '')) = "
                              "lower(replace($1, '-', ''))))::int"
                              "::text";
    struct value value;

    if (!engine_value(engine, arena, str_from(sql), &locale, 1, &value, err))
        return false;
    *has = str_is(value.bytes, "1");
    return true;
}
