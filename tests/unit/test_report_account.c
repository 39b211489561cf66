/* SPDX-License-Identifier: MIT */
/* An account's ledger as a run: what counts, from when, until when. */
#include "report_account.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

struct book {
	struct position positions[2];
	struct report_ledger ledgers[2];
	struct settlement rows[9];
	struct terms terms;
	struct report_history h;
	struct report_run run;
	struct arena *arena;
	struct err err;
};

static const struct { int of; const char *at, *amount, *reported; } cash[] = {
	{ 0, "2026-01-01T08:00:00Z", "-0.1", NULL },
	{ 0, "2026-01-01T08:00:00Z", "0.5", NULL },
	{ 0, "2026-01-03T00:00:00Z", "1", NULL },
	/* After its close: hold-through, seven days of it. */
	{ 0, "2026-01-04T00:00:00Z", "2", NULL },
	{ 0, "2026-01-10T12:00:00Z", "3", NULL },
	{ 0, "2026-01-10T13:00:00Z", "100", NULL },
	{ 1, "2026-01-02T08:00:00Z", NULL, NULL },
	{ 1, "2026-01-05T00:00:00Z", "-0.3", "-0.25" },
	{ 1, "2026-01-12T07:00:00Z", "50", NULL },	/* not yet */
};

static struct fact fact_of(const char *text)
{
	return text ? fact_known(dec_lit(text)) : fact_unknown(WHY_MISSED);
}

static void fill_rows(struct book *b)
{
	for (size_t i = 0; i < N(cash); i++) {
		struct report_ledger *l = &b->ledgers[cash[i].of];

		b->rows[i] = (struct settlement){
			.position = cash[i].of + 1,
			.at = given_time(cash[i].at),
			.amount_usd = fact_of(cash[i].amount),
			.reported_usd = fact_of(cash[i].reported) };
		if (l->n++ == 0)
			l->rows = &b->rows[i];
	}
}

static int set_up(void **state)
{
	static struct book b;

	b = (struct book){ .arena = arena_new() };
	assert_non_null(b.arena);
	b.positions[0] = given_position("BTC", "lighter", "grvt", "1000",
					"0.0001");
	b.positions[0].id = 1;
	b.positions[0].opened_at = given_time("2026-01-01T06:00:00Z");
	b.positions[0].closed_at = given_time("2026-01-03T12:00:00Z");
	b.positions[0].status = STATUS_CLOSED;
	b.positions[0].reason = (struct label){ "TIME_LIMIT" };
	b.positions[0].fees_usd = dec_lit("0.7");
	b.positions[0].slippage_usd = dec_lit("0.1");
	b.positions[1] = given_position("ETH", "lighter", "grvt", "2000",
					"0.0001");
	b.positions[1].id = 2;
	b.positions[1].opened_at = given_time("2026-01-02T00:00:00Z");
	b.positions[1].closed_at = INSTANT_UNKNOWN;
	b.positions[1].fees_usd = dec_lit("0.8");
	b.positions[1].slippage_usd = DEC_ZERO;
	given_terms(&b.terms);
	fill_rows(&b);
	b.h = (struct report_history){ b.positions, b.ledgers, 2, &b.terms,
		given_time("2026-01-12T06:00:00Z"), INSTANT_UNKNOWN,
		INSTANT_UNKNOWN, fact_unknown(WHY_NOT_SET) };
	*state = &b;
	return 0;
}

static int tear_down(void **state)
{
	struct book *b = *state;

	arena_free(b->arena);
	return 0;
}

static void take(struct book *b)
{
	if (!report_account(&b->run, &b->h, b->arena, &b->err))
		fail_msg("%s", b->err.text);
}

static void assert_dec(struct dec d, const char *want)
{
	char got[DEC_TEXT_MAX];

	dec_format(got, d);
	assert_string_equal(got, want);
}

static void assert_fact(struct fact f, const char *want)
{
	assert_int_equal(f.known, want != NULL);
	if (want)
		assert_dec(f.v, want);
}

static void assert_time(struct instant t, const char *want)
{
	char got[INSTANT_TEXT_MAX];

	instant_format(got, t);
	assert_string_equal(got, want);
}

static void trades_hold_what_was_booked(void **state)
{
	struct book *b = *state;
	const struct report_trade *t;

	take(b);
	assert_int_equal(b->run.n_trades, 2);
	t = &b->run.trades[0];
	assert_string_equal(t->reason.s, "TIME_LIMIT");
	assert_string_equal(t->symbol.s, "BTC");
	assert_string_equal(t->long_venue.s, "lighter");
	assert_string_equal(t->short_venue.s, "grvt");
	assert_dec(t->size_usd, "1000");
	assert_fact(t->entry_divergence, "0.0003");
	assert_fact(t->exit_divergence, NULL);
	assert_fact(t->funding_usd, "1.4");
	assert_fact(t->held_funding_usd, "6.4");
	assert_fact(t->after_usd, "5");
	assert_int_equal(t->settlements, 3);
	assert_int_equal(t->unknown, 0);
	assert_dec(t->fees_usd, "0.7");
	assert_dec(t->slippage_usd, "0.1");
	assert_dec(t->exit_usd, "0");
	assert_dec(t->held_costs_usd, "0.8");
	assert_false(t->price_usd.known);
	t = &b->run.trades[1];
	assert_fact(t->funding_usd, "-0.25");	/* as reported */
	assert_fact(t->held_funding_usd, "-0.25");
	assert_fact(t->after_usd, NULL);
	assert_int_equal(t->settlements, 2);
	assert_int_equal(t->unknown, 1);
	assert_dec(t->exit_usd, "0.8");		/* 4 bps of 2000 */
	assert_dec(t->held_costs_usd, "1.6");
	assert_false(instant_known(t->closed_at));
}

static void the_frame_is_the_data_s(void **state)
{
	struct book *b = *state;

	take(b);
	assert_time(b->run.since, "2026-01-01T06:00:00Z");
	assert_time(b->run.until, "2026-01-12T06:00:00Z");
	assert_dec(b->run.capital_usd, "6000");	/* 2 * (1000 + 2000) */
	assert_int_equal(b->run.held_after.ms, span_s(7 * DAY_S).ms);
	assert_false(b->run.price_included);
	b->h.capital_usd = fact_known(dec_lit("7500"));
	take(b);
	assert_dec(b->run.capital_usd, "7500");
	/* What was recorded by hand after the last poll counts too. */
	b->positions[1].opened_at = given_time("2026-01-13T00:00:00Z");
	take(b);
	assert_time(b->run.until, "2026-01-13T00:00:00Z");
	assert_int_equal(b->run.n_trades, 2);
}

static void without_a_poll_the_last_thing_known_is_the_end(void **state)
{
	struct book *b = *state;

	b->h.last_poll = INSTANT_UNKNOWN;
	take(b);
	assert_time(b->run.until, "2026-01-03T12:00:00Z");	/* a close */
	b->positions[1].opened_at = given_time("2026-01-04T00:00:00Z");
	take(b);
	assert_time(b->run.until, "2026-01-04T00:00:00Z");	/* an opening */
	/* Exactly at 00:00 that day is there, a moment before it is not. */
	assert_int_equal(b->run.n_days, 4);
	b->positions[1].opened_at.ms--;
	take(b);
	assert_int_equal(b->run.n_days, 3);
}

static const struct { const char *own, *held; } days[] = {
	{ "6000", "6000" },		/* 1st: before any trade */
	{ "5999.6", "5999.6" },		/* costs of the first, two legs */
	{ "5999", "5999" },		/* costs of the second; 00:00 counts */
	{ "5999", "6001" },
	{ "5998.75", "6000.75" },
	{ "5998.75", "6000.75" }, { "5998.75", "6000.75" },
	{ "5998.75", "6000.75" }, { "5998.75", "6000.75" },
	{ "5998.75", "6000.75" },	/* 10th */
	{ "5998.75", "6003.75" },	/* not the hundred */
	{ "5998.75", "6003.75" },
};

static void days_are_exit_values(void **state)
{
	struct book *b = *state;

	take(b);
	assert_int_equal(b->run.n_days, N(days));
	assert_time(b->run.days[0].at, "2026-01-01T00:00:00Z");
	assert_time(b->run.days[11].at, "2026-01-12T00:00:00Z");
	for (size_t i = 0; i < N(days); i++) {
		assert_dec(b->run.days[i].equity_usd, days[i].own);
		assert_dec(b->run.days[i].held_usd, days[i].held);
	}
}

static void gave_up_is_known_after_seven_days(void **state)
{
	struct book *b = *state;

	b->h.last_poll = given_time("2026-01-10T12:00:00Z");
	take(b);
	assert_fact(b->run.trades[0].after_usd, "5");
	b->ledgers[0].ends_early = true;	/* what else came is unknown */
	take(b);
	assert_fact(b->run.trades[0].after_usd, NULL);
	b->ledgers[0].ends_early = false;
	b->h.last_poll = given_time("2026-01-10T11:59:59.999Z");
	take(b);
	assert_fact(b->run.trades[0].after_usd, NULL);
	assert_fact(b->run.trades[0].held_funding_usd, "3.4");
	b->h.last_poll = given_time("2026-01-12T06:00:00Z");
	b->rows[3].amount_usd = fact_unknown(WHY_MISSED);
	take(b);
	assert_fact(b->run.trades[0].after_usd, NULL);
	assert_fact(b->run.trades[0].held_funding_usd, "4.4");
}

static void until_is_exclusive_and_undoes_later_closes(void **state)
{
	struct book *b = *state;

	b->h.until = given_time("2026-01-03T00:00:00Z");
	take(b);
	assert_time(b->run.until, "2026-01-03T00:00:00Z");
	assert_int_equal(b->run.n_trades, 2);
	assert_false(instant_known(b->run.trades[0].closed_at));
	assert_string_equal(b->run.trades[0].reason.s, "");
	assert_fact(b->run.trades[0].funding_usd, "0.4");
	assert_dec(b->run.trades[0].exit_usd, "0");
	assert_int_equal(b->run.n_days, 2);
	b->h.until = given_time("2026-01-02T00:00:00Z");
	take(b);
	assert_int_equal(b->run.n_trades, 1);
	assert_int_equal(b->run.n_days, 1);
	b->h.until = b->positions[0].closed_at;
	take(b);
	assert_false(instant_known(b->run.trades[0].closed_at));
	b->h.until.ms++;
	take(b);
	assert_true(instant_known(b->run.trades[0].closed_at));
	b->h.until = given_time("2027-01-01T00:00:00Z");
	take(b);
	assert_time(b->run.until, "2026-01-12T06:00:00Z");
}

static void since_takes_later_openings_only(void **state)
{
	struct book *b = *state;

	b->h.since = given_time("2026-01-01T12:00:00Z");
	take(b);
	assert_int_equal(b->run.n_trades, 1);
	assert_int_equal(b->run.trades[0].id, 2);
	assert_time(b->run.since, "2026-01-01T12:00:00Z");
	assert_dec(b->run.capital_usd, "4000");
	assert_int_equal(b->run.n_days, 12);
	assert_dec(b->run.days[11].equity_usd, "3998.15");
	b->h.since = given_time("2026-01-02T00:00:00Z");
	take(b);
	assert_int_equal(b->run.n_trades, 1);
	/* Before the account was at work there is nothing to dilute. */
	b->h.since = given_time("2025-06-01T00:00:00Z");
	take(b);
	assert_int_equal(b->run.n_trades, 2);
	assert_time(b->run.since, "2026-01-01T06:00:00Z");
}

/* One closes, the other opens at the same poll: the money moves over. */
static void capital_moves_from_a_close_to_an_opening(void **state)
{
	struct book *b = *state;

	b->positions[1].opened_at = b->positions[0].closed_at;
	take(b);
	assert_dec(b->run.capital_usd, "4000");
	b->positions[1].opened_at.ms--;
	take(b);
	assert_dec(b->run.capital_usd, "6000");
}

static void trades_stand_by_opening_then_number(void **state)
{
	struct book *b = *state;

	b->positions[0].opened_at = given_time("2026-01-02T12:00:00Z");
	take(b);
	assert_int_equal(b->run.trades[0].id, 2);
	assert_fact(b->run.trades[0].funding_usd, "-0.25");
	assert_time(b->run.since, "2026-01-02T00:00:00Z");
	b->positions[0].opened_at = b->positions[1].opened_at;
	b->positions[0].id = 3;
	take(b);
	assert_int_equal(b->run.trades[0].id, 2);
	assert_int_equal(b->run.trades[1].id, 3);
}

static void an_exit_without_a_cost_is_refused(void **state)
{
	struct book *b = *state;

	b->terms.costs = COSTS_FEES;
	b->positions[1].leg[LEG_LONG].venue = given_venue("elsewhere");
	assert_false(report_account(&b->run, &b->h, b->arena, &b->err));
	assert_int_equal(b->err.kind, ERR_CONFIG);
	assert_non_null(strstr(b->err.text, "position 2: no cost for "
					    "elsewhere and grvt"));
}

static void nothing_recorded_is_an_empty_run(void **state)
{
	struct book *b = *state;

	b->h.n = 0;
	b->h.last_poll = INSTANT_UNKNOWN;
	take(b);
	assert_int_equal(b->run.n_trades, 0);
	assert_int_equal(b->run.n_days, 0);
	assert_false(instant_known(b->run.until));
	b->h.since = given_time("2026-01-01T00:00:00Z");
	take(b);
	assert_false(instant_known(b->run.until));
	b->h.until = given_time("2026-02-01T00:00:00Z");	/* as asked */
	take(b);
	assert_time(b->run.until, "2026-02-01T00:00:00Z");
	assert_int_equal(b->run.n_days, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(trades_hold_what_was_booked),
		CASE(the_frame_is_the_data_s),
		CASE(without_a_poll_the_last_thing_known_is_the_end),
		CASE(days_are_exit_values),
		CASE(gave_up_is_known_after_seven_days),
		CASE(until_is_exclusive_and_undoes_later_closes),
		CASE(since_takes_later_openings_only),
		CASE(capital_moves_from_a_close_to_an_opening),
		CASE(trades_stand_by_opening_then_number),
		CASE(an_exit_without_a_cost_is_refused),
		CASE(nothing_recorded_is_an_empty_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
