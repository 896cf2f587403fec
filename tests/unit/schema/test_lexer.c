#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "schema/lexer.h"

/* All tokens as "kind:text kind:text", the kinds of names by their quotes. */
static struct str tokens_of(struct arena *arena, struct str sql)
{
    static const char *const kinds[] = {
        [TOKEN_ILLEGAL] = "ILLEGAL",   [TOKEN_ID] = "id",     [TOKEN_STRING] = "string",
        [TOKEN_INTEGER] = "integer",   [TOKEN_REAL] = "real", [TOKEN_BLOB] = "blob",
        [TOKEN_VARIABLE] = "variable",
    };
    struct lexer lexer;
    struct buf out;
    struct str text;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    lexer_begin(&lexer, sql);
    for (struct token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
        const char *kind = token.kind < ARRAY_LENGTH(kinds) ? kinds[token.kind] : token_kind_text(token.kind);

        buf_printf(&out, "%s%s:%.*s", out.len > 0 ? " " : "", kind, STR_ARGS(token.text));
    }
    text = buf_to_str(arena, &out);
    buf_free(&out);
    return text;
}

struct example {
    const char *sql;
    const char *tokens;
};

static void check(const struct example *examples, size_t count)
{
    struct arena *arena = arena_new();

    for (size_t i = 0; i < count; i++) {
        struct str tokens = tokens_of(arena, str_from(examples[i].sql));

        if (!str_is(tokens, examples[i].tokens))
            fail_msg("%s\n  %.*s\n  %s", examples[i].sql, STR_ARGS(tokens), examples[i].tokens);
    }
    arena_free(arena);
}

static void numbers(void **state)
{
    static const struct example examples[] = {
        {"1 12 0", "integer:1 integer:12 integer:0"},
        {"1.5 .5 5. 1e5 1E-5 1.e+5 .5e1", "real:1.5 real:.5 real:5. real:1e5 real:1E-5 real:1.e+5 real:.5e1"},
        {"0x10 0XfF", "integer:0x10 integer:0XfF"},
        {"0x1t 0xfg", "integer:0x1 id:t integer:0xf id:g"},
        {"0x 0xg 1e 1e+ 1x", "ILLEGAL:0x ILLEGAL:0xg ILLEGAL:1e ILLEGAL:1e +:+ ILLEGAL:1x"},
        {"1_000 1_0.5_5e1_0 0xf_f", "integer:1_000 real:1_0.5_5e1_0 integer:0xf_f"},
        {"1__0 1_ _1", "ILLEGAL:1__0 ILLEGAL:1_ id:_1"},
        {"1.2.3", "real:1.2 real:.3"},
        {"-1+1", "-:- integer:1 +:+ integer:1"},
        {"1\xc3\xa9", "ILLEGAL:1\xc3\xa9"},
    };

    (void)state;
    check(examples, ARRAY_LENGTH(examples));
}

static void quotes(void **state)
{
    static const struct example examples[] = {
        {"'it''s' \"a\"\"b\" `a``b` [a]]", "string:'it''s' id:\"a\"\"b\" id:`a``b` id:[a] ILLEGAL:]"},
        {"'' \"\" `` []", "string:'' id:\"\" id:`` id:[]"},
        {"'a", "ILLEGAL:'a"},
        {"\"a''", "ILLEGAL:\"a''"},
        {"[a", "ILLEGAL:[a"},
        {"'a'''", "string:'a'''"},
        {"'a''", "ILLEGAL:'a''"},
        {"'a\nb' '--' '/*'", "string:'a\nb' string:'--' string:'/*'"},
        {"x'00fF' X'' x'0'", "blob:x'00fF' blob:X'' ILLEGAL:x'0'"},
        {"x'00", "ILLEGAL:x'00"},
        {"x'0g", "ILLEGAL:x'0 id:g"},
        {"xy'a'", "id:xy string:'a'"},
    };

    (void)state;
    check(examples, ARRAY_LENGTH(examples));
}

static void words(void **state)
{
    static const struct example examples[] = {
        {"select Select SELECTED", "SELECT:select SELECT:Select id:SELECTED"},
        {"current_time current_timestamp current", "CURRENT_TIME:current_time "
                                                   "CURRENT_TIMESTAMP:current_timestamp CURRENT:current"},
        {"a$b _ \xc3\xa9t\xc3\xa9 a1", "id:a$b id:_ id:\xc3\xa9t\xc3\xa9 id:a1"},
        {"\"select\" [from]", "id:\"select\" id:[from]"},
        {"a without", "id:a WITHOUT:without"},
        {"abort zzz", "ABORT:abort id:zzz"},
        {"? ?12 :a @b $c ?a :", "variable:? variable:?12 variable::a variable:@b variable:$c variable:? id:a "
                                "ILLEGAL::"},
        {"#", "ILLEGAL:#"},
    };

    (void)state;
    check(examples, ARRAY_LENGTH(examples));
}

static void punctuation(void **state)
{
    static const struct example examples[] = {
        {"->>-> - --x", "->>:->> ->:-> -:-"},
        {"<<<=<><", "<<:<< <=:<= <>:<> <:<"},
        {">>>=>", ">>:>> >=:>= >:>"},
        {"===!=", "==:== =:= !=:!="},
        {"!", "ILLEGAL:!"},
        {"|||", "||:|| |:|"},
        {"(,).;+*/%&~", "(:( ,:, ):) .:. ;:; +:+ *:* /:/ %:% &:& ~:~"},
        {"a.b.c", "id:a .:. id:b .:. id:c"},
    };

    (void)state;
    check(examples, ARRAY_LENGTH(examples));
}

static void blanks_are_no_tokens(void **state)
{
    static const struct example examples[] = {
        {"", ""},
        {" \t\r\n\f\v", ""},
        {"a--b\nc", "id:a id:c"},
        {"a--b", "id:a"},
        {"--", ""},
        {"a/*b*/c", "id:a id:c"},
        {"a/*/b*/c", "id:a id:c"},
        {"a/* b", "id:a"},
        {"a/* b *", "id:a"},
        {"a/*", "id:a"},
        {"a/b", "id:a /:/ id:b"},
        {"\xef\xbb\xbf"
         "a \xef\xbb\xbf"
         "b",
         "id:a id:b"},
    };

    (void)state;
    check(examples, ARRAY_LENGTH(examples));
}

static void text_ends_at_the_first_nul(void **state)
{
    struct arena *arena = arena_new();
    struct str nothing = {NULL, 0};

    (void)state;
    assert_str_equal(tokens_of(arena, (struct str)STR("a\0b")), "id:a");
    assert_str_equal(tokens_of(arena, nothing), "");
    arena_free(arena);
}

/* A view may end anywhere; nothing behind it is read. */
static void every_prefix_is_read_within_its_bounds(void **state)
{
    static const char sql[] =
        "a->>'it''s' \"q\"\"r\" [b] x'0a' 0x1f 1.5e+10 /* c */ -- d\n1_000 ?1 \xef\xbb\xbf z";

    (void)state;
    for (size_t length = 0; length <= strlen(sql); length++) {
        struct arena *arena = arena_new();
        char *copy = malloc(length == 0 ? 1 : length);

        assert_non_null(copy);
        memcpy(copy, sql, length);
        /* A read behind the block is for the sanitizer to find; the tokens are those of the copy alone. */
        assert_true(tokens_of(arena, (struct str){copy, length}).len <= length * 12);
        free(copy);
        arena_free(arena);
    }
}

static void unquoting(void **state)
{
    static const struct {
        const char *sql;
        const char *text;
        enum quote quote;
    } examples[] = {
        {"abc", "abc", QUOTE_NONE},
        {"\"a\"\"b\"", "a\"b", QUOTE_DOUBLE},
        {"`a``b`", "a`b", QUOTE_BACKTICK},
        {"[a\"\"b]", "a\"\"b", QUOTE_BRACKET},
        {"'it''s'", "it's", QUOTE_SINGLE},
        {"''''", "'", QUOTE_SINGLE},
        {"''", "", QUOTE_SINGLE},
        {"\"plain\"", "plain", QUOTE_DOUBLE},
        {"\"\"\"\"\"\"", "\"\"", QUOTE_DOUBLE},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct lexer lexer;
        struct token token;

        lexer_begin(&lexer, str_from(examples[i].sql));
        token = lexer_next(&lexer);
        assert_str_equal(token_unquote(arena, &token), examples[i].text);
        assert_int_equal(token.quote, examples[i].quote);
        assert_int_equal(lexer_next(&lexer).kind, TOKEN_END);
        assert_int_equal(lexer_next(&lexer).kind, TOKEN_END);
    }
    arena_free(arena);
}

static void keywords_are_found_and_classified(void **state)
{
    static const struct {
        const char *word;
        unsigned uses;
    } examples[] = {
        {"select", 0},
        {"without", NAME_ID | NAME_ALIAS | NAME_ANY},
        {"abort", NAME_ID | NAME_ALIAS | NAME_ANY},
        {"add", 0},
        {"left", NAME_ANY},
        {"indexed", NAME_ID | NAME_ANY},
        {"pragma", NAME_ID | NAME_ALIAS | NAME_ANY},
        {"'text'", NAME_ALIAS | NAME_ANY},
        {"\"select\"", NAME_ID | NAME_ALIAS | NAME_ANY},
        {"1", 0},
        {"(", 0},
    };
    static const enum name_use uses[] = {NAME_ID, NAME_ALIAS, NAME_ANY};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct lexer lexer;
        struct token token;

        lexer_begin(&lexer, str_from(examples[i].word));
        token = lexer_next(&lexer);
        for (size_t j = 0; j < ARRAY_LENGTH(uses); j++)
            assert_int_equal(token_names(&token, uses[j]), (examples[i].uses & uses[j]) != 0);
    }
}

/* The list is searched by halves: one word out of order would hide others. */
static void every_keyword_is_found(void **state)
{
    static const char *const all[] = {
#define X(word, class) #word,
        LEXER_KEYWORDS(X)
#undef X
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
        struct lexer lexer;
        struct token token;

        lexer_begin(&lexer, str_from(all[i]));
        token = lexer_next(&lexer);
        assert_string_equal(token_kind_text(token.kind), all[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(quotes),
        cmocka_unit_test(words),
        cmocka_unit_test(punctuation),
        cmocka_unit_test(blanks_are_no_tokens),
        cmocka_unit_test(text_ends_at_the_first_nul),
        cmocka_unit_test(every_prefix_is_read_within_its_bounds),
        cmocka_unit_test(unquoting),
        cmocka_unit_test(keywords_are_found_and_classified),
        cmocka_unit_test(every_keyword_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
