/* SPDX-License-Identifier: MIT */
/*
 * From a poll to the conditions a person should know of: of each position a
 * pending close or one alert, and a line that nobody can watch; of the account
 * its clock and its configuration.
 */
#include "alert_conditions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "sentence_text.h"
#include "view.h"


struct condition *alert_add(struct alert_gather *g, const char *kind,
			    const char *title, const char *text)
{
	struct condition *c = &g->list[g->n];
	struct arena *arena = g->w->arena;

	*c = (struct condition){ .kind = kind, .severity = SEVERITY_WARNING };
	c->title = arena_text(arena, title, strlen(title));
	c->text = arena_text(arena, text, strlen(text));
	if (!c->title || !c->text)
		g->failed = true;
	else
		g->n++;
	return c;
}

/* ---- positions ---- */

static void of_position(struct alert_gather *g, struct condition *c,
			const struct watched *x, const char *kind)
{
	c->position = x->pos.id;
	c->symbol = x->pos.symbol;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/%lld/%s",
		 g->w->cycle->account->name, (long long)x->pos.id, kind);
}

/* What was decided, and the severer reason that came since. */
static void add_close(struct alert_gather *g, const struct watched *x)
{
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX], why[ALERT_TITLE_MAX];
	bool decided_now = x->decision.close_now;
	struct label reason = decided_now ? x->decision.label : x->pos.reason;
	bool also = !decided_now && x->watch.severer.s[0];
	struct condition *c;

	snprintf(why, sizeof(why), "%s%s%s", reason.s,
		 also ? ", now also " : "", also ? x->watch.severer.s : "");
	alert_title(title, "CLOSE", g->w, x, why);
	alert_text(text, g->w, x, true);
	c = alert_add(g, "close", title, text);
	of_position(g, c, x, "close");
	c->severity = SEVERITY_CRITICAL;
	c->label = reason;
	c->breaks_quiet = true;
	/* Then every `repeat`, as all that lasts. */
	c->again = (x->decision.notices & NOTICE_UNCLOSED) &&
		   !instant_known(x->old_watch.unclosed_told);
}

/* The leg whose venue gave no usable rate explains a blindness. */
static void explain_blind(struct condition *c, const struct watched *x)
{
	c->needs_service = true;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if (!instant_known(x->observed[s]))
			c->venue = x->pos.leg[s].venue;
}

static void add_alert(struct alert_gather *g, const struct watched *x,
		      struct label label)
{
	bool blind = !strcmp(label.s, LABEL_BLIND);
	bool waiting = !strcmp(label.s, LABEL_WAITING);
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct condition *c;

	alert_title(title, blind ? "BLIND" : "ALERT", g->w, x,
		    blind ? "" : label.s);
	alert_text(text, g->w, x, false);
	c = alert_add(g, blind ? "blind" : waiting ? "waiting" : "alert", title,
		text);
	of_position(g, c, x, "alert");
	c->label = label;
	if (blind || waiting)
		c->severity = SEVERITY_ERROR;
	c->breaks_quiet = blind || waiting;
	if (!x->facts.legs_fresh)
		explain_blind(c, x);
}

/*
 * A line that protects cannot be looked at: its own condition, for one who
 * acknowledged it still wants to hear that rates are lost.
 */
static void add_unwatched(struct alert_gather *g, const struct watched *x)
{
	int at = x->decision.unwatched;
	const struct line *l = &g->w->cycle->account->profile->line[at];
	const struct finding *f = &x->decision.finding[at];
	char title[ALERT_TITLE_MAX], money[ALERT_TEXT_MAX];
	char text[ALERT_TEXT_MAX + 200];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;

	alert_title(title, LABEL_UNWATCHED, g->w, x, l->label.s);
	alert_text(money, g->w, x, false);
	text_add(&t, "%s is UNKNOWN", l->text);
	if (f->missing < FACT_COUNT)
		text_add(&t, ": %s %s", fact_name(f->missing),
			 why_word(f->why));
	text_add(&t, "\n%s", money);
	c = alert_add(g, "unwatched", title, text);
	of_position(g, c, x, "unwatched");
	c->label = l->label;
	c->severity = SEVERITY_ERROR;
	c->breaks_quiet = true;
	c->needs_client = true;
}

/* On paper a close is done as it is decided: told once. */
static void add_closed(struct alert_gather *g, const struct watched *x)
{
	struct condition *c;

	add_close(g, x);
	c = &g->list[g->failed ? g->n : g->n - 1];
	c->event = true;
	c->severity = SEVERITY_WARNING;
	c->breaks_quiet = false;
}

/* A close line has gone all but `near` of the way to its limit. The text says
 * which; when another comes nearer, nothing else is true than before. */
static void add_near(struct alert_gather *g, const struct watched *x)
{
	const struct profile *p = g->w->cycle->account->profile;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX + 160];
	char money[ALERT_TEXT_MAX], where[VIEW_NEAREST_MAX];
	struct dec near = g->w->cycle->account->alerts.near, least;
	struct view_nearest n;
	struct condition *c;

	if (dec_sign(near) <= 0)
		return;
	view_find_nearest(&n, &x->facts, p);
	if (n.line < 0 || !n.used.known ||
	    !dec_sub(&least, dec_int(1), near) ||
	    dec_cmp(n.used.v, least) < 0)
		return;
	alert_title(title, "NEAR", g->w, x, "");
	alert_text(money, g->w, x, false);
	view_nearest_text(where, &n);
	snprintf(text, sizeof(text), "%s: %s %%\n%s", p->line[n.line].label.s,
		 where, money);
	c = alert_add(g, "near", title, text);
	of_position(g, c, x, "near");
}

/* A close that is due or pending does not end a blindness. */
static void add_closing(struct alert_gather *g, const struct watched *x)
{
	add_close(g, x);
	if (x->watch.blind_notices > 0)
		add_alert(g, x, (struct label){ LABEL_BLIND });
}

static void add_position(struct alert_gather *g, const struct watched *x)
{
	const char *label = x->decision.label.s;

	if (x->skipped)
		return;
	if (x->decision.unwatched >= 0 && !x->filled)
		add_unwatched(g, x);
	if (x->filled)
		add_closed(g, x);
	else if (x->decision.action == ACTION_CLOSE)
		add_closing(g, x);
	else if (x->decision.action == ACTION_HOLD ||
		 !strcmp(label, LABEL_UNWATCHED))
		add_near(g, x);
	else if (strcmp(label, LABEL_CLOCK_BACK) != 0)
		add_alert(g, x, x->decision.label);
}

/* ---- the account ---- */

void alert_of_account(struct alert_gather *g, struct condition *c,
		      const char *what, const char *name)
{
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/%s%s%s",
		 g->w->cycle->account->name, what, *name ? "/" : "", name);
}

static void add_clock(struct alert_gather *g)
{
	const struct work *w = g->w;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;

	if (!w->has_last || w->now.ms >= w->last.at.ms - 2000)
		return;
	snprintf(title, sizeof(title), "CLOCK BACK %s",
		 w->cycle->account->name);
	text_add(&t, "the last poll was at ");
	text_add_instant(&t, w->last.at);
	text_add(&t, ", now is ");
	text_add_instant(&t, w->now);
	text_add(&t, "\nnothing is decided until the clock has caught up");
	c = alert_add(g, "clock", title, text);
	alert_of_account(g, c, "clock", "");
	c->severity = SEVERITY_ERROR;
	c->breaks_quiet = true;
}

/* Until a good one is read: what a person changed is not in force. */
static void add_refused(struct alert_gather *g)
{
	const struct cycle *cycle = g->w->cycle;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct condition *c;

	if (!cycle->refused[0])
		return;
	snprintf(title, sizeof(title), "CONFIGURATION REFUSED %s",
		 cycle->account->name);
	snprintf(text, sizeof(text), "%s\nthe old one stays in force, hash "
		 "%s", cycle->refused, cycle->config_hash);
	c = alert_add(g, "config", title, text);
	alert_of_account(g, c, "config", "");
	c->severity = SEVERITY_ERROR;
}

static int by_fingerprint(const void *a, const void *b)
{
	return strcmp(((const struct condition *)a)->fingerprint,
		      ((const struct condition *)b)->fingerprint);
}

bool alert_conditions(struct condition **out, size_t *n, const struct work *w,
		      const char *summary)
{
	struct alert_gather g = { .w = w };

	g.list = arena_array(w->arena, 3 * w->n_watched + 8 + alert_venues_most(w) +
			     alert_handoffs_most(w) + alert_events_most(w),
			     sizeof(*g.list));
	g.summary = summary;
	if (!g.list)
		return false;
	for (size_t i = 0; i < w->n_watched; i++)
		add_position(&g, &w->watched[i]);
	alert_venues(&g);
	add_clock(&g);
	add_refused(&g);
	alert_handoffs(&g);
	alert_events(&g);
	if (g.n > 1)
		qsort(g.list, g.n, sizeof(*g.list), by_fingerprint);
	*out = g.list;
	*n = g.n;
	return !g.failed;
}
