#include <string.h>

#include "schema/translate_call.h"

enum null_rule {
    NULL_GIVES_NULL, /* a literal NULL among the arguments makes the result NULL */
    NULL_IS_SEEN     /* the function decides */
};

struct function {
    const char *name;
    size_t minimum; /* arguments */
    size_t maximum;
    enum null_rule nulls;
    call_handler *handler; /* NULL: not carried */
    const char *target;    /* PostgreSQL's name, where the handler asks for it; else why it is not carried */
};

enum {
    ANY = 127 /* SQLITE_MAX_FUNCTION_ARG by default */
};

struct term call_of(struct translator *tr, enum pg_kind kind, enum storage storage, const char *name,
                    const struct term *args, size_t count)
{
    struct term term;
    struct buf list;

    buf_init(&list, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count; i++)
        buf_printf(&list, "%s%.*s", i > 0 ? ", " : "", STR_ARGS(args[i].sql));
    term = term_make(tr, kind, storage, LEVEL_ATOM, "%s(%.*s)", name, STR_ARGS(buf_view(&list)));
    buf_free(&list);
    return term;
}

static bool current_time(struct translator *tr, const struct call *call, struct term *out)
{
    return time_function(tr, call->name, call->args, call->count, out);
}

/* ---- the table ---- */

#define AGGREGATE "it reads other rows"
#define SESSION   "it tells of the connection, not of the row"

static const struct function functions[] = {
    {"abs", 1, 1, NULL_GIVES_NULL, call_absolute, NULL},
    {"avg", 1, 1, NULL_IS_SEEN, NULL, AGGREGATE},
    {"ceil", 1, 1, NULL_GIVES_NULL, call_whole_part, "ceil"},
    {"ceiling", 1, 1, NULL_GIVES_NULL, call_whole_part, "ceil"},
    {"changes", 0, 0, NULL_IS_SEEN, NULL, SESSION},
    {"char", 1, ANY, NULL_IS_SEEN, call_character, NULL},
    {"coalesce", 2, ANY, NULL_IS_SEEN, call_first_not_null, NULL},
    {"count", 0, 1, NULL_IS_SEEN, NULL, AGGREGATE},
    {"date", 0, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"datetime", 0, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"floor", 1, 1, NULL_GIVES_NULL, call_whole_part, "floor"},
    {"format", 0, ANY, NULL_IS_SEEN, call_format, NULL},
    {"glob", 2, 2, NULL_IS_SEEN, call_like, "GLOB"},
    {"group_concat", 1, 2, NULL_IS_SEEN, NULL, AGGREGATE},
    {"hex", 1, 1, NULL_IS_SEEN, call_hexadecimal, NULL},
    {"ifnull", 2, 2, NULL_IS_SEEN, call_first_not_null, NULL},
    {"iif", 2, 3, NULL_IS_SEEN, call_choice, NULL},
    {"instr", 2, 2, NULL_GIVES_NULL, call_position, "strpos"},
    {"json", 1, 1, NULL_IS_SEEN, NULL,
     "its spaces and the spelling of its numbers depend on how SQLite writes JSON"},
    {"json_array", 0, ANY, NULL_IS_SEEN, call_json_array, NULL},
    {"json_array_length", 1, 2, NULL_GIVES_NULL, call_json_length, NULL},
    {"json_extract", 2, ANY, NULL_GIVES_NULL, call_json_extract, NULL},
    {"json_object", 0, ANY, NULL_IS_SEEN, call_json_object, NULL},
    {"json_quote", 1, 1, NULL_IS_SEEN, call_json_quote, NULL},
    {"json_type", 1, 2, NULL_GIVES_NULL, call_json_type, NULL},
    {"json_valid", 1, 2, NULL_IS_SEEN, NULL, "a column of type json or jsonb holds nothing else"},
    {"julianday", 0, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"last_insert_rowid", 0, 0, NULL_IS_SEEN, NULL, SESSION},
    {"length", 1, 1, NULL_GIVES_NULL, call_length, NULL},
    {"like", 2, 3, NULL_IS_SEEN, call_like, "LIKE"},
    {"likelihood", 2, 2, NULL_IS_SEEN, call_first_argument, NULL},
    {"likely", 1, 1, NULL_IS_SEEN, call_first_argument, NULL},
    {"lower", 1, 1, NULL_GIVES_NULL, call_fold_case, "lower"},
    {"ltrim", 1, 2, NULL_GIVES_NULL, call_text, "ltrim"},
    {"max", 1, ANY, NULL_GIVES_NULL, call_extreme, "greatest"},
    {"min", 1, ANY, NULL_GIVES_NULL, call_extreme, "least"},
    {"nullif", 2, 2, NULL_IS_SEEN, call_null_if_equal, NULL},
    {"printf", 0, ANY, NULL_IS_SEEN, call_format, NULL},
    {"quote", 1, 1, NULL_IS_SEEN, call_quote, NULL},
    {"random", 0, 0, NULL_IS_SEEN, call_random, NULL},
    {"randomblob", 1, 1, NULL_IS_SEEN, call_random_blob, NULL},
    {"replace", 3, 3, NULL_IS_SEEN, call_replace, "replace"},
    {"round", 1, 2, NULL_GIVES_NULL, call_round, NULL},
    {"rtrim", 1, 2, NULL_GIVES_NULL, call_text, "rtrim"},
    {"sign", 1, 1, NULL_GIVES_NULL, call_sign, NULL},
    {"soundex", 1, 1, NULL_IS_SEEN, NULL, "PostgreSQL has it only in an extension"},
    {"strftime", 1, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"substr", 2, 3, NULL_GIVES_NULL, call_substring, NULL},
    {"substring", 2, 3, NULL_GIVES_NULL, call_substring, NULL},
    {"sum", 1, 1, NULL_IS_SEEN, NULL, AGGREGATE},
    {"time", 0, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"total", 1, 1, NULL_IS_SEEN, NULL, AGGREGATE},
    {"total_changes", 0, 0, NULL_IS_SEEN, NULL, SESSION},
    {"trim", 1, 2, NULL_GIVES_NULL, call_text, "btrim"},
    {"trunc", 1, 1, NULL_GIVES_NULL, call_whole_part, "trunc"},
    {"typeof", 1, 1, NULL_IS_SEEN, call_storage_class, NULL},
    {"unicode", 1, 1, NULL_GIVES_NULL, call_code_point, NULL},
    {"unixepoch", 0, ANY, NULL_GIVES_NULL, current_time, NULL},
    {"unlikely", 1, 1, NULL_IS_SEEN, call_first_argument, NULL},
    {"upper", 1, 1, NULL_GIVES_NULL, call_fold_case, "upper"},
    {"zeroblob", 1, 1, NULL_IS_SEEN, call_zeros, NULL},
};

const char *translate_function_name(size_t i)
{
    return i < ARRAY_LENGTH(functions) ? functions[i].name : NULL;
}

static const struct function *find_function(struct str name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
        if (str_is_nocase(name, functions[i].name))
            return &functions[i];
    return NULL;
}

bool function_takes_type(const struct expr *expr)
{
    const struct function *function = find_function(expr->name);

    return function != NULL && (function->handler == call_first_not_null || function->handler == call_choice);
}

/* Whether the i-th argument is a result of the function, and so of the type that is wanted. */
static bool is_result(const struct function *function, size_t i)
{
    return function->handler == call_first_not_null || (function->handler == call_choice && i > 0);
}

/* Those that go on into a part of JSON. */
static bool takes_json(const struct call *call)
{
    return strcmp(call->name, "json_extract") == 0 || strcmp(call->name, "json_array_length") == 0 ||
           strcmp(call->name, "json_type") == 0;
}

static bool check_call(struct translator *tr, const struct expr *expr, const struct function *function,
                       const char *what)
{
    if (function == NULL)
        return refuse(tr, "it is the application's own, or has no PostgreSQL form", "%s", what);
    if (function->handler == NULL)
        return refuse(tr, function->target, "%s", what);
    if (expr->star || expr->distinct || expr->windowed || expr->filter != NULL)
        return refuse(tr, "it reads other rows", "%s", what);
    if (expr->item_count < function->minimum || expr->item_count > function->maximum)
        return refuse(tr, "it has another number of arguments", "%s", what);
    return true;
}

bool translate_function(struct translator *tr, const struct expr *expr, const struct pg_type *type,
                        struct term *out)
{
    const struct function *function = find_function(expr->name);
    struct call call = {.expr = expr, .count = expr->item_count, .type = type};

    call.what = str_printf(tr->arena, "function %.*s()", STR_ARGS(str_lower(tr->arena, expr->name))).ptr;
    if (!check_call(tr, expr, function, call.what))
        return false;
    call.name = function->name;
    call.target = function->target;
    call.args = ARENA_ARRAY(tr->arena, struct term, call.count);
    for (size_t i = 0; i < call.count; i++) {
        bool typed = type != NULL && is_result(function, i);

        if (typed               ? !translate_as(tr, expr->items[i], type, &call.args[i])
            : takes_json(&call) ? !translate_operand(tr, expr->items[i], &call.args[i])
                                : !translate_node(tr, expr->items[i], &call.args[i]))
            return false;
        if (term_family(&call.args[i]) == FAMILY_BLOB && call.args[i].storage != STORAGE_BLOB)
            return refuse(tr, "it holds texts too, which functions of SQLite tell from blobs",
                          "%s of a column of bytes", call.what);
    }
    for (size_t i = 0; i < call.count && function->nulls == NULL_GIVES_NULL; i++)
        if (call.args[i].form == FORM_NULL) {
            *out = term_null();
            return true;
        }
    return function->handler(tr, &call, out);
}
