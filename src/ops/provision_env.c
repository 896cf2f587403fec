/* The env file: whose URL it holds, and the new one put into it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "ops/env_file.h"
#include "ops/provision_intern.h"

/* The value of the key, understood; *found: there is one that names a PostgreSQL or a file. */
static bool read_env(struct arena *arena, const struct provision_options *options, struct url *url,
                     bool *found, struct err *err)
{
    struct err ignored = {.code = ERR_NONE};
    struct env_file file;
    struct str text;

    *found = false;
    if (!env_file_read(arena, options->env_file, &file, err))
        return false;
    text = dotenv_get(&file.dotenv, options->key);
    *found = text.len > 0 && url_parse(arena, text, url, &ignored);
    return true;
}

static bool is_of(const struct provision_options *options, const struct url *url)
{
    return url->kind == URL_POSTGRES && url->user.ptr != NULL && url->database.ptr != NULL &&
           str_equal(url->user, options->role) && str_equal(url->database, options->database);
}

/* What would fail when the URL is written fails before anything is made. */
static bool check_env(struct arena *arena, const struct provision_options *options, struct err *err)
{
    const char *directory = fs_directory_of(arena, options->env_file);
    struct str nothing = {NULL, 0};
    struct buf out;
    bool done;

    buf_init(&out, BUF_TEXT_MAXIMUM);
    done = dotenv_set(&out, nothing, options->env_file, options->key, nothing, err);
    buf_free(&out);
    if (!done || access(directory, W_OK | X_OK) == 0)
        return done;
    err_set(err, ERR_IO, "%s cannot be written", options->env_file);
    return err_detail(err, "%s: %s", directory, strerror(errno));
}

/* A text without a scheme is a path, if there is such a file; else it may be anything, a password too. */
static bool may_be_shown(struct arena *arena, struct str text, const struct url *url)
{
    return url->kind == URL_POSTGRES || !str_equal(str_trim(text), str_trim(url->path)) ||
           fs_exists(str_cstr(arena, url->path));
}

bool provision_env_other(struct arena *arena, const struct provision_options *options, struct str *other,
                         struct err *err)
{
    struct err ignored = {.code = ERR_NONE};
    struct env_file file;
    struct str text;
    struct url url;

    *other = (struct str){NULL, 0};
    if (options->env_file == NULL)
        return true;
    if (!check_env(arena, options, err) || !env_file_read(arena, options->env_file, &file, err))
        return false;
    text = dotenv_get(&file.dotenv, options->key);
    if (text.len == 0)
        return true;
    if (!url_parse(arena, text, &url, &ignored) || !may_be_shown(arena, text, &url))
        *other = str_from("something that is no URL");
    else if (!is_of(options, &url))
        *other = url_redacted(arena, &url);
    return true;
}

bool provision_look_env(struct provision_job *job, struct err *err)
{
    struct url url;
    bool found;

    if (job->options->env_file == NULL)
        return true;
    if (!read_env(job->arena, job->options, &url, &found, err))
        return false;
    job->has_env = found && is_of(job->options, &url) && url.password.len > 0;
    if (job->has_env)
        job->in_env = url;
    return true;
}

bool provision_write_env(struct provision_job *job, struct err *err)
{
    const struct provision_options *options = job->options;
    struct url *url = &job->result->url;
    struct str other;

    if (options->env_file == NULL || job->password == NULL || options->dry_run)
        return true;
    if (job->has_env && !job->new_password) {
        *url = job->in_env;
        return true;
    }
    /* Of this database only the password is new: whatever else the URL says was wanted so. */
    if (job->has_env)
        *url = job->in_env;
    url->password = str_from(job->password);
    if (!provision_env_other(job->arena, options, &other, err) ||
        !env_file_set(options->env_file, options->key, url_text(job->arena, url, URL_LIBPQ),
                      other.ptr != NULL, err))
        return false;
    job->result->env_written = true;
    return true;
}
