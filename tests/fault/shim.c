/*
 * Makes the Nth call of a kind fail in a program that it is loaded into (LD_PRELOAD):
 *
 *   FAULT_KIND    malloc (of the program's own code), malloc-any (of its libraries too), read, write, sync,
 * open, query FAULT_NUMBER  which one, from 1 on; 0: none FAULT_PATH    read, write, sync, open: of files
 * whose path holds this text FAULT_ERROR   their errno; query: the server's SQLSTATE, or "terminate", which
 * ends the session FAULT_COUNT   a file to which the number of such calls is written at the end
 *
 * A query that is to fail is sent as another that does, so that the server fails as it would and the
 * transaction is in the state that it would be in.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char kind[16];
static char path_part[512];
static char error_text[16];
static char count_path[512];
static long chosen;
static atomic_long counted;
static atomic_bool ready;
static uintptr_t program_begin;
static uintptr_t program_end;
static __thread bool inside; /* what this file itself calls does not count */

static int first_object(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
            program_begin = info->dlpi_addr + part->p_vaddr;
            program_end = program_begin + part->p_memsz;
        }
    }
    return 1; /* the first is the program */
}

static void take(char *to, size_t size, const char *name)
{
    const char *value = getenv(name);

    if (value != NULL)
        (void)snprintf(to, size, "%s", value);
}

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("FAULT_NUMBER");

    take(kind, sizeof(kind), "FAULT_KIND");
    take(path_part, sizeof(path_part), "FAULT_PATH");
    take(error_text, sizeof(error_text), "FAULT_ERROR");
    take(count_path, sizeof(count_path), "FAULT_COUNT");
    chosen = number == NULL ? 0 : atol(number);
    unsetenv("LD_PRELOAD"); /* not in the programs that it starts */
    (void)dl_iterate_phdr(first_object, NULL);
    ready = true;
}

__attribute__((destructor)) static void end(void)
{
    char text[32];
    int file;

    ready = false;
    if (count_path[0] == '\0' || (file = open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0)
        return;
    (void)!write(file, text, (size_t)snprintf(text, sizeof(text), "%ld", atomic_load(&counted)));
    (void)close(file);
}

static bool fails(const char *what)
{
    if (!ready || inside || strcmp(kind, what) != 0)
        return false;
    return atomic_fetch_add(&counted, 1) + 1 == chosen;
}

static bool fails_for(int file, const char *what)
{
    char link[64];
    char name[1024];
    ssize_t length;

    if (!ready || inside || strcmp(kind, what) != 0)
        return false;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    length = readlink(link, name, sizeof(name) - 1);
    if (length < 0)
        return false;
    name[length] = '\0';
    return strstr(name, path_part) != NULL && fails(what);
}

static int error_number(void)
{
    return strcmp(error_text, "ENOSPC") == 0 ? ENOSPC : EIO;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#ifdef FAULTS_OF_MEMORY /* a library of its own: a sanitizer would not bear others beside its malloc() */
/* glibc's own names, since dlsym() itself allocates. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool memory_fails(const void *caller)
{
    uintptr_t place = (uintptr_t)caller;

    if (strncmp(kind, "malloc", 6) != 0)
        return false;
    if (strcmp(kind, "malloc-any") == 0)
        return fails("malloc-any");
    return place >= program_begin && place < program_end && fails("malloc");
}

void *malloc(size_t size)
{
    if (memory_fails(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (memory_fails(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (memory_fails(__builtin_return_address(0))) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, size);
}

#endif

#define FAULTY(what, result, name, parameters, arguments)                                                    \
    result name parameters                                                                                   \
    {                                                                                                        \
        if (fails_for(file, what)) {                                                                         \
            errno = error_number();                                                                          \
            return -1;                                                                                       \
        }                                                                                                    \
        return REAL(name) arguments;                                                                         \
    }

FAULTY("read", ssize_t, read, (int file, void *bytes, size_t size), (file, bytes, size))
FAULTY("read", ssize_t, pread, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at))
FAULTY("read", ssize_t, pread64, (int file, void *bytes, size_t size, off64_t at), (file, bytes, size, at))
FAULTY("write", ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size))
FAULTY("write", ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at),
       (file, bytes, size, at))
FAULTY("write", ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t at),
       (file, bytes, size, at))
FAULTY("write", int, ftruncate, (int file, off_t size), (file, size))
FAULTY("write", int, ftruncate64, (int file, off64_t size), (file, size))
FAULTY("sync", int, fsync, (int file), (file))
FAULTY("sync", int, fdatasync, (int file), (file))

static bool open_fails(const char *path)
{
    return strstr(path, path_part) != NULL && fails("open");
}

#define FAULTY_OPEN(name)                                                                                    \
    int name(const char *path, int flags, ...)                                                               \
    {                                                                                                        \
        va_list more;                                                                                        \
        mode_t mode;                                                                                         \
                                                                                                             \
        va_start(more, flags);                                                                               \
        mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;                                            \
        va_end(more);                                                                                        \
        if (open_fails(path)) {                                                                              \
            errno = error_number();                                                                          \
            return -1;                                                                                       \
        }                                                                                                    \
        return REAL(name)(path, flags, mode);                                                                \
    }

FAULTY_OPEN(open)
FAULTY_OPEN(open64)

/* What the server does not take, with the SQLSTATE that is wanted. */
static const char *failing_query(char *text, size_t size)
{
    if (strcmp(error_text, "terminate") == 0)
        return "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())";
    (void)snprintf(text, size, "DO $$BEGIN RAISE EXCEPTION 'made to fail' USING ERRCODE = '%s'; END$$",
                   error_text);
    return text;
}

int PQsendQuery(PGconn *connection, const char *sql)
{
    char text[256];

    return REAL(PQsendQuery)(connection, fails("query") ? failing_query(text, sizeof(text)) : sql);
}

int PQsendQueryParams(PGconn *connection, const char *sql, int count, const Oid *types,
                      const char *const *values, const int *lengths, const int *formats, int result_format)
{
    char text[256];

    if (fails("query"))
        return REAL(PQsendQueryParams)(connection, failing_query(text, sizeof(text)), 0, NULL, NULL, NULL,
                                       NULL, result_format);
    return REAL(PQsendQueryParams)(connection, sql, count, types, values, lengths, formats, result_format);
}
