/*
 * identity.h: root acting as another user for a moment.
 *
 * A server that trusts users of its machine (`peer`) looks at who opens the connection.  All threads of the
 * process change with it, so nothing else may go on meanwhile.
 */
#ifndef PGRADE_BASE_IDENTITY_H
#define PGRADE_BASE_IDENTITY_H

#include "base/proc.h"

/* Only root may; what is opened from now on is opened by that user. */
bool identity_take(const struct proc_user *user, struct err *err) MUST_USE;

/* Root again.  Ends the process where that cannot be: to go on as somebody else would be worse. */
void identity_give_back(void);

#endif
