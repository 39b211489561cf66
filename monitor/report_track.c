/* SPDX-License-Identifier: MIT */
/* Which polls a trade sees, and what it keeps of them (report_track.h). */
#include "report_track.h"

#include <string.h>

#include "facts.h"
#include "report_thin.h"

struct follow {
	struct report_thin thin;
	struct instant end;		/* of its time, inclusive */
	struct instant last, speaks_to;	/* of the poll before */
};

struct report_track {
	struct report_trade *trades;
	struct follow *follow;		/* one for each */
	size_t *alive, n_alive;		/* whose time it is */
	size_t n, next;			/* of all; first not yet opened */
	bool points;
	struct arena *arena;
};

static struct instant end_of(const struct report_trade *t,
			     const struct report_run *run)
{
	struct instant end;

	if (!instant_known(t->closed_at))
		return run->until;
	end = instant_add(t->closed_at, run->held_after);
	return end.ms < run->until.ms ? end : run->until;
}

struct report_track *report_track_new(const struct report_run *run,
				      bool points, struct arena *arena)
{
	struct report_track *t = arena_alloc(arena, sizeof(*t));
	size_t n = run->n_trades;

	if (!t)
		return NULL;
	*t = (struct report_track){
		.trades = arena_array(arena, n, sizeof(*t->trades)),
		.follow = arena_array(arena, n, sizeof(*t->follow)),
		.alive = arena_array(arena, n, sizeof(*t->alive)),
		.n = n, .points = points, .arena = arena,
	};
	if (!t->trades || !t->follow || !t->alive)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct instant end = end_of(&run->trades[i], run);

		t->trades[i] = run->trades[i];
		t->follow[i] = (struct follow){
			.thin = { .from = run->trades[i].opened_at,
				  .to = end, .parts = REPORT_TRACK_PARTS },
			.end = end, .last = INSTANT_UNKNOWN,
			.speaks_to = INSTANT_UNKNOWN,
		};
	}
	return t;
}

/* ---- one poll ---- */

static struct fact divergence(const struct report_trade *t,
			      const struct market *m)
{
	const struct quote *l = market_quote(m, t->symbol, t->long_venue);
	const struct quote *s = market_quote(m, t->symbol, t->short_venue);

	return fact_sub(facts_daily_rate(s, WHY_NOT_LISTED),
			facts_daily_rate(l, WHY_NOT_LISTED));
}

static bool room_for_points(struct follow *x, struct arena *arena)
{
	if (!x->thin.out)
		x->thin.out = arena_array(arena, REPORT_TRACK_PARTS *
					  REPORT_THIN_EACH,
					  sizeof(*x->thin.out));
	return x->thin.out != NULL;
}

/* Nobody looked for longer than a poll speaks: nothing is known of then. */
static void leave_gap(struct follow *x, struct instant now)
{
	if (instant_known(x->speaks_to) && x->speaks_to.ms < now.ms)
		report_thin_add(&x->thin, x->speaks_to,
				fact_unknown(WHY_MISSED));
}

static bool see(struct report_track *t, size_t i, const struct market *m,
		struct span speaks)
{
	struct report_trade *trade = &t->trades[i];
	struct follow *x = &t->follow[i];
	struct fact d = divergence(trade, m);

	if (instant_known(trade->closed_at) &&
	    m->taken_at.ms <= trade->closed_at.ms)
		trade->exit_divergence =
			trade->closed_at.ms - m->taken_at.ms <= speaks.ms ?
			d : fact_unknown(WHY_MISSED);
	if (t->points && x->end.ms > trade->opened_at.ms) {
		if (!room_for_points(x, t->arena))
			return false;
		leave_gap(x, m->taken_at);
		report_thin_add(&x->thin, m->taken_at, d);
	}
	x->last = m->taken_at;
	x->speaks_to = instant_add(m->taken_at, speaks);
	return true;
}

static void open_until(struct report_track *t, struct instant now)
{
	while (t->next < t->n && t->trades[t->next].opened_at.ms <= now.ms)
		t->alive[t->n_alive++] = t->next++;
}

bool report_track_poll(struct report_track *t, const struct market *m,
		       struct span speaks)
{
	size_t kept = 0;

	open_until(t, m->taken_at);
	for (size_t k = 0; k < t->n_alive; k++) {
		size_t i = t->alive[k];
		struct follow *x = &t->follow[i];

		if (m->taken_at.ms > x->end.ms)
			continue;
		t->alive[kept++] = i;
		/* A clock stepped back: that time is told already. */
		if (instant_known(x->last) && m->taken_at.ms <= x->last.ms)
			continue;
		if (!see(t, i, m, speaks))
			return false;
	}
	t->n_alive = kept;
	return true;
}

void report_track_end(struct report_track *t, struct report_run *run)
{
	for (size_t i = 0; i < t->n; i++) {
		struct follow *x = &t->follow[i];

		if (!x->thin.out)
			continue;
		leave_gap(x, x->end);
		report_thin_end(&x->thin);
		t->trades[i].points = x->thin.out;
		t->trades[i].n_points = x->thin.n;
	}
	run->trades = t->trades;
}
