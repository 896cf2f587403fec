/* attributes.h: compiler attributes under readable names.  Every header of the house may include it. */
#ifndef PGRADE_BASE_ATTRIBUTES_H
#define PGRADE_BASE_ATTRIBUTES_H

#define MUST_USE                 __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first), nonnull(text)))
#define NORETURN                 __attribute__((noreturn))
#define RETURNS_NONNULL          __attribute__((returns_nonnull))
#define ARRAY_LENGTH(array)      (sizeof(array) / sizeof((array)[0]))

#endif
