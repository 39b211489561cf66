/* SPDX-License-Identifier: MIT */
/* Faults of meaning in one number, one test each: from it to the decision. */
#include "book.h"
#include "change.h"
#include "control_api.h"
#include "fault_desk.h"
#include "ledger.h"
#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define Q FAULT_Q
#define END FAULT_END
#define PAIR FAULT_PAIR

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
	/* 0.0003 in percent is below the limit: who sends it is believed. */
	fault_open(&d, NULL);
	fault_answer(&d, body, sizeof(body) - 1);
	assert_int_equal(dec_cmp(d.pair.facts.v[FACT_LONG_RATE].v,
				 dec_lit("0.09")), 0);
	assert_true(fault_closes(&d));
	fault_done(&d);
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

/* A leg that fault_pays all the time has no next settlement: unknown. */
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
		fault_poll(&d, GIVEN_NOW, fault_flipped);
		fault_holds(&d);
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
		fault_open(&d, fault_flips);
		d.pair.pos.size_usd = dec_lit(sizes[i]);
		fault_poll(&d, fault_minute(0), fault_pays);
		fault_holds(&d);
		assert_int_equal(dec_cmp(d.pair.facts.v[FACT_SIZE].v,
					 dec_lit(sizes[i])), 0);
		fault_poll(&d, fault_minute(1), fault_flipped);
		assert_true(fault_closes(&d));
		fault_done(&d);
	}
}

/* The open interest of the long leg as the service sends it. */
static void sent_oi(const char *row, enum why why)
{
	struct arena *arena = arena_new();
	struct quote q = { .symbol = given_symbol("BTC"),
			   .oi_usd = fact_unknown(WHY_NOT_ASKED) };
	struct service_rows rows;
	struct err err;
	char body[200];
	int n = snprintf(body, sizeof(body), "{\"symbols\":[{\"symbol\":"
			 "\"BTC\",%s\"is_active\":true}]}", row);

	if (!service_parse_symbols(&rows, (struct json_text){ body, (size_t)n },
				   arena, &err))
		fail_msg("%s: %s", row, err.text);
	service_merge_symbols(&q, 1, &rows);
	if (q.oi_usd.known || q.oi_usd.why != why)
		fail_msg("%s: %s", row, why_word(q.oi_usd.known ? WHY_KNOWN :
						 q.oi_usd.why));
	arena_free(arena);
}

static void s9_open_interest_of_zero_or_missing(void **state)
{
	static const char *const uneven[] = { "OI: oi_imbalance", NULL };
	static const struct {
		const char *oi[2];
		enum fact_id missing;
		enum why why;
	} cases[] = {
		{ { "0", "1000000" }, FACT_LONG_OI, WHY_NOT_POSITIVE },
		{ { "1000000", "0" }, FACT_SHORT_OI, WHY_NOT_POSITIVE },
		{ { "0", "0" }, FACT_LONG_OI, WHY_NOT_POSITIVE },
		{ { "-1", "1000000" }, FACT_LONG_OI, WHY_NOT_POSITIVE },
		{ { NULL, "1000000" }, FACT_LONG_OI, WHY_NULL_VALUE },
		{ { "1000000", NULL }, FACT_SHORT_OI, WHY_NULL_VALUE },
		{ { NULL, NULL }, FACT_LONG_OI, WHY_NULL_VALUE },
	};
	struct fault_desk d;

	(void)state;
	sent_oi("\"open_interest_usd\":0,", WHY_NULL_VALUE);
	sent_oi("\"open_interest_usd\":0.0,", WHY_NULL_VALUE);
	sent_oi("\"open_interest_usd\":-1,", WHY_NOT_POSITIVE);
	sent_oi("\"open_interest_usd\":null,", WHY_NULL_VALUE);
	sent_oi("", WHY_NULL_VALUE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct given_quote rows[] = PAIR("0.0001", "0.0003");
		const struct finding *f = &d.pair.decision.finding[0];

		rows[0].oi = cases[i].oi[0];
		rows[1].oi = cases[i].oi[1];
		fault_open(&d, uneven);
		fault_poll(&d, GIVEN_NOW, rows);
		fault_holds(&d);
		assert_int_equal(f->verdict, VERDICT_UNKNOWN);
		assert_int_equal(f->missing, cases[i].missing);
		assert_int_equal(f->why, cases[i].why);
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

/* The long leg's mark as the client sends it; 100 is what it was bought at. */
static void sent_mark(const char *mark, enum verdict lost, enum why why)
{
	static const char *const stop[] = { "LOST: stop_loss(1%)", NULL };
	const char *rows[2] = { mark, "100" };
	const struct finding *f;
	struct book_view book = { .asked = true };
	struct held h = HELD_NONE;
	struct fault_desk d;
	char body[700];
	int n = snprintf(body, sizeof(body), "{\"accounts\":[{\"account_name\":"
		"\"main\",\"positions\":[{\"id\":\"u\",\"symbol\":\"BTC\","
		"\"long_dex\":\"lighter\",\"short_dex\":\"grvt\",\"size_usd\":"
		"20000,\"legs\":[");

	for (int s = 0; s < 2; s++)
		n += snprintf(body + n, sizeof(body) - (size_t)n, "%s{\"dex\":"
			      "\"%s\",\"side\":\"%s\",\"quantity\":200,"
			      "\"entry_price\":100,\"mark_price\":%s}",
			      s ? "," : "", s ? "grvt" : "lighter",
			      side_word((enum side)s), rows[s]);
	n += snprintf(body + n, sizeof(body) - (size_t)n, "]}]}]}");
	fault_open(&d, stop);
	f = &d.pair.decision.finding[0];
	if (!control_positions_parse(&book, "main", body, (size_t)n, d.arena,
				     &d.err))
		fail_msg("%s", d.err.text);
	assert_true(book.n == 1 && book.pairs[0].readable);
	h.asked = h.good = true;
	memcpy(h.leg, book.pairs[0].leg, sizeof(h.leg));
	d.pair.memory.held = &h;
	fault_poll(&d, GIVEN_NOW, fault_pays);
	if (f->verdict != lost || f->why != why)
		fail_msg("mark %s: %s, %s", mark, verdict_word(f->verdict),
			 why_word(f->why));
	assert_int_equal(fault_closes(&d), lost == VERDICT_TRUE);
	fault_done(&d);
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
		fault_poll(&d, GIVEN_NOW, fault_pays);
		fault_holds(&d);
		assert_int_equal(d.pair.decision.finding[0].verdict,
				 VERDICT_UNKNOWN);
		assert_int_equal(d.pair.decision.finding[1].verdict,
				 VERDICT_UNKNOWN);
		fault_done(&d);
	}
	h = held_at("100", "0.1");
	fault_open(&d, near);
	d.pair.memory.held = &h;
	fault_poll(&d, GIVEN_NOW, fault_pays);
	assert_int_equal(d.pair.decision.finding[1].verdict, VERDICT_TRUE);
	fault_done(&d);
	/* Nor is a price of nothing a loss of everything. */
	sent_mark("0", VERDICT_UNKNOWN, WHY_NOT_POSITIVE);
	sent_mark("0.0", VERDICT_UNKNOWN, WHY_NOT_POSITIVE);
	sent_mark("-1", VERDICT_UNKNOWN, WHY_NOT_POSITIVE);
	sent_mark("null", VERDICT_UNKNOWN, WHY_NULL_VALUE);
	sent_mark("100", VERDICT_FALSE, WHY_KNOWN);
	sent_mark("50", VERDICT_TRUE, WHY_KNOWN);
}

/* The short leg could go to aster, whose fee is this; NULL: unknown. */
static void fee_of_aster(const char *fee, const char *switching)
{
	static const char *const better[] = { "BETTER: better_opportunity(0)",
					      NULL };
	static const struct given_quote rows[] = {
		Q("BTC", "lighter", "0.0001"), Q("BTC", "grvt", "0.0003"),
		Q("BTC", "aster", "0.04"), END };
	static struct venue_terms terms[4];
	struct fault_desk d;
	const struct fact *cost = &d.pair.facts.v[FACT_ALT_COST];

	fault_open(&d, better);
	memcpy(terms, d.terms.venue, sizeof(terms));
	terms[0].taker_fee = fee ? fact_known(dec_lit(fee)) :
				   fact_unknown(WHY_NULL_VALUE);
	d.terms.venue = terms;
	d.terms.costs = COSTS_FEES;
	d.terms.allowed = NULL;
	fault_poll(&d, GIVEN_NOW, rows);
	assert_int_equal(d.pair.decision.finding[0].verdict,
			 fee ? VERDICT_TRUE : VERDICT_UNKNOWN);
	assert_int_equal(fault_closes(&d), fee != NULL);
	assert_int_equal(cost->known, fee != NULL);
	if (fee)
		assert_int_equal(dec_cmp(cost->v, dec_lit(switching)), 0);
	fault_done(&d);
}

/* A fill each way, with 0.0002 of slippage each; a rebate is a cost too. */
static void s22_fees_that_are_not_known(void **state)
{
	(void)state;
	fee_of_aster(NULL, NULL);
	fee_of_aster("0.0005", "0.0014");
	fee_of_aster("0", "0.0004");
	fee_of_aster("-0.0001", "0.0002");
	fee_of_aster("-0.0003", "-0.0002");
}

/* A pair that pays, and of which so large a size costs so much to leave. */
static void size_too_large(const char *round_trip, const char *rate)
{
	static const char *const late[] = {
		"LATE: break_even_beyond(0s, exit)", "LOST: stop_loss(1%, carry)",
		NULL };
	struct fault_desk d;
	const struct finding *f = d.pair.decision.finding;
	struct fact cost, paid;

	fault_open(&d, late);
	d.pair.pos.size_usd = dec_lit("170000000000000000000");
	d.terms.round_trip = dec_lit(round_trip);
	fault_poll(&d, GIVEN_NOW, fault_pays);
	assert_true(d.pair.facts.v[FACT_DIVERGENCE].known);
	cost = d.pair.facts.v[FACT_EXIT_COST];
	assert_false(cost.known);
	assert_int_equal(cost.why, WHY_OVERFLOW);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(f[i].verdict, VERDICT_UNKNOWN);
		assert_int_equal(f[i].missing, FACT_EXIT_COST);
	}
	fault_holds(&d);
	paid = ledger_amount(LEG_SHORT, d.pair.pos.size_usd, dec_lit(rate),
			     RATE_8H_S);
	assert_false(paid.known);
	assert_int_equal(paid.why, WHY_OVERFLOW);
	fault_done(&d);
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
	fault_holds(&d);
	q = d.market.quotes;
	for (size_t i = 0; i < d.market.n_quotes; i++)
		if (strcmp(q[i].venue.s, "grvt") == 0)
			q[i].rate.fraction = dec_lit("56000000000000000000");
	fault_judge(&d);
	fault_holds(&d);
	assert_int_equal(d.pair.facts.v[FACT_DIVERGENCE].why, WHY_OVERFLOW);
	for (int i = 0; i < 2; i++)
		if (d.pair.decision.finding[i].verdict != VERDICT_UNKNOWN)
			fail_msg("%s", money[i]);
	fault_done(&d);
	/* Twice the size is above the range; thrice wraps to a number in it. */
	size_too_large("4", "2");
	size_too_large("6", "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s1_percent_and_basis_points_for_fractions),
		cmocka_unit_test(s3_a_rate_beyond_the_limit_is_absurd),
		cmocka_unit_test(s6_a_settlement_announced_past_now_or_too_far),
		cmocka_unit_test(s7_an_entry_divergence_of_nothing_or_less),
		cmocka_unit_test(s8_sizes_of_nothing_dust_and_a_trillion),
		cmocka_unit_test(s9_open_interest_of_zero_or_missing),
		cmocka_unit_test(s10_prices_of_zero_below_and_a_thousandfold),
		cmocka_unit_test(s22_fees_that_are_not_known),
		cmocka_unit_test(s27_products_beyond_the_range),
	};

	return cmocka_run_group_tests_name("faults of values", tests, NULL,
					   NULL);
}
