/* SPDX-License-Identifier: MIT */
/*
 * Money and memory of rates within a poll's transaction: the settlements
 * since the poll before, booked at the rates known before them, and then the
 * rates the next ones will be booked at.
 */
#include "cycle_work.h"

#include "ledger.h"

struct leg_due {			/* settlements of one leg, in portions */
	struct ledger_ask ask;
	bool missed;			/* those before the first poll */
	struct settlement *rows;
	size_t n;
};

/* After a long silence pairs are due that have been closed for long. */
static struct instant booked_until(const struct work *w)
{
	return w->has_last && w->last.at.ms < w->now.ms ? w->last.at : w->now;
}

bool cycle_was_ahead(const struct work *w)
{
	return instant_known(w->newest) && w->newest.ms - w->now.ms >
					   LEDGER_CLOCK_LATE_MS;
}

static bool fresh(const struct work *w, const struct position *p,
		  enum side side)
{
	const struct quote *q = market_quote(&w->market, p->symbol,
					     p->leg[side].venue);

	return q && q->why == WHY_KNOWN;
}

/*
 * The clock went back, and the service's stamps say that it is right now: what
 * was booked from here on had not come. Without fresh stamps it may as well be
 * wrong now, and the rows right: the first poll that has them takes back.
 */
static bool booked_ahead(const struct work *w, const struct position *p)
{
	return cycle_was_ahead(w) && fresh(w, p, LEG_LONG) &&
	       fresh(w, p, LEG_SHORT);
}

static struct instant announced(const struct work *w, struct symbol s,
				struct venue v)
{
	const struct quote *q = market_quote(&w->market, s, v);

	return q && q->why == WHY_KNOWN ? q->next_funding : INSTANT_UNKNOWN;
}

static struct leg_due due_of(const struct work *w, const struct position *p,
			     enum side side)
{
	struct venue v = p->leg[side].venue, other = p->leg[!side].venue;

	return (struct leg_due){
		.ask = {
			.position = p, .side = side,
			.since = w->has_last ? w->last.at : INSTANT_UNKNOWN,
			.now = w->now,
			.next = announced(w, p->symbol, v),
			.quote = cycle_last_quote(w, p->symbol, v),
			.other = cycle_last_quote(w, p->symbol, other),
			.terms = terms_find(w->terms.venue, w->terms.n_venue,
					    v),
			.poll_interval = w->cycle->interval,
		},
		.rows = w->settlements, .n = LEDGER_ROWS_MAX,
	};
}

/* From the opening to where the first poll that knows the pair goes on. */
static struct leg_due missed_of(const struct work *w, const struct position *p,
				enum side side)
{
	struct leg_due d = due_of(w, p, side);

	d.missed = true;
	d.ask.since = p->opened_at;
	d.ask.now = booked_until(w);
	return d;
}

/* Hold-through ends; rows come by time. */
static void cut_afterlife(struct leg_due *d)
{
	struct instant closed = d->ask.position->closed_at;

	while (instant_known(closed) && d->n > 0 &&
	       d->rows[d->n - 1].at.ms > closed.ms + CYCLE_AFTERLIFE_MS)
		d->n--;
}

/* The next portion; false when the last one was the last. */
static bool due_next(struct leg_due *d)
{
	if (d->n < LEDGER_ROWS_MAX)
		return false;
	d->n = d->missed ? ledger_missed(d->rows, &d->ask) :
			   ledger_due(d->rows, &d->ask);
	cut_afterlife(d);
	if (d->n > 0)
		d->ask.since = d->rows[d->n - 1].at;
	return d->n > 0;
}

/* Has it rows of polls? An import's alone are WHY_MISSED (reported.c). */
static bool any_booked(const struct work *w, bool *out, int64_t position,
		       struct err *err)
{
	struct settlement *rows;
	size_t n;

	*out = false;
	if (!store_settlements(w->cycle->store, &rows, &n, position, w->arena,
			       err))
		return false;
	for (size_t i = 0; i < n; i++)
		*out |= rows[i].amount_usd.known ||
			rows[i].amount_usd.why != WHY_MISSED;
	return true;
}

bool cycle_unbooked(const struct work *w, bool *out, const struct position *p,
		    struct err *err)
{
	struct instant at;
	bool booked;

	*out = !w->has_last;
	if (*out)
		return true;
	if (w->last.at.ms > w->now.ms && p->status != STATUS_CLOSED) {
		if (!any_booked(w, &booked, p->id, err))
			return false;
		*out = !booked;
		return true;
	}
	if (!store_position_recorded(w->cycle->store, &at, p->id, err))
		return false;
	*out = at.ms > w->last.at.ms;
	return true;
}

static void add_due(struct funding *f, struct leg_due d)
{
	while (due_next(&d))
		for (size_t i = 0; i < d.n; i++)
			funding_add(f, &d.rows[i]);
}

/* Without what an import brought: both come by time. */
static void add_missed(struct funding *f, const struct watched *x,
		       struct leg_due d)
{
	size_t k = 0;

	while (due_next(&d))
		for (size_t i = 0; i < d.n; i++) {
			const struct settlement *row = &d.rows[i];

			while (k < x->n_brought &&
			       (x->brought[k].side != row->side ||
				x->brought[k].at.ms < row->at.ms))
				k++;
			if (k == x->n_brought ||
			    x->brought[k].at.ms != row->at.ms)
				funding_add(f, row);
		}
}

struct fact cycle_funding(const struct work *w, const struct watched *x)
{
	struct funding f = booked_ahead(w, &x->pos) ? x->until_now :
						      x->funding;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		struct leg_due d = due_of(w, &x->pos, (enum side)s);

		if (!ledger_scheduled(&d.ask))
			return fact_unknown(WHY_NO_INTERVAL);
		if (x->unbooked)
			add_missed(&f, x, missed_of(w, &x->pos, (enum side)s));
		add_due(&f, d);
	}
	return funding_total(&f);
}

static bool book_due(struct work *w, struct leg_due d, struct err *err)
{
	while (due_next(&d))
		if (!store_put_settlements(w->cycle->store, d.rows, d.n, err))
			return false;
	return true;
}

static const struct watched *watched(const struct work *w, int64_t id)
{
	size_t lo = 0, hi = w->n_watched;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->watched[mid].pos.id == id)
			return &w->watched[mid];
		if (w->watched[mid].pos.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/*
 * What was held when the poll began: what the trading client added since its
 * answer before may have come after the settlement, and rules saw the old one.
 */
static void as_it_was(struct position *p, const struct position *was)
{
	p->size_usd = was->size_usd;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		p->leg[s].quantity = was->leg[s].quantity;
}

static bool book_pair(struct work *w, struct position *p, struct err *err)
{
	const struct watched *x = watched(w, p->id);
	bool unbooked = x && x->unbooked;

	if (x)
		as_it_was(p, &x->pos);
	else if (!cycle_unbooked(w, &unbooked, p, err))
		return false;
	if (x && booked_ahead(w, p) &&
	    !store_drop_settlements(w->cycle->store, p->id, w->now, err))
		return false;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if ((unbooked &&
		     !book_due(w, missed_of(w, p, (enum side)s), err)) ||
		    !book_due(w, due_of(w, p, (enum side)s), err))
			return false;
	return true;
}

/* Also for pairs a command closed meanwhile: they were held until then. */
static bool put_settlements(struct work *w, struct err *err)
{
	struct instant since = booked_until(w);
	struct position *list;
	size_t n;

	since.ms -= CYCLE_AFTERLIFE_MS;
	if (!store_positions(w->cycle->store, &list, &n, STORE_RECENT, since,
			     w->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!book_pair(w, &list[i], err))
			return false;
	return true;
}

/* ---- the rates of now ---- */

/* A quote that several positions share is written once; `put` by quote. */
static bool put_quote(struct work *w, bool *put, const struct position *p,
		      enum side side, struct err *err)
{
	const struct quote *q = market_quote(&w->market, p->symbol,
					     p->leg[side].venue);
	struct last_quote last;

	if (!q || q->why != WHY_KNOWN || put[q - w->market.quotes])
		return true;
	put[q - w->market.quotes] = true;
	if (!cycle_tell_interval(w, q, err))
		return false;
	last = (struct last_quote){ p->symbol, q->venue, q->rate.fraction,
				    q->observed_at, w->now, q->next_funding,
				    q->mark_price, q->pays_every_s };
	return store_put_last_quote(w->cycle->store, &last, err);
}

static bool put_quotes(struct work *w, struct err *err)
{
	bool *put = arena_array(w->arena, w->market.n_quotes, sizeof(*put));

	if (!put)
		return err_set(err, ERR_MEMORY, "no memory for quotes");
	for (size_t i = 0; i < w->n_recent; i++)
		if (!put_quote(w, put, &w->recent[i], LEG_LONG, err) ||
		    !put_quote(w, put, &w->recent[i], LEG_SHORT, err))
			return false;
	return true;
}

bool cycle_settle(struct work *w, struct err *err)
{
	return put_settlements(w, err) && put_quotes(w, err);
}
