/* SPDX-License-Identifier: MIT */
/*
 * Conditions about hand-offs: held back, refused, without an answer, paused;
 * and about the trading client, the pairs it holds and those that vanish there.
 */
#include <stdio.h>
#include <string.h>

#include "alert_conditions.h"
#include "sentence_legs.h"

#define STUCK_POLLS	5	/* taken, and in so many good reads still there */

struct trouble {
	const char *kind, *word, *what;
	enum severity severity;
};

/* NULL: it goes as it should. */
static const struct trouble *trouble_of(const struct handoff_row *r)
{
	static const struct trouble
		failed = { "handoff", "HAND-OFF REFUSED",
			   "close it by hand, or: carrywatch handoffs retry",
			   SEVERITY_CRITICAL },
		unknown = { "handoff", "HAND-OFF WITHOUT ANSWER",
			    "it may be working: look at both venues",
			    SEVERITY_CRITICAL },
		breaker = { "breaker", "HAND-OFF HELD BACK",
			    "too many closes at once: carrywatch handoffs "
			    "confirm", SEVERITY_CRITICAL },
		moved = { "handoff", "HAND-OFF HELD BACK",
			  "on_close names another receiver now: carrywatch "
			  "handoffs confirm sends it there",
			  SEVERITY_CRITICAL },
		spread = { "handoff", "HAND-OFF WAITS",
			   "the spread is above 2 %", SEVERITY_ERROR },
		stuck = { "handoff", "HAND-OFF WITHOUT EFFECT",
			  "it was taken, but the position is still there",
			  SEVERITY_CRITICAL };

	if (r->state == HANDOFF_FAILED)
		return &failed;
	if (r->state == HANDOFF_UNKNOWN)
		return &unknown;
	if (!strcmp(r->held, "breaker"))
		return &breaker;
	if (!strcmp(r->held, "spread"))
		return &spread;
	if (!strcmp(r->held, "target"))
		return &moved;
	return r->state == HANDOFF_ACKNOWLEDGED && r->polls >= STUCK_POLLS ?
	       &stuck : NULL;
}

static const struct watched *watched_of(const struct work *w, int64_t id)
{
	for (size_t i = 0; i < w->n_watched; i++)
		if (w->watched[i].pos.id == id)
			return &w->watched[i];
	return NULL;
}

static void add_handoff(struct alert_gather *g, const struct handoff_row *r)
{
	const struct trouble *t = trouble_of(r);
	const struct watched *x = watched_of(g->w, r->position);
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX], money[ALERT_TEXT_MAX];
	struct text out = text_on(text, sizeof(text));
	struct condition *c;

	if (!t || !x || x->skipped)
		return;
	alert_title(title, t->word, g->w, x, r->reason.s);
	alert_text(money, g->w, x, true);
	text_add(&out, "%s%s%s\n%s (%s, %s order, %d sent)", t->what,
		 r->detail[0] ? ": " : "", r->detail, r->key, r->target,
		 order_type_word(r->order), r->tries);
	text_add(&out, "\n%s", money);
	c = alert_add(g, t->kind, title, text);
	c->position = r->position;
	c->symbol = x->pos.symbol;
	c->label = r->reason;
	c->severity = t->severity;
	c->breaks_quiet = true;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/%lld/%s",
		 g->w->cycle->account->name, (long long)r->position,
		 "handoff");
}

static void add_paused(struct alert_gather *g)
{
	const struct work *w = g->w;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	struct condition *c;

	if (!instant_known(w->brakes.paused_at))
		return;
	snprintf(title, sizeof(title), "PAUSED %s", w->cycle->account->name);
	text_add(&t, "no close is handed over since ");
	text_add_instant(&t, w->brakes.paused_at);
	text_add(&t, " (%s)\nto go on: carrywatch resume -a %s",
		 w->brakes.paused_by, w->cycle->account->name);
	c = alert_add(g, "paused", title, text);
	c->severity = SEVERITY_WARNING;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/paused",
		 w->cycle->account->name);
}

static void add_book(struct alert_gather *g)
{
	const struct work *w = g->w;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct condition *c;

	if (!w->book.asked || w->book.good)
		return;
	snprintf(title, sizeof(title), "TRADING CLIENT DOWN %s",
		 w->cycle->account->name);
	snprintf(text, sizeof(text), "%s\nno position is taken for closed, no "
		 "close is handed over until it answers", w->book.error);
	c = alert_add(g, "client", title, text);
	c->severity = SEVERITY_ERROR;
	c->delay = span_s(180);
	c->breaks_quiet = true;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/client",
		 w->cycle->account->name);
}

/* Money at the venues that no rule looks at. */
static struct condition *add_not_watched(struct alert_gather *g,
					 const char *title, const char *text)
{
	struct condition *c = alert_add(g, "pair", title, text);

	c->severity = SEVERITY_ERROR;
	c->delay = span_s(180);		/* one just closed may come back */
	c->breaks_quiet = true;
	return c;
}

static void add_astray(struct alert_gather *g, const struct astray *a)
{
	const char *account = g->w->cycle->account->name;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct condition *c;

	snprintf(title, sizeof(title), "NOT WATCHED %s: pair %s of the "
		 "trading client", account, a->id);
	snprintf(text, sizeof(text), "%s\nno rule looks at it", a->why);
	c = add_not_watched(g, title, text);
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/pair/%s",
		 account, a->id);
}

static void add_more_astray(struct alert_gather *g)
{
	const char *account = g->w->cycle->account->name;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	size_t more = g->w->cycle->more_astray;
	struct condition *c;

	if (!more)
		return;
	snprintf(title, sizeof(title), "NOT WATCHED %s: more pairs of the "
		 "trading client", account);
	snprintf(text, sizeof(text), "%zu beyond the first %d\nno rule looks "
		 "at them", more, CYCLE_ASTRAY_MAX);
	c = add_not_watched(g, title, text);
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/pairs", account);
}

/* It vanished from the trading client, and no close had been decided. */
static bool is_elsewhere(const struct work *w, size_t i)
{
	const struct watched *x = &w->watched[i];

	return w->held && w->held[i].change == HELD_CLOSED && !x->skipped &&
	       x->pos.status == STATUS_OPEN && !w->cycle->wiring.simulated;
}

#define GONE "gone from the trading client in %d good answers, and no close " \
	"was decided here before: look at both venues, and whether " \
	"control_api.account is the right one"

static struct condition *add_vanished(struct alert_gather *g, const char *title,
				      const char *text)
{
	struct condition *c = alert_add(g, "elsewhere", title, text);

	c->severity = SEVERITY_ERROR;
	c->breaks_quiet = true;
	c->event = true;
	return c;
}

static void add_elsewhere(struct alert_gather *g, const struct watched *x)
{
	const char *account = g->w->cycle->account->name;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));
	long long id = (long long)x->pos.id;
	struct condition *c;

	alert_title(title, "CLOSED ELSEWHERE", g->w, x, "");
	text_add(&t, GONE "\nit held: ", HELD_ABSENT_CLOSES);
	text_add_legs(&t, x);
	text_add(&t, "\nonce it is listed there again: carrywatch positions "
		 "reopen -a %s %lld\nwhat it earned: carrywatch positions "
		 "show -a %s %lld", account, id, account, id);
	c = add_vanished(g, title, text);
	c->position = x->pos.id;
	c->symbol = x->pos.symbol;
	snprintf(c->fingerprint, sizeof(c->fingerprint), "%s/%lld/elsewhere",
		 account, id);
}

/* So many at once are one cause, and one message. */
static void add_many_elsewhere(struct alert_gather *g, size_t n)
{
	const char *account = g->w->cycle->account->name;
	char title[ALERT_TITLE_MAX], text[ALERT_TEXT_MAX];
	struct text t = text_on(text, sizeof(text));

	snprintf(title, sizeof(title), "CLOSED ELSEWHERE %s %zu pairs",
		 account, n);
	text_add(&t, GONE "\n", HELD_ABSENT_CLOSES);
	alert_list(&t, g->w, is_elsewhere);
	text_add(&t, "\nonce one is listed there again: carrywatch positions "
		 "reopen -a %s ID\nwhat it held and earned: carrywatch "
		 "positions show -a %s ID", account, account);
	alert_of_account(g, add_vanished(g, title, text), "elsewhere", "");
}

static void add_all_elsewhere(struct alert_gather *g)
{
	size_t n = alert_count(g->w, is_elsewhere);

	if (n > ALERT_SINGLE) {
		add_many_elsewhere(g, n);
		return;
	}
	for (size_t i = 0; i < g->w->n_watched; i++)
		if (is_elsewhere(g->w, i))
			add_elsewhere(g, &g->w->watched[i]);
}

size_t alert_handoffs_most(const struct work *w)
{
	return w->n_handoffs + 3 + w->cycle->n_astray + w->n_watched;
}

void alert_handoffs(struct alert_gather *g)
{
	for (size_t i = 0; i < g->w->n_handoffs; i++)
		add_handoff(g, &g->w->handoffs[i]);
	add_paused(g);
	add_book(g);
	for (size_t i = 0; i < g->w->cycle->n_astray; i++)
		add_astray(g, &g->w->cycle->astray[i]);
	add_more_astray(g);
	add_all_elsewhere(g);
}
