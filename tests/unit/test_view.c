/* SPDX-License-Identifier: MIT */
/* One position and one recorded poll -> the row people and programs read. */
#include "given.h"
#include "view.h"
#include "view_explain.h"
#include "view_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const close_lines[] = {
	"DIVERGENCE_FLIPPED: flip", "SEVERE_EROSION: erosion(0.2)",
	"PROFIT_EROSION: erosion(0.5) for 3 polls", "REBALANCE: age(168h)",
	NULL
};
static const char *const alert_lines[] = { "STALE: stale_data(3m)", NULL };

static const struct given_quote fresh[] = {
	{ "BTC", "lighter", "0.000035", WHY_KNOWN, "5000000", "1", NULL },
	{ "BTC", "grvt", "0.000255", WHY_KNOWN, "2000000", "1", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};
static const struct given_quote one_stale[] = {
	{ "BTC", "lighter", "0.000035", WHY_STALE, "5000000", "1", NULL },
	{ "BTC", "grvt", "0.000255", WHY_KNOWN, "2000000", "1", NULL },
	{ NULL, NULL, NULL, WHY_KNOWN, NULL, NULL, NULL },
};

static const struct watch no_memory = {
	.counted = { INSTANT_UNKNOWN, INSTANT_UNKNOWN },
	.divergence_at = INSTANT_UNKNOWN,
};

struct scene {
	struct arena *arena;
	struct account account;
	struct evidence_row verdicts;
	struct view v;
	struct view_row row;
};

static struct scene *scene_at(const char *poll, const struct given_quote *rows)
{
	struct arena *a = arena_new();
	struct scene *s = arena_alloc(a, sizeof(*s));

	s->arena = a;
	snprintf(s->account.name, sizeof(s->account.name), "main");
	s->v.account = &s->account;
	s->v.profile = given_profile(a, close_lines, alert_lines);
	given_terms(&s->v.terms);
	s->v.polled = true;
	s->v.poll = (struct poll){ .seq = 12, .at = given_time(poll) };
	s->v.market = given_market(a, poll, rows);
	s->verdicts = (struct evidence_row){ .position = 7, .line = -1 };
	s->v.evidence.rows = &s->verdicts;
	s->v.evidence.n_rows = 1;
	s->row.pos = given_position("BTC", "lighter", "grvt", "20000",
				    "0.000285");
	view_date(&s->v, given_time(poll), INSTANT_UNKNOWN);
	return s;
}

static void end(struct scene *s)
{
	arena_free(s->arena);
}

static void assert_dec(struct dec got, const char *want)
{
	char text[DEC_TEXT_MAX];

	dec_format(text, got);
	assert_string_equal(text, want);
}

static void assert_fact(struct fact got, const char *want)
{
	if (got.known)
		assert_dec(got.v, want);
	else
		assert_string_equal(why_word(got.why), want);
}

/* ---- JSON ---- */

static char *json_of(const struct scene *s)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);
	struct json_out o = json_out_to(f, true);

	view_json_row(&o, &s->v, &s->row);
	fclose(f);
	return text;
}

static const char golden[] =
	"{\"id\":7,\"account\":\"main\",\"symbol\":\"BTC\","
	"\"status\":\"open\",\"size_usd\":\"20000\","
	"\"long\":{\"venue\":\"lighter\",\"rate_8h\":\"0.000035\","
	"\"pays_every_s\":3600,\"next_funding\":\"2026-11-20T22:00:00Z\","
	"\"observed_at\":\"2026-11-20T20:59:55Z\",\"stale\":false,"
	"\"why\":null,\"open_interest_usd\":\"5000000\",\"quantity\":null,"
	"\"entry_price\":null,\"entry_rate_8h\":null},"
	"\"short\":{\"venue\":\"grvt\",\"rate_8h\":\"0.000255\","
	"\"pays_every_s\":28800,\"next_funding\":\"2026-11-21T00:00:00Z\","
	"\"observed_at\":\"2026-11-20T20:59:55Z\",\"stale\":false,"
	"\"why\":null,\"open_interest_usd\":\"2000000\",\"quantity\":null,"
	"\"entry_price\":null,\"entry_rate_8h\":null},"
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
	"\"decided_at\":null,\"closed_at\":null}\n";

static void the_json_row_has_the_settled_keys_in_order(void **state)
{
	struct scene *s = scene_at(GIVEN_NOW, fresh);
	char *text;

	(void)state;
	view_assemble(&s->row, &s->v, &no_memory);
	text = json_of(s);
	assert_string_equal(text, golden);
	free(text);
	end(s);
}

static void a_position_no_poll_has_seen_is_unknown_not_zero(void **state)
{
	struct scene *s = scene_at(GIVEN_NOW, fresh);
	char *text;

	(void)state;
	s->v.evidence.n_rows = 0;
	view_assemble(&s->row, &s->v, &no_memory);
	text = json_of(s);
	assert_non_null(strstr(text, "\"divergence_8h\":null,"));
	assert_non_null(strstr(text, "\"remaining_ratio\":null,"));
	assert_non_null(strstr(text, "\"action\":\"hold\",\"reason\":null,"
			       "\"checked_at\":null"));
	assert_non_null(strstr(text, "\"rate_8h\":null,"));
	assert_non_null(strstr(text, "\"amount_usd\":null,"));
	assert_non_null(strstr(text, "\"carry_usd_day\":null,"));
	free(text);
	end(s);
}

/* ---- action and reason ---- */

struct action_case {
	enum status status;
	enum action polled;
	const char *label;		/* of the poll */
	enum action want;
	const char *reason, *comment;
};

static const struct action_case action_cases[] = {
	{ STATUS_OPEN, ACTION_HOLD, "", ACTION_HOLD, "", "held" },
	{ STATUS_OPEN, ACTION_ALERT, "STALE", ACTION_ALERT, "STALE",
	  "alerted" },
	{ STATUS_OPEN, ACTION_CLOSE, "PROFIT_EROSION", ACTION_HOLD, "",
	  "kept or reopened since: no longer a close" },
	{ STATUS_PENDING_CLOSE, ACTION_HOLD, "", ACTION_CLOSE, "MY_REASON",
	  "pending stays a close whatever the poll says" },
	{ STATUS_CLOSED, ACTION_HOLD, "", ACTION_CLOSE, "MY_REASON",
	  "closed" },
};

static void a_decided_close_keeps_its_action_and_label(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(action_cases) / sizeof(*action_cases);
	     i++) {
		const struct action_case *c = &action_cases[i];
		struct scene *s = scene_at(GIVEN_NOW, fresh);

		print_message("# %s\n", c->comment);
		s->row.pos.status = c->status;
		if (c->status != STATUS_OPEN)
			strcpy(s->row.pos.reason.s, "MY_REASON");
		s->verdicts.action = c->polled;
		strcpy(s->verdicts.label.s, c->label);
		view_assemble(&s->row, &s->v, &no_memory);
		assert_int_equal(s->row.action, c->want);
		assert_string_equal(s->row.reason.s, c->reason);
		end(s);
	}
}

/* ---- stale and last known ---- */

static void without_polls_for_three_intervals_numbers_are_stale(void **state)
{
	struct scene *s = scene_at(GIVEN_NOW, fresh);
	struct instant at = s->v.poll.at;

	(void)state;
	view_date(&s->v, instant_add(at, span_s(180)), INSTANT_UNKNOWN);
	assert_false(s->v.stale);
	view_date(&s->v, instant_add(at, span_s(181)), INSTANT_UNKNOWN);
	assert_true(s->v.stale);
	view_assemble(&s->row, &s->v, &no_memory);
	assert_true(s->row.stale);
	assert_true(s->row.leg[LEG_SHORT].stale);
	assert_string_equal(view_kept(&s->row, s->v.profile).s,
			    "~77% (<50%)");
	assert_string_equal(view_near(&s->row).s, "~erosion 77/50");
	assert_string_equal(view_next(&s->row.next, s->v.now, true).s,
			    "long ~-0.09 in 0h56m");
	/* Asked as of that poll, they were not. */
	view_date(&s->v, instant_add(at, span_s(86400)), at);
	assert_false(s->v.stale);
	end(s);
}

static void a_stale_leg_leaves_the_last_known_divergence(void **state)
{
	struct scene *s = scene_at(GIVEN_NOW, one_stale);
	struct watch w = no_memory;
	char *text;

	(void)state;
	w.divergence = fact_known(dec_lit("0.0006"));
	w.divergence_at = given_time("2026-11-20T20:40:00Z");
	view_assemble(&s->row, &s->v, &w);
	assert_true(s->row.divergence_old);
	assert_true(s->row.leg[LEG_LONG].stale);
	assert_false(s->row.leg[LEG_SHORT].stale);
	assert_string_equal(view_rate(s->row.divergence, UNIT_8H,
				      s->row.divergence_old).s, "~+0.0200%");
	text = json_of(s);
	assert_non_null(strstr(text, "\"divergence_8h\":null,"));
	assert_non_null(strstr(text, "\"rate_8h\":\"0.000035\""));
	assert_non_null(strstr(text, "\"stale\":true,\"why\":\"stale\""));
	assert_non_null(strstr(text, "\"last_divergence_8h\":\"0.0002\","
			       "\"last_divergence_at\":"
			       "\"2026-11-20T20:40:00Z\""));
	free(text);
	end(s);
}

/* ---- cash ---- */

struct cash_case {
	const char *now, *short_rate;
	enum why why;
	bool both;
	enum side side;
	const char *amount, *at, *shown;
};

static const struct cash_case cash_cases[] = {
	{ "2026-11-20T21:48:00Z", "0.000255", WHY_KNOWN, false, LEG_LONG,
	  "-0.0875", "2026-11-20T22:00:00Z", "long -0.09 in 0h12m" },
	{ "2026-11-20T23:48:00Z", "0.000255", WHY_KNOWN, true, LEG_LONG,
	  "5.0125", "2026-11-21T00:00:00Z", "both +5.01 in 0h12m" },
	{ "2026-11-20T23:48:00Z", NULL, WHY_NULL_VALUE, true, LEG_LONG,
	  "null in the answer", "2026-11-21T00:00:00Z",
	  "both - in 0h12m" },
};

static void the_next_cash_is_that_of_the_soonest_settlement(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cash_cases) / sizeof(*cash_cases); i++) {
		const struct cash_case *c = &cash_cases[i];
		struct given_quote rows[] = {
			fresh[0],
			{ "BTC", "grvt", c->short_rate, c->why, NULL, NULL,
			  NULL },
			fresh[2],
		};
		struct scene *s = scene_at(c->now, rows);
		char at[INSTANT_TEXT_MAX];

		view_assemble(&s->row, &s->v, &no_memory);
		assert_fact(s->row.next.amount_usd, c->amount);
		assert_int_equal(s->row.next.both, c->both);
		assert_int_equal(s->row.next.side, c->side);
		instant_format(at, s->row.next.at);
		assert_string_equal(at, c->at);
		assert_string_equal(view_next(&s->row.next, s->v.now,
					      false).s, c->shown);
		end(s);
	}
}

static struct settlement settled(enum side side, const char *amount,
				 bool after)
{
	return (struct settlement){
		.position = 7, .side = side, .hypothetical = after,
		.amount_usd = amount ? fact_known(dec_lit(amount)) :
			      fact_unknown(WHY_STALE),
	};
}

static void money_adds_up_exactly_and_counts_what_it_does_not_know(void **state)
{
	struct settlement list[] = {
		settled(LEG_LONG, "-0.0875", false),
		settled(LEG_SHORT, "5.100000000000000001", false),
		settled(LEG_LONG, NULL, false),
		settled(LEG_SHORT, "7", true),
		settled(LEG_LONG, NULL, true),
	};
	struct scene *s = scene_at(GIVEN_NOW, fresh);
	struct view_money *m = &s->row.money;

	(void)state;
	s->row.settlements = list;
	s->row.n_settlements = 5;
	s->row.pos.fees_usd = dec_lit("8");
	view_assemble(&s->row, &s->v, &no_memory);
	assert_fact(m->funding_usd, "5.012500000000000001");
	assert_fact(m->net_usd, "-2.987499999999999999");
	assert_fact(m->after_usd, "7");
	assert_int_equal(m->n, 3);
	assert_int_equal(m->n_unknown, 1);
	assert_int_equal(m->n_after, 2);
	assert_int_equal(m->n_after_unknown, 1);
	end(s);
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
	  "oi_imbalance 250/300", "5,000,000 to 2,000,000" },
	{ { "A: min_hold(1h)" }, "0.000035", "0.000255", "-",
	  "nothing comparable" },
};

static void the_nearest_line_has_used_most_of_its_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(near_cases) / sizeof(*near_cases); i++) {
		const struct near_case *c = &near_cases[i];
		struct given_quote rows[] = { fresh[0], fresh[1], fresh[2] };
		struct scene *s;

		rows[0].rate_8h = c->long_rate;
		rows[1].rate_8h = c->short_rate;
		s = scene_at(GIVEN_NOW, rows);
		print_message("# %s\n", c->comment);
		s->v.profile = given_profile(s->arena, c->line, alert_lines);
		view_assemble(&s->row, &s->v, &no_memory);
		assert_string_equal(view_near(&s->row).s, c->want);
		end(s);
	}
}

static void a_negative_entry_has_no_ratio(void **state)
{
	struct scene *s = scene_at(GIVEN_NOW, fresh);

	(void)state;
	s->row.pos.entry_divergence = fact_known(dec_lit("-0.0001"));
	view_assemble(&s->row, &s->v, &no_memory);
	assert_fact(s->row.ratio, "not above zero");
	assert_string_equal(view_kept(&s->row, s->v.profile).s, "-");
	end(s);
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
	struct scene *s = scene_at(GIVEN_NOW, one_stale);
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
	view_assemble(&s->row, &s->v, &no_memory);
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
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_json_row_has_the_settled_keys_in_order),
		cmocka_unit_test(a_position_no_poll_has_seen_is_unknown_not_zero),
		cmocka_unit_test(a_decided_close_keeps_its_action_and_label),
		cmocka_unit_test(without_polls_for_three_intervals_numbers_are_stale),
		cmocka_unit_test(a_stale_leg_leaves_the_last_known_divergence),
		cmocka_unit_test(the_next_cash_is_that_of_the_soonest_settlement),
		cmocka_unit_test(money_adds_up_exactly_and_counts_what_it_does_not_know),
		cmocka_unit_test(the_nearest_line_has_used_most_of_its_way),
		cmocka_unit_test(a_negative_entry_has_no_ratio),
		cmocka_unit_test(rates_are_shown_in_the_unit_asked_for),
		cmocka_unit_test(explain_shows_every_line_with_inputs_and_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
