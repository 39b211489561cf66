/* SPDX-License-Identifier: MIT */
/*
 * The order of events of a backtest. Rows come by time; before a row is
 * applied, everything that lies strictly before it happens: polls, midnights,
 * the end of lanes. So a poll at t knows all rows until t and none after.
 */
#include "backtest_settle.h"

#include <assert.h>
#include <string.h>

#define DAY_MS (INT64_C(1000) * DAY_S)

bool backtest_no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the backtest");
}

bool backtest_add(struct dec *a, struct dec b, struct err *err)
{
	return dec_add(a, *a, b) ||
	       err_set(err, ERR_DATA, "money is out of range");
}

bool backtest_room(void **list, size_t n, size_t *cap, size_t size,
		   struct arena *arena, struct err *err)
{
	size_t more = *cap ? *cap * 2 : 8;
	void *p;

	if (n < *cap)
		return true;
	p = arena_grow(arena, *list, n, more, size);
	if (!p)
		return backtest_no_memory(err);
	*list = p;
	*cap = more;
	return true;
}

/* ---- set up ---- */

static void add_venue(struct backtest *b, struct venue v)
{
	size_t i = 0;

	while (i < b->n_venues && venue_cmp(b->venues[i], v) < 0)
		i++;
	if (i < b->n_venues && venue_same(&b->venues[i], &v))
		return;
	memmove(b->venues + i + 1, b->venues + i,
		(b->n_venues - i) * sizeof(*b->venues));
	b->venues[i] = v;
	b->n_venues++;
}

static bool new_slots(struct backtest *b)
{
	const struct backtest_setup *s = b->setup;

	for (size_t i = 0; i < s->n_series; i++)
		if (s->series[i].series >= b->n_slot_of)
			b->n_slot_of = s->series[i].series + 1;
	b->n_slots = s->n_series;
	b->slots = arena_array(b->keep, b->n_slots, sizeof(*b->slots));
	b->venues = arena_array(b->keep, b->n_slots, sizeof(*b->venues));
	b->slot_of = arena_array(b->keep, b->n_slot_of, sizeof(*b->slot_of));
	if (!b->slots || !b->venues || !b->slot_of)
		return backtest_no_memory(b->err);
	for (size_t i = 0; i < b->n_slot_of; i++)
		b->slot_of[i] = SIZE_MAX;
	for (size_t i = 0; i < b->n_slots; i++) {
		b->slots[i] = (struct slot){ .symbol = s->series[i].symbol,
					     .venue = s->series[i].venue,
					     .at = INSTANT_UNKNOWN };
		b->slot_of[s->series[i].series] = i;
		add_venue(b, s->series[i].venue);
	}
	return true;
}

static struct instant midnight(struct instant t)
{
	return (struct instant){ t.ms - t.ms % DAY_MS };
}

static bool new_lane(struct backtest *b, struct lane *l,
		     const struct backtest_lane *spec)
{
	assert(spec->profile->poll_interval.ms == b->setup->every.ms);
	*l = (struct lane){ .spec = spec, .account = *b->setup->account,
			    .last_poll = INSTANT_UNKNOWN };
	l->account.profile = spec->profile;
	for (int i = 0; i < spec->profile->n_lines; i++)
		l->uses |= spec->profile->line[i].uses;
	l->opened = arena_array(b->keep, b->setup->n_pairs,
				sizeof(*l->opened));
	if (!l->opened)
		return backtest_no_memory(b->err);
	return backtest_day(b, l, midnight(spec->since));
}

/* The first multiple of `every` not before t; t >= 0. */
static struct instant on_step(struct instant t, struct span every)
{
	return (struct instant){ (t.ms + every.ms - 1) / every.ms * every.ms };
}

static bool new_lanes(struct backtest *b, const struct backtest_lane *lanes,
		      size_t n)
{
	struct instant first = { INT64_MAX - 2 * DAY_MS };

	b->lanes = arena_array(b->keep, n, sizeof(*b->lanes));
	if (!b->lanes)
		return backtest_no_memory(b->err);
	b->n_lanes = n;
	for (size_t i = 0; i < n; i++) {
		if (!new_lane(b, &b->lanes[i], &lanes[i]))
			return false;
		if (lanes[i].since.ms < first.ms)
			first = lanes[i].since;
	}
	b->next_step = on_step(first, b->setup->every);
	b->next_day = midnight(first);
	return true;
}

/* ---- events ---- */

static bool polls_at(const struct lane *l, struct instant t)
{
	return !l->done && t.ms >= l->spec->since.ms &&
	       t.ms < l->spec->until.ms;
}

static bool step(struct backtest *b)
{
	struct instant now = b->next_step;
	bool ready = false;

	b->next_step = instant_add(now, b->setup->every);
	arena_reset(b->scratch);
	for (size_t i = 0; i < b->n_lanes; i++) {
		struct lane *l = &b->lanes[i];

		if (!polls_at(l, now))
			continue;
		if (!ready && !backtest_market(b, now))
			return false;
		ready = true;
		if (!backtest_poll(b, l))
			return false;
	}
	return true;
}

static bool day(struct backtest *b)
{
	struct instant at = b->next_day;

	b->next_day.ms += DAY_MS;
	for (size_t i = 0; i < b->n_lanes; i++) {
		struct lane *l = &b->lanes[i];

		if (!l->done && at.ms > l->spec->since.ms &&
		    at.ms <= l->spec->until.ms && !backtest_day(b, l, at))
			return false;
	}
	return true;
}

static bool finish_before(struct backtest *b, struct instant t)
{
	for (size_t i = 0; i < b->n_lanes; i++) {
		struct lane *l = &b->lanes[i];

		if (!l->done && l->spec->until.ms < t.ms &&
		    !backtest_finish(b, l))
			return false;
	}
	return true;
}

/* Everything that lies strictly before t. At one time: poll, then midnight. */
static bool advance(struct backtest *b, struct instant t)
{
	while (b->next_step.ms < t.ms || b->next_day.ms < t.ms)
		if (!(b->next_step.ms <= b->next_day.ms ? step(b) : day(b)))
			return false;
	return finish_before(b, t);
}

static bool apply(struct backtest *b, const struct settled *row)
{
	size_t i = row->series < b->n_slot_of ? b->slot_of[row->series] :
						SIZE_MAX;
	struct slot *s;

	if (i == SIZE_MAX)
		return true;
	s = &b->slots[i];
	for (size_t k = 0; k < b->n_lanes; k++) {
		struct lane *l = &b->lanes[k];

		if (!l->done && (!backtest_after(b, l, row->at) ||
				 !backtest_book(b, l, i, row)))
			return false;
	}
	if (instant_known(s->at) && backtest_missed(s, row) > 0)
		s->missed += backtest_missed(s, row);
	s->at = row->at;
	s->rate = row->rate;
	s->mark_price = row->mark_price;
	s->oi_usd = row->oi_usd;
	return backtest_add(&s->sum, row->rate.fraction, b->err);
}

static bool play(struct backtest *b, const struct settled_source *source)
{
	struct instant end = { INT64_MIN };

	for (;;) {
		struct settled row;

		switch (source->next(source->ctx, &row, b->err)) {
		case PULLED_FAILED:
			return false;
		case PULLED_ROW:
			if (!advance(b, row.at) || !apply(b, &row))
				return false;
			continue;
		case PULLED_END:
			break;
		}
		break;
	}
	for (size_t i = 0; i < b->n_lanes; i++)
		if (b->lanes[i].spec->until.ms > end.ms)
			end = b->lanes[i].spec->until;
	return advance(b, (struct instant){ end.ms + 1 });
}

bool backtest_play(struct report_run *runs, struct backtest_work *work,
		   const struct backtest_setup *setup,
		   const struct backtest_lane *lanes, size_t n,
		   const struct settled_source *source, struct arena *keep,
		   struct arena *scratch, struct err *err)
{
	struct backtest b = { .setup = setup, .keep = keep,
			      .scratch = scratch, .err = err };

	if (!new_slots(&b) || !new_lanes(&b, lanes, n) || !play(&b, source))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!backtest_result(&runs[i], &b, &b.lanes[i]))
			return false;
	*work = b.work;
	return true;
}
