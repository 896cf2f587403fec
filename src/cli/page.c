#include "cli/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fs.h"
#include "cli/table.h"

enum {
    FILE_MODE = 0600,
    BARS = 10 /* of a chart; the others are one more */
};

static const char mark[] = "<!doctype html><!-- pgrade report -->\n";

/* "x" and "y" of a chart's bar are shares of 100. */
static const char head[] =
    "<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<style>\n"
    ":root{--ink:#1c2024;--soft:#5b6470;--line:#dfe3e8;--paper:#fff;--card:#f6f7f9;--bar:#3b6fb6;"
    "--good:#13713c;--goodbg:#e3f4e9;--bad:#a61b1b;--badbg:#fbe6e6;--unsure:#7a5200;--unsurebg:#fbf0d9}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e7eaee;--soft:#a0a9b4;--line:#333a42;--paper:#14171a;"
    "--card:#1d2126;--bar:#6fa3e6;--good:#7ddca0;--goodbg:#163323;--bad:#ff9d9d;--badbg:#421c1c;"
    "--unsure:#f0c869;--unsurebg:#3a2f14}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:66rem;background:var(--paper);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.5rem;margin:0 0 .75rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n"
    "h3{font-size:.95rem;margin:0 0 .5rem}\n"
    ".verdict{padding:.75rem 1rem;border-radius:.5rem;font-weight:600;overflow-wrap:anywhere}\n"
    ".good{color:var(--good)}.bad{color:var(--bad)}.unsure{color:var(--unsure)}\n"
    ".verdict.good{background:var(--goodbg)}.verdict.bad{background:var(--badbg)}"
    ".verdict.unsure{background:var(--unsurebg)}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}\n"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}\n"
    ".chart{background:var(--card);border-radius:.5rem;padding:.75rem 1rem}\n"
    ".bar{display:grid;grid-template-columns:1fr max-content;gap:0 .75rem;font-size:.85rem;margin:.35rem 0}\n"
    ".bar span:first-child{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}\n"
    ".bar span:last-of-type{color:var(--soft);font-variant-numeric:tabular-nums}\n"
    ".bar svg{grid-column:1/-1;width:100%;height:.5rem;display:block}\n"
    ".bar rect{fill:var(--bar)}.bar .track{fill:var(--line)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
    "th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    "th{color:var(--soft);font-weight:600}th:first-child,td:first-child,th:nth-child(2),td:nth-child(2)"
    "{text-align:left}\n"
    "td:first-child,td:nth-child(2){white-space:normal;overflow-wrap:anywhere}\n"
    "td:first-child{min-width:7rem}td:nth-child(2){min-width:9rem}\n"
    "ul{padding-left:1.1rem;margin:.25rem 0}li{overflow-wrap:anywhere;margin:.15rem 0}\n"
    "footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem}\n"
    "@media(max-width:40rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}"
    "th,td{padding:.3rem .4rem}th{white-space:normal;vertical-align:bottom}"
    "td:first-child{min-width:5rem}td:nth-child(2){min-width:6rem}"
    "th:nth-child(n+5),td:nth-child(n+5){display:none}}\n" /* the charts have both */
    "@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--card:#fff;--bar:#3b6fb6;"
    "--good:#13713c;--goodbg:#fff;--bad:#a61b1b;--badbg:#fff;--unsure:#7a5200;--unsurebg:#fff}"
    ".verdict{border:2px solid}tr,li{break-inside:avoid}h2{break-after:avoid}"
    ".wide{overflow:visible}.bar "
    "rect{print-color-adjust:exact}body{padding:0;max-width:none}.chart{break-inside:avoid}}\n"
    "</style>\n";

static const char *const classes[] = {"good", "bad", "unsure"};

static void put_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.ptr[i]) {
        case '&': buf_text(out, "&amp;"); break;
        case '<': buf_text(out, "&lt;"); break;
        case '>': buf_text(out, "&gt;"); break;
        case '"': buf_text(out, "&quot;"); break;
        default: buf_byte(out, text.ptr[i]); break;
        }
}

static void put_element(struct buf *out, const char *tag, struct str text)
{
    buf_printf(out, "<%s>", tag);
    put_text(out, text);
    buf_printf(out, "</%s>", tag);
}

void page_init(struct page *page, struct arena *arena, const char *title)
{
    *page = (struct page){.arena = arena, .title = title};
    buf_init(&page->sections, (size_t)1 << 30);
}

void page_fact(struct page *page, const char *label, struct str text)
{
    ARENA_PUSH(page->arena, page->facts, page->fact_count, page->fact_capacity) =
        (struct page_fact){label, text};
}

void page_section(struct page *page, const char *title)
{
    if (page->in_section)
        buf_text(&page->sections, "</ul>\n");
    put_element(&page->sections, "h2", str_from(title));
    buf_text(&page->sections, "\n<ul>\n");
    page->in_section = true;
}

void page_line(struct page *page, struct str text)
{
    put_element(&page->sections, "li", text);
    buf_byte(&page->sections, '\n');
}

struct chart {
    const char *title;
    int64_t (*value)(const struct page_table *table);
    struct str (*show)(struct arena *arena, int64_t value);
};

static int64_t rows_of(const struct page_table *table)
{
    return table->source_rows > table->target_rows ? table->source_rows : table->target_rows;
}

static int64_t bytes_of(const struct page_table *table)
{
    return table->bytes;
}

static int64_t us_of(const struct page_table *table)
{
    return table->us;
}

static const struct chart charts[] = {
    {"Rows", rows_of, show_count}, {"Data", bytes_of, show_bytes}, {"Time", us_of, show_seconds}};

struct bar {
    struct str name;
    int64_t value;
};

static int larger_first(const void *a, const void *b)
{
    int64_t left = ((const struct bar *)a)->value;
    int64_t right = ((const struct bar *)b)->value;

    return left < right ? 1 : left > right ? -1 : 0;
}

static void put_bar(const struct page *page, const struct chart *chart, const struct bar *bar, int64_t most,
                    struct buf *out)
{
    buf_text(out, "<div class=\"bar\">");
    put_element(out, "span", bar->name);
    put_element(out, "span", chart->show(page->arena, bar->value));
    buf_printf(out,
               "<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
               "<rect class=\"track\" width=\"100\" height=\"4\"/><rect width=\"%.2f\" height=\"4\"/></svg>"
               "</div>\n",
               100.0 * (double)bar->value / (double)most);
}

static void put_chart(const struct page *page, const struct chart *chart, struct buf *out)
{
    struct bar *bars = ARENA_ARRAY(page->arena, struct bar, page->table_count + 1);
    struct bar rest = {.value = 0};
    size_t count = 0;

    for (size_t i = 0; i < page->table_count; i++)
        if (chart->value(&page->tables[i]) > 0)
            bars[count++] = (struct bar){page->tables[i].name, chart->value(&page->tables[i])};
    if (count == 0)
        return;
    qsort(bars, count, sizeof(*bars), larger_first);
    for (size_t i = BARS; i < count; i++)
        rest.value += bars[i].value;
    buf_text(out, "<div class=\"chart\">");
    put_element(out, "h3", str_from(chart->title));
    for (size_t i = 0; i < count && i < BARS; i++)
        put_bar(page, chart, &bars[i], bars[0].value > rest.value ? bars[0].value : rest.value, out);
    if (count > BARS) {
        rest.name = str_printf(page->arena, "%zu more", count - BARS);
        put_bar(page, chart, &rest, bars[0].value > rest.value ? bars[0].value : rest.value, out);
    }
    buf_text(out, "</div>\n");
}

static void put_count(const struct page *page, int64_t count, struct buf *out)
{
    put_element(out, "td", count < 0 ? str_from("?") : show_count(page->arena, count));
}

static void put_proof(const struct page *page, struct buf *out)
{
    buf_text(out, "<h2>Proof, table by table</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>Table</th>"
                  "<th>Verified</th><th>Rows in source</th><th>Rows in target</th><th>Data</th><th>Time</th>"
                  "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < page->table_count; i++) {
        const struct page_table *table = &page->tables[i];

        buf_text(out, "<tr>");
        put_element(out, "td", table->name);
        buf_printf(out, "<td class=\"%s\">", classes[table->state]);
        put_text(out, table->verdict);
        buf_text(out, "</td>");
        put_count(page, table->source_rows, out);
        put_count(page, table->target_rows, out);
        put_element(out, "td", table->bytes > 0 ? show_bytes(page->arena, table->bytes) : str_from(""));
        put_element(out, "td", show_seconds(page->arena, table->us));
        buf_text(out, "</tr>\n");
    }
    buf_text(out, "</tbody></table></div>\n");
}

static void put_head(const struct page *page, struct buf *out)
{
    buf_text(out, mark);
    buf_text(out, head);
    put_element(out, "title", str_from(page->title));
    buf_text(out, "</head>\n<body>\n");
    put_element(out, "h1", str_from(page->title));
    buf_printf(out, "\n<p class=\"verdict %s\">", classes[page->state]);
    put_text(out, page->verdict);
    buf_text(out, "</p>\n<dl>\n");
    for (size_t i = 0; i < page->fact_count; i++) {
        put_element(out, "dt", str_from(page->facts[i].label));
        put_element(out, "dd", page->facts[i].text);
        buf_byte(out, '\n');
    }
    buf_text(out, "</dl>\n");
}

static void put_foot(struct buf *out)
{
    time_t now = time(NULL);
    struct tm parts;

    buf_text(out, "<footer>pgrade " PGRADE_VERSION);
    if (gmtime_r(&now, &parts) != NULL)
        buf_printf(out, ", %04d-%02d-%02d %02d:%02d UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                   parts.tm_mday, parts.tm_hour, parts.tm_min);
    buf_text(out, "</footer>\n</body></html>\n");
}

bool page_may_write(const char *path, struct err *err)
{
    struct arena *arena = arena_new();
    struct err ignored = {.code = ERR_NONE};
    struct str begins;
    bool ours = path == NULL || !fs_exists(path) ||
                (fs_read_from(arena, path, 0, sizeof(mark) - 1, &begins, &ignored) && str_is(begins, mark));

    arena_free(arena);
    if (ours)
        return true;
    err_set(err, ERR_REFUSED, "%s exists, and is no report of pgrade's", path);
    return err_hint(err, "give another name: --report FILE.html");
}

bool page_write(struct page *page, const char *path, struct err *err)
{
    struct buf out;
    bool done;

    buf_init(&out, (size_t)1 << 31);
    put_head(page, &out);
    if (page->table_count > 0) {
        buf_text(&out, "<div class=\"charts\">\n");
        for (size_t i = 0; i < ARRAY_LENGTH(charts); i++)
            put_chart(page, &charts[i], &out);
        buf_text(&out, "</div>\n");
        put_proof(page, &out);
    }
    buf_str(&out, buf_view(&page->sections));
    buf_text(&out, page->in_section ? "</ul>\n" : "");
    put_foot(&out);
    done = !out.failed ? fs_write(path, FILE_MODE, buf_view(&out), err)
                       : err_set(err, ERR_OUT_OF_MEMORY, "no memory for the report %s", path);
    buf_free(&out);
    buf_free(&page->sections);
    return done;
}
