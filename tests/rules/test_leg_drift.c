/* SPDX-License-Identifier: MIT */
/* leg_drift: what the trading client says, exact at the limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "leg_drift", "leg_drift=0.05", "false" },
	{ "leg_drift", "leg_drift=0.050000000000000001", "true" },
	{ "leg_drift", "leg_drift=0.049999999999999999", "false" },
	{ "leg_drift", "leg_drift=0", "false" },
	{ "leg_drift", "leg_drift=1", "true" },
	{ "leg_drift(share=1%)", "leg_drift=0.010000000000000001", "true" },
	{ "leg_drift(1%)", "leg_drift=0.01", "false" },
	{ "leg_drift", "leg_drift=?11", "leg_drift: not above zero" },
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
	rule_call_refused("leg_drift(0)", "share: 0 is out of range (0.0001 to 1)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("leg_drift", "leg_drift");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("leg_drift(0.0001)");
	rule_call_taken("leg_drift(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule leg_drift", tests, NULL, NULL);
}
