/* SPDX-License-Identifier: MIT */
/* Facts at the edges: unusual schedules, ties, gaps and numbers too large. */
#include "facts_case.h"
#include "facts_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define END { NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL }

static void assert_alt(const struct facts *f, const char *l, const char *s)
{
	assert_true(f->alt_found);
	assert_string_equal(f->alt_long.s, l);
	assert_string_equal(f->alt_short.s, s);
}

/* A row of the market that a test may change. */
static struct quote *row(const struct market *m, const char *venue)
{
	return (struct quote *)market_quote(m, given_symbol("BTC"),
					    given_venue(venue));
}

struct schedule_case {
	const char *l, *s;		/* BTC at 0.0001 and 0.0004 per 8 h */
	const char *l_next, *s_next;	/* as the service says */
	const char *carry, *comment;
};

/* Daily 0.0003 and 0.0012; 1 h = 3600 s, 8 h = 28800 s of a daily rate. */
static const struct schedule_case schedule_cases[] = {
	{ "grvt", "aster", NULL, NULL, "25.92", "both every 8 h" },
	{ "grvt", "lighter", NULL, NULL, "4.32",
	  "the long leg is the slow one: three hours until 00:00" },
	{ "hyper", "lighter", "2026-11-20T21:30:00Z", "2026-11-20T22:00:00Z",
	  "3.24", "the later of two equal rhythms ends the window: short" },
	{ "hyper", "lighter", "2026-11-20T22:00:00Z", "2026-11-20T21:30:00Z",
	  "3.24", "and the later one may be the long leg" },
	{ "lighter", "grvt", "2026-11-21T01:00:00Z", NULL, "34.56",
	  "the fast leg settles only after the window: it counts nothing" },
};

static void the_slower_leg_ends_the_window(void **state)
{
	struct arena *a = arena_new();
	struct terms t;

	(void)state;
	given_terms(&t);
	for (size_t i = 0; i < N(schedule_cases); i++) {
		const struct schedule_case *c = &schedule_cases[i];
		struct given_quote rows[] = {
			{ "BTC", c->l, "0.0001", WHY_KNOWN, NULL, NULL,
			  c->l_next },
			{ "BTC", c->s, "0.0004", WHY_KNOWN, NULL, NULL,
			  c->s_next },
			END
		};
		struct position p = given_position("BTC", c->l, c->s, "1",
						   "1");
		struct market m = given_market(a, GIVEN_NOW, rows);
		struct facts f = compute(&p, &m, &t);

		print_message("# %s\n", c->comment);
		assert_fact(&f, FACT_WINDOW_CARRY, c->carry);
	}
	arena_free(a);
}

static const struct given_quote pair[] = {
	{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
	{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
	END
};

static void a_venue_without_a_rhythm_is_unknown(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct venue_terms own[2];
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, pair);
	struct terms t;
	struct facts f;

	(void)state;
	memset(own, 0, sizeof(own));	/* listed, pays_every not written */
	own[0].venue = given_venue("grvt");
	own[1].venue = given_venue("lighter");
	given_terms(&t);
	t.venue = own;
	t.n_venue = 2;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_LONG_NEXT, "payment interval not configured");
	assert_fact(&f, FACT_WINDOW_CARRY, "payment interval not configured");
	row(&m, "lighter")->next_funding = given_time("2026-11-20T22:00:00Z");
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_LONG_NEXT, "3600");
	assert_fact(&f, FACT_WINDOW_CARRY, "payment interval not configured");
	arena_free(a);
}

static void an_older_quote_does_not_replace_a_newer_memory(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct facts_memory memory = { {
		given_time("2026-11-20T20:59:58Z"),	/* quotes: 20:59:55 */
		given_time("2026-11-20T20:59:55Z")
	}, fact_known(DEC_ZERO), NULL };
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, pair);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	facts_compute(&f, &p, &m, &t, &memory);
	assert_fact(&f, FACT_LONG_QUOTE_AGE, "2");
	assert_fact(&f, FACT_SHORT_QUOTE_AGE, "5");
	arena_free(a);
}

static void flows_that_fit_may_differ_by_too_much(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, pair);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);	/* 3 x 3600 s and 1 x 28800 s of 3 x the rate */
	row(&m, "lighter")->rate.fraction = dec_lit("-4000000000000000");
	row(&m, "grvt")->rate.fraction = dec_lit("1800000000000000");
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_DIVERGENCE, "17400000000000000");
	assert_fact(&f, FACT_WINDOW_CARRY, "out of range");
	arena_free(a);
}

/* ---- alternatives ---- */

static void an_inactive_venue_that_is_allowed_is_no_gap(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "aster", "0.0009", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		END
	};
	struct venue three[3] = { given_venue("aster"), given_venue("grvt"),
				  given_venue("lighter") };
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	t.allowed = three;
	t.n_allowed = 3;
	given_view(&m, "aster")->active = false;
	f = compute(&p, &m, &t);	/* known to be closed: nothing there */
	assert_fact(&f, FACT_ALT_COUNT, "1");
	assert_alt(&f, "grvt", "lighter");
	arena_free(a);
}

static void a_quote_of_a_venue_without_a_view_offers_nothing(void **state)
{
	static const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "hyper", "0.0002", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		{ "BTC", "zeta", "0.0009", WHY_KNOWN, NULL, NULL, NULL },
		END
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, rows);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_alt(&f, "lighter", "zeta");
	m.n_venues--;			/* sorted by name: zeta goes */
	f = compute(&p, &m, &t);
	assert_alt(&f, "hyper", "grvt");
	arena_free(a);
}

static void a_rate_out_of_range_makes_no_pair(void **state)
{
	struct position p = given_position("BTC", "grvt", "lighter", "1", "1");
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, pair);
	struct terms t;
	struct facts f;

	(void)state;
	given_terms(&t);
	row(&m, "grvt")->rate.fraction = dec_lit("100000000000000000000");
	f = compute(&p, &m, &t);	/* long lighter is fine, short is not */
	assert_fact(&f, FACT_ALT_COUNT, "0");
	arena_free(a);
}

/* Beyond any real service; the bound itself must hold. */
static void no_more_than_256_venues_are_compared(void **state)
{
	static char names[300][16];
	static struct given_quote rows[301] = { END };
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct terms t;
	struct market m;
	struct facts f;

	(void)state;
	given_terms(&t);
	for (int i = 0; i < 300; i++) {
		snprintf(names[i], sizeof(names[i]), "v%03d", i);
		rows[i] = (struct given_quote){ "BTC", names[i], "0.0001",
						WHY_KNOWN, NULL, NULL, NULL };
	}
	rows[300] = (struct given_quote)END;
	m = given_market(a, GIVEN_NOW, rows);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_ALT_COUNT, "65280");	/* 256 x 255 */
	arena_free(a);
}

/* Costs of lighter, hyper and aster as texts; NULL: not written. */
struct tie_case {
	const char *fee[3];
	const char *rate[3];
	const char *l, *s, *comment;
};

/* Held: lighter long, grvt short at 0.0001; always every venue offers. */
static const struct tie_case tie_cases[] = {
	{ { "0", NULL, "0" }, { "-0.001", "-0.001", "0.002" },
	  "lighter", "aster", "a known cost goes before an unknown one" },
	{ { NULL, "0", "0" }, { "-0.001", "-0.001", "0.002" },
	  "hyper", "aster", "the known one may come first by name too" },
	{ { "0", "0", NULL }, { "-0.001", "-0.001", "0.002" },
	  "hyper", "aster", "neither cost is known: the long leg's name" },
	{ { "0", "0", "0" }, { "-0.001", "0.002", "0.002" },
	  "lighter", "aster", "all the same: the short leg's name" },
	/* the held pair has both ends: of the edges two are as wide */
	{ { "0", NULL, "0" }, { "-0.001", "-0.0005", "-0.0004" },
	  "lighter", "aster", "an unknown cost found later is not better" },
	{ { "0", NULL, NULL }, { "-0.001", "-0.0005", "-0.0004" },
	  "hyper", "grvt", "neither is known: the name, though found later" },
};

/* What a plan says of itself, and that it looks at nothing behind the ends. */
static void a_plan_keeps_to_its_lists(void **state)
{
	const struct given_quote rows[] = {
		{ "BTC", "grvt", "0.0004", WHY_KNOWN, NULL, NULL, NULL },
		{ "ETH", "lighter", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
		END
	};
	const struct venue allowed[] = {
		given_venue("grvt"), given_venue("lighter"), given_venue("aster")
	};
	struct position p = given_position("BTC", "lighter", "grvt", "1", NULL);
	struct arena *a = arena_new();
	struct facts_plan plan;
	struct market m;
	struct terms t;

	(void)state;
	given_terms(&t);
	m = given_market(a, GIVEN_NOW, rows);
	m.dexes_known = false;
	m.venues[m.n_venues] = m.venues[0];
	m.venues[m.n_venues].venue = given_venue("aster");
	facts_plan(&plan, &p, &m, &t);
	assert_true(plan.others_unknown);
	assert_int_equal(plan.absent[LEG_SHORT], WHY_KNOWN);
	assert_int_equal(plan.absent[LEG_LONG], WHY_NOT_LISTED);
	assert_int_equal(plan.quote[LEG_LONG], PLAN_NO_QUOTE);
	m.n_venues++;
	facts_plan(&plan, &p, &m, &t);
	assert_false(plan.others_unknown);
	t.allowed = allowed;
	t.n_allowed = 2;		/* aster is behind the end */
	facts_plan(&plan, &p, &m, &t);
	assert_false(plan.others_unknown);
	m.venues[m.n_venues - 1].rates = ANSWER_FAILED;
	facts_plan(&plan, &p, &m, &t);
	assert_false(plan.others_unknown);
	t.n_allowed = 3;
	facts_plan(&plan, &p, &m, &t);
	assert_true(plan.others_unknown);
	arena_free(a);
}

static void a_cost_that_is_not_written_says_so(void **state)
{
	struct venue l = given_venue("lighter"), u = given_venue("unheard");
	struct terms t;

	(void)state;
	given_terms(&t);
	t.costs = COSTS_FEES;
	assert_int_equal(facts_switch_cost(&t, l, l, l, u).why, WHY_NOT_SET);
	assert_int_equal(facts_half_cost(&t, l, u).why, WHY_NOT_SET);
	assert_int_equal(facts_half_costs(&t, u, l).slippage.why, WHY_NOT_SET);
}

static const char *const tie_venues[3] = { "lighter", "hyper", "aster" };

static void set_fees(struct terms *t, const char *const *fee)
{
	for (size_t i = 0; i < 3; i++) {
		struct venue_terms *v = (struct venue_terms *)
			terms_find(t->venue, t->n_venue,
				   given_venue(tie_venues[i]));

		v->slippage = fact_known(DEC_ZERO);
		v->taker_fee = fee[i] ? fact_known(dec_lit(fee[i])) :
					fact_unknown(WHY_NOT_SET);
	}
}

static void equal_pairs_are_told_apart_step_by_step(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1", "1");
	struct arena *a = arena_new();
	struct terms t;

	(void)state;
	given_terms(&t);
	t.costs = COSTS_FEES;
	for (size_t i = 0; i < N(tie_cases); i++) {
		const struct tie_case *c = &tie_cases[i];
		struct given_quote rows[] = {
			{ "BTC", "aster", c->rate[2], WHY_KNOWN, NULL, NULL, NULL },
			{ "BTC", "grvt", "0.0001", WHY_KNOWN, NULL, NULL, NULL },
			{ "BTC", "hyper", c->rate[1], WHY_KNOWN, NULL, NULL, NULL },
			{ "BTC", "lighter", c->rate[0], WHY_KNOWN, NULL, NULL, NULL },
			END
		};
		struct market m = given_market(a, GIVEN_NOW, rows);
		struct facts f;

		print_message("# %s\n", c->comment);
		set_fees(&t, c->fee);
		f = compute(&p, &m, &t);
		assert_alt(&f, c->l, c->s);
	}
	arena_free(a);
}

static void fees_that_do_not_add_up_are_unknown(void **state)
{
	struct venue l = given_venue("lighter"), g = given_venue("grvt");
	static const char *const huge[3] = { "170000000000000000000", "0",
					     "0" };
	struct fact cost;
	struct terms t;

	(void)state;
	given_terms(&t);
	t.costs = COSTS_FEES;
	set_fees(&t, huge);
	cost = facts_switch_cost(&t, g, l, l, g);	/* twice is too much */
	assert_false(cost.known);
	assert_int_equal(cost.why, WHY_OVERFLOW);
	assert_true(facts_half_cost(&t, l, given_venue("hyper")).known);
}

static const struct given_quote plain[] = {
	{ "BTC", "lighter", "0.0001", WHY_KNOWN, "5", "1", NULL },
	{ "BTC", "grvt", "0.0004", WHY_KNOWN, "2", "1", GIVEN_NOW },
	END
};

/* What pays now was announced for now; the next one lies ahead. */
static void a_settlement_due_now_is_not_the_next(void **state)
{
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, plain);
	struct position p = given_position("BTC", "lighter", "grvt", "1000",
					   "0.001");
	struct facts f;
	struct terms t;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_SHORT_NEXT, "10800");	/* 00:00, not 21:00 */
	arena_free(a);
}

static void what_a_stale_leg_says_of_its_depth_does_not_count(void **state)
{
	struct arena *a = arena_new();
	struct market m = given_market(a, GIVEN_NOW, plain);
	struct position p = given_position("BTC", "lighter", "grvt", "1000",
					   "0.001");
	struct facts f;
	struct terms t;

	(void)state;
	given_terms(&t);
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_SHORT_OI, "2");
	row(&m, "grvt")->why = WHY_STALE;
	f = compute(&p, &m, &t);
	assert_fact(&f, FACT_LONG_OI, "5");
	assert_fact(&f, FACT_SHORT_OI, "stale");
	/* Nor is a flow known of which one half is not. */
	assert_fact(&f, FACT_WINDOW_CARRY, "stale");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slower_leg_ends_the_window),
		cmocka_unit_test(a_venue_without_a_rhythm_is_unknown),
		cmocka_unit_test(an_older_quote_does_not_replace_a_newer_memory),
		cmocka_unit_test(flows_that_fit_may_differ_by_too_much),
		cmocka_unit_test(an_inactive_venue_that_is_allowed_is_no_gap),
		cmocka_unit_test(a_quote_of_a_venue_without_a_view_offers_nothing),
		cmocka_unit_test(a_rate_out_of_range_makes_no_pair),
		cmocka_unit_test(no_more_than_256_venues_are_compared),
		cmocka_unit_test(equal_pairs_are_told_apart_step_by_step),
		cmocka_unit_test(a_plan_keeps_to_its_lists),
		cmocka_unit_test(a_cost_that_is_not_written_says_so),
		cmocka_unit_test(a_settlement_due_now_is_not_the_next),
		cmocka_unit_test(what_a_stale_leg_says_of_its_depth_does_not_count),
		cmocka_unit_test(fees_that_do_not_add_up_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
