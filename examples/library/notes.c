/*
 * notes: a list of notes, kept in whatever database the URL names.
 *
 *     cc notes.c $(pkg-config --cflags --libs libpgrade) -o notes
 *     ./notes notes.db "buy bread"
 *     ./notes postgresql://user:password@host/name "buy bread"
 *
 * Adds the notes given behind the URL, each in its turn, all or none; then prints all that there are.
 */
#include <pgrade.h>

#include <stdio.h>

static int fail(const struct pgrade_error *error)
{
    (void)fprintf(stderr, "%s (SQLSTATE %s)\n", error->message, error->sqlstate);
    if (error->hint[0] != '\0')
        (void)fprintf(stderr, "try: %s\n", error->hint);
    return 1;
}

static bool make(struct pgrade_database *db, struct pgrade_error *error)
{
    return pgrade_run(db,
                      "CREATE TABLE IF NOT EXISTS notes (at varchar(40) DEFAULT CURRENT_TIMESTAMP, "
                      "text varchar(200) PRIMARY KEY)",
                      NULL, 0, NULL, error);
}

static bool add(struct pgrade_database *db, int count, char **notes, struct pgrade_error *error)
{
    if (!pgrade_begin(db, PGRADE_WRITE, error))
        return false;
    for (int i = 0; i < count; i++) {
        struct pgrade_value text = pgrade_text(notes[i]);

        if (!pgrade_run(db, "INSERT INTO notes (text) VALUES ($1)", &text, 1, NULL, error)) {
            (void)pgrade_rollback(db, NULL);
            return false;
        }
    }
    return pgrade_commit(db, error);
}

static bool print_all(struct pgrade_database *db, struct pgrade_error *error)
{
    struct pgrade_rows *rows;
    bool found = false;
    bool done;

    if (!pgrade_run(db, "SELECT text FROM notes ORDER BY at, text", NULL, 0, &rows, error))
        return false;
    while ((done = pgrade_next(rows, &found, error)) && found)
        printf("%s\n", pgrade_cell(rows, 0)->bytes);
    return pgrade_rows_close(rows, done ? error : NULL) && done;
}

int main(int count, char **words)
{
    struct pgrade_options options = {.create = true, .application_name = "notes", .timeout_ms = 10000};
    struct pgrade_database *db;
    struct pgrade_error error;
    bool done;

    if (count < 2) {
        (void)fprintf(stderr, "usage: notes URL [NOTE...]\n");
        return 2;
    }
    if (!pgrade_open(words[1], &options, &db, &error))
        return fail(&error);
    done = make(db, &error) && add(db, count - 2, words + 2, &error);
    if (!done && error.kind == PGRADE_KIND_UNIQUE)
        (void)fprintf(stderr, "there is such a note already; none was added\n");
    done = done && print_all(db, &error);
    pgrade_close(db);
    return done ? 0 : fail(&error);
}
