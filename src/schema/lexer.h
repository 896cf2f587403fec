/*
 * lexer.h: SQLite's SQL as tokens.
 *
 * Rules: SQLite's tokenize.c and the directives %fallback and %token_class of its parse.y (3.40), and the
 * digit separators of 3.46.  A keyword that means nothing in the statements parsed here is an ordinary name,
 * unless SQLite reserves it.  Tokens are views of the SQL; white space and comments are no tokens.
 */
#ifndef PGRADE_SCHEMA_LEXER_H
#define PGRADE_SCHEMA_LEXER_H

#include "base/str.h"
#include "schema/expr.h"

/*
 * Every keyword, sorted, with its class:
 *   RESERVED  never a name
 *   FALLBACK  a name wherever the keyword itself has no place
 *   JOIN      a name, but no alias or type without AS: CROSS, LEFT, ...
 *   INDEXED   a name, but no alias or type without AS
 */
#define LEXER_KEYWORDS(X)                                                                                    \
    X(ABORT, FALLBACK)                                                                                       \
    X(ACTION, FALLBACK)                                                                                      \
    X(ADD, RESERVED)                                                                                         \
    X(AFTER, FALLBACK)                                                                                       \
    X(ALL, RESERVED)                                                                                         \
    X(ALTER, RESERVED)                                                                                       \
    X(ALWAYS, FALLBACK)                                                                                      \
    X(AND, RESERVED)                                                                                         \
    X(AS, RESERVED)                                                                                          \
    X(ASC, FALLBACK)                                                                                         \
    X(AUTOINCREMENT, RESERVED)                                                                               \
    X(BEFORE, FALLBACK)                                                                                      \
    X(BETWEEN, RESERVED)                                                                                     \
    X(BY, FALLBACK)                                                                                          \
    X(CASCADE, FALLBACK)                                                                                     \
    X(CASE, RESERVED)                                                                                        \
    X(CAST, FALLBACK)                                                                                        \
    X(CHECK, RESERVED)                                                                                       \
    X(COLLATE, RESERVED)                                                                                     \
    X(COMMIT, RESERVED)                                                                                      \
    X(CONFLICT, FALLBACK)                                                                                    \
    X(CONSTRAINT, RESERVED)                                                                                  \
    X(CREATE, RESERVED)                                                                                      \
    X(CROSS, JOIN)                                                                                           \
    X(CURRENT, FALLBACK)                                                                                     \
    X(CURRENT_DATE, FALLBACK)                                                                                \
    X(CURRENT_TIME, FALLBACK)                                                                                \
    X(CURRENT_TIMESTAMP, FALLBACK)                                                                           \
    X(DEFAULT, RESERVED)                                                                                     \
    X(DEFERRABLE, RESERVED)                                                                                  \
    X(DEFERRED, FALLBACK)                                                                                    \
    X(DELETE, RESERVED)                                                                                      \
    X(DESC, FALLBACK)                                                                                        \
    X(DISTINCT, RESERVED)                                                                                    \
    X(DROP, RESERVED)                                                                                        \
    X(ELSE, RESERVED)                                                                                        \
    X(END, FALLBACK)                                                                                         \
    X(ESCAPE, RESERVED)                                                                                      \
    X(EXCEPT, RESERVED)                                                                                      \
    X(EXCLUDE, FALLBACK)                                                                                     \
    X(EXISTS, RESERVED)                                                                                      \
    X(FAIL, FALLBACK)                                                                                        \
    X(FILTER, FALLBACK)                                                                                      \
    X(FIRST, FALLBACK)                                                                                       \
    X(FOLLOWING, FALLBACK)                                                                                   \
    X(FOREIGN, RESERVED)                                                                                     \
    X(FROM, RESERVED)                                                                                        \
    X(FULL, JOIN)                                                                                            \
    X(GENERATED, FALLBACK)                                                                                   \
    X(GLOB, FALLBACK)                                                                                        \
    X(GROUP, RESERVED)                                                                                       \
    X(GROUPS, FALLBACK)                                                                                      \
    X(HAVING, RESERVED)                                                                                      \
    X(IF, FALLBACK)                                                                                          \
    X(IGNORE, FALLBACK)                                                                                      \
    X(IMMEDIATE, FALLBACK)                                                                                   \
    X(IN, RESERVED)                                                                                          \
    X(INDEX, RESERVED)                                                                                       \
    X(INDEXED, INDEXED)                                                                                      \
    X(INITIALLY, FALLBACK)                                                                                   \
    X(INNER, JOIN)                                                                                           \
    X(INSERT, RESERVED)                                                                                      \
    X(INSTEAD, FALLBACK)                                                                                     \
    X(INTERSECT, RESERVED)                                                                                   \
    X(INTO, RESERVED)                                                                                        \
    X(IS, RESERVED)                                                                                          \
    X(ISNULL, RESERVED)                                                                                      \
    X(JOIN, RESERVED)                                                                                        \
    X(KEY, FALLBACK)                                                                                         \
    X(LAST, FALLBACK)                                                                                        \
    X(LEFT, JOIN)                                                                                            \
    X(LIKE, FALLBACK)                                                                                        \
    X(LIMIT, RESERVED)                                                                                       \
    X(MATCH, FALLBACK)                                                                                       \
    X(MATERIALIZED, FALLBACK)                                                                                \
    X(NATURAL, JOIN)                                                                                         \
    X(NO, FALLBACK)                                                                                          \
    X(NOT, RESERVED)                                                                                         \
    X(NOTNULL, RESERVED)                                                                                     \
    X(NULL, RESERVED)                                                                                        \
    X(NULLS, FALLBACK)                                                                                       \
    X(OF, FALLBACK)                                                                                          \
    X(OFFSET, FALLBACK)                                                                                      \
    X(ON, RESERVED)                                                                                          \
    X(OR, RESERVED)                                                                                          \
    X(ORDER, RESERVED)                                                                                       \
    X(OTHERS, FALLBACK)                                                                                      \
    X(OUTER, JOIN)                                                                                           \
    X(OVER, FALLBACK)                                                                                        \
    X(PARTITION, FALLBACK)                                                                                   \
    X(PRECEDING, FALLBACK)                                                                                   \
    X(PRIMARY, RESERVED)                                                                                     \
    X(RAISE, FALLBACK)                                                                                       \
    X(RANGE, FALLBACK)                                                                                       \
    X(RECURSIVE, FALLBACK)                                                                                   \
    X(REFERENCES, RESERVED)                                                                                  \
    X(REGEXP, FALLBACK)                                                                                      \
    X(REPLACE, FALLBACK)                                                                                     \
    X(RESTRICT, FALLBACK)                                                                                    \
    X(RIGHT, JOIN)                                                                                           \
    X(ROLLBACK, FALLBACK)                                                                                    \
    X(ROW, FALLBACK)                                                                                         \
    X(ROWS, FALLBACK)                                                                                        \
    X(SELECT, RESERVED)                                                                                      \
    X(SET, RESERVED)                                                                                         \
    X(TABLE, RESERVED)                                                                                       \
    X(TEMP, FALLBACK)                                                                                        \
    X(TEMPORARY, FALLBACK)                                                                                   \
    X(THEN, RESERVED)                                                                                        \
    X(TIES, FALLBACK)                                                                                        \
    X(TO, RESERVED)                                                                                          \
    X(TRANSACTION, RESERVED)                                                                                 \
    X(TRIGGER, FALLBACK)                                                                                     \
    X(UNBOUNDED, FALLBACK)                                                                                   \
    X(UNION, RESERVED)                                                                                       \
    X(UNIQUE, RESERVED)                                                                                      \
    X(UPDATE, RESERVED)                                                                                      \
    X(USING, RESERVED)                                                                                       \
    X(VALUES, RESERVED)                                                                                      \
    X(VIEW, FALLBACK)                                                                                        \
    X(VIRTUAL, FALLBACK)                                                                                     \
    X(WHEN, RESERVED)                                                                                        \
    X(WHERE, RESERVED)                                                                                       \
    X(WINDOW, FALLBACK)                                                                                      \
    X(WITH, FALLBACK)                                                                                        \
    X(WITHOUT, FALLBACK)

/* Longest spelling first among those that begin alike. */
#define LEXER_PUNCTUATION(X)                                                                                 \
    X(ARROW_TEXT, "->>")                                                                                     \
    X(ARROW, "->")                                                                                           \
    X(MINUS, "-")                                                                                            \
    X(CONCAT, "||")                                                                                          \
    X(BIT_OR, "|")                                                                                           \
    X(SHIFT_LEFT, "<<")                                                                                      \
    X(LESS_EQUAL, "<=")                                                                                      \
    X(UNEQUAL, "<>")                                                                                         \
    X(LESS, "<")                                                                                             \
    X(SHIFT_RIGHT, ">>")                                                                                     \
    X(GREATER_EQUAL, ">=")                                                                                   \
    X(GREATER, ">")                                                                                          \
    X(EQUAL_EQUAL, "==")                                                                                     \
    X(EQUAL, "=")                                                                                            \
    X(BANG_EQUAL, "!=")                                                                                      \
    X(OPEN, "(")                                                                                             \
    X(CLOSE, ")")                                                                                            \
    X(COMMA, ",")                                                                                            \
    X(DOT, ".")                                                                                              \
    X(SEMICOLON, ";")                                                                                        \
    X(PLUS, "+")                                                                                             \
    X(STAR, "*")                                                                                             \
    X(SLASH, "/")                                                                                            \
    X(PERCENT, "%")                                                                                          \
    X(BIT_AND, "&")                                                                                          \
    X(TILDE, "~")

enum token_kind {
    TOKEN_END,
    TOKEN_ILLEGAL, /* no token of SQLite: an open quote, a number that runs into letters */
    TOKEN_ID,
    TOKEN_STRING, /* 'text' */
    TOKEN_INTEGER,
    TOKEN_REAL,
    TOKEN_BLOB,
    TOKEN_VARIABLE,
#define X(name, text) TOKEN_##name,
    LEXER_PUNCTUATION(X)
#undef X
#define X(word, class) KEYWORD_##word,
    LEXER_KEYWORDS(X)
#undef X
};

struct token {
    enum token_kind kind;
    enum quote quote; /* of TOKEN_ID and TOKEN_STRING */
    struct str text;  /* as written, quotes included */
};

struct lexer {
    struct str sql;
    size_t at;
};

/* Where a token may stand as a name: parse.y's token classes id and ids, and its nonterminal nm. */
enum name_use {
    NAME_ID = 1,    /* in expressions */
    NAME_ALIAS = 2, /* without AS; the words of a type; collations */
    NAME_ANY = 4    /* tables, columns, constraints */
};

/* SQLite reads SQL up to the first NUL. */
void lexer_begin(struct lexer *lexer, struct str sql);

/* The next token; TOKEN_END again and again after the last. */
struct token lexer_next(struct lexer *lexer);

bool token_names(const struct token *token, enum name_use use);

/* A name or a text without its quotes; copied into the arena only when a quote within is doubled. */
struct str token_unquote(struct arena *arena, const struct token *token);

/* How messages call a kind of token: `(`, `SELECT`, `a number`. */
const char *token_kind_text(enum token_kind kind);

#endif
