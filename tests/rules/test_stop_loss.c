/* SPDX-License-Identifier: MIT */
/* stop_loss: exact at its loss, net or without price. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COSTS "size_usd=10000 costs_paid=10 exit_cost=8 "
#define NO_PRICE COSTS "funding=-32 "	/* lost 50: half a percent */
#define ALL NO_PRICE "price_pnl=0 "

static const struct rule_case cases[] = {
	{ "stop_loss(0.5%)", ALL, "true" },
	{ "stop_loss(0.5%)", ALL "funding=-31.999999999999", "false" },
	{ "stop_loss(0.5%)", ALL "funding=-32.000000000001", "true" },
	{ "stop_loss(0.5%)", ALL "price_pnl=0.000000000001", "false" },
	{ "stop_loss(0.5%)", ALL "price_pnl=-0.000000000001", "true" },
	{ "stop_loss(0.5%)", ALL "costs_paid=9.999999999999", "false" },
	{ "stop_loss(0.5%)", ALL "exit_cost=7.999999999999", "false" },
	{ "stop_loss(0.5%)", ALL "size_usd=10000.000000000001", "false" },
	{ "stop_loss(0.500000000001%)", ALL, "false" },
	{ "stop_loss(50bps, net)", ALL "price_pnl=-1 funding=-31", "true" },
	/* a gain of the same size is no loss */
	{ "stop_loss(0.5%)", COSTS "price_pnl=0 funding=68", "false" },
	{ "stop_loss(0.01%)", COSTS "price_pnl=0 funding=18", "false" },
	/* without price: its gain does not count, nor that it is unknown */
	{ "stop_loss(0.5%, pnl=carry)", ALL "price_pnl=500", "true" },
	{ "stop_loss(0.5%, pnl=carry)", ALL "funding=-31.999999999999 "
	  "price_pnl=-500", "false" },
	{ "stop_loss(0.5%, pnl=carry)", NO_PRICE, "true" },
	{ "stop_loss(0.5%)", NO_PRICE, "price_pnl: never recorded" },
	{ "stop_loss(0.5%)", ALL "price_pnl=?9", "price_pnl: stale" },
	{ "stop_loss(0.5%)", ALL "funding=?14",
	  "funding: a settlement of unknown amount" },
	{ "stop_loss(0.5%)", ALL "costs_paid=?1", "costs_paid: never recorded" },
	{ "stop_loss(0.5%)", ALL "exit_cost=?1", "exit_cost: never recorded" },
	{ "stop_loss(0.5%)", ALL "size_usd=?1", "size_usd: never recorded" },
	{ "stop_loss(0.5%)", ALL "exit_cost=1.7e20 costs_paid=1e19",
	  "exit_cost: out of range" },
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
	rule_call_refused("stop_loss", "stop_loss needs loss (of the "
			  "notional of one leg, all costs counted)");
	rule_call_refused("stop_loss(0)",
			  "loss: 0 is out of range (0.0001 to 1)");
	rule_call_refused("stop_loss(-2%)",
			  "loss: -2% is out of range (0.0001 to 1)");
	rule_call_refused("stop_loss(2)",
			  "loss: 2 is out of range (0.0001 to 1)");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("stop_loss(1%)",
		   "size_usd price_pnl funding costs_paid exit_cost");
	rule_reads("stop_loss(1%, carry)",
		   "size_usd funding costs_paid exit_cost");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("stop_loss(0.0001)");
	rule_call_taken("stop_loss(1)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule stop_loss", tests, NULL, NULL);
}
