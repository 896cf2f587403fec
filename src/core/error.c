/* Kinds of failures, by SQLSTATE (PostgreSQL documentation, "PostgreSQL Error Codes"). */
#include <string.h>

#include "core/core.h"

/* The first row that begins the SQLSTATE speaks: single codes before their classes. */
static const struct {
    const char *sqlstate;
    enum pgrade_kind kind;
    enum err_code code;
} kinds[] = {
    {"08", PGRADE_KIND_CONNECTION, ERR_CONNECT},
    {"0A", PGRADE_KIND_STATEMENT, ERR_DATABASE},
    {"22", PGRADE_KIND_DATA, ERR_DATABASE},
    {"23505", PGRADE_KIND_UNIQUE, ERR_DATABASE},
    {"23503", PGRADE_KIND_FOREIGN_KEY, ERR_DATABASE},
    {"23001", PGRADE_KIND_FOREIGN_KEY, ERR_DATABASE},
    {"23502", PGRADE_KIND_NOT_NULL, ERR_DATABASE},
    {"23514", PGRADE_KIND_CHECK, ERR_DATABASE},
    {"23", PGRADE_KIND_CONSTRAINT, ERR_DATABASE},
    {"25006", PGRADE_KIND_READ_ONLY, ERR_DATABASE},
    {"25P03", PGRADE_KIND_CONNECTION, ERR_CONNECT}, /* idle in transaction for too long */
    {"25", PGRADE_KIND_TRANSACTION, ERR_DATABASE},
    {"28", PGRADE_KIND_PERMISSION, ERR_PERMISSION},
    {"3D000", PGRADE_KIND_CONNECTION, ERR_CONNECT},
    {"3B", PGRADE_KIND_TRANSACTION, ERR_DATABASE},
    {"40", PGRADE_KIND_RETRY, ERR_DATABASE},
    {"42501", PGRADE_KIND_PERMISSION, ERR_PERMISSION},
    {"42P02", PGRADE_KIND_MISUSE, ERR_DATABASE},
    {"42", PGRADE_KIND_STATEMENT, ERR_DATABASE},
    {"53", PGRADE_KIND_RESOURCES, ERR_DATABASE},
    {"54", PGRADE_KIND_STATEMENT, ERR_DATABASE},
    {"55000", PGRADE_KIND_MISUSE, ERR_DATABASE},
    {"55P03", PGRADE_KIND_RETRY, ERR_DATABASE},
    {"57014", PGRADE_KIND_CANCELED, ERR_CANCELED},
    {"57P", PGRADE_KIND_CONNECTION, ERR_CONNECT},
    {"58P01", PGRADE_KIND_CONNECTION, ERR_SOURCE_MISSING},
    {"XX001", PGRADE_KIND_DAMAGED, ERR_SOURCE_CORRUPT},
    {"XX002", PGRADE_KIND_DAMAGED, ERR_SOURCE_CORRUPT},
};

/* Of failures of which no server spoke. */
static const struct {
    enum err_code code;
    enum pgrade_kind kind;
    const char *sqlstate;
} silent[] = {
    {ERR_OUT_OF_MEMORY, PGRADE_KIND_RESOURCES, "53200"},
    {ERR_IO, PGRADE_KIND_OTHER, "58030"},
    {ERR_CANCELED, PGRADE_KIND_CANCELED, "57014"},
    {ERR_SOURCE_CORRUPT, PGRADE_KIND_DAMAGED, "XX001"},
    {ERR_SOURCE_KIND, PGRADE_KIND_DAMAGED, "XX001"},
    {ERR_USAGE, PGRADE_KIND_MISUSE, "HY000"},
    {ERR_URL, PGRADE_KIND_URL, "HY000"},
    {ERR_CONNECT, PGRADE_KIND_CONNECTION, "08001"},
    {ERR_PERMISSION, PGRADE_KIND_PERMISSION, "28000"},
    {ERR_SOURCE_MISSING, PGRADE_KIND_CONNECTION, "58P01"},
    {ERR_SOURCE_LOCKED, PGRADE_KIND_RETRY, "55P03"},
};

static void copy(char *to, size_t size, const char *text)
{
    struct str kept = str_utf8_clip(str_from(text), size - 1);

    if (kept.len > 0)
        memcpy(to, kept.ptr, kept.len);
    to[kept.len] = '\0';
}

#define COPY(to, text) copy((to), sizeof(to), (text))

static enum pgrade_kind kind_of(const char *sqlstate)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (str_starts_with(str_from(sqlstate), kinds[i].sqlstate))
            return kinds[i].kind;
    return PGRADE_KIND_OTHER;
}

static void take_silent(struct pgrade_error *error, const struct err *err)
{
    error->kind = PGRADE_KIND_OTHER;
    COPY(error->sqlstate, "HY000");
    for (size_t i = 0; i < ARRAY_LENGTH(silent); i++) {
        if (silent[i].code != err->code)
            continue;
        error->kind = silent[i].kind;
        COPY(error->sqlstate, silent[i].sqlstate);
    }
    COPY(error->message, err->primary);
    COPY(error->detail, err->detail);
    COPY(error->hint, err->hint);
}

void core_error(struct pgrade_error *error, const struct diagnosis *diagnosis, const struct err *err)
{
    if (error == NULL)
        return;
    *error = (struct pgrade_error){.kind = PGRADE_KIND_OTHER};
    if (diagnosis == NULL || diagnosis->message[0] == '\0') {
        take_silent(error, err);
        return;
    }
    error->kind = kind_of(diagnosis->sqlstate);
    error->native = diagnosis->native;
    error->position = diagnosis->position;
    COPY(error->sqlstate, diagnosis->sqlstate);
    COPY(error->message, diagnosis->message);
    COPY(error->detail, diagnosis->detail);
    COPY(error->hint, diagnosis->hint);
    COPY(error->schema, diagnosis->schema);
    COPY(error->table, diagnosis->table);
    COPY(error->column, diagnosis->column);
    COPY(error->constraint, diagnosis->constraint);
}

bool core_failed(const struct pgrade_error *error, struct err *err)
{
    enum err_code code = ERR_DATABASE;

    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        if (!str_starts_with(str_from(error->sqlstate), kinds[i].sqlstate))
            continue;
        code = kinds[i].code;
        break;
    }
    err_set(err, code, "%s", error->message);
    if (error->detail[0] != '\0')
        err_detail(err, "%s", error->detail);
    if (error->hint[0] != '\0')
        err_hint(err, "%s", error->hint);
    err_sqlstate(err, error->sqlstate);
    return false;
}
