/*
 * log.h: messages to the person at the terminal, while something goes on.
 *
 * Results go to stdout by the command that makes them; everything here goes to the sink (stderr by default),
 * one line a message.  Errors are not logged: they are returned (err.h).  Nothing that is logged may hold a
 * password; URLs are logged in their redacted spelling only.  Threads: any thread may log.
 */
#ifndef PGRADE_BASE_LOG_H
#define PGRADE_BASE_LOG_H

#include <stdarg.h>

#include "base/attributes.h"

enum log_level {
    LOG_WARNING, /* something that the user should know although the work goes on */
    LOG_NOTICE,  /* what is being done; silenced by --quiet */
    LOG_TRACE    /* statements, with --trace-sql */
};

/* The sink gets whole lines without the line end.  NULL restores the default, which writes to stderr. */
typedef void log_sink(void *context, enum log_level level, const char *line);

void log_to(log_sink *sink, void *context);
void log_at(enum log_level highest); /* messages above this level are dropped; LOG_NOTICE at first */
void log_message(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
