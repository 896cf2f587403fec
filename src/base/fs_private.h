/* fs_private.h: what the parts of fs.h share. */
#ifndef PGRADE_BASE_FS_PRIVATE_H
#define PGRADE_BASE_FS_PRIVATE_H

#include "base/fs.h"

/* "cannot DOING PATH", with errno's words; returns false. */
bool fs_fail(struct err *err, const char *doing, const char *path);
/* Closes it if it is open; errno stays. */
void fs_close(int descriptor);

#endif
