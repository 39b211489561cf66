/* SPDX-License-Identifier: MIT */
/*
 * Sums, and products with a whole number, in the callers' code; built with
 * DEC_CALLED they are calls instead, so that a test can let the nth fail.
 * Included by dec.h and dec.c and by nobody else.
 */
#ifndef CARRYWATCH_DEC_SHORT_H
#define CARRYWATCH_DEC_SHORT_H

DEC_SHORT bool dec_add(struct dec *out, struct dec a, struct dec b)
{
	__int128 sum;

	if (__builtin_add_overflow(a.e18, b.e18, &sum) || sum == DEC_NOT_OURS)
		return false;
	out->e18 = sum;
	return true;
}

DEC_SHORT bool dec_sub(struct dec *out, struct dec a, struct dec b)
{
	__int128 rest;

	if (__builtin_sub_overflow(a.e18, b.e18, &rest) ||
	    rest == DEC_NOT_OURS)
		return false;
	out->e18 = rest;
	return true;
}

DEC_SHORT bool dec_mul_int(struct dec *out, struct dec a, int64_t n)
{
	if (!dec_is_short(a))
		return dec_mul_int_long(out, a, n);
	out->e18 = (__int128)(int64_t)a.e18 * n;
	return true;
}

/* 63 bits x 1e18 stays below 2^127. */
DEC_SHORT bool dec_join(struct dec *out, int64_t mantissa, int scale)
{
	if (scale < 0 || scale > DEC_PLACES)
		return false;
	out->e18 = (__int128)mantissa * dec_unit[scale];
	return true;
}

#endif
