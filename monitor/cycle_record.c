/* SPDX-License-Identifier: MIT */
/*
 * Step 5: everything a poll concluded, in one transaction. A position that
 * changed since it was read gets no decision in this poll; its memory stays.
 */
#include "cycle_feed.h"

#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COMMIT_BUDGET_MS	2000
#define RETAIN_EVERY		32	/* polls */

static const struct position *reread(const struct position *list, size_t n,
				     int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id)
			return &list[i];
	return NULL;
}

/* Mark what a command changed between our read and this transaction. */
static bool find_changed(struct work *w, struct err *err)
{
	struct position *now;
	size_t n;

	if (!store_positions(w->cycle->store, &now, &n, STORE_WATCHED,
			     INSTANT_UNKNOWN, w->arena, err))
		return false;
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct position *p = i < n && now[i].id ==
			w->watched[i].pos.id ? &now[i] :
			reread(now, n, w->watched[i].pos.id);

		w->watched[i].left = !p;
		w->watched[i].skipped = !p || p->version !=
					w->watched[i].pos.version;
	}
	return true;
}

static bool put_poll(struct work *w, struct err *err)
{
	struct cycle *c = w->cycle;

	return store_put_config(c->store, c->config_hash, c->config_text,
				err) &&
	       store_put_poll(c->store, &w->poll, err);
}

static bool put_evidence(struct work *w, struct err *err)
{
	struct cycle *c = w->cycle;
	unsigned char *blob;
	size_t n;

	w->key = !c->before || c->since_key >= CYCLE_KEY_EVERY;
	if (!cycle_view(w, err) ||
	    !evidence_encode(&blob, &n, w->view, w->key ? NULL : c->before,
			     w->arena, err))
		return false;
	if (!store_put_evidence(c->store, w->poll.seq, w->key, blob, n, err))
		return false;
	c->since_key = w->key ? 1 : c->since_key + 1;
	return true;
}

static struct event event_of(const struct work *w, const struct position *p,
			     const char *kind, enum status to)
{
	struct event e = { .position = p->id, .at = w->now,
			   .reason = p->reason, .note = "" };

	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	snprintf(e.from, sizeof(e.from), "%s", status_word(p->status));
	snprintf(e.to, sizeof(e.to), "%s", status_word(to));
	snprintf(e.by, sizeof(e.by), "monitor");
	return e;
}

static bool change_status(struct work *w, struct position *p, const char *kind,
			  enum status to, struct err *err)
{
	struct event e = event_of(w, p, kind, to);

	p->status = to;
	return store_change_position(w->cycle->store, p, &e, err);
}

static bool put_pending(struct work *w, struct watched *x,
			struct position *p, struct err *err)
{
	if (!x->decision.close_now)
		return true;
	p->reason = x->decision.label;
	p->decided_at = w->now;
	return change_status(w, p, "decide", STATUS_PENDING_CLOSE, err);
}

static bool put_closed(struct work *w, struct watched *x,
		       struct position *p, struct err *err)
{
	if (!x->filled)
		return true;
	if (!dec_add(&p->fees_usd, p->fees_usd, x->fill.fees_usd) ||
	    !dec_add(&p->slippage_usd, p->slippage_usd, x->fill.slippage_usd))
		return err_set(err, ERR_STORE, "position %" PRId64 ": fees "
			       "out of range", p->id);
	p->close_fees_usd = x->fill.fees_usd;
	p->close_slippage_usd = x->fill.slippage_usd;
	p->closed_at = w->now;
	return change_status(w, p, "close", STATUS_CLOSED, err);
}

static bool put_severer(struct work *w, const struct watched *x,
			struct err *err)
{
	struct event e = event_of(w, &x->pos, "severer", x->pos.status);

	if (!(x->decision.notices & NOTICE_SEVERER))
		return true;
	e.to[0] = e.from[0] = '\0';
	e.reason = x->watch.severer;
	return store_add_event(w->cycle->store, &e, err);
}

static bool put_decision(struct work *w, const struct watched *x,
			 struct err *err)
{
	char text[SENTENCE_MAX];
	struct decision_row row = {
		.poll = w->poll.seq, .position = x->pos.id, .at = w->now,
		.action = x->decision.action, .before = x->old_watch.action,
		.label = x->decision.label, .text = text,
	};

	if (!judge_changed(x))
		return true;
	sentence_decision(text, x, w->cycle->account->profile);
	return store_put_decision(w->cycle->store, &row, err);
}

static bool put_notices(struct work *w, const struct watched *x,
			struct err *err)
{
	char text[SENTENCE_MAX];

	for (unsigned bit = 1; bit <= NOTICE_UNCLOSED; bit <<= 1) {
		struct message m = { .at = w->now, .position = x->pos.id,
				     .text = text };

		if (!(x->decision.notices & bit))
			continue;
		sentence_notice(text, &m.kind, &m.priority,
				(enum notice)bit, x, w);
		if (!store_put_message(w->cycle->store, &m, err))
			return false;
	}
	return true;
}

/* Which day without a confirmation it is at this time. */
static int64_t unconfirmed_days(const struct position *p, struct instant t)
{
	struct instant since = instant_known(p->confirmed_at) ?
			       p->confirmed_at : p->opened_at;

	return instant_diff(t, since).ms / (INT64_C(1000) * DAY_S);
}

bool cycle_unconfirmed(const struct work *w, const struct watched *x)
{
	return !w->cycle->wiring.executor.fill && !w->book.asked &&
	       w->has_last && unconfirmed_days(&x->pos, w->now) >
			      unconfirmed_days(&x->pos, w->last.at);
}

static bool put_reminder(struct work *w, const struct watched *x,
			 struct err *err)
{
	struct event e = event_of(w, &x->pos, "unconfirmed", x->pos.status);
	char text[SENTENCE_MAX];
	struct message m = { .at = w->now, .priority = LOG_LEVEL_WARNING,
			     .position = x->pos.id, .kind = "unconfirmed",
			     .text = text };

	if (!cycle_unconfirmed(w, x))
		return true;
	e.from[0] = e.to[0] = '\0';
	sentence_unconfirmed(text, &x->pos, w);
	return store_add_event(w->cycle->store, &e, err) &&
	       store_put_message(w->cycle->store, &m, err);
}

static bool put_watched(struct work *w, struct watched *x, struct err *err)
{
	struct position p = x->pos;

	return store_save_memory(w->cycle->store, p.id,
				 w->cycle->account->profile, x->slots,
				 x->old_slots, &x->watch, &x->old_watch,
				 err) &&
	       put_decision(w, x, err) && put_severer(w, x, err) &&
	       put_notices(w, x, err) && put_reminder(w, x, err) &&
	       put_pending(w, x, &p, err) && cycle_put_handoff(w, x, err) &&
	       cycle_hurry_handoff(w, x, err) &&
	       put_closed(w, x, &p, err) &&
	       cycle_put_held(w, (size_t)(x - w->watched), &p, err);
}

/* ---- entries ---- */

static bool suggested_before(struct cycle *c, const struct opportunity *o)
{
	struct suggested s = { o->symbol, o->long_venue, o->short_venue };

	for (size_t i = 0; i < c->n_suggested; i++)
		if (memcmp(&c->suggested[i], &s, sizeof(s)) == 0)
			return true;
	if (c->n_suggested == CYCLE_SUGGESTED_MAX)
		c->n_suggested = 0;	/* forget the oldest lot */
	c->suggested[c->n_suggested++] = s;
	return false;
}

static bool put_entry(struct work *w, struct entry *e,
		      struct cycle_result *out, struct err *err)
{
	bool opens = w->cycle->wiring.executor.fill != NULL;
	char text[SENTENCE_MAX];
	struct message m = { .at = w->now, .priority = LOG_LEVEL_NOTICE,
			     .kind = opens ? "open" : "suggest",
			     .text = text };

	sentence_entry(text, e, opens);
	if (!opens && suggested_before(w->cycle, e->opportunity))
		return true;
	if (opens && !store_add_position(w->cycle->store, &e->position, w->now,
					 "simulated", text, err))
		return false;
	out->opened += opens;
	m.position = e->position.id;
	return store_put_message(w->cycle->store, &m, err);
}

static bool put_entries(struct work *w, struct cycle_result *out,
			struct err *err)
{
	for (size_t i = 0; i < w->n_entries; i++)
		if (w->entries[i].result == ENTRY_ACCEPTED &&
		    !put_entry(w, &w->entries[i], out, err))
			return false;
	return true;
}

static bool put_all(struct work *w, struct cycle_result *out, struct err *err)
{
	if (!find_changed(w, err) || !put_poll(w, err) ||
	    !put_evidence(w, err) || !cycle_breaker(w, err))
		return false;
	for (size_t i = 0; i < w->n_watched; i++) {
		struct watched *x = &w->watched[i];

		if (x->skipped) {
			if (!cycle_put_skipped(w, i, err))
				return false;
			continue;
		}
		if (!put_watched(w, x, err))
			return false;
		out->positions++;
		out->closes += x->decision.close_now;
		out->alerts += x->decision.action == ACTION_ALERT;
	}
	return cycle_put_new_pairs(w, err) && cycle_shadow(w, err) &&
	       cycle_feed_tell(w, err) &&
	       cycle_settle(w, err) && put_entries(w, out, err) &&
	       cycle_alerts(w, err);
}

static bool retain(struct work *w, struct err *err)
{
	const struct config *c = w->cycle->config;

	if (w->poll.seq % RETAIN_EVERY != 0)
		return true;
	return store_retain(w->cycle->store, w->now, c->retention,
			    c->evidence_cap_bytes, err);
}

/* What the process noted of a poll that was not recorded. */
static void take_back(struct cycle *c, int32_t since_key, size_t n_suggested)
{
	c->since_key = since_key;
	/* Fewer: the oldest lot was forgotten, and where they stood. */
	c->n_suggested = c->n_suggested < n_suggested ? 0 : n_suggested;
}

bool cycle_record(struct work *w, struct cycle_result *out, struct err *err)
{
	struct store *s = w->cycle->store;
	int32_t since_key = w->cycle->since_key;
	size_t n_suggested = w->cycle->n_suggested;
	bool ok;

	if (!store_begin(s, err))
		return false;
	ok = put_all(w, out, err) && retain(w, err);
	if (ok)
		ok = store_commit(s, COMMIT_BUDGET_MS, err);
	else
		store_rollback(s);
	if (!ok)
		take_back(w->cycle, since_key, n_suggested);
	return ok;
}
