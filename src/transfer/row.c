#include "transfer/row.h"

#include <string.h>

#include "transfer/encode_field.h"
#include "transfer/misfits.h"
#include "transfer/row_size.h"

enum {
    REPAIR_MAXIMUM = 1024 * 1024 * 1024, /* of a repaired value: no field is longer */
    SPAN_MINIMUM = 1024 * 1024           /* below this a copy costs less than a message of its own */
};

/* A misfit of the row at hand: what becomes of it is known when the whole row was looked at. */
struct row_event {
    int cell; /* -1: the whole row */
    enum misfit_outcome outcome;
    const char *reason;
    const char *what; /* OUTCOME_REPAIRED: how */
};

static void find_columns(struct row_encoder *encoder, struct arena *arena)
{
    const struct plan_table *table = encoder->table;
    int *columns = ARENA_ARRAY(arena, int, table->column_count + 1);

    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        columns[encoder->width] = (int)i;
        encode_column_init(&encoder->encoders[encoder->width], arena, &table->columns[i]);
        encoder->width++;
    }
    encoder->rowid = encoder->width;
    for (size_t i = 0; i < encoder->width; i++)
        if (columns[i] == table->source->rowid_column)
            encoder->rowid = i;
    encoder->columns = columns;
}

void row_encoder_init(struct row_encoder *encoder, struct arena *arena, struct load *load, size_t place)
{
    const struct plan_table *table = &load->plan->tables[place];
    size_t count = table->column_count + 1;

    *encoder = (struct row_encoder){.load = load, .place = place, .table = table, .policies = load->policies};
    encoder->encoders = ARENA_ARRAY(arena, struct encode_column, count);
    find_columns(encoder, arena);
    encoder->size_matters = row_size_matters(table);
    encoder->meant = ARENA_ARRAY(arena, struct value, count);
    encoder->rooms = ARENA_ARRAY(arena, struct buf, count);
    encoder->events = ARENA_ARRAY(arena, struct row_event, count);
    encoder->spans = ARENA_ARRAY(arena, struct row_span, count);
    for (size_t i = 0; i < count; i++)
        buf_init(&encoder->rooms[i], REPAIR_MAXIMUM);
}

void row_encoder_free(struct row_encoder *encoder)
{
    for (size_t i = 0; i <= encoder->table->column_count; i++)
        buf_free(&encoder->rooms[i]);
}

static void add_event(struct row_encoder *encoder, struct row_event event)
{
    encoder->events[encoder->event_count++] = event;
}

static void mean(struct row_encoder *encoder, size_t cell, struct value value)
{
    if (!encoder->changed)
        memcpy(encoder->meant, encoder->cells, encoder->width * sizeof(*encoder->meant));
    encoder->changed = true;
    encoder->meant[cell] = value;
}

static bool try_repair(struct row_encoder *encoder, size_t cell, struct buf *out, const char **what)
{
    const struct plan_column *column = encoder->encoders[cell].plan;
    struct value repaired;
    const char *reason;

    if (!repair_value(column, encoder->policies->encoding, &encoder->cells[cell], &encoder->rooms[cell],
                      &repaired, what) ||
        (repaired.kind == VALUE_NULL && column->not_null) ||
        !encode_cell(&encoder->encoders[cell], &repaired, out, &reason))
        return false;
    mean(encoder, cell, repaired);
    return true;
}

static bool try_null(struct row_encoder *encoder, size_t cell, struct buf *out)
{
    struct value null = {.kind = VALUE_NULL};
    const char *reason;

    if (encoder->encoders[cell].plan->not_null || !encode_cell(&encoder->encoders[cell], &null, out, &reason))
        return false;
    mean(encoder, cell, null);
    return true;
}

/* A value that does not fit: what its policy makes of it. */
static void misfit_cell(struct row_encoder *encoder, size_t cell, const char *reason, struct buf *out)
{
    enum misfit_policy policy = encoder->policies == NULL
                                    ? MISFIT_STOP
                                    : encoder->policies->columns[encoder->place][encoder->columns[cell]];
    struct row_event event = {.cell = (int)cell, .outcome = OUTCOME_STOPS, .reason = reason};

    if (policy == MISFIT_QUARANTINE)
        event.outcome = OUTCOME_QUARANTINED;
    else if (policy == MISFIT_NULL && try_null(encoder, cell, out))
        event.outcome = OUTCOME_NULL;
    else if (policy == MISFIT_REPAIR && try_repair(encoder, cell, out, &event.what))
        event.outcome = OUTCOME_REPAIRED;
    add_event(encoder, event);
}

static void misfit_row(struct row_encoder *encoder, const char *reason)
{
    bool aside = encoder->policies != NULL && encoder->policies->rows[encoder->place] == MISFIT_QUARANTINE;

    add_event(encoder, (struct row_event){.cell = -1,
                                          .outcome = aside ? OUTCOME_QUARANTINED : OUTCOME_STOPS,
                                          .reason = reason});
}

/* Whether the field is the value's bytes as they are. */
static bool is_as_it_is(const struct encode_column *column, const struct value *cell)
{
    encode_fn *encode = column->encode[cell->kind];

    if (cell->kind == VALUE_BLOB)
        return encode == encode_bytea_bytes;
    return cell->kind == VALUE_TEXT && encode == encode_text_bytes && column->characters == SIZE_MAX &&
           text_misfit(cell->bytes) == NULL;
}

/* A large value need not be copied to be sent.  False: it is to be encoded as others are. */
static bool put_span(struct row_encoder *encoder, size_t cell, struct buf *out)
{
    const struct value *value = &encoder->cells[cell];
    uint32_t length = __builtin_bswap32((uint32_t)value->bytes.len);

    if ((value->kind != VALUE_TEXT && value->kind != VALUE_BLOB) || value->bytes.len < SPAN_MINIMUM ||
        value->bytes.len > FIELD_MAXIMUM || encoder->size_matters ||
        !is_as_it_is(&encoder->encoders[cell], value))
        return false;
    buf_put(out, &length, sizeof(length));
    encoder->spans[encoder->span_count++] = (struct row_span){out->len, value->bytes};
    return true;
}

/* Together they are as long as a row may be. */
static void check_spans(const struct row_encoder *encoder, struct buf *out)
{
    size_t room = out->maximum - out->len;

    for (size_t i = 0; i < encoder->span_count; i++) {
        if (encoder->spans[i].bytes.len > room) {
            out->failed = true;
            return;
        }
        room -= encoder->spans[i].bytes.len;
    }
}

static void encode_cells(struct row_encoder *encoder, struct buf *out)
{
    uint16_t width = __builtin_bswap16((uint16_t)encoder->width);
    const char *reason = NULL;

    buf_put(out, &width, sizeof(width));
    for (size_t i = 0; i < encoder->width && !out->failed; i++) {
        const struct value *cell = &encoder->cells[i];

        if (cell->kind == VALUE_NULL && encoder->encoders[i].plan->not_null)
            misfit_cell(encoder, i, "NULL in a column that is NOT NULL", out);
        else if (put_span(encoder, i, out))
            continue;
        else if (!encode_cell(&encoder->encoders[i], cell, out, &reason) && !out->failed)
            misfit_cell(encoder, i, reason, out);
    }
    check_spans(encoder, out);
}

static enum misfit_outcome outcome_of(const struct row_encoder *encoder)
{
    enum misfit_outcome worst = OUTCOME_NULL;

    for (size_t i = 0; i < encoder->event_count; i++) {
        if (encoder->events[i].outcome == OUTCOME_STOPS)
            return OUTCOME_STOPS;
        if (encoder->events[i].outcome == OUTCOME_QUARANTINED)
            worst = OUTCOME_QUARANTINED;
    }
    return worst;
}

/* Called when every field is there. */
static void check_size(struct row_encoder *encoder, const struct buf *out, size_t start)
{
    struct row_size size = row_size_of(encoder->table, out->ptr + start + 2);
    bool strict = encoder->policies != NULL && atomic_load(&encoder->policies->strict_width[encoder->place]);

    if (size.least > PAGE_ROW_MAXIMUM)
        misfit_row(encoder, "the row is wider than a page of PostgreSQL (8,160 bytes, after its long values "
                            "were put out of line)");
    else if (strict && size.most > PAGE_ROW_MAXIMUM)
        misfit_row(encoder,
                   "the row may be wider than a page of PostgreSQL (8,160 bytes), which refused a row "
                   "of this table");
}

/* No verdict about a row may come from memory that was out, its own or that of a repaired value. */
static bool is_starved(const struct row_encoder *encoder, const struct buf *out)
{
    for (size_t i = 0; i < encoder->event_count; i++)
        if (encoder->events[i].cell >= 0 && encoder->rooms[encoder->events[i].cell].starved)
            return true;
    return out->starved;
}

/* Too large for PostgreSQL: named, and the rest goes on. */
static void check_room(struct row_encoder *encoder, struct buf *out)
{
    if (!out->failed)
        return;
    out->failed = false;
    encoder->event_count = 0;
    misfit_row(encoder, "the row is too large (PostgreSQL holds at most 1 GB in a value)");
}

static void list_events(struct row_encoder *encoder, enum misfit_outcome fate)
{
    const struct value *rowid = &encoder->cells[encoder->rowid];

    for (size_t i = 0; i < encoder->event_count; i++) {
        const struct row_event *event = &encoder->events[i];
        struct misfit misfit = {.table = encoder->place,
                                .column = event->cell < 0 ? -1 : encoder->columns[event->cell],
                                .has_rowid = rowid->kind == VALUE_INTEGER,
                                .rowid = rowid->integer,
                                .outcome = fate == OUTCOME_QUARANTINED ? fate : event->outcome};
        bool repaired = misfit.outcome == OUTCOME_REPAIRED;

        misfits_add(&encoder->load->misfits, misfit, event->cell < 0 ? NULL : &encoder->cells[event->cell],
                    event->reason, repaired ? &encoder->meant[event->cell] : NULL,
                    repaired ? event->what : NULL);
    }
}

static void put_reasons(const struct row_encoder *encoder, struct buf *out)
{
    for (size_t i = 0; i < encoder->event_count; i++) {
        const struct row_event *event = &encoder->events[i];

        buf_text(out, i > 0 ? "; " : "");
        if (event->cell >= 0)
            buf_printf(out, "%.*s: ", STR_ARGS(encoder->encoders[event->cell].plan->source->name.text));
        buf_text(out, event->reason);
    }
}

static bool put_aside(struct row_encoder *encoder, struct str column, struct str reason, bool picked,
                      struct err *err)
{
    struct row_sink *sink = &encoder->load->sink;
    struct set_aside row = {.table = encoder->place,
                            .cells = encoder->cells,
                            .width = encoder->width,
                            .rowid = &encoder->cells[encoder->rowid],
                            .column = column,
                            .reason = reason,
                            .picked = picked};

    misfits_add_rows(&encoder->load->misfits, encoder->place, 1);
    return sink->row == NULL || sink->row(sink->context, &row, err);
}

static bool set_aside(struct row_encoder *encoder, struct err *err)
{
    int cell = encoder->events[0].cell;
    struct str column = {NULL, 0};
    struct buf reasons;
    bool done;

    if (cell >= 0)
        column = encoder->encoders[cell].plan->source->name.text;
    buf_init(&reasons, BUF_TEXT_MAXIMUM);
    put_reasons(encoder, &reasons);
    done = reasons.starved ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for the reason of a row")
                           : put_aside(encoder, column, buf_view(&reasons), false, err);
    buf_free(&reasons);
    return done;
}

static void take_back(const struct row_encoder *encoder, struct misfits *counted)
{
    for (size_t i = 0; counted != NULL && i < encoder->event_count; i++) {
        const struct row_event *event = &encoder->events[i];

        misfits_take_back(counted, encoder->place, event->cell < 0 ? -1 : encoder->columns[event->cell],
                          event->outcome, event->outcome == OUTCOME_REPAIRED ? event->what : NULL);
    }
}

/* Nothing in the row stands against its arrival, but somebody else may. */
static bool pick(struct row_encoder *encoder, enum row_fate *fate, struct err *err)
{
    const struct row_picker *picker = &encoder->load->picker;
    struct str column = {NULL, 0};
    struct str reason = {NULL, 0};

    if (picker->picks == NULL ||
        !picker->picks(picker->context, encoder->place, row_meant(encoder), &column, &reason))
        return true;
    *fate = ROW_SET_ASIDE;
    take_back(encoder, picker->counted);
    return put_aside(encoder, column, reason, true, err);
}

/* The row has misfits. */
static bool decide(struct row_encoder *encoder, enum row_fate *fate, struct err *err)
{
    enum misfit_outcome outcome = outcome_of(encoder);

    list_events(encoder, outcome);
    *fate = outcome == OUTCOME_STOPS         ? ROW_STOPS
            : outcome == OUTCOME_QUARANTINED ? ROW_SET_ASIDE
                                             : ROW_ARRIVES;
    return *fate != ROW_SET_ASIDE || set_aside(encoder, err);
}

bool row_encode(struct row_encoder *encoder, const struct value *cells, struct buf *out, enum row_fate *fate,
                struct err *err)
{
    size_t start = out->len;

    encoder->cells = cells;
    encoder->changed = false;
    encoder->event_count = 0;
    encoder->span_count = 0;
    *fate = ROW_ARRIVES;
    encode_cells(encoder, out);
    if (is_starved(encoder, out))
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for a row of %.*s",
                       STR_ARGS(encoder->table->source->name.text));
    check_room(encoder, out);
    if (encoder->size_matters && (encoder->event_count == 0 || outcome_of(encoder) == OUTCOME_NULL))
        check_size(encoder, out, start);
    if ((encoder->event_count > 0 && !decide(encoder, fate, err)) ||
        (*fate == ROW_ARRIVES && !pick(encoder, fate, err)))
        return false;
    if (*fate != ROW_ARRIVES) {
        out->len = start;
        encoder->span_count = 0;
    }
    return true;
}
