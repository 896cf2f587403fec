#include "base/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool identity_take(const struct proc_user *user, struct err *err)
{
    if (seteuid(user->uid) == 0)
        return true;
    err_set(err, ERR_FAILED, "cannot act as the user %s", user->name);
    return err_detail(err, "%s", strerror(errno));
}

void identity_give_back(void)
{
    if (seteuid(0) != 0)
        abort();
}
