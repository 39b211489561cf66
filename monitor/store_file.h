/* SPDX-License-Identifier: MIT */
/* The database as a file: who may open it, and how. For store.c and run. */
#ifndef CARRYWATCH_STORE_FILE_H
#define CARRYWATCH_STORE_FILE_H

#include "store.h"

struct store_file {
	bool missing;		/* only with STORE_READ */
	bool foreign;		/* of another user: read, never write */
};

/*
 * Look at the path, and unless `access` is STORE_READ create the file (0600)
 * and its directory (0700). Refuses links, other kinds of files, and for a
 * writer files of other users and directories they can write in.
 */
MUST_USE bool store_file_prepare(struct store_file *out, const char *path,
				 enum store_access access, struct err *err);

#endif
