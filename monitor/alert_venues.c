/* SPDX-License-Identifier: MIT */
/*
 * Where rates come from: the service, its venues, and feeds that answer but
 * look wrong as a whole.
 */
#include "alert_conditions.h"
#include "cycle_feed.h"

#include <stdio.h>
#include <string.h>

#include "sentence_text.h"

#define OUTAGE_DELAY_S	180	/* shorter ones are not worth a word */
#define LISTED_MAX	12	/* positions named in the text of an outage */

static bool has_leg(const struct watched *x, const struct venue *v)
{
	return !v || venue_cmp(x->pos.leg[LEG_LONG].venue, *v) == 0 ||
	       venue_cmp(x->pos.leg[LEG_SHORT].venue, *v) == 0;
}

/* "; 3 positions see nothing: 7 BTC, 9 WIF, 11 FET" (v NULL: all). */
static size_t list_blind(struct text *t, const struct work *w,
			 const struct venue *v)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_watched; i++)
		n += !w->watched[i].facts.legs_fresh &&
		     has_leg(&w->watched[i], v);
	text_add(t, "%zu position%s without fresh rates", n,
		 n == 1 ? "" : "s");
	for (size_t i = 0, k = 0; i < w->n_watched && k < LISTED_MAX; i++) {
		const struct watched *x = &w->watched[i];

		if (x->facts.legs_fresh || !has_leg(x, v))
			continue;
		text_add(t, "%s %lld %s", k++ ? "," : ":",
			 (long long)x->pos.id, x->pos.symbol.s);
	}
	if (n > LISTED_MAX)
		text_add(t, ", ...");
	return n;
}

static void outage(struct condition *c, size_t blind)
{
	c->severity = blind ? SEVERITY_ERROR : SEVERITY_WARNING;
	c->breaks_quiet = blind > 0;
	c->delay = span_s(OUTAGE_DELAY_S);
}

static void add_service(struct alert_gather *g)
{
	const struct work *w = g->w;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;
	size_t blind;

	if (market_usable(&w->market))
		return;
	snprintf(title, sizeof(title), "SERVICE DOWN %s",
		 w->cycle->account->name);
	blind = list_blind(&t, w, NULL);
	text_add(&t, "\n%s\nnothing is closed on what is not known",
		 w->market.error[0] ? w->market.error : "no usable rate");
	c = alert_add(g, "service", title, text);
	alert_of_account(g, c, "service", "");
	outage(c, blind);
}

static bool is_used(const struct work *w, const struct venue *v)
{
	for (size_t i = 0; i < w->n_watched; i++)
		if (has_leg(&w->watched[i], v))
			return true;
	return false;
}

static void add_venue(struct alert_gather *g, const struct venue_view *view)
{
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;
	size_t blind;

	if (view->rates != ANSWER_FAILED || !is_used(g->w, &view->venue))
		return;
	snprintf(title, sizeof(title), "VENUE DOWN %s %s",
		 g->w->cycle->account->name, view->venue.s);
	blind = list_blind(&t, g->w, &view->venue);
	text_add(&t, "\n%s", view->error);
	c = alert_add(g, "venue", title, text);
	alert_of_account(g, c, "venue", view->venue.s);
	c->venue = view->venue;
	c->needs_service = true;
	outage(c, blind);
}

/* It answers, and nothing of it can be used. */
static void add_still(struct alert_gather *g, const struct venue_view *view)
{
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;
	size_t blind;

	if (!cycle_feed_still(g->w, view) || !is_used(g->w, &view->venue))
		return;
	snprintf(title, sizeof(title), "FEED STANDS STILL %s %s",
		 g->w->cycle->account->name, view->venue.s);
	blind = list_blind(&t, g->w, &view->venue);
	text_add(&t, "\nit answers, but none of its rates is fresh");
	c = alert_add(g, "feed", title, text);
	alert_of_account(g, c, "feed", view->venue.s);
	c->venue = view->venue;
	c->needs_service = true;
	outage(c, blind);
}

static void add_reset(struct alert_gather *g, size_t venue)
{
	const struct venue *v = &g->w->market.venues[venue].venue;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct condition *c;

	if (!cycle_feed_reset(g->w, venue))
		return;
	snprintf(title, sizeof(title), "FEED RESET %s %s",
		 g->w->cycle->account->name, v->s);
	snprintf(text, sizeof(text), "%u rates turned to 0 at once; was its "
		 "collector reset?", g->w->turned[venue]);
	c = alert_add(g, "feed", title, text);
	alert_of_account(g, c, "reset", v->s);
	c->event = true;
}

size_t alert_venues_most(const struct work *w)
{
	return 3 * w->market.n_venues + 1;
}

void alert_venues(struct alert_gather *g)
{
	add_service(g);
	for (size_t i = 0; i < g->w->market.n_venues; i++) {
		add_venue(g, &g->w->market.venues[i]);
		add_still(g, &g->w->market.venues[i]);
		add_reset(g, i);
	}
}
