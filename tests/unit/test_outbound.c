/* SPDX-License-Identifier: MIT */
/* What happens between two polls: due, carried, booked, and never late. */
#include "outbound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* One request at a time; a fake world in which waiting moves the clock. */
static struct world {
	struct instant now;
	struct outbound outbound;
	int64_t reply_after;		/* real ms from send to reply; -1 never */
	bool running, finished;
	int64_t finish_at;
	struct instant due[8];		/* sorted; what the alert desk starts */
	int n_due, started, booked, asked, waits;
	enum wake signal;		/* heard at the next wait; TICK none */
	int64_t back;			/* ms the clock is set back in a wait */
	struct err due_err, reply_err;
} w;

static struct instant world_now(void *ctx) { (void)ctx; return w.now; }

static enum wake world_wait(void *ctx, struct instant until)
{
	enum wake heard = w.signal;

	(void)ctx;
	w.waits++;
	if (w.back > 0) {
		w.now.ms -= w.back;
		w.back = 0;
		return WAKE_TICK;
	}
	if (heard == WAKE_TICK && until.ms > w.now.ms)
		w.now = until;
	w.signal = WAKE_TICK;
	return heard;
}

static int64_t world_real(void *ctx, struct span d) { (void)ctx; return d.ms; }

static bool world_send(void *ctx, const struct ticket *t,
		       const struct outgoing *o, struct err *err)
{
	(void)ctx; (void)t; (void)o; (void)err;
	w.running = true;
	w.finish_at = w.reply_after < 0 ? INT64_MAX :
		      w.now.ms + w.reply_after;
	return true;
}

static bool world_take(void *ctx, struct reply *out)
{
	(void)ctx;
	if (!w.finished)
		return false;
	w.finished = w.running = false;
	*out = (struct reply){ .ticket = { TICKET_ALERT, 7 }, .body = "" };
	return true;
}

static void world_pump(void *ctx, int fd, int64_t real_ms)
{
	(void)ctx; (void)fd;
	if (w.signal != WAKE_TICK)
		return;
	if (w.finish_at <= w.now.ms + real_ms) {
		if (w.finish_at > w.now.ms)
			w.now.ms = w.finish_at;
		w.finished = true;
	} else {
		w.now.ms += real_ms;
	}
}

static size_t world_running(void *ctx) { (void)ctx; return w.running; }

static bool desk_due(void *ctx, struct instant now, struct instant *next,
		     struct err *err)
{
	struct ticket t = { TICKET_ALERT, w.started };

	(void)ctx;
	w.asked++;
	if (w.due_err.kind != ERR_NONE) {
		*err = w.due_err;
		if (err->kind == ERR_BUSY)
			w.due_err.kind = ERR_NONE;
		return false;
	}
	if (w.started < w.n_due && w.due[w.started].ms <= now.ms &&
	    !w.running) {
		assert_true(w.outbound.courier.send(NULL, &t, NULL, err));
		w.started++;
	}
	*next = w.started < w.n_due && w.due[w.started].ms > now.ms ?
		w.due[w.started] : INSTANT_UNKNOWN;
	return true;
}

static bool desk_replied(void *ctx, const struct reply *r, struct instant now,
			 struct err *err)
{
	(void)ctx; (void)now;
	assert_int_equal(r->ticket.id, 7);
	if (w.reply_err.kind != ERR_NONE) {
		*err = w.reply_err;
		return false;
	}
	w.booked++;
	return true;
}

static int begin(void **state)
{
	(void)state;
	w = (struct world){ .now = { 1000000 }, .reply_after = 40 };
	w.outbound = (struct outbound){
		.courier = { &w, world_send, world_take, world_pump,
			     world_running, NULL },
		.desk = { [TICKET_ALERT] = { NULL, desk_due, desk_replied } },
		.clock = { NULL, world_now, world_wait, world_real, NULL },
	};
	return 0;
}

static enum wake wait_ms(int64_t ms)
{
	struct err err = { ERR_NONE, "" };
	enum wake wake;

	assert_true(outbound_wait(&w.outbound, &wake,
				  (struct instant){ w.now.ms + ms }, &err));
	return wake;
}

static void nothing_to_carry_is_a_plain_wait(void **state)
{
	(void)state;
	w.outbound.courier.ctx = NULL;
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.asked, 0);
	assert_int_equal(w.waits, 1);
}

static void what_is_due_starts_at_once_and_is_booked(void **state)
{
	(void)state;
	w.due[0] = w.now;
	w.n_due = 1;
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.started, 1);
	assert_int_equal(w.booked, 1);
	assert_int_equal(w.now.ms, 1005000);
}

static void a_later_one_starts_at_its_time(void **state)
{
	(void)state;
	w.due[0] = (struct instant){ w.now.ms + 1500 };
	w.due[1] = (struct instant){ w.now.ms + 3000 };
	w.n_due = 2;
	assert_int_equal(wait_ms(2000), WAKE_TICK);
	assert_int_equal(w.started, 1);
	assert_int_equal(wait_ms(2000), WAKE_TICK);
	assert_int_equal(w.started, 2);
	assert_int_equal(w.booked, 2);
}

/* The tick comes; the request runs on, and is booked after the poll. */
static void a_slow_receiver_delays_no_tick(void **state)
{
	(void)state;
	w.due[0] = w.now;
	w.n_due = 1;
	w.reply_after = 12000;
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.now.ms, 1005000);
	assert_int_equal(w.booked, 0);
	assert_int_equal(wait_ms(10000), WAKE_TICK);
	assert_int_equal(w.booked, 1);
	assert_int_equal(w.started, 1);
}

static void a_signal_is_heard_while_carrying(void **state)
{
	(void)state;
	w.due[0] = w.now;
	w.n_due = 1;
	w.reply_after = -1;
	w.signal = WAKE_STOP;
	assert_int_equal(wait_ms(5000), WAKE_STOP);
	assert_true(w.now.ms < 1005000);
	w.signal = WAKE_RELOAD;
	assert_int_equal(wait_ms(5000), WAKE_RELOAD);
}

/* Or the hour that comes twice would pass without a poll. */
static void a_clock_set_back_ends_the_wait(void **state)
{
	(void)state;
	w.back = 3600000;
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.now.ms, 1000000 - 3600000);
	assert_int_equal(w.waits, 1);
	begin(NULL);
	w.back = 2000;			/* within what clocks differ */
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.now.ms, 1005000);
}

static void a_busy_database_is_asked_again_soon(void **state)
{
	(void)state;
	w.due[0] = w.now;
	w.n_due = 1;
	w.due_err.kind = ERR_BUSY;
	assert_int_equal(wait_ms(5000), WAKE_TICK);
	assert_int_equal(w.booked, 1);
}

static void an_unknown_outcome_ends_the_wait(void **state)
{
	struct err err = { ERR_NONE, "" };
	enum wake wake;

	(void)state;
	w.due_err.kind = ERR_OUTCOME;
	assert_false(outbound_wait(&w.outbound, &wake,
				   (struct instant){ w.now.ms + 1 }, &err));
	assert_int_equal(err.kind, ERR_OUTCOME);
	begin(NULL);
	w.due[0] = w.now;
	w.n_due = 1;
	w.reply_err.kind = ERR_OUTCOME;
	assert_false(outbound_wait(&w.outbound, &wake,
				   (struct instant){ w.now.ms + 5000 }, &err));
}

static void the_end_waits_for_what_runs_but_not_for_ever(void **state)
{
	struct err err = { ERR_NONE, "" };

	(void)state;
	w.due[0] = w.now;
	w.n_due = 1;
	assert_true(outbound_flush(&w.outbound, 5000, &err));
	assert_int_equal(w.booked, 1);
	assert_int_equal(w.now.ms, 1000040);
	w.due[1] = w.now;
	w.n_due = 2;
	w.reply_after = -1;
	assert_true(outbound_flush(&w.outbound, 5000, &err));
	assert_int_equal(w.started, 2);
	assert_int_equal(w.booked, 1);
	assert_int_equal(w.now.ms, 1005040);
	w.signal = WAKE_STOP;
	assert_true(outbound_flush(&w.outbound, 5000, &err));
	assert_int_equal(w.now.ms, 1005040);
}

/* Where the database must not be touched: carried, and no desk is asked. */
static void what_runs_is_let_go_without_the_desks(void **state)
{
	int64_t end;

	(void)state;
	w.due[0] = w.due[1] = w.now;
	w.n_due = 2;
	assert_int_equal(wait_ms(10), WAKE_TICK);
	assert_int_equal(w.started, 1);
	w.asked = 0;
	outbound_let_go(&w.outbound, 5000);
	assert_int_equal(w.now.ms, 1000040);
	assert_false(w.running);
	assert_int_equal(w.asked + w.booked, 0);
	w.reply_after = -1;
	assert_int_equal(wait_ms(10), WAKE_TICK);
	end = w.now.ms + 5000;
	outbound_let_go(&w.outbound, 5000);
	assert_int_equal(w.now.ms, end);
	w.signal = WAKE_STOP;
	outbound_let_go(&w.outbound, 5000);
	assert_int_equal(w.now.ms, end);
	w.outbound.courier.ctx = NULL;
	outbound_let_go(&w.outbound, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_to_carry_is_a_plain_wait, begin),
		cmocka_unit_test_setup(
			what_is_due_starts_at_once_and_is_booked, begin),
		cmocka_unit_test_setup(a_later_one_starts_at_its_time, begin),
		cmocka_unit_test_setup(a_slow_receiver_delays_no_tick, begin),
		cmocka_unit_test_setup(a_signal_is_heard_while_carrying, begin),
		cmocka_unit_test_setup(a_clock_set_back_ends_the_wait, begin),
		cmocka_unit_test_setup(a_busy_database_is_asked_again_soon,
				       begin),
		cmocka_unit_test_setup(an_unknown_outcome_ends_the_wait, begin),
		cmocka_unit_test_setup(
			the_end_waits_for_what_runs_but_not_for_ever, begin),
		cmocka_unit_test_setup(what_runs_is_let_go_without_the_desks,
				       begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
