/* SPDX-License-Identifier: MIT */
/*
 * What a venue really paid, once, as recorded by somebody: the rows that
 * history is made of. Whoever has them is a source to be pulled from, row
 * by row in the order of time.
 */
#ifndef CARRYWATCH_SETTLED_H
#define CARRYWATCH_SETTLED_H

#include "fact.h"
#include "instant.h"
#include "name.h"
#include "rate.h"

#define CONTRACT_TEXT_MAX 40

struct settled {
	struct venue venue;
	struct symbol symbol;		/* base asset of the contract */
	char contract[CONTRACT_TEXT_MAX];	/* the venue's own name */
	bool preferred;			/* of several of one base: this one */
	size_t series;			/* (venue, contract) by first coming */
	struct instant at;		/* on the grid of its interval */
	struct rate rate;		/* of this one interval */
	struct fact mark_price, oi_usd;
};

enum pulled { PULLED_ROW, PULLED_END, PULLED_FAILED };

/*
 * Rows by time, then venue, then contract; none of a series twice at one
 * time. After PULLED_FAILED *err says where and what.
 */
struct settled_source {
	void *ctx;
	enum pulled (*next)(void *ctx, struct settled *out, struct err *err);
};

#endif
