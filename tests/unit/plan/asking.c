#include "tests/unit/plan/asking.h"

#include "tests/unit/plan/fixture.h"

struct answer ask(struct arena *arena, enum framework_id framework_id, const char *sql,
                  struct type_options options)
{
    sqlite3 *db = fixture_make(sql);
    struct schema schema = fixture_schema(arena, db);
    struct framework framework = {.id = framework_id, .name = "Framework", .schema = &schema};
    struct table *table = schema_table(&schema, (struct str)STR("t"));
    int place = table_column(table, (struct str)STR("c"));
    const struct column *column;
    struct type_choice first;
    struct type_choice last;
    struct column_facts facts;

    assert_true(place >= 0);
    column = &table->columns[place];
    first = type_choose(arena, &framework, table, column, NULL, &options);
    facts = fixture_facts(db, table, column);
    last = first.need == SURVEY_NOT_NEEDED ? first
                                           : type_choose(arena, &framework, table, column, &facts, &options);
    assert_int_equal(last.need, SURVEY_NOT_NEEDED);
    assert_true(last.reason.len > 0);
    sqlite3_close(db);
    return (struct answer){first.need, pg_type_text(arena, &last.type), last.unit, last.reason};
}

void check_all(enum framework_id framework, const struct question_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new();
        struct str create = str_printf(arena, "CREATE TABLE t (other, c %s);", cases[i].declared);
        struct str insert = {NULL, 0};
        struct answer answer;

        if (cases[i].values != NULL)
            insert = str_printf(arena, "INSERT INTO t (c) VALUES %s;", cases[i].values);
        answer = ask(arena, framework, str_printf(arena, "%s%.*s", create.ptr, STR_ARGS(insert)).ptr,
                     (struct type_options){false});
        if (!str_is(answer.type, cases[i].type) || (int)answer.need != cases[i].need ||
            answer.unit != cases[i].unit)
            fail_msg("%s of %s: %s, need %d, unit %d (%s)", cases[i].declared,
                     cases[i].values == NULL ? "nothing" : cases[i].values, answer.type.ptr, (int)answer.need,
                     (int)answer.unit, answer.reason.ptr);
        arena_free(arena);
    }
}
