/* SPDX-License-Identifier: MIT */
/*
 * check: one line as Nagios and its like read it, with their exit codes, not
 * those of the other commands: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Of
 * several accounts the worst counts, and CRITICAL is worse than UNKNOWN.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "store_alerts.h"
#include "store_handoffs.h"
#include "text_safe.h"

/* By rank: what is certainly wrong outranks what cannot be known. */
enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_UNKNOWN, HEALTH_CRITICAL };

static const struct {
	const char *word;
	int code;
} healths[] = {
	[HEALTH_OK] = { "OK", 0 }, [HEALTH_WARNING] = { "WARNING", 1 },
	[HEALTH_CRITICAL] = { "CRITICAL", 2 },
	[HEALTH_UNKNOWN] = { "UNKNOWN", 3 },
};

#define LATE_POLLS	3
#define AHEAD_S		5	/* a poll may come while this looks */
#define PENDING_LONG_MS	(15 * 60 * INT64_C(1000))
#define SETTLED_MS	(180 * INT64_C(1000))	/* lasts, told or not */

struct look {
	const struct account *account;
	enum health health;
	char what[400];
	int64_t age_s;			/* of the last poll; -1: none */
	int positions, pending, blind, firing, held;
	bool held_up;			/* of hand-offs all is said */
};

static void worse(struct look *l, enum health h, const char *what)
{
	size_t n = strlen(l->what);

	if (h > l->health)
		l->health = h;
	if (strstr(l->what, what))
		return;
	snprintf(l->what + n, sizeof(l->what) - n, "%s%s", n ? ", " : "",
		 what);
}

static void look_at_positions(struct look *l, const struct position *list,
			      size_t n, struct instant now)
{
	bool late = false;

	for (size_t i = 0; i < n; i++) {
		bool pending = list[i].status == STATUS_PENDING_CLOSE;

		l->positions++;
		l->pending += pending;
		late |= pending &&
			instant_diff(now, list[i].decided_at).ms >
			PENDING_LONG_MS;
	}
	if (late)
		worse(l, HEALTH_CRITICAL, "a close is pending for more than "
		      "15 minutes");
	else if (l->pending)
		worse(l, HEALTH_WARNING, "a close is pending");
}

/* ---- hand-offs ---- */

static bool look_at_handoffs(struct look *l, struct store *s, struct cli *c,
			     struct err *err)
{
	struct handoff_row *rows;
	struct brakes brakes;
	char held[64];
	size_t n;

	if (!store_open_handoffs(s, &rows, &n, c->arena, err) ||
	    !store_brakes(s, &brakes, err))
		return false;
	for (size_t i = 0; i < n; i++)
		l->held += rows[i].held[0] != '\0';
	snprintf(held, sizeof(held), "%d close%s for handoffs confirm",
		 l->held, l->held == 1 ? " waits" : "s wait");
	if (l->held)
		worse(l, HEALTH_CRITICAL, held);
	for (size_t i = 0; i < n; i++) {
		l->held_up |= rows[i].held[0] ||
			      rows[i].state == HANDOFF_FAILED ||
			      rows[i].state == HANDOFF_UNKNOWN;
		if (rows[i].state == HANDOFF_FAILED)
			worse(l, HEALTH_CRITICAL, "a close was refused");
		else if (rows[i].state == HANDOFF_UNKNOWN)
			worse(l, HEALTH_CRITICAL, "a close is without an "
			      "answer");
	}
	if (instant_known(brakes.paused_at))
		worse(l, HEALTH_WARNING, "hand-offs are paused");
	return true;
}

/* ---- alerts, and whether they reach anybody ---- */

/* Own words: a title holds names of others, and this line has a grammar. */
static const char *sentence_of(const char *kind)
{
	static const struct { const char *kind, *sentence; } list[] = {
		{ "service", "the service is down" },
		{ "venue", "a venue is down" },
		{ "client", "the trading client is down" },
		{ "pair", "pairs are not watched" },
		{ "unwatched", "a line cannot be watched" },
		{ "blind", "positions are blind" },
		{ "waiting", "a line waits for data" },
		{ "alert", "an alert line holds" },
		{ "near", "a close is near" },
		{ "clock", "the clock was set back" },
		{ "config", "the configuration was refused" },
		{ "handoff", "a hand-off does not go on" },
		{ "breaker", "a hand-off does not go on" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (!strcmp(list[i].kind, kind))
			return list[i].sentence;
	return "an alert lasts";
}

/* Said already by the positions and the hand-offs themselves. */
static bool is_said(const struct look *l, const char *kind)
{
	return !strcmp(kind, "close") || !strcmp(kind, "paused") ||
	       (l->held_up && (!strcmp(kind, "handoff") ||
			       !strcmp(kind, "breaker")));
}

static void look_at_alert(struct look *l, const struct alert_row *r,
			  struct instant now)
{
	bool blind = !strcmp(r->kind, "blind");

	if (instant_known(r->over_at))
		return;
	l->firing++;
	l->blind += blind;
	if (is_said(l, r->kind) ||
	    (!blind && !r->tellings &&
	     instant_diff(now, r->since).ms < SETTLED_MS))
		return;
	worse(l, r->severity >= SEVERITY_ERROR ? HEALTH_CRITICAL :
	      HEALTH_WARNING, sentence_of(r->kind));
}

static bool look_at_sink(struct look *l, struct store *s, const char *name,
			 struct instant now, struct err *err)
{
	struct delivery_queue q;
	char text[100];

	if (!store_delivery_queue(s, &q, name, now, err))
		return false;
	snprintf(text, sizeof(text), "%s takes no messages", name);
	if (q.given_up)
		worse(l, HEALTH_WARNING, text);
	snprintf(text, sizeof(text), "messages wait for %s", name);
	if (q.n > 0 && instant_diff(now, q.since).ms > DELIVERY_LATE_MS)
		worse(l, HEALTH_WARNING, text);
	return true;
}

static bool look_at_alerts(struct look *l, struct store *s, struct cli *c,
			   struct err *err)
{
	const struct alert_policy *p = &l->account->alerts;
	struct alert_row *rows;
	size_t n;

	if (!store_alerts(s, &rows, &n, c->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		look_at_alert(l, &rows[i], c->now);
	for (size_t i = 0; i < p->n_sinks; i++)
		if (!look_at_sink(l, s, p->sinks[i]->name, c->now, err))
			return false;
	return true;
}

/* ---- polls ---- */

static void look_at_poll(struct look *l, const struct poll *p, bool found,
			 struct instant now)
{
	int64_t every = l->account->profile->poll_interval.ms;

	if (!found) {
		worse(l, HEALTH_UNKNOWN, "no poll yet");
		return;
	}
	l->age_s = instant_diff(now, p->at).ms / 1000;
	if (l->age_s < -AHEAD_S)
		worse(l, HEALTH_CRITICAL, "the clock is behind the last poll");
	else if (l->age_s * 1000 > LATE_POLLS * every)
		worse(l, HEALTH_CRITICAL, "no poll for more than three "
		      "intervals");
	else if (strcmp(p->result, "ok") != 0)
		worse(l, HEALTH_WARNING, p->result);
}

static bool look_at_store(struct look *l, struct store *s, struct cli *c,
			  struct err *err)
{
	struct position *list;
	struct poll poll;
	bool found;
	size_t n;

	if (!store_last_poll(s, &poll, &found, err) ||
	    !store_positions(s, &list, &n, STORE_WATCHED, INSTANT_UNKNOWN,
			     c->arena, err))
		return false;
	look_at_poll(l, &poll, found, c->now);
	look_at_positions(l, list, n, c->now);
	return look_at_handoffs(l, s, c, err) && look_at_alerts(l, s, c, err);
}

static void look(struct look *l, struct cli *c)
{
	struct store *s = NULL;
	struct err err = { ERR_NONE, "" };

	if (!cli_store_if_any(c, &s, l->account, &err) ||
	    (s && !look_at_store(l, s, c, &err)))
		worse(l, HEALTH_UNKNOWN, err.text);
	else if (!s)
		worse(l, HEALTH_UNKNOWN, "no database yet");
	store_close(s);
}

/* What went wrong may quote a path, or the service. */
static void print_said(enum health h, const char *who, const char *what)
{
	printf("CARRYWATCH %s - %s%s", healths[h].word, who,
	       *who ? ": " : "");
	text_print_safe(stdout, what);
}

static void print_look(const struct look *l)
{
	print_said(l->health, l->account->name,
		   l->what[0] ? l->what : "all well");
	printf(" | age=%llds positions=%d pending=%d blind=%d alerts=%d "
	       "held=%d\n", (long long)l->age_s, l->positions, l->pending,
	       l->blind, l->firing, l->held);
}

int cmd_check(struct cli *c)
{
	const struct account **list;
	enum health worst = HEALTH_OK;
	struct err err;
	size_t n;

	if (!cli_accounts(c, &list, &n, &err)) {
		print_said(HEALTH_UNKNOWN, "", err.text);
		putchar('\n');
		return healths[HEALTH_UNKNOWN].code;
	}
	for (size_t i = 0; i < n; i++) {
		struct look l = { .account = list[i], .age_s = -1 };

		look(&l, c);
		print_look(&l);
		worst = l.health > worst ? l.health : worst;
	}
	return healths[worst].code;
}
