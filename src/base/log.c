#include "base/log.h"

#include <pthread.h>
#include <stdio.h>

static void sink_stderr(void *context, enum log_level level, const char *line)
{
    (void)context;
    (void)fprintf(stderr, "%s%s\n", level == LOG_WARNING ? "warning: " : "", line);
}

/* The one default log sink, and the only mutable state of the library. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static log_sink *current = sink_stderr;
static void *current_context;
static enum log_level current_level = LOG_NOTICE;

void log_to(log_sink *sink, void *context)
{
    pthread_mutex_lock(&lock);
    current = sink != NULL ? sink : sink_stderr;
    current_context = context;
    pthread_mutex_unlock(&lock);
}

void log_at(enum log_level highest)
{
    pthread_mutex_lock(&lock);
    current_level = highest;
    pthread_mutex_unlock(&lock);
}

void log_message(enum log_level level, const char *format, ...)
{
    char line[4096];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    pthread_mutex_lock(&lock);
    if (level <= current_level)
        current(current_context, level, line);
    pthread_mutex_unlock(&lock);
}
