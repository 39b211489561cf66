/* SPDX-License-Identifier: MIT */
/* Positions, their events and transactions, in a database in memory. */
#include "store_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW		given_time(GIVEN_NOW)
#define check		store_case_check
#define refused		store_case_refused
#define add		store_case_add
#define assert_fact	store_case_assert_fact
#define TEST(f)		cmocka_unit_test_setup_teardown(f, \
				store_case_set_up, store_case_tear_down)

/* ---- positions ---- */

static void assert_position(const struct position *a, const struct position *b)
{
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->status, b->status);
	assert_int_equal(symbol_cmp(a->symbol, b->symbol), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(venue_cmp(a->leg[i].venue, b->leg[i].venue),
				 0);
		assert_fact(a->leg[i].quantity, b->leg[i].quantity);
		assert_fact(a->leg[i].entry_price, b->leg[i].entry_price);
		assert_fact(a->leg[i].entry_rate_8h, b->leg[i].entry_rate_8h);
	}
	assert_int_equal(dec_cmp(a->size_usd, b->size_usd), 0);
	assert_int_equal(a->opened_at.ms, b->opened_at.ms);
	assert_int_equal(a->confirmed_at.ms, b->confirmed_at.ms);
	assert_fact(a->entry_divergence, b->entry_divergence);
	assert_int_equal(a->entry_manual, b->entry_manual);
	assert_fact(a->entry_oi_ratio, b->entry_oi_ratio);
	assert_int_equal(dec_cmp(a->fees_usd, b->fees_usd), 0);
	assert_string_equal(a->external_id, b->external_id);
	assert_string_equal(a->reason.s, b->reason.s);
	assert_int_equal(a->decided_at.ms, b->decided_at.ms);
	assert_int_equal(a->closed_at.ms, b->closed_at.ms);
	assert_string_equal(a->muted.s, b->muted.s);
	assert_int_equal(a->muted_until.ms, b->muted_until.ms);
}

/* Every column has a value of its own, so that no two can be swapped. */
static struct position full_position(void)
{
	struct position p = given_position("ETH", "hyper", "aster",
					   "12345.678900000000000001",
					   "0.0001");

	p.leg[0].quantity = fact_known(dec_lit("0.5"));
	p.leg[0].entry_price = fact_known(dec_lit("3012.25"));
	p.leg[0].entry_rate_8h = fact_known(dec_lit("-0.000000000000000001"));
	p.leg[1].quantity = fact_unknown(WHY_NULL_VALUE);
	p.leg[1].entry_price = fact_known(dec_lit("1e20"));
	p.leg[1].entry_rate_8h = fact_unknown(WHY_STALE);
	p.opened_at.ms++;
	p.entry_manual = true;
	p.entry_oi_ratio = fact_known(dec_lit("1.75"));
	p.fees_usd = dec_lit("16.000000000000000005");
	snprintf(p.external_id, sizeof(p.external_id), "%063d", 7);
	snprintf(p.reason.s, sizeof(p.reason.s), "PROFIT_EROSION");
	snprintf(p.muted.s, sizeof(p.muted.s), "WEEKLY_REBALANCE");
	p.decided_at.ms = 5;
	p.muted_until.ms = 6;
	return p;
}

static void a_position_comes_back_whole(void **state)
{
	struct store_case *f = *state;
	struct position p = full_position(), back;

	add(f, "BTC");
	check(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err));
	assert_int_equal(p.id, 2);
	assert_int_equal(p.version, 1);
	check(f, store_position(f->store, &back, 2, &f->err));
	assert_position(&p, &back);
}

static void change(struct store_case *f, struct position *p, const char *kind,
		   enum status to)
{
	struct event e = { .position = p->id, .at = NOW, .note = "why not" };

	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	snprintf(e.from, sizeof(e.from), "%s", status_word(p->status));
	snprintf(e.to, sizeof(e.to), "%s", status_word(to));
	snprintf(e.by, sizeof(e.by), "cli");
	e.reason = p->reason;
	p->status = to;
	check(f, store_change_position(f->store, p, &e, &f->err));
}

static void a_change_is_whole_and_has_an_event(void **state)
{
	struct store_case *f = *state;
	struct position p = add(f, "BTC"), full = full_position(), back;
	struct event *e;
	size_t n;

	full.id = p.id;
	full.version = p.version;
	change(f, &full, "decide", STATUS_PENDING_CLOSE);
	assert_int_equal(full.version, 2);
	check(f, store_position(f->store, &back, p.id, &f->err));
	assert_position(&full, &back);
	add(f, "ETH");
	check(f, store_events(f->store, &e, &n, p.id, f->arena, &f->err));
	assert_int_equal(n, 2);
	assert_string_equal(e[0].kind, "open");
	assert_string_equal(e[0].from, "");
	assert_string_equal(e[0].to, "open");
	assert_string_equal(e[0].by, "cli");
	assert_string_equal(e[0].note, "by hand");
	assert_int_equal(e[0].at.ms, NOW.ms);
	assert_string_equal(e[1].kind, "decide");
	assert_string_equal(e[1].from, "open");
	assert_string_equal(e[1].to, "pending_close");
	assert_string_equal(e[1].reason.s, "PROFIT_EROSION");
	assert_string_equal(e[1].note, "why not");
	check(f, store_events(f->store, &e, &n, 0, f->arena, &f->err));
	assert_int_equal(n, 3);
}

static void a_stale_version_is_refused(void **state)
{
	struct store_case *f = *state;
	struct position p = add(f, "BTC"), other = p;
	struct event e = { .position = p.id, .at = NOW, .kind = "note",
			   .note = "" };
	size_t n;
	struct event *list;

	change(f, &p, "decide", STATUS_PENDING_CLOSE);
	refused(f, store_change_position(f->store, &other, &e, &f->err),
		ERR_BUSY, "changed meanwhile (pending_close)");
	assert_int_equal(other.version, 1);
	check(f, store_events(f->store, &list, &n, p.id, f->arena, &f->err));
	assert_int_equal(n, 2);
	other.id = 99;
	refused(f, store_change_position(f->store, &other, &e, &f->err),
		ERR_NOT_FOUND, "no position 99");
}

static void ids_and_external_ids_are_unique(void **state)
{
	struct store_case *f = *state;
	struct position p = full_position(), q = full_position(), r;
	struct event e = { .at = NOW, .kind = "note", .note = "" };

	refused(f, store_position(f->store, &r, 4, &f->err), ERR_NOT_FOUND,
		"none is recorded");
	check(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err));
	refused(f, store_add_position(f->store, &q, NOW, "cli", "", &f->err),
		ERR_DATA, "taken by position 1");
	add(f, "BTC");		/* two without external id are fine */
	r = add(f, "SOL");
	assert_int_equal(r.id, 3);
	memcpy(r.external_id, p.external_id, sizeof(r.external_id));
	e.position = r.id;
	refused(f, store_change_position(f->store, &r, &e, &f->err), ERR_DATA,
		"taken by position 1");
	refused(f, store_position(f->store, &r, 4, &f->err), ERR_NOT_FOUND,
		"no position 4; there are: 1 2 3");
}

static void lists_are_watched_recent_or_all(void **state)
{
	struct store_case *f = *state;
	struct position *list, p;
	size_t n;

	add(f, "BTC");
	p = add(f, "ETH");
	change(f, &p, "decide", STATUS_PENDING_CLOSE);
	p = add(f, "SOL");
	p.closed_at = NOW;
	change(f, &p, "close", STATUS_CLOSED);
	check(f, store_positions(f->store, &list, &n, STORE_WATCHED,
				 INSTANT_UNKNOWN, f->arena, &f->err));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, 1);
	assert_int_equal(list[1].id, 2);
	check(f, store_positions(f->store, &list, &n, STORE_RECENT, NOW,
				 f->arena, &f->err));
	assert_int_equal(n, 3);
	check(f, store_positions(f->store, &list, &n, STORE_RECENT,
				 instant_add(NOW, span_s(1)), f->arena,
				 &f->err));
	assert_int_equal(n, 2);
	check(f, store_positions(f->store, &list, &n, STORE_ALL,
				 INSTANT_UNKNOWN, f->arena, &f->err));
	assert_int_equal(n, 3);
	assert_int_equal(list[2].status, STATUS_CLOSED);
	assert_int_equal(list[2].closed_at.ms, NOW.ms);
}

static void a_closed_position_only_reopens(void **state)
{
	struct store_case *f = *state;
	struct position p = add(f, "BTC");
	struct event e = { .position = p.id, .at = NOW, .kind = "close",
			   .note = "" };

	p.status = STATUS_CLOSED;	/* without a time */
	refused(f, store_change_position(f->store, &p, &e, &f->err), ERR_STORE,
		"CHECK constraint");
	p.closed_at = NOW;
	check(f, store_change_position(f->store, &p, &e, &f->err));
	p.fees_usd = dec_int(3);
	refused(f, store_change_position(f->store, &p, &e, &f->err), ERR_STORE,
		"a closed position never changes");
	p.status = STATUS_OPEN;
	p.closed_at = INSTANT_UNKNOWN;
	check(f, store_change_position(f->store, &p, &e, &f->err));
}

static void what_breaks_an_invariant_is_refused(void **state)
{
	struct store_case *f = *state;
	struct position p = full_position();

	p.leg[1].venue = p.leg[0].venue;
	refused(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err),
		ERR_STORE, "long_venue <> short_venue");
	p = full_position();
	p.size_usd = DEC_ZERO;
	refused(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err),
		ERR_STORE, "size_usd");
	p.size_usd = dec_int(-1);
	refused(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err),
		ERR_STORE, "size_usd");
}

static void who_asks_for_none_that_is_there_hears_which_are(void **state)
{
	struct store_case *f = *state;
	struct position p;

	refused(f, store_position(f->store, &p, 99, &f->err), ERR_NOT_FOUND,
		"no position 99: none is recorded yet");
	for (int i = 0; i < 19; i++)
		add(f, "BTC");
	refused(f, store_position(f->store, &p, 99, &f->err), ERR_NOT_FOUND,
		"no position 99; there are: ");
	assert_null(strstr(f->err.text, "..."));
	add(f, "BTC");
	add(f, "BTC");
	refused(f, store_position(f->store, &p, 99, &f->err), ERR_NOT_FOUND,
		" ...");
	assert_non_null(strstr(f->err.text, " 3 "));
}

/* ---- transactions ---- */

static void a_rollback_leaves_nothing(void **state)
{
	struct store_case *f = *state;
	struct position p;

	add(f, "BTC");
	store_rollback(f->store);
	refused(f, store_position(f->store, &p, 1, &f->err), ERR_NOT_FOUND,
		"none");
	check(f, store_begin(f->store, &f->err));
	add(f, "BTC");
	check(f, store_commit(f->store, 0, &f->err));
	store_rollback(f->store);
	check(f, store_position(f->store, &p, 1, &f->err));
}

static void writing_needs_a_transaction(void **state)
{
	struct store_case *f = *state;
	struct position p = full_position();

	store_rollback(f->store);
	refused(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err),
		ERR_STORE, "no transaction");
	refused(f, store_commit(f->store, 0, &f->err), ERR_STORE,
		"no transaction");
	check(f, store_begin_read(f->store, &f->err));
	store_end_read(f->store);
	check(f, store_begin(f->store, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_position_comes_back_whole),
		TEST(a_change_is_whole_and_has_an_event),
		TEST(a_stale_version_is_refused),
		TEST(ids_and_external_ids_are_unique),
		TEST(lists_are_watched_recent_or_all),
		TEST(a_closed_position_only_reopens),
		TEST(what_breaks_an_invariant_is_refused),
		TEST(who_asks_for_none_that_is_there_hears_which_are),
		TEST(a_rollback_leaves_nothing),
		TEST(writing_needs_a_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
