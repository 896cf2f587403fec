/* A look at every page of the file: PRAGMA quick_check. */
#include "base/buf.h"
#include "engine/sqlite/private.h"

/*
 * What quick_check tells of values, not of damage: they are carried, or are misfits, or contradict a CHECK
 * that the finish looks at; and a full-text index, which no table needs to be read.
 */
static bool is_about_values(struct str message)
{
    static const char *const openings[] = {
        "NULL value in ",
        "CHECK constraint failed in ",
        "TEXT value in ",
        "NUMERIC value in ",
        "malformed inverted index for FTS",
        "unable to validate the inverted index for FTS",
    };

    for (size_t i = 0; i < ARRAY_LENGTH(openings); i++)
        if (str_starts_with(message, openings[i]))
            return true;
    /* Of STRICT tables: "non-INTEGER value in t.c"; but a "non-unique entry in index" is damage. */
    return str_equal(message, (struct str)STR("ok")) ||
           (str_starts_with(message, "non-") && !str_starts_with(message, "non-unique"));
}

bool sqlite_check_whole(struct engine *engine, struct err *err)
{
    /* Damage of pages comes first, then a line for every odd value: few of those must not hide what follows.
     */
    static const struct str question = STR("PRAGMA quick_check(1000000)");
    const char *path = ((struct sqlite *)engine_unwrap(engine))->path;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(engine, question, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && is_about_values(rows->cells[0].bytes))
        ;
    if (done && found) {
        err_set(err, ERR_SOURCE_CORRUPT, "%s: the file is damaged", path);
        err_detail(err, "quick_check: %.*s", STR_ARGS(str_utf8_clip(rows->cells[0].bytes, 500)));
        sqlite_hint_recover(path, err);
        done = false;
    }
    rows_close(rows);
    return done;
}
