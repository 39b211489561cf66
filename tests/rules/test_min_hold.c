/* SPDX-License-Identifier: MIT */
/* min_hold: an ordinary predicate on the age. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "min_hold(24h)", "age=86400", "true" },
	{ "min_hold(24h)", "age=86399.999999999999", "false" },
	{ "min_hold(24h)", "age=86400.000000000001", "true" },
	{ "min_hold(24h)", "age=?1", "age: never recorded" },
	/* it holds back the line it stands in, and no other */
	{ "flip and min_hold(24h)", "age=3600 divergence=-1", "false" },
	{ "flip or min_hold(24h)", "age=3600 divergence=-1", "true" },
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
	rule_call_refused("min_hold", "min_hold needs time (age from which "
			  "the line may fire)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("min_hold(1h)", "age");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("min_hold(0s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule min_hold", tests, NULL, NULL);
}
