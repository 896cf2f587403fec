/*
 * dotenv_readers.h: who else reads an env file, and what they read otherwise.
 *
 * A line that pgrade understands means the same to all of these, unless an oddity is named here.  Rules:
 * python-dotenv 0.21 (parser.py, variables.py; `load_dotenv()` as it comes), systemd 252 (env-file.c, for
 * EnvironmentFile=), docker 20.10 (opts/file.go, for `docker run --env-file`), POSIX sh (`set -a; . FILE`).
 */
#ifndef PGRADE_URL_DOTENV_READERS_H
#define PGRADE_URL_DOTENV_READERS_H

#include "url/dotenv.h"

enum dotenv_reader {
    DOTENV_PYTHON,
    DOTENV_SYSTEMD,
    DOTENV_DOCKER,
    DOTENV_SHELL
};

struct dotenv_oddity {
    enum dotenv_reader reader;
    const char *what; /* "keeps the quotes" */
};

const char *dotenv_reader_name(enum dotenv_reader reader);

/* What others make of this entry of the text; *count of them, in a fixed order. */
struct dotenv_oddity *dotenv_oddities(struct arena *arena, struct str text, const struct dotenv_entry *entry,
                                      size_t *count);

#endif
