/* SPDX-License-Identifier: MIT */
/*
 * Are files and directories under this user's control alone? Whoever else can
 * write where the database lies can put another one in its place.
 */
#ifndef CARRYWATCH_OURS_H
#define CARRYWATCH_OURS_H

#include "err.h"

/*
 * The directory a writer keeps his files in: of this user or root, and nobody
 * else may write (but for a sticky one such as /tmp). A link of this user's
 * or root's to such a directory is as good; it is how systemd and those who
 * move their data to another disk do it.
 */
MUST_USE bool ours_directory(const char *dir, struct err *err);
/*
 * An open file: regular, of this user; the right of others to write is taken
 * away. `path` is for messages.
 */
MUST_USE bool ours_file(int fd, const char *path, struct err *err);

#endif
