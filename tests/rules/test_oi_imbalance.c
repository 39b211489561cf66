/* SPDX-License-Identifier: MIT */
/* oi_imbalance: cross products, absolute and against the entry. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define CROSSED "oi_imbalance: low must be below high, or it is always " \
	"TRUE"

static const struct rule_case cases[] = {
	{ "oi_imbalance", "long_open_interest=300 short_open_interest=100",
	  "false" },
	{ "oi_imbalance",
	  "long_open_interest=300.000000000001 short_open_interest=100", "true" },
	{ "oi_imbalance",
	  "long_open_interest=299.999999999999 short_open_interest=100", "false" },
	{ "oi_imbalance", "long_open_interest=33 short_open_interest=100",
	  "false" },
	{ "oi_imbalance",
	  "long_open_interest=32.999999999999 short_open_interest=100", "true" },
	{ "oi_imbalance",
	  "long_open_interest=33.000000000001 short_open_interest=100", "false" },
	{ "oi_imbalance(high=2)",
	  "long_open_interest=201 short_open_interest=100", "true" },
	{ "oi_imbalance(2, 0.5, absolute)",
	  "long_open_interest=49 short_open_interest=100", "true" },
	/* ten times larger already at opening: no drift since */
	{ "oi_imbalance(basis=entry)", "long_open_interest=1000 "
	  "short_open_interest=100 entry_oi_ratio=10", "false" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=3000 "
	  "short_open_interest=100 entry_oi_ratio=10", "false" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=3000.000000000001 "
	  "short_open_interest=100 entry_oi_ratio=10", "true" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=329.999999999999 "
	  "short_open_interest=100 entry_oi_ratio=10", "true" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=330 "
	  "short_open_interest=100 entry_oi_ratio=10", "false" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=1 "
	  "short_open_interest=1", "entry_oi_ratio: never recorded" },
	{ "oi_imbalance(basis=entry)", "long_open_interest=1 "
	  "short_open_interest=1 entry_oi_ratio=0",
	  "entry_oi_ratio: not above zero" },
	{ "oi_imbalance", "long_open_interest=0 short_open_interest=1",
	  "long_open_interest: not above zero" },
	{ "oi_imbalance", "long_open_interest=1 short_open_interest=0",
	  "short_open_interest: not above zero" },
	{ "oi_imbalance", "long_open_interest=?5 short_open_interest=1",
	  "long_open_interest: null in the answer" },
	{ "oi_imbalance", "long_open_interest=5 short_open_interest=?3",
	  "short_open_interest: request failed" },
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
	rule_call_refused("oi_imbalance(basis=enty)",
			  "basis is one of: absolute, entry");
	rule_call_refused("oi_imbalance(high=3x)", "high: \"3x\" is not valid, "
			  "write a number as 3 or 0.33");
	rule_call_refused("oi_imbalance(high=-1)",
			  "high: -1 is out of range (0 to any)");
	rule_call_refused("oi_imbalance(low=-1)",
			  "low: -1 is out of range (0 to any)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("oi_imbalance",
		   "long_open_interest short_open_interest "
		   "entry_oi_ratio");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("oi_imbalance(0.01, 0)");
	rule_call_refused("oi_imbalance(0, 0)", CROSSED);
	rule_call_refused("oi_imbalance(high=0.33, low=3)", CROSSED);
	rule_call_refused("oi_imbalance(high=0.33)", CROSSED);
	rule_call_refused("flip and oi_imbalance(low=3, basis=entry)",
			  CROSSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule oi_imbalance", tests, NULL, NULL);
}
