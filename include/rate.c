/* SPDX-License-Identifier: MIT */
/* The one way from a rate to a number: through the daily rate. */
#include "rate.h"

#include "instant.h"

#include <assert.h>

bool rate_per_day(struct dec *out, struct rate r)
{
	if (r.interval_s <= 0 || DAY_S % r.interval_s != 0)
		return false;
	return dec_mul_int(out, r.fraction, DAY_S / r.interval_s);
}

struct dec rate_from_day(struct dec daily, int32_t interval_s)
{
	struct dec out;

	assert(interval_s > 0 && DAY_S % interval_s == 0);
	if (!dec_div(&out, daily, dec_int(DAY_S / interval_s)))
		return DEC_ZERO;	/* cannot happen: divisor >= 1 */
	return out;
}
