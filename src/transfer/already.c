/* Whether it was published already: a run that is killed behind its COMMIT cannot say so. */
#include "transfer/target.h"

bool target_look_published(struct arena *arena, struct target *target, size_t objects, struct err *err)
{
    static const struct str question =
        STR("SELECT to_char(max(published_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"')"
            " FROM pgrade_record.published p WHERE p.schema = $1 AND to_jsonb(p)->>'run' = $2"
            " HAVING count(*) = $3::bigint");
    struct str params[] = {target->schema, target->run, str_printf(arena, "%zu", objects)};
    struct rows *rows;
    bool found = false;
    bool done;

    if (target->run.len == 0 || !target->record_exists)
        return true;
    if (!engine_query(target->control, question, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && found)
        target->published_at = str_dup(arena, rows->cells[0].bytes);
    rows_close(rows);
    return done;
}
