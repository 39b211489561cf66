/* SPDX-License-Identifier: MIT */
/*
 * The daily summary: what came in yesterday and in seven days, beside what
 * holding on would have brought; the worst pair; what the monitor missed; what
 * is nearest to its limit. Days are UTC days.
 */
#include <stdio.h>
#include <string.h>

#include "alert_conditions.h"
#include "sentence_text.h"
#include "store_alerts.h"
#include "view.h"

#define DAY_MS	(INT64_C(1000) * DAY_S)

struct sums {
	struct fact yesterday, week;	/* really received */
	struct fact held_on;		/* after closes: not received */
	struct fact fees;		/* of pairs opened or closed in the week */
	int32_t unknown;
	struct fact worst;		/* pair of the week */
	struct position worst_pair;
};

/* A time of day was passed since the last poll. */
static bool is_due(const struct work *w)
{
	const struct daily *d = &w->cycle->account->alerts.summary;
	int64_t at = INT64_C(1000) * d->at_s;

	return d->set && w->has_last &&
	       (w->now.ms - at) / DAY_MS > (w->last.at.ms - at) / DAY_MS;
}

static void add_row(struct sums *s, struct fact *pair,
		    const struct settlement *r, int64_t today)
{
	struct fact booked = settlement_booked(r);

	if (r->at.ms >= today || r->at.ms < today - 7 * DAY_MS)
		return;
	if (!booked.known) {
		s->unknown++;
		return;
	}
	if (r->hypothetical) {
		s->held_on = fact_add(s->held_on, booked);
		return;
	}
	s->week = fact_add(s->week, booked);
	*pair = fact_add(*pair, booked);
	if (r->at.ms >= today - DAY_MS)
		s->yesterday = fact_add(s->yesterday, booked);
}

static bool of_this_week(const struct position *p, int64_t today)
{
	return p->opened_at.ms >= today - 7 * DAY_MS ||
	       (instant_known(p->closed_at) &&
		p->closed_at.ms >= today - 7 * DAY_MS);
}

static bool add_pair(struct sums *s, const struct work *w,
		     const struct position *p, int64_t today, struct err *err)
{
	struct fact pair = fact_known(DEC_ZERO);
	struct settlement *rows;
	size_t n;

	if (!store_settlements(w->cycle->store, &rows, &n, p->id, w->arena,
			       err))
		return false;
	for (size_t i = 0; i < n; i++)
		add_row(s, &pair, &rows[i], today);
	if (of_this_week(p, today))
		s->fees = fact_add(s->fees, fact_known(p->fees_usd));
	if (pair.known && (!s->worst.known ||
			   dec_cmp(pair.v, s->worst.v) < 0)) {
		s->worst = pair;
		s->worst_pair = *p;
	}
	return true;
}

/* A number out of range must not keep the monitor from recording the poll. */
static void put_sum(struct text *t, const char *what, struct fact f,
		    void (*add)(struct text *t, struct dec usd))
{
	text_add(t, "%s", what);
	if (f.known)
		add(t, f.v);
	else
		text_add(t, "out of range");
}

static void put_money(struct text *t, const struct sums *s)
{
	put_sum(t, "yesterday ", s->yesterday, text_add_usd);
	put_sum(t, ", seven days ", s->week, text_add_usd);
	put_sum(t, ", fees of pairs opened or closed in them ", s->fees,
		text_add_cost);
	put_sum(t, "\nholding on after the closes would have added ",
		s->held_on, text_add_usd);
	if (s->unknown)
		text_add(t, "\n%d settlement%s of unknown amount", s->unknown,
			 s->unknown == 1 ? "" : "s");
	if (!s->worst.known)
		return;
	text_add(t, "\nleast: %lld %s with ", (long long)s->worst_pair.id,
		 s->worst_pair.symbol.s);
	text_add_usd(t, s->worst.v);
}

/* The pair whose close line has gone furthest. */
static void put_nearest(struct text *t, const struct work *w)
{
	const struct profile *p = w->cycle->account->profile;
	const struct watched *nearest = NULL;
	struct view_nearest best = { .line = -1 }, n;
	char where[VIEW_NEAREST_MAX];

	for (size_t i = 0; i < w->n_watched; i++) {
		view_find_nearest(&n, &w->watched[i].facts, p);
		if (n.line < 0 || !n.used.known ||
		    (best.line >= 0 && dec_cmp(n.used.v, best.used.v) <= 0))
			continue;
		best = n;
		nearest = &w->watched[i];
	}
	if (!nearest)
		return;
	view_nearest_text(where, &best);
	text_add(t, "\nnearest to closing: %lld %s %s, %s %%",
		 (long long)nearest->pos.id, nearest->pos.symbol.s,
		 p->line[best.line].label.s, where);
}

static bool put_monitor(struct text *t, const struct work *w, struct err *err)
{
	struct poll_counts c;
	struct span every = w->cycle->interval;

	if (!store_poll_counts(w->cycle->store, &c,
			       (struct instant){ w->now.ms - DAY_MS }, err))
		return false;
	text_add(t, "\n%lld polls in 24 h, %lld missed, %lld minutes blind; "
		 "%zu pairs", (long long)c.polls, (long long)c.missed,
		 (long long)(c.unusable * every.ms / 60000), w->n_watched);
	return true;
}

bool alert_summary(const char **out, const struct work *w, struct err *err)
{
	const struct fact zero = fact_known(DEC_ZERO);
	struct sums s = { zero, zero, zero, zero, 0,
			  fact_unknown(WHY_NOT_SET), { .id = 0 } };
	int64_t today = w->now.ms / DAY_MS * DAY_MS;
	char text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));

	*out = NULL;
	if (!is_due(w))
		return true;
	for (size_t i = 0; i < w->n_recent; i++)
		if (!add_pair(&s, w, &w->recent[i], today, err))
			return false;
	put_money(&t, &s);
	put_nearest(&t, w);
	if (!put_monitor(&t, w, err))
		return false;
	*out = arena_text(w->arena, text, strlen(text));
	return *out || err_set(err, ERR_MEMORY, "no memory for a summary");
}
