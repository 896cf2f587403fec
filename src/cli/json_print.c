#include "cli/json_print.h"

#include <stdint.h>
#include <stdio.h>

#include "base/log.h"

void json_print_begin(struct json *json, struct buf *out, int status)
{
    buf_init(out, SIZE_MAX / 2);
    json_begin(json, out);
    json_object(json);
    json_put_int(json, "status", status);
}

void json_print_end(struct json *json, struct buf *out)
{
    json_object_end(json);
    if (out->failed)
        log_message(LOG_WARNING, "what is printed is not whole: no memory for the document of --json");
    (void)fwrite(out->ptr, 1, out->len, stdout);
    buf_free(out);
}
