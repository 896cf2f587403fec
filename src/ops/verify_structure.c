/* Keys, indexes, defaults, views: what both databases have beside rows, held against each other. */
#include "base/attributes.h"
#include "ops/verify_facts.h"

void facts_add(struct arena *arena, struct facts *facts, const char *what, struct str table, struct str name,
               struct str detail)
{
    ARENA_PUSH(arena, facts->items, facts->count, facts->capacity) =
        (struct fact){.what = what, .table = table, .name = name, .detail = detail};
}

/* FNV-1a, as Fowler, Noll and Vo published it. */
static uint64_t hash_of(struct str text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return hash;
}

void facts_index(struct arena *arena, struct facts *facts)
{
    facts->head_count = 64;
    while (facts->head_count < facts->count)
        facts->head_count *= 2;
    facts->heads = ARENA_ARRAY(arena, size_t, facts->head_count);
    facts->next = ARENA_ARRAY(arena, size_t, facts->count + 1);
    for (size_t i = 0; i < facts->head_count; i++)
        facts->heads[i] = facts->count;
    for (size_t i = facts->count; i > 0; i--) {
        size_t *head = &facts->heads[hash_of(facts->items[i - 1].table) & (facts->head_count - 1)];

        facts->next[i - 1] = *head;
        *head = i - 1;
    }
}

size_t facts_first(const struct facts *facts, struct str table)
{
    return facts->heads[hash_of(table) & (facts->head_count - 1)];
}

static bool alike_part(struct str a, struct str b)
{
    struct str text = a.len > 0 && a.ptr[a.len - 1] == FACT_PERHAPS ? a : b;
    struct str other = text.ptr == a.ptr ? b : a;

    if (str_equal(a, b))
        return true;
    return text.len > 0 && text.ptr[text.len - 1] == FACT_PERHAPS &&
           (str_is(str_trim(other), "*") || str_equal(str_slice(text, 0, text.len - 1), other));
}

static bool alike(struct str a, struct str b)
{
    while (a.len > 0 || b.len > 0) {
        ptrdiff_t a_end = str_find(a, ',');
        ptrdiff_t b_end = str_find(b, ',');
        struct str a_part = str_slice(a, 0, a_end < 0 ? a.len : (size_t)a_end);
        struct str b_part = str_slice(b, 0, b_end < 0 ? b.len : (size_t)b_end);

        if (!alike_part(a_part, b_part) || (a_end < 0) != (b_end < 0))
            return false;
        a = str_slice(a, a_part.len + 1, a.len);
        b = str_slice(b, b_part.len + 1, b.len);
    }
    return true;
}

/* For people. */
static struct str name_of(struct arena *arena, struct str name)
{
    struct buf text;
    struct str made;

    buf_init(&text, name.len + 1);
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != FACT_PERHAPS)
            buf_byte(&text, name.ptr[i]);
    made = buf_to_str(arena, &text);
    buf_free(&text);
    return made;
}

static bool is_indexing(const char *what)
{
    return str_is(str_from(what), "index") || str_is(str_from(what), "unique key") ||
           str_is(str_from(what), "primary key");
}

/* A plain index is there where a unique one or the primary key is on the same columns. */
static bool same_kind(const struct fact *fact, const struct fact *other)
{
    if (str_is(str_from(fact->what), "index"))
        return is_indexing(other->what);
    if (str_is(str_from(fact->what), "unique key"))
        return str_is(str_from(other->what), "unique key") || str_is(str_from(other->what), "primary key");
    return str_is(str_from(fact->what), other->what);
}

static struct str target_table(const struct verify *verify, struct str table)
{
    for (size_t i = 0; verify->plan == NULL && i < verify->result->table_count; i++)
        if (str_equal(verify->result->tables[i].names[0], table))
            return verify->result->tables[i].names[1];
    return table;
}

enum presence {
    FACT_ABSENT,
    FACT_OTHERWISE, /* with another detail */
    FACT_PRESENT
};

/* `table`: what the others call the fact's table. */
static enum presence look_for(const struct verify *verify, const struct fact *fact, struct str table,
                              const struct facts *others)
{
    bool whole = verify->plan == NULL;
    enum presence presence = FACT_ABSENT;

    for (size_t i = facts_first(others, table); i < others->count && presence != FACT_PRESENT;
         i = others->next[i]) {
        struct fact *other = &others->items[i];
        bool named = whole ? str_equal(fact->name, other->name) : alike(fact->name, other->name);

        if (other->used || !str_equal(table, other->table) || !named ||
            (whole ? !str_is(str_from(fact->what), other->what) : !same_kind(fact, other)))
            continue;
        presence = str_equal(fact->detail, other->detail) ? FACT_PRESENT : FACT_OTHERWISE;
        other->used = !whole && str_find(other->name, '*') >= 0;
    }
    return presence;
}

static bool is_compared(const struct verify *verify, struct str table, int side)
{
    if (table.len == 0)
        return true;
    for (size_t i = 0; i < verify->result->table_count; i++)
        if (str_equal(verify->result->tables[i].names[side], table))
            return true;
    return false;
}

/* Facts of SQLite's tables are in PostgreSQL's names. */
static int naming_side(const struct verify *verify, int side)
{
    return verify->plan == NULL ? side : verify_is_sqlite(verify, 0) ? 1 : 0;
}

/* Of a column that is of another type, or is not there, that is said already. */
static bool is_of_type(const char *what)
{
    return str_is(str_from(what), "collation") || str_is(str_from(what), "enum") ||
           str_is(str_from(what), "domain");
}

/* Plain indexes last: a unique one that is left over may stand for them. */
static void compare_facts_of(struct verify *verify, const struct facts *facts, bool indexes)
{
    struct str table = {NULL, 0}; /* what the target calls `source` */
    struct str source = {NULL, 0};

    for (size_t i = 0; i < facts[0].count; i++) {
        const struct fact *fact = &facts[0].items[i];
        enum presence presence;

        if (str_is(str_from(fact->what), "index") != indexes)
            continue;
        if (source.ptr == NULL || !str_equal(fact->table, source))
            table = target_table(verify, source = fact->table);
        presence = look_for(verify, fact, table, &facts[1]);
        if (presence == FACT_PRESENT || (presence == FACT_ABSENT && is_of_type(fact->what)) ||
            !is_compared(verify, fact->table, naming_side(verify, 0)))
            continue;
        verify_remark(
            verify, true, fact->what, fact->table, name_of(verify->arena, fact->name),
            str_from(presence == FACT_ABSENT ? "the target has none" : "is another one on the target"));
    }
}

static void index_both(const struct verify *verify, struct facts *facts)
{
    facts_index(verify->arena, &facts[0]);
    facts_index(verify->arena, &facts[1]);
}

void facts_compare(struct verify *verify, const struct facts *facts)
{
    compare_facts_of(verify, facts, false);
    compare_facts_of(verify, facts, true);
}

/* What rows of the source might not pass one day; further indexes and defaults are no matter. */
static void note_stricter(struct verify *verify, const struct facts *facts)
{
    static const char *const strict[] = {"NOT NULL", "unique key", "foreign key", "primary key"};

    for (size_t i = 0; i < facts[1].count; i++) {
        const struct fact *fact = &facts[1].items[i];
        bool matters = false;

        for (size_t j = 0; j < ARRAY_LENGTH(strict); j++)
            matters = matters || str_is(str_from(fact->what), strict[j]);
        if (matters && look_for(verify, fact, target_table(verify, fact->table), &facts[0]) == FACT_ABSENT &&
            is_compared(verify, fact->table, naming_side(verify, 1)))
            verify_remark(verify, false, fact->what, fact->table, fact->name,
                          str_from("only the target has it"));
    }
}

/* What has no form on PostgreSQL cannot be compared with anything. */
static void note_not_carried(struct verify *verify)
{
    for (size_t i = 0; i < verify->fresh.not_carried_count; i++) {
        const struct not_carried *object = &verify->fresh.not_carried[i];

        if (object->class != OBJECT_TABLE)
            verify_remark(verify, false, object_class_name(object->class), object->table, object->name,
                          str_printf(verify->arena, "not compared: %.*s", STR_ARGS(object->reason)));
    }
}

static bool compare_with_plan(struct verify *verify, struct err *err)
{
    int lite = verify_is_sqlite(verify, 0) ? 0 : 1;
    struct facts facts[2] = {{.count = 0}, {.count = 0}};

    verify_facts_of_plan(verify, &facts[lite]);
    if (!facts_of_catalog(verify, 1 - lite, false, &facts[1 - lite], err))
        return false;
    index_both(verify, facts);
    facts_compare(verify, facts);
    note_stricter(verify, facts);
    note_not_carried(verify);
    return facts_check_sequences(verify, 1 - lite, NULL, err);
}

static bool compare_catalogs(struct verify *verify, struct err *err)
{
    struct facts facts[2] = {{.count = 0}, {.count = 0}};

    for (int side = 0; side < 2; side++)
        if (!facts_of_catalog(verify, side, true, &facts[side], err))
            return false;
    index_both(verify, facts);
    facts_compare(verify, facts);
    note_stricter(verify, facts);
    return facts_check_sequences(verify, 0, NULL, err) && facts_check_sequences(verify, 1, NULL, err);
}

static bool is_renamed(const struct verify *verify, struct str table)
{
    const struct plan_options *plan = &verify->options->plan;

    for (size_t i = 0; i < plan->rename_count; i++)
        if (str_equal_nocase(plan->renames[i].table, table))
            return true;
    return false;
}

static const struct fingerprint *find(const struct fingerprints *prints, const struct fingerprint *wanted)
{
    for (size_t i = 0; i < prints->count; i++)
        if (str_equal(prints->items[i].kind, wanted->kind) &&
            str_equal_nocase(prints->items[i].name, wanted->name))
            return &prints->items[i];
    return NULL;
}

/* SQLite gives what is beyond the greatest rowid, too. */
static int64_t last_number(const struct table *table)
{
    int64_t last = table->sequence > 0 ? table->sequence : 0;

    return table->rows > 0 && table->rowid_max > last ? table->rowid_max : last;
}

static void compare_numbers(struct verify *verify)
{
    for (size_t i = 0; i < verify->result->table_count; i++) {
        const struct verified_table *both = &verify->result->tables[i];
        const struct table *source = both->shapes[0].source;
        const struct table *target = both->shapes[1].source;

        if (!source->autoincrement || !target->autoincrement || last_number(target) >= source->sequence)
            continue;
        verify_remark(
            verify, true, "sequence", both->names[1], source->columns[source->rowid_column].name.text,
            str_printf(verify->arena, "the target gives %lld next, and the source has given %lld already",
                       (long long)last_number(target) + 1, (long long)source->sequence));
    }
}

/* The statements that SQLite keeps say nearly all. */
static void compare_statements(struct verify *verify)
{
    struct fingerprints prints[2] = {{.count = 0}, {.count = 0}};

    for (int side = 0; side < 2; side++)
        fingerprints_of(verify->arena, &verify->result->prepared[side].schema, &prints[side]);
    for (size_t i = 0; i < prints[0].count; i++) {
        const struct fingerprint *print = &prints[0].items[i];
        const struct fingerprint *there = find(&prints[1], print);

        bool table = str_is(print->kind, "table");

        /* Of tables that were left out, or are missing, enough is said. */
        if ((table &&
             (there == NULL || !is_compared(verify, print->name, 0) || is_renamed(verify, print->name))) ||
            (there != NULL && str_equal(there->hash, print->hash)))
            continue;
        verify_remark(
            verify, true, str_cstr(verify->arena, print->kind), (struct str){NULL, 0}, print->name,
            str_from(there == NULL ? "the target has none" : "another statement makes it on the target"));
    }
}

bool verify_structure(struct verify *verify, struct err *err)
{
    bool lite[2] = {verify_is_sqlite(verify, 0), verify_is_sqlite(verify, 1)};

    if (lite[0] && lite[1]) {
        compare_statements(verify);
        compare_numbers(verify);
        return true;
    }
    return lite[0] || lite[1] ? compare_with_plan(verify, err) : compare_catalogs(verify, err);
}
