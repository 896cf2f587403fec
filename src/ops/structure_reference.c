/*
 * How the server writes what the plan has.
 *
 * The catalog keeps expressions as the server understood them: 'a' has become 'a'::text, and x IN (1, 2) is
 * another operator.  So the server is given the planned one once more, on an empty table of the same columns,
 * in a transaction that is rolled back; what it makes of that is what the loaded table must have.
 */
#include "ops/structure_intern.h"

enum {
    TABLES_A_TRANSACTION = 200 /* each is a lock, and the server has room for some thousands */
};

static const struct fact *find(const struct facts *facts, const char *what, struct str table, struct str name)
{
    for (size_t i = facts_first(facts, table); i < facts->count; i = facts->next[i])
        if (str_is(str_from(facts->items[i].what), what) && str_equal(facts->items[i].table, table) &&
            str_equal(facts->items[i].name, name))
            return &facts->items[i];
    return NULL;
}

/* A literal may have been given its type. */
static bool is_literal_of(struct str written, struct str planned)
{
    struct str type = str_slice(written, planned.len, written.len);

    if (planned.len < 2 || planned.ptr[0] != '\'' || planned.ptr[planned.len - 1] != '\'' ||
        !str_equal(str_slice(written, 0, planned.len), planned) || !str_starts_with(type, "::"))
        return false;
    for (size_t i = 2; i < type.len; i++)
        if (!ascii_is_alpha(type.ptr[i]) && type.ptr[i] != ' ')
            return false;
    return true;
}

/* Without asking: what is there is no doubt what was planned. */
static bool is_plain(const struct fact *planned, const struct fact *there)
{
    return there != NULL &&
           (str_equal(planned->detail, there->detail) ||
            (str_is(str_from(planned->what), "default") && is_literal_of(there->detail, planned->detail)));
}

/* Types that are written otherwise and are the same. */
static void settle_types(struct structure_run *run)
{
    for (size_t i = 0; i < run->planned.count; i++) {
        struct fact *fact = &run->planned.items[i];
        const struct fact *there;
        struct pg_type types[2];

        if (!str_is(str_from(fact->what), "type"))
            continue;
        there = find(&run->there, fact->what, fact->table, fact->name);
        if (there != NULL && !str_equal(there->detail, fact->detail) &&
            pg_type_parse(run->arena, there->detail, &types[0]) &&
            pg_type_parse(run->arena, fact->detail, &types[1]) && pg_type_equal(&types[0], &types[1]))
            fact->detail = there->detail;
    }
}

/* Those about which only the server can tell, in their order. */
static void keep_doubtful(struct structure_run *run)
{
    size_t kept = 0;

    for (size_t i = 0; i < run->reference_count; i++) {
        struct fact *fact = &run->planned.items[run->references[i].fact];
        const struct fact *there = find(&run->there, fact->what, fact->table, fact->name);

        if (is_plain(fact, there))
            fact->detail = there->detail;
        else if (there != NULL) /* else it is missing, whatever it should be */
            run->references[kept++] = run->references[i];
    }
    run->reference_count = kept;
}

static void put_copies(struct structure_run *run, size_t first, size_t last, struct buf *sql)
{
    bool *copied = ARENA_ARRAY(run->arena, bool, last - first + 1);

    for (size_t i = 0; i < run->reference_count; i++) {
        const struct reference *reference = &run->references[i];

        if (reference->table < first || reference->table >= last)
            continue;
        if (!copied[reference->table - first])
            structure_put_copy(run, reference->table, sql);
        copied[reference->table - first] = true;
    }
    for (size_t i = 0; i < run->reference_count; i++)
        if (run->references[i].table >= first && run->references[i].table < last)
            buf_printf(sql, "%.*s;\n", STR_ARGS(run->references[i].sql));
}

static void take(struct structure_run *run, size_t first, size_t last, const struct facts *copies)
{
    for (size_t i = 0; i < run->reference_count; i++) {
        const struct reference *reference = &run->references[i];
        const struct fact *copy;

        if (reference->table < first || reference->table >= last)
            continue;
        copy =
            find(copies, reference->what, structure_copy_name(run->arena, reference->table), reference->key);
        if (copy != NULL)
            run->planned.items[reference->fact].detail = copy->detail;
    }
}

static bool ask_about(struct structure_run *run, size_t first, size_t last, struct err *err)
{
    struct err ignored = {.code = ERR_NONE};
    struct facts copies;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_copies(run, first, last, &sql);
    done = sql.len == 0 ||
           (engine_exec(run->control, (struct str)STR("BEGIN"), err) &&
            (sql.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements that are compared")
                        : engine_exec(run->control, buf_view(&sql), err)) &&
            structure_facts_of_catalog(run, true, &copies, err));
    if (sql.len > 0 && !engine_exec(run->control, (struct str)STR("ROLLBACK"), done ? err : &ignored))
        done = false;
    if (done && sql.len > 0)
        take(run, first, last, &copies);
    buf_free(&sql);
    return done;
}

bool structure_settle(struct structure_run *run, struct err *err)
{
    settle_types(run);
    keep_doubtful(run);
    for (size_t i = 0; i < run->plan->table_count; i += TABLES_A_TRANSACTION)
        if (!ask_about(run, i, i + TABLES_A_TRANSACTION, err))
            return false;
    return true;
}
