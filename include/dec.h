/* SPDX-License-Identifier: MIT */
/*
 * Exact decimals: a 128-bit integer counting units of 1e-18. Range about
 * +-1.7e20. Overflow is refused, never wrapped; there is no NaN. Only dec*.c
 * touch the member.
 */
#ifndef CARRYWATCH_DEC_H
#define CARRYWATCH_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct dec {
	__int128 e18;
};

#ifdef DEC_CALLED	/* dec_short.h */
#define DEC_SHORT
#else
#define DEC_SHORT static inline
#endif
#define DEC_ZERO ((struct dec){ 0 })
#define DEC_UNIT ((struct dec){ 1 })	/* the smallest step, 1e-18 */
#define DEC_TEXT_MAX 48		/* any canonical text with its NUL fits */

/*
 * Grammar: [-] digits [. digits] [(e|E) [+|-] digits], as in JSON, with
 * leading zeros refused ("01") and at least one digit on each side of the
 * point. False for anything else, for more than 18 decimals that are not
 * zero, and for a value out of range; *out is then untouched.
 */
MUST_USE bool dec_parse(struct dec *out, const char *s, size_t n);
/* The same grammar, but decimals beyond 18 round half-even and say so. */
MUST_USE bool dec_parse_rounded(struct dec *out, bool *rounded,
				const char *s, size_t n);
/* A share of something: 0.002, 0.2% or 8bps, held as a fraction; exact. */
MUST_USE bool dec_parse_share(struct dec *out, const char *s, size_t n);
/* A literal known at compile time; asserts that it parses. */
struct dec dec_lit(const char *s);
static inline struct dec dec_int(int64_t n)	/* cannot fail */
{
	return (struct dec){ (__int128)n * 1000000000000000000 };
}

static inline struct dec dec_milli(int64_t n)	/* thousandths; cannot fail */
{
	return (struct dec){ (__int128)n * 1000000000000000 };
}

/* Exact; false on overflow, *out is then untouched. */
MUST_USE DEC_SHORT bool dec_add(struct dec *out, struct dec a, struct dec b);
MUST_USE DEC_SHORT bool dec_sub(struct dec *out, struct dec a, struct dec b);
MUST_USE DEC_SHORT bool dec_mul_int(struct dec *out, struct dec a, int64_t n);
/* Rounded half-even at 18 places; false on overflow or division by zero. */
MUST_USE bool dec_mul(struct dec *out, struct dec a, struct dec b);
MUST_USE bool dec_div(struct dec *out, struct dec a, struct dec b);
/* a * b * num / den, rounded once, half-even; den > 0. False on overflow. */
MUST_USE bool dec_mul_ratio(struct dec *out, struct dec a, struct dec b,
			    int32_t num, int32_t den);
/* a * b * c * num / den, the same. */
MUST_USE bool dec_mul3_ratio(struct dec *out, struct dec a, struct dec b,
			     struct dec c, int32_t num, int32_t den);
/* Rounded half-even to `places` (0..18) decimals, for display; exact 128 bit. */
struct dec dec_round(struct dec a, int places);

static inline struct dec dec_neg(struct dec a);
static inline struct dec dec_abs(struct dec a);
static inline int dec_sign(struct dec a);	/* -1, 0, 1 */
static inline bool dec_same(struct dec a, struct dec b);
static inline int dec_cmp(struct dec a, struct dec b);
/* Sign of a*b - c*d, exact (256 bits): thresholds never divide or round. */
static inline int dec_cmp_mul(struct dec a, struct dec b, struct dec c,
			      struct dec d);
/* Sign of a*b*c - d*e*f, exact (384 bits). */
static inline int dec_cmp_mul3(struct dec a, struct dec b, struct dec c,
			       struct dec d, struct dec e, struct dec f);

/*
 * Canonical text: no exponent, no trailing zeros, no "-0", at least one
 * digit before the point. Returns the length. dec_parse reads it back.
 */
size_t dec_format(char buf[static DEC_TEXT_MAX], struct dec a);
/* Exactly `places` decimals, rounded half-even: "3.90" (for people). */
size_t dec_format_fixed(char buf[static DEC_TEXT_MAX], struct dec a,
			int places);
/* Truncated towards minus infinity to a whole number that fits, else false. */
MUST_USE bool dec_to_int(int64_t *out, struct dec a);
/* The same in thousandths: dec_milli reads it back. */
MUST_USE bool dec_to_milli(int64_t *out, struct dec a);

/*
 * Storage form for compact records: mantissa * 10^-scale with the smallest
 * scale 0..18. False when the mantissa needs more than 63 bits.
 */
MUST_USE bool dec_split(int64_t *mantissa, int *scale, struct dec a);
MUST_USE DEC_SHORT bool dec_join(struct dec *out, int64_t mantissa,
				 int scale);

#include "dec_inline.h"
#ifndef DEC_CALLED
#include "dec_short.h"
#endif

#endif
