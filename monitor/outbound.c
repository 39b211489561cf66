/* SPDX-License-Identifier: MIT */
/* Desks, courier and clock between two polls (outbound.h). */
#include "outbound.h"

#include "clock.h"
#include "log.h"

#define TROUBLE_PAUSE_MS	1000	/* the database was busy */
#define DEAF_MS			1000	/* without a descriptor for signals */

static struct instant now(const struct outbound *o)
{
	return o->clock.now(o->clock.ctx);
}

static struct instant earlier(struct instant a, struct instant b)
{
	if (!instant_known(a) || !instant_known(b))
		return instant_known(a) ? a : b;
	return a.ms < b.ms ? a : b;
}

/* Anything but an unknown outcome is no reason to stop watching. */
static bool bear(const char *what, struct err *err)
{
	if (err->kind == ERR_OUTCOME)
		return false;
	log_write(LOG_LEVEL_WARNING, what, "err=%s", log_quote(err->text).s);
	return true;
}

static bool book_replies(struct outbound *o, struct err *err)
{
	struct reply r;

	while (o->courier.take(o->courier.ctx, &r)) {
		struct desk *d = &o->desk[r.ticket.kind];

		if (!d->replied(d->ctx, &r, now(o), err) &&
		    !bear("reply not booked", err))
			return false;
	}
	return true;
}

/* *next: the earliest time at which a desk wants to be asked again. */
static bool start_due(struct outbound *o, struct instant *next,
		      struct err *err)
{
	*next = INSTANT_UNKNOWN;
	for (int i = 0; i < DESKS; i++) {
		struct desk *d = &o->desk[i];
		struct instant again = INSTANT_UNKNOWN;

		if (!d->due)
			continue;
		if (!d->due(d->ctx, now(o), &again, err)) {
			if (!bear("outbox not read", err))
				return false;
			again = instant_add(now(o), (struct span){
					    TROUBLE_PAUSE_MS });
		}
		*next = earlier(*next, again);
	}
	return true;
}

static int64_t real_until(const struct outbound *o, struct instant t)
{
	struct span left = instant_diff(t, now(o));

	return left.ms > 0 ? o->clock.real_ms(o->clock.ctx, left) + 1 : 0;
}

/* Carry for so long at most; the signal that came meanwhile, if any. */
static enum wake carry(struct outbound *o, int64_t real_ms)
{
	const struct clock_port *c = &o->clock;
	int fd = c->fd ? c->fd(c->ctx) : -1;

	if (fd < 0 && real_ms > DEAF_MS)
		real_ms = DEAF_MS;
	o->courier.pump(o->courier.ctx, fd, real_ms);
	return c->wait(c->ctx, now(o));
}

/* Sleep until t, a signal, or something finished. */
static enum wake sleep_until(struct outbound *o, struct instant t)
{
	if (!o->courier.running(o->courier.ctx))
		return o->clock.wait(o->clock.ctx, t);
	return carry(o, real_until(o, t));
}

bool outbound_wait(struct outbound *o, enum wake *out, struct instant until,
		   struct err *err)
{
	struct instant next, latest = now(o);

	if (!o->courier.ctx) {
		*out = o->clock.wait(o->clock.ctx, until);
		return true;
	}
	for (;;) {
		if (!book_replies(o, err) || !start_due(o, &next, err))
			return false;
		*out = sleep_until(o, earlier(next, until));
		if (*out != WAKE_TICK || now(o).ms >= until.ms ||
		    now(o).ms < latest.ms - CLOCK_BACK_MS)
			return true;
		latest = now(o);
	}
}

/* Real time until an end that was `real_ms` away at `start`. */
static int64_t left_of(const struct outbound *o, int64_t real_ms,
		       struct instant start)
{
	return real_ms - o->clock.real_ms(o->clock.ctx,
					  instant_diff(now(o), start));
}

/* False: all of it came, the time is over, or a signal to stop came. */
static bool carry_on(struct outbound *o, int64_t left)
{
	return left > 0 && o->courier.running(o->courier.ctx) &&
	       carry(o, left) != WAKE_STOP;
}

bool outbound_flush(struct outbound *o, int64_t real_ms, struct err *err)
{
	struct instant next, start = now(o);
	int64_t left;

	do {
		if (!o->courier.ctx)
			return true;
		left = left_of(o, real_ms, start);
		if (!book_replies(o, err) || !start_due(o, &next, err))
			return false;
	} while (carry_on(o, left));
	return true;
}

void outbound_let_go(struct outbound *o, int64_t real_ms)
{
	struct instant start = now(o);
	struct reply r;

	if (!o->courier.ctx)
		return;
	do {
		while (o->courier.take(o->courier.ctx, &r))
			;
	} while (carry_on(o, left_of(o, real_ms, start)));
}
