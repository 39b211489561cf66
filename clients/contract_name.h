/* SPDX-License-Identifier: MIT */
/*
 * Which base asset a venue's own contract is about. Knows the tails venues
 * hang behind a name and nothing of any venue.
 */
#ifndef CARRYWATCH_CONTRACT_NAME_H
#define CARRYWATCH_CONTRACT_NAME_H

#include <stdbool.h>

#include "name.h"

/*
 * The base asset of a venue's own name: BTCUSDT, BTC-USD-PERP and XBTUSD
 * give BTC, xyz:TSLA gives TSLA. *preferred: quoted in USDT or bare, the
 * contract to take when a venue has several of one base.
 */
MUST_USE bool contract_base(struct symbol *out, bool *preferred,
			    const char *name, size_t n);

#endif
