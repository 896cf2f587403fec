/* translate_time.h: the date and time functions.  Only translate_time.c, translate_instant.c and
 * translate_strftime.c include it. */
#ifndef PGRADE_SCHEMA_TRANSLATE_TIME_H
#define PGRADE_SCHEMA_TRANSLATE_TIME_H

#include "schema/translate_term.h"

/* A moment as a timestamp without time zone, in UTC. */
struct instant {
    struct str sql; /* binds as tightly as a cast */
    bool now;       /* it depends on the current time */
    bool fine;      /* it may have more digits than milliseconds, which SQLite reckons in */
    bool later;     /* modifiers may have taken it beyond the years that there are, not yet looked at */
    bool earlier;
};

/* The time value and the modifiers that follow it, as a function `name` takes them. */
bool instant_from(struct translator *tr, const char *name, struct term *args, size_t count,
                  struct instant *out) MUST_USE;
void instant_round(struct translator *tr, struct instant *instant);

/* As strftime() writes it, with the format's letters. */
bool instant_format(struct translator *tr, const char *name, struct str format, struct instant *instant,
                    struct term *out) MUST_USE;
void instant_epoch(struct translator *tr, struct instant *instant, struct term *out);
void instant_julian(struct translator *tr, struct instant *instant, struct term *out);

/* The text of date(), time() or datetime() as a value of the type. */
bool instant_to_type(struct translator *tr, const struct term *text, const struct pg_type *type, bool whole,
                     struct term *out) MUST_USE;

/* A format of strftime() as a pattern of to_char(); false: there is none. */
bool time_pattern(struct str format, struct buf *pattern);

/* The text that to_char() makes of a timestamp, with the moment that it may stand for. */
struct term time_text(struct translator *tr, struct str timestamp, const char *pattern);

#endif
