#include "cli/saved_plan.h"

#include <string.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/commands.h"
#include "plan/units.h"
#include "schema/ident.h"

enum {
    FILE_MAXIMUM = 256 * 1024 * 1024
};

/* Of `plan`, and no decision about it. */
static const char *const aside[] = {"sql",      "out",       "write-config", "force",
                                    "config",   "no-config", "check-source", "work-dir",
                                    "in-place", "mode",      "replace"};

bool saved_plan_binds(const struct option *option)
{
    for (size_t i = 0; i < ARRAY_LENGTH(aside); i++)
        if (strcmp(option->name, aside[i]) == 0)
            return false;
    for (const struct option *own = command_plan.options; own->name != NULL; own++)
        if (strcmp(option->name, own->name) == 0)
            return true;
    return false;
}

bool saved_plan_may_write(const struct invocation *invocation, const char *path, struct err *err)
{
    if (option_given(invocation, "force") || !fs_exists(path))
        return true;
    err_set(err, ERR_REFUSED, "%s exists", path);
    return err_hint(err, "--force writes it anew");
}

static void put_decision(struct json *json, const char *option, struct str value, struct str reason)
{
    json_object(json);
    json_put_text(json, "option", option);
    json_put_str(json, "value", value);
    if (reason.ptr != NULL)
        json_put_str(json, "reason", reason);
    json_object_end(json);
}

/* These follow, for every column. */
static bool is_by_column(const char *option)
{
    return strcmp(option, "type") == 0 || strcmp(option, "unit") == 0 || strcmp(option, "nocase") == 0;
}

static void put_given(struct json *json, const struct invocation *invocation)
{
    for (size_t i = 0; i < invocation->given_count; i++) {
        const struct given *given = &invocation->given[i];

        if (saved_plan_binds(given->option) && !is_by_column(given->option->name))
            put_decision(json, given->option->name,
                         given->value == NULL ? (struct str){NULL, 0} : str_from(given->value),
                         (struct str){NULL, 0});
    }
}

static void put_enum(struct buf *text, const struct pg_type *type)
{
    buf_printf(text, "enum %.*s(", STR_ARGS(type->name));
    for (size_t i = 0; i < type->label_count; i++) {
        buf_text(text, i > 0 ? ",'" : "'");
        for (size_t j = 0; j < type->labels[i].len; j++) {
            if (type->labels[i].ptr[j] == '\'')
                buf_byte(text, '\'');
            buf_byte(text, type->labels[i].ptr[j]);
        }
        buf_byte(text, '\'');
    }
    buf_byte(text, ')');
}

/* "table"."column"=type, as --type reads it. */
static struct str column_type(struct arena *arena, const struct plan_table *table,
                              const struct plan_column *column)
{
    struct buf text;
    struct str made;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&text, table->source->name.text, column->source->name.text);
    buf_byte(&text, '=');
    if (column->type.kind == PG_ENUM)
        put_enum(&text, &column->type);
    else
        pg_type_format(&text, &column->type);
    made = buf_to_str(arena, &text);
    buf_free(&text);
    return made;
}

/* Columns that only reference such a one take its form anew. */
static void put_nocase(struct json *json, const struct plan_table *table, const struct plan_column *column)
{
    struct buf text;

    if (column->nocase == NOCASE_NONE || !str_is_nocase(column->source->collation, "NOCASE"))
        return;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&text, table->source->name.text, column->source->name.text);
    buf_printf(&text, "=%s", nocase_form_name(column->nocase));
    put_decision(json, "nocase", buf_view(&text), str_from(nocase_effect(column)));
    buf_free(&text);
}

static void put_column(struct json *json, struct arena *arena, const struct plan_table *table,
                       const struct plan_column *column)
{
    struct buf text;

    put_decision(json, "type", column_type(arena, table, column), column->reason);
    put_nocase(json, table, column);
    if (column->type.kind != PG_DATE && column->type.kind != PG_TIMESTAMP &&
        column->type.kind != PG_TIMESTAMPTZ)
        return;
    buf_init(&text, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&text, table->source->name.text, column->source->name.text);
    buf_printf(&text, "=%s%s", unit_option(column->unit), column->unit_found ? UNIT_FOUND : "");
    put_decision(json, "unit", buf_view(&text), column->reason);
    buf_free(&text);
}

static void put_decisions(struct json *json, const struct invocation *invocation, const struct plan *plan)
{
    json_name(json, "decisions");
    json_array(json);
    put_given(json, invocation);
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            put_column(json, invocation->arena, &plan->tables[i], &plan->tables[i].columns[j]);
    json_array_end(json);
}

static void put_source(struct json *json, const struct invocation *invocation, const struct schema *schema)
{
    struct fingerprints found;

    fingerprints_of(invocation->arena, schema, &found);
    json_name(json, "source");
    json_array(json);
    for (size_t i = 0; i < found.count; i++) {
        json_object(json);
        json_put_str(json, "kind", found.items[i].kind);
        json_put_str(json, "name", found.items[i].name);
        json_put_str(json, "sha256", found.items[i].hash);
        json_object_end(json);
    }
    json_array_end(json);
}

bool saved_plan_write(const struct invocation *invocation, const struct prepared *prepared, const char *path,
                      struct err *err)
{
    struct json json;
    struct buf out;
    bool done;

    if (!saved_plan_may_write(invocation, path, err))
        return false;
    buf_init(&out, FILE_MAXIMUM);
    json_begin(&json, &out);
    json_object(&json);
    json_put_int(&json, "pgrade_plan", SAVED_PLAN_FORMAT);
    json_put_text(&json, "version", PGRADE_VERSION);
    put_source(&json, invocation, &prepared->schema);
    put_decisions(&json, invocation, &prepared->plan);
    json_object_end(&json);
    done = out.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for the plan's text")
                      : fs_write(path, 0644, buf_view(&out), err);
    buf_free(&out);
    if (done)
        log_message(LOG_NOTICE, "the plan is saved: pgrade upgrade --plan %s SOURCE TARGET goes by it", path);
    return done;
}
