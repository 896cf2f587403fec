#include "verify/digester.h"

enum {
    ALIGNMENT = 64 /* of XXH3_state_t; an arena aligns to less */
};

static struct digester *allocate(struct arena *arena)
{
    uintptr_t at = (uintptr_t)arena_alloc(arena, sizeof(struct digester) + ALIGNMENT - 1);

    return (struct digester *)((at + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1));
}

static void column_init(struct loaded_column *column, const struct plan_column *plan, size_t place)
{
    static const char mark[] = "NULL";

    canonical_init(&column->rule, plan);
    column->plan = plan;
    /* From 1: a seed of 0 is XXH3 without one. */
    column->seed = place + 1;
    /* The seeds of values never have the highest bit set. */
    column->null = XXH3_128bits_withSeed(mark, sizeof(mark), ~column->seed);
    column->word_keys[0] = mix_word(column->seed);
    column->word_keys[1] = mix_word(~column->seed);
    column->word = plan->type.kind == PG_INT4     ? WORD_INT4
                   : plan->type.kind == PG_INT8   ? WORD_INT8
                   : plan->type.kind == PG_FLOAT8 ? WORD_FLOAT8
                                                  : WORD_NONE;
}

struct digester *digester_new(struct arena *arena, const struct plan_table *table)
{
    struct digester *digester = allocate(arena);
    size_t count = 0;

    digester->table = table;
    digester->columns = ARENA_ARRAY(arena, struct loaded_column, table->column_count);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        column_init(&digester->columns[count], &table->columns[i], count);
        count++;
    }
    digester->column_count = count;
    digester->cells = ARENA_ARRAY(arena, XXH128_hash_t, count);
    digester->digest.columns = ARENA_ARRAY(arena, struct digest_sum, count);
    digester->digest.column_count = count;
    canonical_scratch_init(&digester->scratch);
    /* A field has at most 1 GB; one that says more is refused before it is gathered. */
    buf_init(&digester->stream.gather, INT32_MAX);
    return digester;
}

void digester_free(struct digester *digester)
{
    buf_free(&digester->stream.gather);
    canonical_scratch_free(&digester->scratch);
}

static void add(struct digest_sum *sum, XXH128_hash_t hash)
{
    sum->low += hash.low64;
    sum->high += hash.high64;
}

/*
 * The hash of a row is a chain over the hashes of its cells, a lane each: every step permutes what came
 * before, so that the place of a value counts and one cell changed always changes the row.
 */
void digester_row_end(struct digester *digester)
{
    struct digest *digest = &digester->digest;
    uint64_t low = digester->column_count;
    uint64_t high = ~low;

    for (size_t i = 0; i < digester->column_count; i++) {
        XXH128_hash_t cell = digester->cells[i];

        add(&digest->columns[i], cell);
        low = (low ^ cell.low64) * 0x9e3779b97f4a7c15;
        low ^= low >> 32;
        high = (high ^ cell.high64) * 0xd6e8feb86659fd93;
        high ^= high >> 32;
    }
    add(&digest->row, (XXH128_hash_t){.low64 = low, .high64 = high});
    digest->rows++;
}

static bool refuse(struct digester *digester, const struct loaded_column *column, const struct value *value,
                   struct err *err)
{
    static const char *const classes[] = {"NULL", "INTEGER", "REAL", "TEXT", "BLOB"};
    struct canonical_scratch *scratch = &digester->scratch;
    bool exhausted = scratch->exhausted;
    struct arena *arena = arena_new();
    struct str type = pg_type_text(arena, &column->rule.type);

    err_set(err, exhausted ? ERR_OUT_OF_MEMORY : ERR_DECISION,
            "%.*s.%.*s: a value of class %s has no form as %.*s", STR_ARGS(digester->table->name),
            STR_ARGS(column->plan->name), classes[value->kind], STR_ARGS(type));
    if (scratch->reason != NULL)
        err_detail(err, "%s", scratch->reason);
    arena_free(arena);
    scratch->reason = NULL;
    scratch->exhausted = false;
    return false;
}

bool digester_source_row(struct digester *digester, const struct value *cells, struct err *err)
{
    for (size_t i = 0; i < digester->column_count; i++) {
        const struct loaded_column *column = &digester->columns[i];
        struct str form;

        if (cells[i].kind == VALUE_NULL) {
            digester->cells[i] = column->null;
            continue;
        }
        if (!column->rule.source(&column->rule, &cells[i], &digester->scratch, &form))
            return refuse(digester, column, &cells[i], err);
        digester->cells[i] = cell_hash(column, form);
    }
    digester_row_end(digester);
    return true;
}

const struct digest *digester_result(const struct digester *digester)
{
    return &digester->digest;
}
