/* SPDX-License-Identifier: MIT */
/*
 * Exact decimals. A value is a sign and a 127-bit magnitude; products and
 * quotients go through up to seven 64-bit limbs, so that nothing is rounded
 * before the one rounding at the end and nothing wraps.
 */
#include "dec_units.h"

#include <assert.h>

#include "dec_short.h"	/* here, should they be calls */

#define ONE	UINT64_C(1000000000000000000)
#define LIMBS	7

struct wide {
	uint64_t w[LIMBS];	/* least significant first */
};

/* ---- limbs ---- */

static struct wide wide_of(u128 m)
{
	return (struct wide){ { (uint64_t)m, (uint64_t)(m >> 64) } };
}

/* x * m; the callers' products fit (3 x 127 bits and 31). */
static struct wide wide_mul(const struct wide *x, u128 m)
{
	const uint64_t part[2] = { (uint64_t)m, (uint64_t)(m >> 64) };
	struct wide out = { { 0 } };

	for (int j = 0; j < 2; j++) {
		u128 carry = 0;

		for (int i = 0; i + j < LIMBS; i++) {
			carry += (u128)x->w[i] * part[j] + out.w[i + j];
			out.w[i + j] = (uint64_t)carry;
			carry >>= 64;
		}
	}
	return out;
}

/* x /= d; returns the remainder. */
static uint64_t wide_div_small(struct wide *x, uint64_t d)
{
	u128 rem = 0;

	for (int i = LIMBS - 1; i >= 0; i--) {
		rem = rem << 64 | x->w[i];
		x->w[i] = (uint64_t)(rem / d);
		rem %= d;
	}
	return (uint64_t)rem;
}

/* The same bit by bit for 0 < d < 2^127. */
static u128 wide_div(struct wide *x, u128 d)
{
	u128 rem = 0;

	for (int i = 64 * LIMBS - 1; i >= 0; i--) {
		uint64_t bit = UINT64_C(1) << (i % 64);

		rem = rem << 1 | ((x->w[i / 64] & bit) != 0);
		x->w[i / 64] &= ~bit;
		if (rem >= d) {
			rem -= d;
			x->w[i / 64] |= bit;
		}
	}
	return rem;
}

/* The quotient of a division with this remainder, rounded half-even. */
static bool round_wide(struct dec *out, bool negative, const struct wide *q,
		       u128 rem, u128 divisor)
{
	u128 m = (u128)q->w[1] << 64 | q->w[0];
	u128 rest = divisor - rem;

	for (int i = 2; i < LIMBS; i++)
		if (q->w[i] != 0)
			return false;
	if (m > MAX_MAG)
		return false;
	if (rem > rest || (rem == rest && (m & 1)))
		m++;
	return make(out, negative, m);
}

/* ---- arithmetic ---- */

bool dec_mul_int_long(struct dec *out, struct dec a, int64_t n)
{
	__int128 product;

	if (__builtin_mul_overflow(a.e18, (__int128)n, &product))
		return false;
	return make(out, product < 0,
		    product < 0 ? -(u128)product : (u128)product);
}

bool dec_mul(struct dec *out, struct dec a, struct dec b)
{
	return dec_mul_ratio(out, a, b, 1, 1);
}

/* x * num / (den * 10^18) or, for `cube`, / (den * 10^36), rounded once. */
static bool scale_down(struct dec *out, bool negative, struct wide x,
		       int32_t num, int32_t den, bool cube)
{
	uint64_t units, more = 0, parts;

	assert(den > 0);
	x = wide_mul(&x, num < 0 ? -(u128)num : (u128)num);
	units = wide_div_small(&x, ONE);
	if (cube) {
		more = units != 0;	/* below the last place but not zero */
		units = wide_div_small(&x, ONE);
	}
	parts = wide_div_small(&x, (uint64_t)den);
	/* Doubled, so that `more` decides between half and above half. */
	return round_wide(out, negative != (num < 0), &x,
			  ((u128)parts * ONE + units) * 2 + more,
			  (u128)den * ONE * 2);
}

bool dec_mul_ratio(struct dec *out, struct dec a, struct dec b,
		   int32_t num, int32_t den)
{
	struct wide x = wide_of(magnitude(a));

	x = wide_mul(&x, magnitude(b));
	return scale_down(out, (a.e18 < 0) != (b.e18 < 0), x, num, den, false);
}

bool dec_mul3_ratio(struct dec *out, struct dec a, struct dec b, struct dec c,
		    int32_t num, int32_t den)
{
	bool negative = ((a.e18 < 0) != (b.e18 < 0)) != (c.e18 < 0);
	struct wide x = wide_of(magnitude(a));

	x = wide_mul(&x, magnitude(b));
	x = wide_mul(&x, magnitude(c));
	return scale_down(out, negative, x, num, den, true);
}

bool dec_div(struct dec *out, struct dec a, struct dec b)
{
	struct wide x = wide_of(magnitude(a));
	u128 d = magnitude(b), rem;

	if (d == 0)
		return false;
	x = wide_mul(&x, ONE);
	if (d <= UINT64_MAX)
		rem = wide_div_small(&x, (uint64_t)d);
	else
		rem = wide_div(&x, d);
	return round_wide(out, (a.e18 < 0) != (b.e18 < 0), &x, rem, d);
}

struct dec dec_round(struct dec a, int places)
{
	u128 m = magnitude(a), unit = 1, rem;

	assert(places >= 0 && places <= PLACES);
	for (int i = places; i < PLACES; i++)
		unit *= 10;
	rem = m % unit;
	m -= rem;
	/* At the very end of the range there is no room to round away. */
	if ((rem > unit - rem || (rem == unit - rem && (m / unit & 1))) &&
	    m <= MAX_MAG - unit)
		m += unit;
	return (struct dec){ a.e18 < 0 ? -(__int128)m : (__int128)m };
}

/* ---- products compared ---- */

struct product {
	u128 high, low;
};

/* In full: four products of halves, none of which can overflow. */
static inline struct product multiply(u128 x, u128 y)
{
	const uint64_t x0 = (uint64_t)x, x1 = (uint64_t)(x >> 64);
	const uint64_t y0 = (uint64_t)y, y1 = (uint64_t)(y >> 64);
	u128 least = (u128)x0 * y0;
	u128 one = (u128)x1 * y0 + (least >> 64);
	u128 two = (u128)x0 * y1 + (uint64_t)one;

	return (struct product){
		(u128)x1 * y1 + (one >> 64) + (two >> 64),
		two << 64 | (uint64_t)least
	};
}

static inline int cmp_units(u128 x, u128 y)
{
	return (x > y) - (x < y);
}

static inline int product_cmp(struct product x, struct product y)
{
	int c = cmp_units(x.high, y.high);

	return c ? c : cmp_units(x.low, y.low);
}

int dec_cmp_mul_long(struct dec a, struct dec b, struct dec c, struct dec d)
{
	int sx = dec_sign(a) * dec_sign(b), sy = dec_sign(c) * dec_sign(d);

	if (sx != sy)
		return sx < sy ? -1 : 1;
	return sx * product_cmp(multiply(magnitude(a), magnitude(b)),
				multiply(magnitude(c), magnitude(d)));
}

/* x * z: the part of it above 256 bits is *top. */
static inline struct product multiply_on(u128 *top, struct product x, u128 z)
{
	struct product low = multiply(x.low, z), high = multiply(x.high, z);
	u128 middle = low.high + high.low;

	*top = high.high + (middle < high.low);
	return (struct product){ middle, low.low };
}

int dec_cmp_mul3_long(struct dec a, struct dec b, struct dec c,
		      struct dec d, struct dec e, struct dec f)
{
	int sx = dec_sign(a) * dec_sign(b) * dec_sign(c);
	int sy = dec_sign(d) * dec_sign(e) * dec_sign(f);
	struct product x, y;
	u128 top_x, top_y;
	int top;

	if (sx != sy)
		return sx < sy ? -1 : 1;
	x = multiply_on(&top_x, multiply(magnitude(a), magnitude(b)),
			magnitude(c));
	y = multiply_on(&top_y, multiply(magnitude(d), magnitude(e)),
			magnitude(f));
	top = cmp_units(top_x, top_y);
	return sx * (top ? top : product_cmp(x, y));
}

/* ---- whole numbers ---- */

static bool to_whole(int64_t *out, struct dec a, int64_t one)
{
	__int128 whole = a.e18 / one;

	if (a.e18 % one < 0)
		whole--;
	if (whole < INT64_MIN || whole > INT64_MAX)
		return false;
	*out = (int64_t)whole;
	return true;
}

bool dec_to_int(int64_t *out, struct dec a)
{
	return to_whole(out, a, (int64_t)ONE);
}

bool dec_to_milli(int64_t *out, struct dec a)
{
	return to_whole(out, a, (int64_t)(ONE / 1000));
}

/* ---- storage form ---- */

/*
 * 1 / x modulo 2^128 of an odd x: five bits of it, then twice as many each
 * time. A power of ten divides m if m / 5^n so computed, its lowest n bits
 * moved to the top, is not above the largest quotient there is.
 */
#define CLOSER(x, y)	((y) * (2 - (x) * (y)))
#define INVERSE(x)	CLOSER(x, CLOSER(x, CLOSER(x, CLOSER(x, CLOSER(x, \
				(3 * (x)) ^ 2)))))
#define TENS(n, five)	{ n, INVERSE((u128)(five)), (~(u128)0 >> n) / (five), \
			  (UINT64_MAX >> n) / (five) }

/* Each at most once: together they make every number of zeros. */
static const struct tens {
	int zeros;			/* 10^zeros */
	u128 inverse, most;		/* of 5^zeros; the largest quotient */
	uint64_t most_short;
} tens[] = {
	TENS(16, 152587890625), TENS(8, 390625), TENS(4, 625), TENS(2, 25),
	TENS(1, 5)
};

enum { TENS_16, TENS_8, TENS_4, TENS_2, TENS_1, TENS_N };

/* The zeros of t off the end of *m, if it has them and *left allows. */
static inline bool take(u128 *m, int *left, const struct tens *t)
{
	u128 q = *m * t->inverse;

	q = q >> t->zeros | q << (128 - t->zeros);
	if (q > t->most || t->zeros > *left)
		return false;
	*m = q;
	*left -= t->zeros;
	return true;
}

/* The same in one machine word. */
static inline bool take_short(uint64_t *m, int *left, const struct tens *t)
{
	uint64_t q = *m * (uint64_t)t->inverse;

	q = q >> t->zeros | q << (64 - t->zeros);
	if (q > t->most_short || t->zeros > *left)
		return false;
	*m = q;
	*left -= t->zeros;
	return true;
}

/* Rates end after 10 places: what is then left seldom ends with a zero. */
static void strip_short(uint64_t *m, int *left)
{
	uint64_t last;
	int any = 1;

	if (!take_short(m, left, &tens[TENS_16]))
		take_short(m, left, &tens[TENS_8]);
	last = *m;
	if (!take_short(&last, &any, &tens[TENS_1]))
		return;
	take_short(m, left, &tens[TENS_4]);
	take_short(m, left, &tens[TENS_2]);
	take_short(m, left, &tens[TENS_1]);
}

/* Up to `left` zeros off the end of *m. */
static void strip(u128 *m, int *left)
{
	uint64_t small;

	for (int i = 0; i < TENS_N && *m > UINT64_MAX; i++)
		take(m, left, &tens[i]);
	if (*m > UINT64_MAX)
		return;
	small = (uint64_t)*m;
	strip_short(&small, left);
	*m = small;
}

bool dec_split(int64_t *mantissa, int *scale, struct dec a)
{
	u128 m = a.e18 < 0 ? -(u128)a.e18 : (u128)a.e18;
	int left = PLACES;

	strip(&m, &left);
	if (m > INT64_MAX)
		return false;
	*mantissa = a.e18 < 0 ? -(int64_t)m : (int64_t)m;
	*scale = left;
	return true;
}

const int64_t dec_unit[DEC_PLACES + 1] = {
	1000000000000000000, 100000000000000000, 10000000000000000,
	1000000000000000, 100000000000000, 10000000000000, 1000000000000,
	100000000000, 10000000000, 1000000000, 100000000, 10000000, 1000000,
	100000, 10000, 1000, 100, 10, 1
};
