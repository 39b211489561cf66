/* SPDX-License-Identifier: MIT */
/*
 * Faults of meaning, one test each: well-formed answers that are wrong,
 * from the quotes to the decision.
 */
#include "change.h"
#include "fault_desk.h"
#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define Q(symbol, venue, rate) \
	{ symbol, venue, rate, WHY_KNOWN, "1000000", "5000000", NULL }
#define END { NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL }
#define PAIR(l, s) { Q("BTC", "lighter", l), Q("BTC", "grvt", s), END }

static const struct given_quote pays[] = PAIR("0.0001", "0.0003");
static const struct given_quote flipped[] = PAIR("0.0003", "0.0001");
static const char *const flips[] = { "FLIPPED: flip", NULL };
static const char *const flips_thrice[] = { "FLIPPED: flip for 3 polls", NULL };

/* The k-th minute after GIVEN_NOW, to be used at once. */
static const char *minute(int k)
{
	static char text[INSTANT_TEXT_MAX];

	instant_format(text, instant_add(given_time(GIVEN_NOW),
					 span_s(60 * (int64_t)k)));
	return text;
}

static void holds(const struct fault_desk *d)
{
	if (fault_closes(d))
		fail_msg("closed for %s", d->pair.decision.label.s);
}

/* A desk of its own: these rows hold the pair, for this reason. */
static void rows_hold(const struct given_quote *rows, enum why why)
{
	struct fault_desk d;

	fault_open(&d, NULL);
	fault_poll(&d, GIVEN_NOW, rows);
	fault_held(&d, why, rows[0].rate_8h ? rows[0].rate_8h : "");
	fault_done(&d);
}

/* What tells a unit is the limit, and what corrects a known one the scale. */
static void s1_percent_and_basis_points_for_fractions(void **state)
{
	static const struct given_quote bps[] = PAIR("3", "0.0001");
	static const struct given_quote percent[] = PAIR("0.06", "0.0001");
	static struct venue_terms scaled[1];
	static const char body[] = FAULT_ANSWER(FAULT_ROW("0.03"));
	struct fault_desk d;

	(void)state;
	rows_hold(bps, WHY_ABSURD);
	rows_hold(percent, WHY_ABSURD);
	fault_open(&d, NULL);
	scaled[0] = (struct venue_terms){ .venue = given_venue("lighter"),
					  .rate_scale = dec_lit("0.01") };
	d.limits.terms = scaled;
	d.limits.n_terms = 1;
	fault_answer(&d, body, sizeof(body) - 1);
	assert_int_equal(dec_cmp(d.pair.facts.v[FACT_LONG_RATE].v,
				 dec_lit("0.0009")), 0);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

/* Two polls of three are no decision where the line says so. */
static void s2_a_sign_flip_of_one_venue(void **state)
{
	static const struct given_quote wrong[] = PAIR("0.0001", "-0.0003");
	struct fault_desk d;

	(void)state;
	fault_open(&d, flips_thrice);
	for (int k = 0; k < 12; k++) {
		fault_poll(&d, minute(k), k % 3 ? wrong : pays);
		holds(&d);
	}
	fault_poll(&d, minute(12), wrong);
	assert_true(fault_closes(&d));	/* the third in a row: taken as sent */
	fault_done(&d);
}

static void s3_a_rate_beyond_the_limit_is_absurd(void **state)
{
	static const char *const rates[] = {
		"0.050000000000000001", "-0.050000000000000001", "1790000000",
		"-1790000000", "0.4", "170000000000000000000",
	};
	struct fault_desk d;

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		const struct given_quote rows[] = PAIR(rates[i], "0.0001");

		rows_hold(rows, WHY_ABSURD);
	}
	fault_open(&d, NULL);
	fault_poll(&d, GIVEN_NOW, (const struct given_quote[])
		   PAIR("0.05", "0.0001"));
	assert_true(fault_closes(&d));
	fault_done(&d);
}

/* Announced next settlement of the hourly long leg, and what is made of it. */
static const struct next_case {
	const char *next, *in_s;
	enum verdict window;
} next_cases[] = {
	{ NULL, "3600", VERDICT_FALSE },			/* derived */
	{ "2026-11-20T21:00:00Z", "3600", VERDICT_FALSE },	/* now */
	{ "2026-11-20T20:59:59.999Z", "3600", VERDICT_FALSE },	/* past */
	{ "2026-11-13T21:00:00Z", "3600", VERDICT_FALSE },
	{ "2026-11-21T21:00:00Z", "86400", VERDICT_FALSE },
	{ "2026-11-21T21:00:00.001Z", "3600", VERDICT_FALSE },	/* > 24 h */
	{ "2027-11-20T21:10:00Z", "3600", VERDICT_FALSE },
	{ "2026-11-20T21:15:00Z", "900", VERDICT_FALSE },
	{ "2026-11-20T21:14:59.999Z", "899.999", VERDICT_TRUE },
	{ "2026-11-20T21:00:00.001Z", "0.001", VERDICT_TRUE },
};

/* A leg that pays all the time has no next settlement: unknown. */
static void a_continuous_leg_is_unknown(void)
{
	static const struct given_quote rows[] = {
		Q("BTC", "steady", "0.0001"), Q("BTC", "grvt", "0.0003"), END };
	static const char *const window[] = { "SOON: funding_window(15m, any)",
					      NULL };
	struct fault_desk d;

	fault_open(&d, window);
	d.pair.pos.leg[LEG_LONG].venue = given_venue("steady");
	fault_poll(&d, GIVEN_NOW, rows);
	assert_int_equal(d.pair.decision.finding[0].verdict, VERDICT_UNKNOWN);
	assert_int_equal(d.pair.facts.v[FACT_LONG_NEXT].why, WHY_NO_INTERVAL);
	fault_done(&d);
}

static void s6_a_settlement_announced_past_now_or_too_far(void **state)
{
	static const char *const window[] = { "SOON: funding_window(15m, any)",
					      NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(next_cases) / sizeof(*next_cases); i++) {
		const struct next_case *c = &next_cases[i];
		struct given_quote rows[] = PAIR("0.0001", "0.0003");
		struct fault_desk d;
		const struct fact *f = &d.pair.facts.v[FACT_LONG_NEXT];

		fault_open(&d, window);
		rows[0].next = c->next;
		fault_poll(&d, GIVEN_NOW, rows);
		if (!f->known || dec_cmp(f->v, dec_lit(c->in_s)) != 0 ||
		    d.pair.decision.finding[0].verdict != c->window)
			fail_msg("%s: %s", c->next ? c->next : "null", c->in_s);
		fault_done(&d);
	}
	a_continuous_leg_is_unknown();
}

static void s7_an_entry_divergence_of_nothing_or_less(void **state)
{
	static const char *const entries[] = { "0", "-0.0001", "-1", NULL };
	static const char *const erodes[] = { "ERODED: erosion(1)", NULL };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct fault_desk d;

		fault_open(&d, erodes);
		d.pair.pos = given_position("BTC", "lighter", "grvt", "20000",
					    entries[i]);
		fault_poll(&d, GIVEN_NOW, flipped);
		holds(&d);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 VERDICT_UNKNOWN);
		assert_int_equal(d.pair.decision.finding[0].missing,
				 FACT_ENTRY_DIVERGENCE);
		fault_done(&d);
	}
}

static bool size_accepted(const char *size)
{
	struct position p = given_position("BTC", "lighter", "grvt", "1",
					   NULL);
	const struct fact none = fact_unknown(WHY_NOT_SET);
	const char *key;

	p.size_usd = dec_lit(size);
	return change_check_new(&p, &key, &none, given_time(GIVEN_NOW), NULL);
}

/* Dust and fortunes decide like any other: rates have no size. */
static void s8_sizes_of_nothing_dust_and_a_trillion(void **state)
{
	static const char *const sizes[] = { "0.000000000000000001", "0.01",
					     "1000000000000" };

	(void)state;
	assert_false(size_accepted("0"));
	assert_false(size_accepted("-20000"));
	for (int i = 0; i < 3; i++) {
		struct fault_desk d;

		assert_true(size_accepted(sizes[i]));
		fault_open(&d, flips);
		d.pair.pos.size_usd = dec_lit(sizes[i]);
		fault_poll(&d, minute(0), pays);
		holds(&d);
		assert_int_equal(dec_cmp(d.pair.facts.v[FACT_SIZE].v,
					 dec_lit(sizes[i])), 0);
		fault_poll(&d, minute(1), flipped);
		assert_true(fault_closes(&d));
		fault_done(&d);
	}
}

static void s9_open_interest_of_zero_or_missing(void **state)
{
	static const char *const uneven[] = { "OI: oi_imbalance", NULL };
	static const char *const oi[][2] = {
		{ "0", "1000000" }, { "1000000", "0" }, { "0", "0" },
		{ NULL, "1000000" }, { "1000000", NULL }, { NULL, NULL },
	};
	struct fault_desk d;

	(void)state;
	for (size_t i = 0; i < sizeof(oi) / sizeof(*oi); i++) {
		struct given_quote rows[] = PAIR("0.0001", "0.0003");

		rows[0].oi = oi[i][0];
		rows[1].oi = oi[i][1];
		fault_open(&d, uneven);
		fault_poll(&d, GIVEN_NOW, rows);
		holds(&d);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 VERDICT_UNKNOWN);
		fault_done(&d);
	}
	fault_open(&d, uneven);
	fault_poll(&d, GIVEN_NOW, (const struct given_quote[]){
		{ "BTC", "lighter", "0.0001", WHY_KNOWN, "4", "1", NULL },
		{ "BTC", "grvt", "0.0003", WHY_KNOWN, "1", "1", NULL }, END });
	assert_true(fault_closes(&d));
	fault_done(&d);
}

static struct held held_at(const char *long_mark, const char *short_mark)
{
	struct held h = HELD_NONE;

	h.asked = h.good = true;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		h.leg[s] = (struct held_leg){
			true, fact_known(dec_int(10)), fact_known(dec_int(100)),
			fact_known(dec_lit(s ? short_mark : long_mark)),
			fact_known(dec_int(s ? 150 : 50)), fact_known(DEC_ZERO)
		};
	return h;
}

/* No price is 0; a thousandfold one stands out as a basis. */
static void s10_prices_of_zero_below_and_a_thousandfold(void **state)
{
	static const char *const near[] = { "NEAR: liquidation_near",
					    "WIDE: basis_wide(1%)", NULL };
	static const char *const marks[][2] = {
		{ "0", "100" }, { "100", "0" }, { "-1", "100" }, { "0", "0" },
	};
	struct fault_desk d;
	struct held h;

	(void)state;
	for (int i = 0; i < 4; i++) {
		h = held_at(marks[i][0], marks[i][1]);
		fault_open(&d, near);
		d.pair.memory.held = &h;
		fault_poll(&d, GIVEN_NOW, pays);
		holds(&d);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 VERDICT_UNKNOWN);
		assert_int_equal(d.pair.decision.finding[1].verdict,
				 VERDICT_UNKNOWN);
		fault_done(&d);
	}
	h = held_at("100", "0.1");
	fault_open(&d, near);
	d.pair.memory.held = &h;
	fault_poll(&d, GIVEN_NOW, pays);
	assert_int_equal(d.pair.decision.finding[1].verdict, VERDICT_TRUE);
	fault_done(&d);
}

static void s11_a_symbol_missing_once(void **state)
{
	static const struct given_quote without[] = {
		Q("ETH", "lighter", "0.0003"), Q("BTC", "grvt", "0.0001"), END };
	struct fault_desk d;

	(void)state;
	fault_open(&d, flips);
	fault_poll(&d, minute(0), pays);
	holds(&d);
	fault_poll(&d, minute(1), without);
	fault_held(&d, WHY_NOT_LISTED, "missing");
	assert_int_equal(d.pair.decision.action, ACTION_HOLD);
	fault_poll(&d, minute(2), flipped);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

/* The last rate is not kept for ever, and its end is told. */
static void s12_a_delisted_symbol_is_told_never_closed(void **state)
{
	static const struct given_quote gone[] = {
		Q("ETH", "lighter", "0.0003"), Q("BTC", "grvt", "0.0001"), END };
	struct fault_desk d;
	int told = 0;

	(void)state;
	fault_open(&d, flips);
	fault_poll(&d, minute(0), pays);
	for (int k = 1; k <= 30; k++) {
		fault_poll(&d, minute(k), gone);
		fault_held(&d, WHY_NOT_LISTED, "gone");
		told += d.pair.decision.notices == NOTICE_BLIND;
	}
	assert_int_equal(told, 1);
	assert_string_equal(d.pair.decision.label.s, LABEL_BLIND);
	fault_done(&d);
}

static void no_other_name(const char *held, const char *listed)
{
	struct given_quote rows[] = PAIR("0.0003", "0.0001");
	struct fault_desk d;

	rows[0].symbol = rows[1].symbol = listed;
	fault_open(&d, NULL);
	d.pair.pos.symbol = given_symbol(held);
	fault_poll(&d, GIVEN_NOW, rows);
	fault_held(&d, WHY_NOT_LISTED, listed);
	fault_done(&d);
}

static void s13_a_renamed_or_rescaled_symbol_is_another(void **state)
{
	static const char body[] = FAULT_SANE;
	static struct venue_terms terms[2];
	static struct alias renamed;
	struct fault_desk d;

	(void)state;
	no_other_name("FTM", "S");
	no_other_name("S", "SOL");
	no_other_name("PEPE", "kPEPE");
	no_other_name("PEPE", "1000PEPE");
	no_other_name("kPEPE", "1000PEPE");
	no_other_name("BTC", "BTCDOM");
	/* unless the configuration says that it is the same */
	renamed = (struct alias){ given_symbol("BTC"), given_symbol("XBT") };
	for (int i = 0; i < 2; i++)
		terms[i] = (struct venue_terms){
			.venue = given_venue(i ? "lighter" : "grvt"),
			.rate_scale = dec_int(1), .aliases = &renamed,
			.n_aliases = 1 };
	fault_open(&d, NULL);
	d.pair.pos.symbol = given_symbol("xbt");
	d.limits.terms = terms;
	d.limits.n_terms = 2;
	fault_answer(&d, body, sizeof(body) - 1);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

static void s14_a_pair_of_which_one_leg_is_there(void **state)
{
	static const struct given_quote one[] = {
		Q("BTC", "lighter", "0.0003"), Q("ETH", "grvt", "0.0001"), END };
	struct fault_desk d;

	(void)state;
	fault_open(&d, NULL);
	fault_poll(&d, GIVEN_NOW, one);
	holds(&d);
	assert_true(d.pair.facts.v[FACT_LONG_RATE].known);
	assert_int_equal(d.pair.facts.v[FACT_SHORT_RATE].why, WHY_NOT_LISTED);
	assert_int_equal(d.pair.facts.v[FACT_DIVERGENCE].why, WHY_NOT_LISTED);
	for (int i = 0; i < 3; i++)
		assert_int_equal(d.pair.decision.finding[i].verdict,
				 VERDICT_UNKNOWN);
	fault_done(&d);
}

static void s15_both_legs_on_one_venue(void **state)
{
	static const char ranked[] = "{\"opportunities\":[{\"symbol\":\"BTC\","
		"\"long_dex\":\"grvt\",\"short_dex\":\"GRVT\",\"long_rate\":0,"
		"\"short_rate\":1,\"net_profit_percent\":1}]}";
	struct json_text body = { ranked, sizeof(ranked) - 1 };
	struct position p = given_position("BTC", "grvt", "GRVT", "1", NULL);
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct arena *arena = arena_new();
	struct service_rows rows;
	struct err err = { ERR_NONE, "" };
	const char *key;

	(void)state;
	assert_false(service_parse_opportunities(&rows, body, arena, &err));
	assert_non_null(strstr(err.text, "both legs on one venue"));
	assert_false(change_check_new(&p, &key, &none, given_time(GIVEN_NOW),
				      &err));
	assert_string_equal(key, "short_venue");
	arena_free(arena);
}

/* A jump is believed at once, unless its line asks for more polls. */
static void s19_a_jump_of_one_poll(void **state)
{
	static const struct given_quote jump[] = PAIR("0.04", "-0.04");
	struct fault_desk d;

	(void)state;
	fault_open(&d, flips_thrice);
	for (int k = 0; k < 20; k++) {
		fault_poll(&d, minute(k), k % 4 == 1 ? jump : pays);
		holds(&d);
	}
	fault_done(&d);
	fault_open(&d, flips);
	fault_poll(&d, minute(0), jump);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

static void s21_flapping_around_a_limit(void **state)
{
	static const struct given_quote above[] = PAIR("0", "0.000000000001");
	static const struct given_quote below[] = PAIR("0.000000000001", "0");
	struct fault_desk d;

	(void)state;
	fault_open(&d, flips_thrice);
	for (int k = 0; k < 60; k++) {
		fault_poll(&d, minute(k), k % 3 ? below : above);
		holds(&d);
	}
	fault_done(&d);
}

static void s22_fees_that_are_not_known(void **state)
{
	static const char *const better[] = { "BETTER: better_opportunity(0)",
					      NULL };
	static const struct given_quote rows[] = {
		Q("BTC", "lighter", "0.0001"), Q("BTC", "grvt", "0.0003"),
		Q("BTC", "aster", "0.04"), END };
	static struct venue_terms terms[4];
	struct fault_desk d;

	(void)state;
	for (int fees_known = 0; fees_known < 2; fees_known++) {
		fault_open(&d, better);
		memcpy(terms, d.terms.venue, sizeof(terms));
		if (!fees_known)
			terms[0].taker_fee = fact_unknown(WHY_NULL_VALUE);
		d.terms.venue = terms;
		d.terms.costs = COSTS_FEES;
		d.terms.allowed = NULL;
		fault_poll(&d, GIVEN_NOW, rows);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 fees_known ? VERDICT_TRUE : VERDICT_UNKNOWN);
		assert_int_equal(fault_closes(&d), fees_known);
		fault_done(&d);
	}
}

#define OLD "{\"funding_rate\":3e-4,\"timestamp\":\"2026-11-20T20:54:59\"}"

static void s23_an_old_row_in_a_fresh_envelope(void **state)
{
	(void)state;
	fault_case("{\"rates\":{\"BTC\":" OLD "," FAULT_OTHERS "},"
		   "\"updated_at\":\"2026-11-20T20:59:59\"}", WHY_STALE);
	fault_good("{\"rates\":{\"BTC\":{\"funding_rate\":3e-4,\"timestamp\":"
		   "\"2026-11-20T20:55:00\"}},\"updated_at\":"
		   "\"2020-01-01T00:00:00\"}");
}

/* At the ends of the range nothing wraps: what does not fit is unknown. */
static void s27_products_beyond_the_range(void **state)
{
	static const char *const money[] = {
		"FLIPPED: flip", "LATE: break_even_beyond(1d)", NULL };
	static const char body[] =
		FAULT_ANSWER(FAULT_ROW("-56000000000000000000"));
	struct quote *q;
	struct fault_desk d;

	(void)state;
	fault_open(&d, money);
	d.limits.max_abs_rate_8h = dec_lit("56700000000000000000");
	d.pair.pos.size_usd = dec_lit("170000000000000000000");
	fault_answer(&d, body, sizeof(body) - 1);
	holds(&d);
	q = d.market.quotes;
	for (size_t i = 0; i < d.market.n_quotes; i++)
		if (strcmp(q[i].venue.s, "grvt") == 0)
			q[i].rate.fraction = dec_lit("56000000000000000000");
	fault_judge(&d);
	holds(&d);
	assert_int_equal(d.pair.facts.v[FACT_DIVERGENCE].why, WHY_OVERFLOW);
	for (int i = 0; i < 2; i++)
		if (d.pair.decision.finding[i].verdict != VERDICT_UNKNOWN)
			fail_msg("%s", money[i]);
	fault_done(&d);
}

static void s28_a_service_under_maintenance(void **state)
{
	(void)state;
	fault_case("{\"status\":\"maintenance\"}", WHY_FAILED);
	fault_case("{\"detail\":\"under maintenance, back at 22:00\"}",
		   WHY_FAILED);
	fault_case("{\"rates\":{},\"status\":\"maintenance\"}", WHY_NOT_LISTED);
	fault_case("{\"rates\":null,\"status\":\"maintenance\"}", WHY_FAILED);
}

/* One of two servers is a minute behind and of another opinion. */
static void n23_two_servers_that_disagree(void **state)
{
	struct fault_desk d;

	(void)state;
	fault_open(&d, flips_thrice);
	for (int k = 0; k < 24; k++) {
		d.market = given_market(d.arena, minute(k), k % 2 ? flipped :
								    pays);
		for (size_t i = 0; i < d.market.n_quotes; i++)
			d.market.quotes[i].observed_at.ms -= k % 2 * 120000;
		fault_judge(&d);
		holds(&d);
		/* what is behind what counted is no new evidence */
		assert_int_equal(d.pair.decision.new_data, k % 2 == 0);
	}
	fault_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s1_percent_and_basis_points_for_fractions),
		cmocka_unit_test(s2_a_sign_flip_of_one_venue),
		cmocka_unit_test(s3_a_rate_beyond_the_limit_is_absurd),
		cmocka_unit_test(s6_a_settlement_announced_past_now_or_too_far),
		cmocka_unit_test(s7_an_entry_divergence_of_nothing_or_less),
		cmocka_unit_test(s8_sizes_of_nothing_dust_and_a_trillion),
		cmocka_unit_test(s9_open_interest_of_zero_or_missing),
		cmocka_unit_test(s10_prices_of_zero_below_and_a_thousandfold),
		cmocka_unit_test(s11_a_symbol_missing_once),
		cmocka_unit_test(s12_a_delisted_symbol_is_told_never_closed),
		cmocka_unit_test(s13_a_renamed_or_rescaled_symbol_is_another),
		cmocka_unit_test(s14_a_pair_of_which_one_leg_is_there),
		cmocka_unit_test(s15_both_legs_on_one_venue),
		cmocka_unit_test(s19_a_jump_of_one_poll),
		cmocka_unit_test(s21_flapping_around_a_limit),
		cmocka_unit_test(s22_fees_that_are_not_known),
		cmocka_unit_test(s23_an_old_row_in_a_fresh_envelope),
		cmocka_unit_test(s27_products_beyond_the_range),
		cmocka_unit_test(s28_a_service_under_maintenance),
		cmocka_unit_test(n23_two_servers_that_disagree),
	};

	return cmocka_run_group_tests_name("faults of the market", tests, NULL,
					   NULL);
}
