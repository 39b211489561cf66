/* SPDX-License-Identifier: MIT */
/* basis_wide: what the trading client says, exact at the limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "basis_wide(1%)", "basis=0.01", "false" },
	{ "basis_wide(1%)", "basis=0.010000000000000001", "true" },
	{ "basis_wide(share=10bps)", "basis=0.0011", "true" },
	{ "basis_wide(1%)", "basis=0", "false" },
	{ "basis_wide(1%)", "basis=?3", "basis: request failed" },
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
	rule_call_refused("basis_wide", "basis_wide needs share (of the mean of both prices)");
	rule_call_refused("basis_wide(1.1)",
			  "share: 1.1 is out of range (0.00001 to 1)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("basis_wide(1%)", "basis");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("basis_wide(0.00001)");
	rule_call_taken("basis_wide(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule basis_wide", tests, NULL, NULL);
}
