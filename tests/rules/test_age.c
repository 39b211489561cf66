/* SPDX-License-Identifier: MIT */
/* age: to the millisecond, TRUE at the limit itself. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "age(72h)", "age=259200", "true" },
	{ "age(72h)", "age=259199.999", "false" },
	{ "age(72h)", "age=259199.999999999999", "false" },
	{ "age(72h)", "age=259200.000000000001", "true" },
	{ "age(limit=3d)", "age=259200", "true" },
	{ "age(0s)", "age=0", "true" },
	{ "age(0s)", "age=-1", "false" },
	{ "age(72h)", "age=?1", "age: never recorded" },
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
	rule_call_refused("age(72)", "limit: \"72\" is not valid, write a time "
			  "with its unit as 15m, 24h or 7d");
	rule_call_refused("age(1w)", "limit: \"1w\" is not valid, write a time "
			  "with its unit as 15m, 24h or 7d");
	rule_call_refused("age(999999999999d)",
			  "limit: \"999999999999d\" is not valid, write a time "
			  "with its unit as 15m, 24h or 7d");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("age(1h)", "age");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("age(0s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule age", tests, NULL, NULL);
}
