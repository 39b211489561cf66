/* SPDX-License-Identifier: MIT */
/*
 * What follows when the announcements show another payment interval than was
 * assumed: it is told, and a past that was booked with none seen is corrected.
 */
#include "cycle_work.h"

#include "ledger.h"
#include "log.h"
#include "sentence_text.h"

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

/* ---- a past that was booked without it ---- */

/* The newest row before all that a poll booked of the leg; unknown: none. */
static struct instant past_until(const struct settlement *rows, size_t n,
				 enum side side)
{
	struct instant until = INSTANT_UNKNOWN;

	for (size_t i = 0; i < n; i++) {
		const struct fact *usd = &rows[i].amount_usd;

		if (rows[i].side != side)
			continue;
		if (usd->known ||
		    (usd->why != WHY_NOT_SET && usd->why != WHY_MISSED))
			break;
		if (!rows[i].reported_usd.known)
			until = rows[i].at;
	}
	return until;
}

static bool book_past(struct work *w, struct ledger_ask *a, struct err *err)
{
	size_t n;

	while ((n = ledger_missed(w->settlements, a)) > 0) {
		if (!store_put_settlements(w->cycle->store, w->settlements, n,
					   err))
			return false;
		a->since = w->settlements[n - 1].at;
	}
	return true;
}

/* Rows of an interval that was only assumed could never be reported. */
static bool correct_leg(struct work *w, const struct position *p,
			enum side side, const struct quote *q, struct err *err)
{
	const struct last_quote seen = { .pays_every_s = q->pays_every_s };
	struct ledger_ask ask = {
		.position = p, .side = side, .since = p->opened_at,
		.quote = &seen, .terms = terms_find(w->terms.venue,
						    w->terms.n_venue, q->venue),
	};
	struct settlement *rows;
	size_t n;

	if (!venue_same(&p->leg[side].venue, &q->venue) ||
	    !ledger_on_grid(&ask, q->next_funding))
		return true;
	if (!store_settlements(w->cycle->store, &rows, &n, p->id, w->arena,
			       err))
		return false;
	ask.now = past_until(rows, n, side);
	return !instant_known(ask.now) ||
	       (store_drop_past(w->cycle->store, p->id, side, ask.now, err) &&
		book_past(w, &ask, err));
}

static bool correct_past(struct work *w, const struct quote *q,
			 struct err *err)
{
	const struct last_quote *before = cycle_last_quote(w, q->symbol,
							   q->venue);

	if (before && before->pays_every_s > 0)
		return true;		/* it changed; then it was right */
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct position *p = &w->watched[i].pos;

		if (symbol_cmp(p->symbol, q->symbol) == 0 &&
		    (!correct_leg(w, p, LEG_LONG, q, err) ||
		     !correct_leg(w, p, LEG_SHORT, q, err)))
			return false;
	}
	return true;
}

/* ---- told ---- */

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
bool cycle_tell_interval(struct work *w, const struct quote *q, struct err *err)
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
	return correct_past(w, q, err) && note_interval(w, q, buf, err) &&
	       store_put_message(w->cycle->store, &m, err);
}
