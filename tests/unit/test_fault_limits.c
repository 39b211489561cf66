/* SPDX-License-Identifier: MIT */
/*
 * S-4: every rule on its limit, 1e-12 beside it and one unit of the last
 * place beside it. A binary fraction gets a good part of these wrong.
 */
#include "rule_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LEGS "long_rate=0 short_rate=0.001 long_next_funding=86400 " \
	     "short_next_funding=86400 long_pays_every=86400 " \
	     "short_pays_every=86400 size_usd=10000 "

/* Below, on and above the limit: f false, t true. */
static const struct limit {
	const char *rule, *call, *facts, *fact, *at, *want;
} limits[] = {
	{ "age", "age(72h)", "", "age", "259200", "ftt" },
	{ "basis_wide", "basis_wide(1%)", "", "basis", "0.01", "fft" },
	{ "better_opportunity", "better_opportunity(0.002)",
	  "divergence=0.001 alternatives=1 alternative_cost=0.0008 ",
	  "alternative_divergence", "0.0038", "fft" },
	{ "better_opportunity", "better_opportunity(0.002)",
	  "divergence=0.001 alternatives=1 alternative_divergence=0.0038 ",
	  "alternative_cost", "0.0008", "tff" },
	{ "better_opportunity", "better_opportunity(0.002)",
	  "alternatives=1 alternative_divergence=0.0038 "
	  "alternative_cost=0.0008 ", "divergence", "0.001", "tff" },
	{ "break_even_beyond", "break_even_beyond(2d)",
	  LEGS "exit_cost=10 funding=0 ", "costs_paid", "10", "fft" },
	{ "carry_below", "carry_below(10.95%)", "", "divergence", "0.0003",
	  "tff" },
	{ "erosion", "erosion(0.3)", "entry_divergence=0.003 ", "divergence",
	  "0.0009", "tff" },
	{ "erosion", "erosion(0.7)", "entry_divergence=0.0003 ", "divergence",
	  "0.00021", "tff" },
	{ "fees_covered", "fees_covered", "costs_paid=10 exit_cost=8 ",
	  "funding", "18", "ftt" },
	{ "flip", "flip", "", "divergence", "0", "tff" },
	{ "flip", "flip(0.0001)", "", "divergence", "0.0003", "tff" },
	{ "funding_window", "funding_window(15m, any)",
	  "short_next_funding=29000 ", "long_next_funding", "900", "tff" },
	{ "funding_window", "funding_window(15m)", "long_next_funding=600 "
	  "short_next_funding=600 ", "window_carry", "0", "tff" },
	{ "leg_drift", "leg_drift", "", "leg_drift", "0.05", "fft" },
	{ "liquidation_near", "liquidation_near", "short_to_liquidation=0.5 ",
	  "long_to_liquidation", "0.1", "tff" },
	{ "min_hold", "min_hold(24h)", "", "age", "86400", "ftt" },
	{ "oi_imbalance", "oi_imbalance", "short_open_interest=100 ",
	  "long_open_interest", "300", "fft" },
	{ "oi_imbalance", "oi_imbalance", "short_open_interest=100 ",
	  "long_open_interest", "33", "tff" },
	{ "oi_imbalance", "oi_imbalance(basis=entry)",
	  "short_open_interest=100 entry_oi_ratio=10 ", "long_open_interest",
	  "3000", "fft" },
	{ "stale_data", "stale_data(3m)", "short_quote_age=5 ",
	  "long_quote_age", "180", "fft" },
	{ "stop_loss", "stop_loss(0.5%)", "size_usd=10000 costs_paid=10 "
	  "exit_cost=8 price_pnl=0 ", "funding", "-32", "ttf" },
	{ "take_profit", "take_profit(0.5%)", "size_usd=10000 costs_paid=10 "
	  "exit_cost=8 price_pnl=0 ", "funding", "68", "ftt" },
};

#define N_LIMITS (sizeof(limits) / sizeof(*limits))

static void holds_at(const struct limit *l, const char *step, int where)
{
	char facts[400], value[DEC_TEXT_MAX];
	struct rule_case cases[] = { { l->call, facts, NULL },
				     { NULL, NULL, NULL } };
	struct dec v = dec_lit(l->at), d = dec_lit(step);
	bool ok = where == 1 || (where == 0 ? dec_sub(&v, v, d) :
					      dec_add(&v, v, d));

	assert_true(ok);
	dec_format(value, v);
	snprintf(facts, sizeof(facts), "%s%s=%s", l->facts, l->fact, value);
	cases[0].want = l->want[where] == 't' ? "true" : "false";
	rule_cases_hold(cases);
}

/* leg_missing has no limit: its facts are 0 or 1. */
static bool has_a_row(const char *name)
{
	bool found = strcmp(name, "leg_missing") == 0;

	for (size_t k = 0; k < N_LIMITS; k++)
		found |= strcmp(name, limits[k].rule) == 0 &&
			 strncmp(limits[k].call, name, strlen(name)) == 0;
	return found;
}

static void s4_every_rule_is_exact_at_its_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++)
		if (!has_a_row(rule_table[i]->name))
			fail_msg("%s has no row here", rule_table[i]->name);
	for (size_t i = 0; i < N_LIMITS; i++)
		for (int where = 0; where < 3; where++) {
			holds_at(&limits[i], "0.000000000001", where);
			holds_at(&limits[i], "0.000000000000000001", where);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s4_every_rule_is_exact_at_its_limit),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
