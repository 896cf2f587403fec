/* The tokens of what PostgreSQL's catalog writes: standard_conforming_strings, no comments. */
#include <string.h>

#include "schema/to_sqlite_intern.h"

static bool is_name_byte(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '_' || c == '$' || ((unsigned char)c & 0x80) != 0;
}

/* 0: there is none. */
static size_t end_of_quoted(struct str sql, size_t at)
{
    char quote = sql.ptr[at++];

    for (; at < sql.len; at++)
        if (sql.ptr[at] == quote) {
            if (at + 1 >= sql.len || sql.ptr[at + 1] != quote)
                return at + 1;
            at++;
        }
    return 0;
}

static size_t end_of_number(struct str sql, size_t at)
{
    while (at < sql.len && (ascii_is_digit(sql.ptr[at]) || sql.ptr[at] == '.'))
        at++;
    return at;
}

static size_t end_of_sign(struct str sql, size_t at)
{
    static const char *const pairs[] = {"::", "<=", ">=", "<>"};

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (str_starts_with(str_slice(sql, at, sql.len), pairs[i]))
            return at + 2;
    return at + 1;
}

/* E'...' and B'...' are texts of PostgreSQL alone. */
static size_t end_of_name(struct str sql, size_t from, enum to_token *token)
{
    size_t to = from;

    while (to < sql.len && is_name_byte(sql.ptr[to]))
        to++;
    *token = TOKEN_NAME;
    if (to - from == 1 && (sql.ptr[from] == 'E' || sql.ptr[from] == 'B') && to < sql.len &&
        sql.ptr[to] == '\'')
        *token = TOKEN_WRONG;
    return to;
}

void to_read(struct to_reader *reader)
{
    struct str sql = reader->sql;
    size_t from = reader->at;
    size_t to;

    while (from < sql.len && ascii_is_space(sql.ptr[from]))
        from++;
    to = from;
    if (from >= sql.len) {
        reader->token = TOKEN_END;
    } else if (sql.ptr[from] == '\'' || sql.ptr[from] == '"') {
        reader->token = sql.ptr[from] == '"' ? TOKEN_QUOTED : TOKEN_TEXT;
        to = end_of_quoted(sql, from);
        if (to == 0) {
            reader->token = TOKEN_WRONG;
            to = sql.len;
        }
    } else if (ascii_is_digit(sql.ptr[from])) {
        reader->token = TOKEN_NUMBER;
        to = end_of_number(sql, from);
    } else if (is_name_byte(sql.ptr[from])) {
        to = end_of_name(sql, from, &reader->token);
    } else {
        reader->token = strchr("()[],.:=<>+-*", sql.ptr[from]) == NULL ? TOKEN_WRONG : TOKEN_SIGN;
        to = end_of_sign(sql, from);
    }
    reader->text = str_slice(sql, from, to);
    reader->at = to;
}

bool to_is(const struct to_reader *reader, const char *text)
{
    return (reader->token == TOKEN_NAME || reader->token == TOKEN_SIGN) && str_is_nocase(reader->text, text);
}

bool to_take(struct to_reader *reader, const char *text)
{
    if (!to_is(reader, text))
        return false;
    to_read(reader);
    return true;
}

bool to_refuse(struct to_reader *reader, const char *reason)
{
    if (reader->reason == NULL)
        reader->reason = reason;
    return false;
}

bool to_need(struct to_reader *reader, const char *text)
{
    return to_take(reader, text) || to_refuse(reader, "it is written in a way that SQLite has not");
}

void to_begin(struct to_reader *reader, struct str sql, const struct to_sqlite_scope *scope, struct buf *out)
{
    *reader = (struct to_reader){.sql = sql, .scope = scope, .out = out};
    to_read(reader);
}

bool to_name(struct to_reader *reader, char room[TO_SQLITE_NAME], struct str *name)
{
    struct str text = reader->text;
    size_t len = 0;

    if ((reader->token != TOKEN_NAME && reader->token != TOKEN_QUOTED) || text.len > TO_SQLITE_NAME)
        return false;
    if (reader->token == TOKEN_QUOTED)
        text = str_slice(text, 1, text.len - 1);
    for (size_t i = 0; i < text.len; i++) {
        room[len++] = text.ptr[i];
        i += reader->token == TOKEN_QUOTED && text.ptr[i] == '"';
    }
    *name = (struct str){room, len};
    return true;
}
