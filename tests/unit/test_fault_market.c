/* SPDX-License-Identifier: MIT */
/*
 * Faults of meaning that take a market or several polls to see, one test
 * each: well-formed answers that are wrong, from the quotes to the decision.
 */
#include "change.h"
#include "fault_desk.h"
#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define Q FAULT_Q
#define END FAULT_END
#define PAIR FAULT_PAIR

/* Two polls of three are no decision where the line says so. */
static void s2_a_sign_flip_of_one_venue(void **state)
{
	static const struct given_quote wrong[] = PAIR("0.0001", "-0.0003");
	struct fault_desk d;

	(void)state;
	fault_open(&d, fault_flips_thrice);
	for (int k = 0; k < 12; k++) {
		fault_poll(&d, fault_minute(k), k % 3 ? wrong : fault_pays);
		fault_holds(&d);
	}
	fault_poll(&d, fault_minute(12), wrong);
	assert_true(fault_closes(&d));	/* the third in a row: taken as sent */
	fault_done(&d);
}

static void s11_a_symbol_missing_once(void **state)
{
	static const struct given_quote without[] = {
		Q("ETH", "lighter", "0.0003"), Q("BTC", "grvt", "0.0001"), END };
	struct fault_desk d;

	(void)state;
	fault_open(&d, fault_flips);
	fault_poll(&d, fault_minute(0), fault_pays);
	fault_holds(&d);
	fault_poll(&d, fault_minute(1), without);
	fault_held(&d, WHY_NOT_LISTED, "missing");
	assert_int_equal(d.pair.decision.action, ACTION_HOLD);
	fault_poll(&d, fault_minute(2), fault_flipped);
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
	fault_open(&d, fault_flips);
	fault_poll(&d, fault_minute(0), fault_pays);
	for (int k = 1; k <= 30; k++) {
		fault_poll(&d, fault_minute(k), gone);
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
	fault_holds(&d);
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

/* The verdict of BETTER over three venues; the ranked list is empty. */
static struct finding better_beside_nothing(const char *aster,
					    enum answer answer)
{
	static const char *const lines[] = {
		"FLIPPED: flip", "BETTER: better_opportunity(0.0005)", NULL };
	const struct given_quote rows[] = {
		Q("BTC", "lighter", "0.0001"), Q("BTC", "grvt", "0.0003"),
		Q("BTC", "aster", aster), END };
	struct finding found;
	struct fault_desk d;

	fault_open(&d, lines);
	d.market = given_market(d.arena, GIVEN_NOW, rows);
	given_view(&d.market, "aster")->rates = answer;
	market_seal(&d.market, &d.limits);
	assert_int_equal(d.market.opportunities_known, answer == ANSWER_OK);
	fault_judge(&d);
	assert_int_equal(d.pair.decision.finding[0].verdict, VERDICT_FALSE);
	found = d.pair.decision.finding[1];
	assert_int_equal(fault_closes(&d), found.verdict == VERDICT_TRUE);
	fault_done(&d);
	return found;
}

/* Alternatives come from rates: an empty list says nothing of any. */
static void s16_an_empty_ranked_list_is_no_evidence(void **state)
{
	(void)state;
	assert_int_equal(better_beside_nothing("0.04", ANSWER_OK).verdict,
			 VERDICT_TRUE);
	assert_int_equal(better_beside_nothing("0.0002", ANSWER_OK).verdict,
			 VERDICT_FALSE);
	assert_int_equal(better_beside_nothing("0.04", ANSWER_FAILED).verdict,
			 VERDICT_UNKNOWN);
}

/* A jump is believed at once, unless its line asks for more polls. */
static void s19_a_jump_of_one_poll(void **state)
{
	static const struct given_quote jump[] = PAIR("0.04", "-0.04");
	struct fault_desk d;

	(void)state;
	fault_open(&d, fault_flips_thrice);
	for (int k = 0; k < 20; k++) {
		fault_poll(&d, fault_minute(k), k % 4 == 1 ? jump : fault_pays);
		fault_holds(&d);
	}
	fault_done(&d);
	fault_open(&d, fault_flips);
	fault_poll(&d, fault_minute(0), jump);
	assert_true(fault_closes(&d));
	fault_done(&d);
}

static void s21_flapping_around_a_limit(void **state)
{
	static const struct given_quote above[] = PAIR("0", "0.000000000001");
	static const struct given_quote below[] = PAIR("0.000000000001", "0");
	struct fault_desk d;

	(void)state;
	fault_open(&d, fault_flips_thrice);
	for (int k = 0; k < 60; k++) {
		fault_poll(&d, fault_minute(k), k % 3 ? below : above);
		fault_holds(&d);
	}
	fault_done(&d);
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
	fault_open(&d, fault_flips_thrice);
	for (int k = 0; k < 24; k++) {
		d.market = given_market(d.arena, fault_minute(k), k % 2 ? fault_flipped :
								    fault_pays);
		for (size_t i = 0; i < d.market.n_quotes; i++)
			d.market.quotes[i].observed_at.ms -= k % 2 * 120000;
		fault_judge(&d);
		fault_holds(&d);
		/* what is behind what counted is no new evidence */
		assert_int_equal(d.pair.decision.new_data, k % 2 == 0);
	}
	fault_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s2_a_sign_flip_of_one_venue),
		cmocka_unit_test(s11_a_symbol_missing_once),
		cmocka_unit_test(s12_a_delisted_symbol_is_told_never_closed),
		cmocka_unit_test(s13_a_renamed_or_rescaled_symbol_is_another),
		cmocka_unit_test(s14_a_pair_of_which_one_leg_is_there),
		cmocka_unit_test(s15_both_legs_on_one_venue),
		cmocka_unit_test(s16_an_empty_ranked_list_is_no_evidence),
		cmocka_unit_test(s19_a_jump_of_one_poll),
		cmocka_unit_test(s21_flapping_around_a_limit),
		cmocka_unit_test(s23_an_old_row_in_a_fresh_envelope),
		cmocka_unit_test(s28_a_service_under_maintenance),
		cmocka_unit_test(n23_two_servers_that_disagree),
	};

	return cmocka_run_group_tests_name("faults of the market", tests, NULL,
					   NULL);
}
