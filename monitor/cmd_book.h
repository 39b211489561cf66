/* SPDX-License-Identifier: MIT */
/* The trading client of an account, wired with its key. */
#ifndef CARRYWATCH_CMD_BOOK_H
#define CARRYWATCH_CMD_BOOK_H

#include "book.h"
#include "config.h"

/* *out without ctx when the account has none. */
MUST_USE bool cmd_book_open(struct book *out, const struct config *config,
			    const struct account *a, uint64_t seed,
			    struct err *err);
void cmd_book_close(struct book *b);

#endif
