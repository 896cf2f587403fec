/* Rows that refer to each other: a child and its parent, circles within a table or through several. */
#include <stdio.h>
#include <string.h>

#include "ops/retry_intern.h"
#include "schema/ident.h"

enum {
    ATTEMPTS = 64,  /* each leaves out those without the parent that the last one missed */
    STAGED = 20000, /* rows, after which there is no further attempt: each has its reason anyway */
    NAME_ROOM = 40
};

struct together {
    struct retry *retry;
    struct retry_item **rows;
    size_t count;
    struct arena *arena;         /* of an attempt */
    struct digester **digesters; /* by table; NULL: no row of it */
};

static void name_stage(char *name, size_t table)
{
    (void)snprintf(name, NAME_ROOM, "pgrade_rows_%zu", table);
}

static bool stage_row(struct together *together, const struct retry_item *row, struct err *err)
{
    struct retry *retry = together->retry;
    const struct retry_table *table = &retry->tables[row->table];
    struct digester **digester = &together->digesters[row->table];
    struct arena *scratch = arena_new();
    struct value *cells = ARENA_ARRAY(scratch, struct value, table->plan.column_count + 1);
    char name[NAME_ROOM];
    bool done = true;

    name_stage(name, row->table);
    if (*digester == NULL) {
        *digester = digester_new(together->arena, &table->plan);
        done = retry_stage_make(retry, table, name, err);
    }
    done = done && retry_stage_row(retry, row, scratch, name, cells, err) &&
           digester_source_row(*digester, cells, err);
    arena_free(scratch);
    return done;
}

/* WITH t0 AS (INSERT ...), t1 AS (INSERT ...) INSERT INTO pgrade_came: one statement, so that what checks
 * foreign keys sees all of it.  Where each row is now is kept, to read it back. */
static bool insert(struct together *together, struct err *err)
{
    struct retry *retry = together->retry;
    const char *before = "WITH";
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE TEMP TABLE pgrade_came (part integer, place tid) ON COMMIT DROP; ");
    for (size_t i = 0; i < retry->table_count; i++) {
        char name[NAME_ROOM];

        if (together->digesters[i] == NULL)
            continue;
        name_stage(name, i);
        buf_printf(&sql, "%s t%zu AS (", before, i);
        retry_put_insert(&sql, &retry->tables[i], name, "ctid");
        buf_byte(&sql, ')');
        before = ",";
    }
    before = " INSERT INTO pgrade_came";
    for (size_t i = 0; i < retry->table_count; i++) {
        if (together->digesters[i] == NULL)
            continue;
        buf_printf(&sql, "%s SELECT %zu, ctid FROM t%zu", before, i, i);
        before = " UNION ALL";
    }
    done = engine_exec(retry->target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool read_back(struct together *together, size_t place, struct err *err)
{
    const struct retry_table *table = &together->retry->tables[place];
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "COPY (SELECT ");
    plan_column_list(&sql, &table->plan);
    buf_text(&sql, " FROM ");
    ident_quote_qualified(&sql, table->schema, table->plan.name);
    buf_printf(&sql, " WHERE ctid = ANY (ARRAY(SELECT c.place FROM pgrade_came c WHERE c.part = %zu)))",
               place);
    buf_text(&sql, " TO STDOUT (FORMAT binary)");
    done = retry_compare(together->retry, table, buf_view(&sql), digester_result(together->digesters[place]),
                         err);
    buf_free(&sql);
    return done;
}

static bool drop_stages(struct together *together, struct err *err)
{
    bool done = engine_exec(together->retry->target, (struct str)STR("DROP TABLE pgrade_came"), err);

    for (size_t i = 0; done && i < together->retry->table_count; i++)
        if (together->digesters[i] != NULL)
            done = engine_execf(together->retry->target, err, "DROP TABLE pgrade_rows_%zu", i);
    return done;
}

static bool load_all(struct together *together, struct err *err)
{
    bool done = true;

    for (size_t i = 0; done && i < together->count; i++)
        done = stage_row(together, together->rows[i], err);
    done = done && insert(together, err);
    for (size_t i = 0; done && i < together->retry->table_count; i++)
        if (together->digesters[i] != NULL)
            done = read_back(together, i, err);
    return done && drop_stages(together, err);
}

static bool attempt(void *context, struct err *err)
{
    struct together *together = context;
    bool done;

    together->arena = arena_new();
    together->digesters = ARENA_ARRAY(together->arena, struct digester *, together->retry->table_count + 1);
    done = load_all(together, err);
    for (size_t i = 0; i < together->retry->table_count; i++)
        if (together->digesters[i] != NULL)
            digester_free(together->digesters[i]);
    arena_free(together->arena);
    return done;
}

/* Those that lacked the same parent alone lack it in any company.  False: there is none such. */
static bool leave_out(struct together *together, const struct err *failure)
{
    size_t kept = 0;
    size_t before = together->count;

    for (size_t i = 0; i < together->count; i++)
        if (strcmp(failure->sqlstate, "23503") != 0 ||
            !str_equal(together->rows[i]->failure, str_from(failure->detail)))
            together->rows[kept++] = together->rows[i];
    together->count = kept;
    return kept < before;
}

static void keep_rows(struct together *together)
{
    for (size_t i = 0; i < together->count; i++)
        together->rows[i]->loaded = true;
    together->retry->result->loaded += (int64_t)together->count;
    together->count = 0;
}

/* Why these do not come even together, where another word than the missing parent is the true one. */
static void tell(struct together *together, struct err *failure)
{
    struct str reason = retry_reason(together->retry, failure);

    for (size_t i = 0; i < together->count; i++) {
        together->rows[i]->reason = str_printf(
            together->retry->arena, "with the rows of the file that it refers to: %.*s", STR_ARGS(reason));
        together->rows[i]->lacks_parent = false;
    }
}

bool retry_load_together(struct retry *retry, struct err *err)
{
    struct together together = {.retry = retry,
                                .rows = ARENA_ARRAY(retry->arena, struct retry_item *, retry->row_count + 1)};
    struct err failure = {.code = ERR_NONE};
    bool go_on = true;
    size_t staged = 0;

    for (size_t i = 0; i < retry->row_count; i++)
        if (!retry->rows[i].loaded && retry->rows[i].lacks_parent)
            together.rows[together.count++] = &retry->rows[i];
    for (int i = 0; go_on && i < ATTEMPTS && staged < STAGED && together.count > 0; i++) {
        bool loaded = false;

        staged += together.count;
        if (!retry_attempt(retry, attempt, &together, &loaded, &failure, err))
            return false;
        if (loaded)
            keep_rows(&together);
        else
            go_on = leave_out(&together, &failure);
    }
    if (!go_on)
        tell(&together, &failure);
    return true;
}
