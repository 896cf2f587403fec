/* What of a move is done: written after each step, so that the same command goes on behind it. */
#include "base/json.h"
#include "ops/move_intern.h"

static const char *const step_names[] = {
    [MOVE_LISTED] = "listed", [MOVE_DUMPED] = "dumped",     [MOVE_MAKING] = "making",
    [MOVE_MADE] = "made",     [MOVE_RESTORED] = "restored", [MOVE_VERIFIED] = "verified",
};

const char *move_step_name(enum move_step step)
{
    return step_names[step];
}

static void put_databases(struct json *json, const struct move_result *result)
{
    json_name(json, "databases");
    json_array(json);
    for (size_t i = 0; i < result->database_count; i++) {
        const struct moved_database *database = &result->databases[i];

        json_object(json);
        json_put_str(json, "name", database->dump.facts.name);
        json_put_str(json, "folder", database->dump.folder);
        json_put_str(json, "target", database->target);
        json_put_bool(json, "exists", database->exists);
        json_put_text(json, "step", step_names[database->step]);
        json_put_texts(json, "refused", database->refused, database->refused_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_all(struct json *json, const struct move *move)
{
    json_object(json);
    json_put_int(json, "pgrade_move", 1);
    json_put_str(json, "old", move->old_text);
    json_put_str(json, "new", move->new_text);
    json_put_int(json, "began_us", move->began_us);
    json_put_bool(json, "done", move->result->done);
    json_name(json, "read_only");
    json_array(json);
    for (size_t i = 0; i < move->frozen_count; i++) {
        json_object(json);
        json_put_str(json, "name", move->frozen[i].name);
        json_put_str(json, "before", move->frozen[i].before);
        json_object_end(json);
    }
    json_array_end(json);
    put_databases(json, move->result);
    json_object_end(json);
}

bool move_journal_write(const struct move *move, struct err *err)
{
    struct json json;
    struct buf out;
    bool done;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    json_begin(&json, &out);
    put_all(&json, move);
    done = !out.failed || err_set(err, ERR_OUT_OF_MEMORY, "no memory for the journal");
    done = done && fs_write(fs_join(move->arena, move->path, MOVE_JOURNAL), 0600, buf_view(&out), err);
    buf_free(&out);
    return done;
}
