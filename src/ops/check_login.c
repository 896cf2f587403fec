/* One attempt to connect, and which step of it failed. */
#include <stdlib.h>
#include <string.h>

#include "ops/check_intern.h"

/* In the order in which the server goes. */
enum step {
    STEP_TLS,
    STEP_READY,
    STEP_SLOTS,
    STEP_LOGIN,
    STEP_DATABASE
};

/* What the server says, ASCII without case; the first that is found speaks. */
static const struct {
    const char *says;
    enum step step;
    bool passes; /* waiting may help */
} failures[] = {
    {"starting up", STEP_READY, true},
    {"shutting down", STEP_READY, true},
    {"in recovery mode", STEP_READY, true},
    {"not yet accepting connections", STEP_READY, true},
    {"not accepting connections", STEP_READY, true},
    {"terminating connection", STEP_READY, true},
    {"server closed the connection", STEP_READY, true},
    {"too many connections for role", STEP_SLOTS, true},
    {"too many c", STEP_SLOTS, true},
    {"remaining connection slots", STEP_SLOTS, true},
    {"no more connections allowed", STEP_SLOTS, true},
    {"pg_hba.conf", STEP_LOGIN, false},
    {"certificate", STEP_TLS, false},
    {"private key", STEP_TLS, false},
    {"ssl", STEP_TLS, false},
    {"permission denied for database", STEP_DATABASE, false},
    {"database \"", STEP_DATABASE, false},
    {"no such database", STEP_DATABASE, false},
    {"connection refused", STEP_READY, true},
    {"no such file or directory", STEP_READY, true},
    {"timeout expired", STEP_READY, true},
    {"could not translate host name", STEP_READY, true},
};

static size_t place_of(const struct err *failure)
{
    size_t place = 0;

    while (place < ARRAY_LENGTH(failures) &&
           !str_contains_nocase(str_from(failure->detail), failures[place].says))
        place++;
    return place;
}

bool check_may_pass(const struct err *failure)
{
    size_t place = place_of(failure);

    return place < ARRAY_LENGTH(failures) && failures[place].passes;
}

static enum step step_of(const struct err *failure)
{
    size_t place = place_of(failure);

    return place < ARRAY_LENGTH(failures) ? failures[place].step : STEP_LOGIN;
}

/* True: this step went well, as far as it was tried. */
static bool try_step(struct check_run *run, enum step step)
{
    const struct url *url = &run->report->url;
    struct err failure = {.code = ERR_NONE};

    if (!run->tried && !core_open(url, run->request->options, &run->db, &failure))
        run->failure = failure;
    run->tried = true;
    if (run->db != NULL || step_of(&run->failure) != step)
        return true;
    check_found(run, CHECK_PROBLEM, check_mend_refusal(run), "%s",
                run->failure.detail[0] != '\0' ? run->failure.detail : run->failure.primary);
    return false;
}

static struct str mode_of(const struct url *url)
{
    struct str mode = url_parameter(url, "sslmode");
    struct str variable = str_from(getenv("PGSSLMODE"));

    if (mode.len > 0)
        return mode;
    return variable.len > 0 ? variable : str_from("prefer");
}

void check_try_tls(struct check_run *run)
{
    struct str mode = mode_of(&run->report->url);
    bool used = run->answer == 'S' && !str_is(mode, "disable") && !str_is(mode, "allow");
    const struct provider *provider = check_provider(run);
    bool outside = provider != NULL && !provider->internal;

    if (!try_step(run, STEP_TLS))
        return;
    if (run->answer == 0) {
        check_skip(run, "the URL names no host that could be asked");
        return;
    }
    if (outside && !used)
        check_found(
            run, CHECK_ADVICE, (struct str)STR("add ?sslmode=require to the URL"),
            "%s's address for the outside is used without encryption: anybody on the way reads and changes "
            "what goes by",
            provider->name);
    else if (url_is_local(&run->report->url))
        check_ok(run, "%s",
                 used ? "encrypted; the server is on this machine"
                      : "not encrypted, and need not be: the server is on this machine");
    else if (!used)
        check_found(run, CHECK_ADVICE,
                    run->answer == 'S'
                        ? (struct str)STR("add ?sslmode=require to the URL; verify-full with "
                                          "sslrootcert=FILE is better")
                        : (struct str)STR("switch TLS on at the server (ssl = on), or go through "
                                          "a tunnel"),
                    "the connection to another machine is not encrypted");
    else
        check_ok(run, "%s (sslmode=%.*s)",
                 str_starts_with(mode, "verify-") ? "encrypted, the certificate is verified"
                                                  : "encrypted, the certificate is not verified",
                 STR_ARGS(mode));
}

void check_try_ready(struct check_run *run)
{
    (void)try_step(run, STEP_READY);
}

void check_try_slots(struct check_run *run)
{
    (void)try_step(run, STEP_SLOTS);
}

void check_try_login(struct check_run *run)
{
    const struct url *url = &run->report->url;

    if (try_step(run, STEP_LOGIN) && url->user.ptr != NULL)
        check_ok(run, "as %.*s", STR_ARGS(url->user));
}

void check_try_database(struct check_run *run)
{
    const struct url *url = &run->report->url;

    if (try_step(run, STEP_DATABASE) && url->database.ptr != NULL)
        check_ok(run, "%.*s", STR_ARGS(url->database));
}
