/* SPDX-License-Identifier: MIT */
/* flip: the sign of the divergence, exact at the margin. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "flip", "divergence=0", "false" },
	{ "flip", "divergence=0.000000000001", "false" },
	{ "flip", "divergence=-0.000000000001", "true" },
	{ "flip", "divergence=-0.000000000000000001", "true" },
	{ "flip()", "divergence=-0.0006", "true" },
	/* a margin is per 8 h, the divergence per day: three times as much */
	{ "flip(0.0001)", "divergence=0.0003", "false" },
	{ "flip(0.0001)", "divergence=0.000299999999", "true" },
	{ "flip(0.0001)", "divergence=0.000300000001", "false" },
	{ "flip(margin=1bps)", "divergence=0.000299999999999999", "true" },
	{ "flip(0.01%)", "divergence=0.0003", "false" },
	{ "flip(-0.0001)", "divergence=-0.0003", "false" },
	{ "flip(-0.0001)", "divergence=-0.000300000000000001", "true" },
	{ "flip", "divergence=?9", "divergence: stale" },
	{ "flip", "divergence=?5", "divergence: null in the answer" },
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
	rule_call_refused("flip(1.1)", "margin: 1.1 is out of range (-1 to 1)");
	rule_call_refused("flip(0, 0)", "flip takes no more than 1 argument(s)");
	rule_call_refused("flip(0.1 %)",
			  "expected \",\" or \")\", not \"%\"");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("flip", "divergence");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("flip(-1)");
	rule_call_taken("flip(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule flip", tests, NULL, NULL);
}
