/* SPDX-License-Identifier: MIT */
/*
 * Money and memory of rates within a poll's transaction: the settlements
 * since the poll before, booked at the rates known before them, and then the
 * rates the next ones will be booked at.
 */
#include "cycle_work.h"

#include "ledger.h"
#include "log.h"
#include "sentence_text.h"

struct leg_due {			/* settlements of one leg, in portions */
	struct ledger_ask ask;
	struct settlement *rows;
	size_t n;
};

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
	d->n = ledger_due(d->rows, &d->ask);
	cut_afterlife(d);
	if (d->n > 0)
		d->ask.since = d->rows[d->n - 1].at;
	return d->n > 0;
}

struct fact cycle_funding(const struct work *w, const struct watched *x)
{
	struct funding f = x->funding;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		struct leg_due d = due_of(w, &x->pos, (enum side)s);

		while (due_next(&d))
			for (size_t i = 0; i < d.n; i++)
				funding_add(&f, &d.rows[i]);
	}
	return funding_total(&f);
}

static bool book_leg(struct work *w, const struct position *p,
		     enum side side, struct err *err)
{
	struct leg_due d = due_of(w, p, side);

	while (due_next(&d)) {
		for (size_t i = 0; i < d.n; i++) {
			bool added;

			if (!store_put_settlement(w->cycle->store, &added,
						  &d.rows[i], err))
				return false;
		}
	}
	return true;
}

static const struct position *loaded(const struct work *w, int64_t id)
{
	size_t lo = 0, hi = w->n_recent;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->recent[mid].id == id)
			return &w->recent[mid];
		if (w->recent[mid].id < id)
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
static void as_it_was(const struct work *w, struct position *p)
{
	const struct position *was = loaded(w, p->id);

	if (!was)
		return;
	p->size_usd = was->size_usd;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		p->leg[s].quantity = was->leg[s].quantity;
}

static bool book_pair(struct work *w, struct position *p, struct err *err)
{
	as_it_was(w, p);
	return book_leg(w, p, LEG_LONG, err) && book_leg(w, p, LEG_SHORT, err);
}

/* After a long silence pairs are due that have been closed for long. */
static struct instant booked_until(const struct work *w)
{
	return w->has_last && w->last.at.ms < w->now.ms ? w->last.at : w->now;
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

/* ---- payment intervals ---- */

static int32_t interval_before(const struct work *w, const struct quote *q)
{
	const struct last_quote *before = cycle_last_quote(w, q->symbol,
							   q->venue);
	const struct venue_terms *t = terms_find(w->terms.venue,
						 w->terms.n_venue, q->venue);

	if (before && before->pays_every_s > 0)
		return before->pays_every_s;
	return t ? t->pays_every_s : 0;
}

static bool note_interval(struct work *w, const struct quote *q,
			  const char *text, struct err *err)
{
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct position *p = &w->watched[i].pos;
		struct event e = { .position = p->id, .at = w->now,
				   .kind = "interval", .by = "monitor",
				   .note = text };

		if (symbol_cmp(p->symbol, q->symbol) == 0 &&
		    (venue_same(&p->leg[LEG_LONG].venue, &q->venue) ||
		     venue_same(&p->leg[LEG_SHORT].venue, &q->venue)) &&
		    !store_add_event(w->cycle->store, &e, err))
			return false;
	}
	return true;
}

/* A leg that suddenly settles more often pays more often too: told. */
static bool tell_interval(struct work *w, const struct quote *q,
			  struct err *err)
{
	int32_t was = interval_before(w, q);
	char buf[SENTENCE_MAX];
	struct text t = text_on(buf, sizeof(buf));
	struct message m = { .at = w->now, .priority = LOG_LEVEL_NOTICE,
			     .kind = "interval", .text = buf };

	if (q->pays_every_s == 0 || q->pays_every_s == was)
		return true;
	text_add(&t, "%s on %s settles every ", q->symbol.s, q->venue.s);
	text_add_span(&t, span_s(q->pays_every_s));
	text_add(&t, " now, as its announcements show");
	if (was > 0) {
		text_add(&t, "; before: ");
		text_add_span(&t, span_s(was));
	}
	return note_interval(w, q, buf, err) &&
	       store_put_message(w->cycle->store, &m, err);
}

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
	if (!tell_interval(w, q, err))
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
