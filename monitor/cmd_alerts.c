/* SPDX-License-Identifier: MIT */
/*
 * alerts list, ack, snooze: what lasts, who has been told, and a person's
 * word about it. Changes are written beside a monitor that may be running; it
 * reads them with its next poll.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_positions_change.h"
#include "commands.h"
#include "store_alerts.h"
#include "table.h"

enum { A_ACCOUNT, A_STATE, A_KIND, A_POSITION, A_SEVERITY, A_SINCE, A_TOLD,
       A_TELLINGS, A_DELIVERED, A_WAITING, A_GIVEN_UP, A_UNTIL, A_BY,
       A_FINGERPRINT, A_TITLE, A_TEXT, A_COUNT };

static const struct column alert_columns[A_COUNT] = {
	[A_ACCOUNT] = { .key = "account", .title = "ACCOUNT", .wide = true },
	[A_STATE] = { .key = "state", .title = "STATE" },
	[A_KIND] = { .key = "kind", .title = "KIND", .wide = true },
	[A_POSITION] = { .key = "position", .title = "ID" },
	[A_SEVERITY] = { .key = "severity", .title = "SEVERITY",
			 .drop = 4 },
	[A_SINCE] = { .key = "since", .title = "SINCE",
			 .drop = 3 },
	[A_TOLD] = { .key = "told_at", .title = "TOLD",
			 .drop = 2 },
	[A_TELLINGS] = { .key = "tellings", .title = "TIMES",
			 .drop = 1 },
	[A_DELIVERED] = { .key = "delivered", .title = "TAKEN" },
	[A_WAITING] = { .key = "waiting", .title = "WAIT" },
	[A_GIVEN_UP] = { .key = "given_up", .title = "DEAD" },
	[A_UNTIL] = { .key = "snoozed_until", .title = "UNTIL", .wide = true },
	[A_BY] = { .key = "acked_by", .title = "BY", .wide = true },
	[A_FINGERPRINT] = { .key = "fingerprint", .title = "FINGERPRINT" },
	[A_TITLE] = { .key = "title", .title = "WHAT" },
	[A_TEXT] = { .key = "text", .title = "TEXT", .wide = true },
};

static const char *state_of(const struct alert_row *r, struct instant now)
{
	if (instant_known(r->over_at))
		return "over";
	if (instant_known(r->acked_at))
		return "acked";
	if (instant_known(r->snoozed_until) && r->snoozed_until.ms > now.ms)
		return "snoozed";
	if (r->muted_by[0])
		return "muted";
	return r->tellings ? "firing" : "pending";
}

/* Told is what left this program; who took it is counted here. */
static void put_heard(struct cell *cell, struct table *t,
		      const struct alert_row *r,
		      const struct alert_heard *list, size_t n)
{
	struct alert_heard none = { .delivered = 0 };
	const struct alert_heard *h = &none;

	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i].fingerprint, r->fingerprint))
			h = &list[i];
	cell[A_DELIVERED] = cell_count(t, h->delivered);
	cell[A_WAITING] = cell_count(t, h->waiting);
	cell[A_GIVEN_UP] = cell_count(t, h->given_up);
}

static void put_row(struct table *t, struct cell *cell, const struct cli *c,
		    const struct account *a, const struct alert_row *r)
{
	cell[A_ACCOUNT] = cell_text(t, a->name);
	cell[A_STATE] = cell_text(t, state_of(r, c->now));
	cell[A_STATE].tone = r->severity >= SEVERITY_ERROR ? TONE_BAD :
							     TONE_WARN;
	cell[A_KIND] = cell_text(t, r->kind);
	if (r->position)
		cell[A_POSITION] = cell_count(t, r->position);
	cell[A_SEVERITY] = cell_text(t, severity_word(r->severity));
	cell[A_SINCE] = cell_instant(t, c, r->since);
	cell[A_TOLD] = cell_instant(t, c, r->told_at);
	cell[A_TELLINGS] = cell_count(t, r->tellings);
	cell[A_UNTIL] = cell_instant(t, c, r->snoozed_until);
	cell[A_BY] = cell_text(t, *r->acked_by ? r->acked_by : NULL);
	cell[A_FINGERPRINT] = cell_text(t, r->fingerprint);
	cell[A_TITLE] = cell_text(t, r->title);
	cell[A_TEXT] = cell_text(t, r->text);
}

/* For people: what waits for a sink, and why. */
static bool say_queues(const struct cli *c, const struct account *a,
		       struct store *s, struct err *err)
{
	if (a->alerts.n_sinks == 0)
		positions_say(c, "%s: no sinks: nobody is told but the log",
			      a->name);
	for (size_t i = 0; i < a->alerts.n_sinks; i++) {
		const char *name = a->alerts.sinks[i]->name;
		struct delivery_queue q;

		if (!store_delivery_queue(s, &q, name, c->now, err))
			return false;
		if (q.n > 0)
			positions_say(c, "%s: %lld waiting for %s%s%s",
				      a->name, (long long)q.n, name,
				      q.error[0] ? ": " : "", q.error);
	}
	return true;
}

static bool add_account(struct table *t, struct cli *c,
			const struct account *a, struct err *err)
{
	struct alert_heard *heard;
	struct alert_row *rows;
	size_t n = 0, m = 0;
	struct store *s;
	bool ok;

	if (!cli_store_if_any(c, &s, a, err))
		return false;
	if (!s)
		return true;
	ok = store_alerts(s, &rows, &n, c->arena, err) &&
	     store_alerts_heard(s, &heard, &m, c->arena, err) &&
	     (c->format != FORMAT_TABLE || say_queues(c, a, s, err));
	store_close(s);
	for (size_t i = 0; ok && i < n; i++) {
		struct cell *cell;

		if (!cli_has(c, OPT_ALL) && instant_known(rows[i].over_at))
			continue;
		cell = table_row(t);
		put_row(t, cell, c, a, &rows[i]);
		put_heard(cell, t, &rows[i], heard, m);
	}
	return ok;
}

int cmd_alerts_list(struct cli *c)
{
	struct table *t = table_new(alert_columns, A_COUNT, c->arena);
	const struct account **list;
	struct err err;
	size_t n;

	if (!t)
		return cli_no_memory(c);
	if (!cli_accounts(c, &list, &n, &err))
		return cli_fail(c, &err);
	for (size_t i = 0; i < n; i++)
		if (!add_account(t, c, list[i], &err))
			return cli_fail(c, &err);
	if (!table_print(stdout, t, c, &err))
		return cli_fail(c, &err);
	return 0;
}

/* ---- a person's word ---- */

struct word {
	const struct cli *cli;
	const char *what;		/* fingerprint, position or "all" */
	struct instant now;
	struct span snooze;		/* 0: acknowledge */
	size_t changed;
};

static bool is_meant(const struct word *w, const struct alert_row *r)
{
	char *end;
	long long id = strtoll(w->what, &end, 10);

	if (!strcmp(w->what, "all") || !strcmp(w->what, r->fingerprint))
		return true;
	return end != w->what && !*end && id > 0 && r->position == id;
}

static void change_row(const struct word *w, struct alert_row *r)
{
	if (w->snooze.ms > 0)
		r->snoozed_until = instant_add(w->now, w->snooze);
	else
		r->acked_at = w->now;
	snprintf(r->acked_by, sizeof(r->acked_by), "cli");
}

static bool write_word(struct store *s, void *ctx, struct err *err)
{
	struct word *w = ctx;
	struct alert_row *rows;
	size_t n;

	w->changed = 0;
	if (!store_alerts(s, &rows, &n, w->cli->arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (instant_known(rows[i].over_at) || !is_meant(w, &rows[i]))
			continue;
		change_row(w, &rows[i]);
		if (!store_put_alert(s, &rows[i], err))
			return false;
		w->changed++;
	}
	return w->changed > 0 ||
	       err_set(err, ERR_NOT_FOUND, "no alert \"%s\": see carrywatch "
		       "alerts list", w->what);
}

static int change_command(struct cli *c, struct word *w)
{
	const struct account *a;
	struct store *s = NULL;
	struct err err;
	bool ok;

	w->cli = c;
	w->what = c->arg[0];
	ok = cli_account(c, &a, &err) &&
	     cli_store(c, &s, a, STORE_CHANGE, &err) &&
	     positions_now(&w->now, c, a, s, &err) &&
	     positions_write(s, write_word, w, true, &err);
	store_close(s);
	if (!ok)
		return cli_fail(c, &err);
	if (w->snooze.ms > 0)
		positions_say(c, "%zu put off until %s", w->changed,
			      cli_shown_time(c, instant_add(w->now,
							    w->snooze)));
	else
		positions_say(c, "%zu acknowledged: silent until %s over or "
			      "worse",
			      w->changed, w->changed == 1 ? "it is" :
			      "they are");
	return 0;
}

int cmd_alerts_ack(struct cli *c)
{
	struct word w = { .snooze = { 0 } };

	return change_command(c, &w);
}

int cmd_alerts_snooze(struct cli *c)
{
	const char *text = cli_has(c, OPT_FOR) ? c->opt[OPT_FOR] : "8h";
	struct word w = { .snooze = { 0 } };
	struct err err;

	if (!span_parse(&w.snooze, text, strlen(text)) || w.snooze.ms <= 0 ||
	    w.snooze.ms > span_s(30 * DAY_S).ms) {
		err_set(&err, ERR_USAGE, "--for \"%s\": write a time above 0 "
			"and up to 30d, such as 8h", text);
		return cli_fail(c, &err);
	}
	return change_command(c, &w);
}
