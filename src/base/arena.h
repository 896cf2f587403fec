/*
 * arena.h: memory that is freed all at once.
 *
 * Ownership: what a function returns lives in the arena that its caller passed.  Nothing in an arena is freed
 * by itself; handles of the system and of libraries are never kept in one without somebody else closing them.
 *
 * Exhaustion: arenas hold small things (names, plans, messages), so a call here never returns NULL: when
 * malloc() fails, that is said and the process ends with status 1.  Whatever was being loaded is not
 * published then, so the target is as it was; once it is, the note of arena_exhausted_note() tells.  Data of
 * the user's size belongs in a buf, which reports.
 *
 * Threads: an arena belongs to one thread at a time.
 */
#ifndef PGRADE_BASE_ARENA_H
#define PGRADE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/attributes.h"

struct arena;

struct arena *arena_new(void) RETURNS_NONNULL MUST_USE;

/* Frees the arena and all in it.  NULL is allowed. */
void arena_free(struct arena *arena);

/* Forgets all that is in the arena and keeps its first block: for scratch that is used again and again. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type.  A size of 0 gives a pointer that may not be written through. */
void *arena_alloc(struct arena *arena, size_t size) RETURNS_NONNULL MUST_USE;

/* A copy of `size` bytes, followed by a NUL that is not counted. */
void *arena_copy(struct arena *arena, const void *bytes, size_t size) RETURNS_NONNULL MUST_USE;

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3) RETURNS_NONNULL MUST_USE;

/* The same; *length (may be NULL) is that of the text. */
char *arena_vprintf(struct arena *arena, size_t *length, const char *format, va_list args)
    PRINTF_LIKE(3, 0) RETURNS_NONNULL MUST_USE;

/* All bytes obtained from the system, for tests and for `--debug`. */
size_t arena_size(const struct arena *arena);

/* Says that memory is out, and ends the process with status 1. */
void arena_exhausted(void) NORETURN;

/* A line for people, '\n' at its end, that is said too when memory is out: what holds by now all the same. It
 * has to stay where it is; NULL: none. */
void arena_exhausted_note(const char *text);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), sizeof(type), (count)))

void *arena_array(struct arena *arena, size_t size, size_t count) RETURNS_NONNULL MUST_USE;

/*
 * Room for one more element at the end of an array in the arena: doubles the array when `count` has reached
 * `*capacity`.  Use it as   ARENA_PUSH(arena, list->items, list->count, list->capacity) = item;
 */
#define ARENA_PUSH(arena, items, count, capacity)                                                            \
    (*((items) = arena_grow((arena), (items), sizeof(*(items)), (count), &(capacity)), &(items)[(count)++]))

void *arena_grow(struct arena *arena, void *items, size_t size, size_t count,
                 size_t *capacity) RETURNS_NONNULL;

#endif
