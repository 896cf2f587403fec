/* json_print.h: the document of --json, an object that begins with "status", on stdout: docs/json.md. */
#ifndef PGRADE_CLI_JSON_PRINT_H
#define PGRADE_CLI_JSON_PRINT_H

#include "base/json.h"

/* Opens it; `out` is made. */
void json_print_begin(struct json *json, struct buf *out, int status);

/* Closes and prints it, and gives `out` back. */
void json_print_end(struct json *json, struct buf *out);

#endif
