/*
 * secrets.h: what others on this machine could see of a process that knows passwords.
 *
 * Its command line is everybody's to read (`ps`), and a URL on it may hold a password: the words are copied
 * and the secrets among them blanked, which takes effect as soon as the program runs; what the shell keeps in
 * its history nobody can take back.  An image of its memory (a core dump) holds every password that was used:
 * the system is told to make none.
 */
#ifndef PGRADE_CLI_SECRETS_H
#define PGRADE_CLI_SECRETS_H

#include "base/arena.h"

/* The words to go by from here on. */
char **secrets_hide(struct arena *arena, int count, char **words);

#endif
