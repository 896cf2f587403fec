#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BLOCK_SIZE = 16 * 1024,
    ALIGNMENT = 16
};

struct block {
    struct block *next;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
    struct block *current;
    size_t size;
};

static const char *exhausted_note;

void arena_exhausted_note(const char *text)
{
    exhausted_note = text;
}

/* No allocation here, and no stdio that might allocate. */
static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}

void arena_exhausted(void)
{
    say("pgrade: error: out of memory\n");
    if (exhausted_note != NULL)
        say(exhausted_note);
    say("try: free memory, or raise the limit (ulimit -v)\n");
    _exit(1);
}

static struct block *block_new(size_t size)
{
    struct block *block = size < SIZE_MAX - sizeof(*block) ? malloc(sizeof(*block) + size) : NULL;

    if (block == NULL)
        arena_exhausted();
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = malloc(sizeof(*arena));

    if (arena == NULL)
        arena_exhausted();
    arena->current = block_new(BLOCK_SIZE);
    arena->size = BLOCK_SIZE;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct block *block = arena->current; block != NULL;) {
        struct block *next = block->next;

        free(block);
        block = next;
    }
    free(arena);
}

void arena_reset(struct arena *arena)
{
    while (arena->current->next != NULL) {
        struct block *next = arena->current->next;

        arena->size -= arena->current->size;
        free(arena->current);
        arena->current = next;
    }
    arena->current->used = 0;
}

/* Large requests get a block of their own behind the current one, so that the room left in that one is not
 * lost. */
static void *alloc_large(struct arena *arena, size_t size)
{
    struct block *block = block_new(size);

    block->used = size;
    block->next = arena->current->next;
    arena->current->next = block;
    arena->size += size;
    return block->bytes;
}

static void *alloc_raw(struct arena *arena, size_t size)
{
    struct block *block = arena->current;
    size_t start = (block->used + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);

    if (start <= block->size && size <= block->size - start) {
        block->used = start + size;
        return block->bytes + start;
    }
    if (size > BLOCK_SIZE / 4)
        return alloc_large(arena, size);
    block = block_new(BLOCK_SIZE);
    block->next = arena->current;
    arena->current = block;
    arena->size += BLOCK_SIZE;
    block->used = size;
    return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    void *memory = alloc_raw(arena, size);

    memset(memory, 0, size);
    return memory;
}

void *arena_array(struct arena *arena, size_t size, size_t count)
{
    if (size != 0 && count > SIZE_MAX / size)
        arena_exhausted();
    return arena_alloc(arena, size * count);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    unsigned char *copy = alloc_raw(arena, size + 1);

    if (size != 0)
        memcpy(copy, bytes, size);
    copy[size] = 0;
    return copy;
}

char *arena_vprintf(struct arena *arena, size_t *length, const char *format, va_list args)
{
    va_list again;
    int counted;
    char *text;

    va_copy(again, args);
    counted = vsnprintf(NULL, 0, format, args);
    if (counted < 0)
        counted = 0;
    text = alloc_raw(arena, (size_t)counted + 1);
    text[0] = '\0';
    (void)vsnprintf(text, (size_t)counted + 1, format, again);
    va_end(again);
    if (length != NULL)
        *length = (size_t)counted;
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(arena, NULL, format, args);
    va_end(args);
    return text;
}

void *arena_grow(struct arena *arena, void *items, size_t size, size_t count, size_t *capacity)
{
    void *grown;

    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    grown = arena_array(arena, size, *capacity);
    if (count != 0)
        memcpy(grown, items, size * count);
    return grown;
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}
