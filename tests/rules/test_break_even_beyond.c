/* SPDX-License-Identifier: MIT */
/* break_even_beyond: a step from settlement to settlement, never, or earned. */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* 10 bp a day at one settlement, 20 bp to earn: 2.0 days (finance.md 5). */
#define LEGS "size_usd=10000 long_rate=0 short_rate=0.001 " \
	     "long_next_funding=86400 short_next_funding=86400 " \
	     "long_pays_every=86400 short_pays_every=86400 "
#define AT LEGS "costs_paid=10 exit_cost=10 funding=0 "

static const struct rule_case cases[] = {
	{ "break_even_beyond(2d)", AT, "false" },
	{ "break_even_beyond(172799999ms)", AT, "true" },
	{ "break_even_beyond(172800001ms)", AT, "false" },
	{ "break_even_beyond(2d)", AT "costs_paid=10.000000000001", "true" },
	{ "break_even_beyond(2d)", AT "costs_paid=9.999999999999", "false" },
	{ "break_even_beyond(2d)", AT "exit_cost=10.000000000001", "true" },
	{ "break_even_beyond(2d)", AT "funding=-0.000000000001", "true" },
	{ "break_even_beyond(1d)", AT "funding=10", "false" },
	{ "break_even_beyond(1d)", AT "funding=9.999999999999", "true" },
	{ "break_even_beyond(2d)", AT "short_rate=0.000999999999999999", "true" },
	{ "break_even_beyond(2d)", AT "size_usd=9999.999999999999", "true" },
	{ "break_even_beyond(2d)", AT "long_next_funding=86400.001 "
	  "short_next_funding=86400.001", "long_next_funding: out of range" },
	{ "break_even_beyond(3d)", AT "costs_paid=10.000000000001", "false" },
	/* earned already: whatever the rates */
	{ "break_even_beyond(0s)", AT "funding=20", "false" },
	{ "break_even_beyond(0s)", AT "funding=19.999999999999", "true" },
	{ "break_even_beyond(0s)", AT "funding=20 short_rate=?9", "false" },
	{ "break_even_beyond(0s)", "costs_paid=1 exit_cost=1 funding=2", "false" },
	/* the exit alone: the entry is sunk, the funding is in the pocket */
	{ "break_even_beyond(1d, cost=exit)", AT, "false" },
	{ "break_even_beyond(86399999ms, exit)", AT, "true" },
	{ "break_even_beyond(1d, exit)", AT "exit_cost=10.000000000001", "true" },
	{ "break_even_beyond(0s, exit)", AT "funding=500", "true" },
	{ "break_even_beyond(0s, exit)", AT "exit_cost=0", "false" },
	{ "break_even_beyond(1d, exit)", LEGS "exit_cost=10", "false" },
	/* never */
	{ "break_even_beyond(365d)", AT "short_rate=0", "true" },
	{ "break_even_beyond(365d, exit)", AT "short_rate=-0.001", "true" },
	/* by schedule: at 15:50 one receipt covers 3.90, at 3.91 it is 8 h more */
	{ "break_even_beyond(10m, exit)", AT "long_rate=0.00024 "
	  "short_rate=0.0012 long_next_funding=600 short_next_funding=600 "
	  "long_pays_every=3600 short_pays_every=28800 exit_cost=3.9", "false" },
	{ "break_even_beyond(8h, exit)", AT "long_rate=0.00024 "
	  "short_rate=0.0012 long_next_funding=600 short_next_funding=600 "
	  "long_pays_every=3600 short_pays_every=28800 "
	  "exit_cost=3.900000000001", "true" },
	{ "break_even_beyond(2d)", AT "funding=?14",
	  "funding: a settlement of unknown amount" },
	{ "break_even_beyond(2d)", AT "costs_paid=?1",
	  "costs_paid: never recorded" },
	{ "break_even_beyond(2d)", AT "exit_cost=?1",
	  "exit_cost: never recorded" },
	{ "break_even_beyond(2d, exit)", AT "exit_cost=?1",
	  "exit_cost: never recorded" },
	{ "break_even_beyond(2d)", AT "size_usd=?1", "size_usd: never recorded" },
	{ "break_even_beyond(2d)", AT "long_rate=?9", "long_rate: stale" },
	{ "break_even_beyond(2d)", AT "short_rate=?3",
	  "short_rate: request failed" },
	{ "break_even_beyond(2d)", AT "long_next_funding=?12",
	  "long_next_funding: payment interval not configured" },
	{ "break_even_beyond(2d)", AT "short_next_funding=?12",
	  "short_next_funding: payment interval not configured" },
	{ "break_even_beyond(2d)", AT "long_pays_every=?12",
	  "long_pays_every: payment interval not configured" },
	{ "break_even_beyond(2d)", AT "short_pays_every=?12",
	  "short_pays_every: payment interval not configured" },
	{ "break_even_beyond(2d)", AT "short_rate=1.7e20",
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
	rule_call_refused("break_even_beyond", "break_even_beyond needs time "
			  "(time to the settlement that covers them)");
	rule_call_refused("break_even_beyond(366d)",
			  "time: 366d is out of range (0 to 31536000)");
	rule_call_refused("break_even_beyond(7d, cost=entry)",
			  "cost is one of: all_in, exit");
}

static void says_what_it_reads(void **state)
{
	(void)state;
	rule_reads("break_even_beyond(7d)",
		   "size_usd funding costs_paid exit_cost "
		   "long_rate long_next_funding long_pays_every "
		   "short_rate short_next_funding short_pays_every");
	rule_reads("break_even_beyond(7d, exit)",
		   "size_usd exit_cost "
		   "long_rate long_next_funding long_pays_every "
		   "short_rate short_next_funding short_pays_every");
}

static void takes_the_ends_of_its_range(void **state)
{
	(void)state;
	rule_call_taken("break_even_beyond(0s)");
	rule_call_taken("break_even_beyond(31536000s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_the_table_says),
		cmocka_unit_test(refuses_wrong_calls),
		cmocka_unit_test(says_what_it_reads),
		cmocka_unit_test(takes_the_ends_of_its_range),
	};

	return cmocka_run_group_tests_name("rule break_even_beyond", tests, NULL, NULL);
}
