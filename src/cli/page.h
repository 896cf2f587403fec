/*
 * page.h: a report as one HTML page that stands alone: no script, nothing that is fetched, light or dark as
 * the reader's system is, for a screen, a telephone or paper.
 *
 * All text is escaped here.  It may hold values of rows, so the file is for its owner alone.
 */
#ifndef PGRADE_CLI_PAGE_H
#define PGRADE_CLI_PAGE_H

#include "base/buf.h"
#include "base/err.h"

enum page_state {
    PAGE_GOOD,
    PAGE_BAD,
    PAGE_UNSURE /* neither proven nor refuted */
};

struct page_fact {
    const char *label;
    struct str text;
};

/* A line of the proof, and of the charts. */
struct page_table {
    struct str name;
    int64_t source_rows; /* -1: not counted */
    int64_t target_rows;
    int64_t bytes; /* 0: not known */
    int64_t us;
    enum page_state state;
    struct str verdict; /* "equal 956920d94ecd17e1" */
};

struct page {
    struct arena *arena;
    const char *title;
    enum page_state state;
    struct str verdict; /* one sentence */
    struct page_fact *facts;
    size_t fact_count;
    size_t fact_capacity;
    struct page_table *tables;
    size_t table_count;
    struct buf sections; /* made by page_section() and page_line() */
    bool in_section;
};

void page_init(struct page *page, struct arena *arena, const char *title);
void page_fact(struct page *page, const char *label, struct str text);
void page_section(struct page *page, const char *title);
void page_line(struct page *page, struct str text);

/* Before any work is done for it: ERR_REFUSED when a file of that name is no report of pgrade's. */
bool page_may_write(const char *path, struct err *err) MUST_USE;

/* Writes it and frees what it holds; an earlier report of that name is replaced. */
bool page_write(struct page *page, const char *path, struct err *err) MUST_USE;

#endif
