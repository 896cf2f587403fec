/*
 * str.h: a view of bytes that belong to somebody else.
 *
 * A str is not terminated by a NUL unless it came from str_dup() or str_printf(), may hold NULs, and is
 * passed by value. {NULL, 0} is the empty str; "absent" is told by a NULL ptr where a header says so.
 */
#ifndef PGRADE_BASE_STR_H
#define PGRADE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

struct str {
    const char *ptr;
    size_t len;
};

/* A str of a string literal, usable in static initialisers. */
#define STR(literal)                                                                                         \
    {                                                                                                        \
        (literal), sizeof(literal) - 1                                                                       \
    }

/* For printf("%.*s", STR_ARGS(s)): cut at INT_MAX. */
#define STR_ARGS(s) ((int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len)), ((s).ptr == NULL ? "" : (s).ptr)

struct str str_from(const char *text);                      /* of a C string; NULL gives the empty str */
struct str str_slice(struct str s, size_t from, size_t to); /* bytes [from, to), clipped to the str */
struct str str_trim(struct str s);                          /* without ASCII white space at both ends */
bool str_equal(struct str a, struct str b);
bool str_equal_nocase(struct str a,
                      struct str b);         /* folds ASCII only, as SQLite and PostgreSQL's lexers do */
bool str_is(struct str s, const char *text); /* equal to a C string */
bool str_is_nocase(struct str s, const char *text);
bool str_starts_with(struct str s, const char *prefix);
bool str_starts_with_nocase(struct str s, const char *prefix);
bool str_ends_with(struct str s, const char *suffix);
bool str_contains_nocase(struct str s, const char *part);
int str_compare(struct str a, struct str b); /* by bytes: <0, 0, >0 */
ptrdiff_t str_find(struct str s, char byte); /* position, or -1 */

/* The whole str as a decimal integer; false when it is none or does not fit. */
bool str_to_int64(struct str s, int64_t *value) MUST_USE;

struct str str_dup(struct arena *arena, struct str s);   /* copied, followed by a NUL */
struct str str_lower(struct arena *arena, struct str s); /* ASCII only */
struct str str_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
const char *str_cstr(struct arena *arena, struct str s) RETURNS_NONNULL;

/* Length of the valid UTF-8 at the start (RFC 3629: no surrogates, no overlong forms); s.len when all is
 * valid. */
size_t str_utf8_valid_prefix(struct str s);

/* Characters of valid UTF-8: all bytes but those that continue one. */
size_t str_utf8_count(struct str s);

/* The longest prefix of at most `limit` bytes that does not cut a UTF-8 sequence. */
struct str str_utf8_clip(struct str s, size_t limit);

char ascii_lower(char c);
char ascii_upper(char c);
bool ascii_is_space(char c);
bool ascii_is_digit(char c);
bool ascii_is_alpha(char c);

#endif
