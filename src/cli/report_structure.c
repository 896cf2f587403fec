/* Keys, indexes, defaults: what an upgrade made beside the rows, compared with what was planned. */
#include "cli/report.h"
#include "cli/report_verify.h"
#include "ops/verify.h"

/* How a report counts them; those without a line are part of another one. */
static const struct spoken {
    const char *what;
    const char *one;
    const char *more;
} spoken[] = {
    {"table", "table", "tables"},
    {"column", "column", "columns"},
    {"NOT NULL", "NOT NULL", "NOT NULL"},
    {"default", "default", "defaults"},
    {"generated column", "generated column", "generated columns"},
    {"identity", "identity column", "identity columns"},
    {"primary key", "primary key", "primary keys"},
    {"unique key", "unique key", "unique keys"},
    {"index", "index", "indexes"},
    {"foreign key", "foreign key", "foreign keys"},
    {"CHECK", "CHECK", "CHECKs"},
    {"view", "view", "views"},
    {"enum", "enum", "enums"},
};

static size_t count_of(const struct structure *structure, const char *what)
{
    for (size_t i = 0; i < structure->count_count; i++)
        if (str_is(str_from(what), structure->counts[i].what))
            return structure->counts[i].count;
    return 0;
}

struct str report_structure_counts(struct arena *arena, const struct structure *structure)
{
    struct buf text;
    struct str made;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < ARRAY_LENGTH(spoken); i++) {
        size_t count = count_of(structure, spoken[i].what);

        if (count > 0)
            buf_printf(&text, "%s%zu %s", text.len > 0 ? ", " : "", count,
                       count == 1 ? spoken[i].one : spoken[i].more);
    }
    made = buf_to_str(arena, &text);
    buf_free(&text);
    return made;
}

void report_remark(struct buf *out, const struct verify_remark *remark)
{
    buf_printf(out, "%s %.*s%s%.*s: %.*s", remark->what, STR_ARGS(remark->table),
               remark->table.len > 0 && remark->name.len > 0 ? "." : "", STR_ARGS(remark->name),
               STR_ARGS(remark->text));
}

void report_json_remark(struct json *json, const struct verify_remark *remark)
{
    json_object(json);
    json_put_bool(json, "differs", remark->differs);
    json_put_text(json, "what", remark->what);
    json_put_str(json, "table", remark->table);
    json_put_str(json, "name", remark->name);
    json_put_str(json, "text", remark->text);
    json_object_end(json);
}

static void put_remarks(const struct structure *structure, bool differing, const char *heading,
                        struct buf *out)
{
    bool headed = false;

    for (size_t i = 0; i < structure->remark_count; i++) {
        if (structure->remarks[i].differs != differing)
            continue;
        buf_printf(out, "%s  ", headed ? "" : heading);
        report_remark(out, &structure->remarks[i]);
        buf_byte(out, '\n');
        headed = true;
    }
}

void report_structure(const struct report *report, struct buf *out)
{
    put_remarks(&report->result->structure, true, "\nNot as planned\n", out);
    put_remarks(&report->result->structure, false, "\nMade by something else on the server\n", out);
}

void report_json_structure(const struct report *report, struct json *json)
{
    const struct structure *structure = &report->result->structure;

    json_name(json, "structure");
    json_object(json);
    json_put_bool(json, "compared", structure->compared);
    json_name(json, "counts");
    json_array(json);
    for (size_t i = 0; i < ARRAY_LENGTH(spoken); i++) {
        json_object(json);
        json_put_text(json, "what", spoken[i].what);
        json_put_int(json, "count", (int64_t)count_of(structure, spoken[i].what));
        json_object_end(json);
    }
    json_array_end(json);
    json_name(json, "remarks");
    json_array(json);
    for (size_t i = 0; i < structure->remark_count; i++)
        report_json_remark(json, &structure->remarks[i]);
    json_array_end(json);
    json_object_end(json);
}
