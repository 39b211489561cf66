/* SPDX-License-Identifier: MIT */
/* funding_window: close settlements, and whether they cost. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	{ "funding_window(15m, when=any)",
	  "long_next_funding=900 short_next_funding=29000", "false" },
	{ "funding_window(15m, when=any)",
	  "long_next_funding=899.999999999999 short_next_funding=29000", "true" },
	{ "funding_window(15m, when=any)",
	  "long_next_funding=900.000000000001 short_next_funding=29000", "false" },
	{ "funding_window(15m, any)",
	  "long_next_funding=3600 short_next_funding=1", "true" },
	{ "funding_window(15m, any)",
	  "long_next_funding=3600 short_next_funding=0", "false" },
	{ "funding_window(15m, any)", "short_next_funding=1", "true" },
	{ "funding_window(15m, any)", "short_next_funding=901",
	  "long_next_funding: never recorded" },
	{ "funding_window(15m, any)", "long_next_funding=?12",
	  "long_next_funding: payment interval not configured" },
	/* finance.md 3 at 15:50: the 16:00 receipt outweighs the payment */
	{ "funding_window(15m)", "long_next_funding=600 short_next_funding=600 "
	  "window_carry=33.696", "false" },
	{ "funding_window(15m)", "long_next_funding=600 short_next_funding=600 "
	  "window_carry=0", "false" },
	{ "funding_window(15m)", "long_next_funding=600 short_next_funding=600 "
	  "window_carry=-0.000000000001", "true" },
	{ "funding_window(15m)", "long_next_funding=600 short_next_funding=600 "
	  "window_carry=0.000000000001", "false" },
	{ "funding_window(15m)", "long_next_funding=1800 short_next_funding=5400 "
	  "window_carry=-1", "false" },
	{ "funding_window(15m)", "long_next_funding=600 short_next_funding=600",
	  "window_carry: never recorded" },
	{ "funding_window(15m)", "long_next_funding=1800 short_next_funding=1800",
	  "false" },
	{ "funding_window(15m)", "window_carry=1", "false" },
	{ "funding_window(15m)", "window_carry=-1",
	  "long_next_funding: never recorded" },
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
	rule_call_refused("funding_window", "funding_window needs before (time "
			  "to the settlement, below a quarter of the payment "
			  "interval)");
	rule_call_refused("funding_window(15m, when=never)",
			  "when is one of: paying, any");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("funding_window(10m)",
		   "long_next_funding short_next_funding "
		   "window_carry");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("funding_window(0s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule funding_window", tests, NULL, NULL);
}
