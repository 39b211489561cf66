/* SPDX-License-Identifier: MIT */
/* Facts: signed divergence, ages, schedules, alternatives; each unknown. */
#include "facts_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct rates_case {
	const char *long_rate, *short_rate;
	enum why long_why, short_why;
	const char *divergence, *fresh, *comment;
};

static const struct rates_case rates_cases[] = {
	{ "0.000035", "0.000255", WHY_KNOWN, WHY_KNOWN, "0.00066", "1",
	  "short minus long, three times the 8 h rate" },
	{ "0.0003", "0.0001", WHY_KNOWN, WHY_KNOWN, "-0.0006", "1",
	  "a flip is negative, never absolute" },
	{ "0", "0", WHY_KNOWN, WHY_KNOWN, "0", "1", "zero is a value" },
	{ NULL, "0.01", WHY_NULL_VALUE, WHY_KNOWN, "null in the answer", "0",
	  "a null leg is not zero" },
	{ "0.0001", "0.0002", WHY_STALE, WHY_KNOWN, "stale", "0",
	  "a stale leg is not used" },
	{ "0.0001", "0.0002", WHY_KNOWN, WHY_FUTURE,
	  "timestamp in the future", "0", "nor one from the future" },
	{ "0.0001", "0.0002", WHY_KNOWN, WHY_MALFORMED,
	  "malformed in the answer", "0", "nor a malformed one" },
};

static void divergence_is_signed_and_unknown_without_both_legs(void **state)
{
	struct arena *a = arena_new();
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   "0.000285");
	struct terms t;

	(void)state;
	given_terms(&t);
	for (size_t i = 0; i < sizeof(rates_cases) / sizeof(*rates_cases); i++) {
		const struct rates_case *c = &rates_cases[i];
		struct given_quote rows[] = {
			{ "BTC", "lighter", c->long_rate, c->long_why, "5", "1", NULL },
			{ "BTC", "grvt", c->short_rate, c->short_why, "2", "1", NULL },
			{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
		};
		struct market m = given_market(a, GIVEN_NOW, rows);
		struct facts f = compute(&p, &m, &t);

		print_message("# %s\n", c->comment);
		assert_fact(&f, FACT_DIVERGENCE, c->divergence);
		assert_int_equal(f.legs_fresh, c->fresh[0] == '1');
		assert_fact(&f, FACT_ENTRY_DIVERGENCE, "0.000855");
		assert_fact(&f, FACT_AGE, "270000");
	}
	arena_free(a);
}

static void one_missing_symbol_is_not_a_flip(void **state)
{
	static const struct given_quote rows[] = {
		{ "S", "grvt", "0.0009", WHY_KNOWN, NULL, NULL, NULL },
		{ "SOL", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("SOL", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_DIVERGENCE, "symbol not in the answer");
	given_view(&m, "grvt")->rates = ANSWER_FAILED;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_SHORT_RATE, "request failed");
	assert_fact(&f, FACT_SHORT_OI, "request failed");
	arena_free(a);
}

static void an_8h_rate_collects_the_same_hourly_or_every_8h(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, "2026-11-20T16:00:00Z", rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_DIVERGENCE, "0");
	/* From 16:00 through 00:00: eight hourly against one 8 h payment. */
	assert_fact(&f, FACT_WINDOW_CARRY, "0");
	arena_free(a);
}

struct window_case {
	const char *now, *carry, *long_next, *short_next, *comment;
};

/* finance.md 3: hyperliquid 0.00001 hourly, binance 0.0004 every 8 h. */
static const struct window_case window_cases[] = {
	{ "2026-11-20T15:50:00Z", "33.696", "600", "600",
	  "+3.90 on 10,000: 16:00 pays both" },
	{ "2026-11-20T14:50:00Z", "32.832", "600", "4200",
	  "15:00 and 16:00 hourly against one 8 h payment" },
	{ "2026-11-20T16:01:00Z", "27.648", "3540", "28740",
	  "eight hourly payments before the next 8 h one" },
};

static void the_window_counts_each_legs_settlements(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "hyper", "0.00008", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "hyper", "grvt", "10000",
					   "1");
	struct arena *a = arena_new();
	struct terms t;

	(void)state;
	given_terms(&t);
	for (size_t i = 0; i < 3; i++) {
		const struct window_case *c = &window_cases[i];
		struct market m = given_market(a, c->now, rows);
		struct facts f = compute(&p, &m, &t);

		print_message("# %s\n", c->comment);
		assert_fact(&f, FACT_WINDOW_CARRY, c->carry);
		assert_fact(&f, FACT_LONG_NEXT, c->long_next);
		assert_fact(&f, FACT_SHORT_NEXT, c->short_next);
	}
	arena_free(a);
}

static void an_unknown_payment_interval_is_unknown(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "newdex", "0.00008", WHY_KNOWN, NULL, NULL,
		  "2026-11-20T22:00:00Z" },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "newdex", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_WINDOW_CARRY, "payment interval not configured");
	assert_fact(&f, FACT_LONG_NEXT, "3600");	/* announced */
	((struct quote *)market_quote(&m, p.symbol, given_venue("newdex")))
		->next_funding = given_time("2026-11-20T20:00:00Z");
	f = compute(&p, &m, &t);			/* past: not it */
	assert_fact(&f, FACT_LONG_NEXT, "payment interval not configured");
	arena_free(a);
}

static void quote_age_remembers_the_newest_usable_quote(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", NULL, WHY_NULL_VALUE, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct facts_memory memory = facts_case_forgets;
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_LONG_QUOTE_AGE, "never recorded");
	assert_fact(&f, FACT_SHORT_QUOTE_AGE, "5");
	memory.quote_at[LEG_LONG] = given_time("2026-11-20T20:56:59.999Z");
	memory.quote_at[LEG_SHORT] = given_time("2026-11-20T20:00:00Z");
	facts_compute(&f, &p, &m, &t, &memory);
	assert_fact(&f, FACT_LONG_QUOTE_AGE, "180.001");
	assert_fact(&f, FACT_SHORT_QUOTE_AGE, "5");
	arena_free(a);
}

/* ---- alternatives ---- */

static const struct given_quote four[] = {
	{ "BTC", "aster", "0.0009", WHY_KNOWN, "1", "500", NULL },
	{ "BTC", "grvt", "0.0005", WHY_KNOWN, "1", "500", NULL },
	{ "BTC", "hyper", "-0.0002", WHY_STALE, "1", "500", NULL },
	{ "BTC", "lighter", "0.0001", WHY_KNOWN, "1", "400", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};

static void assert_alt(const struct facts *f, const char *l, const char *s,
		       const char *daily)
{
	assert_true(f->alt_found);
	assert_string_equal(f->alt_long.s, l);
	assert_string_equal(f->alt_short.s, s);
	assert_fact(f, FACT_ALT_DIVERGENCE, daily);
}

static void the_best_alternative_is_fresh_and_not_the_held_pair(void **state)
{
	struct position held = given_position("BTC", "lighter", "aster", "1",
					      "1");
	struct position other = given_position("BTC", "lighter", "grvt", "1",
					       "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, four);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&other, &m, &t);	/* stale hyper would be better */
	assert_alt(&f, "lighter", "aster", "0.0024");
	assert_fact(&f, FACT_ALT_COUNT, "5");
	assert_fact(&f, FACT_ALT_COST, "0.0008");
	f = compute(&held, &m, &t);	/* equal gross: names decide */
	assert_alt(&f, "grvt", "aster", "0.0012");
	given_view(&m, "aster")->active = false;
	f = compute(&other, &m, &t);
	assert_alt(&f, "grvt", "lighter", "-0.0012");
	given_view(&m, "grvt")->listed = false;
	f = compute(&held, &m, &t);
	assert_false(f.alt_found);
	assert_fact(&f, FACT_ALT_COUNT, "0");
	arena_free(a);
}

static void only_allowed_and_liquid_venues_offer(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct venue two[2] = { given_venue("grvt"), given_venue("lighter") };
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, four);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	t.allowed = two;
	t.n_allowed = 2;
	f = compute(&p, &m, &t);	/* nobody else exists: not unknown */
	assert_alt(&f, "grvt", "lighter", "-0.0012");
	t.n_allowed = 0;
	t.min_volume_usd = fact_known(dec_int(500));
	f = compute(&p, &m, &t);	/* lighter is below it */
	assert_alt(&f, "grvt", "aster", "0.0012");
	((struct quote *)market_quote(&m, p.symbol, given_venue("grvt")))
		->volume_usd = fact_unknown(WHY_NULL_VALUE);
	f = compute(&p, &m, &t);	/* unknown volume is no volume */
	assert_fact(&f, FACT_ALT_COUNT, "0");
	arena_free(a);
}

static void no_answer_from_any_other_venue_is_unknown(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct venue three[3] = { given_venue("far"), given_venue("grvt"),
				  given_venue("lighter") };
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, four);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	given_view(&m, "aster")->rates = ANSWER_FAILED;
	f = compute(&p, &m, &t);	/* hyper answered, though stale */
	assert_true(f.v[FACT_ALT_COUNT].known);
	given_view(&m, "hyper")->rates = ANSWER_FAILED;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	assert_false(f.alt_found);
	t.allowed = three;		/* one that is not even listed */
	t.n_allowed = 3;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	arena_free(a);
}

static void without_a_venue_list_alternatives_are_unknown(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0005", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	m.dexes_known = false;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	m.dexes_known = true;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "1");
	arena_free(a);
}

/* Restarted while the list fails: the configured venues stand unlisted. */
static void before_any_venue_list_alternatives_are_unknown(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "aster", "0.0009", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "grvt", "0.0005", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	const struct venue three[] = { given_venue("grvt"),
		given_venue("lighter"), given_venue("aster") };
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	t.allowed = three;
	t.n_allowed = 3;
	m.dexes_known = false;
	for (size_t i = 0; i < m.n_venues; i++)
		m.venues[i].listed = m.venues[i].active = false;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	given_view(&m, "aster")->rates = ANSWER_FAILED;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	t.n_allowed = 2;		/* no others, list or not */
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "0");
	t.n_allowed = 3;
	for (size_t i = 0; i < m.n_venues; i++) {	/* the last known list */
		m.venues[i].listed = true;
		f = compute(&p, &m, &t);
		assert_fact(&f, FACT_ALT_COUNT, "0");
		m.venues[i].listed = false;
	}
	m.venues[--m.n_venues].listed = true;		/* behind the end */
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "request failed");
	arena_free(a);
}

static void a_leg_that_stays_costs_nothing_under_fees(void **state)
{
	struct venue l = given_venue("lighter"), g = given_venue("grvt");
	struct venue s = given_venue("aster"), u = given_venue("unheard");
	char text[DEC_TEXT_MAX];
	struct terms t;

	(void)state;
	given_terms(&t);
	t.costs = COSTS_FEES;
	dec_format(text, facts_switch_cost(&t, l, g, l, s).v);
	assert_string_equal(text, "0.0014");
	dec_format(text, facts_switch_cost(&t, l, g, s, g).v);
	assert_string_equal(text, "0.0014");
	dec_format(text, facts_switch_cost(&t, l, g, l, g).v);
	assert_string_equal(text, "0");
	dec_format(text, facts_switch_cost(&t, l, g, g, l).v);
	assert_string_equal(text, "0.0028");
	assert_false(facts_switch_cost(&t, l, g, l, u).known);
	assert_false(facts_switch_cost(&t, l, g, u, g).known);
	dec_format(text, facts_half_cost(&t, l, g).v);
	assert_string_equal(text, "0.0014");
	assert_false(facts_half_cost(&t, u, g).known);
	t.costs = COSTS_ROUND_TRIP;
	dec_format(text, facts_half_cost(&t, u, g).v);
	assert_string_equal(text, "0.0004");
}

static void equal_gross_prefers_the_cheaper_pair(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "aster", "0.0005", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "grvt", "0.0002", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "hyper", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "unheard", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	t.costs = COSTS_FEES;
	f = compute(&p, &m, &t);	/* hyper sorts first but costs a leg */
	assert_alt(&f, "lighter", "aster", "0.0012");
	t.costs = COSTS_ROUND_TRIP;
	f = compute(&p, &m, &t);
	assert_alt(&f, "hyper", "aster", "0.0012");
	arena_free(a);
}

static void huge_numbers_are_refused_not_wrapped(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.05", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "-0.05", WHY_KNOWN, NULL, NULL, NULL },
		{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct quote *g = (struct quote *)market_quote(&m, p.symbol,
						       given_venue("grvt"));
	struct quote *l = (struct quote *)market_quote(&m, p.symbol,
						       given_venue("lighter"));
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	g->rate.fraction = dec_lit("50000000000000000000");
	l->rate.fraction = dec_lit("-50000000000000000000");
	f = compute(&p, &m, &t);	/* each fits, the difference does not */
	assert_fact(&f, FACT_DIVERGENCE, "out of range");
	assert_fact(&f, FACT_WINDOW_CARRY, "out of range");
	assert_false(f.alt_found);
	g->rate.fraction = dec_lit("100000000000000000000");
	f = compute(&p, &m, &t);	/* not even the daily rate */
	assert_fact(&f, FACT_SHORT_RATE, "out of range");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(divergence_is_signed_and_unknown_without_both_legs),
		cmocka_unit_test(one_missing_symbol_is_not_a_flip),
		cmocka_unit_test(an_8h_rate_collects_the_same_hourly_or_every_8h),
		cmocka_unit_test(the_window_counts_each_legs_settlements),
		cmocka_unit_test(an_unknown_payment_interval_is_unknown),
		cmocka_unit_test(quote_age_remembers_the_newest_usable_quote),
		cmocka_unit_test(the_best_alternative_is_fresh_and_not_the_held_pair),
		cmocka_unit_test(only_allowed_and_liquid_venues_offer),
		cmocka_unit_test(no_answer_from_any_other_venue_is_unknown),
		cmocka_unit_test(without_a_venue_list_alternatives_are_unknown),
		cmocka_unit_test(before_any_venue_list_alternatives_are_unknown),
		cmocka_unit_test(a_leg_that_stays_costs_nothing_under_fees),
		cmocka_unit_test(equal_gross_prefers_the_cheaper_pair),
		cmocka_unit_test(huge_numbers_are_refused_not_wrapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
