/* SPDX-License-Identifier: MIT */
/* stale_data: either leg, by the newest usable rate. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "stale_data(3m)", "long_quote_age=180 short_quote_age=5", "false" },
	{ "stale_data(3m)", "long_quote_age=180.001 short_quote_age=5", "true" },
	{ "stale_data(3m)", "long_quote_age=5 short_quote_age=180.000000000001",
	  "true" },
	{ "stale_data(3m)", "long_quote_age=5 short_quote_age=179.999999999999",
	  "false" },
	{ "stale_data(3m)", "long_quote_age=5 short_quote_age=-3", "false" },
	{ "stale_data(3m)", "long_quote_age=181", "true" },
	{ "stale_data(3m)", "short_quote_age=181", "true" },
	{ "stale_data(3m)", "short_quote_age=5",
	  "long_quote_age: never recorded" },
	{ "stale_data(3m)", "long_quote_age=5",
	  "short_quote_age: never recorded" },
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
	rule_call_refused("stale_data(3)", "time: \"3\" is not valid, write a "
			  "time with its unit as 15m, 24h or 7d");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("stale_data(3m)", "long_quote_age short_quote_age");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("stale_data(0s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule stale_data", tests, NULL, NULL);
}
