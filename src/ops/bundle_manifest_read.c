/* ... and read. */
#include "base/json_read.h"
#include "ops/json_fields.h"
#include "ops/manifest.h"

static bool take_settings(struct arena *arena, struct json_object *object, struct database_facts *facts)
{
    struct json_object *list = json_field_list(object, "settings");

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct database_setting setting = {json_member_text(arena, item, "role"),
                                           json_member_text(arena, item, "text")};

        if (setting.text.ptr == NULL)
            return false;
        ARENA_PUSH(arena, facts->settings, facts->setting_count, facts->setting_capacity) = setting;
    }
    return list != NULL;
}

static bool take_database(struct arena *arena, struct json_object *object, struct bundle_database *database)
{
    struct database_facts *facts = &database->facts;

    *database =
        (struct bundle_database){.facts = {.name = json_member_text(arena, object, "name"),
                                           .owner = json_member_text(arena, object, "owner"),
                                           .encoding = json_member_text(arena, object, "encoding"),
                                           .collate = json_member_text(arena, object, "collate"),
                                           .ctype = json_member_text(arena, object, "ctype"),
                                           .provider = json_member_text(arena, object, "provider"),
                                           .locale = json_member_text(arena, object, "locale"),
                                           .icu_rules = json_member_text(arena, object, "icu_rules"),
                                           .comment = json_member_text(arena, object, "comment"),
                                           .connection_limit = json_field_int(object, "connection_limit")},
                                 .folder = json_member_text(arena, object, "folder"),
                                 .tables = json_field_int(object, "tables"),
                                 .rows = json_field_int(object, "rows"),
                                 .bytes = json_field_int(object, "bytes")};
    return facts->name.len > 0 && str_find(facts->name, '\0') < 0 && facts->owner.ptr != NULL &&
           facts->encoding.len > 0 && facts->collate.ptr != NULL && facts->ctype.ptr != NULL &&
           facts->provider.len == 1 && manifest_stays_below(database->folder) && database->tables >= 0 &&
           database->rows >= 0 && database->bytes >= 0 && take_settings(arena, object, facts);
}

static bool take_left_out(struct arena *arena, struct json_object *root, struct bundle *bundle)
{
    struct json_object *list = json_field_list(root, "left_out");

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct json_object *item = json_object_array_get_idx(list, i);
        struct left_out one = {json_member_text(arena, item, "name"), json_member_text(arena, item, "why"),
                               json_field_true(item, "asked")};

        if (one.name.ptr == NULL || one.why.ptr == NULL)
            return false;
        ARENA_PUSH(arena, bundle->left_out, bundle->left_out_count, bundle->left_out_capacity) = one;
    }
    return list != NULL;
}

bool bundle_take(struct arena *arena, struct json_object *root, struct bundle *bundle)
{
    struct json_object *list = json_field_list(root, "databases");

    for (size_t i = 0; list != NULL && i < json_object_array_length(list); i++) {
        struct bundle_database database;

        if (!take_database(arena, json_object_array_get_idx(list, i), &database))
            return false;
        ARENA_PUSH(arena, bundle->databases, bundle->database_count, bundle->database_capacity) = database;
    }
    return bundle->database_count > 0 && take_left_out(arena, root, bundle) &&
           json_field_texts(arena, root, "roles", &bundle->roles, &bundle->role_count);
}
