/* SPDX-License-Identifier: MIT */
/*
 * Feeds that look wrong as a whole: a venue's rates turning to zero together
 * (a collector that was reset), or answers that come but stand still. Both
 * only tell; what is decided rests on each quote by itself. What was last seen
 * of each venue is remembered in the process, not in the database.
 */
#include "cycle_feed.h"

#include "log.h"
#include "sentence_text.h"

#define RESET_SYMBOLS	10	/* so many at once are no coincidence */
#define RESET_AGAIN_MS	(3600 * INT64_C(1000))	/* told again no sooner */

struct feed_key {
	struct symbol symbol;
	struct venue venue;
};

struct feed {
	struct feed_key *nonzero;	/* sorted as the market's quotes */
	size_t n_nonzero;
	struct venue *venue;
	uint32_t *fresh;		/* usable quotes, by venue */
	size_t n_venues;
	struct feed_reset {
		struct venue venue;
		struct instant at;
	} *reset;			/* told lately */
	size_t n_resets;
};

static size_t venue_index(const struct market *m, const struct venue *v)
{
	size_t i = 0;

	while (i < m->n_venues && !venue_same(&m->venues[i].venue, v))
		i++;
	return i;
}

static bool is_zero(const struct quote *q)
{
	return dec_sign(q->rate.fraction) == 0;
}

/* Usable quotes of each venue of the market. */
static uint32_t *count_fresh(const struct market *m, struct arena *arena)
{
	uint32_t *fresh = arena_array(arena, m->n_venues + 1, sizeof(*fresh));

	for (size_t i = 0; fresh && i < m->n_quotes; i++)
		if (m->quotes[i].why == WHY_KNOWN)
			fresh[venue_index(m, &m->quotes[i].venue)]++;
	return fresh;
}

static int cmp_key(const struct feed_key *k, const struct quote *q)
{
	int c = symbol_cmp(k->symbol, q->symbol);

	return c ? c : venue_cmp(k->venue, q->venue);
}

/* Rates that were not zero and are now, by venue. Both lists are sorted. */
static uint32_t *count_turned(const struct feed *f, const struct market *m,
			      struct arena *arena)
{
	uint32_t *turned = arena_array(arena, m->n_venues + 1,
				       sizeof(*turned));
	size_t k = 0;

	for (size_t i = 0; turned && i < m->n_quotes; i++) {
		const struct quote *q = &m->quotes[i];

		if (q->why != WHY_KNOWN || !is_zero(q))
			continue;
		while (k < f->n_nonzero && cmp_key(&f->nonzero[k], q) < 0)
			k++;
		if (k < f->n_nonzero && cmp_key(&f->nonzero[k], q) == 0)
			turned[venue_index(m, &q->venue)]++;
	}
	return turned;
}

static uint32_t fresh_before(const struct feed *f, const struct venue *v,
			     bool *known)
{
	for (size_t i = 0; i < f->n_venues; i++) {
		if (!venue_same(&f->venue[i], v))
			continue;
		*known = true;
		return f->fresh[i];
	}
	*known = false;
	return 0;
}

bool cycle_feed_still(const struct work *w, const struct venue_view *v)
{
	if (v->rates != ANSWER_OK || v->rows == 0)
		return false;
	for (size_t i = 0; i < w->market.n_quotes; i++)
		if (w->market.quotes[i].why == WHY_KNOWN &&
		    venue_same(&w->market.quotes[i].venue, &v->venue))
			return false;
	return true;
}

/* A time that lies ahead was taken by a wrong clock. */
static bool is_lately(const struct feed_reset *r, struct instant now)
{
	return r->at.ms <= now.ms &&
	       instant_diff(now, r->at).ms < RESET_AGAIN_MS;
}

static bool told_lately(const struct work *w, const struct venue *v)
{
	const struct feed *f = w->cycle->feed;

	for (size_t i = 0; f && i < f->n_resets; i++)
		if (venue_same(&f->reset[i].venue, v) &&
		    is_lately(&f->reset[i], w->now))
			return true;
	return false;
}

bool cycle_feed_reset(const struct work *w, size_t venue)
{
	return w->turned && w->market.venues[venue].rates == ANSWER_OK &&
	       w->turned[venue] >= RESET_SYMBOLS &&
	       !told_lately(w, &w->market.venues[venue].venue);
}

static bool tell(struct work *w, int priority, const char *text,
		 struct err *err)
{
	struct message m = { .at = w->now, .priority = priority,
			     .kind = "feed", .text = text };

	return store_put_message(w->cycle->store, &m, err);
}

static bool tell_venue(struct work *w, const struct venue_view *v,
		       uint32_t fresh, uint32_t turned, struct err *err)
{
	bool known;
	uint32_t before = fresh_before(w->cycle->feed, &v->venue, &known);
	char buf[SENTENCE_MAX];
	struct text t = text_on(buf, sizeof(buf));

	if (!known || v->rates != ANSWER_OK)
		return true;
	if (turned >= RESET_SYMBOLS) {
		text_add(&t, "%s: %u rates turned to 0 at once; was its "
			 "collector reset?", v->venue.s, turned);
		return tell(w, LOG_LEVEL_WARNING, buf, err);
	}
	if (before > 0 && fresh == 0 && v->rows > 0) {
		text_add(&t, "%s: answers, but none of its rates is fresh: "
			 "the feed stands still", v->venue.s);
		return tell(w, LOG_LEVEL_WARNING, buf, err);
	}
	if (before > 0 || fresh == 0)
		return true;
	text_add(&t, "%s: rates are fresh again", v->venue.s);
	return tell(w, LOG_LEVEL_NOTICE, buf, err);
}

bool cycle_feed_tell(struct work *w, struct err *err)
{
	const struct market *m = &w->market;
	uint32_t *fresh;

	if (!w->cycle->feed)
		return true;
	fresh = count_fresh(m, w->arena);
	w->turned = count_turned(w->cycle->feed, m, w->arena);
	if (!fresh || !w->turned)
		return err_set(err, ERR_MEMORY, "no memory for feeds");
	for (size_t i = 0; i < m->n_venues; i++)
		if (!tell_venue(w, &m->venues[i], fresh[i], w->turned[i],
				err))
			return false;
	return true;
}

static struct feed *new_feed(size_t n_nonzero, size_t n_venues,
			     size_t n_resets, struct arena *arena)
{
	struct feed *f = arena_alloc(arena, sizeof(*f));

	if (!f)
		return NULL;
	f->nonzero = arena_array(arena, n_nonzero, sizeof(*f->nonzero));
	f->venue = arena_array(arena, n_venues, sizeof(*f->venue));
	f->fresh = arena_array(arena, n_venues, sizeof(*f->fresh));
	f->reset = arena_array(arena, n_resets, sizeof(*f->reset));
	return f->nonzero && f->venue && f->fresh && f->reset ? f : NULL;
}

static void add_venue(struct feed *f, struct venue v, uint32_t fresh)
{
	f->venue[f->n_venues] = v;
	f->fresh[f->n_venues++] = fresh;
}

/* Still there, and without an answer. */
static bool is_silent(const struct market *m, const struct venue *v)
{
	const struct venue_view *view = market_venue(m, *v);

	return view && view->rates != ANSWER_OK;
}

static void carry_resets(struct feed *f, const struct feed *old,
			 const struct work *w)
{
	for (size_t i = 0; old && i < old->n_resets; i++)
		if (is_lately(&old->reset[i], w->now))
			f->reset[f->n_resets++] = old->reset[i];
	for (size_t i = 0; i < w->market.n_venues; i++)
		if (cycle_feed_reset(w, i))
			f->reset[f->n_resets++] = (struct feed_reset){
				w->market.venues[i].venue, w->now };
}

struct feed *cycle_feed_carry(const struct work *w)
{
	const struct feed *old = w->cycle->feed;
	const struct market *m = &w->market;
	struct feed *f = new_feed(old ? old->n_nonzero : 0,
				  old ? old->n_venues : 0,
				  (old ? old->n_resets : 0) + m->n_venues,
				  w->arena);

	if (f)
		carry_resets(f, old, w);
	for (size_t i = 0; f && old && i < old->n_venues; i++)
		if (is_silent(m, &old->venue[i]))
			add_venue(f, old->venue[i], old->fresh[i]);
	if (!f || f->n_venues == 0)
		return f;
	for (size_t i = 0; i < old->n_nonzero; i++)
		if (is_silent(m, &old->nonzero[i].venue))
			f->nonzero[f->n_nonzero++] = old->nonzero[i];
	return f;
}

/* Both lists are sorted alike, and stay so. */
static void keep_quotes(struct feed *f, const struct feed *carried,
			const struct market *m)
{
	size_t k = 0;

	for (size_t i = 0; i < m->n_quotes; i++) {
		const struct quote *q = &m->quotes[i];

		while (k < carried->n_nonzero &&
		       cmp_key(&carried->nonzero[k], q) < 0)
			f->nonzero[f->n_nonzero++] = carried->nonzero[k++];
		if (q->why == WHY_KNOWN && !is_zero(q))
			f->nonzero[f->n_nonzero++] =
				(struct feed_key){ q->symbol, q->venue };
	}
	while (k < carried->n_nonzero)
		f->nonzero[f->n_nonzero++] = carried->nonzero[k++];
}

struct feed *cycle_feed_keep(const struct feed *carried,
			     const struct market *m, struct arena *arena)
{
	uint32_t *fresh = count_fresh(m, arena);
	struct feed *f;

	if (!carried || !fresh)
		return NULL;
	f = new_feed(carried->n_nonzero + m->n_quotes,
		     carried->n_venues + m->n_venues, carried->n_resets, arena);
	if (!f)
		return NULL;
	keep_quotes(f, carried, m);
	for (size_t i = 0; i < carried->n_resets; i++)
		f->reset[f->n_resets++] = carried->reset[i];
	for (size_t i = 0; i < carried->n_venues; i++)
		add_venue(f, carried->venue[i], carried->fresh[i]);
	for (size_t i = 0; i < m->n_venues; i++)
		if (m->venues[i].rates == ANSWER_OK)
			add_venue(f, m->venues[i].venue, fresh[i]);
	return f;
}

/*
 * The ranked list orders stale rates too and has its own fees; where its two
 * rates are not the fresh ones we hold, it speaks of another market.
 */
size_t cycle_disagreements(const struct market *m, struct symbol *first)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_opportunities; i++) {
		const struct opportunity *o = &m->opportunities[i];
		const struct quote *l = market_quote(m, o->symbol,
						     o->long_venue);
		const struct quote *s = market_quote(m, o->symbol,
						     o->short_venue);

		if (l && s && l->why == WHY_KNOWN && s->why == WHY_KNOWN &&
		    dec_cmp(l->rate.fraction, o->long_rate_8h) == 0 &&
		    dec_cmp(s->rate.fraction, o->short_rate_8h) == 0)
			continue;
		if (n++ == 0)
			*first = o->symbol;
	}
	return n;
}
