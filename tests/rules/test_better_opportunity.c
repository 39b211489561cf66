/* SPDX-License-Identifier: MIT */
/* better_opportunity: gain over the horizon against cost and hurdle. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

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
	rule_call_refused("better_opportunity(horizon=24h)",
			  "better_opportunity needs min_improvement (gain over "
			  "the horizon, of notional)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
	};

	return cmocka_run_group_tests_name("rule better_opportunity", tests, NULL, NULL);
}
