/*
 * pgrade.h: what programs around pgrade may rely on.
 *
 * The exit statuses of the program, which are also the classes of its errors ("status" in --json).  They are
 * a contract: numbers are never reused.
 */
#ifndef PGRADE_H
#define PGRADE_H

enum pgrade_status {
    PGRADE_DONE = 0,     /* done, and verified where the command verifies */
    PGRADE_FAILED = 1,   /* failed; what was and was not done is said */
    PGRADE_USAGE = 2,    /* wrong usage; nothing was touched */
    PGRADE_DECISION = 3, /* stopped before anything was published: a decision is needed */
    PGRADE_REFUSED =
        4, /* the target is not empty, the confirmation is missing, the source was being written */
    PGRADE_UNREACHABLE = 5, /* cannot reach or may not use a database */
    PGRADE_SHORTFALL = 6    /* done and published, with accepted shortfalls */
};

#endif
