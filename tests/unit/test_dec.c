/* SPDX-License-Identifier: MIT */
/*
 * Decimals against tables. Random values are compared with Python's decimal
 * in tests/e2e/test_oracle.py.
 */
#include "dec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_TEXT "170141183460469231731.687303715884105727"

static void assert_dec(struct dec d, const char *want)
{
	char got[DEC_TEXT_MAX];
	size_t n = dec_format(got, d);

	assert_int_equal(n, strlen(got));
	assert_string_equal(got, want);
}

static struct dec lit(const char *s)
{
	return dec_lit(s);
}

static const struct { const char *text, *value; } good[] = {
	{ "0", "0" }, { "-0", "0" }, { "-0.000", "0" }, { "1", "1" },
	{ "10", "10" }, { "1.50", "1.5" }, { "0.3", "0.3" },
	{ "-12.34", "-12.34" }, { "9.6e-05", "0.000096" },
	{ "1e-10", "0.0000000001" }, { "-5e-05", "-0.00005" },
	{ "356000000.0", "356000000" },
	{ "4.000000000002e-06", "0.000004000000000002" },
	{ "1E3", "1000" }, { "1e+3", "1000" }, { "12.5e1", "125" },
	{ "0.000000000000000001", "0.000000000000000001" },
	{ "0.0000000000000000010", "0.000000000000000001" },
	{ "1000000000000000000e-36", "0.000000000000000001" },
	{ "0e999999999999999999999", "0" }, { "0e-99999999999999999", "0" },
	{ "0.00000000000000000000000000", "0" },
	{ MAX_TEXT, MAX_TEXT }, { "-" MAX_TEXT, "-" MAX_TEXT },
	{ "1.7e20", "170000000000000000000" },
};

static const char *const bad[] = {
	"", "-", "+1", "01", "-01", "00", ".5", "5.", "1.e3", "1e", "1e+",
	"1e-", "1ee3", "1.2.3", "1 ", " 1", "0x10", "NaN", "Infinity", "1,5",
	"1_000", "--1", "1e5.5", "e5", "1e5 ", "12a",
	/* more than 18 decimals that are not zero */
	"4.000000000000002e-06", "0.0000000000000000001", "1e-19", "0.1234567890123456789",
	"4.0000000000000021e-06",
	/* out of range */
	"170141183460469231731.687303715884105728",
	"-170141183460469231731.687303715884105728",
	"1e21", "1e999999999999", "99999999999999999999999999999999999999999",
};

static void parses_what_json_allows_and_prints_it_canonically(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(good); i++) {
		struct dec d;

		if (!dec_parse(&d, good[i].text, strlen(good[i].text)))
			fail_msg("refused: %s", good[i].text);
		assert_dec(d, good[i].value);
	}
}

static void refuses_the_rest_and_leaves_the_value_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		struct dec d = lit("7");

		if (dec_parse(&d, bad[i], strlen(bad[i])))
			fail_msg("accepted: %s", bad[i]);
		assert_dec(d, "7");
	}
}

static void reads_only_n_characters(void **state)
{
	struct dec d;

	(void)state;
	assert_true(dec_parse(&d, "12345", 3));
	assert_dec(d, "123");
}

static const struct { const char *text, *value; bool rounded; } rounded[] = {
	{ "0.5", "0.5", false },
	{ "4.0000000000000021e-06", "0.000004", true },
	{ "0.0000000000000000005", "0", true },
	{ "0.00000000000000000050001", "0.000000000000000001", true },
	{ "0.0000000000000000015", "0.000000000000000002", true },
	{ "0.0000000000000000025", "0.000000000000000002", true },
	{ "-0.0000000000000000015", "-0.000000000000000002", true },
	{ "0.0000000000000000014999", "0.000000000000000001", true },
	{ "0.000000000000000001600", "0.000000000000000002", true },
	{ "1e-30", "0", true },
	{ "9e-19", "0.000000000000000001", true },
};

static void rounds_half_even_when_asked(void **state)
{
	bool was;
	struct dec d;

	(void)state;
	for (size_t i = 0; i < N(rounded); i++) {
		assert_true(dec_parse_rounded(&d, &was, rounded[i].text,
					      strlen(rounded[i].text)));
		assert_dec(d, rounded[i].value);
		assert_int_equal(was, rounded[i].rounded);
	}
	assert_false(dec_parse_rounded(&d, &was, "1e21", 4));
	assert_false(dec_parse_rounded(&d, &was, "nan", 3));
	assert_false(dec_parse_rounded(&d, &was, MAX_TEXT "5",
				       strlen(MAX_TEXT) + 1));
}

static void shares_are_exact_fractions(void **state)
{
	static const struct { const char *text, *value; } share[] = {
		{ "0.002", "0.002" }, { "0.2%", "0.002" }, { "8bps", "0.0008" },
		{ "-1%", "-0.01" }, { "100%", "1" }, { "0.5bps", "0.00005" },
		{ "1e2%", "1" },
	};
	static const char *const no[] = { "%", "bps", "1 %", "1%%", "2bp",
					  "1e-17%", "x%", "1e-15bps" };
	struct dec d;

	(void)state;
	for (size_t i = 0; i < N(share); i++) {
		assert_true(dec_parse_share(&d, share[i].text,
					    strlen(share[i].text)));
		assert_dec(d, share[i].value);
	}
	for (size_t i = 0; i < N(no); i++)
		assert_false(dec_parse_share(&d, no[i], strlen(no[i])));
}

struct op { const char *a, *b, *want; };	/* want NULL: refused */

static void run(const struct op *op, size_t n,
		bool (*f)(struct dec *, struct dec, struct dec))
{
	for (size_t i = 0; i < n; i++) {
		struct dec d = DEC_ZERO;
		bool ok = f(&d, lit(op[i].a), lit(op[i].b));

		if (ok != (op[i].want != NULL))
			fail_msg("%s, %s: %s", op[i].a, op[i].b,
				 ok ? "not refused" : "refused");
		if (ok)
			assert_dec(d, op[i].want);
	}
}

static void adds_and_subtracts_exactly_or_refuses(void **state)
{
	static const struct op sums[] = {
		{ "0.1", "0.2", "0.3" },
		{ "-0.000000000000000001", "0.000000000000000001", "0" },
		{ MAX_TEXT, "0", MAX_TEXT },
		{ MAX_TEXT, "0.000000000000000001", NULL },
		{ "-" MAX_TEXT, "-0.000000000000000001", NULL },
		{ "-" MAX_TEXT, "-" MAX_TEXT, NULL },
		{ MAX_TEXT, "-" MAX_TEXT, "0" },
	};
	static const struct op differences[] = {
		{ "0.3", "0.1", "0.2" }, { "0", MAX_TEXT, "-" MAX_TEXT },
		{ "-0.000000000000000001", MAX_TEXT, NULL },
	};

	(void)state;
	run(sums, N(sums), dec_add);
	run(differences, N(differences), dec_sub);
}

static void multiplies_with_one_rounding(void **state)
{
	static const struct op products[] = {
		{ "0.001", "0.3", "0.0003" }, { "-2", "3", "-6" },
		{ "-2", "-3", "6" },
		{ "0.000000001", "0.0000000015", "0.000000000000000002" },
		{ "0.000000001", "0.0000000005", "0" },
		{ "-0.000000001", "0.0000000025", "-0.000000000000000002" },
		{ "0.000000001", "0.0000000025001", "0.000000000000000003" },
		{ "10000000000", "17014118346.0469231731",
		  "170141183460469231731" },
		{ "10000000000", "17014118347", NULL },
		{ MAX_TEXT, MAX_TEXT, NULL }, { MAX_TEXT, "1", MAX_TEXT },
		{ MAX_TEXT, "0", "0" }, { MAX_TEXT, "2", NULL },
	};

	(void)state;
	run(products, N(products), dec_mul);
}

static void divides_with_one_rounding(void **state)
{
	static const struct op quotients[] = {
		{ "0.00022", "0.000285", "0.771929824561403509" },
		{ "1", "3", "0.333333333333333333" },
		{ "2", "3", "0.666666666666666667" },
		{ "-2", "3", "-0.666666666666666667" },
		{ "0.000000000000000001", "2", "0" },
		{ "0.000000000000000003", "2", "0.000000000000000002" },
		{ "0.000000000000000005", "2", "0.000000000000000002" },
		{ "1", "0", NULL }, { "0", "5", "0" },
		{ MAX_TEXT, "0.1", NULL }, { MAX_TEXT, MAX_TEXT, "1" },
		{ "1", MAX_TEXT, "0" },
		{ "100", "30", "3.333333333333333333" },
		{ "1700", "170000000000000000000", "0.00000000000000001" },
	};

	(void)state;
	run(quotients, N(quotients), dec_div);
}

static void multiplies_by_a_ratio_with_one_rounding(void **state)
{
	struct dec d;

	(void)state;
	/* 20000 USD x 0.000255 per 8 h, paid hourly */
	assert_true(dec_mul_ratio(&d, lit("20000"), lit("0.000255"), 3600,
				  28800));
	assert_dec(d, "0.6375");
	assert_true(dec_mul_ratio(&d, lit("1"), lit("0.000000000000000001"),
				  3, 2));
	assert_dec(d, "0.000000000000000002");
	assert_true(dec_mul_ratio(&d, lit("1"), lit("0.000000000000000001"),
				  1, 2));
	assert_dec(d, "0");
	assert_true(dec_mul_ratio(&d, lit("-1"), lit("1"), -1, 3));
	assert_dec(d, "0.333333333333333333");
	assert_true(dec_mul_ratio(&d, lit("1"), lit("1"), -2, 3));
	assert_dec(d, "-0.666666666666666667");
	/* the intermediate product needs more than 256 bits */
	assert_true(dec_mul_ratio(&d, lit(MAX_TEXT), lit("1"), INT32_MAX,
				  INT32_MAX));
	assert_dec(d, MAX_TEXT);
	assert_false(dec_mul_ratio(&d, lit(MAX_TEXT), lit("1"), 2, 1));
	assert_false(dec_mul_ratio(&d, lit(MAX_TEXT), lit(MAX_TEXT), INT32_MIN,
				   1));
	/* half a unit above the last number: up is out of range */
	assert_false(dec_mul_ratio(&d, lit("18.446744073709551615"),
				   lit("18446744073709551617"), 1, 2));
}

static const struct {
	const char *a, *b, *c;
	int32_t num, den;
	const char *want;		/* NULL: refused */
} triple_ratios[] = {
	/* 0.5 BTC x 80000 USD x 0.0001 per 8 h, paid hourly */
	{ "0.5", "80000", "0.0001", 3600, 28800, "0.5" },
	/* the half itself goes to the even neighbour ... */
	{ "0.000000000000000001", "0.5", "1", 1, 1, "0" },
	{ "0.000000000000000003", "0.5", "1", 1, 1, "0.000000000000000002" },
	{ "0.000000000000000005", "1", "1", 1, 2, "0.000000000000000002" },
	{ "0.000000000000000007", "1", "1", -1, 2, "-0.000000000000000004" },
	/* ... and what is one unit of 1e-36 beside it does not */
	{ "0.000000000000000001", "0.5", "1.000000000000000001", 1, 1,
	  "0.000000000000000001" },
	{ "0.000000000000000003", "0.5", "0.999999999999999999", 1, 1,
	  "0.000000000000000001" },
	{ "0.000000000000000001", "1", "1.000000000000000001", 1, 2,
	  "0.000000000000000001" },
	{ "0.000000000000000005", "0.000000000000000001",
	  "100000000000000000.1", 1, 1, "0.000000000000000001" },
	{ "0.000000000000000005", "0.000000000000000001",
	  "99999999999999999.9", 1, 1, "0" },
	/* thirds are never halves; the rounding is one, not two */
	{ "1", "1", "1", 2, 3, "0.666666666666666667" },
	{ "0.000000000000000001", "0.7", "0.7", 1, 1, "0" },
	{ "0.000000000000000149", "0.1", "0.1", 1, 1, "0.000000000000000001" },
	/* signs of each factor */
	{ "-2", "3", "5", 1, 1, "-30" }, { "2", "-3", "5", 1, 1, "-30" },
	{ "2", "3", "-5", 1, 1, "-30" }, { "2", "3", "5", -1, 1, "-30" },
	{ "-2", "-3", "5", 1, 1, "30" }, { "-2", "-3", "-5", 1, 1, "-30" },
	{ "-2", "-3", "-5", -1, 1, "30" }, { "2", "-3", "-5", 7, 2, "105" },
	{ "-2", "3", "-5", 1, 3, "10" },
	{ "0", "-3", "5", 1, 1, "0" }, { "2", "-3", "0", -1, 1, "0" },
	{ "2", "-3", "5", 0, 1, "0" },
	/* the ends of the range, reached from far above it */
	{ MAX_TEXT, "1000000000000000000", "0.000000000000000001", 1, 1,
	  MAX_TEXT },
	{ "-" MAX_TEXT, "1000", "0.001", INT32_MAX, INT32_MAX,
	  "-" MAX_TEXT },
	{ MAX_TEXT, "1", "2", 1, 2, MAX_TEXT },
	{ MAX_TEXT, "1", "1.000000000000000001", 1, 1, NULL },
	{ MAX_TEXT, MAX_TEXT, "0.000000000000000001", 1, 1, NULL },
	{ MAX_TEXT, MAX_TEXT, MAX_TEXT, INT32_MIN, 1, NULL },
	{ "-" MAX_TEXT, MAX_TEXT, MAX_TEXT, INT32_MAX, INT32_MAX, NULL },
	/* half a unit above the last number: up is out of range */
	{ "18.446744073709551615", "18446744073709551617", "1", 1, 2, NULL },
	{ "18.446744073709551615", "-1", "18446744073709551617", 1, 2, NULL },
};

static void multiplies_three_by_a_ratio_with_one_rounding(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(triple_ratios); i++) {
		const char *want = triple_ratios[i].want;
		struct dec d = lit("42");
		bool ok = dec_mul3_ratio(&d, lit(triple_ratios[i].a),
					 lit(triple_ratios[i].b),
					 lit(triple_ratios[i].c),
					 triple_ratios[i].num,
					 triple_ratios[i].den);

		if (ok != (want != NULL))
			fail_msg("row %zu: %s", i, ok ? "taken" : "refused");
		assert_dec(d, ok ? want : "42");
	}
}

static void multiplies_by_integers(void **state)
{
	struct dec d;

	(void)state;
	assert_true(dec_mul_int(&d, lit("-0.000035"), 3));
	assert_dec(d, "-0.000105");
	assert_true(dec_mul_int(&d, lit("0.000000000000000001"), INT64_MIN));
	assert_dec(d, "-9.223372036854775808");
	assert_false(dec_mul_int(&d, lit(MAX_TEXT), 2));
	assert_false(dec_mul_int(&d, lit(MAX_TEXT), INT64_MAX));
	/* the one value of 128 bits that has no opposite */
	assert_false(dec_mul_int(&d, lit("18446744073709551.616"),
				 INT64_MIN / 1000 * 1000));
	assert_false(dec_mul_int(&d, lit("18.446744073709551616"), INT64_MIN));
}

static void compares_products_exactly(void **state)
{
	static const struct { const char *a, *b, *c, *d; int want; } cases[] = {
		{ "0.0003", "1", "0.3", "0.001", 0 },
		{ "0.000299999999999999", "1", "0.3", "0.001", -1 },
		{ "-1", "1", "1", "1", -1 }, { "1", "1", "-1", "1", 1 },
		{ "-1", "-1", "1", "1", 0 }, { "-2", "1", "-1", "1", -1 },
		{ "0", "5", "7", "0", 0 }, { "0", "5", "-7", "1", 1 },
		{ MAX_TEXT, MAX_TEXT, MAX_TEXT,
		  "170141183460469231731.687303715884105726", 1 },
		{ "-" MAX_TEXT, MAX_TEXT, "-" MAX_TEXT,
		  "170141183460469231731.687303715884105726", -1 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		assert_int_equal(dec_cmp_mul(lit(cases[i].a), lit(cases[i].b),
					     lit(cases[i].c), lit(cases[i].d)),
				 cases[i].want);
	assert_int_equal(dec_cmp_mul3(lit(MAX_TEXT), lit(MAX_TEXT),
				      lit(MAX_TEXT), lit(MAX_TEXT),
				      lit(MAX_TEXT), lit("170141183460469231731"
							 ".687303715884105726")),
			 1);
	assert_int_equal(dec_cmp_mul3(lit("-2"), lit("3"), lit("4"), lit("-4"),
				      lit("-3"), lit("-2")), 0);
	assert_int_equal(dec_cmp_mul3(lit("-1"), lit("1"), lit("1"), lit("1"),
				      lit("1"), lit("1")), -1);
	assert_int_equal(dec_cmp_mul3(lit("-1"), lit("-1"), lit("1"), lit("0"),
				      lit("1"), lit("1")), 1);
	assert_int_equal(dec_cmp(lit("1"), lit("1.0")), 0);
	assert_int_equal(dec_cmp(lit("-1"), lit("1")), -1);
	assert_int_equal(dec_cmp(lit("0.3"), lit("0.299999999999999999")), 1);
	assert_int_equal(dec_sign(lit("-3")), -1);
	assert_int_equal(dec_sign(DEC_ZERO), 0);
	assert_int_equal(dec_sign(lit("3")), 1);
	assert_dec(dec_abs(lit("-1.5")), "1.5");
	assert_dec(dec_abs(lit("1.5")), "1.5");
	assert_dec(dec_neg(lit("1.5")), "-1.5");
}

/* The same three factors in any order, and one of them a unit less. */
static void carries_through_triple_products(void **state)
{
	static const char *const f[][3] = {
		{ MAX_TEXT, MAX_TEXT, "18.446744073709551617" },
		{ MAX_TEXT, "55.340232221128654847", "55.340232221128654847" },
		{ "18.446744073709551615", "55.340232221128654847",
		  "170141183460469231713.240559642174554112" },
		{ "1", "24305883351495604533.098186245126300818",
		  "170141183460469231713.240559642174554112" },
		{ "0.000000000000000001", MAX_TEXT, MAX_TEXT },
	};
	static const int order[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
		{ 2, 0, 1 }, { 2, 1, 0 }
	};

	(void)state;
	for (size_t i = 0; i < N(f); i++) {
		for (size_t k = 0; k < N(order); k++) {
			struct dec x[3], y[3], less = DEC_ZERO;

			for (int j = 0; j < 3; j++) {
				x[j] = lit(f[i][j]);
				y[j] = lit(f[i][order[k][j]]);
			}
			assert_int_equal(dec_cmp_mul3(x[0], x[1], x[2],
						      y[0], y[1], y[2]), 0);
			assert_true(dec_sub(&less, y[1],
					    lit("0.000000000000000001")));
			assert_int_equal(dec_cmp_mul3(x[0], x[1], x[2],
						      y[0], less, y[2]), 1);
		}
	}
}

static void rounds_for_display_only(void **state)
{
	static const struct { const char *v; int places; const char *want; }
	cases[] = {
		{ "3.9", 2, "3.90" }, { "0.125", 2, "0.12" },
		{ "0.135", 2, "0.14" }, { "-0.004", 2, "0.00" },
		{ "-0.005001", 2, "-0.01" }, { "2.5", 0, "2" },
		{ "3.5", 0, "4" }, { "0.5", 0, "0" }, { "1.5", 18,
		  "1.500000000000000000" }, { "-12", 1, "-12.0" },
		{ "99.995", 2, "100.00" }, { "0", 3, "0.000" },
		{ MAX_TEXT, 0, "170141183460469231731" },
	};
	char got[DEC_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		dec_format_fixed(got, lit(cases[i].v), cases[i].places);
		assert_string_equal(got, cases[i].want);
	}
	assert_dec(dec_round(lit("0.000000000000000015"), 17),
		   "0.00000000000000002");
	assert_dec(dec_round(lit("-0.25"), 1), "-0.2");
}

static void goes_to_whole_numbers_downwards(void **state)
{
	int64_t n;

	(void)state;
	assert_true(dec_to_int(&n, lit("2.999")));
	assert_int_equal(n, 2);
	assert_true(dec_to_int(&n, lit("-2.001")));
	assert_int_equal(n, -3);
	assert_true(dec_to_int(&n, lit("-2")));
	assert_int_equal(n, -2);
	assert_true(dec_to_int(&n, lit("9223372036854775807.9")));
	assert_true(n == INT64_MAX);
	assert_false(dec_to_int(&n, lit("9223372036854775808")));
	assert_false(dec_to_int(&n, lit("-9223372036854775808.1")));
	assert_true(dec_to_milli(&n, lit("-2.0011")));
	assert_int_equal(n, -2002);
	assert_true(dec_to_milli(&n, dec_milli(INT64_MAX)));
	assert_true(n == INT64_MAX);
	assert_false(dec_to_milli(&n, lit("9223372036854775.808")));
	assert_dec(dec_int(INT64_MIN), "-9223372036854775808");
}

static void splits_and_joins(void **state)
{
	static const char *const values[] = {
		"0", "1", "-1.5", "0.000000000000000001", "9.223372036854775807",
		"1000000000", "-9.223372036854775807", "0.00022" };
	int64_t m;
	int scale;
	struct dec d = DEC_ZERO;

	(void)state;
	for (size_t i = 0; i < N(values); i++) {
		assert_true(dec_split(&m, &scale, lit(values[i])));
		assert_true(dec_join(&d, m, scale));
		assert_dec(d, values[i]);
	}
	assert_true(dec_split(&m, &scale, lit("0.00022")));
	assert_int_equal(m, 22);
	assert_int_equal(scale, 5);
	assert_false(dec_split(&m, &scale, lit("9.223372036854775808")));
	assert_false(dec_split(&m, &scale, lit("-9.223372036854775808")));
	assert_false(dec_join(&d, 1, -1));
	assert_false(dec_join(&d, 1, 19));
	assert_true(dec_join(&d, INT64_MAX, 0));
	assert_dec(d, "9223372036854775807");
}

/* Zeros at the end of a mantissa are those of a smaller scale. */
static void splits_at_the_smallest_scale(void **state)
{
	static const int64_t odd[] = { 1, -1, 3, 12, 25, 625, 390625, 99999999,
				       152587890625, 4294967296, INT64_MAX };
	int64_t m;
	int scale;
	struct dec d = DEC_ZERO;

	(void)state;
	for (size_t i = 0; i < N(odd); i++) {
		int64_t want = odd[i];

		for (int zeros = 0; zeros <= 18; zeros++) {
			for (int at = zeros; at <= 18; at++) {
				assert_true(dec_join(&d, want, at));
				assert_true(dec_split(&m, &scale, d));
				assert_true(m == odd[i]);
				assert_int_equal(scale, at - zeros);
			}
			if (__builtin_mul_overflow(want, 10, &want))
				break;
		}
	}
	assert_true(dec_split(&m, &scale, dec_int(4000)));
	assert_int_equal(m, 4000);	/* whole numbers keep their zeros */
	assert_int_equal(scale, 0);
	/* The largest one of a machine word that ends with a zero. */
	assert_true(dec_split(&m, &scale, lit("18.44674407370955161")));
	assert_true(m == INT64_C(1844674407370955161));
	assert_int_equal(scale, 17);
	assert_false(dec_split(&m, &scale,
			       lit("100000000000000000000")));
	assert_false(dec_split(&m, &scale,
			       lit("-12345678901234567890.1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_what_json_allows_and_prints_it_canonically),
		cmocka_unit_test(refuses_the_rest_and_leaves_the_value_alone),
		cmocka_unit_test(reads_only_n_characters),
		cmocka_unit_test(rounds_half_even_when_asked),
		cmocka_unit_test(shares_are_exact_fractions),
		cmocka_unit_test(adds_and_subtracts_exactly_or_refuses),
		cmocka_unit_test(multiplies_with_one_rounding),
		cmocka_unit_test(divides_with_one_rounding),
		cmocka_unit_test(multiplies_by_a_ratio_with_one_rounding),
		cmocka_unit_test(multiplies_three_by_a_ratio_with_one_rounding),
		cmocka_unit_test(multiplies_by_integers),
		cmocka_unit_test(compares_products_exactly),
		cmocka_unit_test(carries_through_triple_products),
		cmocka_unit_test(rounds_for_display_only),
		cmocka_unit_test(goes_to_whole_numbers_downwards),
		cmocka_unit_test(splits_and_joins),
		cmocka_unit_test(splits_at_the_smallest_scale),
	};

	return cmocka_run_group_tests_name("dec", tests, NULL, NULL);
}
