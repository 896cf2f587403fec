/* Providers, by the names of their machines, and when a server that they lend ends. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "ops/check_intern.h"

enum {
    DAY_S = 86400,
    DATE_LENGTH = 10, /* of "2026-12-31" */
    SOON_DAYS = 14,   /* an end is told as advice from then on */
    GRACE_DAYS = 30   /* a server so far behind its end is none of those that end */
};

/* As the providers' pages had it in 2026.  The first row that fits speaks. */
static const struct provider providers[] = {
    {.name = "Render",
     .begins = "dpg-",
     .ends = "-a",
     .internal = true,
     .variable = "RENDER",
     .free_days = 30,
     .other = "\"External Database URL\" on the database's page"},
    {.name = "Render",
     .begins = "dpg-",
     .ends = ".render.com",
     .variable = "RENDER",
     .free_days = 30,
     .other = "\"Internal Database URL\" on the database's page"},
    {.name = "Railway",
     .begins = "",
     .ends = ".railway.internal",
     .internal = true,
     .variable = "RAILWAY_ENVIRONMENT",
     .other = "DATABASE_PUBLIC_URL among the database's variables"},
    {.name = "Railway",
     .begins = "",
     .ends = ".proxy.rlwy.net",
     .variable = "RAILWAY_ENVIRONMENT",
     .free = "is stopped when the trial's credit is used up",
     .other = "DATABASE_URL among the database's variables"},
    {.name = "Fly.io",
     .begins = "",
     .ends = ".flycast",
     .internal = true,
     .variable = "FLY_APP_NAME",
     .other = "`fly proxy 5432 -a APP`, then host 127.0.0.1"},
    {.name = "a private network (Fly.io, Google Cloud)",
     .begins = "",
     .ends = ".internal",
     .internal = true,
     .other = "a proxy or a public address of it"},
    {.name = "a Kubernetes cluster",
     .begins = "",
     .ends = ".svc.cluster.local",
     .internal = true,
     .variable = "KUBERNETES_SERVICE_HOST",
     .other = "`kubectl port-forward`, then host 127.0.0.1"},
    {.name = "DigitalOcean",
     .begins = "private-",
     .ends = ".db.ondigitalocean.com",
     .internal = true,
     .other = "\"Public network\" among the connection details"},
    {.name = "DigitalOcean", .begins = "", .ends = ".db.ondigitalocean.com"},
    {.name = "Heroku", .begins = "", .ends = ".compute-1.amazonaws.com", .variable = "DYNO"},
    {.name = "Amazon RDS", .begins = "", .ends = ".rds.amazonaws.com"},
    {.name = "Azure", .begins = "", .ends = ".postgres.database.azure.com"},
    {.name = "Neon",
     .begins = "",
     .ends = ".neon.tech",
     .free = "sleeps when nobody asks: the first connection after that takes longer"},
    {.name = "Supabase",
     .begins = "",
     .ends = ".supabase.co",
     .free = "is paused after a week in which nobody asked"},
    {.name = "Supabase",
     .begins = "",
     .ends = ".supabase.com",
     .free = "is paused after a week in which nobody asked"},
    {.name = "Aiven", .begins = "", .ends = ".aivencloud.com", .free = "is powered off when nobody uses it"},
};

const struct provider *provider_of(struct str host)
{
    for (size_t i = 0; i < ARRAY_LENGTH(providers); i++)
        if (str_starts_with(host, providers[i].begins) && str_ends_with(host, providers[i].ends))
            return &providers[i];
    return NULL;
}

/* The second label, up to its '-', as Render has it, or the label before rds, as Amazon. */
struct str provider_region(struct str host)
{
    const struct provider *provider = provider_of(host);
    ptrdiff_t dot = str_find(host, '.');
    struct str label;

    if (provider == NULL || provider->internal || dot < 0)
        return (struct str){NULL, 0};
    label = str_slice(host, (size_t)dot + 1, host.len);
    if (str_is(str_from(provider->name), "Render")) {
        ptrdiff_t end = str_find(label, '-');

        return str_slice(label, 0, end < 0 ? 0 : (size_t)end);
    }
    if (!str_is(str_from(provider->name), "Amazon RDS") || str_find(label, '.') < 0)
        return (struct str){NULL, 0};
    label = str_slice(label, (size_t)str_find(label, '.') + 1, label.len);
    return str_slice(label, 0, (size_t)str_find(label, '.'));
}

const struct provider *check_provider(const struct check_run *run)
{
    const struct url *url = &run->report->url;

    return run->report->parsed && url->hosts.count > 0 ? provider_of(url->hosts.items[0].name) : NULL;
}

void check_provider_name(struct check_run *run)
{
    const struct provider *provider = check_provider(run);
    struct str region;

    if (!run->report->parsed) {
        check_skip(run, "the URL could not be understood");
        return;
    }
    if (provider == NULL) {
        check_ok(run, "none whose names are known");
        return;
    }
    region = provider_region(run->report->url.hosts.items[0].name);
    if (!provider->internal && provider->variable != NULL && getenv(provider->variable) != NULL &&
        provider->other != NULL)
        check_found(
            run, CHECK_ADVICE, str_printf(run->arena, "take %s", provider->other),
            "this runs at %s (%s is set), and the host is its address for the outside: slower, counted as "
            "traffic, and open to the world",
            provider->name, provider->variable);
    check_ok(run, "%s, %s%s%.*s", provider->name,
             provider->internal ? "its name for inside" : "its name for outside",
             region.len > 0 ? ", region " : "", STR_ARGS(region));
}

bool check_day(const char *text, int64_t *day)
{
    struct str date = str_from(text);
    struct tm parts = {0};
    int64_t year;
    int64_t month;
    int64_t of_month;
    time_t moment;

    if (date.len != DATE_LENGTH || text[4] != '-' || text[7] != '-' ||
        !str_to_int64(str_slice(date, 0, 4), &year) || !str_to_int64(str_slice(date, 5, 7), &month) ||
        !str_to_int64(str_slice(date, 8, DATE_LENGTH), &of_month))
        return false;
    parts.tm_year = (int)year - 1900;
    parts.tm_mon = (int)month - 1;
    parts.tm_mday = (int)of_month;
    moment = timegm(&parts);
    *day = (int64_t)moment / DAY_S;
    /* A day that is none was made another one. */
    return moment >= 0 && parts.tm_mday == of_month && parts.tm_mon == month - 1;
}

static const char move[] = "pgrade move OLD NEW   # before that day: all databases to a new server";

static void tell_end(struct check_run *run, int64_t left, const char *date)
{
    struct str mend = STR(move);

    if (left < 0)
        check_found(run, CHECK_PROBLEM, mend, "its last day was %s: %" PRId64 " days ago", date, -left);
    else if (left <= SOON_DAYS)
        check_found(run, CHECK_PROBLEM, mend, "its last day is %s: %" PRId64 " days are left", date, left);
    else
        check_ok(run, "its last day is %s, in %" PRId64 " days", date, left);
}

/* A cluster's number has the moment of its making in its upper half (PostgreSQL's xlog.c). */
static void tell_free(struct check_run *run, const struct provider *provider, int64_t today)
{
    static const char made_sql[] =
        "SELECT (system_identifier >> 32)::text FROM pg_catalog.pg_control_system()";
    struct str text = check_value(run, made_sql, NULL);
    int64_t made;
    int64_t left;

    if (text.len == 0 || !str_to_int64(text, &made)) {
        check_skip(
            run,
            "a free instance at %s is deleted after %d days, and the server does not tell since when it "
            "is there: --expires DATE",
            provider->name, provider->free_days);
        return;
    }
    left = made / DAY_S + provider->free_days - today;
    text = str_slice(clock_text(run->arena, (made + (int64_t)provider->free_days * DAY_S) * 1000000), 0,
                     DATE_LENGTH);
    if (left < -GRACE_DAYS)
        check_ok(run, "older than a free instance at %s gets", provider->name);
    else
        check_found(run, left <= SOON_DAYS ? CHECK_PROBLEM : CHECK_ADVICE,
                    str_printf(run->arena, "%s; of an instance that is paid for: --skip expiry", move),
                    "if this is a free instance, %s deletes it %d days after it was made, on %.*s",
                    provider->name, provider->free_days, STR_ARGS(text));
}

void check_expiry(struct check_run *run)
{
    const struct provider *provider = check_provider(run);
    int64_t today = clock_wall_us() / 1000000 / DAY_S;
    int64_t day;

    if (run->request->expires != NULL && check_day(run->request->expires, &day))
        tell_end(run, day - today, run->request->expires);
    else if (provider != NULL && provider->free_days > 0 && run->db != NULL)
        tell_free(run, provider, today);
    else if (provider != NULL && provider->free != NULL)
        check_skip(run, "a free instance at %s %s; a date is not known: --expires DATE", provider->name,
                   provider->free);
    else if (run->report->parsed && url_is_local(&run->report->url))
        check_ok(run, "the server is on this machine");
    else
        check_skip(run, "no date is known: --expires DATE");
}
