/* SPDX-License-Identifier: MIT */
/*
 * handoffs list, confirm, retry; pause, resume: what was handed over and what
 * became of it, and a person's word about it. Written beside a running
 * monitor, which reads it before it sends anything.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_positions_change.h"
#include "commands.h"
#include "store_handoffs.h"
#include "table.h"

enum { H_ACCOUNT, H_ID, H_POSITION, H_STATE, H_HELD, H_TARGET, H_ORDER,
       H_REASON, H_TRIES, H_CREATED, H_SENT, H_ANSWERED, H_CONFIRMED, H_KEY,
       H_DETAIL, H_COUNT };

static const struct column handoff_columns[H_COUNT] = {
	[H_ACCOUNT] = { .key = "account", .title = "ACCOUNT", .wide = true },
	[H_ID] = { .key = "id", .title = "ID" },
	[H_POSITION] = { .key = "position", .title = "POSITION" },
	[H_STATE] = { .key = "state", .title = "STATE" },
	[H_HELD] = { .key = "held", .title = "HELD BY" },
	[H_TARGET] = { .key = "target", .title = "TO",
			 .drop = 3 },
	[H_ORDER] = { .key = "order_type", .title = "ORDER",
			 .drop = 2 },
	[H_REASON] = { .key = "reason", .title = "REASON",
			 .drop = 5 },
	[H_TRIES] = { .key = "tries", .title = "SENT" },
	[H_CREATED] = { .key = "created_at", .title = "DECIDED",
			 .drop = 1 },
	[H_SENT] = { .key = "sent_at", .title = "LAST SENT",
			 .drop = 4 },
	[H_ANSWERED] = { .key = "answered_at", .title = "ANSWERED",
			 .wide = true },
	[H_CONFIRMED] = { .key = "confirmed_at", .title = "CONFIRMED",
			  .wide = true },
	[H_KEY] = { .key = "key", .title = "KEY", .wide = true },
	[H_DETAIL] = { .key = "detail", .title = "DETAIL" },
};

static enum tone tone_of(enum handoff_state s)
{
	if (s == HANDOFF_CONFIRMED)
		return TONE_GOOD;
	return s == HANDOFF_FAILED || s == HANDOFF_UNKNOWN ? TONE_BAD :
							     TONE_WARN;
}

static void put_row(struct table *t, const struct cli *c,
		    const struct account *a, const struct handoff_row *r)
{
	struct cell *cell = table_row(t);

	cell[H_ACCOUNT] = cell_text(t, a->name);
	cell[H_ID] = cell_count(t, r->id);
	cell[H_POSITION] = cell_count(t, r->position);
	cell[H_STATE] = cell_text(t, handoff_state_word(r->state));
	cell[H_STATE].tone = tone_of(r->state);
	cell[H_HELD] = cell_text(t, r->held[0] ? r->held : NULL);
	cell[H_TARGET] = cell_text(t, r->target);
	cell[H_ORDER] = cell_text(t, order_type_word(r->order));
	cell[H_REASON] = cell_text(t, r->reason.s);
	cell[H_TRIES] = cell_count(t, r->tries);
	cell[H_CREATED] = cell_instant(t, c, r->created_at);
	cell[H_SENT] = cell_instant(t, c, r->sent_at);
	cell[H_ANSWERED] = cell_instant(t, c, r->answered_at);
	cell[H_CONFIRMED] = cell_instant(t, c, r->confirmed_at);
	cell[H_KEY] = cell_text(t, r->key);
	cell[H_DETAIL] = cell_text(t, r->detail[0] ? r->detail : NULL);
}

static bool add_account(struct table *t, struct cli *c,
			const struct account *a, struct err *err)
{
	struct handoff_row *rows = NULL;
	struct store *s;
	struct brakes b;
	size_t n = 0;
	bool ok;

	if (!cli_store_if_any(c, &s, a, err))
		return false;
	if (!s)
		return true;
	ok = (cli_has(c, OPT_ALL) ?
	      store_handoffs(s, &rows, &n, 0, c->arena, err) :
	      store_open_handoffs(s, &rows, &n, c->arena, err)) &&
	     store_brakes(s, &b, err);
	store_close(s);
	if (ok && instant_known(b.paused_at) && c->format == FORMAT_TABLE)
		positions_say(c, "%s is paused since %s: carrywatch resume "
			      "-a %s", a->name,
			      cli_shown_time(c, b.paused_at), a->name);
	for (size_t i = 0; ok && i < n; i++)
		put_row(t, c, a, &rows[i]);
	return ok;
}

int cmd_handoffs_list(struct cli *c)
{
	struct table *t = table_new(handoff_columns, H_COUNT, c->arena);
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
	struct cli *cli;
	const struct account *account;
	struct instant now;
	bool retry;			/* else confirm */
	int64_t id;			/* 0: all */
	size_t changed;
};

static bool event_of(struct store *s, const struct handoff_row *r,
		     const struct word *w, struct err *err)
{
	struct event e = { .position = r->position, .at = w->now,
			   .reason = r->reason, .note = r->key };

	snprintf(e.kind, sizeof(e.kind), "%s", w->retry ? "retry" :
		 "release");
	snprintf(e.by, sizeof(e.by), "cli");
	return store_add_event(s, &e, err);
}

/* Who may be at it already gets it again, and does not do it twice. */
static bool is_harmless(const struct handoff_row *r, const struct word *w)
{
	return strcmp(r->target, "control_api") != 0 &&
	       !strcmp(r->target, on_close_word(w->account->close.target));
}

static bool retry_row(struct store *s, struct handoff_row *r,
		      const struct word *w, struct err *err)
{
	struct handoff_view v = {
		.now = w->now, .policy = &w->account->close,
		.idempotent = is_harmless(r, w),
		.status = STATUS_PENDING_CLOSE,
	};

	if (r->state == HANDOFF_CONFIRMED)
		return err_set(err, ERR_DATA, "hand-off %" PRId64 " is over",
			       r->id);
	if (!handoff_again(r, &v))
		return err_set(err, ERR_DATA, "hand-off %" PRId64 " may still "
			       "be working: wait %lld seconds after it was "
			       "sent (close.settle, or for its answer)", r->id,
			       (long long)(handoff_works(r, v.policy).ms /
					   1000));
	(void)s;
	return true;
}

static bool is_meant(const struct word *w, const struct handoff_row *r)
{
	if (w->id && r->id != w->id)
		return false;
	return w->retry || r->held[0];
}

static bool change_row(struct store *s, struct handoff_row *r,
		       struct word *w, struct err *err)
{
	if (w->retry) {
		if (!retry_row(s, r, w, err))
			return false;
	} else {
		r->confirm_wide |= !strcmp(r->held, "spread");
		r->held[0] = '\0';
		if (r->tries > 0)	/* else an earlier close ends first */
			r->next_at = w->now;
		snprintf(r->detail, sizeof(r->detail), "confirmed by hand");
	}
	/* A person's word is for who gets closes now. */
	if (w->account->close.target != ON_CLOSE_NONE)
		snprintf(r->target, sizeof(r->target), "%s",
			 on_close_word(w->account->close.target));
	w->changed++;
	return store_save_handoff(s, r, err) && event_of(s, r, w, err);
}

static bool write_word(struct store *s, void *ctx, struct err *err)
{
	struct word *w = ctx;
	struct handoff_row *rows;
	size_t n;

	w->changed = 0;
	if (!store_open_handoffs(s, &rows, &n, w->cli->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (is_meant(w, &rows[i]) && !change_row(s, &rows[i], w, err))
			return false;
	return w->changed > 0 ||
	       err_set(err, ERR_NOT_FOUND, "no hand-off %s%s: see carrywatch "
		       "handoffs list", w->retry ? "" : "waits for a word: ",
		       w->cli->arg[0]);
}

static bool read_word(struct word *w, struct cli *c, struct store **s,
		      struct err *err)
{
	bool all = !w->retry && !strcmp(c->arg[0], "all");

	w->cli = c;
	return (all || cli_id(c, &w->id, 0, err)) &&
	       cli_account(c, &w->account, err) &&
	       cli_store(c, s, w->account, STORE_CHANGE, err) &&
	       positions_now(&w->now, c, w->account, *s, err);
}

static int word_command(struct cli *c, bool retry)
{
	struct word w = { .retry = retry };
	struct store *s = NULL;
	struct err err;
	bool ok = read_word(&w, c, &s, &err) &&
		  cli_confirm(c, retry ? "Send this close again?" :
			      "Let these closes go?", &err) &&
		  positions_write(s, write_word, &w, true, &err);

	store_close(s);
	if (!ok)
		return cli_fail(c, &err);
	positions_say(c, "%zu %s", w.changed, retry ?
		      "queued again under its id" : "may go now");
	return 0;
}

int cmd_handoffs_confirm(struct cli *c)
{
	return word_command(c, false);
}

int cmd_handoffs_retry(struct cli *c)
{
	return word_command(c, true);
}

/* ---- brakes ---- */

struct brake {
	struct instant now;
	const char *note;
	bool pause;
	bool changed;
};

static bool write_brake(struct store *s, void *ctx, struct err *err)
{
	struct brake *w = ctx;
	struct event e = { .at = w->now, .note = w->note };
	struct brakes b;

	if (!store_brakes(s, &b, err))
		return false;
	w->changed = instant_known(b.paused_at) != w->pause;
	b.paused_at = w->pause ? w->now : INSTANT_UNKNOWN;
	snprintf(b.paused_by, sizeof(b.paused_by), "%s", w->pause ? "cli" :
		 "");
	snprintf(e.kind, sizeof(e.kind), "%s", w->pause ? "pause" : "resume");
	snprintf(e.by, sizeof(e.by), "cli");
	return !w->changed ||
	       (store_put_brakes(s, &b, err) && store_add_event(s, &e, err));
}

static int brake_command(struct cli *c, bool pause)
{
	struct brake w = { .pause = pause, .note = "" };
	const struct account *a;
	struct store *s = NULL;
	struct err err;
	bool ok;

	if (cli_has(c, OPT_NOTE))
		w.note = c->opt[OPT_NOTE];
	ok = cli_account(c, &a, &err) &&
	     cli_store(c, &s, a, STORE_CHANGE, &err) &&
	     positions_now(&w.now, c, a, s, &err) &&
	     positions_write(s, write_brake, &w, true, &err);
	store_close(s);
	if (!ok)
		return cli_fail(c, &err);
	positions_say(c, "%s: %s%s", a->name, pause ? "no close is handed "
		      "over until carrywatch resume; decisions go on" :
		      "closes are handed over", w.changed ? "" :
		      " (as before)");
	return 0;
}

int cmd_pause(struct cli *c)
{
	return brake_command(c, true);
}

int cmd_resume(struct cli *c)
{
	return brake_command(c, false);
}
