/* SPDX-License-Identifier: MIT */
/*
 * The short ways of dec.h, in the callers' code: sums, and products of
 * numbers small enough for the machine's own multiplication. What does not
 * fit goes the long way in dec.c; both give the same result, always.
 * Included by dec.h and by nobody else.
 */
#ifndef CARRYWATCH_DEC_INLINE_H
#define CARRYWATCH_DEC_INLINE_H

__extension__ typedef unsigned __int128 u128;

/* -2^127, the one value of the machine that is none of ours. */
#define DEC_NOT_OURS ((__int128)((u128)1 << 127))

/* The long ways. */
MUST_USE bool dec_mul_int_long(struct dec *out, struct dec a, int64_t n);
int dec_cmp_mul_long(struct dec a, struct dec b, struct dec c, struct dec d);
int dec_cmp_mul3_long(struct dec a, struct dec b, struct dec c,
		      struct dec d, struct dec e, struct dec f);

static inline struct dec dec_neg(struct dec a)	/* the range is symmetric */
{
	return (struct dec){ -a.e18 };
}

static inline struct dec dec_abs(struct dec a)
{
	return (struct dec){ a.e18 < 0 ? -a.e18 : a.e18 };
}

static inline int dec_sign(struct dec a)
{
	return (a.e18 > 0) - (a.e18 < 0);
}

static inline bool dec_same(struct dec a, struct dec b)
{
	return a.e18 == b.e18;
}

static inline int dec_cmp(struct dec a, struct dec b)
{
	return a.e18 < b.e18 ? -1 : a.e18 > b.e18;
}

/* Below 9.22 or so: units of one machine word, as rates and shares are. */
static inline bool dec_is_short(struct dec a)
{
	return a.e18 == (int64_t)a.e18;
}

static inline __int128 dec_product(struct dec a, struct dec b)
{
	return (__int128)(int64_t)a.e18 * (int64_t)b.e18;
}

#define DEC_PLACES 18

extern const int64_t dec_unit[DEC_PLACES + 1];	/* 10^-scale, by scale */

static inline int dec_cmp_units(__int128 x, __int128 y)
{
	return x < y ? -1 : x > y;
}

static inline int dec_cmp_mul(struct dec a, struct dec b, struct dec c,
			      struct dec d)
{
	if (b.e18 == d.e18 && b.e18 > 0)
		return dec_cmp_units(a.e18, c.e18);
	if (!dec_is_short(a) || !dec_is_short(b) || !dec_is_short(c) ||
	    !dec_is_short(d))
		return dec_cmp_mul_long(a, b, c, d);
	return dec_cmp_units(dec_product(a, b), dec_product(c, d));
}

/*
 * Two amounts, a and e, below ten million millions and four ratios below 9,
 * none below zero. What leads of an amount and of a product of ratios bounds
 * the whole: A * P from below and (A + 1) * (P + 1), never reached, from
 * above. Where the bounds leave it open, and for all else, the long way.
 */
static inline int dec_cmp_mul3(struct dec a, struct dec b, struct dec c,
			       struct dec d, struct dec e, struct dec f)
{
	const u128 amounts = (u128)(a.e18 | e.e18);
	const u128 ratios = (u128)(b.e18 | c.e18 | d.e18 | f.e18);
	uint64_t A, E, P, Q;
	u128 x, y;

	if (amounts >> 103 != 0 || ratios >> 63 != 0)
		return dec_cmp_mul3_long(a, b, c, d, e, f);
	A = (uint64_t)(a.e18 >> 40);
	E = (uint64_t)(e.e18 >> 40);
	P = (uint64_t)(dec_product(b, c) >> 63);
	Q = (uint64_t)(dec_product(d, f) >> 63);
	x = (u128)A * P;
	y = (u128)E * Q;
	if (x > y + E + Q)
		return 1;
	if (y > x + A + P)
		return -1;
	return dec_cmp_mul3_long(a, b, c, d, e, f);
}

#endif
