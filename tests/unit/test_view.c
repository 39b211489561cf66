/* SPDX-License-Identifier: MIT */
/* One position and one recorded poll -> the row people see. */
#include "view_scene.h"
#include "view_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
		struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

		print_message("# %s\n", c->comment);
		s->row.pos.status = c->status;
		if (c->status != STATUS_OPEN)
			strcpy(s->row.pos.reason.s, "MY_REASON");
		s->verdicts.action = c->polled;
		strcpy(s->verdicts.label.s, c->label);
		view_assemble(&s->row, &s->v, &view_no_memory);
		assert_int_equal(s->row.action, c->want);
		assert_string_equal(s->row.reason.s, c->reason);
		view_scene_end(s);
	}
}

/* ---- stale and last known ---- */

static void without_polls_for_three_intervals_numbers_are_stale(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	struct instant at = s->v.poll.at;

	(void)state;
	view_date(&s->v, instant_add(at, span_s(180)), INSTANT_UNKNOWN);
	assert_false(s->v.stale);
	view_date(&s->v, instant_add(at, span_s(181)), INSTANT_UNKNOWN);
	assert_true(s->v.stale);
	view_assemble(&s->row, &s->v, &view_no_memory);
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
	view_scene_end(s);
}

static void a_stale_leg_leaves_the_last_known_divergence(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_one_stale);
	struct watch w = view_no_memory;
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
	assert_string_equal(view_kept(&s->row, s->v.profile).s,
			    "~70% (<50%)");
	text = view_scene_json(s);
	assert_non_null(strstr(text, "\"divergence_8h\":null,"));
	assert_non_null(strstr(text, "\"rate_8h\":\"0.000035\""));
	assert_non_null(strstr(text, "\"stale\":true,\"why\":\"stale\""));
	assert_non_null(strstr(text, "\"last_divergence_8h\":\"0.0002\","
			       "\"last_divergence_at\":"
			       "\"2026-11-20T20:40:00Z\""));
	free(text);
	view_scene_end(s);
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
			view_fresh[0],
			{ "BTC", "grvt", c->short_rate, c->why, NULL, NULL,
			  NULL },
			view_fresh[2],
		};
		struct view_scene *s = view_scene_at(c->now, rows);
		char at[INSTANT_TEXT_MAX];

		view_assemble(&s->row, &s->v, &view_no_memory);
		view_assert_fact(s->row.next.amount_usd, c->amount);
		assert_int_equal(s->row.next.both, c->both);
		assert_int_equal(s->row.next.side, c->side);
		instant_format(at, s->row.next.at);
		assert_string_equal(at, c->at);
		assert_string_equal(view_next(&s->row.next, s->v.now,
					      false).s, c->shown);
		view_scene_end(s);
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
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);
	struct view_money *m = &s->row.money;

	(void)state;
	s->row.settlements = list;
	s->row.n_settlements = 5;
	s->row.pos.fees_usd = dec_lit("8");
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(m->funding_usd, "5.012500000000000001");
	view_assert_fact(m->net_usd, "-2.987499999999999999");
	view_assert_fact(m->after_usd, "7");
	assert_int_equal(m->n, 3);
	assert_int_equal(m->n_unknown, 1);
	assert_int_equal(m->n_after, 2);
	assert_int_equal(m->n_after_unknown, 1);
	view_scene_end(s);
}

/* ---- legs nobody knows the schedule of ---- */

#define NEXT	"2026-11-20T23:00:00Z"

/* Of the short leg, on a venue without a configured grid. */
struct schedule_case {
	const char *announced;		/* by the quote of this poll */
	int32_t seen;			/* pays_every_s of an earlier quote */
	const char *was_announced;	/* by it */
	bool remembered;		/* there is an earlier one */
	const char *funding;		/* what the rules know of it */
};

static const struct schedule_case schedule_cases[] = {
	{ NULL, 0, NULL, false, "payment interval not configured" },
	{ NULL, 0, NULL, true, "payment interval not configured" },
	{ NULL, 3600, NULL, true, "0" },
	{ NULL, 0, NEXT, true, "0" },
	{ NEXT, 0, NULL, false, "0" },
};

static void a_leg_nobody_knows_when_it_pays_has_unknown_funding(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(schedule_cases) /
	     sizeof(*schedule_cases); i++) {
		const struct schedule_case *c = &schedule_cases[i];
		const struct given_quote rows[] = {
			view_fresh[0],
			{ "BTC", "nova", "0.000255", WHY_KNOWN, NULL, NULL,
			  c->announced },
			view_fresh[2],
		};
		struct view_scene *s = view_scene_at(GIVEN_NOW, rows);
		struct last_quote q = {
			.symbol = given_symbol("BTC"),
			.venue = given_venue("nova"),
			.polled_at = s->v.poll.at,
			.observed_at = s->v.poll.at,
			.next_funding = c->was_announced ?
				given_time(c->was_announced) :
				INSTANT_UNKNOWN,
			.pays_every_s = c->seen,
			.mark_price = fact_unknown(WHY_NOT_SET),
		};

		print_message("# %zu\n", i);
		s->row.pos.leg[LEG_SHORT].venue = given_venue("nova");
		s->v.quotes = &q;
		s->v.n_quotes = c->remembered;
		view_assemble(&s->row, &s->v, &view_no_memory);
		view_assert_fact(s->row.facts.v[FACT_FUNDING], c->funding);
		/* An amount cannot be known: not how much of a rate it is. */
		view_assert_fact(view_leg_cash(&s->row, LEG_SHORT),
				 "payment interval not configured");
		view_scene_end(s);
	}
}

static void the_only_known_settlement_is_the_next_one(void **state)
{
	const struct given_quote rows[] = {
		{ "BTC", "nova", "0.000035", WHY_KNOWN, NULL, NULL, NULL },
		view_fresh[1], view_fresh[2],
	};
	struct view_scene *s = view_scene_at("2026-11-20T23:48:00Z", rows);
	char *text;

	(void)state;
	s->row.pos.leg[LEG_LONG].venue = given_venue("nova");
	view_assemble(&s->row, &s->v, &view_no_memory);
	assert_string_equal(view_next(&s->row.next, s->v.now, false).s,
			    "short +5.10 in 0h12m");
	s->row.pos.leg[LEG_SHORT].venue = given_venue("nova");
	view_assemble(&s->row, &s->v, &view_no_memory);
	assert_string_equal(view_next(&s->row.next, s->v.now, false).s, "-");
	text = view_scene_json(s);
	assert_non_null(strstr(text, "\"next_cash\":null,"));
	free(text);
	view_scene_end(s);
}

static void a_rate_of_another_interval_is_not_shown_as_one_of_8h(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

	(void)state;
	s->v.market.quotes[0].rate.interval_s = 3600;
	view_assemble(&s->row, &s->v, &view_no_memory);
	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		const struct view_leg *leg = &s->row.leg[i];
		bool odd = venue_cmp(s->v.market.quotes[0].venue,
				     s->row.pos.leg[i].venue) == 0;

		assert_int_equal(leg->rate_8h.known, !odd);
		assert_true(instant_known(leg->observed_at));
	}
	view_scene_end(s);
}

/* ---- as of an earlier poll ---- */

static void of_an_earlier_poll_only_what_was_known_then(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_one_stale);
	struct watch w = view_no_memory;

	(void)state;
	w.divergence = fact_known(dec_lit("0.0006"));
	w.divergence_at = given_time("2026-11-20T20:40:00Z");
	view_date(&s->v, given_time("2026-11-20T22:00:00Z"), s->v.poll.at);
	view_assemble(&s->row, &s->v, &w);
	assert_false(s->row.divergence.known);
	assert_false(s->row.divergence_old);
	/* Closed since: then it was held, as far as that poll had judged it. */
	s->row.pos.status = STATUS_CLOSED;
	strcpy(s->row.pos.reason.s, "MY_REASON");
	view_assemble(&s->row, &s->v, &w);
	assert_int_equal(s->row.action, ACTION_HOLD);
	s->v.evidence.n_rows = 0;
	view_assemble(&s->row, &s->v, &w);
	assert_int_equal(s->row.action, ACTION_CLOSE);
	assert_string_equal(s->row.reason.s, "MY_REASON");
	view_scene_end(s);
}

/* A pair added since the last poll has no numbers that could be old. */
static void what_no_poll_has_seen_is_not_stale(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

	(void)state;
	view_date(&s->v, instant_add(s->v.poll.at, span_s(3600)),
		  INSTANT_UNKNOWN);
	assert_true(s->v.stale);
	s->v.evidence.n_rows = 0;
	s->row.pos.opened_at = instant_add(s->v.poll.at, span_s(60));
	view_assemble(&s->row, &s->v, &view_no_memory);
	assert_false(s->row.stale);
	assert_string_equal(view_kept(&s->row, s->v.profile).s, "-");
	view_scene_end(s);
}

/* The share of which a line acts first, wherever in the profile it is. */
static void what_must_be_kept_is_the_most_any_line_asks_for(void **state)
{
	static const char *const lines[3][3] = {
		{ "A: erosion(0.5)", "B: not erosion(0.2) or age(1h)", NULL },
		{ "A: erosion(0.2)", "B: erosion(0.3) or erosion(0.5)", NULL },
		{ "A: age(1h)", "B: flip", NULL },
	};
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

	(void)state;
	view_assemble(&s->row, &s->v, &view_no_memory);
	for (int i = 0; i < 3; i++) {
		struct profile *p = given_profile(s->arena, lines[i], NULL);

		assert_string_equal(view_kept(&s->row, p).s,
				    i < 2 ? "77% (<50%)" : "77%");
	}
	view_scene_end(s);
}

static void a_negative_entry_has_no_ratio(void **state)
{
	struct view_scene *s = view_scene_at(GIVEN_NOW, view_fresh);

	(void)state;
	s->row.pos.entry_divergence = fact_known(dec_lit("-0.0001"));
	view_assemble(&s->row, &s->v, &view_no_memory);
	view_assert_fact(s->row.ratio, "not above zero");
	assert_string_equal(view_kept(&s->row, s->v.profile).s, "-");
	view_scene_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decided_close_keeps_its_action_and_label),
		cmocka_unit_test(without_polls_for_three_intervals_numbers_are_stale),
		cmocka_unit_test(a_stale_leg_leaves_the_last_known_divergence),
		cmocka_unit_test(the_next_cash_is_that_of_the_soonest_settlement),
		cmocka_unit_test(money_adds_up_exactly_and_counts_what_it_does_not_know),
		cmocka_unit_test(a_leg_nobody_knows_when_it_pays_has_unknown_funding),
		cmocka_unit_test(the_only_known_settlement_is_the_next_one),
		cmocka_unit_test(a_rate_of_another_interval_is_not_shown_as_one_of_8h),
		cmocka_unit_test(of_an_earlier_poll_only_what_was_known_then),
		cmocka_unit_test(what_no_poll_has_seen_is_not_stale),
		cmocka_unit_test(what_must_be_kept_is_the_most_any_line_asks_for),
		cmocka_unit_test(a_negative_entry_has_no_ratio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
