#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "engine/postgres/postgres.h"
#include "engine/sqlite/sqlite.h"

struct pgrade_database {
    struct engine *engine;
    enum url_kind kind;
};

struct pgrade_rows {
    struct pgrade_database *database;
    struct result *result;
    struct pgrade_value *cells;
    struct arena *arena; /* column names, which end with a NUL here */
    const char **names;
    const char **types;
};

static bool failed(struct pgrade_database *database, const struct err *err, struct pgrade_error *error)
{
    bool spoken = err->sqlstate[0] != '\0'; /* else the diagnosis is that of an earlier failure */

    core_error(error, spoken ? session_diagnosis(database->engine) : NULL, err);
    return false;
}

static bool open_engine(const struct url *url, const struct core_options *options, bool first_look,
                        struct pgrade_database **database, struct err *err)
{
    struct session_options session = {.read_only = options->public.read_only,
                                      .create = options->public.create,
                                      .timeout_ms = options->public.timeout_ms,
                                      .first_look = first_look,
                                      .notice = options->public.notice,
                                      .notice_context = options->public.notice_context};
    struct engine_options engine = {.trace = options->trace,
                                    .application_name = options->public.application_name,
                                    .interrupted = options->interrupted,
                                    .session = &session};
    struct pgrade_database *made = calloc(1, sizeof(*made));

    if (made == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a database");
    made->kind = url->kind;
    if (!engine_open(url, &engine, &made->engine, err)) {
        free(made);
        return false;
    }
    *database = made;
    return true;
}

bool core_open(const struct url *url, const struct core_options *options, struct pgrade_database **database,
               struct err *err)
{
    *database = NULL;
    return open_engine(url, options, true, database, err);
}

/* Whether something else in the process has the file open nobody knows, so its header is left to SQLite. */
bool pgrade_open(const char *text, const struct pgrade_options *options, struct pgrade_database **database,
                 struct pgrade_error *error)
{
    struct core_options core = {.trace = false};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct url url;
    bool done;

    *database = NULL;
    if (options != NULL)
        core.public = *options;
    done = url_parse(arena, str_from(text), &url, &err) && open_engine(&url, &core, false, database, &err);
    if (!done)
        core_error(error, NULL, &err);
    arena_free(arena);
    return done;
}

void pgrade_close(struct pgrade_database *database)
{
    if (database != NULL)
        engine_close(database->engine);
    free(database);
}

const char *pgrade_engine(const struct pgrade_database *database)
{
    return database->kind == URL_SQLITE ? "sqlite" : "postgres";
}

int pgrade_version(struct pgrade_database *database)
{
    return database->kind == URL_SQLITE ? sqlite_version() : postgres_version(database->engine);
}

void pgrade_cancel(struct pgrade_database *database)
{
    engine_cancel(database->engine);
}

struct engine *core_engine(struct pgrade_database *database)
{
    return database->engine;
}

static struct value *values_of(const struct pgrade_value *parameters, size_t count)
{
    static const enum value_kind kinds[] = {[PGRADE_NULL] = VALUE_NULL,
                                            [PGRADE_INTEGER] = VALUE_INTEGER,
                                            [PGRADE_REAL] = VALUE_REAL,
                                            [PGRADE_TEXT] = VALUE_TEXT,
                                            [PGRADE_BLOB] = VALUE_BLOB};
    struct value *values = calloc(count + 1, sizeof(*values));

    for (size_t i = 0; values != NULL && i < count; i++)
        values[i] = (struct value){.kind = kinds[parameters[i].type],
                                   .integer = parameters[i].integer,
                                   .real = parameters[i].real,
                                   .bytes = {parameters[i].bytes, parameters[i].size}};
    return values;
}

static const char *or_null(struct arena *arena, struct str text)
{
    return text.ptr == NULL ? NULL : str_cstr(arena, text);
}

/* Takes the result over; NULL: there is no memory, and it is closed. */
static struct pgrade_rows *rows_new(struct pgrade_database *database, struct result *result)
{
    struct pgrade_rows *rows = calloc(1, sizeof(*rows));
    struct err ignored = {.code = ERR_NONE};

    if (rows == NULL || (rows->cells = calloc(result->width + 1, sizeof(*rows->cells))) == NULL) {
        (void)!session_close(result, &ignored);
        free(rows);
        return NULL;
    }
    rows->database = database;
    rows->result = result;
    rows->arena = arena_new();
    rows->names = ARENA_ARRAY(rows->arena, const char *, result->width);
    rows->types = ARENA_ARRAY(rows->arena, const char *, result->width);
    for (size_t i = 0; i < result->width; i++) {
        rows->names[i] = str_cstr(rows->arena, result->columns[i].name);
        rows->types[i] = or_null(rows->arena, result->columns[i].type);
    }
    return rows;
}

static bool run(struct pgrade_database *database, const char *sql, const struct pgrade_value *parameters,
                size_t count, struct pgrade_rows **rows, struct err *err)
{
    struct value *values = values_of(parameters, count);
    struct result *result = NULL;
    bool done;

    *rows = NULL;
    if (values == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for parameters");
    done = session_run(database->engine, str_from(sql), values, count, &result, err);
    free(values);
    if (!done)
        return false;
    *rows = rows_new(database, result);
    return *rows != NULL || err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a statement");
}

bool pgrade_run(struct pgrade_database *database, const char *sql, const struct pgrade_value *parameters,
                size_t count, struct pgrade_rows **rows, struct pgrade_error *error)
{
    struct pgrade_rows *made = NULL;
    struct err err = {.code = ERR_NONE};

    if (rows != NULL)
        *rows = NULL;
    if (!run(database, sql, parameters, count, &made, &err))
        return failed(database, &err, error);
    if (rows == NULL)
        return pgrade_rows_close(made, error);
    *rows = made;
    return true;
}

static struct pgrade_value value_of(const struct value *value)
{
    static const enum pgrade_type types[] = {[VALUE_NULL] = PGRADE_NULL,
                                             [VALUE_INTEGER] = PGRADE_INTEGER,
                                             [VALUE_REAL] = PGRADE_REAL,
                                             [VALUE_TEXT] = PGRADE_TEXT,
                                             [VALUE_BLOB] = PGRADE_BLOB};

    return (struct pgrade_value){types[value->kind], value->integer, value->real, value->bytes.ptr,
                                 value->bytes.len};
}

bool pgrade_next(struct pgrade_rows *rows, bool *found, struct pgrade_error *error)
{
    struct err err = {.code = ERR_NONE};

    if (!session_next(rows->result, found, &err))
        return failed(rows->database, &err, error);
    for (size_t i = 0; *found && i < rows->result->width; i++)
        rows->cells[i] = value_of(&rows->result->cells[i]);
    return true;
}

size_t pgrade_columns(const struct pgrade_rows *rows)
{
    return rows->result->width;
}

const char *pgrade_column_name(const struct pgrade_rows *rows, size_t column)
{
    return column < rows->result->width ? rows->names[column] : NULL;
}

const char *pgrade_column_type(const struct pgrade_rows *rows, size_t column)
{
    return column < rows->result->width ? rows->types[column] : NULL;
}

const struct pgrade_value *pgrade_cell(const struct pgrade_rows *rows, size_t column)
{
    return column < rows->result->width ? &rows->cells[column] : NULL;
}

int64_t pgrade_changed(const struct pgrade_rows *rows)
{
    return rows->result->changed;
}

const char *core_tag(const struct pgrade_rows *rows)
{
    return rows->result->tag;
}

bool pgrade_rows_close(struct pgrade_rows *rows, struct pgrade_error *error)
{
    struct err err = {.code = ERR_NONE};
    bool done;

    if (rows == NULL)
        return true;
    done = session_close(rows->result, &err) || failed(rows->database, &err, error);
    arena_free(rows->arena);
    free(rows->cells);
    free(rows);
    return done;
}
