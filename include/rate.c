/* SPDX-License-Identifier: MIT */
/* A daily rate per another interval, for people. */
#include "rate.h"

#include <assert.h>

struct dec rate_from_day(struct dec daily, int32_t interval_s)
{
	struct dec out;

	assert(interval_s > 0 && DAY_S % interval_s == 0);
	if (!dec_div(&out, daily, dec_int(DAY_S / interval_s)))
		return DEC_ZERO;	/* cannot happen: divisor >= 1 */
	return out;
}
