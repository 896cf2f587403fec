#include "plan/declared.h"

#include <limits.h>
#include <string.h>

/* Words that say nothing about the type, in the spelling of other databases.  A type that has no other word
 * keeps them. */
static const char *const idle_words[] = {"signed", "zerofill", "auto_increment", "autoincrement",
                                         "native", "national", "nocase"};

/* What follows these words is about the text's encoding or order. */
static const char *const tails[] = {" character set ", " charset ", " collate "};

static void add_modifier(struct declared *declared, struct str text)
{
    int64_t number;

    if (declared->modifier_count < 2 && str_to_int64(str_trim(text), &number) && number >= INT_MIN &&
        number <= INT_MAX)
        declared->modifiers[declared->modifier_count++] = (int)number;
}

/* From the bracket on; the length up to and with the closing one. */
static size_t parse_modifiers(struct declared *declared, struct str text)
{
    size_t from = 1;
    char quote = '\0';
    size_t i;

    for (i = 1; i < text.len; i++) {
        char c = text.ptr[i];

        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == ',' || c == ')') {
            add_modifier(declared, str_slice(text, from, i));
            from = i + 1;
            if (c == ')')
                return i + 1;
        }
    }
    return i;
}

/* The words outside of brackets, in lower case, with one space between them. */
static struct str collect_words(struct arena *arena, struct declared *declared, struct str text)
{
    char *words = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    size_t i = 0;

    while (i < text.len) {
        char c = text.ptr[i];
        bool gap = ascii_is_space(c) || c == '(';

        if (c == '(') {
            i += parse_modifiers(declared, str_slice(text, i, text.len));
        } else {
            i++;
        }
        if (!gap)
            words[len++] = ascii_lower(c);
        else if (len > 0 && words[len - 1] != ' ')
            words[len++] = ' ';
    }
    return str_trim((struct str){words, len});
}

static struct str cut_tail(struct str words)
{
    for (size_t i = 0; i < ARRAY_LENGTH(tails); i++) {
        const char *found = words.len == 0 ? NULL : memmem(words.ptr, words.len, tails[i], strlen(tails[i]));

        if (found != NULL)
            words = str_slice(words, 0, (size_t)(found - words.ptr));
    }
    return words;
}

static bool is_idle(struct str word)
{
    for (size_t i = 0; i < ARRAY_LENGTH(idle_words); i++)
        if (str_is(word, idle_words[i]))
            return true;
    return false;
}

static struct str drop_idle_words(struct arena *arena, struct declared *declared, struct str words)
{
    char *kept = arena_alloc(arena, words.len + 1);
    size_t len = 0;

    for (size_t from = 0, to = 0; from < words.len; from = to + 1) {
        struct str word;

        for (to = from; to < words.len && words.ptr[to] != ' '; to++)
            ;
        word = str_slice(words, from, to);
        declared->is_unsigned = declared->is_unsigned || str_is(word, "unsigned");
        if (is_idle(word) || str_is(word, "unsigned"))
            continue;
        if (len > 0)
            kept[len++] = ' ';
        memcpy(kept + len, word.ptr, word.len);
        len += word.len;
    }
    return len == 0 ? words : (struct str){kept, len};
}

struct declared declared_parse(struct arena *arena, struct str text)
{
    struct declared declared = {.modifier_count = 0};
    struct str words = cut_tail(collect_words(arena, &declared, text));
    ptrdiff_t bracket = str_find(words, '[');

    if (bracket >= 0) {
        declared.is_array = true;
        words = str_trim(str_slice(words, 0, (size_t)bracket));
    }
    declared.name = drop_idle_words(arena, &declared, words);
    return declared;
}
