/* SPDX-License-Identifier: MIT */
/*
 * True time and the monitor's clock. Waiting is where time passes, so it is
 * also where things happen: each at its own true time, drawn beforehand.
 */
#include "sim_parts.h"

#include "clock.h"
#include "sim_disk.h"

#define EVENT_EVERY	(2 * HOUR_MS)	/* on average */

static struct instant now(void *ctx)
{
	return (struct instant){ sim_now(ctx) };
}

static int64_t real_ms(void *ctx, struct span d)
{
	(void)ctx;
	return d.ms;
}

static int fd(void *ctx)
{
	(void)ctx;
	return 0;			/* never looked at: the courier is ours */
}

int64_t sim_next_event(const struct sim *s)
{
	return s->calm_begun ? INT64_MAX : s->next_event;
}

/* ---- what happens ---- */

static void step_clock(struct sim *s)
{
	static const int64_t to[] = { 0, 0, 0, HOUR_MS, -HOUR_MS, 90000,
				      -90000, 5000, -5000, 1500, -1500 };
	int64_t next = to[sim_below(s, sizeof(to) / sizeof(*to))];

	if (next != s->offset)
		s->count.steps++;
	s->offset = next;
}

static void suspend(struct sim *s)
{
	int64_t ms = sim_below(s, 5 * HOUR_MS);

	s->truth += ms;
	s->excused += ms;
	s->count.suspends++;
}

static enum wake crash(struct sim *s)
{
	(void)s;
	disk_die();
	return WAKE_STOP;
}

static enum wake signal_of(struct sim *s, int64_t x)
{
	if (x < 35)
		return WAKE_POLL_NOW;
	if (x < 80)
		return WAKE_RELOAD;
	return x < 91 ? WAKE_STOP : crash(s);
}

/* WAKE_TICK: nothing the monitor hears of. */
static enum wake happen(struct sim *s)
{
	int64_t x = sim_below(s, 100);

	if (x < 38)
		sim_act(s);
	else if (x < 50)
		sim_trouble(s);
	else if (x < 54)
		sim_storm(s);
	else if (x < 61)
		sim_client_trouble(s);
	else if (x < 69)
		step_clock(s);
	else if (x < 73)
		suspend(s);
	else if (x < 77)
		disk_arm(DISK_DIES, sim_below(s, 60));
	else if (x < 80)
		disk_arm(DISK_FULL, sim_below(s, 60));
	else
		return signal_of(s, sim_below(s, 100));
	return WAKE_TICK;
}

static bool over(struct sim *s)
{
	if (!s->calm_begun && s->truth >= s->calm && !disk_dead()) {
		s->calm_begun = true;
		s->offset = 0;
		disk_arm(DISK_WELL, 0);
		sim_make_calm(s);
	}
	return s->failed || disk_dead() || s->truth >= s->end;
}

/* As the port's contract says: until then by the clock, a signal, or a clock
 * that was set back. */
static enum wake wait(void *ctx, struct instant until)
{
	struct sim *s = ctx;
	int64_t began = sim_now(s);

	for (;;) {
		int64_t target = until.ms - s->offset;
		enum wake wake;

		if (over(s))
			return WAKE_STOP;
		if (sim_next_event(s) > (target > s->truth ? target :
					 s->truth)) {
			if (target > s->truth)
				s->truth = target;
			return WAKE_TICK;
		}
		if (s->next_event > s->truth)
			s->truth = s->next_event;
		s->next_event = s->truth + 1 + sim_below(s, 2 * EVENT_EVERY);
		wake = happen(s);
		if (wake != WAKE_TICK ||
		    sim_now(s) < began - CLOCK_BACK_MS)
			return wake;
	}
}

struct clock_port sim_clock(struct sim *s)
{
	return (struct clock_port){ s, now, wait, real_ms, fd };
}
