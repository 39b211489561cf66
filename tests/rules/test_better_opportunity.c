/* SPDX-License-Identifier: MIT */
/* better_opportunity: gain over the horizon against cost and hurdle. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/*
 * By schedule, at 15:50: held long 0.00024 a day hourly, short 0.0012 every
 * 8 h, both at 16:00; the other short every 8 h at 17:00.
 */
#define HELD "long_rate=0.00024 short_rate=0.0012 long_next_funding=600 " \
	     "short_next_funding=600 long_pays_every=3600 " \
	     "short_pays_every=28800 divergence=0.00096 alternatives=1 "
#define PAIR HELD "alternative_long_rate=0 alternative_short_rate=0.0024 " \
	     "alternative_long_next=600 alternative_short_next=4200 " \
	     "alternative_long_pays_every=3600 alternative_cost=0.0004 " \
	     "alternative_short_pays_every=28800 alternative_divergence=0.0024 "
#define NEXT_70M "better_opportunity(0.0001, horizon=70m, model=schedule)"

static const struct rule_case cases[] = {
	/* cost 8 bps + hurdle 20 bps = 28 bps over 24 h, per day */
	{ "better_opportunity(0.002)", "divergence=0.001 alternatives=1 "
	  "alternative_divergence=0.0038 alternative_cost=0.0008", "false" },
	{ "better_opportunity(0.002)", "divergence=0.001 alternatives=1 "
	  "alternative_divergence=0.003800000001 alternative_cost=0.0008",
	  "true" },
	{ "better_opportunity(0.002)", "divergence=0.001 alternatives=1 "
	  "alternative_divergence=0.003799999999 alternative_cost=0.0008",
	  "false" },
	{ "better_opportunity(20bps)", "divergence=0.001 alternatives=3 "
	  "alternative_divergence=0.003800000000000001 alternative_cost=0.0008",
	  "true" },
	{ "better_opportunity(0.002, horizon=48h)", "divergence=0.001 "
	  "alternatives=1 alternative_divergence=0.0024 "
	  "alternative_cost=0.0008", "false" },
	{ "better_opportunity(0.002, horizon=48h)", "divergence=0.001 "
	  "alternatives=1 alternative_divergence=0.002400000001 "
	  "alternative_cost=0.0008", "true" },
	/* leaving a pair that pays is a gain too */
	{ "better_opportunity(0)", "divergence=-0.002 alternatives=1 "
	  "alternative_divergence=0.001 alternative_cost=0.0008", "true" },
	{ "better_opportunity(0)", "divergence=-0.002 alternatives=0", "false" },
	{ "better_opportunity(0)", "divergence=?9 alternatives=0",
	  "divergence: stale" },
	{ "better_opportunity(0)", "divergence=0.001 alternatives=?3",
	  "alternatives: request failed" },
	{ "better_opportunity(0)", "divergence=0.001 alternatives=1 "
	  "alternative_cost=0", "alternative_divergence: never recorded" },
	{ "better_opportunity(0)", "divergence=0.001 alternatives=1 "
	  "alternative_divergence=1", "alternative_cost: never recorded" },
	{ "better_opportunity(0)", "divergence=-170000000000000000000 "
	  "alternatives=1 alternative_divergence=170000000000000000000 "
	  "alternative_cost=0", "alternative_divergence: out of range" },
	{ "better_opportunity(170000000000000000000)", "divergence=0 "
	  "alternatives=1 alternative_divergence=1 "
	  "alternative_cost=170000000000000000000",
	  "alternative_cost: out of range" },
	/* 8.00 against 3.90 - 0.10 on 10,000: 4.2 bp for 4 bp, and the least */
	{ "better_opportunity(0.00002, horizon=70m, model=schedule)", PAIR,
	  "false" },
	{ "better_opportunity(0.000019999999, horizon=70m, model=schedule)",
	  PAIR, "true" },
	{ "better_opportunity(0.000020000001, horizon=70m, model=schedule)",
	  PAIR, "false" },
	{ "better_opportunity(0.00002, horizon=70m, model=schedule)",
	  PAIR "alternative_cost=0.000399999999", "true" },
	{ "better_opportunity(0.00002, horizon=70m, model=schedule)",
	  PAIR "alternative_short_rate=0.002400000001", "true" },
	{ "better_opportunity(0.00002, horizon=70m, model=schedule)",
	  PAIR "long_rate=0.000240000001", "true" },
	/* a second less, and the other pair pays nothing yet */
	{ "better_opportunity(0, horizon=4199s, model=schedule)", PAIR, "false" },
	{ "better_opportunity(0, 4200s, schedule)", PAIR, "true" },
	{ "better_opportunity(0, 4200s, linear)", PAIR, "false" },
	/* over a day the models agree: 0.00144 - 0.0004 */
	{ "better_opportunity(0.00104, model=schedule)", PAIR, "false" },
	{ "better_opportunity(0.001039999999, model=schedule)", PAIR, "true" },
	{ "better_opportunity(0.00104)", PAIR, "false" },
	{ "better_opportunity(0.001039999999)", PAIR, "true" },
	{ NEXT_70M, HELD "alternatives=0", "false" },
	{ NEXT_70M, PAIR "divergence=?9", "divergence: stale" },
	{ NEXT_70M, PAIR "alternatives=?3", "alternatives: request failed" },
	{ NEXT_70M, PAIR "alternative_cost=?1",
	  "alternative_cost: never recorded" },
	{ NEXT_70M, PAIR "long_rate=?9", "long_rate: stale" },
	{ NEXT_70M, PAIR "short_rate=?9", "short_rate: stale" },
	{ NEXT_70M, PAIR "long_next_funding=?12",
	  "long_next_funding: payment interval not configured" },
	{ NEXT_70M, PAIR "short_next_funding=?12",
	  "short_next_funding: payment interval not configured" },
	{ NEXT_70M, PAIR "long_pays_every=?12",
	  "long_pays_every: payment interval not configured" },
	{ NEXT_70M, PAIR "short_pays_every=?12",
	  "short_pays_every: payment interval not configured" },
	{ NEXT_70M, PAIR "alternative_long_rate=?9",
	  "alternative_long_rate: stale" },
	{ NEXT_70M, PAIR "alternative_short_rate=?9",
	  "alternative_short_rate: stale" },
	{ NEXT_70M, PAIR "alternative_long_next=?12",
	  "alternative_long_next: payment interval not configured" },
	{ NEXT_70M, PAIR "alternative_short_next=?12",
	  "alternative_short_next: payment interval not configured" },
	{ NEXT_70M, PAIR "alternative_long_pays_every=?12",
	  "alternative_long_pays_every: payment interval not configured" },
	{ NEXT_70M, PAIR "alternative_short_pays_every=?12",
	  "alternative_short_pays_every: payment interval not configured" },
	{ NEXT_70M, PAIR "alternative_short_rate=1.7e20",
	  "alternative_divergence: out of range" },
	{ "better_opportunity(170000000000000000000, 70m, schedule)",
	  PAIR "alternative_cost=170000000000000000000",
	  "alternative_cost: out of range" },
	/* linear asks for no schedule */
	{ "better_opportunity(0)", "divergence=0.001 alternatives=1 "
	  "alternative_divergence=0.003 alternative_cost=0.0008", "true" },
	{ NULL, NULL, NULL },
};

static void answers_as_the_table_says(void **state)
{
	(void)state;
	rule_cases_hold(cases);
}

static void refuses_wrong_calls(void **state)
{
	(void)state;
	rule_call_refused("better_opportunity(0.002, horizon=0s)",
			  "horizon: 0s is out of range (1 to any)");
	rule_call_refused("better_opportunity(0.002, model=walk)",
			  "model is one of: linear, schedule");
	rule_call_refused("better_opportunity(horizon=24h)",
			  "better_opportunity needs min_improvement (gain over "
			  "the horizon, of notional)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("better_opportunity(0.1%)",
		   "divergence alternatives alternative_divergence alternative_cost");
	rule_reads("better_opportunity(0.1%, model=schedule)",
		   "divergence alternatives alternative_divergence alternative_cost "
		   "long_rate long_next_funding long_pays_every "
		   "short_rate short_next_funding short_pays_every "
		   "alternative_long_rate alternative_long_next "
		   "alternative_long_pays_every alternative_short_rate "
		   "alternative_short_next alternative_short_pays_every");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("better_opportunity(0, 1s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule better_opportunity", tests, NULL, NULL);
}
