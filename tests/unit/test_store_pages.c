/* SPDX-License-Identifier: MIT */
/* Whole tables page by page: every row once, in order, within its bounds. */
#include "store_pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store_case.h"

#define check		store_case_check
#define FIRST_MS	(given_time("2026-11-01T00:00:00Z").ms)
#define MINUTE_MS	60000
#define TEST(f)		cmocka_unit_test_setup_teardown(f, \
				store_case_set_up, store_case_tear_down)

#define ALL		((struct page_ask){ .since = INSTANT_UNKNOWN, \
					    .until = INSTANT_UNKNOWN })
#define MANY		(2 * STORE_PAGE_ROWS)	/* the last page is full */

static struct instant minute(int64_t i)
{
	return (struct instant){ FIRST_MS + i * MINUTE_MS };
}

static struct page_ask between(int64_t first, int64_t last)
{
	return (struct page_ask){ .since = minute(first),
				  .until = minute(last) };
}

/* ---- polls ---- */

static void put_polls(struct store_case *f, int64_t n)
{
	check(f, store_put_config(f->store, "h", "", &f->err));
	for (int64_t i = 1; i <= n; i++) {
		const struct poll p = { .seq = i, .at = minute(i),
					.result = "ok", .config = "h",
					.version = "1", .took_ms = i % 7,
					.error = i % 3 ? "" : "odd" };

		check(f, store_put_poll(f->store, &p, &f->err));
	}
}

/* All pages of polls must be first, first + 1 ... last. */
static void assert_polls(struct store_case *f, struct page_ask ask,
			 int64_t first, int64_t last)
{
	int64_t want = first;
	struct poll *list;
	size_t n;

	for (;;) {
		check(f, store_page_polls(f->store, &list, &n, &ask, f->arena,
					  &f->err));
		if (n == 0)
			break;
		assert_true(n == STORE_PAGE_ROWS ||
			    want + (int64_t)n == last + 1);
		for (size_t i = 0; i < n; i++, want++) {
			assert_int_equal(list[i].seq, want);
			assert_int_equal(list[i].at.ms, minute(want).ms);
			assert_int_equal(list[i].took_ms, want % 7);
			assert_string_equal(list[i].error,
					    want % 3 ? "" : "odd");
		}
		ask.after = list[n - 1].seq;
	}
	assert_int_equal(want, last + 1);
}

static void polls_come_by_number(void **state)
{
	struct store_case *f = *state;
	struct page_ask ask = ALL;

	put_polls(f, MANY);
	assert_polls(f, ALL, 1, MANY);
	assert_polls(f, between(3, MANY - 5), 3, MANY - 6);
	assert_polls(f, between(7, 8), 7, 7);
	ask.until = minute(4);
	assert_polls(f, ask, 1, 3);
	ask = ALL;
	ask.since = minute(MANY);
	assert_polls(f, ask, MANY, MANY);
	ask = between(8, 8);
	assert_polls(f, ask, 1, 0);
}

/* ---- decisions ---- */

static void decisions_come_by_id(void **state)
{
	struct store_case *f = *state;
	struct position p = store_case_add(f, "BTC");
	struct decision_row *list, d = { .position = p.id,
		.action = ACTION_ALERT, .before = ACTION_HOLD,
		.label = { "OLD" }, .text = "why" };
	struct page_ask ask = between(2, 5);
	size_t n;

	put_polls(f, 6);
	for (int64_t i = 1; i <= 6; i++) {
		d.poll = i;
		d.at = minute(i);
		check(f, store_put_decision(f->store, &d, &f->err));
	}
	check(f, store_page_decisions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].poll, 2);
	assert_int_equal(list[2].poll, 4);
	assert_int_equal(list[2].action, ACTION_ALERT);
	assert_int_equal(list[2].before, ACTION_HOLD);
	assert_string_equal(list[2].label.s, "OLD");
	assert_string_equal(list[2].text, "why");
	ask.after = list[1].id;
	check(f, store_page_decisions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].poll, 4);
}

/* ---- the ledger ---- */

static void put_row(struct store_case *f, int64_t position, enum side side,
		    int64_t at, bool hypothetical)
{
	const struct settlement row = {
		.position = position, .side = side, .at = minute(at),
		.rate_8h = fact_known(dec_lit("0.0001")), .pays_every_s = 60,
		.quantity = fact_unknown(WHY_NOT_SET),
		.price = fact_unknown(WHY_NOT_SET),
		.amount_usd = fact_known(dec_int(at)),
		.reported_usd = fact_unknown(WHY_NOT_SET),
		.reported_at = INSTANT_UNKNOWN, .hypothetical = hypothetical };
	bool added;

	check(f, store_put_settlement(f->store, &added, &row, &f->err));
	assert_true(added);
}

/* Pages of [first, last) must be of one pair, then the next; legs by name. */
static size_t walk_ledger(struct store_case *f, struct page_ask ask)
{
	struct page_settlement *list, before = { .s = { .position = 0 } };
	size_t n, all = 0;

	for (;;) {
		check(f, store_page_ledger(f->store, &list, &n, &ask, f->arena,
					   &f->err));
		for (size_t i = 0; i < n; i++) {
			const struct settlement *a = &before.s, *b = &list[i].s;

			assert_true(a->position < b->position ||
				    a->side < b->side || a->at.ms < b->at.ms);
			assert_string_equal(list[i].symbol.s,
					    b->position == 1 ? "BTC" : "ETH");
			assert_string_equal(list[i].venue.s,
					    b->side == LEG_LONG ? "lighter" :
								  "grvt");
			before = list[i];
		}
		if (n == 0)
			return all;
		all += n;
		ask.after = before.s.position;
		ask.after_side = before.s.side;
		ask.after_at = before.s.at;
	}
}

static void settlements_come_by_position_leg_and_time(void **state)
{
	struct store_case *f = *state;
	int64_t id[2] = { store_case_add(f, "BTC").id,
			  store_case_add(f, "ETH").id };

	assert_int_equal(id[0], 1);
	for (int64_t at = STORE_PAGE_ROWS / 2 + 30; at > 0; at--)
		for (int k = 0; k < 4; k++)
			put_row(f, id[k % 2], k < 2 ? LEG_LONG : LEG_SHORT, at,
				false);
	assert_int_equal(walk_ledger(f, ALL), 4 * (STORE_PAGE_ROWS / 2 + 30));
	assert_int_equal(walk_ledger(f, between(1, 3)), 8);
	assert_int_equal(walk_ledger(f, between(0, 1)), 0);
}

/* ---- positions ---- */

static void positions_come_with_what_was_booked_while_held(void **state)
{
	struct store_case *f = *state;
	struct page_position *list;
	struct page_ask ask = ALL;
	size_t n;

	store_case_add(f, "BTC");
	store_case_add(f, "ETH");
	put_row(f, 1, LEG_LONG, 5, false);
	put_row(f, 2, LEG_LONG, 3, false);
	put_row(f, 2, LEG_SHORT, 4, false);
	put_row(f, 2, LEG_SHORT, 50, true);
	check(f, store_commit(f->store, 1000, &f->err));
	check(f, store_page_positions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].p.symbol.s, "BTC");
	assert_int_equal(list[0].funding.n, 1);
	assert_true(dec_same(list[0].funding.sum_usd.v, dec_int(5)));
	assert_string_equal(list[1].p.symbol.s, "ETH");
	assert_int_equal(list[1].funding.n, 2);
	assert_true(dec_same(list[1].funding.sum_usd.v, dec_int(7)));
	ask.after = 1;
	check(f, store_page_positions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].p.id, 2);
	ask = ALL;
	ask.until = list[0].p.opened_at;
	check(f, store_page_positions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 0);
	ask.since = ask.until;
	ask.until.ms++;
	check(f, store_page_positions(f->store, &list, &n, &ask, f->arena,
				      &f->err));
	assert_int_equal(n, 2);
	/* The read has ended: the next one can write. */
	check(f, store_begin(f->store, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(polls_come_by_number),
		TEST(decisions_come_by_id),
		TEST(settlements_come_by_position_leg_and_time),
		TEST(positions_come_with_what_was_booked_while_held),
	};

	return cmocka_run_group_tests_name("store_pages", tests, NULL, NULL);
}
