/* SPDX-License-Identifier: MIT */
/*
 * The short ways of dec_inline.h against arithmetic on written digits, for
 * numbers on both sides of every limit where a short way ends.
 */
#include "dec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define DIGITS 160			/* three numbers of 39 digits and more */

/* 2^63, 2^64, 2^103 and 2^127 units of 1e-18, and what people write. */
static const char *const edges[] = {
	"0", "0.000000000000000001", "1", "3", "0.33", "9.3", "86400", "5000000",
	"9.223372036854775807", "9.223372036854775808",
	"9.223372036854775809", "18.446744073709551615",
	"18.446744073709551616", "10141204801825.835211973625643007",
	"10141204801825.835211973625643008", "4999999.999999999999999999",
	"85070591730234615865.843651857942052864",
	"170141183460469231731.687303715884105727",
};
#define EDGES	(2 * N(edges))		/* each with both signs */

static struct dec edge(size_t i)
{
	struct dec d = dec_lit(edges[i / 2]);

	return i % 2 ? dec_neg(d) : d;
}

struct big {				/* least digit first, in units */
	bool negative;
	int digit[DIGITS];
};

static struct big big_of(struct dec d)
{
	struct big x = { .negative = dec_sign(d) < 0 };
	char text[DEC_TEXT_MAX];
	size_t n = dec_format_fixed(text, dec_abs(d), 18);
	int at = 0;

	while (n-- > 0)
		if (text[n] != '.')
			x.digit[at++] = text[n] - '0';
	return x;
}

static struct big times(struct big x, struct big y)
{
	struct big out = { .negative = x.negative != y.negative };

	for (int i = 0; i < DIGITS / 2; i++)
		for (int j = 0; x.digit[i] && j + i < DIGITS; j++)
			out.digit[i + j] += x.digit[i] * y.digit[j];
	for (int i = 0; i + 1 < DIGITS; i++) {
		out.digit[i + 1] += out.digit[i] / 10;
		out.digit[i] %= 10;
	}
	return out;
}

static bool big_zero(const struct big *x)
{
	for (int i = 0; i < DIGITS; i++)
		if (x->digit[i])
			return false;
	return true;
}

static int big_cmp(struct big x, struct big y)
{
	bool nx = x.negative && !big_zero(&x), ny = y.negative && !big_zero(&y);

	if (nx != ny)
		return nx ? -1 : 1;
	for (int i = DIGITS - 1; i >= 0; i--)
		if (x.digit[i] != y.digit[i])
			return (x.digit[i] < y.digit[i]) != nx ? -1 : 1;
	return 0;
}

static uint64_t state64;

static size_t roll(size_t n)
{
	state64 = state64 * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (size_t)(state64 >> 33) % n;
}

/* An edge, or one unit beside it. */
static struct dec pick(void)
{
	struct dec d = edge(roll(EDGES)), out = d;
	struct dec unit = dec_lit("0.000000000000000001");

	switch (roll(4)) {
	case 0:
		return dec_add(&out, d, unit) ? out : d;
	case 1:
		return dec_sub(&out, d, unit) ? out : d;
	}
	return d;
}

static void products_of_two_compare_exactly(void **state)
{
	(void)state;
	state64 = 20261126;
	for (int i = 0; i < 20000; i++) {
		struct dec a = pick(), b = pick(), c = pick(), d = pick();

		if (roll(4) == 0)
			d = b;
		if (roll(4) == 0)
			c = a;
		assert_int_equal(dec_cmp_mul(a, b, c, d),
				 big_cmp(times(big_of(a), big_of(b)),
					 times(big_of(c), big_of(d))));
	}
}

static struct big of_three(const struct dec x[3])
{
	return times(times(big_of(x[0]), big_of(x[1])), big_of(x[2]));
}

static void products_of_three_compare_exactly(void **state)
{
	(void)state;
	state64 = 7;
	for (int i = 0; i < 20000; i++) {
		struct dec x[3], y[3];

		for (int k = 0; k < 3; k++) {
			x[k] = pick();
			y[k] = pick();
			if (i % 2) {	/* as rules ask: none below zero */
				x[k] = dec_abs(x[k]);
				y[k] = dec_abs(y[k]);
			}
		}
		if (roll(2) == 0) {	/* equal, or nearly */
			memcpy(y, x, sizeof(y));
			y[roll(3)] = pick();
		}
		assert_int_equal(dec_cmp_mul3(x[0], x[1], x[2], y[0], y[1],
					      y[2]),
				 big_cmp(of_three(x), of_three(y)));
	}
}

/* One unit of the amount is the smallest difference there is. */
static void a_ratio_on_its_limit_is_seen_to_the_unit(void **state)
{
	const struct dec one = dec_int(1), three = dec_int(3);
	struct dec s = dec_lit("5123456.123456789012345678"), l;
	struct dec more = DEC_ZERO, less = DEC_ZERO;

	(void)state;
	assert_true(dec_mul_int(&l, s, 3));
	assert_true(dec_add(&more, l, dec_lit("0.000000000000000001")));
	assert_true(dec_sub(&less, l, dec_lit("0.000000000000000001")));
	assert_int_equal(dec_cmp_mul3(l, one, one, three, s, one), 0);
	assert_int_equal(dec_cmp_mul3(more, one, one, three, s, one), 1);
	assert_int_equal(dec_cmp_mul3(less, one, one, three, s, one), -1);
	assert_int_equal(dec_cmp_mul3(s, three, one, one, l, one), 0);
	assert_int_equal(dec_cmp_mul3(s, three, one, one, more, one), -1);
	assert_int_equal(dec_cmp_mul3(s, three, one, one, less, one), 1);
}

/* Amounts of 2^40 units, less one: their leading part is nothing. */
static void what_was_cut_off_an_amount_still_counts(void **state)
{
	const struct dec one = dec_int(1);
	const struct dec part = dec_lit("0.00000000303700051");
	const struct dec below = dec_lit("0.000001099511627775");
	const struct dec above = dec_lit("0.000001099511627776");

	(void)state;
	assert_int_equal(dec_cmp_mul3(below, one, one, part, above, part), 1);
	assert_int_equal(dec_cmp_mul3(above, part, part, one, below, one), -1);
}

struct whole_case {
	const char *a;
	int64_t n;
	const char *want;		/* NULL: out of range */
};

static const struct whole_case wholes[] = {
	{ "9.223372036854775807", INT64_MAX,
	  "85070591730234615847.396907784232501249" },
	{ "-9.223372036854775808", INT64_MIN,
	  "85070591730234615865.843651857942052864" },
	{ "-9.223372036854775808", -1, "9.223372036854775808" },
	{ "9.223372036854775808", 3, "27.670116110564327424" },
	{ "85070591730234615865.843651857942052864", 2, NULL },
	{ "-85070591730234615865.843651857942052864", 2, NULL },
	{ "85070591730234615865.843651857942052863", 2,
	  "170141183460469231731.687303715884105726" },
};

static void whole_multiples_are_exact_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(wholes); i++) {
		struct dec got = dec_int(77);
		bool ok = dec_mul_int(&got, dec_lit(wholes[i].a), wholes[i].n);

		assert_int_equal(ok, wholes[i].want != NULL);
		assert_int_equal(dec_cmp(got, wholes[i].want ?
						      dec_lit(wholes[i].want) :
						      dec_int(77)), 0);
	}
}

static void sums_end_with_the_range_on_both_sides(void **state)
{
	const struct dec top = edge(EDGES - 2), bottom = edge(EDGES - 1);
	const struct dec unit = dec_lit("0.000000000000000001");
	struct dec got = dec_int(77);

	(void)state;
	assert_false(dec_add(&got, top, unit));
	assert_false(dec_sub(&got, bottom, unit));	/* the lowest word */
	assert_false(dec_add(&got, bottom, dec_neg(unit)));
	assert_false(dec_sub(&got, top, bottom));
	assert_int_equal(dec_cmp(got, dec_int(77)), 0);
	assert_true(dec_add(&got, top, bottom));
	assert_int_equal(dec_sign(got), 0);
	assert_true(dec_sub(&got, bottom, dec_neg(unit)));
	assert_true(dec_sub(&got, got, unit));
	assert_int_equal(dec_cmp(got, bottom), 0);
}

static void thousandths_are_exact(void **state)
{
	static const int64_t ms[] = { 0, 1, -1, 1500, INT64_MAX, -INT64_MAX };
	struct dec want;

	(void)state;
	for (size_t i = 0; i < N(ms); i++) {
		assert_true(dec_join(&want, ms[i], 3));
		assert_true(dec_same(dec_milli(ms[i]), want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(products_of_two_compare_exactly),
		cmocka_unit_test(products_of_three_compare_exactly),
		cmocka_unit_test(a_ratio_on_its_limit_is_seen_to_the_unit),
		cmocka_unit_test(what_was_cut_off_an_amount_still_counts),
		cmocka_unit_test(whole_multiples_are_exact_or_refused),
		cmocka_unit_test(sums_end_with_the_range_on_both_sides),
		cmocka_unit_test(thousandths_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
