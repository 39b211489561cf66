/* SPDX-License-Identifier: MIT */
/* What dec.c and dec_text.c share: the magnitude behind the sign. */
#ifndef CARRYWATCH_DEC_UNITS_H
#define CARRYWATCH_DEC_UNITS_H

#include "dec.h"

#define PLACES	DEC_PLACES
#define MAX_MAG	(((u128)1 << 127) - 1)	/* the range is symmetric */

static inline u128 magnitude(struct dec a)
{
	return a.e18 < 0 ? -(u128)a.e18 : (u128)a.e18;
}

static inline bool make(struct dec *out, bool negative, u128 m)
{
	if (m > MAX_MAG)
		return false;
	out->e18 = negative ? -(__int128)m : (__int128)m;
	return true;
}

#endif
