/* SPDX-License-Identifier: MIT */
/*
 * What a row pays to the pairs of a lane, and what is missing: settlements
 * that were due and that nobody recorded are counted, never guessed.
 */
#include "backtest_settle.h"

#include "ledger.h"

/* An interval may change with a row: the longer one counts. */
static int64_t every_ms(const struct slot *s, const struct settled *row)
{
	int32_t longer = s->rate.interval_s > row->rate.interval_s ?
			 s->rate.interval_s : row->rate.interval_s;

	return (int64_t)longer * 1000;
}

int64_t backtest_missed(const struct slot *s, const struct settled *row)
{
	int64_t every = every_ms(s, row);

	return (row->at.ms - s->at.ms + every / 2) / every - 1;
}

/* Of these, what this pair was held for. */
static int64_t missed(const struct slot *s, const struct settled *row,
		      const struct position *p)
{
	int64_t n = backtest_missed(s, row);
	int64_t held = (row->at.ms - p->opened_at.ms - 1) / every_ms(s, row);

	return n < held ? n : held;
}

static void count_missed(struct held_pair *h, int64_t n)
{
	if (n <= 0 || n >= INT32_MAX / 4)
		return;
	h->x.funding.n += (int32_t)n;
	h->x.funding.n_unknown += (int32_t)n;
}

static void book(struct held_pair *h, enum side side, const struct slot *s,
		 const struct settled *row)
{
	struct settlement paid = {
		.position = h->x.pos.id, .side = side, .at = row->at,
		.reported_usd = fact_unknown(WHY_NOT_SET),
		.amount_usd = ledger_amount(side, h->x.pos.size_usd,
					    row->rate.fraction, RATE_8H_S),
	};

	count_missed(h, missed(s, row, &h->x.pos));
	funding_add(&h->x.funding, &paid);
}

bool backtest_book(struct backtest *b, struct lane *l, size_t slot,
		   const struct settled *row)
{
	if (l->done || row->at.ms > l->spec->until.ms)
		return true;
	for (size_t i = 0; i < l->n_held; i++) {
		struct held_pair *h = &l->held[i];
		const struct trade *t = &l->trades[h->trade];

		for (int s = LEG_LONG; s <= LEG_SHORT; s++)
			if (t->slot[s] == slot &&
			    row->at.ms > h->x.pos.opened_at.ms)
				book(h, (enum side)s, &b->slots[slot], row);
		if (!h->x.funding.sum_usd.known)
			return err_set(b->err, ERR_DATA,
				       "funding is out of range");
	}
	return true;
}

/* Settlements of a leg that were due until then, and that nobody recorded. */
static int64_t overdue(const struct slot *s, const struct held_pair *h,
		       struct instant until)
{
	int64_t every = (int64_t)s->rate.interval_s * 1000;
	int64_t from = s->at.ms > h->x.pos.opened_at.ms ? s->at.ms :
			h->x.pos.opened_at.ms;

	return (until.ms - s->at.ms) / every - (from - s->at.ms) / every;
}

void backtest_earned(const struct backtest *b, struct trade *t,
		     struct held_pair *h, struct instant until)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		count_missed(h, overdue(&b->slots[t->slot[s]], h, until));
	t->t.settlements = h->x.funding.n;
	t->t.unknown = h->x.funding.n_unknown;
	t->t.funding_usd = h->x.funding.sum_usd;
}

int64_t backtest_holes(const struct backtest *b, const struct trade *t,
		       struct instant until)
{
	int64_t n = 0;

	for (int i = LEG_LONG; i <= LEG_SHORT; i++) {
		const struct slot *s = &b->slots[t->slot[i]];

		n += s->missed + (until.ms - s->at.ms) /
				 ((int64_t)s->rate.interval_s * 1000);
	}
	return n;
}
