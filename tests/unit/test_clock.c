/* SPDX-License-Identifier: MIT */
/* Ticks, the market clock and the lock: pure parts and one real wait. */
#include "clock.h"
#include "given.h"
#include "lock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct tick_case {
	const char *now;
	int64_t every, offset;
	const char *want, *comment;
};

static const struct tick_case ticks[] = {
	{ "2026-11-20T21:00:00Z", 60, 0, "2026-11-20T21:01:00Z",
	  "on a tick: the next one, never the same twice" },
	{ "2026-11-20T21:00:59.999Z", 60, 0, "2026-11-20T21:01:00Z",
	  "just before" },
	{ "2026-11-20T21:00:01Z", 60, 7, "2026-11-20T21:00:07Z",
	  "offset ahead" },
	{ "2026-11-20T21:00:07Z", 60, 7, "2026-11-20T21:01:07Z",
	  "on the offset tick" },
	{ "2026-11-20T21:14:00Z", 900, 0, "2026-11-20T21:15:00Z",
	  "a quarter of an hour" },
	{ "1970-01-01T00:00:03Z", 60, 7, "1970-01-01T00:00:07Z",
	  "before the first offset tick" },
};

static void ticks_are_aligned_and_never_burst(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ticks) / sizeof(*ticks); i++) {
		const struct tick_case *c = &ticks[i];
		struct instant t = clock_next_tick(given_time(c->now),
						   span_s(c->every),
						   span_s(c->offset));

		print_message("# %s\n", c->comment);
		assert_int_equal(t.ms, given_time(c->want).ms);
	}
}

static void a_market_clock_is_read_or_refused_with_a_remedy(void **state)
{
	static const char *const bad[] = {
		"", "2026-11-20T00:00:00Z", "2026-11-20T00:00:00Z,,900",
		"2026-11-20T00:00:00Z,2026-11-20T00:00:00Z,0",
		"2026-11-20T00:00:00Z,2026-11-20T00:00:00Z,1.5",
		"2026-11-20T00:00:00Z,2026-11-20T00:00:00Z,",
		"2026-11-20T00:00:00Z,2026-11-20T00:00:00Z,1000001",
		"x,2026-11-20T00:00:00Z,900",
	};
	struct clock_state c;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(clock_parse(&c, bad[i], &err));
		assert_int_equal(err.kind, ERR_USAGE);
	}
	assert_true(clock_parse(&c, "2026-11-20T00:00:00Z,"
				"2026-11-20T21:00:00Z,900", &err));
	assert_int_equal(c.speed, 900);
}

static void market_time_runs_at_its_speed(void **state)
{
	struct clock_state c;
	struct clock_port port;
	struct instant t0, t1;

	(void)state;
	clock_block_signals();
	clock_real(&c);
	c.origin = given_time("2025-08-21T00:00:00Z");
	c.speed = 1000;
	port = clock_port_of(&c);
	assert_int_equal(port.real_ms(port.ctx, span_s(3600)), 3600);
	t0 = port.now(port.ctx);
	assert_int_equal(port.wait(port.ctx, instant_add(t0, span_s(20))),
			 WAKE_TICK);		/* 20 ms of real time */
	t1 = port.now(port.ctx);
	assert_true(t1.ms - t0.ms >= 20000);
}

static struct clock_state stepped;

static void set_back(int sig)
{
	(void)sig;
	stepped.origin.ms -= 3600000;
}

/* The wait was for a minute, the clock says an hour is left of it. */
static void a_clock_set_back_ends_a_wait(void **state)
{
	const struct itimerval soon = { .it_value.tv_usec = 20000 };
	struct clock_port port;
	struct instant t;

	(void)state;
	clock_block_signals();
	clock_real(&stepped);
	port = clock_port_of(&stepped);
	t = port.now(port.ctx);
	signal(SIGALRM, set_back);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(port.wait(port.ctx, instant_add(t, span_s(60))),
			 WAKE_TICK);
	assert_true(port.now(port.ctx).ms < t.ms - 3500000);
	signal(SIGALRM, SIG_DFL);
}

static void each_signal_has_its_meaning(void **state)
{
	static const struct { int sig; enum wake want; } cases[] = {
		{ SIGTERM, WAKE_STOP }, { SIGINT, WAKE_STOP },
		{ SIGHUP, WAKE_RELOAD }, { SIGUSR1, WAKE_POLL_NOW },
	};
	struct clock_state c;
	struct clock_port port;

	(void)state;
	clock_block_signals();
	clock_real(&c);
	port = clock_port_of(&c);
	for (size_t i = 0; i < 4; i++) {
		kill(getpid(), cases[i].sig);
		assert_int_equal(port.wait(port.ctx,
				 instant_add(port.now(port.ctx), span_s(60))),
				 cases[i].want);
	}
}

static void a_second_holder_is_told_the_first_pid(void **state)
{
	char dir[] = "/tmp/carrywatch-lock-XXXXXX";
	char db[64], want[32], path[80];
	struct lock first, second;
	struct err err;
	long pid;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof(db), "%s/main.db", dir);
	snprintf(path, sizeof(path), "%s.lock", db);
	assert_false(lock_probe(&pid, db));
	assert_true(lock_take(&first, db, &err));
	assert_true(lock_probe(&pid, db));
	assert_int_equal(pid, getpid());
	assert_false(lock_take(&second, db, &err));
	assert_int_equal(err.kind, ERR_LOCKED);
	snprintf(want, sizeof(want), "pid %ld", (long)getpid());
	assert_non_null(strstr(err.text, want));
	lock_release(&first);
	assert_false(lock_probe(&pid, db));
	assert_true(lock_take(&second, db, &err));
	lock_release(&second);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_are_aligned_and_never_burst),
		cmocka_unit_test(a_market_clock_is_read_or_refused_with_a_remedy),
		cmocka_unit_test(market_time_runs_at_its_speed),
		cmocka_unit_test(a_clock_set_back_ends_a_wait),
		cmocka_unit_test(each_signal_has_its_meaning),
		cmocka_unit_test(a_second_holder_is_told_the_first_pid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
