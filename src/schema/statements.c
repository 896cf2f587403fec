#include "schema/statements.h"

/* Where the reader stands.  `open` is what holds the rest of the text when it ends in the middle. */
struct reader {
    struct str text;
    enum sql_dialect dialect;
    size_t place;
    char open;
    size_t words; /* of the statement so far */
    bool creates; /* it begins with CREATE, and what is created was not named yet */
    bool has_body;
    size_t body; /* how deep in BEGIN and CASE */
    size_t brackets;
};

static char at(const struct reader *reader, size_t ahead)
{
    size_t place = reader->place + ahead;

    return place < reader->text.len ? reader->text.ptr[place] : '\0';
}

static bool ended(const struct reader *reader)
{
    return reader->place >= reader->text.len;
}

static bool begins_word(char c)
{
    return ascii_is_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool goes_on_word(char c)
{
    return begins_word(c) || ascii_is_digit(c) || c == '$';
}

/* From behind the opening mark to behind the closing one; two of them are one that is meant. */
static void skip_quoted(struct reader *reader, char close, bool backslashes)
{
    reader->open = close == ']' ? '[' : close;
    while (!ended(reader)) {
        char c = at(reader, 0);

        reader->place++;
        if (c == '\\' && backslashes && !ended(reader)) {
            reader->place++;
        } else if (c == close) {
            if (at(reader, 0) != close || close == ']') {
                reader->open = 0;
                return;
            }
            reader->place++;
        }
    }
}

static void skip_line(struct reader *reader)
{
    while (!ended(reader) && at(reader, 0) != '\n')
        reader->place++;
}

/* Comments within comments are PostgreSQL's alone. */
static void skip_comment(struct reader *reader)
{
    size_t depth = 1;

    reader->place += 2;
    while (!ended(reader) && depth > 0) {
        if (at(reader, 0) == '*' && at(reader, 1) == '/') {
            depth--;
            reader->place++;
        } else if (at(reader, 0) == '/' && at(reader, 1) == '*' && reader->dialect == SQL_POSTGRES) {
            depth++;
            reader->place++;
        }
        reader->place++;
    }
    if (depth > 0)
        reader->open = '*';
}

/* $tag$ at the place: its length, or 0. */
static size_t dollar_tag(const struct reader *reader)
{
    size_t length = 1;

    if (reader->dialect != SQL_POSTGRES || at(reader, 0) != '$' || ascii_is_digit(at(reader, 1)))
        return 0;
    while (at(reader, length) != '$') {
        if (!goes_on_word(at(reader, length)))
            return 0;
        length++;
    }
    return length + 1;
}

static void skip_dollars(struct reader *reader, size_t length)
{
    struct str tag = str_slice(reader->text, reader->place, reader->place + length);

    reader->place += length;
    for (; reader->place + length <= reader->text.len; reader->place++) {
        if (str_equal(str_slice(reader->text, reader->place, reader->place + length), tag)) {
            reader->place += length;
            return;
        }
    }
    reader->place = reader->text.len;
    reader->open = '$';
}

/* Past white space and comments. */
static void skip_blanks(struct reader *reader)
{
    while (!ended(reader) && reader->open == 0) {
        if (ascii_is_space(at(reader, 0)))
            reader->place++;
        else if (at(reader, 0) == '-' && at(reader, 1) == '-')
            skip_line(reader);
        else if (at(reader, 0) == '/' && at(reader, 1) == '*')
            skip_comment(reader);
        else
            return;
    }
}

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is_nocase(word, words[i]))
            return true;
    return false;
}

/* CREATE [OR REPLACE] [TEMP] TRIGGER or FUNCTION: only these have a body with statements in it. */
static void note_created(struct reader *reader, struct str word)
{
    static const char *const between[] = {"or", "replace", "temp", "temporary"};
    static const char *const bodies[] = {"function", "procedure"};

    if (is_one_of(word, between, ARRAY_LENGTH(between)))
        return;
    reader->creates = false;
    reader->has_body = reader->dialect == SQL_SQLITE ? str_is_nocase(word, "trigger")
                                                     : is_one_of(word, bodies, ARRAY_LENGTH(bodies));
}

static void note_word(struct reader *reader, struct str word)
{
    reader->words++;
    if (reader->words == 1)
        reader->creates = str_is_nocase(word, "create");
    else if (reader->creates)
        note_created(reader, word);
    else if (!reader->has_body || reader->brackets > 0)
        return;
    else if (str_is_nocase(word, "begin") || (reader->body > 0 && str_is_nocase(word, "case")))
        reader->body++;
    else if (reader->body > 0 && str_is_nocase(word, "end"))
        reader->body--;
}

static struct str read_word(struct reader *reader)
{
    size_t start = reader->place;

    while (!ended(reader) && goes_on_word(at(reader, 0)))
        reader->place++;
    return str_slice(reader->text, start, reader->place);
}

static void skip_word(struct reader *reader)
{
    struct str word = read_word(reader);
    bool escapes = reader->dialect == SQL_POSTGRES && str_is_nocase(word, "e") && at(reader, 0) == '\'';

    note_word(reader, word);
    if (escapes) {
        reader->place++;
        skip_quoted(reader, '\'', true);
    }
}

static void skip_mark(struct reader *reader)
{
    char c = at(reader, 0);
    bool sqlite = reader->dialect == SQL_SQLITE;

    reader->place++;
    if (c == '\'' || c == '"' || (c == '`' && sqlite))
        skip_quoted(reader, c, false);
    else if (c == '[' && sqlite)
        skip_quoted(reader, ']', false);
    else if (c == '(')
        reader->brackets++;
    else if (c == ')' && reader->brackets > 0)
        reader->brackets--;
}

/* One thing that is neither blank nor a semicolon that ends the statement. */
static void skip_thing(struct reader *reader)
{
    size_t tag = dollar_tag(reader);

    if (tag > 0)
        skip_dollars(reader, tag);
    else if (begins_word(at(reader, 0)))
        skip_word(reader);
    else if (ascii_is_digit(at(reader, 0)) || at(reader, 0) == '$')
        (void)read_word(reader);
    else
        skip_mark(reader);
}

static bool is_end(const struct reader *reader)
{
    return at(reader, 0) == ';' && reader->body == 0 &&
           (reader->brackets == 0 || reader->dialect == SQL_SQLITE);
}

static char still_open(const struct reader *reader)
{
    if (reader->open != 0)
        return reader->open;
    if (reader->body > 0)
        return 'B';
    return reader->brackets > 0 ? '(' : '\0';
}

struct statement statement_next(struct str text, enum sql_dialect dialect)
{
    struct reader reader = {.text = text, .dialect = dialect};
    struct statement statement = {.complete = false};
    size_t end;

    skip_blanks(&reader);
    statement.start = end = reader.place;
    while (!ended(&reader) && !is_end(&reader)) {
        skip_thing(&reader);
        end = reader.place;
        skip_blanks(&reader);
    }
    statement.complete = !ended(&reader);
    statement.text = str_slice(text, statement.start, end);
    statement.end = reader.place + statement.complete;
    statement.open = statement.complete ? '\0' : still_open(&reader);
    return statement;
}

struct str statement_word(struct str text, enum sql_dialect dialect)
{
    struct reader reader = {.text = text, .dialect = dialect};

    skip_blanks(&reader);
    return read_word(&reader);
}

static bool word_is(struct str word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (str_is_nocase(word, *list))
            return true;
    return false;
}

bool statement_ends_transaction(struct str statement, enum sql_dialect dialect)
{
    static const char *const ends[] = {"COMMIT", "END", "ABORT", "ROLLBACK", "PREPARE", NULL};
    static const char *const noise[] = {"WORK", "TRANSACTION", NULL};
    struct reader reader = {.text = statement, .dialect = dialect};
    struct str first;
    struct str next;

    skip_blanks(&reader);
    first = read_word(&reader);
    skip_blanks(&reader);
    next = read_word(&reader);
    if (!word_is(first, ends) || str_is_nocase(next, "PREPARED"))
        return false;
    if (str_is_nocase(first, "PREPARE"))
        return str_is_nocase(next, "TRANSACTION");
    if (word_is(next, noise)) {
        skip_blanks(&reader);
        next = read_word(&reader);
    }
    return !str_is_nocase(first, "ROLLBACK") || !str_is_nocase(next, "TO");
}
