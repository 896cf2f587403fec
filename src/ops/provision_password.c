/* The password: which it is to be, and how it is set. */
#include "base/random.h"
#include "engine/postgres/postgres.h"
#include "ops/provision_intern.h"
#include "ops/sql_text.h"

enum {
    PASSWORD_LENGTH = 32 /* of 62 characters: 190 bits */
};

/* Whether the password is the role's.  A server that asks for none proves nothing. */
static bool is_its_password(const struct provision_job *job, const struct url *given, const char *password)
{
    struct engine_options open = {.interrupted = job->options->server.interrupted,
                                  .application_name = "pgrade provision",
                                  .again = true};
    struct err ignored = {.code = ERR_NONE};
    struct engine *engine = NULL;
    struct url url = given != NULL ? *given : (struct url){.kind = URL_POSTGRES};
    bool is = false;

    for (size_t i = 0; !is && (given != NULL ? i == 0 : provision_url(job, i, &url)); i++) {
        url.password = str_from(password);
        is = engine_open(&url, &open, &engine, &ignored) && postgres_used_password(engine);
        engine_close(engine);
        engine = NULL;
        err_clear(&ignored);
    }
    return is;
}

static bool take(struct provision_job *job, const char *password, enum provision_password from, bool set)
{
    job->password = password;
    job->result->password = from;
    job->new_password = set;
    return true;
}

static bool generate(struct provision_job *job, struct err *err)
{
    const char *made;

    return random_letters(job->arena, PASSWORD_LENGTH, &made, err) &&
           take(job, made, PROVISION_GENERATED, true);
}

static bool nothing_to_write(const struct provision_options *options, struct err *err)
{
    err_set(err, ERR_REFUSED, "%s can get no URL: the role %.*s has a password that is not known here",
            options->env_file, STR_ARGS(options->role));
    err_detail(err, "nothing was changed");
    return err_hint(err, "--rotate makes a new one, and whoever uses the old one has to get it; or "
                         "--password-file FILE");
}

/*
 * A role that is new, or was not done with, gets one: that of the env file where it has one, which an
 * interrupted run may have written.  One that is in use keeps what it has, unless another was asked for.
 */
bool provision_choose_password(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    bool open = !job->role.there || job->role.begun;

    if (!provision_look_env(job, err))
        return false;
    if (options->password != NULL)
        return take(job, options->password, PROVISION_GIVEN,
                    open || !is_its_password(job, NULL, options->password));
    if (options->rotate)
        return generate(job, err);
    if (job->has_env) {
        const char *kept = str_cstr(job->arena, job->in_env.password);

        if (open)
            return take(job, kept, PROVISION_KEPT, true);
        if (is_its_password(job, &job->in_env, kept))
            return take(job, kept, PROVISION_KEPT, false);
        job->stale_env = true;
        return true;
    }
    if (open)
        return generate(job, err);
    return options->env_file == NULL || nothing_to_write(options, err);
}

/* So that a run that ends between the file and the server is finished by the next. */
static bool mark_begun(struct provision_job *job, struct err *err)
{
    if (job->role.remarked || job->role.begun || !job->role.there)
        return true;
    return provision_do(job, job->engine,
                        sql_text(job->arena, "COMMENT ON ROLE %I IS %L", job->options->role,
                                 (struct str)STR(PROVISION_BEGUN)),
                        err);
}

static bool mark_done(struct provision_job *job, struct err *err)
{
    if (job->role.remarked)
        return true;
    return provision_do(
        job, job->engine,
        sql_text(job->arena, "COMMENT ON ROLE %I IS %L", job->options->role, (struct str)STR(PROVISION_MARK)),
        err);
}

static bool alter(struct provision_job *job, struct err *err)
{
    struct str role = job->options->role;
    struct str encrypted = {NULL, 0};

    if (!job->options->dry_run && !postgres_encrypt_password(job->engine, job->arena, job->password,
                                                             str_cstr(job->arena, role), &encrypted, err))
        return false;
    return provision_do_secret(job, job->engine,
                               sql_text(job->arena, "ALTER ROLE %I PASSWORD %L", role, encrypted),
                               sql_text(job->arena, "ALTER ROLE %I PASSWORD '***'", role), err);
}

static const char *how(enum provision_password password)
{
    switch (password) {
    case PROVISION_GENERATED: return "generated";
    case PROVISION_GIVEN: return "as given";
    case PROVISION_KEPT: return "that of the env file";
    case PROVISION_UNKNOWN: break;
    }
    return "not known here: it was told once; --rotate makes a new one";
}

static void tell(struct provision_job *job)
{
    const struct provision_options *options = job->options;
    bool had_one = job->role.there && !job->role.begun;

    if (job->stale_env)
        provision_step(job, "password", options->role, PROVISION_OTHER,
                       "that in %s does not log in: --rotate makes a new one", options->env_file);
    else if (job->new_password)
        provision_step(job, "password", options->role, had_one ? PROVISION_CHANGED : PROVISION_MADE,
                       "%s; sent encrypted (SCRAM-SHA-256)", how(job->result->password));
    else
        provision_step(job, "password", options->role, job->password != NULL ? PROVISION_WAS : PROVISION_LEFT,
                       "%s", how(job->result->password));
}

/* The file first, the server's COMMIT last: the next run knows the password of one that ends between. */
bool provision_set_password(struct provision_job *job, struct err *err)
{
    (void)provision_url(job, 0, &job->result->url);
    tell(job);
    if (!job->new_password)
        return provision_write_env(job, err) && (!job->role.begun || mark_done(job, err));
    return mark_begun(job, err) && provision_do(job, job->engine, (struct str)STR("BEGIN"), err) &&
           alter(job, err) && mark_done(job, err) && provision_write_env(job, err) &&
           provision_do(job, job->engine, (struct str)STR("COMMIT"), err);
}
