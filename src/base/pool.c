#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

enum {
    TICK_US = 100 * 1000
};

struct task {
    struct task *next;
    int rank;
    pool_task *run;
    void *context;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a task was added, or the pool stops */
    pthread_cond_t done; /* a task ended */
    struct task *queue;  /* by rank */
    size_t waiting;
    size_t running;
    bool stopping;
    struct err err; /* of the first task that failed */
    size_t workers;
    struct arena *arena; /* the tasks; under the lock */
};

struct worker {
    struct pool *pool;
    size_t number;
    pthread_t thread;
};

struct pool *pool_new(size_t workers)
{
    struct arena *arena = arena_new();
    struct pool *pool = ARENA_NEW(arena, struct pool);

    pool->arena = arena;
    pool->workers = workers;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->work, NULL);
    clock_condition_init(&pool->done);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    (void)pthread_mutex_destroy(&pool->lock);
    (void)pthread_cond_destroy(&pool->work);
    (void)pthread_cond_destroy(&pool->done);
    arena_free(pool->arena);
}

void pool_add(struct pool *pool, int rank, pool_task *run, void *context)
{
    struct task **place = &pool->queue;
    struct task *task;

    (void)pthread_mutex_lock(&pool->lock);
    task = ARENA_NEW(pool->arena, struct task);
    *task = (struct task){.rank = rank, .run = run, .context = context};
    while (*place != NULL && (*place)->rank <= rank)
        place = &(*place)->next;
    task->next = *place;
    *place = task;
    pool->waiting++;
    (void)pthread_cond_signal(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
}

size_t pool_pending(struct pool *pool)
{
    size_t pending;

    (void)pthread_mutex_lock(&pool->lock);
    pending = pool->waiting + pool->running;
    (void)pthread_mutex_unlock(&pool->lock);
    return pending;
}

/* With the lock held; NULL when the pool stops.  A running task may still add others, so an empty queue is no
 * end. */
static struct task *take(struct pool *pool)
{
    struct task *task;

    while (!pool->stopping && pool->queue == NULL)
        (void)pthread_cond_wait(&pool->work, &pool->lock);
    if (pool->stopping)
        return NULL;
    task = pool->queue;
    pool->queue = task->next;
    pool->waiting--;
    pool->running++;
    return task;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    struct task *task;

    (void)pthread_mutex_lock(&pool->lock);
    while ((task = take(pool)) != NULL) {
        struct err err = {.code = ERR_NONE};
        bool done;

        (void)pthread_mutex_unlock(&pool->lock);
        done = task->run(task->context, worker->number, &err);
        (void)pthread_mutex_lock(&pool->lock);
        pool->running--;
        if (!done && pool->err.code == ERR_NONE)
            pool->err = err;
        if (!done)
            pool->stopping = true;
        (void)pthread_cond_broadcast(&pool->work);
        (void)pthread_cond_signal(&pool->done);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void supervise(struct pool *pool, bool (*tick)(void *context, struct err *err), void *context)
{
    struct err err = {.code = ERR_NONE};

    (void)pthread_mutex_lock(&pool->lock);
    while (pool->running > 0 || (pool->waiting > 0 && !pool->stopping)) {
        bool go_on = true;

        clock_wait(&pool->done, &pool->lock, TICK_US);
        (void)pthread_mutex_unlock(&pool->lock);
        if (tick != NULL)
            go_on = tick(context, &err);
        (void)pthread_mutex_lock(&pool->lock);
        if (!go_on) {
            pool->stopping = true;
            if (pool->err.code == ERR_NONE)
                pool->err = err;
            (void)pthread_cond_broadcast(&pool->work);
        }
    }
    pool->stopping = true;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
}

bool pool_run(struct pool *pool, bool (*tick)(void *context, struct err *err), void *context, struct err *err)
{
    struct worker *workers = ARENA_ARRAY(pool->arena, struct worker, pool->workers);
    size_t started = 0;

    for (; started < pool->workers; started++) {
        workers[started] = (struct worker){.pool = pool, .number = started};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
    }
    if (started == 0)
        return err_set(err, ERR_FAILED, "no thread could be started");
    supervise(pool, tick, context);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    if (pool->err.code == ERR_NONE)
        return true;
    *err = pool->err;
    return false;
}
