#include <stdio.h>

#include "cli/json_print.h"
#include "cli/report_move.h"

static void put_side(struct json *json, struct arena *arena, const char *name, const struct url *url,
                     const struct instance *instance)
{
    json_name(json, name);
    json_object(json);
    json_put_str(json, "url", url_redacted(arena, url));
    json_put_str(json, "server", instance->server);
    json_object_end(json);
}

static void put_databases(struct json *json, const struct move_result *result)
{
    json_name(json, "databases");
    json_array(json);
    for (size_t i = 0; i < result->database_count; i++) {
        const struct moved_database *one = &result->databases[i];

        json_object(json);
        json_put_str(json, "name", one->dump.facts.name);
        json_put_str(json, "target", one->target);
        json_put_str(json, "owner", one->owner.ptr != NULL ? one->owner : result->new.user);
        json_put_bool(json, "exists", one->exists);
        json_put_text(json, "step", move_step_name(one->step));
        json_put_int(json, "tables", one->dump.tables);
        json_put_int(json, "rows", one->dump.rows);
        json_put_texts(json, "written", one->written, one->written_count);
        json_put_texts(json, "refused", one->refused, one->refused_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_remarks(struct json *json, const struct move_result *result)
{
    json_name(json, "remarks");
    json_array(json);
    for (size_t i = 0; i < result->remark_count; i++) {
        const struct move_remark *remark = &result->remarks[i];

        json_object(json);
        json_put_bool(json, "stops", remark->stops);
        json_put_str(json, "accept", str_from(remark->accept));
        json_put_str(json, "text", remark->text);
        json_put_str(json, "hint", remark->hint);
        json_object_end(json);
    }
    json_array_end(json);
}

void report_move_json(const struct move_options *options, const struct move_result *result,
                      const struct err *err, int status)
{
    struct arena *arena = arena_new();
    struct json json;
    struct buf out;

    json_print_begin(&json, &out, status);
    put_side(&json, arena, "old", options->old, &result->old);
    put_side(&json, arena, "new", options->new, &result->new);
    json_put_bool(&json, "done", result->done);
    json_put_bool(&json, "resumed", result->resumed);
    json_put_bool(&json, "read_only", result->read_only);
    put_databases(&json, result);
    bundle_put_left_out(&json, &result->bundle);
    put_remarks(&json, result);
    json_put_text(&json, "path", result->path);
    json_put_text(&json, "env_file", options->env_file);
    json_put_texts(&json, "env_keys", result->env_keys, result->env_count);
    json_put_texts(&json, "next", result->next, result->next_count);
    json_put_error(&json, "error", err);
    json_print_end(&json, &out);
    arena_free(arena);
}
