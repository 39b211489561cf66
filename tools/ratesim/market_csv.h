/* SPDX-License-Identifier: MIT */
/*
 * Settlements in memory, shared by the reader (csv_read.c) and the market
 * (market_csv.c).
 */
#ifndef RATESIM_MARKET_CSV_H
#define RATESIM_MARKET_CSV_H

#include "markets.h"
#include "settled.h"

struct settlement {
	struct dec rate;		/* per interval */
	struct dec oi;			/* USD; 0: unknown */
	struct instant at;
	int32_t interval_s;
};

struct series {
	struct venue name;
	size_t venue;			/* index, set when all is read */
	struct symbol symbol;
	bool preferred;			/* the contract to take of several */
	struct settlement *rows;	/* by time */
	size_t n, cap;
};

struct csv_market {
	struct venue *venues;
	size_t n_venues;
	struct series *series;
	size_t n_series, cap;
};

/* Errors name file and line. On failure the market is partly filled. */
MUST_USE bool csv_read(struct csv_market *m, const char *path,
		       struct err *err);

#endif
