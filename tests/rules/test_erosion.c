/* SPDX-License-Identifier: MIT */
/* erosion: what is left of the entry, exact at the limit. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct rule_case cases[] = {
	/* 0.0003 of 0.001 per 8 h is 0.0009 of 0.003 per day */
	{ "erosion(0.3)", "divergence=0.0009 entry_divergence=0.003", "false" },
	{ "erosion(0.3)", "divergence=0.000899999997 entry_divergence=0.003",
	  "true" },
	{ "erosion(0.3)", "divergence=0.000899999999999999 entry_divergence=0.003",
	  "true" },
	{ "erosion(0.3)", "divergence=0.000900000000000001 entry_divergence=0.003",
	  "false" },
	{ "erosion(30%)", "divergence=0.000900000000000003 entry_divergence=0.003",
	  "false" },
	{ "erosion(0.5)", "divergence=-0.001 entry_divergence=0.003", "true" },
	{ "erosion(0)", "divergence=0 entry_divergence=0.003", "false" },
	{ "erosion(1)", "divergence=0.003 entry_divergence=0.003", "false" },
	{ "erosion(1)", "divergence=0.002999999999999999 entry_divergence=0.003",
	  "true" },
	/* without a positive entry the ratio means nothing: never a close */
	{ "erosion(0.5)", "divergence=-0.001 entry_divergence=0",
	  "entry_divergence: not above zero" },
	{ "erosion(0.5)", "divergence=-0.002 entry_divergence=-0.001",
	  "entry_divergence: not above zero" },
	{ "erosion(0.5)", "divergence=0.001", "entry_divergence: never recorded" },
	{ "erosion(0.5)", "divergence=?3 entry_divergence=0.003",
	  "divergence: request failed" },
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
	rule_call_refused("erosion", "erosion needs keep (share that must "
			  "remain: 0.5 = at least half)");
	rule_call_refused("erosion(1.000000000000000001)",
			  "keep: 1.000000000000000001 is out of range (0 to 1)");
	rule_call_refused("erosion(keep=0.5, keep=0.4)",
			  "keep of erosion is given twice");
	rule_call_refused("erosion(kep=0.5)",
			  "erosion has no parameter \"kep\"; it has: keep");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("erosion(0.5)", "divergence entry_divergence");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("erosion(0)");
	rule_call_taken("erosion(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule erosion", tests, NULL, NULL);
}
