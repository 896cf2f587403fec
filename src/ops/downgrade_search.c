/* Full-text indexes on texts that other tables keep: triggers, which do not fire here, would have kept them.
 */
#include "ops/downgrade_intern.h"
#include "schema/ident.h"
#include "schema/virtual.h"

/* Of the table that keeps the texts; of any, where that is a view or nowhere. */
static bool has_changed(const struct downgrade_run *run, struct str content)
{
    const struct plan *plan = &run->result->prepared.plan;
    bool any = false;

    for (size_t i = 0; i < plan->table_count; i++) {
        const struct back_counts *counts = &run->result->tables[i].counts;
        bool changed = counts->changed + counts->added + counts->removed > 0;

        if (str_equal_nocase(plan->tables[i].source->name.text, content))
            return changed;
        any = any || changed;
    }
    return any;
}

static void rebuild(struct downgrade_run *run, struct str name)
{
    struct err failure = {.code = ERR_NONE};
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "INSERT INTO ");
    ident_quote(&sql, name);
    buf_text(&sql, " (");
    ident_quote(&sql, name);
    buf_text(&sql, ") VALUES ('rebuild')");
    if (engine_exec(run->file, buf_view(&sql), &failure))
        downgrade_note(run, name, str_from("its full-text index was built anew, for the rows that changed"));
    else
        downgrade_note(run, name,
                       str_printf(run->arena,
                                  "its full-text index is the old one, which lacks the rows that changed: %s",
                                  failure.detail));
    buf_free(&sql);
}

void downgrade_search(struct downgrade_run *run)
{
    const struct schema *schema = &run->result->prepared.schema;

    for (size_t i = 0; i < schema->table_count; i++) {
        const struct table *table = &schema->tables[i];

        if (table->virtual == NULL || !table->virtual->external || !has_changed(run, table->virtual->content))
            continue;
        if (table->virtual->content.len > 0)
            rebuild(run, table->name.text);
        else
            downgrade_note(run, table->name.text,
                           str_from("a full-text index that keeps no text: it is the old one, and lacks what "
                                    "changed since"));
    }
}
