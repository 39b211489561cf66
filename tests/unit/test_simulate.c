/* SPDX-License-Identifier: MIT */
/* What a simulated fill costs, and that none is free for want of a fee. */
#include "given.h"
#include "simulate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct terms terms;

static bool fill(struct fill *out, const char *short_venue, struct err *err)
{
	struct executor x = simulate_executor(&terms);
	struct order order = {
		.long_venue = given_venue("lighter"),
		.short_venue = given_venue(short_venue),
		.size_usd = dec_int(10000),
	};

	return x.fill(x.ctx, out, &order, err);
}

static void a_fill_costs_half_a_round_trip_or_is_not_made(void **state)
{
	struct fill got;
	struct err err;

	(void)state;
	given_terms(&terms);
	assert_true(fill(&got, "nova", &err));	/* 8 bps, whoever it is */
	assert_int_equal(dec_cmp(got.fees_usd, dec_int(4)), 0);
	assert_int_equal(dec_sign(got.slippage_usd), 0);
	terms.costs = COSTS_FEES;
	assert_true(fill(&got, "grvt", &err));	/* 5 + 2 bps, two legs */
	assert_int_equal(dec_cmp(got.fees_usd, dec_int(10)), 0);
	assert_int_equal(dec_cmp(got.slippage_usd, dec_int(4)), 0);
	assert_false(fill(&got, "nova", &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "no cost for lighter and nova ("));
	assert_non_null(strstr(err.text, "set taker_fee and slippage under "
			       "venues:, or costs.model: round_trip"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fill_costs_half_a_round_trip_or_is_not_made),
	};

	return cmocka_run_group_tests_name("simulate", tests, NULL, NULL);
}
