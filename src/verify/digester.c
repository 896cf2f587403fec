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
    digester->columns = ARENA_ARRAY(arena, struct loaded_column, 2 * table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        column_init(&digester->columns[count], &table->columns[i], count);
        count++;
    }
    digester->column_count = count;
    digester->field_count = count;
    digester->hashed = ARENA_ARRAY(arena, size_t, count + 1);
    digester->cells = ARENA_ARRAY(arena, XXH128_hash_t, 2 * count + 1);
    digester->misfit_room = ARENA_ARRAY(arena, const char *, count + 1);
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
static inline XXH128_hash_t chain_cells(const XXH128_hash_t *cells, size_t count)
{
    uint64_t low = count;
    uint64_t high = ~low;

    for (size_t i = 0; i < count; i++) {
        low = (low ^ cells[i].low64) * 0x9e3779b97f4a7c15;
        low ^= low >> 32;
        high = (high ^ cells[i].high64) * 0xd6e8feb86659fd93;
        high ^= high >> 32;
    }
    return (XXH128_hash_t){.low64 = low, .high64 = high};
}

static bool is_null(const struct loaded_column *column, XXH128_hash_t cell)
{
    return cell.low64 == column->null.low64 && cell.high64 == column->null.high64;
}

/* Where the server hashed a value it sent NULL in its place. */
static void take_hashes(struct digester *digester)
{
    for (size_t i = digester->column_count; i < digester->field_count; i++)
        if (!is_null(&digester->columns[i], digester->cells[i]))
            digester->cells[digester->hashed[i - digester->column_count]] = digester->cells[i];
}

void digester_row_end(struct digester *digester)
{
    struct digest *digest = &digester->digest;

    take_hashes(digester);

    for (size_t i = 0; i < digester->column_count; i++)
        add(&digest->columns[i], digester->cells[i]);
    add(&digest->row, chain_cells(digester->cells, digester->column_count));
    digest->rows++;
    if (digester->watch != NULL)
        digester->watch(digester->watch_context, digester);
}

void digester_tolerate(struct digester *digester)
{
    digester->misfits = digester->misfit_room;
}

XXH128_hash_t digester_huge_form(const struct loaded_column *column, struct str form)
{
    unsigned char sha[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;

    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)form.ptr, form.len);
    SHA256Final(sha, &context);
    return huge_hash(column, sha);
}

bool digest_may_be_large(const struct plan_column *column)
{
    enum pg_kind kind = column->type.kind;

    if (kind == PG_VARCHAR && column->type.length > 0 && (size_t)column->type.length * 4 <= LARGE_VALUE)
        return false;
    return kind == PG_TEXT || kind == PG_VARCHAR || kind == PG_BYTEA || kind == PG_JSON;
}

void digester_expect_hashes(struct digester *digester, size_t columns)
{
    for (size_t i = 0; i < columns; i++) {
        struct loaded_column *field = &digester->columns[digester->field_count];

        if (!digest_may_be_large(digester->columns[i].plan))
            continue;
        *field = digester->columns[i];
        field->is_sha = true;
        digester->hashed[digester->field_count++ - digester->column_count] = i;
    }
}

void digester_plain(struct digester *digester)
{
    digester->plain = true;
}

void digester_watch(struct digester *digester, digest_watch *watch, void *context)
{
    digester->watch = watch;
    digester->watch_context = context;
}

struct digest_sum digester_row_hash(const struct digester *digester, size_t count)
{
    XXH128_hash_t hash = chain_cells(digester->cells, count);

    return (struct digest_sum){hash.low64, hash.high64};
}

struct digest_sum digester_cell_hash(const struct digester *digester, size_t place)
{
    return (struct digest_sum){digester->cells[place].low64, digester->cells[place].high64};
}

const char *digester_misfit(const struct digester *digester, size_t place)
{
    return digester->misfits == NULL ? NULL : digester->misfits[place];
}

/* Of what SQLite stores, whatever it means; seeds of forms are small. */
static XXH128_hash_t class_hash(const struct loaded_column *column, const struct value *value)
{
    uint64_t seed = column->seed | ((uint64_t)value->kind + 1) << 32;

    if (value->kind == VALUE_INTEGER)
        return XXH3_128bits_withSeed(&value->integer, sizeof(value->integer), seed);
    if (value->kind == VALUE_REAL)
        return XXH3_128bits_withSeed(&value->real, sizeof(value->real), seed);
    return XXH3_128bits_withSeed(value->bytes.ptr, value->bytes.len, seed);
}

/* False: memory was out, or misfits are errors. */
static bool hash_misfit(struct digester *digester, size_t place, const struct value *value)
{
    struct canonical_scratch *scratch = &digester->scratch;

    if (digester->misfits == NULL || scratch->exhausted)
        return false;
    digester->misfits[place] = scratch->reason != NULL ? scratch->reason : "it is no value of that type";
    digester->cells[place] = class_hash(&digester->columns[place], value);
    scratch->reason = NULL;
    return true;
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
    if (digester->misfits != NULL)
        memset(digester->misfits, 0, digester->column_count * sizeof(*digester->misfits));
    for (size_t i = 0; i < digester->column_count; i++) {
        const struct loaded_column *column = &digester->columns[i];
        struct str form;

        if (cells[i].kind == VALUE_NULL) {
            digester->cells[i] = column->null;
            continue;
        }
        if (digester->plain)
            digester->cells[i] = class_hash(column, &cells[i]);
        else if (column->rule.source(&column->rule, &cells[i], &digester->scratch, &form))
            digester->cells[i] = digester->scratch.null ? column->null : form_hash(column, form);
        else if (!hash_misfit(digester, i, &cells[i]))
            return refuse(digester, column, &cells[i], err);
        digester->scratch.null = false;
    }
    digester_row_end(digester);
    return true;
}

const struct digest *digester_result(const struct digester *digester)
{
    return &digester->digest;
}
