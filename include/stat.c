/* SPDX-License-Identifier: MIT */
/*
 * Statistics without floating point. Every step is one decimal operation,
 * rounded half-even at 18 places; what does not fit is said, never wrapped.
 */
#include "stat.h"

#define SCALED_BELOW	10000	/* squares of it, a thousand million of them */
#define SCALE_MAX	18

const char stat_out_of_range[] = "out of range";
const char stat_no_variance[] = "no variance";

/* ---- root ---- */

static bool square_above(struct dec x, struct dec y, struct dec a)
{
	return dec_cmp_mul(x, y, a, dec_int(1)) > 0;
}

/*
 * Newton from above: falls until rounding holds it within a unit or two, and
 * never more than 3/4 of a unit below: a quotient is rounded by half a unit,
 * its half by another.
 */
static bool newton(struct dec *x, struct dec a)
{
	struct dec next, quotient;

	for (;;) {
		if (!dec_div(&quotient, a, *x) ||
		    !dec_add(&next, *x, quotient) ||
		    !dec_div(&next, next, dec_int(2)))
			return false;
		if (dec_cmp(next, *x) >= 0)
			return true;
		*x = next;
	}
}

bool dec_sqrt(struct dec *out, struct dec a)
{
	const struct dec most = dec_int(INT64_C(20000000000));
	struct dec x = dec_cmp(a, dec_int(1)) < 0 ? dec_int(1) : a, above;

	if (dec_sign(a) <= 0) {
		*out = DEC_ZERO;
		return dec_sign(a) == 0;
	}
	if (dec_cmp(x, most) > 0)
		x = most;
	if (!newton(&x, a))
		return false;
	while (square_above(x, x, a))
		if (!dec_sub(&x, x, DEC_UNIT))
			return false;
	if (!dec_add(&above, x, DEC_UNIT))
		return false;
	/* In units: (m + 1/2)^2 < a is m (m + 1) < a, a being whole. */
	*out = dec_cmp_mul(x, above, a, dec_int(1)) < 0 ? above : x;
	return true;
}

/* ---- moments ---- */

static int64_t power(int places)
{
	int64_t p = 1;

	while (places-- > 0)
		p *= 10;
	return p;
}

/* The largest power of ten that keeps every difference below the limit. */
static bool choose_scale(struct stat_moments *m, bool *flat,
			 const struct dec *x)
{
	const struct dec limit = dec_int(SCALED_BELOW);
	const struct dec rounded = { 2 };	/* units it may leave */
	struct dec largest = DEC_ZERO, d;

	for (size_t i = 0; i < m->n; i++) {
		if (!dec_sub(&d, x[i], m->first))
			return false;
		if (dec_cmp(dec_abs(d), largest) > 0)
			largest = dec_abs(d);
	}
	*flat = dec_cmp(largest, rounded) <= 0;
	for (m->scale = 0; m->scale < SCALE_MAX; m->scale++)
		if (!dec_mul_int(&d, largest, power(m->scale + 1)) ||
		    dec_cmp(d, limit) >= 0)
			break;
	return true;
}

/* x - first, scaled; exact. */
static bool difference(struct dec *out, const struct stat_moments *m,
		       struct dec x)
{
	return dec_sub(out, x, m->first) &&
	       dec_mul_int(out, *out, power(m->scale));
}

static bool mean_above(struct stat_moments *m, const struct dec *x)
{
	struct dec d, sum = DEC_ZERO;

	for (size_t i = 0; i < m->n; i++)
		if (!difference(&d, m, x[i]) || !dec_add(&sum, sum, d))
			return false;
	return dec_div(&m->above, sum, dec_int((int64_t)m->n));
}

static bool add_product(struct dec *sum, struct dec a, struct dec b)
{
	struct dec product;

	return dec_mul(&product, a, b) && dec_add(sum, *sum, product);
}

bool stat_moments_of(struct stat_moments *out, const struct dec *x, size_t n)
{
	struct dec d, before = DEC_ZERO;
	bool flat;

	*out = (struct stat_moments){ .n = n };
	if (n == 0)
		return true;
	out->first = x[0];
	if (!choose_scale(out, &flat, x) || !mean_above(out, x))
		return false;
	for (size_t i = 0; i < n && !flat; i++) {
		if (!difference(&d, out, x[i]) ||
		    !dec_sub(&d, d, out->above) ||
		    !add_product(&out->squares, d, d) ||
		    !add_product(&out->lagged, before, d))
			return false;
		before = d;
	}
	return true;
}

/* ---- what is told of them ---- */

static const char *unfit(const struct stat_moments *m)
{
	return m->n < 2 ? "less than 2 values" :
	       dec_sign(m->squares) == 0 ? stat_no_variance : NULL;
}

/* Times 10^scale. */
static bool scaled_deviation(struct dec *out, const struct stat_moments *m)
{
	return dec_div(out, m->squares, dec_int((int64_t)m->n - 1)) &&
	       dec_sqrt(out, *out);
}

static struct stat_value value_of(bool fits, struct dec v)
{
	return fits ? stat_known(v) : stat_unknown(stat_out_of_range);
}

struct stat_value stat_deviation(const struct stat_moments *m)
{
	struct dec v = DEC_ZERO;

	if (m->n < 2)
		return stat_unknown(unfit(m));
	return value_of(scaled_deviation(&v, m) &&
			dec_div(&v, v, dec_int(power(m->scale))), v);
}

struct stat_value stat_autocorrelation(const struct stat_moments *m)
{
	struct dec v = DEC_ZERO;

	if (unfit(m))
		return stat_unknown(unfit(m));
	return value_of(dec_div(&v, m->lagged, m->squares), v);
}

struct stat_value stat_mean(const struct stat_moments *m)
{
	struct dec v = DEC_ZERO;

	return value_of(dec_div(&v, m->above, dec_int(power(m->scale))) &&
			dec_add(&v, v, m->first), v);
}

/* mean * factor / deviation */
static bool ratio(struct dec *out, const struct stat_moments *m,
		  struct dec factor)
{
	struct dec deviation, mean;

	return scaled_deviation(&deviation, m) &&
	       dec_mul_int(&mean, m->first, power(m->scale)) &&
	       dec_add(&mean, mean, m->above) &&
	       dec_mul(&mean, mean, factor) && dec_div(out, mean, deviation);
}

struct stat_value stat_sharpe(const struct stat_moments *m, int periods)
{
	struct dec root, v = DEC_ZERO;

	if (unfit(m))
		return stat_unknown(unfit(m));
	return value_of(dec_sqrt(&root, dec_int(periods)) &&
			ratio(&v, m, root), v);
}

/* q + 2 * sum_{k<q} (q - k) rho^k */
static bool variance_ratio(struct dec *out, struct dec rho, int q)
{
	struct dec rho_k = dec_int(1), term;

	*out = dec_int(q);
	for (int k = 1; k < q; k++) {
		if (!dec_mul(&rho_k, rho_k, rho) ||
		    !dec_mul_int(&term, rho_k, 2 * (int64_t)(q - k)) ||
		    !dec_add(out, *out, term))
			return false;
	}
	return true;
}

struct stat_value stat_sharpe_lo(const struct stat_moments *m, int periods)
{
	struct stat_value rho = stat_autocorrelation(m);
	struct dec root, v = DEC_ZERO;

	if (!rho.known)
		return rho;
	if (!variance_ratio(&root, rho.v, periods) ||
	    !dec_sqrt(&root, root) || dec_sign(root) == 0)
		return stat_unknown(stat_out_of_range);
	return value_of(dec_div(&root, dec_int(periods), root) &&
			ratio(&v, m, root), v);
}

struct stat_value stat_effective(size_t n, struct dec rho_1)
{
	const struct dec one = dec_int(1);
	struct dec less, more, v = DEC_ZERO;

	if (dec_cmp(dec_abs(rho_1), one) >= 0)
		return stat_unknown("autocorrelation not within -1 and 1");
	return value_of(dec_sub(&less, one, rho_1) &&
			dec_add(&more, one, rho_1) &&
			dec_mul_int(&less, less, (int64_t)n) &&
			dec_div(&v, less, more), v);
}

struct stat_value stat_drawdown(struct dec start, const struct dec *v,
				size_t n)
{
	struct dec peak = start, deepest = DEC_ZERO, below;

	if (dec_sign(start) <= 0)
		return stat_unknown("no starting capital");
	for (size_t i = 0; i < n; i++) {
		if (dec_cmp(v[i], peak) > 0)
			peak = v[i];
		if (!dec_sub(&below, peak, v[i]) ||
		    !dec_div(&below, below, peak))
			return stat_unknown(stat_out_of_range);
		if (dec_cmp(below, deepest) > 0)
			deepest = below;
	}
	return stat_known(deepest);
}
