/* SPDX-License-Identifier: MIT */
/*
 * status: is the monitor of each account running, and how did its last poll
 * go? Reads the lock and the database; exit code 3 when none runs.
 */
#include <stdio.h>
#include <string.h>

#include "text_safe.h"
#include "clock.h"
#include "commands.h"
#include "lock.h"
#include "store_alerts.h"
#include "store_handoffs.h"
#include "table.h"

#define SINCE_START_MS 5000

struct report {
	const struct account *account;
	char database[2 * CONFIG_TEXT_MAX];
	bool running;
	long pid;
	bool polled;			/* poll is filled */
	struct poll poll;
	int64_t count[STATUS_CLOSED + 1];
	int64_t evidence_bytes;
	struct brakes brakes;
	int64_t held, stuck;		/* hand-offs that want a person */
	size_t firing;			/* alerts that last */
	struct instant next_tick;	/* unknown unless it runs */
};

static bool read_counts(struct report *s, struct store *store, struct cli *c,
			struct err *err)
{
	struct position *list;
	size_t n;

	if (!store_positions(store, &list, &n, STORE_ALL, INSTANT_UNKNOWN,
			     c->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		s->count[list[i].status]++;
	return true;
}

static bool count_alerts(struct report *s, struct store *store, struct cli *c,
			 struct err *err)
{
	struct alert_row *rows;
	size_t n;

	if (!store_alerts(store, &rows, &n, c->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		s->firing += !instant_known(rows[i].over_at);
	return true;
}

static bool count_handoffs(struct report *s, struct store *store,
			   struct cli *c, struct err *err)
{
	struct handoff_row *rows;
	size_t n;

	if (!store_open_handoffs(store, &rows, &n, c->arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		s->held += rows[i].held[0] != '\0';
		s->stuck += rows[i].state == HANDOFF_FAILED ||
			    rows[i].state == HANDOFF_UNKNOWN;
	}
	return true;
}

static bool read_store(struct report *s, struct store *store, struct cli *c,
		       struct err *err)
{
	if (!store_last_poll(store, &s->poll, &s->polled, err) ||
	    !read_counts(s, store, c, err) ||
	    !store_evidence_bytes(store, &s->evidence_bytes, err) ||
	    !store_brakes(store, &s->brakes, err) ||
	    !count_handoffs(s, store, c, err) ||
	    !count_alerts(s, store, c, err))
		return false;
	if (!s->polled || !s->poll.error)
		return true;
	/* The text goes with the store. */
	s->poll.error = arena_text(c->arena, s->poll.error,
				   strlen(s->poll.error));
	return s->poll.error || err_set(err, ERR_MEMORY, "no memory");
}

/*
 * A market clock (run --clock) has ticks of its own, unknown here. A poll may
 * have been recorded since this command took the time.
 */
static bool on_wall_clock(const struct report *s, struct instant now)
{
	int64_t age = now.ms - s->poll.at.ms;

	return !s->polled ||
	       (age >= -SINCE_START_MS && age <= 10 * s->account->profile->poll_interval.ms);
}

static bool report_read(struct report *s, struct cli *c,
			const struct account *a, struct err *err)
{
	struct store *store;
	bool ok;

	*s = (struct report){
		.account = a, .next_tick = INSTANT_UNKNOWN,
		.brakes = { INSTANT_UNKNOWN, "", INSTANT_UNKNOWN, 0 },
	};
	config_database(s->database, sizeof(s->database), c->config, a);
	s->running = lock_probe(&s->pid, s->database);
	if (s->running)
		s->next_tick = clock_next_tick(c->now,
					       a->profile->poll_interval,
					       a->tick_offset);
	if (!cli_store_if_any(c, &store, a, err))
		return false;
	if (!store)
		return true;
	ok = read_store(s, store, c, err);
	store_close(store);
	if (!on_wall_clock(s, c->now))
		s->next_tick = INSTANT_UNKNOWN;
	return ok;
}

/* ---- for people ---- */

static void show_poll(const struct report *s, const struct cli *c)
{
	const struct poll *p = &s->poll;
	struct span age = instant_diff(c->now, p->at);
	char ago[SPAN_TEXT_MAX];

	if (!s->polled) {
		puts("  poll       none yet");
		return;
	}
	printf("  poll       %s", cli_shown_time(c, p->at));
	/* A market clock may run anywhere. */
	if (age.ms >= 0) {
		span_format_human(ago, age);
		printf(", %s ago", ago);
	}
	printf(": %s, %d requests in %lld ms", p->result, p->requests,
	       (long long)p->took_ms);
	if (instant_known(s->next_tick))
		printf(", next %s", cli_shown_time(c, s->next_tick));
	putchar('\n');
}

static void put_error(const struct report *s, struct arena *arena)
{
	const char *text = "";

	if (s->polled && s->poll.error)
		text = text_safe(s->poll.error, arena);
	if (text && *text)
		printf("  error      %s\n", text);
}

static void put_evidence(int64_t bytes)
{
	char text[DEC_TEXT_MAX];
	struct dec mb = DEC_ZERO;

	if (bytes < 1000000 || !dec_div(&mb, dec_int(bytes),
					dec_int(1000000))) {
		printf("  evidence   %lld bytes\n", (long long)bytes);
		return;
	}
	dec_format_fixed(text, mb, 1);
	printf("  evidence   %s MB\n", text);
}

static void put_acting(const struct report *s, const struct cli *c)
{
	if (s->firing)
		printf("  alerts     %zu last: carrywatch alerts list\n",
		       s->firing);
	if (s->held)
		printf("  hand-offs  %lld wait for: carrywatch handoffs "
		       "confirm\n", (long long)s->held);
	if (s->stuck)
		printf("  hand-offs  %lld need a look: carrywatch handoffs "
		       "list\n", (long long)s->stuck);
	if (instant_known(s->brakes.paused_at))
		printf("  paused     no close is handed over since %s: "
		       "carrywatch resume -a %s\n",
		       cli_shown_time(c, s->brakes.paused_at),
		       s->account->name);
}

static void show(const struct report *s, const struct cli *c)
{
	const struct account *a = s->account;
	const char *color = s->running ? "\033[32m" : "\033[2m";

	printf("%s%s%s %s  ", c->color ? color : "",
	       s->running ? "\xe2\x97\x8f" : "\xe2\x97\x8b",
	       c->color ? "\033[0m" : "", a->name);
	if (s->running)
		printf("running, pid %ld", s->pid);
	else
		fputs("not running", stdout);
	printf("   profile %s   %s\n", a->profile->name,
	       a->mode == MODE_LIVE ? "live" : "dry-run (simulated fills)");
	show_poll(s, c);
	put_error(s, c->arena);
	printf("  positions  %lld open, %lld pending close, %lld closed\n",
	       (long long)s->count[STATUS_OPEN],
	       (long long)s->count[STATUS_PENDING_CLOSE],
	       (long long)s->count[STATUS_CLOSED]);
	put_acting(s, c);
	put_evidence(s->evidence_bytes);
	printf("  database   %s\n", s->database);
	if (!s->running)
		printf("  start it   carrywatch run -a %s\n", a->name);
}

/* ---- for programs ---- */

enum { C_ACCOUNT, C_MODE, C_PROFILE, C_RUNNING, C_PID, C_SEQ, C_AT, C_AGE,
       C_RESULT, C_TOOK, C_ERROR, C_NEXT, C_OPEN, C_PENDING, C_CLOSED,
       C_EVIDENCE, C_DATABASE, C_ALERTS, C_PAUSED, C_HELD, C_STUCK,
       C_COUNT };

static const struct column status_columns[C_COUNT] = {
	[C_ACCOUNT] = { .key = "account", .title = "ACCOUNT" },
	[C_MODE] = { .key = "mode", .title = "MODE" },
	[C_PROFILE] = { .key = "profile", .title = "PROFILE" },
	[C_RUNNING] = { .key = "running", .title = "RUNNING" },
	[C_PID] = { .key = "pid", .title = "PID" },
	[C_SEQ] = { .key = "poll", .title = "POLL" },
	[C_AT] = { .key = "last_poll", .title = "LAST POLL" },
	[C_AGE] = { .key = "age_seconds", .title = "AGE" },
	[C_RESULT] = { .key = "result", .title = "RESULT" },
	[C_TOOK] = { .key = "took_ms", .title = "MS" },
	[C_ERROR] = { .key = "error", .title = "ERROR" },
	[C_NEXT] = { .key = "next_tick", .title = "NEXT" },
	[C_OPEN] = { .key = "open", .title = "OPEN" },
	[C_PENDING] = { .key = "pending_close", .title = "PENDING" },
	[C_CLOSED] = { .key = "closed", .title = "CLOSED" },
	[C_EVIDENCE] = { .key = "evidence_bytes", .title = "EVIDENCE" },
	[C_DATABASE] = { .key = "database", .title = "DATABASE" },
	[C_ALERTS] = { .key = "alerts", .title = "ALERTS" },
	[C_PAUSED] = { .key = "paused_at", .title = "PAUSED" },
	[C_HELD] = { .key = "handoffs_held", .title = "HELD" },
	[C_STUCK] = { .key = "handoffs_stuck", .title = "STUCK" },
};

static void poll_cells(struct cell *cell, struct table *t,
		       const struct cli *c, const struct poll *p)
{
	cell[C_SEQ] = cell_count(t, p->seq);
	cell[C_AT] = cell_instant(t, c, p->at);
	cell[C_AGE] = cell_count(t, instant_diff(c->now, p->at).ms / 1000);
	cell[C_RESULT] = cell_text(t, p->result);
	cell[C_TOOK] = cell_count(t, p->took_ms);
	cell[C_ERROR] = cell_text(t, p->error && *p->error ? p->error : NULL);
}

static void add_row(struct table *t, const struct cli *c,
		    const struct report *s)
{
	struct cell *cell = table_row(t);

	cell[C_ACCOUNT] = cell_text(t, s->account->name);
	cell[C_MODE] = cell_text(t, s->account->mode == MODE_LIVE ? "live" :
				 "dry-run");
	cell[C_PROFILE] = cell_text(t, s->account->profile->name);
	cell[C_RUNNING] = (struct cell){
		.kind = CELL_BOOL, .text = s->running ? "true" : "false" };
	if (s->running)
		cell[C_PID] = cell_count(t, s->pid);
	if (s->polled)
		poll_cells(cell, t, c, &s->poll);
	cell[C_NEXT] = cell_instant(t, c, s->next_tick);
	cell[C_OPEN] = cell_count(t, s->count[STATUS_OPEN]);
	cell[C_PENDING] = cell_count(t, s->count[STATUS_PENDING_CLOSE]);
	cell[C_CLOSED] = cell_count(t, s->count[STATUS_CLOSED]);
	cell[C_EVIDENCE] = cell_count(t, s->evidence_bytes);
	cell[C_DATABASE] = cell_text(t, s->database);
	cell[C_ALERTS] = cell_count(t, (int64_t)s->firing);
	cell[C_PAUSED] = cell_instant(t, c, s->brakes.paused_at);
	cell[C_HELD] = cell_count(t, s->held);
	cell[C_STUCK] = cell_count(t, s->stuck);
}

/* Without -a: every account. */
static bool accounts_of(struct cli *c, const struct account ***list,
			size_t *n, struct err *err)
{
	if (c->n_accounts == 0)
		c->account[c->n_accounts++] = "all";
	return cli_accounts(c, list, n, err);
}

int cmd_status(struct cli *c)
{
	bool people = c->format == FORMAT_TABLE || c->format == FORMAT_WIDE;
	struct table *t = table_new(status_columns, C_COUNT, c->arena);
	const struct account **list;
	bool running = false;
	struct err err;
	size_t n;

	if (!t)
		return cli_no_memory(c);
	if (!accounts_of(c, &list, &n, &err))
		return cli_fail(c, &err);
	for (size_t i = 0; i < n; i++) {
		struct report s;

		if (!report_read(&s, c, list[i], &err))
			return cli_fail(c, &err);
		running |= s.running;
		if (people)
			show(&s, c);
		else
			add_row(t, c, &s);
	}
	if (!people && !table_print(stdout, t, c, &err))
		return cli_fail(c, &err);
	return running ? 0 : err_exit_code(ERR_NOT_FOUND);
}
