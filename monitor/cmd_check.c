/* SPDX-License-Identifier: MIT */
/*
 * check: one line as Nagios and its like read it, with their exit codes, not
 * those of the other commands: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Of
 * several accounts the worst counts.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "commands.h"
#include "store_alerts.h"

enum health { HEALTH_OK, HEALTH_WARNING, HEALTH_CRITICAL, HEALTH_UNKNOWN };

#define LATE_POLLS	3
#define PENDING_LONG_MS	(15 * 60 * INT64_C(1000))

struct look {
	const struct account *account;
	enum health health;
	char what[200];
	int64_t age_s;			/* of the last poll; -1: none */
	int positions, pending, blind, firing;
};

static void worse(struct look *l, enum health h, const char *what)
{
	size_t n = strlen(l->what);

	if (h > l->health)
		l->health = h;
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

static void look_at_alerts(struct look *l, const struct alert_row *rows,
			   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (instant_known(rows[i].over_at))
			continue;
		l->firing++;
		l->blind += !strcmp(rows[i].kind, "blind");
	}
	if (l->blind)
		worse(l, HEALTH_CRITICAL, "positions are blind");
}

static void look_at_poll(struct look *l, const struct poll *p, bool found,
			 struct instant now)
{
	int64_t every = l->account->profile->poll_interval.ms;

	if (!found) {
		worse(l, HEALTH_UNKNOWN, "no poll yet");
		return;
	}
	l->age_s = instant_diff(now, p->at).ms / 1000;
	if (l->age_s * 1000 > LATE_POLLS * every)
		worse(l, HEALTH_CRITICAL, "no poll for more than three "
		      "intervals");
	else if (strcmp(p->result, "ok") != 0)
		worse(l, HEALTH_WARNING, p->result);
}

static bool look_at_store(struct look *l, struct store *s, struct cli *c,
			  struct err *err)
{
	struct position *list;
	struct alert_row *rows;
	struct poll poll;
	size_t n, m;
	bool found;

	if (!store_last_poll(s, &poll, &found, err) ||
	    !store_positions(s, &list, &n, STORE_WATCHED, INSTANT_UNKNOWN,
			     c->arena, err) ||
	    !store_alerts(s, &rows, &m, c->arena, err))
		return false;
	look_at_poll(l, &poll, found, c->now);
	look_at_positions(l, list, n, c->now);
	look_at_alerts(l, rows, m);
	return true;
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

static void print_look(const struct look *l)
{
	static const char *const words[] = {
		[HEALTH_OK] = "OK", [HEALTH_WARNING] = "WARNING",
		[HEALTH_CRITICAL] = "CRITICAL", [HEALTH_UNKNOWN] = "UNKNOWN"
	};

	printf("CARRYWATCH %s - %s: %s | age=%llds positions=%d pending=%d "
	       "blind=%d alerts=%d\n", words[l->health], l->account->name,
	       l->what[0] ? l->what : "all well", (long long)l->age_s,
	       l->positions, l->pending, l->blind, l->firing);
}

int cmd_check(struct cli *c)
{
	const struct account **list;
	int worst = HEALTH_OK;
	struct err err;
	size_t n;

	if (!cli_accounts(c, &list, &n, &err)) {
		printf("CARRYWATCH UNKNOWN - %s\n", err.text);
		return HEALTH_UNKNOWN;
	}
	for (size_t i = 0; i < n; i++) {
		struct look l = { .account = list[i], .age_s = -1 };

		look(&l, c);
		print_look(&l);
		worst = (int)l.health > worst ? (int)l.health : worst;
	}
	return worst;
}
