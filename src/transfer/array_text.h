/*
 * array_text.h: the elements of an array, out of the texts in which SQLite holds one: a JSON array, or
 * PostgreSQL's own literal (docs/values.md, "Arrays").
 *
 * A reader gives one event after the other.  What an item's text points to is valid until the next event.
 */
#ifndef PGRADE_TRANSFER_ARRAY_TEXT_H
#define PGRADE_TRANSFER_ARRAY_TEXT_H

#include "base/arena.h"
#include "base/str.h"

enum {
    ARRAY_DIMENSIONS = 6 /* MAXDIM of PostgreSQL's array.h */
};

enum array_event {
    ARRAY_OPENS,
    ARRAY_CLOSES,
    ARRAY_ITEM,
    ARRAY_ENDS,
    ARRAY_FAILS /* `reason` says why */
};

enum array_item {
    ITEM_NULL,
    ITEM_TEXT,
    ITEM_NUMBER, /* of JSON */
    ITEM_TRUE,
    ITEM_FALSE,
    ITEM_JSON /* a value as it is written; an object, unless elements are JSON */
};

struct array_text {
    const char *at;
    const char *end;
    bool json;   /* or else a literal */
    bool values; /* of JSON: elements are JSON themselves */
    size_t depth;
    bool item_before; /* of a literal: a comma must come before the next item */
    bool comma_before;
    enum array_item kind;
    struct str text;
    /* Of a literal: the bounds that stand before it, as many as dimensions; 0: none. */
    int bounds;
    int32_t lower[ARRAY_DIMENSIONS];
    int64_t counts[ARRAY_DIMENSIONS];
    const char *reason;
    /* Where escapes are undone. */
    struct arena *arena;
    char *room;
    size_t capacity;
};

/* JSON's null, which stands for an array that is NULL. */
bool array_text_is_null(struct str text);

/* The reader's arena and room stay from one text to the next.  False: `reason` says why it is no array. */
bool array_text_begin(struct array_text *reader, struct str text, bool values) MUST_USE;
enum array_event array_text_next(struct array_text *reader) MUST_USE;

#endif
