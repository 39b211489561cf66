/* SPDX-License-Identifier: MIT */
/* A view as JSON, as text and explained line by line. */
#include "rule_case.h"
#include "view_explain.h"
#include "view_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char golden[] =
	"{\"id\":7,\"account\":\"main\",\"symbol\":\"BTC\","
	"\"status\":\"open\",\"size_usd\":\"20000\","
	"\"long\":{\"venue\":\"lighter\",\"rate_8h\":\"0.000035\","
	"\"pays_every_s\":3600,\"next_funding\":\"2026-11-20T22:00:00Z\","
	"\"observed_at\":\"2026-11-20T20:59:55Z\",\"stale\":false,"
	"\"why\":null,\"open_interest_usd\":\"5000000\",\"quantity\":null,"
	"\"entry_price\":null,\"entry_rate_8h\":null,"
	"\"exit_price\":null},"
	"\"short\":{\"venue\":\"grvt\",\"rate_8h\":\"0.000255\","
	"\"pays_every_s\":28800,\"next_funding\":\"2026-11-21T00:00:00Z\","
	"\"observed_at\":\"2026-11-20T20:59:55Z\",\"stale\":false,"
	"\"why\":null,\"open_interest_usd\":\"2000000\",\"quantity\":null,"
	"\"entry_price\":null,\"entry_rate_8h\":null,"
	"\"exit_price\":null},"
	"\"entry_divergence_8h\":\"0.000285\",\"divergence_8h\":\"0.00022\","
	"\"remaining_ratio\":\"0.771929824561403509\","
	"\"opened_at\":\"2026-11-17T18:00:00Z\",\"age_hours\":\"75\","
	"\"action\":\"hold\",\"reason\":null,"
	"\"checked_at\":\"2026-11-20T21:00:00Z\","
	"\"next_cash\":{\"side\":\"long\",\"amount_usd\":\"-0.0875\","
	"\"at\":\"2026-11-20T22:00:00Z\"},\"carry_usd_day\":\"13.2\","
	"\"cost_usd\":\"8\",\"nearest\":{\"label\":\"PROFIT_EROSION\","
	"\"rule\":\"erosion\",\"value\":\"0.771929824561403509\","
	"\"limit\":\"0.5\"},\"funding_usd\":\"0\",\"fees_usd\":\"0\","
	"\"net_usd\":\"0\",\"external_id\":null,\"settlements\":0,"
	"\"settlements_unknown\":0,\"stale\":false,"
	"\"last_divergence_8h\":\"0.00022\","
	"\"last_divergence_at\":\"2026-11-20T21:00:00Z\","
	"\"decided_at\":null,\"closed_at\":null,\"price_usd\":null,"
	"\"price_why\":\"never recorded\",\"net_includes_price\":false,"
	"\"slippage_usd\":\"0\",\"realised_usd\":\"0\",\"open_usd\":null,"
	"\"accrued_estimate_usd\":\"3.1875\",\"capital_usd\":\"40000\","
	"\"return_on_notional\":\"0\",\"return_on_capital\":\"0\","
	"\"apr_on_notional\":\"0\",\"apr_on_capital\":\"0\","
	"\"expected_24h_usd\":\"13.2\",\"break_even_all_in\":"
	"{\"state\":\"ahead\",\"at\":\"2026-11-21T08:00:00Z\","
	"\"after_hours\":\"11\",\"why\":null},\"break_even_exit_only\":"
	"{\"state\":\"ahead\",\"at\":\"2026-11-21T08:00:00Z\","
	"\"after_hours\":\"11\",\"why\":null}}\n";

static void the_json_row_has_the_settled_keys_in_order(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	char *text;

	(void)state;
	view_assemble(&s->row, &s->v, &view_no_memory);
	text = view_scene_json(s);
	assert_string_equal(text, golden);
	free(text);
	view_scene_end(s);
}

static void a_position_no_poll_has_seen_is_unknown_not_zero(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	char *text;

	(void)state;
	s->v.evidence.n_rows = 0;
	s->v.market.n_quotes = 0;
	view_assemble(&s->row, &s->v, &view_no_memory);
	text = view_scene_json(s);
	assert_non_null(strstr(text, "\"divergence_8h\":null,"));
	assert_non_null(strstr(text, "\"remaining_ratio\":null,"));
	assert_non_null(strstr(text, "\"action\":\"hold\",\"reason\":null,"
			       "\"checked_at\":null"));
	assert_non_null(strstr(text, "\"rate_8h\":null,"));
	assert_non_null(strstr(text, "\"amount_usd\":null,"));
	assert_non_null(strstr(text, "\"carry_usd_day\":null,"));
	free(text);
	view_scene_end(s);
}

static void a_position_the_poll_opened_shows_its_rates(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	char *text;

	(void)state;
	s->v.evidence.n_rows = 0;
	view_assemble(&s->row, &s->v, &view_no_memory);
	text = view_scene_json(s);
	assert_non_null(strstr(text, "\"divergence_8h\":\"0.00022\","));
	assert_non_null(strstr(text, "\"action\":\"hold\",\"reason\":null,"
			       "\"checked_at\":null"));
	free(text);
	view_scene_end(s);
}

/* ---- the nearest line ---- */

struct near_case {
	const char *line[3];
	const char *long_rate, *short_rate, *want, *comment;
};

static const struct near_case near_cases[] = {
	{ { "A: erosion(0.5)", "B: age(168h)" }, "0.000035", "0.000255",
	  "erosion 77/50", "22.8 of 50 % against 75 of 168 h" },
	{ { "A: erosion(0.4)", "B: age(168h)" }, "0.000035", "0.000255",
	  "age 45/100", "22.8 of 60 % is less than 75 of 168 h" },
	{ { "A: flip", "B: age(1000h)" }, "0.0001", "0.000157",
	  "flip 20/0", "four fifths of the way to zero" },
	{ { "A: flip(0.0001)", "B: age(1000h)" }, "0.0001", "0.000157",
	  "flip 20/35", "beyond a positive margin" },
	{ { "A: not erosion(0.5)", "B: age(750h)" }, "0.000035", "0.000255",
	  "age 10/100", "what is negated is not compared" },
	{ { "A: oi_imbalance(high=3, low=0.5)" }, "0.000035", "0.000255",
	  "oi 250/300", "5,000,000 to 2,000,000" },
	{ { "A: min_hold(1h)" }, "0.000035", "0.000255", "-",
	  "nothing comparable" },
};

static void the_nearest_line_has_used_most_of_its_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(near_cases) / sizeof(*near_cases); i++) {
		const struct near_case *c = &near_cases[i];
		struct given_quote rows[] = { view_fresh[0], view_fresh[1], view_fresh[2] };
		struct view_scene *s;

		rows[0].rate_8h = c->long_rate;
		rows[1].rate_8h = c->short_rate;
		s = view_scene_at(GIVEN_NOW, rows);
		print_message("# %s\n", c->comment);
		s->v.profile = given_profile(s->arena, c->line, view_alert_lines);
		view_assemble(&s->row, &s->v, &view_no_memory);
		assert_string_equal(view_near(&s->row).s, c->want);
		view_scene_end(s);
	}
}

/* Money and schedules, which the scene has none of. */
#define MONEY "size_usd=10000 costs_paid=10 exit_cost=8 funding=68 price_pnl=-30 "
#define PAYS "divergence=0.00096 entry_divergence=0.0012 "
#define LEGS PAYS "long_rate=0.00024 short_rate=0.0012 long_next_funding=600 " \
	     "short_next_funding=600 long_pays_every=3600 " \
	     "short_pays_every=28800 alternatives=1 alternative_long_rate=0 " \
	     "alternative_short_rate=0.0024 alternative_long_next=600 " \
	     "alternative_short_next=4200 alternative_long_pays_every=3600 " \
	     "alternative_short_pays_every=28800 alternative_cost=0.0004 " \
	     "alternative_divergence=0.0024 "

#define OI(l, s) "long_open_interest=" l " short_open_interest=" s " "

static const struct { const char *line, *facts, *want; } money_cases[] = {
	{ "A: take_profit(1%)", MONEY, "take 20/100" },
	{ "A: take_profit(1%, carry)", MONEY, "take 50/100" },
	{ "A: take_profit(1%)", MONEY "funding=-32", "take -80/100" },
	{ "A: take_profit(1%)", MONEY "price_pnl=?2", "-" },
	{ "A: take_profit(1%)", MONEY "size_usd=?1", "-" },
	{ "A: stop_loss(1%)", MONEY "funding=8", "stop 40/100" },
	{ "A: stop_loss(1%, carry)", MONEY "funding=8", "stop 10/100" },
	{ "A: stop_loss(1%)", MONEY, "stop -20/100" },
	{ "A: fees_covered", MONEY "funding=9", "fees 50/100" },
	{ "A: fees_covered", MONEY "exit_cost=?1", "-" },
	{ "A: fees_covered", MONEY "costs_paid=0 exit_cost=0", "-" },
	{ "A: carry_below(10%)", PAYS, "carry 35/10" },
	{ "A: carry_below(50%)", PAYS, "-" },	/* true from the start */
	{ "A: carry_below(10%)", PAYS "entry_divergence=?1", "-" },
	{ "A: carry_below(10%)", PAYS "entry_divergence=-1", "-" },
	/* the one that has used most of its way */
	{ "A: take_profit(1%) or stop_loss(1%)", MONEY "funding=8",
	  "stop 40/100" },
	{ "A: take_profit(1%) or fees_covered", MONEY "funding=9",
	  "fees 50/100" },
	{ "A: carry_below(10%) or take_profit(1%)", MONEY PAYS, "carry 35/10" },
	{ "A: carry_below(10%) or take_profit(0.22%)", MONEY PAYS,
	  "take 91/100" },
	/* 8.00 - 3.80 - 4.00 of 1.00, where 4.20 - 4.00 is less by the clock */
	{ "A: better_opportunity(0.0001, 70m, schedule)", LEGS, "better 20/100" },
	{ "A: better_opportunity(0.0001, 70m)", LEGS, "better -330/100" },
	{ "A: better_opportunity(0.0001, 70m, schedule)",
	  LEGS "short_pays_every=?12", "-" },
	{ "A: break_even_beyond(7d)", MONEY LEGS, "-" },
	{ "A: oi_imbalance(4, 0.5)", OI("6", "10"), "oi 60/50" },
	{ "A: oi_imbalance(4, 0.05)", OI("6", "10"), "oi 60/400" },
	{ "A: oi_imbalance(4, 0)", OI("1", "1000"), "oi 0/400" },
	{ "A: oi_imbalance(4, 0.5, entry)", OI("4", "2") "entry_oi_ratio=0.8",
	  "oi 250/400" },
	{ "A: oi_imbalance(4, 0.5, entry)", OI("4", "2") "entry_oi_ratio=?1",
	  "-" },
	{ "A: oi_imbalance(4, 0.5, entry)", OI("4", "2") "entry_oi_ratio=0",
	  "-" },
	/* what is unknown, or was never earned, has no way to go */
	{ "A: oi_imbalance(4, 0.5)", OI("?2", "10"), "-" },
	{ "A: oi_imbalance(4, 0.5)", OI("6", "?2"), "-" },
	{ "A: oi_imbalance(4, 0.5)", OI("6", "0"), "-" },
	{ "A: oi_imbalance(4, 0.5)", OI("0", "10"), "oi 0/400" },
	{ "A: flip(0.0001)", PAYS "entry_divergence=?1", "-" },
	{ "A: flip(0.0001)", PAYS "entry_divergence=0", "-" },
	{ "A: erosion(0.2)", PAYS "entry_divergence=-1", "-" },
	{ "A: age(100h)", "age=?1", "-" },
	/* below `not`, also deep, near is far */
	{ "A: not (erosion(0.2) and carry_below(10%))", PAYS, "-" },
	{ "A: not (flip or (erosion(0.2) or carry_below(10%)))", PAYS, "-" },
	{ "A: erosion(0.2) and not carry_below(10%)", PAYS, "erosion 80/20" },
	{ "A: not flip and (not carry_below(10%) or erosion(0.2))", PAYS,
	  "erosion 80/20" },
	/* 24 of 90 to the margin, 24 of 96 to the fifth, 20 of 100 */
	{ "A: flip(0.0001) or erosion(0.2)", PAYS, "flip 80/25" },
	{ "A: better_opportunity(0.0001, 70m, schedule) or erosion(0.2)", LEGS,
	  "erosion 80/20" },
};

static void with_no_other_pair_changing_is_not_near(void **state)
{
	static const char *const lines[] = {
		"A: better_opportunity(0.0001, 70m, schedule)", NULL };
	struct arena *a = arena_new();
	struct facts f = rule_facts(LEGS);
	struct view_nearest n;

	(void)state;
	view_find_nearest(&n, &f, given_profile(a, lines, NULL));
	assert_int_equal(n.line, -1);
	arena_free(a);
}

static void money_and_schedules_have_a_way_to_go_too(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(money_cases) / sizeof(*money_cases); i++) {
		const char *const lines[] = { money_cases[i].line, NULL };
		struct facts f = rule_facts(money_cases[i].facts);
		struct view_nearest n;
		char text[VIEW_NEAREST_MAX];

		f.alt_found = true;
		print_message("# %s: %s\n", lines[0], money_cases[i].facts);
		view_find_nearest(&n, &f, given_profile(a, lines, NULL));
		view_nearest_text(text, &n);
		assert_string_equal(*text ? text : "-", money_cases[i].want);
	}
	arena_free(a);
}

/* ---- units ---- */

static void rates_are_shown_in_the_unit_asked_for(void **state)
{
	struct fact d = fact_known(dec_lit("0.00066"));

	(void)state;
	assert_string_equal(view_rate(d, UNIT_8H, false).s, "+0.0220%");
	assert_string_equal(view_rate(d, UNIT_1H, false).s, "+0.00275%");
	assert_string_equal(view_rate(d, UNIT_DAY, false).s, "+0.0660%");
	assert_string_equal(view_rate(d, UNIT_APR, false).s, "+24.09%");
	d.v = dec_neg(d.v);
	assert_string_equal(view_rate(d, UNIT_APR, true).s, "~-24.09%");
}

/* ---- explain ---- */

static void explain_shows_every_line_with_inputs_and_progress(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_one_stale);
	int erosion = profile_slot(s->v.profile, 2) + 1;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	s->verdicts.n_lines = s->v.profile->n_lines;
	for (int i = 0; i < 3; i++)
		s->verdicts.finding[i] = (struct finding){
			VERDICT_UNKNOWN, FACT_LONG_RATE, WHY_STALE };
	s->verdicts.finding[4].verdict = VERDICT_TRUE;
	s->verdicts.line = 4;
	s->verdicts.action = ACTION_ALERT;
	strcpy(s->verdicts.label.s, "STALE");
	s->verdicts.n_slots = profile_slots(s->v.profile);
	s->verdicts.slot[erosion].count = 2;
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_explain_json(f, &s->v, &s->row, true);
	fclose(f);
	assert_non_null(strstr(text, "\"poll\":12,"
			       "\"at\":\"2026-11-20T21:00:00Z\""));
	assert_non_null(strstr(text, "\"action\":\"alert\","
			       "\"reason\":\"STALE\""));
	assert_non_null(strstr(text, "\"label\":\"PROFIT_EROSION\","
			       "\"list\":\"close\",\"text\":"));
	assert_non_null(strstr(text, "\"verdict\":\"unknown\","
			       "\"deciding\":false,"
			       "\"missing\":\"long_rate\",\"why\":\"stale\","
			       "\"streaks\":[{\"count\":2,\"needed\":3,"));
	assert_non_null(strstr(text, "{\"name\":\"divergence\",\"value\":null,"
			       "\"unit\":\"per day\",\"why\":\"stale\"}"));
	assert_non_null(strstr(text, "{\"rule\":\"age\",\"name\":\"limit\","
			       "\"value\":\"604800\",\"unit\":\"s\"}"));
	assert_non_null(strstr(text, "\"verdict\":\"true\","
			       "\"deciding\":true"));
	free(text);
	view_scene_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_json_row_has_the_settled_keys_in_order),
		cmocka_unit_test(a_position_no_poll_has_seen_is_unknown_not_zero),
		cmocka_unit_test(a_position_the_poll_opened_shows_its_rates),
		cmocka_unit_test(the_nearest_line_has_used_most_of_its_way),
		cmocka_unit_test(with_no_other_pair_changing_is_not_near),
		cmocka_unit_test(money_and_schedules_have_a_way_to_go_too),
		cmocka_unit_test(rates_are_shown_in_the_unit_asked_for),
		cmocka_unit_test(explain_shows_every_line_with_inputs_and_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
