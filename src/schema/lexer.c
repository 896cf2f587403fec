#include "schema/lexer.h"

#include <stdlib.h>
#include <string.h>

enum word_class {
    RESERVED,
    FALLBACK,
    JOIN,
    INDEXED
};

struct keyword {
    const char *word;
    enum token_kind kind;
    enum word_class class;
};

static const struct keyword keywords[] = {
#define X(word, class) {#word, KEYWORD_##word, class},
    LEXER_KEYWORDS(X)
#undef X
};

static const struct {
    const char *text;
    enum token_kind kind;
} punctuation[] = {
#define X(name, text) {text, TOKEN_##name},
    LEXER_PUNCTUATION(X)
#undef X
};

/* The kinds before the first punctuation. */
static const char *const kind_texts[] = {
    [TOKEN_END] = "the end",   [TOKEN_ILLEGAL] = "a token",      [TOKEN_ID] = "a name",
    [TOKEN_STRING] = "a text", [TOKEN_INTEGER] = "an integer",   [TOKEN_REAL] = "a number",
    [TOKEN_BLOB] = "a blob",   [TOKEN_VARIABLE] = "a parameter",
};

static char byte_at(const struct lexer *lexer, size_t at)
{
    return at < lexer->sql.len ? lexer->sql.ptr[at] : '\0';
}

static bool is_name_start(char c)
{
    return ascii_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_byte(char c)
{
    return is_name_start(c) || ascii_is_digit(c) || c == '$';
}

static bool is_hex_digit(char c)
{
    c = ascii_lower(c);
    return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Length of the comment at `at`, or 0.  SQLite lets the end of the text close a comment. */
static size_t comment_length(const struct lexer *lexer, size_t at)
{
    size_t end = at + 2;

    if (byte_at(lexer, at) == '-' && byte_at(lexer, at + 1) == '-') {
        while (end < lexer->sql.len && byte_at(lexer, end) != '\n')
            end++;
        return end - at;
    }
    if (byte_at(lexer, at) == '/' && byte_at(lexer, at + 1) == '*') {
        while (end < lexer->sql.len && (byte_at(lexer, end) != '*' || byte_at(lexer, end + 1) != '/'))
            end++;
        return (end < lexer->sql.len ? end + 2 : end) - at;
    }
    return 0;
}

/* SQLite takes a byte order mark for white space wherever a token could begin. */
static size_t blank_length(const struct lexer *lexer, size_t at)
{
    if (at < lexer->sql.len && ascii_is_space(lexer->sql.ptr[at]))
        return 1;
    if (str_starts_with(str_slice(lexer->sql, at, lexer->sql.len), "\xef\xbb\xbf"))
        return 3;
    return comment_length(lexer, at);
}

/* End of the text that the quote at `at` opens, past the closing one; 0 when it stays open.  A doubled quote
 * stands for itself, but not in brackets. */
static size_t quoted_end(const struct lexer *lexer, size_t at)
{
    char close = byte_at(lexer, at) == '[' ? ']' : byte_at(lexer, at);

    for (size_t i = at + 1; i < lexer->sql.len; i++) {
        if (lexer->sql.ptr[i] != close)
            continue;
        if (close == ']' || byte_at(lexer, i + 1) != close)
            return i + 1;
        i++;
    }
    return 0;
}

static enum quote quote_of(char c)
{
    switch (c) {
    case '"': return QUOTE_DOUBLE;
    case '`': return QUOTE_BACKTICK;
    case '[': return QUOTE_BRACKET;
    case '\'': return QUOTE_SINGLE;
    default: return QUOTE_NONE;
    }
}

/* Digits, with single underscores between them. */
static size_t digits_end(const struct lexer *lexer, size_t at, bool (*is_digit)(char c))
{
    while (is_digit(byte_at(lexer, at))) {
        at++;
        if (byte_at(lexer, at) == '_' && is_digit(byte_at(lexer, at + 1)))
            at++;
    }
    return at;
}

static bool is_hexadecimal(const struct lexer *lexer, size_t at)
{
    return byte_at(lexer, at) == '0' && ascii_lower(byte_at(lexer, at + 1)) == 'x' &&
           is_hex_digit(byte_at(lexer, at + 2));
}

static size_t number_end(const struct lexer *lexer, size_t at, enum token_kind *kind)
{
    size_t sign;

    *kind = TOKEN_INTEGER;
    if (is_hexadecimal(lexer, at))
        return digits_end(lexer, at + 2, is_hex_digit);
    at = digits_end(lexer, at, ascii_is_digit);
    if (byte_at(lexer, at) == '.') {
        *kind = TOKEN_REAL;
        at = digits_end(lexer, at + 1, ascii_is_digit);
    }
    sign = byte_at(lexer, at + 1) == '+' || byte_at(lexer, at + 1) == '-' ? 1 : 0;
    if (ascii_lower(byte_at(lexer, at)) == 'e' && ascii_is_digit(byte_at(lexer, at + 1 + sign))) {
        *kind = TOKEN_REAL;
        at = digits_end(lexer, at + 1 + sign, ascii_is_digit);
    }
    return at;
}

static struct token scan_number(const struct lexer *lexer)
{
    struct token token = {0};
    size_t end = number_end(lexer, lexer->at, &token.kind);

    /* Behind hexadecimal digits a name may follow at once: SQLite before 3.46 takes 0x1t for 0x1 AS t. */
    if (is_name_byte(byte_at(lexer, end)) && !is_hexadecimal(lexer, lexer->at))
        for (token.kind = TOKEN_ILLEGAL; is_name_byte(byte_at(lexer, end));)
            end++;
    token.text = str_slice(lexer->sql, lexer->at, end);
    return token;
}

static struct token scan_quoted(const struct lexer *lexer)
{
    size_t end = quoted_end(lexer, lexer->at);
    enum quote quote = quote_of(byte_at(lexer, lexer->at));

    if (end == 0)
        return (struct token){TOKEN_ILLEGAL, QUOTE_NONE, str_slice(lexer->sql, lexer->at, lexer->sql.len)};
    return (struct token){quote == QUOTE_SINGLE ? TOKEN_STRING : TOKEN_ID, quote,
                          str_slice(lexer->sql, lexer->at, end)};
}

static struct token scan_blob(const struct lexer *lexer)
{
    size_t end = lexer->at + 2;
    bool whole;

    while (is_hex_digit(byte_at(lexer, end)))
        end++;
    whole = byte_at(lexer, end) == '\'' && (end - lexer->at) % 2 == 0;
    return (struct token){whole ? TOKEN_BLOB : TOKEN_ILLEGAL, QUOTE_NONE,
                          str_slice(lexer->sql, lexer->at, byte_at(lexer, end) == '\'' ? end + 1 : end)};
}

static int compare_word(const void *key, const void *element)
{
    const struct str *word = key;
    const char *text = ((const struct keyword *)element)->word;

    for (size_t i = 0; i < word->len; i++) {
        int order = ascii_upper(word->ptr[i]) - text[i];

        if (order != 0)
            return order;
    }
    return text[word->len] == '\0' ? 0 : -1;
}

static struct token scan_word(const struct lexer *lexer)
{
    struct token token = {.kind = TOKEN_ID};
    const struct keyword *keyword;
    size_t end = lexer->at;

    while (is_name_byte(byte_at(lexer, end)))
        end++;
    token.text = str_slice(lexer->sql, lexer->at, end);
    keyword = bsearch(&token.text, keywords, ARRAY_LENGTH(keywords), sizeof(keywords[0]), compare_word);
    if (keyword != NULL)
        token.kind = keyword->kind;
    return token;
}

/* ?, ?1, :name, @name, $name; $ns::name(...) of the Tcl interface is not for files. */
static struct token scan_variable(const struct lexer *lexer)
{
    size_t end = lexer->at + 1;
    bool numbered = byte_at(lexer, lexer->at) == '?';

    while (numbered ? ascii_is_digit(byte_at(lexer, end)) : is_name_byte(byte_at(lexer, end)))
        end++;
    return (struct token){numbered || end > lexer->at + 1 ? TOKEN_VARIABLE : TOKEN_ILLEGAL, QUOTE_NONE,
                          str_slice(lexer->sql, lexer->at, end)};
}

static struct token scan_punctuation(const struct lexer *lexer)
{
    struct str rest = str_slice(lexer->sql, lexer->at, lexer->sql.len);

    for (size_t i = 0; i < ARRAY_LENGTH(punctuation); i++)
        if (str_starts_with(rest, punctuation[i].text))
            return (struct token){punctuation[i].kind, QUOTE_NONE,
                                  str_slice(rest, 0, strlen(punctuation[i].text))};
    return (struct token){TOKEN_ILLEGAL, QUOTE_NONE, str_slice(rest, 0, 1)};
}

static struct token scan(const struct lexer *lexer)
{
    char c = byte_at(lexer, lexer->at);
    char next = byte_at(lexer, lexer->at + 1);

    if (quote_of(c) != QUOTE_NONE)
        return scan_quoted(lexer);
    if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(next)))
        return scan_number(lexer);
    if (ascii_lower(c) == 'x' && next == '\'')
        return scan_blob(lexer);
    if (is_name_start(c))
        return scan_word(lexer);
    if (c != '\0' && strchr("?:@$", c) != NULL)
        return scan_variable(lexer);
    return scan_punctuation(lexer);
}

void lexer_begin(struct lexer *lexer, struct str sql)
{
    ptrdiff_t nul = str_find(sql, '\0');

    if (sql.ptr == NULL)
        sql = str_from("");
    *lexer = (struct lexer){.sql = nul < 0 ? sql : str_slice(sql, 0, (size_t)nul)};
}

struct token lexer_next(struct lexer *lexer)
{
    struct token token;

    for (size_t blank; (blank = blank_length(lexer, lexer->at)) > 0;)
        lexer->at += blank;
    if (lexer->at >= lexer->sql.len)
        return (struct token){TOKEN_END, QUOTE_NONE, str_slice(lexer->sql, lexer->sql.len, lexer->sql.len)};
    token = scan(lexer);
    lexer->at += token.text.len;
    return token;
}

bool token_names(const struct token *token, enum name_use use)
{
    static const unsigned uses[] = {
        [RESERVED] = 0,
        [FALLBACK] = NAME_ID | NAME_ALIAS | NAME_ANY,
        [JOIN] = NAME_ANY,
        [INDEXED] = NAME_ID | NAME_ANY,
    };

    if (token->kind == TOKEN_ID)
        return true;
    if (token->kind == TOKEN_STRING)
        return use != NAME_ID;
    if (token->kind < KEYWORD_ABORT)
        return false;
    return (uses[keywords[token->kind - KEYWORD_ABORT].class] & use) != 0;
}

struct str token_unquote(struct arena *arena, const struct token *token)
{
    char quote = token->quote == QUOTE_NONE ? '\0' : token->text.ptr[0];
    struct str inner = token->text;
    char *copy;
    size_t length = 0;

    if (quote == '\0')
        return inner;
    inner = str_slice(inner, 1, inner.len - 1);
    if (quote == '[' || str_find(inner, quote) < 0)
        return inner;
    copy = arena_alloc(arena, inner.len);
    for (size_t i = 0; i < inner.len; i++) {
        copy[length++] = inner.ptr[i];
        if (inner.ptr[i] == quote)
            i++;
    }
    return (struct str){copy, length};
}

const char *token_kind_text(enum token_kind kind)
{
    if (kind >= KEYWORD_ABORT)
        return keywords[kind - KEYWORD_ABORT].word;
    if (kind >= TOKEN_ARROW_TEXT)
        return punctuation[kind - TOKEN_ARROW_TEXT].text;
    return kind_texts[kind];
}
