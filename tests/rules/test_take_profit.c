/* SPDX-License-Identifier: MIT */
/* take_profit: exact at its gain, net or without price. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COSTS "size_usd=10000 costs_paid=10 exit_cost=8 "
#define NO_PRICE COSTS "funding=68 "	/* earned 50: half a percent */
#define ALL NO_PRICE "price_pnl=0 "

static const struct rule_case cases[] = {
	{ "take_profit(0.5%)", ALL, "true" },
	{ "take_profit(0.5%)", ALL "funding=67.999999999999", "false" },
	{ "take_profit(0.5%)", ALL "funding=68.000000000001", "true" },
	{ "take_profit(0.5%)", ALL "price_pnl=-0.000000000001", "false" },
	{ "take_profit(0.5%)", ALL "price_pnl=0.000000000001", "true" },
	{ "take_profit(0.5%)", ALL "costs_paid=10.000000000001", "false" },
	{ "take_profit(0.5%)", ALL "exit_cost=8.000000000001", "false" },
	{ "take_profit(0.5%)", ALL "size_usd=10000.000000000001", "false" },
	{ "take_profit(0.500000000001%)", ALL, "false" },
	{ "take_profit(50bps, net)", ALL "price_pnl=-1 funding=69", "true" },
	/* the price earns, the funding paid */
	{ "take_profit(0.5%)", COSTS "funding=-5 price_pnl=73", "true" },
	{ "take_profit(0.5%)", COSTS "funding=-5 price_pnl=72.99", "false" },
	/* without price: its loss does not count, nor that it is unknown */
	{ "take_profit(0.5%, pnl=carry)", ALL "price_pnl=-500", "true" },
	{ "take_profit(0.5%, pnl=carry)", ALL "funding=67.999999999999 "
	  "price_pnl=500", "false" },
	{ "take_profit(0.5%, pnl=carry)", NO_PRICE, "true" },
	{ "take_profit(0.5%, pnl=carry)", NO_PRICE "costs_paid=10.000000000001",
	  "false" },
	{ "take_profit(0.5%)", NO_PRICE, "price_pnl: never recorded" },
	{ "take_profit(0.5%)", ALL "price_pnl=?2", "price_pnl: not asked for" },
	{ "take_profit(0.5%)", ALL "funding=?14",
	  "funding: a settlement of unknown amount" },
	{ "take_profit(0.5%, carry)", ALL "funding=?14",
	  "funding: a settlement of unknown amount" },
	{ "take_profit(0.5%)", ALL "costs_paid=?1", "costs_paid: never recorded" },
	{ "take_profit(0.5%)", ALL "exit_cost=?1", "exit_cost: never recorded" },
	{ "take_profit(0.5%)", ALL "size_usd=?1", "size_usd: never recorded" },
	{ "take_profit(0.5%)", ALL "price_pnl=1.7e20 funding=1.7e20",
	  "funding: out of range" },
	{ "take_profit(0.5%, carry)", ALL "funding=-1.7e20 costs_paid=1.7e20",
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
	rule_call_refused("take_profit", "take_profit needs gain (of the "
			  "notional of one leg, net of all costs)");
	rule_call_refused("take_profit(0)",
			  "gain: 0 is out of range (0.0001 to 1)");
	rule_call_refused("take_profit(5)",
			  "gain: 5 is out of range (0.0001 to 1)");
	rule_call_refused("take_profit(-1%)",
			  "gain: -1% is out of range (0.0001 to 1)");
	rule_call_refused("take_profit(1%, pnl=gross)",
			  "pnl is one of: net, carry");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("take_profit(1%)",
		   "size_usd price_pnl funding costs_paid exit_cost");
	rule_reads("take_profit(1%, carry)",
		   "size_usd funding costs_paid exit_cost");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("take_profit(0.0001)");
	rule_call_taken("take_profit(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule take_profit", tests, NULL, NULL);
}
