/* SPDX-License-Identifier: MIT */
/*
 * Statistics against numbers made by hand; random series are compared with
 * Python's fractions in tests/e2e/test_oracle.py.
 */
#include "stat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void assert_dec(struct dec d, const char *want)
{
	char got[DEC_TEXT_MAX];

	dec_format(got, d);
	assert_string_equal(got, want);
}

static void assert_value(struct stat_value v, const char *want)
{
	if (!v.known)
		fail_msg("not known: %s", v.why);
	assert_dec(v.v, want);
}

static void assert_unknown(struct stat_value v, const char *why)
{
	assert_false(v.known);
	assert_string_equal(v.why, why);
}

static const struct { const char *of, *root; } roots[] = {
	{ "0", "0" }, { "1", "1" }, { "4", "2" }, { "0.25", "0.5" },
	{ "0.000000000000000001", "0.000000001" },
	{ "0.000000000000000002", "0.000000001414213562" },
	{ "365", "19.104973174542800179" },
	{ "2", "1.414213562373095049" },	/* ...048 8: up */
	{ "3", "1.732050807568877294" },	/* ...293 5: up */
	{ "5", "2.236067977499789696" },	/* ...696 4: down */
	{ "15241578750190521", "123456789" },
	{ "170141183460469231731.687303715884105727",
	  "13043817825.332782212349571806" },
	{ "100000000000000000000", "10000000000" },
};

static void root_is_nearest_and_exact_on_squares(void **state)
{
	struct dec a, r;

	(void)state;
	for (size_t i = 0; i < N(roots); i++) {
		a = dec_lit(roots[i].of);
		assert_true(dec_sqrt(&r, a));
		assert_dec(r, roots[i].root);
	}
	assert_false(dec_sqrt(&r, dec_lit("-0.000000000000000001")));
}

static struct stat_moments moments(const char *const *text, size_t n)
{
	struct stat_moments m;
	struct dec x[64] = { DEC_ZERO };

	for (size_t i = 0; i < n; i++)
		x[i] = dec_lit(text[i]);
	assert_true(stat_moments_of(&m, x, n));
	return m;
}

/* Mean 2.5, squares 5, lagged 1.25: -1.5*-0.5 + -0.5*0.5 + 0.5*1.5 */
static void four_numbers_by_hand(void **state)
{
	static const char *const x[] = { "1", "2", "3", "4" };
	struct stat_moments m = moments(x, 4);

	(void)state;
	assert_value(stat_mean(&m), "2.5");
	assert_value(stat_autocorrelation(&m), "0.25");
	/* sqrt(5 / 3) */
	assert_value(stat_deviation(&m), "1.290994448735805628");
	/* 2.5 / sqrt(5 / 3) * 2 */
	assert_value(stat_sharpe(&m, 4), "3.872983346207416885");
}

/* q = 2: variance ratio 2 + 2 * 0.25 = 2.5; q = 3: 3 + 2(2*0.25 + 0.0625) */
static void lo_corrects_for_autocorrelation(void **state)
{
	static const char *const x[] = { "1", "2", "3", "4" };
	struct stat_moments m = moments(x, 4);

	(void)state;
	assert_value(stat_sharpe_lo(&m, 1), "1.936491673103708443");
	/* 1.936491673103708443 * 2 / sqrt(2.5) = sqrt(6) */
	assert_value(stat_sharpe_lo(&m, 2), "2.449489742783178099");
	/* sqrt(3.75) * 3 / sqrt(4.125) = 3 * sqrt(10 / 11), but for a unit */
	assert_value(stat_sharpe_lo(&m, 3), "2.860387767736776947");
}

static void small_numbers_keep_their_digits(void **state)
{
	static const char *const large[] = { "1", "2", "3", "4" };
	static const char *const small[] = { "0.00001", "0.00002", "0.00003",
					     "0.00004" };
	struct stat_moments a = moments(large, 4), b = moments(small, 4);

	(void)state;
	assert_value(stat_deviation(&b), "0.000012909944487358");
	assert_value(stat_autocorrelation(&b), "0.25");
	assert_dec(stat_sharpe(&b, 365).v, "36.996621467371855142");
	assert_int_equal(dec_cmp(stat_sharpe(&a, 365).v,
				 stat_sharpe(&b, 365).v), 0);
}

static void what_cannot_be_told_says_why(void **state)
{
	static const char *const one[] = { "5" };
	static const char *const same[] = { "0.1", "0.1", "0.1" };
	static const char *const dust[] = { "0.1", "0.100000000000000001",
					    "0.1" };
	struct stat_moments m = moments(one, 0);

	(void)state;
	assert_unknown(stat_deviation(&m), "less than 2 values");
	assert_unknown(stat_autocorrelation(&m), "less than 2 values");
	m = moments(one, 1);
	assert_unknown(stat_deviation(&m), "less than 2 values");
	assert_unknown(stat_sharpe(&m, 365), "less than 2 values");
	m = moments(same, 3);
	assert_value(stat_deviation(&m), "0");
	assert_unknown(stat_sharpe(&m, 365), "no variance");
	assert_unknown(stat_sharpe_lo(&m, 365), "no variance");
	assert_unknown(stat_autocorrelation(&m), "no variance");
	m = moments(dust, 3);		/* one unit: rounding */
	assert_unknown(stat_sharpe(&m, 365), "no variance");
}

static void what_does_not_fit_is_refused(void **state)
{
	struct dec x[] = { dec_lit("90000000000000000000"),
			   dec_lit("-90000000000000000000") };
	struct dec y[] = { dec_lit("100000000000000000000"),
			   dec_lit("-100000000000000000000") };
	struct stat_moments m;

	(void)state;
	assert_false(stat_moments_of(&m, x, 2));	/* squares */
	assert_false(stat_moments_of(&m, y, 2));	/* differences */
	/* A mean beyond all measure of its deviation. */
	x[0] = dec_lit("10000000000000000000");
	x[1] = dec_lit("10000000000000000000.00000000000000001");
	assert_true(stat_moments_of(&m, x, 2));
	assert_unknown(stat_sharpe(&m, 365), "out of range");
}

/* finance.md 9: 1078 days of rho 0.8 are worth 119.8. */
static void effective_size_of_the_vector(void **state)
{
	struct stat_value v = stat_effective(1078, dec_lit("0.8"));
	char text[DEC_TEXT_MAX];

	(void)state;
	assert_true(v.known);
	dec_format_fixed(text, v.v, 1);
	assert_string_equal(text, "119.8");
	assert_value(stat_effective(10, DEC_ZERO), "10");
	assert_value(stat_effective(10, dec_lit("-0.5")), "30");
	assert_unknown(stat_effective(10, dec_int(1)),
		       "autocorrelation not within -1 and 1");
	assert_unknown(stat_effective(10, dec_int(-1)),
		       "autocorrelation not within -1 and 1");
}

static void drawdown_counts_the_starting_capital(void **state)
{
	const struct dec v[] = { dec_int(90), dec_int(120), dec_int(90),
				 dec_int(130), dec_int(100) };

	(void)state;
	assert_value(stat_drawdown(dec_int(100), v, 1), "0.1");
	assert_value(stat_drawdown(dec_int(100), v, 2), "0.1");
	assert_value(stat_drawdown(dec_int(100), v, 3), "0.25");
	assert_value(stat_drawdown(dec_int(100), v, 5), "0.25");
	assert_value(stat_drawdown(dec_int(80), v, 1), "0");
	assert_value(stat_drawdown(dec_int(80), v, 0), "0");
	assert_unknown(stat_drawdown(DEC_ZERO, v, 3), "no starting capital");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_nearest_and_exact_on_squares),
		cmocka_unit_test(four_numbers_by_hand),
		cmocka_unit_test(lo_corrects_for_autocorrelation),
		cmocka_unit_test(small_numbers_keep_their_digits),
		cmocka_unit_test(what_cannot_be_told_says_why),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(effective_size_of_the_vector),
		cmocka_unit_test(drawdown_counts_the_starting_capital),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
