#include "ops/sql_text.h"

#include <stdarg.h>

#include "schema/ident.h"

struct str sql_text(struct arena *arena, const char *format, ...)
{
    struct buf out;
    struct str made;
    va_list args;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    va_start(args, format);
    for (const char *at = format; *at != '\0'; at++) {
        if (*at != '%') {
            buf_byte(&out, *at);
            continue;
        }
        switch (*++at) {
        case 'I': ident_quote(&out, va_arg(args, struct str)); break;
        case 'L': literal_quote(&out, va_arg(args, struct str)); break;
        case 'S': buf_str(&out, va_arg(args, struct str)); break;
        case 'd': buf_printf(&out, "%d", va_arg(args, int)); break;
        default: buf_byte(&out, *at);
        }
    }
    va_end(args);
    made = buf_to_str(arena, &out);
    buf_free(&out);
    return made;
}
