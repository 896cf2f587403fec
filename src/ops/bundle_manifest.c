/* What the manifest of a bundle has more than that of a backup: written. */
#include "base/json.h"
#include "ops/manifest.h"

static void put_settings(struct json *json, const struct database_facts *facts)
{
    json_name(json, "settings");
    json_array(json);
    for (size_t i = 0; i < facts->setting_count; i++) {
        json_object(json);
        json_put_str(json, "role", facts->settings[i].role);
        json_put_str(json, "text", facts->settings[i].text);
        json_object_end(json);
    }
    json_array_end(json);
}

void bundle_put_members(struct json *json, const struct bundle_database *database)
{
    json_put_str(json, "name", database->facts.name);
    json_put_str(json, "folder", database->folder);
    json_put_int(json, "tables", database->tables);
    json_put_int(json, "rows", database->rows);
    json_put_int(json, "bytes", database->bytes);
}

static void put_database(struct json *json, const struct bundle_database *database)
{
    const struct database_facts *facts = &database->facts;

    json_object(json);
    bundle_put_members(json, database);
    json_put_str(json, "owner", facts->owner);
    json_put_str(json, "encoding", facts->encoding);
    json_put_str(json, "collate", facts->collate);
    json_put_str(json, "ctype", facts->ctype);
    json_put_str(json, "provider", facts->provider);
    json_put_str(json, "locale", facts->locale);
    json_put_str(json, "icu_rules", facts->icu_rules);
    json_put_str(json, "comment", facts->comment);
    json_put_int(json, "connection_limit", facts->connection_limit);
    put_settings(json, facts);
    json_object_end(json);
}

void bundle_put_left_out(struct json *json, const struct bundle *bundle)
{
    json_name(json, "left_out");
    json_array(json);
    for (size_t i = 0; i < bundle->left_out_count; i++) {
        json_object(json);
        json_put_str(json, "name", bundle->left_out[i].name);
        json_put_str(json, "why", bundle->left_out[i].why);
        json_put_bool(json, "asked", bundle->left_out[i].asked);
        json_object_end(json);
    }
    json_array_end(json);
}

void bundle_put(struct json *json, const struct bundle *bundle)
{
    json_name(json, "databases");
    json_array(json);
    for (size_t i = 0; i < bundle->database_count; i++)
        put_database(json, &bundle->databases[i]);
    json_array_end(json);
    bundle_put_left_out(json, bundle);
    json_put_texts(json, "roles", bundle->roles, bundle->role_count);
}
