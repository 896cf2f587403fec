/*
 * parser.h: what the parsers of this room share.  Nobody outside src/schema includes it.
 *
 * A parser reads tokens one by one with a short look ahead, never goes back, and reports the first failure
 * through its err.  Functions return false after a failure; what they were building is then rubbish.
 */
#ifndef PGRADE_SCHEMA_PARSER_H
#define PGRADE_SCHEMA_PARSER_H

#include "base/err.h"
#include "schema/lexer.h"
#include "schema/model.h"
#include "schema/select.h"

enum {
    PARSER_AHEAD = 3
};

struct expr_list {
    struct expr **items;
    size_t count;
    size_t capacity;
};

struct parser {
    struct arena *arena;
    struct err *err;
    struct lexer lexer;
    struct token ahead[PARSER_AHEAD];
    size_t ahead_count;
    const char *end;           /* of the last token taken */
    int depth;                 /* of the recursion at this moment */
    int tallest;               /* the greatest height of the expressions of the SELECT at hand */
    struct expr_list booleans; /* TRUE and FALSE, which turn out to be columns where one has that name */
};

void parser_begin(struct parser *parser, struct arena *arena, struct str sql, struct err *err);

/* The token at hand (0) and those after it. */
const struct token *parser_peek(struct parser *parser, size_t ahead);
bool parser_at(struct parser *parser, enum token_kind kind);
struct token parser_take(struct parser *parser);

/* Takes the token when it is of that kind. */
bool parser_accept(struct parser *parser, enum token_kind kind);

/* Takes these two tokens when both are there. */
bool parser_accept_pair(struct parser *parser, enum token_kind first, enum token_kind second);

bool parser_expect(struct parser *parser, enum token_kind kind) MUST_USE;
bool parser_expect_pair(struct parser *parser, enum token_kind first, enum token_kind second) MUST_USE;
bool parser_expect_end(struct parser *parser) MUST_USE; /* semicolons may come before it */
bool parser_expect_name(struct parser *parser, enum name_use use, const char *what,
                        struct name *name) MUST_USE;

/* [schema.]name; the schema's ptr becomes NULL where none is written. */
bool parser_expect_qualified(struct parser *parser, const char *what, struct str *schema,
                             struct name *name) MUST_USE;

/* name, name, ...; the latter in brackets */
bool parser_names(struct parser *parser, const char *what, struct name **names, size_t *count) MUST_USE;
bool parser_name_list(struct parser *parser, const char *what, struct name **names, size_t *count) MUST_USE;

bool parser_at_name(struct parser *parser, enum name_use use);
struct name parser_take_name(struct parser *parser);

/* Where the token at hand begins, and the text from there to the end of the last token taken. */
const char *parser_start(struct parser *parser);
struct str parser_since(const struct parser *parser, const char *start);

/* Always false.  The first says what would have been right at the token at hand; the second is about a place
 * in the SQL. */
bool parser_expected(struct parser *parser, const char *what);
bool parser_error(struct parser *parser, const char *place, const char *format, ...) PRINTF_LIKE(3, 4);

/* Around whatever calls itself: false when it is too deep. */
bool parser_enter(struct parser *parser) MUST_USE;
void parser_leave(struct parser *parser);

/*
 * CREATE [modifier] kind [IF NOT EXISTS] [schema.]name, as all CREATE statements begin.  `modified` tells
 * whether the modifier was there; TEMP stands for TEMPORARY too.
 */
bool parser_head(struct parser *parser, enum token_kind modifier, enum token_kind kind, bool *modified,
                 struct name *name) MUST_USE;

/* parse_expr.c: expressions */
bool parser_expr(struct parser *parser, struct expr **expr) MUST_USE;
bool parser_expr_list(struct parser *parser, struct expr_list *list) MUST_USE;  /* one or more */
bool parser_bracketed_expr(struct parser *parser, struct expr **expr) MUST_USE; /* (expr) */
bool parser_operand(struct parser *parser, struct expr **expr) MUST_USE;        /* parse_operand.c */
bool parser_call(struct parser *parser, struct expr **expr) MUST_USE;           /* parse_call.c */
bool parser_at_literal(struct parser *parser);                                  /* parse_literal.c */
bool parser_literal(struct parser *parser, struct expr **expr) MUST_USE;
bool parser_level(struct parser *parser, int least, bool stop_at_and, struct expr **expr) MUST_USE;

struct expr *parser_new_expr(struct parser *parser, enum expr_kind kind);

/* Completes a node: its source text and height.  False when the tree is too high. */
bool parser_finish_expr(struct parser *parser, struct expr *expr, const char *start) MUST_USE;

/* How tightly the operators that are asked for elsewhere bind; see parse_expr.c. */
enum {
    LEVEL_LOWEST,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_NOT,
    LEVEL_EQUALITY,
    LEVEL_COMPARISON,
    LEVEL_BITS,
    LEVEL_SUM,
    LEVEL_PRODUCT,
    LEVEL_CONCAT,
    LEVEL_COLLATE,
    LEVEL_UNARY
};

/* parse_type.c: the words of a type, none perhaps. */
struct parsed_type {
    struct str declared; /* white space folded, without quotes around the whole */
    struct str raw;      /* as SQLite sees it when it looks for the affinity */
    bool is_integer;     /* INTEGER and nothing else, which makes a primary key the rowid */
};

bool parser_type(struct parser *parser, struct parsed_type *type) MUST_USE;

/* parse_select.c */
bool parser_at_select(struct parser *parser, size_t ahead);
bool parser_select(struct parser *parser, struct select **select) MUST_USE;
bool parser_order_terms(struct parser *parser, struct order_term **terms, size_t *count) MUST_USE;
bool parser_from(struct parser *parser, struct from_item **items, size_t *count) MUST_USE; /* parse_from.c */

/* parse_window.c: the brackets after OVER; the WINDOW clause */
bool parser_window(struct parser *parser, struct window **window) MUST_USE;
bool parser_at_windows(struct parser *parser);
bool parser_windows(struct parser *parser, struct window **windows, size_t *count) MUST_USE;

/* parse_key.c: a part of a key or of an index: expression, COLLATE, ASC or DESC.  A plain name is left in
 * `name`, otherwise its text has a NULL ptr and part->expr is set. */
bool parser_key_part(struct parser *parser, struct key_part *part, struct name *name) MUST_USE;

#endif
