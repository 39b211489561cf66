/* SPDX-License-Identifier: MIT */
/*
 * Money and memory of rates within a poll's transaction: the settlements
 * since the poll before, booked at the rates known before them, and then the
 * rates the next ones will be booked at.
 */
#include "cycle_work.h"

#include "ledger.h"
#include "log.h"

#include <inttypes.h>

static bool book_leg(struct work *w, const struct position *p,
		     enum side side, struct settlement *rows,
		     struct err *err)
{
	struct venue v = p->leg[side].venue;
	struct ledger_ask ask = {
		.position = p, .side = side,
		.since = w->has_last ? w->last.at : INSTANT_UNKNOWN,
		.now = w->now,
		.quote = cycle_last_quote(w, p->symbol, v),
		.terms = terms_find(w->terms.venue, w->terms.n_venue, v),
		.poll_interval = w->cycle->interval,
	};
	size_t n = ledger_due(rows, &ask);

	for (size_t i = 0; i < n; i++) {
		bool added;

		if (!store_put_settlement(w->cycle->store, &added, &rows[i],
					  err))
			return false;
	}
	if (n == LEDGER_ROWS_MAX)
		log_write(LOG_LEVEL_WARNING, "settlements missed",
			  "position=%" PRId64 " booked=%zu later=unknown",
			  p->id, n);
	return true;
}

/* Also for pairs a command closed meanwhile: they were held until then. */
static bool put_settlements(struct work *w, struct err *err)
{
	struct instant since = { w->now.ms - CYCLE_AFTERLIFE_MS };
	struct settlement *rows = arena_array(w->arena, LEDGER_ROWS_MAX,
					      sizeof(*rows));
	struct position *list;
	size_t n;

	if (!rows)
		return err_set(err, ERR_MEMORY, "no memory for settlements");
	if (!store_positions(w->cycle->store, &list, &n, STORE_RECENT, since,
			     w->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!book_leg(w, &list[i], LEG_LONG, rows, err) ||
		    !book_leg(w, &list[i], LEG_SHORT, rows, err))
			return false;
	return true;
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
	last = (struct last_quote){ p->symbol, q->venue, q->rate.fraction,
				    q->observed_at, w->now, q->next_funding };
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
