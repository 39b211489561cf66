/* SPDX-License-Identifier: MIT */
/*
 * What is told once, when it happens, and cannot be over: polls that were
 * missed, the daily summary, a pending close whose reason has gone, a pair
 * that nobody has confirmed for another day.
 */
#include "alert_conditions.h"

#include <stdio.h>

#include "sentence_text.h"

#define MISSED_TICKS	3

static struct condition *add_event(struct alert_gather *g, const char *kind,
				   const char *title, const char *text)
{
	struct condition *c = alert_add(g, kind, title, text);

	alert_of_account(g, c, kind, "");
	c->event = true;
	return c;
}

/* ---- positions ---- */

static void of_pair(struct alert_gather *g, const char *kind,
		    const struct watched *x, const char *title,
		    const char *said)
{
	char text[SENTENCE_MAX + ALERT_TEXT_MAX], money[ALERT_TEXT_MAX];
	struct condition *c;

	alert_text(money, g->w, x, x->pos.status == STATUS_PENDING_CLOSE);
	snprintf(text, sizeof(text), "%s\n%s", said, money);
	c = add_event(g, kind, title, text);
	c->position = x->pos.id;
	c->symbol = x->pos.symbol;
	c->label = x->pos.reason;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/%lld/%s",
		 g->w->cycle->account->name, (long long)x->pos.id, kind);
}

static void add_reason_gone(struct alert_gather *g, const struct watched *x)
{
	char title[ALERT_TITLE_MAX], said[SENTENCE_MAX];

	if (!(x->decision.notices & NOTICE_REASON_GONE))
		return;
	alert_title(title, "REASON CLEARED", g->w, x, x->pos.reason.s);
	snprintf(said, sizeof(said), "%s has been false for 10 polls",
		 x->pos.reason.s);
	of_pair(g, "cleared", x, title, said);
}

static void add_unconfirmed(struct alert_gather *g, const struct watched *x)
{
	char title[ALERT_TITLE_MAX], said[SENTENCE_MAX];

	alert_title(title, "NOT CONFIRMED", g->w, x, "");
	sentence_unconfirmed(said, &x->pos, g->w);
	of_pair(g, "unconfirmed", x, title, said);
}

static bool is_unconfirmed(const struct work *w, size_t i)
{
	return !w->watched[i].skipped && cycle_unconfirmed(w, &w->watched[i]);
}

/* Pairs entered together become due together: many are one message. */
static void add_many_unconfirmed(struct alert_gather *g, size_t n)
{
	const char *account = g->w->cycle->account->name;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));

	snprintf(title, sizeof(title), "NOT CONFIRMED %s %zu pairs", account,
		 n);
	text_add(&t, "not confirmed for another day: ");
	alert_list(&t, g->w, is_unconfirmed);
	text_add(&t, "\nlook at both venues, then of each: carrywatch "
		 "positions confirm -a %s ID", account);
	add_event(g, "unconfirmed", title, text);
}

static void add_all_unconfirmed(struct alert_gather *g)
{
	size_t n = alert_count(g->w, is_unconfirmed);

	if (n > ALERT_SINGLE) {
		add_many_unconfirmed(g, n);
		return;
	}
	for (size_t i = 0; i < g->w->n_watched; i++)
		if (is_unconfirmed(g->w, i))
			add_unconfirmed(g, &g->w->watched[i]);
}

/* ---- the account ---- */

static void add_missed(struct alert_gather *g)
{
	const struct work *w = g->w;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));

	if (w->poll.missed_ticks < MISSED_TICKS)
		return;
	snprintf(title, sizeof(title), "POLLS MISSED %s",
		 w->cycle->account->name);
	text_add(&t, "%d polls did not take place", w->poll.missed_ticks);
	if (w->has_last) {
		text_add(&t, "; the one before was at ");
		text_add_instant(&t, w->last.at);
	}
	add_event(g, "missed", title, text);
}

/* Once a day, when its time has come since the last poll. */
static void add_summary(struct alert_gather *g)
{
	char title[ALERT_TITLE_MAX];
	struct condition *c;

	if (!g->summary)
		return;
	snprintf(title, sizeof(title), "SUMMARY %s",
		 g->w->cycle->account->name);
	c = add_event(g, "summary", title, g->summary);
	c->severity = SEVERITY_INFO;
	c->breaks_quiet = true;		/* its time was chosen */
}

size_t alert_events_most(const struct work *w)
{
	return 2 * w->n_watched + 2;
}

void alert_events(struct alert_gather *g)
{
	for (size_t i = 0; i < g->w->n_watched; i++) {
		const struct watched *x = &g->w->watched[i];

		if (!x->skipped)
			add_reason_gone(g, x);
	}
	add_all_unconfirmed(g);
	add_missed(g);
	add_summary(g);
}
