/* SPDX-License-Identifier: MIT */
/*
 * The account's positions as the trading client has them: read once a poll.
 * Only a whole answer that names our account is good; whatever else comes is
 * unknown, and says nothing about any pair.
 */
#ifndef CARRYWATCH_BOOK_H
#define CARRYWATCH_BOOK_H

#include "arena.h"
#include "held.h"
#include "position.h"

struct book_pair {
	char id[EXTERNAL_ID_MAX];	/* the client's own, unique */
	bool readable;			/* false: there, but malformed */
	struct symbol symbol;
	struct venue venue[2];		/* by enum side */
	struct fact size_usd;
	struct fact entry_divergence_8h;	/* as the service counts it */
	struct instant opened_at;	/* unknown when it is not told */
	struct fact age_hours;
	struct held_leg leg[2];
};

struct book_balance {
	struct venue venue;
	bool well;			/* a balance came, and no error */
};

struct book_view {
	bool asked;			/* the account has a trading client */
	bool good;
	const struct book_pair *pairs;
	size_t n;
	bool balances_good;
	const struct book_balance *balances;
	size_t n_balances;
	char error[160];		/* why it is not good; "" */
};

struct book {
	void *ctx;			/* NULL: there is no trading client */
	/* Never fails: what went wrong stands in out->error. */
	void (*read)(void *ctx, struct book_view *out, int32_t budget_ms,
		     struct arena *arena);
	void (*free)(void *ctx);
};

#endif
