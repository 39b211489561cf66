/* SPDX-License-Identifier: MIT */
/* carry_below: simple APR on the notional of one leg, exact at its limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	/* 0.0000125 an hour: 24 of them a day, 10.95 % a year, not 11.57 % */
	{ "carry_below(10.95%)", "divergence=0.0003", "false" },
	{ "carry_below(10.950000000001%)", "divergence=0.0003", "true" },
	{ "carry_below(10.949999999999%)", "divergence=0.0003", "false" },
	{ "carry_below(10.95%)", "divergence=0.000299999999", "true" },
	{ "carry_below(10.95%)", "divergence=0.000300000001", "false" },
	{ "carry_below(0.1095)", "divergence=0.000299999999999999", "true" },
	{ "carry_below(0.1095)", "divergence=0.0003", "false" },
	{ "carry_below(0)", "divergence=0", "false" },
	{ "carry_below(0)", "divergence=-0.000000000001", "true" },
	{ "carry_below(-5%)", "divergence=-0.0001", "false" },
	{ "carry_below(-5%)", "divergence=-0.0002", "true" },
	{ "carry_below(5%)", "divergence=170000000000000000000", "false" },
	{ "carry_below(5%)", "divergence=?9", "divergence: stale" },
	{ "carry_below(5%)", "", "divergence: never recorded" },
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
	rule_call_refused("carry_below", "carry_below needs apr (simple APR on "
			  "the notional of one leg, as 5%)");
	rule_call_refused("carry_below(5)",
			  "apr: 5 is out of range (-2 to 2)");
	rule_call_refused("carry_below(-201%)",
			  "apr: -201% is out of range (-2 to 2)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("carry_below(5%)", "divergence");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("carry_below(-2)");
	rule_call_taken("carry_below(2)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule carry_below", tests, NULL, NULL);
}
