/* SPDX-License-Identifier: MIT */
/*
 * The two markets ratesim can play: an invented one that is a pure function
 * of a seed and the minute, and recorded settlements.
 */
#ifndef RATESIM_MARKETS_H
#define RATESIM_MARKETS_H

#include "snapshot.h"

/* Minutes count from the midnight before `origin`. */
MUST_USE bool market_seed_open(struct market_port *out, uint64_t seed,
			       struct instant origin, struct err *err);
/* Columns as in ../shared/data/README.md. */
MUST_USE bool market_csv_open(struct market_port *out, const char *path,
			      struct err *err);

#endif
