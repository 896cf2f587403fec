#include "ops/seed.h"

#include <string.h>

#include "ops/seed_intern.h"
#include "ops/sql_text.h"

bool seed_is_interrupted(const struct seed_run *run)
{
    return run->options->interrupted != NULL && *run->options->interrupted != 0;
}

bool seed_failed(const struct seed_run *run, const struct pgrade_error *error, struct err *err)
{
    if (!run->options->hide_values || error->kind != PGRADE_KIND_DATA)
        return core_failed(error, err);
    err_set(err, ERR_DATABASE, "a value is none of its type");
    err_sqlstate(err, error->sqlstate);
    return false;
}

bool seed_execute(struct seed_run *run, struct str sql, int64_t *changed, struct err *err)
{
    struct pgrade_rows *rows = NULL;
    struct pgrade_error error;
    bool found = true;
    bool done = pgrade_run(run->db, str_cstr(run->arena, sql), NULL, 0, &rows, &error);

    while (done && found)
        done = pgrade_next(rows, &found, &error);
    if (done && changed != NULL)
        *changed = pgrade_changed(rows);
    if (rows != NULL)
        done = pgrade_rows_close(rows, done ? &error : NULL) && done;
    return done || seed_failed(run, &error, err);
}

static void take_path(struct arena *arena, const struct pgrade_value *cells, void *context)
{
    *(struct str *)context = show_text(arena, &cells[0]);
}

static bool read_path(struct seed_run *run, struct err *err)
{
    struct show_options none = {.exact = false};
    struct show_question question = {run->arena, run->db, &none};

    return run->sqlite || show_ask(&question, "SELECT pg_catalog.current_setting('search_path')",
                                   (struct str){NULL, 0}, take_path, &run->search_path, err);
}

/* The year first: 01/02/2026 is the second of January here and the first of February there, and refused. */
bool seed_settle(struct seed_run *run, struct err *err)
{
    static const char sql[] =
        "SELECT pg_catalog.set_config('TimeZone', 'UTC', true), pg_catalog.set_config('DateStyle', "
        "'ISO, YMD', true), pg_catalog.set_config('IntervalStyle', 'postgres', true), "
        "pg_catalog.set_config('search_path', %L, true)";

    return run->sqlite || seed_execute(run, sql_text(run->arena, sql, run->search_path), NULL, err);
}

static bool run_files(struct seed_run *run, struct err *err)
{
    for (size_t i = 0; i < run->seed->file_count; i++) {
        struct seed_file *file = &run->seed->files[i];

        if (file->kind == SEED_SQL ? !seed_sql(run, file, err) : !seed_rows(run, file, err))
            return false;
    }
    return true;
}

bool seed_run(struct arena *arena, struct pgrade_database *db, const struct seed_options *options,
              struct seed *seed, struct err *err)
{
    struct seed_run run = {.arena = arena,
                           .db = db,
                           .options = options,
                           .seed = seed,
                           .sqlite = strcmp(pgrade_engine(db), "sqlite") == 0};

    if (!seed_check_keys(options, seed, err))
        return false;
    for (size_t i = 0; i < seed->file_count; i++)
        if (seed->files[i].kind == SEED_SQL && !seed_sql_check(&run, &seed->files[i], err))
            return false;
    return read_path(&run, err) && seed_settle(&run, err) && (!options->fresh || seed_fresh(&run, err)) &&
           run_files(&run, err) && seed_sequences(&run, err);
}
