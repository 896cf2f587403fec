/*
 * Connecting, so that Ctrl-C ends it.
 *
 * PQconnectdbParams() alone knows all about timeouts: each address of each host has its own, and the next one
 * is tried after it (documentation: "Database Connection Control Functions", connect_timeout).
 * PQconnectPoll() leaves that to its caller, who cannot make it go on to the next address, and neither looks
 * up names without waiting.  So the whole call runs in a thread, which is left to itself when the user has no
 * more patience: what it needs is its own, and the last of the two to let go takes it away.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/flag.h"
#include "engine/postgres/private.h"

enum {
    LOOK_US = 50 * 1000
};

struct attempt {
    struct arena *arena; /* of the words */
    const char **keywords;
    const char **values;
    PGconn *connection;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;      /* under the lock */
    bool abandoned; /* likewise */
};

/* Threads that nobody waits for any more. */
static atomic_int left;

bool postgres_is_connecting(void)
{
    return atomic_load(&left) > 0;
}

/* Copies: the thread may outlive what the words were made of. */
static struct attempt *attempt_new(const char *const *keywords, const char *const *values)
{
    struct attempt *attempt = calloc(1, sizeof(*attempt));
    size_t count = 0;

    if (attempt == NULL)
        return NULL;
    while (keywords[count] != NULL)
        count++;
    attempt->arena = arena_new();
    attempt->keywords = ARENA_ARRAY(attempt->arena, const char *, count + 1);
    attempt->values = ARENA_ARRAY(attempt->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        attempt->keywords[i] = arena_printf(attempt->arena, "%s", keywords[i]);
        attempt->values[i] = arena_printf(attempt->arena, "%s", values[i]);
    }
    (void)pthread_mutex_init(&attempt->lock, NULL);
    clock_condition_init(&attempt->ended);
    return attempt;
}

static void attempt_free(struct attempt *attempt)
{
    (void)pthread_cond_destroy(&attempt->ended);
    (void)pthread_mutex_destroy(&attempt->lock);
    arena_free(attempt->arena);
    free(attempt);
}

static void *run(void *context)
{
    struct attempt *attempt = context;
    PGconn *connection =
        PQconnectdbParams((const char *const *)attempt->keywords, (const char *const *)attempt->values, 0);
    bool abandoned;

    (void)pthread_mutex_lock(&attempt->lock);
    attempt->connection = connection;
    attempt->done = true;
    abandoned = attempt->abandoned;
    (void)pthread_cond_signal(&attempt->ended);
    (void)pthread_mutex_unlock(&attempt->lock);
    if (abandoned) {
        PQfinish(connection);
        attempt_free(attempt);
        atomic_fetch_sub(&left, 1);
    }
    return NULL;
}

/* Until it has ended, or the user interrupts. */
static bool wait_for(struct attempt *attempt, const volatile sig_atomic_t *interrupted)
{
    bool done;

    (void)pthread_mutex_lock(&attempt->lock);
    while (!attempt->done && !flag_is_set(interrupted))
        clock_wait(&attempt->ended, &attempt->lock, LOOK_US);
    done = attempt->done;
    attempt->abandoned = !done;
    if (!done)
        atomic_fetch_add(&left, 1);
    (void)pthread_mutex_unlock(&attempt->lock);
    return done;
}

bool postgres_connect(const char *const *keywords, const char *const *values,
                      const volatile sig_atomic_t *interrupted, PGconn **connection, struct err *err)
{
    struct attempt *attempt;
    pthread_t thread;

    *connection = NULL;
    if (interrupted == NULL) {
        *connection = PQconnectdbParams(keywords, values, 0);
        return true;
    }
    attempt = attempt_new(keywords, values);
    if (attempt == NULL)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a connection");
    if (pthread_create(&thread, NULL, run, attempt) != 0) {
        attempt_free(attempt);
        return err_set(err, ERR_FAILED, "no thread could be started for a connection");
    }
    if (!wait_for(attempt, interrupted)) {
        (void)pthread_detach(thread);
        return err_set(err, ERR_CANCELED, "interrupted");
    }
    (void)pthread_join(thread, NULL);
    *connection = attempt->connection;
    attempt_free(attempt);
    return true;
}
