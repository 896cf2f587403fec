/* report_show.h: what show.h read, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_SHOW_H
#define PGRADE_CLI_REPORT_SHOW_H

#include "cli/command.h"
#include "ops/show.h"
#include "url/spelling.h"

void report_databases(const struct invocation *invocation, const struct show_databases *databases);
void report_tables(const struct invocation *invocation, const struct show_tables *tables);
void report_table(const struct invocation *invocation, const struct show_table *table);
void report_spellings(const struct invocation *invocation, const struct url_spelling *spellings,
                      size_t count);

void report_databases_json(const struct url *url, const struct show_databases *databases);
void report_tables_json(const struct url *url, const struct show_tables *tables);
void report_table_json(const struct url *url, const struct show_table *table);
void report_spellings_json(const struct url_spelling *spellings, size_t count);

#endif
