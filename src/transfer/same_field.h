/* same_field.h: whether two fields of PostgreSQL's binary COPY are one value of a column. */
#ifndef PGRADE_TRANSFER_SAME_FIELD_H
#define PGRADE_TRANSFER_SAME_FIELD_H

#include "schema/pgtype.h"

/* `encoded` is what an encoder made, `sent` what the server sends: they differ in the decimals that a numeric
 * shows, in the spaces that fill a char(n), and in the text of jsonb.  Neither is NULL. */
bool same_field(const struct pg_type *type, struct str encoded, struct str sent);

/* Bytes of either that are equal where the fields are the same; empty where there are none so cheap. */
struct str field_for_hash(const struct pg_type *type, struct str field);

#endif
