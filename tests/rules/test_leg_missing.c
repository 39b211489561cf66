/* SPDX-License-Identifier: MIT */
/* leg_missing: what the trading client says, exact at the limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "leg_missing", "long_leg_missing=0 short_leg_missing=0", "false" },
	{ "leg_missing", "long_leg_missing=1 short_leg_missing=0", "true" },
	{ "leg_missing", "long_leg_missing=0 short_leg_missing=1", "true" },
	{ "leg_missing", "long_leg_missing=?3 short_leg_missing=1", "true" },
	{ "leg_missing", "long_leg_missing=1 short_leg_missing=?15", "true" },
	{ "leg_missing",
	  "long_leg_missing=?15 short_leg_missing=0",
	  "long_leg_missing: not confirmed yet" },
	{ "leg_missing",
	  "long_leg_missing=0 short_leg_missing=?3",
	  "short_leg_missing: request failed" },
	{ "leg_missing",
	  "long_leg_missing=0",
	  "short_leg_missing: never recorded" },
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
	rule_call_refused("leg_missing(1)", "leg_missing takes no more than 0 argument(s)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("leg_missing", "long_leg_missing short_leg_missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
	};

	return cmocka_run_group_tests_name("rule leg_missing", tests, NULL, NULL);
}
