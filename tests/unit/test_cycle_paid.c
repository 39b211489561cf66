/* SPDX-License-Identifier: MIT */
/* What a pair is paid on: what was held just before, of which rhythm. */
#include "cycle_desk.h"
#include "given.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- the trading client ---- */

static struct book_pair there;
static struct book_balance balances[2];

static void read_book(void *ctx, struct book_view *out, int32_t ms,
		      struct arena *arena)
{
	(void)ctx;
	(void)ms;
	(void)arena;
	*out = (struct book_view){ .asked = true, .good = true,
				   .pairs = &there, .n = 1,
				   .balances_good = true,
				   .balances = balances, .n_balances = 2 };
}

static void hold(struct desk *d, const char *quantity, const char *size)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	const struct held_leg leg = { true, fact_known(dec_lit(quantity)),
				      none, none, none, none };

	there = (struct book_pair){
		.id = "abc", .readable = true, .symbol = given_symbol("BTC"),
		.venue = { given_venue("lighter"), given_venue("grvt") },
		.size_usd = fact_known(dec_lit(size)),
		.entry_divergence_8h = none, .opened_at = INSTANT_UNKNOWN,
		.age_hours = none, .leg = { leg, leg } };
	for (int i = 0; i < 2; i++)
		balances[i] = (struct book_balance){ there.venue[i], true };
	d->cycle->wiring.book = (struct book){ d, read_book, NULL };
}

/* Liable is the quantity just before the settlement (finance.md 1). */
static void what_is_added_after_a_settlement_earned_nothing_there(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	hold(&d, "0.1", "10000");
	desk_poll_next(&d, "2026-11-20T15:59:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T15:59:30Z", NULL, NULL);
	hold(&d, "0.5", "50000");
	desk_poll_next(&d, "2026-11-20T16:00:30Z", NULL, NULL);
	desk_assert_paid(&d, LEG_LONG, "2026-11-20T16:00:00Z", 3600, "-0.1");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_poll_next(&d, "2026-11-20T17:00:30Z", NULL, NULL);
	desk_assert_paid(&d, LEG_LONG, "2026-11-20T17:00:00Z", 3600, "-0.5");
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(dec_cmp(f.sum_usd.v, dec_lit("7.4")), 0);
	desk_close(&d);
}

/* What was booked ahead is booked again, at the rates seen before it. */
static void a_clock_ahead_leaves_nothing_behind(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T18:59:00Z", NULL,
		       NULL);	/* three hours ahead */
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 4);
	assert_int_equal(f.n_unknown, 2);
	d.rate[LEG_LONG] = "0.0008";
	d.rate[LEG_SHORT] = "0.00008";
	desk_poll_next(&d, "2026-11-20T15:59:30Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 0);
	desk_poll_next(&d, "2026-11-20T16:00:30Z", NULL, NULL);
	desk_assert_paid(&d, LEG_LONG, "2026-11-20T16:00:00Z", 3600, "-1");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "0.8");
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(f.n_unknown, 0);
	desk_close(&d);
}

/* Stamps from the future: then it is this poll's clock that is wrong. */
static void a_clock_behind_takes_nothing_back(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:58:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-20T16:00:30Z", NULL, NULL);
	d.observed[LEG_LONG] = d.observed[LEG_SHORT] = "2026-11-20T16:01:30Z";
	desk_poll_next(&d, "2026-11-20T13:01:30Z", NULL, NULL);
	d.observed[LEG_LONG] = d.observed[LEG_SHORT] = NULL;
	desk_poll_next(&d, "2026-11-20T16:02:30Z", NULL, NULL);
	desk_assert_paid(&d, LEG_LONG, "2026-11-20T16:00:00Z", 3600, "-0.1");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n_unknown, 0);
	desk_close(&d);
}

/* The clock is right again, and for one poll the service is stale. */
static void a_clock_ahead_is_mended_at_the_first_fresh_poll(void **state)
{
	struct funding f;
	struct desk d;

	(void)state;
	desk_open_money(&d, "lighter", "2026-11-20T15:30:00Z");
	desk_poll_next(&d, "2026-11-20T15:40:00Z", NULL, NULL);
	desk_poll_next(&d, "2026-11-21T15:41:00Z", NULL, NULL);	/* a day ahead */
	d.observed[LEG_LONG] = d.observed[LEG_SHORT] = "2026-11-20T15:01:00Z";
	desk_poll_next(&d, "2026-11-20T15:42:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 24 + 3);
	d.observed[LEG_LONG] = d.observed[LEG_SHORT] = NULL;
	desk_poll_next(&d, "2026-11-20T15:43:00Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 0);
	desk_poll_next(&d, "2026-11-20T16:00:30Z", NULL, NULL);
	desk_assert_paid(&d, LEG_LONG, "2026-11-20T16:00:00Z", 3600, "-0.1");
	desk_assert_paid(&d, LEG_SHORT, "2026-11-20T16:00:00Z", 28800, "8");
	desk_poll_next(&d, "2026-11-20T16:01:30Z", NULL, NULL);
	desk_check(&d, store_funding(d.store, &f, d.pos.id, &d.err));
	assert_int_equal(f.n, 2);
	assert_int_equal(f.n_unknown, 0);
	desk_assert_seen(&d, (const char *const[]){
			"0", "a settlement of unknown amount", NULL, "0",
			"7.9", NULL });
	desk_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_added_after_a_settlement_earned_nothing_there),
		cmocka_unit_test(a_clock_ahead_leaves_nothing_behind),
		cmocka_unit_test(
			a_clock_ahead_is_mended_at_the_first_fresh_poll),
		cmocka_unit_test(a_clock_behind_takes_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
