/*
 * SQL text before psql gets it, read as psql reads it: strings, comments, dollar quotes and the rows of COPY
 * are passed over.  Looked for is what would break the promise of one transaction into one database: commands
 * of psql itself (\connect goes elsewhere, \! runs programs), statements that end the transaction, and a text
 * that was cut.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/flag.h"
#include "ops/restore_intern.h"

enum {
    WORD = 32, /* bytes of a word that tell it from those that matter */
    TAG = 64   /* bytes of $tag$: a name has no more */
};

struct text {
    const char *path;
    FILE *file;
    const volatile sig_atomic_t *interrupted;
    struct err *err;
    int64_t line;
    bool begun, ended; /* pg_dump's first and last line were there */
    bool escapes;      /* standard_conforming_strings is off */
    bool after_escape; /* an E'...' goes on in the next string */
    bool rows;         /* rows of COPY begin with the next line */
    /* The statement. */
    char first[WORD], last[WORD];
    int words;
    int brackets;
    int body; /* depth of BEGIN ATOMIC ... END */
    bool function, from_stdin, to, transaction;
};

static int take(struct text *text)
{
    int c = getc_unlocked(text->file);

    text->line += c == '\n';
    return c;
}

static int peek(struct text *text)
{
    int c = getc_unlocked(text->file);

    if (c != EOF)
        (void)ungetc(c, text->file);
    return c;
}

static bool cut(struct text *text, const char *where)
{
    err_set(text->err, ERR_FAILED, "%s ends %s: it is not whole", text->path, where);
    err_detail(text->err, "nothing was restored");
    return err_hint(text->err, "make the dump again, or copy it again from where it was made");
}

static bool refuse(struct text *text, const char *what, const char *why)
{
    err_set(text->err, ERR_REFUSED, "%s, line %lld: %s", text->path, (long long)text->line, what);
    err_detail(text->err, "%s; nothing was restored", why);
    return err_hint(text->err, "take it out of the file, or run the file with psql -f, if you trust it");
}

static bool is_name(int c)
{
    return c != EOF && (c >= 0x80 || c == '_' || ascii_is_alpha((char)c) || ascii_is_digit((char)c));
}

static bool pass_string(struct text *text, int quote, bool escapes)
{
    int c;

    while ((c = take(text)) != EOF && c != quote)
        if (escapes && c == '\\')
            (void)take(text);
    return c != EOF || cut(text, "within a string or a name");
}

/* The end of the line is left. */
static void pass_comment(struct text *text)
{
    char line[WORD * 2] = "";
    size_t length = 0;

    while (peek(text) != '\n' && peek(text) != EOF) {
        int c = take(text);

        if (c != '\r' && length + 1 < sizeof(line))
            line[length++] = (char)c;
    }
    line[length] = '\0';
    text->begun = text->begun || strcmp(line, " PostgreSQL database dump") == 0;
    text->ended = text->ended || strcmp(line, " PostgreSQL database dump complete") == 0;
}

static bool pass_block_comment(struct text *text)
{
    int depth = 1;

    (void)take(text);
    while (depth > 0) {
        int c = take(text);

        if (c == EOF)
            return cut(text, "within a comment");
        if (c == '*' && peek(text) == '/')
            depth--;
        else if (c == '/' && peek(text) == '*')
            depth++;
        else
            continue;
        (void)take(text);
    }
    return true;
}

/* Behind the first $: a parameter ($1) is none. */
static bool pass_dollar(struct text *text)
{
    char tag[TAG + 2] = "$";
    size_t length = 1;
    size_t found = 0;
    int c = peek(text);

    if (c != EOF && ascii_is_digit((char)c))
        return true;
    while (is_name(peek(text)) && length < TAG)
        tag[length++] = (char)take(text);
    if (peek(text) != '$')
        return true;
    tag[length++] = (char)take(text);
    while (found < length) {
        c = take(text);
        if (c == EOF)
            return cut(text, "within a dollar quote");
        found = (char)c == tag[found] ? found + 1 : c == '$';
    }
    return true;
}

/* Up to the line \. */
static bool pass_rows(struct text *text)
{
    text->rows = false;
    while (!flag_is_set(text->interrupted)) {
        bool end = peek(text) == '\\';
        int c = take(text);

        if (end && peek(text) == '.') {
            (void)take(text);
            end = peek(text) == '\n' || peek(text) == '\r' || peek(text) == EOF;
        } else {
            end = false;
        }
        while (c != '\n' && c != EOF)
            c = take(text);
        if (end)
            return true;
        if (c == EOF)
            return cut(text, "within the rows of COPY");
    }
    return err_set(text->err, ERR_CANCELED, "interrupted");
}

/* \restrict and \unrestrict are what pg_dump writes against the others. */
static bool pass_command(struct text *text)
{
    char word[WORD] = "\\";
    char what[WORD * 2];
    size_t length = 1;

    while (peek(text) > ' ' && peek(text) < 0x7f && length + 1 < sizeof(word))
        word[length++] = (char)take(text);
    word[length] = '\0';
    if (strcmp(word, "\\restrict") != 0 && strcmp(word, "\\unrestrict") != 0) {
        (void)snprintf(what, sizeof(what), "%s is a command of psql", word);
        return refuse(text, what, "such commands change the database, run programs and write files");
    }
    pass_comment(text);
    return true;
}

/* What a word says of the statement that it stands in. */
static void note_word(struct text *text, const char *word)
{
    if ((text->words == 1 || text->words == 3) && strcmp(text->first, "create") == 0)
        text->function = text->function || strcmp(word, "function") == 0 || strcmp(word, "procedure") == 0;
    text->to = text->to || strcmp(word, "to") == 0;
    text->transaction = text->transaction || (text->words == 1 && strcmp(word, "transaction") == 0);
    text->from_stdin = text->from_stdin || (strcmp(text->last, "from") == 0 && strcmp(word, "stdin") == 0);
    if (strcmp(text->last, "standard_conforming_strings") == 0)
        text->escapes = strcmp(word, "off") == 0;
}

/* Semicolons within BEGIN ATOMIC ... END of a function end no statement. */
static void note_body(struct text *text, const char *word)
{
    if (!text->function || text->brackets > 0)
        return;
    if (strcmp(word, "begin") == 0 || (text->body > 0 && strcmp(word, "case") == 0))
        text->body++;
    else if (text->body > 0 && strcmp(word, "end") == 0)
        text->body--;
}

static void take_word(struct text *text, int c)
{
    char word[WORD];
    size_t length = 0;

    for (;; c = take(text)) {
        if (length + 1 < sizeof(word))
            word[length++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
        if (!is_name(peek(text)) && peek(text) != '$')
            break;
    }
    word[length] = '\0';
    if (text->words == 0)
        memcpy(text->first, word, sizeof(word));
    note_word(text, word);
    note_body(text, word);
    text->words++;
    memcpy(text->last, word, sizeof(word));
}

static bool end_statement(struct text *text)
{
    bool ends = strcmp(text->first, "commit") == 0 || strcmp(text->first, "end") == 0 ||
                strcmp(text->first, "abort") == 0 || (strcmp(text->first, "rollback") == 0 && !text->to) ||
                (strcmp(text->first, "prepare") == 0 && text->transaction);

    text->rows = strcmp(text->first, "copy") == 0 && text->from_stdin;
    text->words = text->brackets = text->body = 0;
    text->function = text->from_stdin = text->to = text->transaction = false;
    text->first[0] = text->last[0] = '\0';
    return !ends || refuse(text, "a statement that ends the transaction",
                           "what was before it would stay, whatever fails behind it");
}

/* What begins with such a character and ends by a rule of its own; *passed false: nothing does. */
static bool pass_long(struct text *text, int c, bool continues, bool *passed)
{
    *passed = true;
    switch (c) {
    case '-':
        if (peek(text) != '-')
            break;
        (void)take(text);
        pass_comment(text);
        return true;
    case '/':
        if (peek(text) != '*')
            break;
        return pass_block_comment(text);
    case 'e':
    case 'E':
        if (peek(text) != '\'')
            break;
        (void)take(text);
        text->after_escape = true;
        return pass_string(text, '\'', true);
    case '\'': text->after_escape = continues; return pass_string(text, c, continues || text->escapes);
    case '"': return pass_string(text, c, false);
    case '$': return pass_dollar(text);
    case '\\': return pass_command(text);
    default: break;
    }
    *passed = false;
    return true;
}

/* A character that is neither in a string nor a comment. */
static bool pass(struct text *text, int c)
{
    bool continues = text->after_escape;
    bool passed;
    bool done;

    if (c == '\n' && flag_is_set(text->interrupted))
        return err_set(text->err, ERR_CANCELED, "interrupted");
    if (c == '\n')
        return !text->rows || pass_rows(text);
    if (c == ' ' || c == '\t' || c == '\r')
        return true;
    text->after_escape = false;
    done = pass_long(text, c, continues, &passed);
    if (passed)
        return done;
    if (is_name(c)) {
        take_word(text, c);
        return true;
    }
    text->brackets += (c == '(') - (c == ')' && text->brackets > 0);
    return c != ';' || text->brackets > 0 || text->body > 0 || end_statement(text);
}

static bool read_all(struct text *text)
{
    int c;

    while ((c = take(text)) != EOF)
        if (!pass(text, c))
            return false;
    if (ferror(text->file)) {
        err_set(text->err, ERR_IO, "cannot read %s", text->path);
        return err_detail(text->err, "%s", strerror(errno));
    }
    if (text->rows)
        return cut(text, "before the rows of COPY");
    return !text->begun || text->ended || cut(text, "before the last line that pg_dump writes");
}

bool restore_text_check(const char *path, const volatile sig_atomic_t *interrupted, struct err *err)
{
    struct text text = {
        .path = path, .file = fopen(path, "re"), .interrupted = interrupted, .err = err, .line = 1};
    bool done;

    if (text.file == NULL) {
        err_set(err, ERR_IO, "cannot read %s", path);
        return err_detail(err, "%s", strerror(errno));
    }
    done = read_all(&text);
    (void)fclose(text.file);
    return done;
}
