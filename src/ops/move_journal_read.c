/* ... and read. */
#include "base/json_read.h"
#include "ops/json_fields.h"
#include "ops/move_intern.h"

static struct moved_database *find(struct move_result *result, struct str name)
{
    for (size_t i = 0; i < result->database_count; i++)
        if (str_equal(result->databases[i].dump.facts.name, name))
            return &result->databases[i];
    return NULL;
}

static enum move_step step_of(struct str name)
{
    for (enum move_step step = MOVE_LISTED; step <= MOVE_VERIFIED; step++)
        if (str_is(name, move_step_name(step)))
            return step;
    return MOVE_LISTED;
}

/* Of one that goes elsewhere now nothing is done. */
static void take_database(struct move *move, struct json_object *item)
{
    struct moved_database *database = find(move->result, json_member_text(move->arena, item, "name"));
    struct str folder = json_member_text(move->arena, item, "folder");

    if (database == NULL || !manifest_stays_below(folder) ||
        !str_equal(database->target, json_member_text(move->arena, item, "target")))
        return;
    database->dump.folder = folder;
    database->exists = json_field_true(item, "exists");
    database->step = step_of(json_member_text(move->arena, item, "step"));
    database->earlier = database->step > MOVE_LISTED;
    /* A journal of an earlier version has none. */
    if (!json_field_texts(move->arena, item, "refused", &database->refused, &database->refused_count))
        database->refused_count = 0;
}

static void take_frozen(struct move *move, struct json_object *list)
{
    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct move_frozen one = {json_member_text(move->arena, item, "name"),
                                  json_member_text(move->arena, item, "before")};

        if (one.name.ptr != NULL)
            ARENA_PUSH(move->arena, move->frozen, move->frozen_count, move->frozen_capacity) = one;
    }
}

bool move_journal_read(struct move *move, const char *path, bool *same, struct err *err)
{
    struct json_object *root;
    struct json_object *databases;

    *same = false;
    if (!json_file_read(move->arena, path, "journal of a move", &root, err))
        return false;
    *same = json_field_int(root, "pgrade_move") == 1 && !json_field_true(root, "done") &&
            str_equal(json_member_text(move->arena, root, "old"), move->old_text) &&
            str_equal(json_member_text(move->arena, root, "new"), move->new_text);
    if (*same) {
        move->began_us = json_field_int(root, "began_us");
        take_frozen(move, json_field_list(root, "read_only"));
        databases = json_field_list(root, "databases");
        for (size_t i = 0; databases != NULL && i < json_object_array_length(databases); i++)
            take_database(move, json_object_array_get_idx(databases, i));
    }
    (void)json_object_put(root);
    return true;
}
