/* SPDX-License-Identifier: MIT */
/* liquidation_near: what the trading client says, exact at the limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "liquidation_near",
	  "long_to_liquidation=0.1 short_to_liquidation=0.1",
	  "false" },
	{ "liquidation_near",
	  "long_to_liquidation=0.099999999999999999 short_to_liquidation=0.5",
	  "true" },
	{ "liquidation_near",
	  "long_to_liquidation=0.5 short_to_liquidation=0.099999999999999999",
	  "true" },
	{ "liquidation_near",
	  "long_to_liquidation=-0.01 short_to_liquidation=0.5",
	  "true" },
	{ "liquidation_near",
	  "long_to_liquidation=?5 short_to_liquidation=0.05",
	  "true" },
	{ "liquidation_near",
	  "long_to_liquidation=0.05 short_to_liquidation=?5",
	  "true" },
	{ "liquidation_near",
	  "long_to_liquidation=?5 short_to_liquidation=0.5",
	  "long_to_liquidation: null in the answer" },
	{ "liquidation_near",
	  "long_to_liquidation=0.5 short_to_liquidation=?5",
	  "short_to_liquidation: null in the answer" },
	{ "liquidation_near(20%)",
	  "long_to_liquidation=0.2 short_to_liquidation=0.2",
	  "false" },
	{ "liquidation_near(distance=20%)",
	  "long_to_liquidation=0.2 short_to_liquidation=0.199",
	  "true" },
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
	rule_call_refused("liquidation_near(0)", "distance: 0 is out of range (0.001 to 0.9)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("liquidation_near",
		   "long_to_liquidation short_to_liquidation");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("liquidation_near(0.001)");
	rule_call_taken("liquidation_near(0.9)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule liquidation_near", tests, NULL, NULL);
}
