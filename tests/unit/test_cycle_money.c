/* SPDX-License-Identifier: MIT */
/*
 * Money in a whole poll: payment intervals that change, long silences, legs
 * of unknown rhythm, and the sum that rules see at the poll that books.
 */
#include "change.h"
#include "cycle_desk.h"
#include "given.h"
#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int count(const struct settlement *rows, size_t n, enum side side)
{
	int k = 0;

	for (size_t i = 0; i < n; i++)
		k += rows[i].side == side;
	return k;
}

/* A text among the messages that wait, or among the position's events. */
static bool said(struct desk *d, const char *kind, const char *words)
{
	struct message *m;
	struct event *e;
	bool message = false, event = false;
	size_t n;

	desk_check(d, store_unsent(d->store, &m, &n, d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		message |= !strcmp(m[i].kind, kind) &&
			   strstr(m[i].text, words);
	desk_check(d, store_events(d->store, &e, &n, d->pos.id, d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		event |= !strcmp(e[i].kind, kind) && strstr(e[i].note, words);
	assert_int_equal(message, event);
	return message;
}

static void an_interval_that_changes_is_told_and_booked(void **state)
{
	struct settlement *rows;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T07:30:00Z");
	desk_poll_next(&d, "2026-11-20T07:59:00Z", NULL, "2026-11-20T08:00:00Z");
	desk_poll_next(&d, "2026-11-20T08:01:00Z", NULL, "2026-11-20T16:00:00Z");
	assert_false(said(&d, "interval", "settles"));	/* seen: 8 h */
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, "2026-11-20T17:00:00Z");
	assert_true(said(&d, "interval", "BTC on grvt settles every 1h"));
	assert_true(said(&d, "interval", "before: 8h"));
	desk_poll_next(&d, "2026-11-20T16:02:00Z", NULL, "2026-11-20T17:00:00Z");
	desk_poll_next(&d, "2026-11-20T17:01:00Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(count(rows, n, LEG_SHORT), 3);
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T17:00:00Z", 3600, "1");
	desk_close(&d);
}

/* grvt is configured with 8 h: 8 USD. The announced time says otherwise. */
static void a_symbol_faster_than_its_venue_is_booked_as_seen(void **state)
{
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T16:30:00Z");
	desk_poll_next(&d, "2026-11-20T16:40:00Z", NULL, "2026-11-20T17:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:59:30Z", NULL, "2026-11-20T17:00:00Z");
	desk_poll_next(&d, "2026-11-20T17:00:30Z", NULL, "2026-11-20T18:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T17:00:00Z", 3600, "1");
	desk_poll_next(&d, "2026-11-20T18:00:30Z", NULL, "2026-11-20T19:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T18:00:00Z", 3600, "1");
	desk_close(&d);

	/* 00:00 is on both grids: whoever never saw 8 h does not book it. */
	desk_open_money(&d, "lighter", "2026-11-20T23:30:00Z");
	desk_poll_next(&d, "2026-11-20T23:59:30Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-21T00:00:30Z", NULL, "2026-11-21T04:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-21T00:00:00Z", 14400, "4");
	desk_close(&d);
}

/* 8 h became 1 h while nobody looked: 17:00 is on no grid of 8 h. */
static void a_contradicted_interval_is_not_booked_with(void **state)
{
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T07:30:00Z");
	desk_poll_next(&d, "2026-11-20T07:59:30Z", NULL, "2026-11-20T08:00:00Z");
	desk_poll_next(&d, "2026-11-20T08:00:30Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T15:50:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:40:00Z", NULL, "2026-11-20T17:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_poll_next(&d, "2026-11-20T17:00:30Z", NULL, "2026-11-20T18:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T17:00:00Z", 3600, "1");
	desk_close(&d);

	/* Still the old announcement at the poll that books: not invented. */
	desk_open_money(&d, "lighter", "2026-11-20T16:30:00Z");
	desk_poll_next(&d, "2026-11-20T16:59:30Z", NULL, "2026-11-20T17:00:00Z");
	desk_poll_next(&d, "2026-11-20T17:00:30Z", NULL, "2026-11-20T17:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T17:00:00Z", 0,
		    "payment interval not configured");
	desk_close(&d);
}

static void an_interval_as_configured_is_not_news(void **state)
{
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", "2026-11-20T16:00:00Z",
	     "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", "2026-11-20T17:00:00Z",
	     "2026-11-21T00:00:00Z");
	assert_false(said(&d, "interval", "settles"));
	desk_close(&d);
}

static int told_of(struct desk *d, int64_t position)
{
	struct event *e;
	int k = 0;
	size_t n;

	desk_check(d, store_events(d->store, &e, &n, position, d->arena, &d->err));
	for (size_t i = 0; i < n; i++)
		k += strcmp(e[i].kind, "interval") == 0;
	return k;
}

/* Each pair has it in its history, the trader hears it once. */
static void pairs_that_share_a_leg_share_the_news(void **state)
{
	struct position second;
	struct message *m;
	struct desk d;
	size_t n;
	int k = 0;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	second = given_position("BTC", "lighter", "grvt", "500", "0.0007");
	second.id = 0;
	desk_check(&d, store_begin(d.store, &d.err));
	desk_check(&d, store_add_position(d.store, &second, second.opened_at, "cli",
				     "", &d.err));
	desk_check(&d, store_commit(d.store, 1000, &d.err));
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, "2026-11-20T17:00:00Z");
	assert_int_equal(told_of(&d, d.pos.id), 1);
	assert_int_equal(told_of(&d, second.id), 1);
	desk_check(&d, store_unsent(d.store, &m, &n, d.arena, &d.err));
	for (size_t i = 0; i < n; i++)
		k += strcmp(m[i].kind, "interval") == 0;
	assert_int_equal(k, 1);
	desk_close(&d);
}

/* Where nothing was known there is no "before". */
static void the_first_known_interval_is_told_alone(void **state)
{
	struct desk d;

	(void)state;
	desk_open_money(&d, "newdex", "2026-11-20T10:30:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T11:01:00Z", "2026-11-20T12:00:00Z", NULL);
	assert_true(said(&d, "interval", "BTC on newdex settles every 1h"));
	assert_false(said(&d, "interval", "before"));
	desk_close(&d);
}

static void a_silence_of_weeks_leaves_no_hole(void **state)
{
	struct settlement *rows;
	struct desk d;
	size_t n, known = 0;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T00:00:01Z");
	desk_poll_next(&d, "2026-11-20T00:00:10Z", NULL, NULL);
	desk_poll_next(&d, "2026-12-20T00:00:10Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(count(rows, n, LEG_LONG), 30 * 24);
	assert_int_equal(count(rows, n, LEG_SHORT), 30 * 3);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].late, rows[i].at.ms !=
				 given_time("2026-12-20T00:00:00Z").ms);
		known += rows[i].amount_usd.known;
	}
	assert_int_equal(known, 2);	/* the rate before was still good */
	desk_poll_next(&d, "2026-12-20T00:01:10Z", NULL, NULL);
	desk_ledger(&d, &n);
	assert_int_equal(n, 30 * 27);
	desk_close(&d);
}

static void an_unknown_rhythm_fails_no_poll(void **state)
{
	struct settlement *rows;
	struct desk d;
	size_t n;

	(void)state;
	/* nothing is configured of it */
	desk_open_money(&d, "newdex", "2026-11-20T10:59:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T11:01:00Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].pays_every_s, 0);
	assert_false(rows[0].amount_usd.known);
	assert_int_equal(rows[0].amount_usd.why, WHY_NO_INTERVAL);
	desk_close(&d);
}

static void rules_see_what_this_poll_books(void **state)
{
	static const char *const sums[] = { "0", NULL, "7.9", NULL, "7.8",
					    "a settlement of unknown amount" };
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T16:00:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T17:00:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T19:30:00Z", NULL, NULL);
	desk_assert_seen(&d, sums);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 5);
	assert_int_equal(f.n_unknown, 1);
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("7.7")), 0);
	desk_close(&d);
}

/* grvt gets 8 USD; what newdex takes, and when, nobody knows. */
static void a_leg_without_a_schedule_is_not_a_known_nothing(void **state)
{
	static const char *const sums[] = { "payment interval not configured",
					    NULL, NULL, NULL };
	struct desk d;

	(void)state;
	desk_open_money(&d, "newdex", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-20T23:59:00Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-21T00:01:00Z", NULL, "2026-11-21T08:00:00Z");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_assert_seen(&d, sums);
	desk_close(&d);
}

/* Opened days before any poll: what it got until then nobody here knows. */
static void what_settled_before_the_first_poll_is_unknown(void **state)
{
	static const char *const sums[] = { "a settlement of unknown amount",
					    NULL, /* restarted: */
					    "a settlement of unknown amount",
					    NULL };
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-17T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 3 * (24 + 3));
	assert_int_equal(f.n_unknown, f.n);
	rows = desk_ledger(&d, &n);
	assert_int_equal(rows[0].at.ms, given_time("2026-11-17T16:00:00Z").ms);
	assert_true(rows[0].late);
	assert_int_equal(rows[0].amount_usd.why, WHY_NOT_SET);
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, NULL);
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_restart(&d);
	desk_poll_next(&d, "2026-11-20T16:02:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T16:03:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 3 * (24 + 3) + 2);
	desk_assert_seen(&d, sums);
	desk_close(&d);
}

/* Recorded between two polls, also during one; opened before them or not. */
static void a_pair_recorded_later_is_booked_from_its_opening(void **state)
{
	struct position p = given_position("BTC", "lighter", "grvt", "500",
					   "0.0007");
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	p.id = 0;
	p.opened_at = given_time("2026-11-20T12:30:00Z");
	desk_check(&d, store_begin(d.store, &d.err));
	desk_check(&d, store_add_position(d.store, &p,
					  given_time("2026-11-20T15:59:30Z"),
					  "cli", "", &d.err));
	desk_check(&d, store_commit(d.store, 1000, &d.err));
	desk_poll_next(&d, "2026-11-20T16:00:30Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, p.id, &d.err));
	assert_int_equal(f.n, 3 + 2);		/* 13, 14 and 15 h; 16 h */
	assert_int_equal(f.n_unknown, 3);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(f.n_unknown, 0);
	desk_close(&d);
}

/* lighter is configured with 1 h; this symbol of it pays every 4 h. */
static void a_first_poll_is_one(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T16:30:00Z");
	desk_poll_next(&d, "2026-11-20T16:31:00Z", "2026-11-20T20:00:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T17:01:00Z", "2026-11-20T20:00:00Z", NULL);
	desk_restart(&d);
	desk_poll_next(&d, "2026-11-20T18:01:00Z", "2026-11-20T20:00:00Z", NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 0);
	desk_close(&d);
}

static void close_pair(struct desk *d, const char *at)
{
	const struct change_ask ask = {
		.kind = CHANGE_CLOSE, .now = given_time(at), .note = "",
		.exit_price = { fact_unknown(WHY_NOT_SET),
				fact_unknown(WHY_NOT_SET) },
		.fees_usd = fact_unknown(WHY_NOT_SET) };
	struct change c;

	desk_check(d, change_make(&c, &d->pos, &ask, &d->err));
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_change_position(d->store, &c.position, &c.event,
				       &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

/* What it would have earned, and what it earned before the close is seen. */
static void a_closed_pair_is_booked_for_seven_days_as_not_held(void **state)
{
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	close_pair(&d, "2026-11-20T16:00:30Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 2);		/* held until after 16:00 */
	assert_false(rows[0].hypothetical || rows[1].hypothetical);
	desk_poll_next(&d, "2026-11-20T17:01:00Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 3);
	assert_true(rows[2].hypothetical);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("7.9")), 0);
	desk_poll_next(&d, "2026-11-27T16:00:30Z", NULL,
		       NULL);	/* the last moment */
	desk_ledger(&d, &n);
	assert_int_equal(n, 2 + 7 * 27);
	desk_poll_next(&d, "2026-11-27T17:00:00Z", NULL, NULL);
	desk_ledger(&d, &n);
	assert_int_equal(n, 2 + 7 * 27);
	desk_close(&d);
}

static void a_pair_of_years_is_bounded(void **state)
{
	struct settlement *rows;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2016-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(count(rows, n, LEG_SHORT), 10956);
	assert_int_equal(count(rows, n, LEG_LONG), LEDGER_MISSED_MAX + 1);
	assert_int_equal(rows[0].at.ms, given_time("2016-11-20T16:00:00Z").ms);
	desk_close(&d);
}

/* Down for nine days; closed by a command after one of them. */
static void a_close_during_a_long_silence_is_booked_until_then(void **state)
{
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, NULL);
	close_pair(&d, "2026-11-21T15:58:00Z");
	desk_poll_next(&d, "2026-11-29T15:58:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 24 + 3);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 8 * (24 + 3));	/* the day, and seven after */
	assert_true(rows[n - 1].hypothetical);
	desk_close(&d);
}

/* A clock an hour ahead books what has not come; a close before it says so. */
static void what_was_booked_ahead_of_a_close_was_not_held(void **state)
{
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T17:01:00Z", NULL, NULL);
	close_pair(&d, "2026-11-20T16:05:00Z");
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 3);
	assert_false(rows[0].hypothetical || rows[1].hypothetical);
	assert_true(rows[2].hypothetical);		/* at 17:00 */
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("7.9")), 0);
	desk_close(&d);
}

struct reads {
	const char *client[4], *at[4];	/* the answer of each poll */
	const char *closed;		/* when the pair is taken to be gone */
	bool held;			/* at 16:00 */
};

static void closes_at(const struct reads *r)
{
	struct settlement *rows;
	struct position p;
	struct funding f;
	struct desk d;
	size_t n;

	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	d.client = 'p';
	desk_restart(&d);
	desk_poll_next(&d, "2026-11-20T15:56:00Z", NULL, NULL);
	for (int i = 0; i < 4; i++) {
		d.client = r->client[i][0];
		desk_poll_next(&d, r->at[i], NULL, NULL);
	}
	desk_check(&d, store_position(d.store, &p, d.pos.id, &d.err));
	assert_int_equal(p.status, STATUS_CLOSED);
	assert_int_equal(p.closed_at.ms, given_time(r->closed).ms);
	assert_int_equal(p.decided_at.ms, p.closed_at.ms);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].hypothetical, !r->held);
	assert_int_equal(rows[1].hypothetical, !r->held);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, r->held ? 2 : 0);
	desk_close(&d);
}

/* Gone is not what the second answer made of it, but since the first. */
static void a_pair_gone_there_is_closed_since_it_was_first_missed(void **state)
{
	static const struct reads cases[] = {
		{ { "p", "p", "a", "a" }, { "2026-11-20T15:57:00Z",
		  "2026-11-20T15:58:00Z", "2026-11-20T15:59:00Z",
		  "2026-11-20T16:01:00Z" }, "2026-11-20T15:59:00Z", false },
		{ { "p", "p", "a", "a" }, { "2026-11-20T15:58:00Z",
		  "2026-11-20T15:59:00Z", "2026-11-20T16:01:00Z",
		  "2026-11-20T16:02:00Z" }, "2026-11-20T16:01:00Z", true },
		/* The count began anew: it may have been there at 16:00. */
		{ { "a", "b", "a", "a" }, { "2026-11-20T15:58:30Z",
		  "2026-11-20T15:59:00Z", "2026-11-20T16:01:00Z",
		  "2026-11-20T16:02:00Z" }, "2026-11-20T16:01:00Z", true },
		/* The clock goes back: not closed in time to come. */
		{ { "p", "p", "a", "a" }, { "2026-11-20T15:58:00Z",
		  "2026-11-20T15:59:00Z", "2026-11-20T16:01:00Z",
		  "2026-11-20T16:00:30Z" }, "2026-11-20T16:00:30Z", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		closes_at(&cases[i]);
}

#define TEST cmocka_unit_test

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_interval_that_changes_is_told_and_booked),
		TEST(a_symbol_faster_than_its_venue_is_booked_as_seen),
		TEST(a_contradicted_interval_is_not_booked_with),
		TEST(an_interval_as_configured_is_not_news),
		TEST(pairs_that_share_a_leg_share_the_news),
		TEST(the_first_known_interval_is_told_alone),
		TEST(a_silence_of_weeks_leaves_no_hole),
		TEST(an_unknown_rhythm_fails_no_poll),
		TEST(rules_see_what_this_poll_books),
		TEST(a_leg_without_a_schedule_is_not_a_known_nothing),
		TEST(what_settled_before_the_first_poll_is_unknown),
		TEST(a_pair_recorded_later_is_booked_from_its_opening),
		TEST(a_first_poll_is_one),
		TEST(a_pair_of_years_is_bounded),
		TEST(a_closed_pair_is_booked_for_seven_days_as_not_held),
		TEST(a_close_during_a_long_silence_is_booked_until_then),
		TEST(what_was_booked_ahead_of_a_close_was_not_held),
		TEST(a_pair_gone_there_is_closed_since_it_was_first_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
