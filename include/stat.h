/* SPDX-License-Identifier: MIT */
/*
 * Statistics of a series in exact decimals (finance.md 9). Differences from
 * the first value are scaled up by a power of ten before anything is rounded,
 * so a series around 1e-5 keeps 15 significant digits and more. Pure.
 */
#ifndef CARRYWATCH_STAT_H
#define CARRYWATCH_STAT_H

#include "dec.h"

/* A number, or why there is none. */
struct stat_value {
	bool known;
	struct dec v;
	const char *why;	/* when not known */
};

static inline struct stat_value stat_known(struct dec v)
{
	return (struct stat_value){ true, v, NULL };
}

static inline struct stat_value stat_unknown(const char *why)
{
	return (struct stat_value){ false, DEC_ZERO, why };
}

/* "out of range", "no variance": the words are the same everywhere. */
extern const char stat_out_of_range[], stat_no_variance[];

/*
 * The root nearest to the true one at 18 places (a tie cannot be), exact on
 * squares. False below zero.
 */
MUST_USE bool dec_sqrt(struct dec *out, struct dec a);

/* What all of them are made of. */
struct stat_moments {
	size_t n;
	int scale;
	struct dec first;		/* mean = first + above / 10^scale */
	struct dec above;
	/* Times 10^(2 * scale): */
	struct dec squares;		/* sum of (x_t - mean)^2 */
	struct dec lagged;		/* sum of (x_t - mean)(x_t+1 - mean) */
};

/*
 * False when a sum leaves the range. Differences of at most two units of the
 * last place are rounding, not variance, and count as zero.
 */
MUST_USE bool stat_moments_of(struct stat_moments *out, const struct dec *x,
			      size_t n);

/* sum / n; 0 of none */
struct stat_value stat_mean(const struct stat_moments *m);
/* sqrt(squares / (n - 1)); two values at least. */
struct stat_value stat_deviation(const struct stat_moments *m);
/* rho_1 = lagged / squares */
struct stat_value stat_autocorrelation(const struct stat_moments *m);
/* mean / deviation * sqrt(periods), the riskless rate taken as 0 */
struct stat_value stat_sharpe(const struct stat_moments *m, int periods);
/*
 * Lo (2002), FAJ 58:4: SR * q / sqrt(q + 2 * sum_{k<q} (q - k) rho_k) with q
 * periods and SR of one; rho_k = rho_1^k, that is, returns taken as AR(1).
 */
struct stat_value stat_sharpe_lo(const struct stat_moments *m, int periods);
/* n (1 - rho_1) / (1 + rho_1): above n where returns alternate. */
struct stat_value stat_effective(size_t n, struct dec rho_1);

/* max (peak - v) / peak with `start` > 0 as the first peak. */
struct stat_value stat_drawdown(struct dec start, const struct dec *v,
				size_t n);

#endif
