/* SPDX-License-Identifier: MIT */
/* A close that a person took back, decided anew before the desk looked. */
#include "change.h"
#include "cycle_desk.h"
#include "given.h"
#include "handoff.h"
#include "handoffs_work.h"
#include "store_held.h"
#include "store_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void open_settling(struct desk *d, const char *settle)
{
	char account[200];

	snprintf(account, sizeof(account), "profile: hasty, on_close: webhook, "
		 "close: {url: 'http://127.0.0.1:1', secret: {env: NONE}, "
		 "settle: %s}", settle);
	desk_open(d, "lighter", account);
	d->rate[LEG_LONG] = "0.0008";
	d->rate[LEG_SHORT] = "0.0001";
	desk_poll(d, "2026-11-20T21:00:00Z");
	desk_poll(d, "2026-11-20T21:01:00Z");
}

static void open_decided(struct desk *d)
{
	open_settling(d, "10m");
}

static struct handoff_row *rows_of(struct desk *d, size_t want)
{
	struct handoff_row *rows;
	size_t n;

	desk_check(d, store_handoffs(d->store, &rows, &n, d->pos.id, d->arena,
				     &d->err));
	assert_int_equal(n, want);
	return rows;
}

/* positions keep 1 --for 1m */
static void keep(struct desk *d)
{
	struct change_ask ask = { .kind = CHANGE_KEEP, .now = d->now,
				  .note = "", .keep_for = span_s(60),
				  .fees_usd = fact_unknown(WHY_NOT_SET) };
	struct position p;
	struct change c;

	desk_check(d, store_begin(d->store, &d->err) &&
		   store_position(d->store, &p, d->pos.id, &d->err) &&
		   change_make(&c, &p, &ask, &d->err) &&
		   store_forget_memory(d->store, p.id, &d->err) &&
		   store_change_position(d->store, &c.position, &c.event,
					 &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

static void send_out(struct desk *d, struct handoff_row *r)
{
	handoff_leaves(r, d->now);
	desk_check(d, store_begin(d->store, &d->err) &&
		   store_save_handoff(d->store, r, &d->err) &&
		   store_commit(d->store, 1000, &d->err));
}

static void decide_again(struct desk *d)
{
	keep(d);
	desk_poll(d, "2026-11-20T21:03:00Z");
	desk_poll(d, "2026-11-20T21:04:00Z");
}

static void the_new_one_takes_the_place_of_the_old(void **state)
{
	struct handoff_row *rows;
	struct desk d;

	(void)state;
	open_decided(&d);
	assert_int_equal(rows_of(&d, 1)->state, HANDOFF_QUEUED);
	decide_again(&d);
	rows = rows_of(&d, 2);		/* newest first */
	assert_int_equal(rows[0].state, HANDOFF_QUEUED);
	assert_int_equal(rows[0].next_at.ms, rows[0].created_at.ms);
	assert_int_equal(rows[1].state, HANDOFF_FAILED);
	assert_string_equal(rows[1].detail,
			    "the position was kept, and decided anew");
	desk_close(&d);
}

/* The first order may be working: the second waits until it has ended. */
static void it_waits_until_what_was_sent_has_settled(void **state)
{
	struct handoff_row *rows;
	struct desk d;

	(void)state;
	open_decided(&d);
	send_out(&d, rows_of(&d, 1));
	decide_again(&d);
	rows = rows_of(&d, 2);
	assert_int_equal(rows[1].state, HANDOFF_FAILED);
	assert_int_equal(rows[0].next_at.ms,
			 given_time("2026-11-20T21:11:00Z").ms);
	desk_close(&d);
}

/* Its answer is waited for longer than close.settle says. */
static void it_waits_for_the_answer_too(void **state)
{
	struct handoff_row *rows, r;
	struct handoff_view v = { .status = STATUS_PENDING_CLOSE };
	struct desk d;

	(void)state;
	open_settling(&d, "30s");
	d.now.ms += 90000;
	send_out(&d, rows_of(&d, 1));
	d.now.ms -= 90000;
	decide_again(&d);
	rows = rows_of(&d, 2);
	assert_int_equal(rows[0].next_at.ms,
			 rows[1].sent_at.ms + HANDOFF_WORKS_MS);
	/* Nor is that taken for a clock that was set back. */
	r = rows[0];
	v.policy = &config_account(&d.config, "main")->close;
	v.now.ms = rows[1].sent_at.ms + 1000;
	r.created_at.ms = v.now.ms;
	assert_int_equal(handoff_step(&r, &v), HANDOFF_DO_NOTHING);
	assert_int_equal(r.next_at.ms, rows[0].next_at.ms);
	desk_close(&d);
}

/* ---- the clock is set on while nobody knows what became of a close ---- */

static struct handoffs *client_desk(struct desk *d, bool once)
{
	static const struct close_policy policy = { .settle = { 600000 } };
	const struct handoffs_options o = {
		.account = "main", .store = d->store, .policy = &policy,
		.source = true, .fresh_for = span_s(180), .once = once };
	struct handoff_receiver r = { .kind = &handoff_control_api };
	struct handoffs *h;

	desk_check(d, handoffs_new(&h, &o, &r, &d->err));
	return h;
}

/* The client is read, and lists the pair. */
static void polled(struct desk *d, struct handoffs *h, const char *now)
{
	struct held_memory m = held_memory_none(d->pos.id);

	m.seen_at = given_time(now);
	desk_check(d, store_begin(d->store, &d->err) &&
		   store_put_held(d->store, &m, &d->err) &&
		   store_commit(d->store, 1000, &d->err) &&
		   handoffs_polled(h, m.seen_at, &d->err));
}

static void a_leap_is_not_time_that_passed(void **state)
{
	struct handoff_row r;
	struct handoffs *h;
	struct desk d;

	(void)state;
	open_decided(&d);
	h = client_desk(&d, false);
	r = *rows_of(&d, 1);
	snprintf(r.target, sizeof(r.target), "control_api");
	send_out(&d, &r);		/* at 21:01, and it was interrupted */
	polled(&d, h, "2026-11-20T21:02:00Z");
	assert_int_equal(rows_of(&d, 1)->state, HANDOFF_UNKNOWN);
	polled(&d, h, "2026-11-20T23:02:00Z");
	polled(&d, h, "2026-11-20T23:03:00Z");
	polled(&d, h, "2026-11-20T23:05:00Z");
	polled(&d, h, "2026-11-20T23:08:00Z");
	polled(&d, h, "2026-11-20T23:11:00Z");
	assert_int_equal(rows_of(&d, 1)->polls, 0);
	polled(&d, h, "2026-11-20T23:12:00Z");
	assert_int_equal(rows_of(&d, 1)->polls, 1);
	polled(&d, h, "2026-11-20T23:13:00Z");
	assert_int_equal(rows_of(&d, 1)->state, HANDOFF_QUEUED);
	handoffs_free(h);
	desk_close(&d);
}

/* Sent at 21:01 and interrupted; looked at, a minute later. */
static void open_unknown(struct desk *d)
{
	struct handoff_row r;

	open_decided(d);
	r = *rows_of(d, 1);
	snprintf(r.target, sizeof(r.target), "control_api");
	send_out(d, &r);
}

/* The monitor starts, records one poll, and ends. */
static const struct handoff_row *one_run(struct desk *d, bool once,
					 const char *now)
{
	struct handoffs *h = client_desk(d, once);

	desk_poll(d, now);
	polled(d, h, now);
	handoffs_free(h);
	return rows_of(d, 1);
}

static const struct handoff_row *one_poll(struct desk *d, const char *now)
{
	return one_run(d, false, now);
}

static void a_leap_is_none_after_a_restart_either(void **state)
{
	struct desk d;

	(void)state;
	open_unknown(&d);
	one_poll(&d, "2026-11-20T21:02:00Z");
	one_poll(&d, "2026-11-20T23:02:00Z");
	one_poll(&d, "2026-11-20T23:05:00Z");
	one_poll(&d, "2026-11-20T23:08:00Z");
	assert_int_equal(one_poll(&d, "2026-11-20T23:11:00Z")->polls, 0);
	assert_int_equal(one_poll(&d, "2026-11-20T23:12:00Z")->polls, 1);
	assert_int_equal(one_poll(&d, "2026-11-20T23:13:00Z")->state,
			 HANDOFF_QUEUED);
	desk_close(&d);
}

/* It ends again and again, but soon goes on: time passes all the same. */
static void a_crash_loop_does_not_stop_time(void **state)
{
	char now[INSTANT_TEXT_MAX];
	struct instant t = given_time("2026-11-20T21:01:00Z");
	struct desk d;

	(void)state;
	open_unknown(&d);
	for (int i = 1; i <= 10; i++) {
		t = instant_add(t, span_s(61));
		instant_format(now, t);
		assert_int_equal(one_poll(&d, now)->polls, i < 10 ? 0 : 1);
	}
	desk_close(&d);
}

/* run --once, every quarter of an hour: no gap there is out of the way. */
static void single_polls_far_apart_settle_it(void **state)
{
	struct desk d;

	(void)state;
	open_unknown(&d);
	one_run(&d, true, "2026-11-20T21:02:00Z");
	assert_int_equal(one_run(&d, true, "2026-11-20T21:17:00Z")->polls, 1);
	assert_int_equal(one_run(&d, true, "2026-11-20T21:32:00Z")->state,
			 HANDOFF_QUEUED);
	desk_close(&d);
}

/* Nothing is known of the pair since the clock was set back by a day. */
static void what_was_seen_ahead_of_now_is_no_news(void **state)
{
	struct handoff_row r;
	struct handoffs *h;
	struct desk d;

	(void)state;
	open_decided(&d);
	h = client_desk(&d, false);
	r = *rows_of(&d, 1);
	snprintf(r.target, sizeof(r.target), "control_api");
	send_out(&d, &r);
	polled(&d, h, "2026-11-20T21:02:00Z");
	polled(&d, h, "2026-11-21T21:02:00Z");
	for (int i = 3; i < 30; i++)
		desk_check(&d, handoffs_polled(h, instant_add(given_time(
			"2026-11-20T21:00:00Z"), span_s(i * 60)), &d.err));
	assert_int_equal(rows_of(&d, 1)->state, HANDOFF_UNKNOWN);
	assert_int_equal(rows_of(&d, 1)->polls, 0);
	polled(&d, h, "2026-11-20T21:31:00Z");
	polled(&d, h, "2026-11-20T21:32:00Z");
	assert_int_equal(rows_of(&d, 1)->state, HANDOFF_QUEUED);
	handoffs_free(h);
	desk_close(&d);
}

/* ---- a person's word while the desk is at another close ---- */

static const struct close_policy patient = { .settle = { 600000 } };

static void store_row(struct desk *d, struct handoff_row *r)
{
	desk_check(d, store_begin(d->store, &d->err) &&
		   (r->id ? store_save_handoff(d->store, r, &d->err) :
			    store_add_handoff(d->store, r, &d->err)) &&
		   store_commit(d->store, 1000, &d->err));
}

static struct handoff_row row_of(struct desk *d, int64_t position)
{
	struct handoff_row *rows;
	size_t n;

	desk_check(d, store_handoffs(d->store, &rows, &n, position, d->arena,
				     &d->err));
	assert_int_equal(n, 1);
	return rows[0];
}

/* handoffs retry 2, while the desk sends 1 and has read both. */
static bool retry_second(void *ctx, const struct ticket *t,
			 const struct outgoing *o, struct err *err)
{
	struct desk *d = ctx;
	struct handoff_row r = row_of(d, d->pos.id + 1);
	const struct handoff_view v = { .now = d->now, .policy = &patient,
					.idempotent = true };

	(void)o;
	(void)err;
	if (t->id != 1)
		return true;
	assert_int_equal(r.state, HANDOFF_SENT);
	assert_true(handoff_again(&r, &v));
	store_row(d, &r);
	return true;
}

/* A second pair; its close was sent when the monitor ended. */
static void add_second(struct desk *d)
{
	struct handoff_row r = row_of(d, d->pos.id);
	struct position p;

	snprintf(r.target, sizeof(r.target), "exec");
	store_row(d, &r);
	desk_check(d, store_begin(d->store, &d->err) &&
		   store_position(d->store, &p, d->pos.id, &d->err) &&
		   store_add_position(d->store, &p, d->now, "test", "",
				      &d->err) &&
		   store_commit(d->store, 1000, &d->err));
	r.id = 0;
	r.position = p.id;
	snprintf(r.key, sizeof(r.key), "main-2-2");
	handoff_leaves(&r, d->now);
	store_row(d, &r);
}

static void a_word_is_heard_while_another_close_goes(void **state)
{
	struct courier courier = { .send = retry_second };
	struct handoffs_options o = { .account = "main", .policy = &patient,
				      .courier = &courier };
	struct handoff_receiver r = { .kind = &handoff_exec };
	struct handoffs *h;
	struct instant next;
	struct desk d;

	(void)state;
	open_decided(&d);
	add_second(&d);
	courier.ctx = &d;
	o.store = d.store;
	desk_check(&d, handoffs_new(&h, &o, &r, &d.err) &&
		   handoffs_due(h, d.now, &next, &d.err));
	assert_int_equal(row_of(&d, d.pos.id).state, HANDOFF_SENT);
	assert_int_equal(row_of(&d, d.pos.id + 1).state, HANDOFF_SENT);
	assert_int_equal(row_of(&d, d.pos.id + 1).tries, 2);
	handoffs_free(h);
	desk_close(&d);
}

/* ---- the desk of hand-offs and its courier ---- */

struct sent {
	const char *trouble;		/* of every request; NULL: it goes */
	struct ticket last;
	size_t n;
};

static bool take_request(void *ctx, const struct ticket *t,
			 const struct outgoing *o, struct err *err)
{
	struct sent *x = ctx;

	(void)o;
	if (x->trouble)
		return err_set(err, ERR_DATA, "%s", x->trouble);
	x->last = *t;
	x->n++;
	return true;
}

struct office {
	struct desk d;
	struct sent sent;
	struct courier courier;
	struct handoffs *h;
};

/* The close of pair 1 waits for a program of the user's. */
static void open_office(struct office *f)
{
	struct handoffs_options o = { .account = "main", .policy = &patient };
	struct handoff_receiver r = { .kind = &handoff_exec };
	struct handoff_row row;

	*f = (struct office){ .h = NULL };
	open_decided(&f->d);
	row = row_of(&f->d, f->d.pos.id);
	snprintf(row.target, sizeof(row.target), "exec");
	store_row(&f->d, &row);
	f->courier = (struct courier){ .ctx = &f->sent, .send = take_request };
	o.store = f->d.store;
	o.courier = &f->courier;
	desk_check(&f->d, handoffs_new(&f->h, &o, &r, &f->d.err));
}

static void close_office(struct office *f)
{
	handoffs_free(f->h);
	desk_close(&f->d);
}

static struct instant due(struct office *f)
{
	struct instant next;

	desk_check(&f->d, handoffs_due(f->h, f->d.now, &next, &f->d.err));
	return next;
}

static void answer(struct office *f, int64_t id, int status)
{
	const struct reply r = { .ticket = { TICKET_HANDOFF, id },
				 .sent = true, .answered = true,
				 .status = status, .body = "" };

	desk_check(&f->d, handoffs_replied(f->h, &r, f->d.now, &f->d.err));
}

/* More pairs in the same state, each with a close of its own. */
static void add_pairs(struct office *f, int n)
{
	struct handoff_row r = row_of(&f->d, f->d.pos.id);
	struct position p;

	desk_check(&f->d, store_begin(f->d.store, &f->d.err) &&
		   store_position(f->d.store, &p, f->d.pos.id, &f->d.err));
	for (int i = 0; i < n; i++) {
		desk_check(&f->d, store_add_position(f->d.store, &p, f->d.now,
						     "test", "", &f->d.err));
		r.position = p.id;
		snprintf(r.key, sizeof(r.key), "main-%d-9", i + 2);
		desk_check(&f->d, store_add_handoff(f->d.store, &r,
						    &f->d.err));
	}
	desk_check(&f->d, store_commit(f->d.store, 1000, &f->d.err));
}

static void a_request_that_cannot_be_made_is_put_off(void **state)
{
	struct handoff_row r;
	struct office f;
	struct instant next;

	(void)state;
	open_office(&f);
	add_pairs(&f, 2);
	r = row_of(&f.d, f.d.pos.id);
	r.next_at.ms = f.d.now.ms + 1;		/* it waits already */
	store_row(&f.d, &r);
	f.sent.trouble = "no descriptor left";
	next = due(&f);
	assert_int_equal(next.ms, r.next_at.ms);
	f.d.now.ms++;
	next = due(&f);
	for (int i = 0; i < 3; i++) {
		r = row_of(&f.d, f.d.pos.id + i);
		assert_int_equal(r.state, HANDOFF_QUEUED);
		assert_int_equal(r.tries, 1);
		assert_string_equal(r.detail, "no descriptor left");
		assert_true(r.next_at.ms > f.d.now.ms);
		assert_true(next.ms <= r.next_at.ms);
	}
	assert_int_equal(f.sent.n, 0);
	assert_true(next.ms > f.d.now.ms);
	f.sent.trouble = NULL;
	f.d.now = instant_add(f.d.now, span_s(3600));
	due(&f);
	assert_int_equal(f.sent.n, 3);
	assert_int_equal(row_of(&f.d, f.d.pos.id).state, HANDOFF_SENT);
	assert_int_equal(row_of(&f.d, f.d.pos.id).tries, 2);
	close_office(&f);
}

/* Nothing is known of one that has not left yet: it only waits. */
static void no_more_than_a_few_are_on_their_way(void **state)
{
	enum { LAST = HANDOFFS_RUNNING_MAX };
	struct office f;

	(void)state;
	open_office(&f);
	add_pairs(&f, LAST);
	due(&f);
	assert_int_equal(f.sent.n, HANDOFFS_RUNNING_MAX);
	assert_int_equal(row_of(&f.d, f.d.pos.id + LAST).state,
			 HANDOFF_QUEUED);
	assert_int_equal(row_of(&f.d, f.d.pos.id + LAST).tries, 0);
	answer(&f, 3, 0);
	due(&f);
	assert_int_equal(f.sent.n, HANDOFFS_RUNNING_MAX + 1);
	assert_int_equal(f.sent.last.id, LAST + 1);
	assert_int_equal(row_of(&f.d, f.d.pos.id + LAST).state, HANDOFF_SENT);
	close_office(&f);
}

/* A person was quicker with the first and the third. */
static void an_answer_counts_once_and_for_its_own(void **state)
{
	struct handoff_row r;
	struct office f;

	(void)state;
	open_office(&f);
	add_pairs(&f, 2);
	due(&f);
	r = row_of(&f.d, f.d.pos.id);
	r.state = HANDOFF_CONFIRMED;
	store_row(&f.d, &r);
	r = row_of(&f.d, f.d.pos.id + 2);
	r.state = HANDOFF_UNKNOWN;
	store_row(&f.d, &r);
	answer(&f, 1, 0);
	assert_int_equal(row_of(&f.d, f.d.pos.id).state, HANDOFF_CONFIRMED);
	answer(&f, 1, 0);		/* of nothing that is on its way */
	answer(&f, 99, 0);
	answer(&f, 3, 0);
	assert_int_equal(row_of(&f.d, f.d.pos.id + 2).state, HANDOFF_UNKNOWN);
	assert_int_equal(row_of(&f.d, f.d.pos.id + 1).state, HANDOFF_SENT);
	answer(&f, 2, 0);
	assert_int_equal(row_of(&f.d, f.d.pos.id + 1).state,
			 HANDOFF_ACKNOWLEDGED);
	close_office(&f);
}

/* The position was taken out of the database: the log alone is told. */
static void a_close_of_nothing_fails_and_holds_up_no_other(void **state)
{
	struct office f;

	(void)state;
	open_office(&f);
	add_pairs(&f, 1);
	assert_int_equal(sqlite3_exec(f.d.store->db, "PRAGMA foreign_keys = "
				      "OFF; DELETE FROM positions WHERE id = 1",
				      NULL, NULL, NULL), SQLITE_OK);
	due(&f);
	assert_int_equal(row_of(&f.d, 1).state, HANDOFF_FAILED);
	assert_int_equal(row_of(&f.d, 2).state, HANDOFF_SENT);
	assert_int_equal(f.sent.last.id, 2);
	close_office(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_new_one_takes_the_place_of_the_old),
		cmocka_unit_test(it_waits_until_what_was_sent_has_settled),
		cmocka_unit_test(it_waits_for_the_answer_too),
		cmocka_unit_test(a_leap_is_not_time_that_passed),
		cmocka_unit_test(a_leap_is_none_after_a_restart_either),
		cmocka_unit_test(a_crash_loop_does_not_stop_time),
		cmocka_unit_test(single_polls_far_apart_settle_it),
		cmocka_unit_test(what_was_seen_ahead_of_now_is_no_news),
		cmocka_unit_test(a_word_is_heard_while_another_close_goes),
		cmocka_unit_test(a_request_that_cannot_be_made_is_put_off),
		cmocka_unit_test(no_more_than_a_few_are_on_their_way),
		cmocka_unit_test(an_answer_counts_once_and_for_its_own),
		cmocka_unit_test(a_close_of_nothing_fails_and_holds_up_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
