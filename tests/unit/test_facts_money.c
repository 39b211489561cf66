/* SPDX-License-Identifier: MIT */
/* Facts in money, the next settlement, and which groups are computed at all. */
#include "facts_case.h"
#include "facts_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define END { NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL }
/* 2^127 - 1 units are the most there is. */
#define MOST "170141183460469231731.687303715884105727"

static struct fact known(const char *text)
{
	return fact_known(dec_lit(text));
}

static void is(struct fact f, const char *want)
{
	struct facts one = { 0 };

	one.v[FACT_SIZE] = f;
	assert_fact(&one, FACT_SIZE, want);
}

/* ---- one leg's price ---- */

static void a_legs_price_is_signed_by_its_side(void **state)
{
	struct leg leg = { .quantity = known("3"), .entry_price = known("100") };

	(void)state;
	is(facts_leg_price(&leg, LEG_LONG, known("102")), "6");
	is(facts_leg_price(&leg, LEG_SHORT, known("102")), "-6");
	is(facts_leg_price(&leg, LEG_LONG, known("99.5")), "-1.5");
}

static void a_legs_price_says_what_it_lacks(void **state)
{
	struct leg leg = { .quantity = fact_unknown(WHY_NOT_SET),
			   .entry_price = fact_unknown(WHY_MALFORMED) };

	(void)state;
	is(facts_leg_price(&leg, LEG_LONG, known("102")), "never recorded");
	leg.quantity = known(MOST);
	is(facts_leg_price(&leg, LEG_LONG, known("102")),
	   "malformed in the answer");
	leg.entry_price = known("100");
	is(facts_leg_price(&leg, LEG_LONG, fact_unknown(WHY_NULL_VALUE)),
	   "null in the answer");
	is(facts_leg_price(&leg, LEG_LONG, known("102")), "out of range");
}

/* ---- a position's money ---- */

struct scene {
	struct arena *arena;
	struct position p;
	struct terms t;
	struct venue_terms venue[4];
	struct market m;
	struct facts_memory memory;
	struct held held;
};

static void scene_open(struct scene *x)
{
	static const struct given_quote rows[] = {
		{ "BTC", "aster", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		END
	};

	memset(x, 0, sizeof(*x));
	x->arena = arena_new();
	x->p = given_position("BTC", "lighter", "grvt", "20000", "0.001");
	x->p.leg[LEG_LONG].quantity = known("2");
	x->p.leg[LEG_LONG].entry_price = known("100");
	x->p.leg[LEG_SHORT].quantity = known("3");
	x->p.leg[LEG_SHORT].entry_price = known("101");
	x->p.entry_oi_ratio = known("1.5");
	x->p.fees_usd = dec_lit("7");
	x->p.slippage_usd = dec_lit("0.25");
	given_terms(&x->t);
	memcpy(x->venue, x->t.venue, sizeof(x->venue));
	x->t.venue = x->venue;
	x->m = given_market(x->arena, GIVEN_NOW, rows);
	x->m.quotes[1].mark_price = known("99");
	x->m.quotes[2].mark_price = known("110");
	x->memory = facts_case_forgets;
	x->memory.funding_usd = known("4.5");
}

static struct facts facts_of(struct scene *x)
{
	struct facts f;

	facts_compute(&f, &x->p, &x->m, &x->t, &x->memory);
	return f;
}

static void money_is_of_both_legs(void **state)
{
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "26");	/* 2 * 10 + 3 * 2 */
	assert_fact(&f, FACT_FUNDING, "4.5");
	assert_fact(&f, FACT_PAID, "7.25");
	assert_fact(&f, FACT_EXIT_COST, "8");	/* 4 bps of 20000 */
	assert_fact(&f, FACT_SIZE, "20000");
	assert_fact(&f, FACT_ENTRY_OI_RATIO, "1.5");
	assert_fact(&f, FACT_AGE, "270000");
	arena_free(x.arena);
}

static void a_price_that_lacks_a_quote_says_why(void **state)
{
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	x.m.quotes[2].why = WHY_FUTURE;
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "timestamp in the future");
	x.p.leg[LEG_LONG].quantity = fact_unknown(WHY_NOT_SET);
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "never recorded");
	x.p.leg[LEG_LONG].quantity = known("2");
	x.p.leg[LEG_LONG].venue = given_venue("hyper");
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "symbol not in the answer");
	arena_free(x.arena);
}

/* What is held is asked where it is known, each leg its own. */
static void what_is_held_prices_before_what_was_recorded(void **state)
{
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	x.memory.held = &x.held;
	x.held = HELD_NONE;
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "26");
	assert_fact(&f, FACT_LEG_DRIFT, "not asked for");
	x.held.asked = x.held.good = true;
	for (int s = 0; s < 2; s++) {
		x.held.leg[s].quantity = known(s ? "10" : "20");
		x.held.leg[s].mark_price = known(s ? "50" : "60");
		x.held.leg[s].entry_price = known(s ? "53" : "55");
	}
	f = facts_of(&x);
	assert_fact(&f, FACT_PRICE, "130");	/* 20 * 5 + 10 * 3 */
	assert_fact(&f, FACT_LEG_DRIFT, "0.5");
	arena_free(x.arena);
}

static void the_exit_costs_what_both_venues_take(void **state)
{
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	x.t.costs = COSTS_FEES;
	x.venue[1].taker_fee = known("0.001");		/* grvt */
	x.venue[3].slippage = known("0.0003");		/* lighter */
	f = facts_of(&x);
	assert_fact(&f, FACT_EXIT_COST, "40");	/* 10 + 2 + 5 + 3 bps */
	x.venue[1].taker_fee = fact_unknown(WHY_NOT_SET);
	f = facts_of(&x);
	assert_fact(&f, FACT_EXIT_COST, "never recorded");
	x.venue[1].taker_fee = known("1");
	x.p.size_usd = dec_lit(MOST);
	f = facts_of(&x);
	assert_fact(&f, FACT_EXIT_COST, "out of range");
	arena_free(x.arena);
}

/* ---- settlements ---- */

static void a_derived_settlement_says_so(void **state)
{
	struct instant now = given_time("2026-11-20T21:00:00Z"), t;
	struct venue_terms v = { .pays_every_s = 3600, .anchor_s = 600 };
	struct quote q = { .next_funding = given_time("2026-11-20T21:00:01Z") };
	bool derived = true;

	(void)state;
	t = facts_next_funding(&derived, &q, &v, now);
	assert_int_equal(t.ms, q.next_funding.ms);
	assert_false(derived);
	t = facts_next_funding(&derived, NULL, &v, now);
	assert_int_equal(t.ms, given_time("2026-11-20T21:10:00Z").ms);
	assert_true(derived);
	q.next_funding = INSTANT_UNKNOWN;
	q.pays_every_s = 1;
	derived = false;
	t = facts_next_funding(&derived, &q, NULL, now);
	assert_int_equal(t.ms, given_time("2026-11-20T21:00:01Z").ms);
	assert_true(derived);
	q.pays_every_s = 28800;
	t = facts_next_funding(&derived, &q, NULL, now);
	assert_int_equal(t.ms, given_time("2026-11-21T00:00:00Z").ms);
	q.pays_every_s = 0;
	t = facts_next_funding(&derived, &q, NULL, now);
	assert_false(instant_known(t));
	assert_false(derived);
}

static void a_rhythm_of_a_second_is_one(void **state)
{
	struct quote q = { .next_funding = INSTANT_UNKNOWN, .pays_every_s = 1 };
	struct fact next, pays;

	(void)state;
	facts_put_schedule(&next, &pays, &q, NULL, given_time(GIVEN_NOW));
	is(next, "1");
	is(pays, "1");
}

/* The slower leg ends the window to the millisecond, whichever it is. */
static void the_window_ends_with_the_slower_leg(void **state)
{
	static const struct {
		const char *l, *s, *next_l, *next_s, *want;
	} cases[] = {
		/* long pays each 8 h, 3e-4 a day; short hourly, 12e-4 */
		{ "aster", "lighter", "2026-11-20T23:00:00Z",
		  "2026-11-20T22:00:00Z", "0" },	/* 2 * 4.32 - 8.64 */
		{ "aster", "lighter", "2026-11-20T21:30:00Z",
		  "2026-11-20T21:30:00.001Z", "-8.64" },
		{ "aster", "lighter", "2026-11-20T21:30:00Z",
		  "2026-11-20T21:30:00Z", "-4.32" },
		{ "lighter", "grvt", "2026-11-20T21:30:00.001Z",
		  "2026-11-20T21:30:00Z", "34.56" },
		{ "aster", "grvt", "2026-11-20T21:30:00.001Z",
		  "2026-11-20T21:30:00Z", "25.92" },
		{ "aster", "grvt", "2026-11-20T21:30:00Z",
		  "2026-11-20T21:30:00.001Z", "25.92" },
		/* the short leg's second comes a millisecond too late */
		{ "lighter", "hyper", "2026-11-20T22:30:00Z",
		  "2026-11-20T21:30:00.001Z", "3.24" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct given_quote rows[] = {
			{ "BTC", cases[i].l, "0.0001", WHY_KNOWN, NULL, NULL,
			  cases[i].next_l },
			{ "BTC", cases[i].s, "0.0004", WHY_KNOWN, NULL, NULL,
			  cases[i].next_s },
			END
		};
		struct scene x;
		struct facts f;

		scene_open(&x);
		x.m = given_market(x.arena, GIVEN_NOW, rows);
		x.p.leg[LEG_LONG].venue = given_venue(cases[i].l);
		x.p.leg[LEG_SHORT].venue = given_venue(cases[i].s);
		f = facts_of(&x);
		assert_fact(&f, FACT_WINDOW_CARRY, cases[i].want);
		arena_free(x.arena);
	}
}

static void a_stale_quote_still_has_an_age(void **state)
{
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	x.m.quotes[2].why = WHY_STALE;
	f = facts_of(&x);
	assert_fact(&f, FACT_LONG_QUOTE_AGE, "5");
	x.m.quotes[2].why = WHY_ABSURD;
	f = facts_of(&x);
	assert_fact(&f, FACT_LONG_QUOTE_AGE, "never recorded");
	arena_free(x.arena);
}

/* ---- groups ---- */

static uint64_t asked(const struct facts *f)
{
	uint64_t out = 0;

	for (int id = 0; id < FACT_COUNT; id++)
		if (f->v[id].known || f->v[id].why != WHY_NOT_ASKED)
			out |= UINT64_C(1) << id;
	return out;
}

static void only_what_is_wanted_is_computed(void **state)
{
	static const struct { uint64_t wanted, group; } cases[] = {
		{ USES(WINDOW_CARRY), FACTS_SCHEDULE },
		{ USES(FUNDING), FACTS_MONEY },
		{ USES(BASIS), FACTS_HELD },
		{ USES(ALT_COUNT), FACTS_ALT & ~FACTS_ALT_LEGS },
		{ USES(ALT_LONG_NEXT), FACTS_ALT },
	};
	struct facts_plan plan;
	uint64_t always;
	struct scene x;
	struct facts f;

	(void)state;
	scene_open(&x);
	x.memory.held = &x.held;
	x.held = HELD_NONE;
	x.held.asked = true;
	facts_plan(&plan, &x.p, &x.m, &x.t);
	facts_forget(&f);
	facts_compute_planned(&f, &plan, &x.p, &x.m, &x.t, &x.memory, 0);
	always = asked(&f);
	assert_int_equal(always & (FACTS_SCHEDULE | FACTS_MONEY | FACTS_HELD |
				   FACTS_ALT), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		facts_forget(&f);
		facts_compute_planned(&f, &plan, &x.p, &x.m, &x.t, &x.memory,
				      cases[i].wanted);
		assert_int_equal(asked(&f), always | cases[i].group);
	}
	arena_free(x.arena);
}

static void forgetting_leaves_nothing(void **state)
{
	struct facts f;

	(void)state;
	memset(&f, 0x55, sizeof(f));
	f.legs_fresh = f.alt_found = true;
	facts_forget(&f);
	for (int id = 0; id < FACT_COUNT; id++)
		is(f.v[id], "not asked for");
	assert_false(f.legs_fresh);
	assert_false(f.alt_found);
	assert_string_equal(f.alt_long.s, "");
	assert_string_equal(f.alt_short.s, "");
}

static void only_facts_are_put_unknown(void **state)
{
	struct facts f;

	(void)state;
	facts_forget(&f);
	f.legs_fresh = f.alt_found = true;
	f.alt_long = given_venue("grvt");
	facts_put_unknown(&f, UINT64_MAX, WHY_FAILED);
	is(f.v[FACT_DIVERGENCE], "request failed");
	is(f.v[FACT_BASIS], "request failed");
	assert_true(f.legs_fresh && f.alt_found);
	assert_string_equal(f.alt_long.s, "grvt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_legs_price_is_signed_by_its_side),
		cmocka_unit_test(a_legs_price_says_what_it_lacks),
		cmocka_unit_test(money_is_of_both_legs),
		cmocka_unit_test(a_price_that_lacks_a_quote_says_why),
		cmocka_unit_test(what_is_held_prices_before_what_was_recorded),
		cmocka_unit_test(the_exit_costs_what_both_venues_take),
		cmocka_unit_test(a_derived_settlement_says_so),
		cmocka_unit_test(a_rhythm_of_a_second_is_one),
		cmocka_unit_test(the_window_ends_with_the_slower_leg),
		cmocka_unit_test(a_stale_quote_still_has_an_age),
		cmocka_unit_test(only_what_is_wanted_is_computed),
		cmocka_unit_test(forgetting_leaves_nothing),
		cmocka_unit_test(only_facts_are_put_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
