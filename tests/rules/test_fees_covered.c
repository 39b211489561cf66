/* SPDX-License-Identifier: MIT */
/* fees_covered: the funding received against all costs. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define AT "funding=18 costs_paid=10 exit_cost=8 "

static const struct rule_case cases[] = {
	{ "fees_covered", AT, "true" },
	{ "fees_covered", AT "funding=17.999999999999", "false" },
	{ "fees_covered", AT "funding=18.000000000001", "true" },
	{ "fees_covered", AT "costs_paid=10.000000000001", "false" },
	{ "fees_covered", AT "costs_paid=9.999999999999", "true" },
	{ "fees_covered", AT "exit_cost=8.000000000001", "false" },
	{ "fees_covered", AT "exit_cost=7.999999999999", "true" },
	{ "fees_covered()", "funding=0 costs_paid=0 exit_cost=0", "true" },
	{ "fees_covered()", "funding=-1 costs_paid=0 exit_cost=0", "false" },
	/* prices do not pay fees */
	{ "fees_covered", AT "funding=0 price_pnl=500", "false" },
	{ "fees_covered", AT "price_pnl=-500", "true" },
	{ "fees_covered", AT "funding=?14",
	  "funding: a settlement of unknown amount" },
	{ "fees_covered", AT "costs_paid=?1", "costs_paid: never recorded" },
	{ "fees_covered", AT "exit_cost=?1", "exit_cost: never recorded" },
	{ "fees_covered", AT "funding=-1.7e20 costs_paid=1.7e20",
	  "costs_paid: out of range" },
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
	rule_call_refused("fees_covered(0.1)",
			  "fees_covered takes no more than 0 argument(s)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("fees_covered", "funding costs_paid exit_cost");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
	};

	return cmocka_run_group_tests_name("rule fees_covered", tests, NULL, NULL);
}
