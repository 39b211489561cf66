/* SPDX-License-Identifier: MIT */
/*
 * Ticks and signals around cycle_poll. An unknown commit outcome ends the
 * process: starting again is how it is found out. Everything else that goes
 * wrong is reported and tried anew at the next tick.
 */
#include "daemon.h"

#include <stdio.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "clock.h"
#include "log.h"

#define STOP_FLUSH_MS	5000	/* a stop waits so long for messages */
#define ONCE_FLUSH_MS	15000	/* run --once has no later */
#define CHORE_AFTER_MS	2000	/* messages and hand-offs leave before it */

static struct instant now(const struct daemon *d)
{
	const struct clock_port *c = &d->cycle->wiring.clock;

	return c->now(c->ctx);
}

/* Must the process end after this error? */
static bool is_final(const struct daemon *d, const struct err *err)
{
	return d->once || err->kind == ERR_OUTCOME || err->kind == ERR_CONFIG;
}

/* What follows a poll, or what stands in the place of one. */
static void after_poll(struct daemon *d, const struct cycle_result *r,
		       const struct err *why)
{
	d->unknown_outcome = why && why->kind == ERR_OUTCOME;
	d->chore_due = d->polled(d->polled_ctx, r, why);
}

/* True to go on; *code when not. */
static bool poll_once(struct daemon *d, int *code)
{
	struct cycle_result r;
	struct err err = { ERR_NONE, "" };
	bool recorded = cycle_poll(d->cycle, &r, &err);

	after_poll(d, &r, recorded ? NULL : &err);
	if (!recorded) {
		log_write(LOG_LEVEL_ERR, "poll failed", "err=%s",
			  log_quote(err.text).s);
		*code = err_exit_code(err.kind);
		return !is_final(d, &err);
	}
	*code = d->once && !r.usable ? err_exit_code(ERR_SERVICE) : 0;
	return !d->once;
}

static void reload(struct daemon *d)
{
	struct err err = { ERR_NONE, "" };
	struct cycle *c = d->cycle;

	if (d->reload(d->reload_ctx, c, &err)) {
		c->refused[0] = '\0';
		log_write(LOG_LEVEL_NOTICE, "configuration reloaded",
			  "hash=%s", c->config_hash);
		return;
	}
	snprintf(c->refused, sizeof(c->refused), "%.199s", err.text);
	log_write(LOG_LEVEL_ERR, "old configuration kept", "hash=%s err=%s",
		  c->config_hash, log_quote(err.text).s);
}

/* A poll needs megabytes for milliseconds; a minute's wait needs none. */
static void give_back_memory(const struct cycle *c)
{
	store_rest(c->store);
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

/* Between polls: it is told like a poll that could not be recorded. */
static void outbox_failed(struct daemon *d, const struct err *err)
{
	const struct cycle_result none = { .usable = false };

	log_write(LOG_LEVEL_ERR, "outbox failed", "err=%s",
		  log_quote(err->text).s);
	after_poll(d, &none, err);
}

static bool wait_until(struct daemon *d, enum wake *wake, struct instant t)
{
	struct err err = { ERR_NONE, "" };

	if (outbound_wait(d->outbound, wake, t, &err))
		return true;
	outbox_failed(d, &err);
	return false;
}

static struct instant next_tick(const struct daemon *d, struct instant t)
{
	return clock_next_tick(t, d->cycle->interval,
			       d->cycle->account->tick_offset);
}

/*
 * Ticks since the poll at `from` that nobody kept: that poll or the waiting
 * took too long, or the host slept. On a tick the newest one is kept now.
 */
static void count_missed(struct daemon *d, struct instant from, bool on_tick)
{
	struct cycle *c = d->cycle;
	int64_t passed = (next_tick(d, now(d)).ms - next_tick(d, from).ms) /
			 c->interval.ms - on_tick;
	int64_t most = INT32_MAX - c->missed_ticks;

	if (passed > 0)
		c->missed_ticks += (int32_t)(passed < most ? passed : most);
}

static void do_chore(struct daemon *d)
{
	if (d->chore_due)
		d->chore(d->polled_ctx);
	d->chore_due = false;
}

/* The tick, or on the way there the time for what is long. */
static struct instant next_stop(const struct daemon *d, struct instant tick)
{
	struct instant t = now(d);
	int64_t half = (tick.ms - t.ms) / 2;

	if (!d->chore_due)
		return tick;
	t.ms += half < CHORE_AFTER_MS ? half : CHORE_AFTER_MS;
	return t;
}

/* At `stop`, and not because the clock was set back: that is for a poll. */
static bool is_chore_time(const struct daemon *d, struct instant stop,
			  struct instant tick)
{
	return d->chore_due && now(d).ms >= stop.ms && now(d).ms < tick.ms;
}

/* Before another tick_offset or poll_interval there were no ticks of it to
 * miss. */
static struct instant reload_from(struct daemon *d, struct instant from)
{
	struct span every = d->cycle->interval;
	struct span offset = d->cycle->account->tick_offset;

	reload(d);
	return d->cycle->interval.ms == every.ms &&
	       d->cycle->account->tick_offset.ms == offset.ms ? from : now(d);
}

/* Wait for the next poll; false when it is time to stop, *code says why. */
static bool wait_for_tick(struct daemon *d, struct instant from, int *code)
{
	struct instant tick = next_tick(d, now(d));

	for (;;) {
		struct instant stop = next_stop(d, tick), soon;
		enum wake wake;

		*code = err_exit_code(ERR_OUTCOME);
		if (!wait_until(d, &wake, stop))
			return false;
		*code = 0;
		if (wake == WAKE_STOP) {
			d->chore_due = false;	/* the next start's */
			return false;
		}
		if (wake == WAKE_RELOAD) {
			from = reload_from(d, from);
		} else if (wake == WAKE_POLL_NOW ||
			   !is_chore_time(d, stop, tick)) {
			count_missed(d, from, wake == WAKE_TICK);
			return true;
		} else {
			do_chore(d);
		}
		/* Set back meanwhile, or polled more often from now on? */
		soon = next_tick(d, now(d));
		tick = soon.ms < tick.ms ? soon : tick;
	}
}

/* What was decided last is told before the end, or that it could not be
 * recorded; a second signal ends that. */
static void say_the_last(struct daemon *d)
{
	struct err err = { ERR_NONE, "" };

	if (!d->unknown_outcome &&
	    !outbound_flush(d->outbound, d->once ? ONCE_FLUSH_MS :
			    STOP_FLUSH_MS, &err))
		outbox_failed(d, &err);
	if (d->unknown_outcome)
		outbound_let_go(d->outbound, STOP_FLUSH_MS);
}

int daemon_run(struct daemon *d)
{
	int32_t done = 0;
	int code = 0;

	for (;;) {
		struct instant from = now(d);

		if (!poll_once(d, &code))
			break;
		if (d->polls > 0 && ++done >= d->polls)
			break;
		give_back_memory(d->cycle);
		if (!wait_for_tick(d, from, &code))
			break;
	}
	say_the_last(d);
	if (d->unknown_outcome)
		code = err_exit_code(ERR_OUTCOME);
	do_chore(d);
	log_write(LOG_LEVEL_NOTICE, "stopped", "code=%d", code);
	return code;
}
