/* SPDX-License-Identifier: MIT */
/* Finds the settlement a report means (reported.h). */
#include "reported.h"

#include "change.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WHEN_MAX INSTANT_TEXT_MAX

static int64_t apart(struct instant a, struct instant b)
{
	return llabs((long long)(a.ms - b.ms));
}

/* The first row not before t. */
static size_t first_from(const struct reported_ask *a, int64_t ms)
{
	size_t low = 0, high = a->n_rows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (a->rows[mid].at.ms < ms)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct settlement *nearest_row(const struct reported_ask *a)
{
	const struct settlement *best = NULL;
	size_t i = first_from(a, a->at.ms - REPORTED_NEAR_MS);

	for (; i < a->n_rows &&
	       a->rows[i].at.ms <= a->at.ms + REPORTED_NEAR_MS; i++)
		if (a->rows[i].side == a->side &&
		    (!best || apart(a->rows[i].at, a->at) <
			      apart(best->at, a->at)))
			best = &a->rows[i];
	return best;
}

/* ---- where no row stands ---- */

/* The settlement of a grid that lies near, if any. */
static bool near_grid(struct instant *t, const struct reported_ask *a,
		      int32_t every_s)
{
	int64_t every = span_s(every_s).ms;
	struct instant after, before;

	if (every_s <= 0)
		return false;
	after = instant_next_on_grid(a->at, every_s,
				     a->terms ? a->terms->anchor_s : 0);
	before = (struct instant){ after.ms - every };
	*t = apart(before, a->at) <= apart(after, a->at) ? before : after;
	return apart(*t, a->at) <= REPORTED_NEAR_MS;
}

/* Intervals change: also those of the rows around count. */
static int32_t interval_of(const struct reported_ask *a, size_t i)
{
	return a->rows[i].side == a->side ? a->rows[i].pays_every_s : 0;
}

#define INTERVALS_MAX 4

static void intervals(int32_t out[static INTERVALS_MAX],
		      const struct reported_ask *a)
{
	size_t i = first_from(a, a->at.ms), k = i;

	out[0] = a->seen_s;
	out[1] = a->terms ? a->terms->pays_every_s : 0;
	out[2] = out[3] = 0;
	for (; i > 0 && out[2] == 0; i--)
		out[2] = interval_of(a, i - 1);
	for (; k < a->n_rows && out[3] == 0; k++)
		out[3] = interval_of(a, k);
}

/* The settlement meant; without any known rhythm the time as told. */
static bool find_time(struct instant *t, int32_t *every_s,
		      const struct reported_ask *a, struct err *err)
{
	int32_t list[INTERVALS_MAX], known = 0;
	char when[WHEN_MAX];

	intervals(list, a);
	for (int i = 0; i < INTERVALS_MAX; i++) {
		*every_s = list[i];
		if (near_grid(t, a, list[i]))
			return true;
		known = known ? known : list[i];
	}
	*t = a->at;
	if (known == 0)
		return true;
	instant_format(when, a->at);
	return err_set(err, ERR_DATA, "the %s leg of position %" PRId64 " has "
		       "no settlement within 60 s of %s (%s pays every "
		       "%" PRId32 " s): correct the time, or pays_every of the "
		       "venue", side_word(a->side), a->position->id, when,
		       a->position->leg[a->side].venue.s, known);
}

static bool check_life(const struct reported_ask *a, struct instant t,
		       struct err *err)
{
	const struct position *p = a->position;
	char from[WHEN_MAX], to[WHEN_MAX];

	if (t.ms > p->opened_at.ms &&
	    (!instant_known(p->closed_at) || t.ms <= p->closed_at.ms))
		return true;
	instant_format(from, p->opened_at);
	instant_format(to, p->closed_at);
	return err_set(err, ERR_DATA, "position %" PRId64 " was held from %s "
		       "to %s: name the position that was held then", p->id,
		       from, instant_known(p->closed_at) ? to : "now");
}

/* What a poll will book must not stand there without its rate. */
static bool check_booked(const struct reported_ask *a, struct instant t,
			 struct err *err)
{
	char when[WHEN_MAX];

	if (t.ms > a->now.ms + CHANGE_FUTURE_MS) {
		instant_format(when, t);
		return err_set(err, ERR_DATA, "%s is in the future", when);
	}
	if (!instant_known(a->polled_at) || t.ms <= a->polled_at.ms)
		return true;
	instant_format(when, a->polled_at);
	return err_set(err, ERR_DATA, "not booked yet: the newest poll was at "
		       "%s; import it after the next one (carrywatch run "
		       "--once)", when);
}

/* Why it is unknown tells these rows from those a poll booked. */
static bool add(struct settlement *out, const struct reported_ask *a,
		struct err *err)
{
	int32_t every_s;
	struct instant t;

	if (!find_time(&t, &every_s, a, err) || !check_life(a, t, err) ||
	    !check_booked(a, t, err))
		return false;
	*out = (struct settlement){
		.position = a->position->id, .side = a->side, .at = t,
		.rate_8h = fact_unknown(WHY_MISSED),
		.pays_every_s = every_s, .base = BASE_ENTRY_NOTIONAL,
		.quantity = fact_unknown(WHY_NOT_SET),
		.price = fact_unknown(WHY_NOT_SET),
		.amount_usd = fact_unknown(WHY_MISSED), .late = true,
	};
	return true;
}

/* ---- the row ---- */

static bool compare(enum reported_kind *kind, const struct settlement *row,
		    const struct reported_ask *a, struct err *err)
{
	char old[DEC_TEXT_MAX], when[WHEN_MAX];

	*kind = REPORTED_NEW;
	if (!row->reported_usd.known)
		return true;
	*kind = REPORTED_SAME;
	if (dec_cmp(row->reported_usd.v, a->amount_usd) == 0)
		return true;
	*kind = REPORTED_REPLACED;
	if (a->replace)
		return true;
	dec_format(old, row->reported_usd.v);
	instant_format(when, row->at);
	return err_set(err, ERR_DATA, "%s USD was reported for the %s "
		       "settlement of %s before: add --replace to overwrite "
		       "it", old, side_word(row->side), when);
}

bool reported_settle(struct settlement *out, enum reported_kind *kind,
		     const struct reported_ask *a, struct err *err)
{
	const struct settlement *row = nearest_row(a);
	char when[WHEN_MAX];

	*kind = REPORTED_ADDED;
	if (row && row->hypothetical) {
		instant_format(when, a->position->closed_at);
		return err_set(err, ERR_DATA, "position %" PRId64 " was "
			       "closed at %s: what settled after it was not "
			       "held", a->position->id, when);
	}
	if (row && !compare(kind, row, a, err))
		return false;
	if (row)
		*out = *row;
	else if (!add(out, a, err))
		return false;
	if (*kind == REPORTED_SAME)
		return true;
	out->reported_usd = fact_known(a->amount_usd);
	out->reported_at = a->now;
	return true;
}

bool reported_as_of(struct settlement *row, struct instant then)
{
	if (!instant_known(row->reported_at) || row->reported_at.ms <= then.ms)
		return true;
	row->reported_usd = fact_unknown(WHY_NOT_SET);
	row->reported_at = INSTANT_UNKNOWN;
	return row->amount_usd.known || row->amount_usd.why != WHY_MISSED;
}
