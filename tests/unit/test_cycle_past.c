/* SPDX-License-Identifier: MIT */
/*
 * What went by before the first poll that knows a pair: how much of it is in
 * the ledger, and what rules see of it, then and in a replay.
 */
#include "cycle_desk.h"
#include "given.h"
#include "replay_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* newdex pays hourly, nothing is configured of it: 09:00 and 10:00 went by. */
static void a_past_of_unknown_rhythm_is_not_a_known_nothing(void **state)
{
	static const char *const sums[] = { "a settlement of unknown amount",
					    NULL, NULL };
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "newdex", "2026-11-20T08:30:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z", NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].at.ms, d.now.ms);
	assert_int_equal(rows[0].pays_every_s, 0);
	desk_poll_next(&d, "2026-11-20T11:00:30Z", "2026-11-20T11:00:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T11:01:00Z", NULL, NULL);
	desk_assert_seen(&d, sums);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n_unknown, 2);
	desk_close(&d);

	/* Held since this very poll: nothing went by. */
	desk_open_money(&d, "newdex", "2026-11-20T10:59:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z", NULL);
	desk_ledger(&d, &n);
	assert_int_equal(n, 0);
	desk_close(&d);
}

/* Another pair of the same legs, which d->pos is from then on. */
static void add_second(struct desk *d, const char *opened, const char *recorded)
{
	d->pos = given_position("BTC", "lighter", "grvt", "500", "0.0007");
	d->pos.id = 0;
	d->pos.opened_at = given_time(opened);
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_add_position(d->store, &d->pos,
					 given_time(recorded), "cli", "",
					 &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

static void report(struct desk *d, struct settlement *row, int64_t usd)
{
	row->reported_usd = fact_known(dec_int(usd));
	row->reported_at = d->now;
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_report_settlements(d->store, row, 1, &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

/* lighter is configured with 1 h; this symbol of it pays every 8 h. */
static void an_interval_first_seen_corrects_the_past(void **state)
{
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T08:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", "2026-11-20T16:00:00Z", NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 7);
	report(&d, &rows[2], -1);	/* 11 h: somebody knows better */
	desk_poll_next(&d, "2026-11-20T16:00:30Z", "2026-11-21T00:00:00Z", NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 1 + 2);		/* and both at 16:00 */
	assert_int_equal(rows[0].at.ms, given_time("2026-11-20T11:00:00Z").ms);
	desk_poll_next(&d, "2026-11-20T16:01:30Z", "2026-11-21T00:00:00Z", NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n_unknown, 0);
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("6.2")), 0);
	desk_assert_seen(&d, (const char *const[]){
			"a settlement of unknown amount", NULL, "6.2" });
	desk_close(&d);
}

/* One row stood for all; now each can be reported. */
static void an_interval_first_seen_tells_what_went_by(void **state)
{
	struct settlement *rows;
	struct funding f;
	struct desk d;
	size_t n;

	(void)state;
	desk_open_money(&d, "newdex", "2026-11-20T08:30:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:00:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T11:00:30Z", "2026-11-20T12:00:00Z", NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(rows[i].pays_every_s, 3600);
		assert_int_equal(rows[i].at.ms % 3600000, 0);
		assert_int_equal(rows[i].amount_usd.known, i == 2);
	}
	report(&d, &rows[0], -1);
	report(&d, &rows[1], -1);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n_unknown, 0);
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("-2.1")), 0);
	desk_close(&d);

	/* Off the grid of its interval nobody knows what went by. */
	desk_open_money(&d, "newdex", "2026-11-20T08:30:00Z");
	desk_poll_next(&d, "2026-11-20T10:59:00Z", "2026-11-20T11:20:00Z", NULL);
	desk_poll_next(&d, "2026-11-20T11:20:30Z", "2026-11-20T12:20:00Z", NULL);
	rows = desk_ledger(&d, &n);
	assert_int_equal(n, 2);
	assert_int_equal(rows[0].pays_every_s, 0);
	desk_close(&d);
}

static void forget(struct desk *d)
{
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_forget_memory(d->store, d->pos.id, &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

/* Stamps are 3 s off the grid; kept by command, then the clock goes back. */
static void what_polls_have_booked_did_not_go_by_unseen(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T12:30:00Z");
	desk_poll_next(&d, "2026-11-20T12:59:00Z", "2026-11-20T13:00:03Z", NULL);
	desk_poll_next(&d, "2026-11-20T13:01:00Z", "2026-11-20T14:00:03Z", NULL);
	desk_poll_next(&d, "2026-11-20T13:59:00Z", "2026-11-20T14:00:03Z", NULL);
	desk_poll_next(&d, "2026-11-20T14:05:00Z", "2026-11-20T15:00:03Z", NULL);
	forget(&d);
	desk_poll_next(&d, "2026-11-20T14:03:00Z", "2026-11-20T15:00:03Z", NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(f.n_unknown, 0);
	desk_assert_seen(&d, (const char *const[]){ "0", "-0.1", NULL, "-0.2",
						    "-0.2" });
	desk_close(&d);
}

/* Of a pair no poll knows yet, one settlement was reported. */
static void import_one(struct desk *d, const char *at)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	const struct settlement row = {
		.position = d->pos.id, .side = LEG_LONG, .at = given_time(at),
		.rate_8h = fact_unknown(WHY_MISSED), .pays_every_s = 3600,
		.base = BASE_ENTRY_NOTIONAL, .quantity = none, .price = none,
		.amount_usd = fact_unknown(WHY_MISSED), .late = true,
		.reported_usd = fact_known(dec_int(-1)),
		.reported_at = given_time(at) };
	bool added;

	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_put_settlement(d->store, &added, &row, &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
}

/* ... but an import is no poll: the other settlement is still unknown. */
static void what_was_imported_was_booked_by_no_poll(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T13:30:00Z");
	desk_poll_next(&d, "2026-11-20T13:40:00Z", NULL, NULL);
	add_second(&d, "2026-11-20T11:30:00Z", "2026-11-20T13:40:20Z");
	import_one(&d, "2026-11-20T13:00:00Z");
	desk_poll_next(&d, "2026-11-20T13:39:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);			/* 12 and 13 h */
	assert_int_equal(f.n_unknown, 1);
	desk_close(&d);
}

/* Reported before the first poll: rules see at it what the ledger says. */
static void what_was_imported_is_not_counted_again(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T12:30:00Z");
	import_one(&d, "2026-11-20T13:00:00Z");
	import_one(&d, "2026-11-20T14:00:00Z");
	desk_poll_next(&d, "2026-11-20T14:30:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T14:31:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	desk_assert_seen(&d, (const char *const[]){ "-2", NULL });
	desk_close(&d);

	/* One of the two: the other is not known. */
	desk_open_money(&d, "lighter", "2026-11-20T12:30:00Z");
	import_one(&d, "2026-11-20T14:00:00Z");
	desk_poll_next(&d, "2026-11-20T14:30:00Z", NULL, NULL);
	desk_assert_seen(&d, (const char *const[]){
			"a settlement of unknown amount" });
	desk_close(&d);
}

/* The same profile as another one: it sees of the ledger what it saw then. */
static void assert_replayed(struct desk *d, const char *const *want)
{
	struct replay r = { .profile = config_account(&d->config,
						      "main")->profile,
			    .since = INSTANT_UNKNOWN,
			    .until = INSTANT_UNKNOWN };
	struct source_store *source;
	struct recorded_poll p;
	char text[DEC_TEXT_MAX];
	bool more;

	desk_check(d, replay_load(&r, d->store, d->arena, &d->err));
	desk_check(d, source_store_open(&source, d->store, "main",
					INSTANT_UNKNOWN, &d->err));
	for (;; want++) {
		const struct fact *f = &r.pairs[0].x.memory.funding_usd;

		desk_check(d, source_store_next(source, &p, &more, &d->err));
		if (!more)
			break;
		desk_check(d, replay_step(&r, &p, &d->err));
		dec_format(text, f->v);
		assert_string_equal(f->known ? text : why_word(f->why), *want);
	}
	source_store_close(source);
}

/* grvt gets 8 USD; newdex begins to announce at midnight only. */
static void a_replay_knows_no_more_of_a_schedule(void **state)
{
	static const char *const live[] = { "payment interval not configured",
					    NULL, NULL,
					    "a settlement of unknown amount",
					    NULL };
	const char *const again[] = { live[0], live[0], live[0], live[3],
				      live[3] };
	struct desk d;

	(void)state;
	desk_open_money(&d, "newdex", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-20T23:59:00Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-21T00:01:00Z", "2026-11-21T01:00:00Z",
	     "2026-11-21T08:00:00Z");
	desk_poll_next(&d, "2026-11-21T00:02:00Z", "2026-11-21T01:00:00Z",
	     "2026-11-21T08:00:00Z");
	desk_assert_seen(&d, live);
	assert_replayed(&d, again);
	desk_close(&d);

	/* Held since the first poll, so that nothing went by. */
	desk_open_money(&d, "newdex", "2026-11-20T15:58:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, "2026-11-20T16:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:01:00Z", NULL, "2026-11-21T00:00:00Z");
	desk_poll_next(&d, "2026-11-20T16:02:00Z", "2026-11-20T17:00:00Z", NULL);
	desk_assert_seen(&d, (const char *const[]){ live[0], NULL, "8" });
	assert_replayed(&d, (const char *const[]){ live[0], live[0], "8" });
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_past_of_unknown_rhythm_is_not_a_known_nothing),
		cmocka_unit_test(what_polls_have_booked_did_not_go_by_unseen),
		cmocka_unit_test(what_was_imported_was_booked_by_no_poll),
		cmocka_unit_test(what_was_imported_is_not_counted_again),
		cmocka_unit_test(an_interval_first_seen_corrects_the_past),
		cmocka_unit_test(an_interval_first_seen_tells_what_went_by),
		cmocka_unit_test(a_replay_knows_no_more_of_a_schedule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
