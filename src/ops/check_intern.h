/* check_intern.h: what the files behind check.h share. */
#ifndef PGRADE_OPS_CHECK_INTERN_H
#define PGRADE_OPS_CHECK_INTERN_H

#include "ops/check.h"
#include "ops/unit.h"

struct check_run {
    struct arena *arena;
    const struct check_request *request;
    struct check_report *report;
    struct check_result *result; /* of the check under way */
    struct pgrade_database *db;  /* NULL: not open yet */
    struct err failure;          /* of opening it */
    bool tried;                  /* it was */
    const struct unit *unit;     /* NULL: none was named, or it could not be read */
    struct err unit_failure;     /* of reading it */
    struct str systemd;          /* what it says of the unit; empty: nothing */
    struct err systemd_failure;  /* and why */
    const char *application;     /* the application's folder; NULL: none is known */
    const char *venv;            /* its virtual environment of Python; NULL: none is known */
    char answer;                 /* to the question for TLS: 'S' yes, 'N' no; 0: nobody was asked */
};

extern const struct check_entry check_address_checks[];
extern const struct check_entry check_server_checks[];
extern const struct check_entry check_rights_checks[];
extern const struct check_entry check_health_checks[];
extern const struct check_entry check_index_checks[];
extern const struct check_entry check_activity_checks[];
extern const struct check_entry check_limit_checks[];
extern const struct check_entry check_file_checks[];
extern const struct check_entry check_service_checks[];
extern const struct check_entry check_unit_checks[];
extern const struct check_entry check_application_checks[];
extern const struct check_entry check_production_checks[];

/* The result of the check under way; a worse state replaces a better one. */
void check_ok(struct check_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
void check_skip(struct check_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same of another part of the check: good or skipped, behind what was said before. */
void check_add(struct check_run *run, enum check_state state, const char *format, ...) PRINTF_LIKE(3, 4);
/* `mend` with a NULL ptr: the check's own words. */
void check_found(struct check_run *run, enum check_state state, struct str mend, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* A word of a command to be pasted: as it is where a shell takes it so, else in quotes. */
const char *check_word(struct check_run *run, struct str text);

/* The checks that are statements. */
void check_ask(struct check_run *run);

/* The steps that one attempt to connect answers together. */
void check_try_tls(struct check_run *run);
void check_try_ready(struct check_run *run);
void check_try_slots(struct check_run *run);
void check_try_login(struct check_run *run);
void check_try_database(struct check_run *run);

/* The URL that was meant, redacted, where the scheme is missing or misspelt; a NULL ptr: nothing is likely.
 */
struct str check_meant(struct check_run *run);

/* What mends the failure to connect. */
struct str check_mend_refusal(struct check_run *run);

/* Whether waiting may help against that failure to connect. */
bool check_may_pass(const struct err *failure);

/* "2027-11-11", the last day on which a major version is mended; NULL: not known.  *over: it is behind us. */
const char *check_end_of_life(int major, int64_t wall_us, bool *over);

/* Who rents out the machine of that name. */
struct provider {
    const char *name;
    const char *begins;
    const char *ends;
    bool internal;        /* the name is known within the provider's network only */
    const char *other;    /* where the other name is: of an internal one that for outside, and the reverse */
    const char *variable; /* set for programs that run at the provider; NULL: not known */
    int free_days;        /* a free instance is deleted so long after it was made; 0: it is not */
    const char *free;     /* what else becomes of a free one */
};

/* NULL: none that is known. */
const struct provider *provider_of(struct str host);
/* "oregon" of dpg-a1-a.oregon-postgres.render.com; empty: the name does not say. */
struct str provider_region(struct str host);
/* Of the first host in the URL; a NULL: none that is known. */
const struct provider *check_provider(const struct check_run *run);
void check_provider_name(struct check_run *run);
void check_pool(struct check_run *run);
void check_expiry(struct check_run *run);
void check_server_enabled(struct check_run *run);
/* The service of systemd by the text of /proc/NUMBER/cgroup; empty: none, or a user's own. */
struct str check_service_of(struct str cgroups);

/* The service, and the application in it: what was named, and what can be found from there. */
void check_find_application(struct check_run *run);
bool check_wants_application(const struct check_request *request);
bool check_wants_unit(const struct check_request *request);
bool check_wants_production(const struct check_request *request);
void check_driver(struct check_run *run);
/* Where the application is one of Node, of Ruby; false: it is none, or speaks to no database. */
bool check_driver_node(struct check_run *run);
bool check_driver_ruby(struct check_run *run);
void check_sqlalchemy(struct check_run *run);
void check_code(struct check_run *run);
void check_migrations(struct check_run *run);
void check_query(struct check_run *run);
/* What systemd says of the unit. */
void check_ask_systemd(struct check_run *run);
long check_main_process(struct check_run *run);        /* 0: none, or not known */
struct str check_service_since(struct check_run *run); /* "@1764000000", or empty */
/* `text` is what the variable holds there; nothing of it is shown but its redacted URL. */
void check_compare_url(struct check_run *run, const char *place, const char *variable, struct str text);

/* Asks for one cell; a NULL ptr: there is none, or it may not be asked (*error, where it is wanted). */
struct str check_value(struct check_run *run, const char *sql, struct pgrade_error *error);

enum reach_how {
    REACH_OPEN,
    REACH_UNKNOWN_NAME,
    REACH_REFUSED,
    REACH_TIMEOUT,
    REACH_NO_SOCKET,
    REACH_NO_WAY,
    REACH_OTHER
};

struct reached {
    enum reach_how how;
    int error;   /* of the system */
    char answer; /* to the question for TLS; 0: silence */
};

/* Looks the host up; a name that begins with '/' is the directory of a socket. *addresses: "127.0.0.1, ::1".
 */
struct reached check_look_up(struct arena *arena, const char *host, struct str *addresses);
/* Connects, and asks what a PostgreSQL server answers with one letter. */
struct reached check_reach(struct arena *arena, const char *host, unsigned port, int timeout_ms);

#endif
