/* SPDX-License-Identifier: MIT */
/* Liquidation prices of finance.md 8, and the distance to them. */
#include "liquidation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

struct price_case {
	enum side side;
	const char *wallet, *quantity, *entry, *maintenance, *deduction;
	const char *want;		/* four places, or why not */
	const char *comment;
};

static const struct price_case prices[] = {
	{ LEG_LONG, "0.2", "1", "1", "0.01", "0", "0.8081",
	  "5 x, mmr 1 %: 0.8081 E" },
	{ LEG_LONG, "0.2", "1", "1", "0", "0", "0.8000",
	  "1/leverage is right only without maintenance" },
	{ LEG_SHORT, "0.2", "1", "1", "0.01", "0", "1.1881", "the short" },
	{ LEG_LONG, "2000", "0.5", "20000", "0.01", "0", "16161.6162",
	  "the same of 20,000 with half a coin" },
	{ LEG_LONG, "0.2", "1", "1", "0.01", "0.05", "0.7576",
	  "a tier's deduction moves it away" },
	{ LEG_LONG, "1", "1", "1", "0.01", "0", "not above zero",
	  "fully paid: no fall liquidates" },
	{ LEG_SHORT, "1", "1", "1", "0.01", "0", "1.9802", "a rise does" },
	{ LEG_LONG, "0.2", "0", "1", "0.01", "0", "not above zero", "no coins" },
	{ LEG_LONG, "0.2", "1", "0", "0.01", "0", "not above zero", "no price" },
	{ LEG_LONG, "0.2", "1", "1", "1", "0", "not above zero", "mmr 1" },
	{ LEG_LONG, "0.2", "1", "1", "-0.01", "0", "not above zero", "mmr < 0" },
	{ LEG_LONG, "1", "99999999999", "99999999999", "0.01", "0",
	  "out of range", "refused, not wrapped" },
};

static void assert_shown(struct fact f, const char *want, const char *comment)
{
	char text[DEC_TEXT_MAX];

	if (f.known)
		dec_format_fixed(text, f.v, 4);
	else
		snprintf(text, sizeof(text), "%s", why_word(f.why));
	print_message("# %s\n", comment);
	assert_string_equal(text, want);
}

static void liquidation_is_where_equity_meets_maintenance(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prices) / sizeof(*prices); i++) {
		const struct price_case *c = &prices[i];
		struct margin m = { dec_lit(c->wallet), dec_lit(c->quantity),
				    dec_lit(c->entry),
				    dec_lit(c->maintenance),
				    dec_lit(c->deduction) };

		assert_shown(liquidation_price(c->side, &m), c->want,
			     c->comment);
	}
}

/* Equity at that price is the maintenance, to the last places. */
static void at_that_price_nothing_is_left(void **state)
{
	struct margin m = { dec_lit("1234.5"), dec_lit("0.37"),
			    dec_lit("20345.67"), dec_lit("0.0065"),
			    dec_lit("12") };

	(void)state;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		struct fact p = liquidation_price((enum side)s, &m);
		struct dec move = DEC_ZERO, equity = DEC_ZERO;
		struct dec need = DEC_ZERO;

		assert_true(p.known);
		assert_true(dec_sub(&move, p.v, m.entry_price) &&
			    dec_mul(&move, move, m.quantity));
		assert_true(dec_add(&equity, m.wallet,
				    s == LEG_LONG ? move : dec_neg(move)));
		assert_true(dec_mul(&need, m.quantity, p.v) &&
			    dec_mul(&need, need, m.maintenance) &&
			    dec_sub(&need, need, m.deduction));
		assert_true(dec_sub(&equity, equity, need));
		assert_true(dec_cmp(dec_abs(equity),
				    dec_lit("0.000000000000001")) < 0);
	}
}

static void the_distance_is_a_share_of_the_price(void **state)
{
	struct fact at = fact_known(dec_lit("0.8"));

	(void)state;
	assert_shown(liquidation_distance(dec_lit("1"), at), "0.2000", "long");
	assert_shown(liquidation_distance(dec_lit("0.5"), at), "0.6000",
		     "short");
	assert_shown(liquidation_distance(DEC_ZERO, at), "not above zero",
		     "no price");
	assert_shown(liquidation_distance(dec_lit("1"),
					  fact_unknown(WHY_STALE)), "stale",
		     "unknown stays unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(liquidation_is_where_equity_meets_maintenance),
		cmocka_unit_test(at_that_price_nothing_is_left),
		cmocka_unit_test(the_distance_is_a_share_of_the_price),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
