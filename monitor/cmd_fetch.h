/* SPDX-License-Identifier: MIT */
/* One look at the funding-rate service from a command. */
#ifndef CARRYWATCH_CMD_FETCH_H
#define CARRYWATCH_CMD_FETCH_H

#include "cli.h"
#include "ports.h"

/* The funding service of a configuration as a source; the caller frees it. */
MUST_USE bool cmd_source_open(struct source *out, const struct config *config,
			      uint64_t seed, struct err *err);

/*
 * The market now, sealed, in the command's arena; `first` venues are asked
 * whatever the account uses. Failed requests stand in the market.
 */
MUST_USE bool cmd_fetch(struct market *out, const struct cli *c,
			const struct account *a, const struct venue *first,
			size_t n_first, struct err *err);
/* The quote's daily rate, only if it is usable. */
struct fact cmd_fetch_daily(const struct quote *q);

#endif
