/* SPDX-License-Identifier: MIT */
/*
 * What a pair has earned and will earn (finance.md 3, 5, 6, 7). Settled money
 * is the ledger's; an estimate is named one and stands in no sum. Pure.
 */
#ifndef CARRYWATCH_VIEW_MONEY_H
#define CARRYWATCH_VIEW_MONEY_H

#include "facts.h"
#include "store.h"

enum view_even_state { EVEN_UNKNOWN, EVEN_DONE, EVEN_AHEAD, EVEN_NEVER };

/* When settlements by schedule, at the rates of now, have paid a cost. */
struct view_even {
	enum view_even_state state;
	enum why why;			/* EVEN_UNKNOWN */
	struct span after;		/* EVEN_AHEAD */
};

struct view_money {
	struct fact price_at[2];	/* mark prices; closed: exit prices */
	struct fact price_usd;		/* of both legs at them */
	struct fact funding_usd;	/* booked while held, of the known */
	struct fact accrued_usd;	/* not settled yet: an estimate */
	struct fact realised_usd;	/* what was really paid and received */
	struct fact open_usd;		/* price of what is still held */
	struct fact net_usd;		/* all but the unknown price */
	struct fact after_usd;		/* hypothetical, had it been kept */
	struct fact expected_usd, reported_usd;	/* where both are known */
	/* Net for each dollar of one leg, and of capital; simple, a year. */
	struct fact capital_usd, on_notional, on_capital;
	struct fact apr_notional, apr_capital;
	struct fact day_usd;		/* expected in 24 h, by schedule */
	struct view_even all_in, exit_only;
	/* Settlements, and those of unknown amount: */
	int n, n_unknown, n_after, n_after_unknown;
	int n_reported, n_late;
	/* The running sum of the store, and whether the rows agree with it. */
	struct funding running;
	bool sums_differ;
};

struct view_money_ask {
	const struct position *position;
	const struct facts *facts;
	const struct settlement *rows;
	size_t n_rows;
	bool summed;			/* no rows were read: `running` is all */
	bool unscheduled;		/* an open leg nobody knows when it pays */
	struct funding running;
	struct fact mark[2];		/* mark prices of an open pair */
	struct fact accrued[2];		/* of each leg */
	struct dec capital_share;	/* of size_usd */
	struct span age;
};

void view_count_money(struct view_money *m, const struct view_money_ask *a);

/* Both legs at these prices; unknown when one is (finance.md 7). */
struct fact view_price(const struct position *p, const struct fact price[2]);
/* Funding less fees and slippage, and the price where it is known. */
struct fact view_net(const struct position *p, struct fact funding,
		     struct fact price);

/*
 * Simple, per year: gain / base / days * 365. Unknown under an hour, and for
 * a base that is not above zero.
 */
struct fact view_apr(struct fact gain, struct fact base, struct span age);

#endif
