/* SPDX-License-Identifier: MIT */
/* Entry policy: one table of refusals, then order and limits. */
#include "entry.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct desk {
	struct arena *arena;
	struct account account;
	struct market market;
	struct terms terms;
	struct position held[4];
	struct entry_ask ask;
	struct opportunity list[4];
};

static const struct given_quote rows[] = {
	{ "BTC", "grvt", "0.0011", WHY_KNOWN, "9000", "700", NULL },
	{ "BTC", "lighter", "0.0001", WHY_KNOWN, "5000", "900", NULL },
	{ "ETH", "aster", "0.0011", WHY_KNOWN, "9000", "700", NULL },
	{ "ETH", "lighter", "0.0001", WHY_KNOWN, "5000", "900", NULL },
	{ "SOL", "grvt", "0.0021", WHY_STALE, "9000", "700", NULL },
	{ "SOL", "lighter", "0.0001", WHY_KNOWN, "5000", "900", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};

static struct opportunity ranked(const char *symbol, const char *l,
				 const char *s, const char *net)
{
	struct opportunity o;

	memset(&o, 0, sizeof(o));
	o.symbol = given_symbol(symbol);
	o.long_venue = given_venue(l);
	o.short_venue = given_venue(s);
	o.long_rate_8h = dec_lit("0.0001");
	o.short_rate_8h = dec_lit("0.0011");
	o.net_8h = *net ? fact_known(dec_lit(net)) :
			  fact_unknown(WHY_INEXACT);
	return o;
}

static struct desk *desk_new(void)
{
	static const char *const close[] = { "FLIP: flip",
					     "AGE: age(168h)", NULL };
	struct arena *a = arena_new();
	struct desk *d = arena_alloc(a, sizeof(*d));
	struct entry_policy *e = &d->account.entry;

	d->arena = a;
	d->account.profile = given_profile(a, close, NULL);
	d->market = given_market(a, GIVEN_NOW, rows);
	given_terms(&d->terms);
	e->enabled = true;
	e->min_profit = dec_lit("0.001");
	e->max_positions = 3;
	e->size_usd = fact_known(dec_int(1000));
	e->cooldown = span_s(DAY_S);
	e->max_break_even = span_s(3 * DAY_S);
	d->list[0] = ranked("BTC", "lighter", "grvt", "0.0010");
	d->market.opportunities = d->list;
	d->market.n_opportunities = 1;
	d->ask = (struct entry_ask){ &d->account, &d->market, &d->terms,
				     d->held, 0, given_time(GIVEN_NOW) };
	return d;
}

static struct entry *judge(struct desk *d)
{
	struct entry *list;
	struct err err;
	size_t n;

	assert_true(entry_judge(&list, &n, &d->ask, d->arena, &err));
	assert_int_equal(n, d->market.n_opportunities);
	return list;
}

static void assert_first(struct desk *d, enum entry_result want)
{
	assert_string_equal(entry_word(judge(d)[0].result), entry_word(want));
}

static void a_good_pair_is_accepted_with_its_entry_terms(void **state)
{
	struct desk *d = desk_new();
	struct entry *e = judge(d);
	char text[DEC_TEXT_MAX];

	(void)state;
	assert_int_equal(e->result, ENTRY_ACCEPTED);
	assert_false(e->disagrees);
	dec_format(text, e->position.entry_divergence.v);
	assert_string_equal(text, "0.003");
	dec_format(text, e->position.leg[LEG_SHORT].entry_rate_8h.v);
	assert_string_equal(text, "0.0011");
	dec_format(text, e->position.entry_oi_ratio.v);
	assert_string_equal(text, "0.555555555555555556");
	assert_int_equal(e->position.opened_at.ms, given_time(GIVEN_NOW).ms);
	arena_free(d->arena);
}

/* No ratio to nothing: the rule that compares with it stays unknown. */
static void a_pair_without_open_interest_has_no_ratio(void **state)
{
	struct desk *d = desk_new();
	struct entry *e;

	(void)state;
	for (size_t i = 0; i < d->market.n_quotes; i++)
		d->market.quotes[i].oi_usd = fact_known(DEC_ZERO);
	e = judge(d);
	assert_int_equal(e->result, ENTRY_ACCEPTED);
	assert_false(e->position.entry_oi_ratio.known);
	arena_free(d->arena);
}

static void refuse_low_profit(struct desk *d)
{
	d->account.entry.min_profit = dec_lit("0.001000000000000001");
}

static void refuse_stale(struct desk *d)
{
	d->list[0] = ranked("SOL", "lighter", "grvt", "0.002");
}

static void refuse_unlisted(struct desk *d)
{
	given_view(&d->market, "grvt")->listed = false;
}

static void refuse_not_ours(struct desk *d)
{
	static struct venue one;

	one = given_venue("lighter");
	d->terms.allowed = &one;
	d->terms.n_allowed = 1;
}

static void refuse_same_venue(struct desk *d)
{
	d->list[0].short_venue = d->list[0].long_venue;
}

static void refuse_held(struct desk *d)
{
	d->held[0] = given_position("BTC", "hyper", "aster", "1", "1");
	d->ask.n_positions = 1;
}

static void refuse_cooldown(struct desk *d)
{
	refuse_held(d);
	d->held[0].status = STATUS_CLOSED;
	d->held[0].closed_at = given_time("2026-11-19T21:00:00.001Z");
}

static void accept_after_cooldown(struct desk *d)
{
	refuse_cooldown(d);
	d->held[0].closed_at = given_time("2026-11-19T21:00:00Z");
}

static void refuse_low_oi(struct desk *d)
{
	d->account.entry.min_oi_usd = fact_known(dec_int(5001));
}

static void accept_oi_at_the_bounds(struct desk *d)
{
	d->account.entry.min_oi_usd = fact_known(dec_int(5000));
	d->account.entry.max_oi_usd = fact_known(dec_int(5000));
}

static void refuse_high_oi(struct desk *d)
{
	d->account.entry.max_oi_usd = fact_known(dec_int(4999));
}

static void refuse_unknown_oi(struct desk *d)
{
	accept_oi_at_the_bounds(d);
	for (size_t i = 0; i < d->market.n_quotes; i++)
		d->market.quotes[i].oi_usd = fact_unknown(WHY_NULL_VALUE);
}

static void refuse_low_volume(struct desk *d)
{
	d->account.entry.min_volume_usd = fact_known(dec_int(701));
}

static void accept_volume_at_the_bound(struct desk *d)
{
	d->account.entry.min_volume_usd = fact_known(dec_int(700));
}

static void refuse_unknown_volume(struct desk *d)
{
	d->account.entry.min_volume_usd = fact_known(dec_int(1));
	for (size_t i = 0; i < d->market.n_quotes; i++)
		d->market.quotes[i].volume_usd = fact_unknown(WHY_NULL_VALUE);
}

/* 8 bps at 0.003 a day are earned back in 23040 s exactly. */
static void accept_break_even_at_the_bound(struct desk *d)
{
	d->account.entry.max_break_even = span_s(23040);
}

static void refuse_break_even(struct desk *d)
{
	d->account.entry.max_break_even = (struct span){ 23039999 };
}

static void refuse_unknown_cost(struct desk *d)
{
	d->terms.costs = COSTS_FEES;
	d->terms.n_venue = 0;
}

static void refuse_true_close_line(struct desk *d)
{
	static const char *const close[] = { "NO: not flip", NULL };

	d->account.profile = given_profile(d->arena, close, NULL);
}

static void refuse_full(struct desk *d)
{
	d->account.entry.max_positions = 0;
}

static void refuse_venue_full(struct desk *d)
{
	d->held[0] = given_position("XRP", "hyper", "grvt", "1", "1");
	d->ask.n_positions = 1;
	d->account.entry.max_positions_per_venue = 1;
}

static void accept_pairs_elsewhere(struct desk *d)
{
	refuse_venue_full(d);
	d->held[0] = given_position("XRP", "hyper", "aster", "1", "1");
}

static void accept_beside_a_closed_pair(struct desk *d)
{
	refuse_venue_full(d);
	d->held[0].status = STATUS_CLOSED;
	d->held[0].closed_at = d->ask.now;
}

static void refuse_held_behind_another(struct desk *d)
{
	d->held[0] = given_position("XRP", "hyper", "aster", "1", "1");
	d->held[1] = given_position("BTC", "hyper", "aster", "1", "1");
	d->ask.n_positions = 2;
}

static void refuse_exposure(struct desk *d)
{
	refuse_venue_full(d);
	d->account.entry.max_positions_per_venue = 0;
	d->account.entry.max_exposure_per_venue_usd =
		fact_known(dec_lit("1000.99"));
}

static void accept_exposure_at_the_bound(struct desk *d)
{
	refuse_exposure(d);
	d->account.entry.max_exposure_per_venue_usd =
		fact_known(dec_int(1001));
}

static void refuse_no_size(struct desk *d)
{
	d->account.entry.size_usd = fact_unknown(WHY_NOT_SET);
}

static void accept_share_of_capital(struct desk *d)
{
	d->account.entry.size_usd = fact_unknown(WHY_NOT_SET);
	d->account.entry.size_pct = fact_known(dec_lit("0.1"));
	d->account.entry.capital_usd = fact_known(dec_int(5000));
}

static void refuse_share_of_unknown_capital(struct desk *d)
{
	accept_share_of_capital(d);
	d->account.entry.capital_usd = fact_unknown(WHY_NOT_SET);
}

static void refuse_share_of_nothing(struct desk *d)
{
	accept_share_of_capital(d);
	d->account.entry.capital_usd = fact_known(DEC_ZERO);
}

static const struct refusal {
	void (*given)(struct desk *d);
	enum entry_result want;
} refusals[] = {
	{ refuse_low_profit, ENTRY_LOW_PROFIT },
	{ refuse_stale, ENTRY_NOT_FRESH },
	{ refuse_unlisted, ENTRY_NOT_ALLOWED },
	{ refuse_not_ours, ENTRY_NOT_ALLOWED },
	{ refuse_same_venue, ENTRY_NOT_ALLOWED },
	{ refuse_held, ENTRY_HELD },
	{ refuse_cooldown, ENTRY_COOLDOWN },
	{ accept_after_cooldown, ENTRY_ACCEPTED },
	{ refuse_low_oi, ENTRY_OI_LOW },
	{ accept_oi_at_the_bounds, ENTRY_ACCEPTED },
	{ refuse_high_oi, ENTRY_OI_HIGH },
	{ refuse_unknown_oi, ENTRY_OI_UNKNOWN },
	{ refuse_low_volume, ENTRY_VOLUME },
	{ accept_volume_at_the_bound, ENTRY_ACCEPTED },
	{ refuse_unknown_volume, ENTRY_VOLUME },
	{ accept_break_even_at_the_bound, ENTRY_ACCEPTED },
	{ refuse_break_even, ENTRY_BREAK_EVEN },
	{ refuse_unknown_cost, ENTRY_BREAK_EVEN },
	{ refuse_true_close_line, ENTRY_WOULD_CLOSE },
	{ refuse_full, ENTRY_MAX_POSITIONS },
	{ refuse_venue_full, ENTRY_MAX_PER_VENUE },
	{ accept_pairs_elsewhere, ENTRY_ACCEPTED },
	{ accept_beside_a_closed_pair, ENTRY_ACCEPTED },
	{ refuse_held_behind_another, ENTRY_HELD },
	{ refuse_exposure, ENTRY_MAX_EXPOSURE },
	{ accept_exposure_at_the_bound, ENTRY_ACCEPTED },
	{ refuse_no_size, ENTRY_NO_SIZE },
	{ accept_share_of_capital, ENTRY_ACCEPTED },
	{ refuse_share_of_unknown_capital, ENTRY_NO_SIZE },
	{ refuse_share_of_nothing, ENTRY_NO_SIZE },
};

static void each_refusal_has_its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct desk *d = desk_new();

		refusals[i].given(d);
		print_message("# %zu %s\n", i, entry_word(refusals[i].want));
		assert_first(d, refusals[i].want);
		arena_free(d->arena);
	}
}

static void accepted_ones_count_against_those_after_them(void **state)
{
	struct desk *d = desk_new();
	struct entry *e;

	(void)state;
	d->list[0] = ranked("ETH", "lighter", "aster", "0.0008");
	d->list[1] = ranked("BTC", "lighter", "grvt", "0.0010");
	d->list[2] = ranked("BTC", "lighter", "grvt", "0.0009");
	d->market.n_opportunities = 3;
	e = judge(d);		/* best net first, whatever the order given */
	assert_string_equal(e[0].position.symbol.s, "BTC");
	assert_int_equal(e[0].result, ENTRY_ACCEPTED);
	assert_int_equal(e[1].result, ENTRY_HELD);
	assert_int_equal(e[2].result, ENTRY_ACCEPTED);
	d->account.entry.max_positions = 1;
	assert_int_equal(judge(d)[2].result, ENTRY_MAX_POSITIONS);
	d->account.entry.max_positions = 3;
	d->account.entry.max_positions_per_venue = 1;
	assert_int_equal(judge(d)[2].result, ENTRY_MAX_PER_VENUE);
	arena_free(d->arena);
}

static void preferred_venues_win_ties(void **state)
{
	struct venue prefer = given_venue("aster");
	struct venue usual = given_venue("grvt");
	struct desk *d = desk_new();

	(void)state;
	d->list[1] = ranked("ETH", "lighter", "aster", "0.0010");
	d->market.n_opportunities = 2;
	assert_string_equal(judge(d)[0].position.symbol.s, "BTC");
	d->account.entry.prioritize = &prefer;
	d->account.entry.n_prioritize = 1;
	assert_string_equal(judge(d)[0].position.symbol.s, "ETH");
	d->account.entry.prioritize = &usual;
	assert_string_equal(judge(d)[0].position.symbol.s, "BTC");
	arena_free(d->arena);
}

static void an_unknown_net_is_judged_last(void **state)
{
	struct desk *d = desk_new();
	struct entry *e;

	(void)state;
	for (int first = 0; first < 2; first++) {
		d->list[first] = ranked("ETH", "lighter", "aster", "");
		d->list[!first] = ranked("BTC", "lighter", "grvt", "-0.0010");
		d->market.n_opportunities = 2;
		e = judge(d);
		assert_string_equal(e[0].position.symbol.s, "BTC");
		assert_string_equal(e[1].position.symbol.s, "ETH");
		assert_int_equal(e[1].result, ENTRY_ACCEPTED);
	}
	arena_free(d->arena);
}

static void a_list_that_disagrees_with_fresh_rates_is_noticed(void **state)
{
	struct desk *d = desk_new();

	(void)state;
	d->list[0].short_rate_8h = dec_lit("0.0031");
	assert_true(judge(d)[0].disagrees);
	arena_free(d->arena);
}

static void an_unknown_list_or_no_policy_opens_nothing(void **state)
{
	struct desk *d = desk_new();
	struct entry *list;
	size_t n;

	(void)state;
	d->market.opportunities_known = false;
	assert_true(entry_judge(&list, &n, &d->ask, d->arena, NULL));
	assert_int_equal(n, 0);
	d->market.opportunities_known = true;
	d->account.entry.enabled = false;
	assert_true(entry_judge(&list, &n, &d->ask, d->arena, NULL));
	assert_int_equal(n, 0);
	arena_free(d->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_pair_is_accepted_with_its_entry_terms),
		cmocka_unit_test(a_pair_without_open_interest_has_no_ratio),
		cmocka_unit_test(each_refusal_has_its_reason),
		cmocka_unit_test(accepted_ones_count_against_those_after_them),
		cmocka_unit_test(preferred_venues_win_ties),
		cmocka_unit_test(an_unknown_net_is_judged_last),
		cmocka_unit_test(a_list_that_disagrees_with_fresh_rates_is_noticed),
		cmocka_unit_test(an_unknown_list_or_no_policy_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
