/* SPDX-License-Identifier: MIT */
/* The desk of hand-offs (handoffs.h). */
#include "handoffs_work.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "store_held.h"

#define COMMIT_MS	2000

static struct running *slot_of(struct handoffs *h, int64_t id)
{
	for (int i = 0; i < HANDOFFS_RUNNING_MAX; i++)
		if (h->running[i].id == id)
			return &h->running[i];
	return NULL;
}

/* ---- what is known of one ---- */

static bool add_source(struct handoffs *h, struct handoff_view *v,
		       const struct handoff_row *r, struct err *err)
{
	struct held_memory m;

	v->source = h->o.source;
	v->seen_at = INSTANT_UNKNOWN;
	if (!v->source)
		return true;
	if (!store_held(h->o.store, &m, r->position, err))
		return false;
	v->seen_at = m.seen_at;
	v->present = held_there(&m);
	/* Ahead of now it was seen before the clock was set back. */
	v->fresh = instant_known(m.seen_at) && m.seen_at.ms <= v->now.ms &&
		   instant_diff(v->now, m.seen_at).ms <= h->o.fresh_for.ms;
	return true;
}

/* A reload may name another receiver than a close was made for. */
static bool is_moved(const struct handoffs *h, const struct handoff_row *r)
{
	return h->receiver.kind &&
	       strcmp(h->receiver.kind->name, r->target) != 0;
}

static bool view_of(struct handoffs *h, struct handoff_view *v,
		    struct position *p, const struct handoff_row *r,
		    struct instant now, struct err *err)
{
	struct brakes b;

	if (!store_brakes(h->o.store, &b, err) ||
	    !store_position(h->o.store, p, r->position, err))
		return false;
	*v = (struct handoff_view){
		.now = now, .policy = h->o.policy,
		.idempotent = h->receiver.kind &&
			      h->receiver.kind->idempotent && !is_moved(h, r),
		.moved = is_moved(h, r),
		.paused = instant_known(b.paused_at) || !h->receiver.kind,
		.running = slot_of(h, r->id) != NULL, .status = p->status,
		.leapt_at = h->leapt_at,
	};
	return add_source(h, v, r, err);
}

/* ---- sending ---- */

static bool add_gone(struct handoffs *h, struct handoff_order *o,
		     struct instant now, struct err *err)
{
	struct held_memory m;

	if (!h->o.source)
		return true;
	if (!store_held(h->o.store, &m, o->position.id, err))
		return false;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		o->gone[s] = held_leg_gone(&m, (enum side)s, now);
	return true;
}

static bool launch(struct handoffs *h, const struct handoff_row *r,
		   const struct position *p, struct instant now,
		   struct err *err)
{
	struct handoff_target t = {
		h->receiver.url, h->receiver.key.text,
		h->receiver.old_key.text, h->receiver.path
	};
	struct handoff_order order = {
		.account = h->o.account, .position = *p, .reason = r->reason,
		.decided_at = r->created_at, .attempt = r->tries,
		.sent_at = h->o.wall ? h->o.wall() : now,
		.order = r->order, .confirm_wide_spread = r->confirm_wide,
	};
	struct ticket ticket = { TICKET_HANDOFF, r->id };
	struct outgoing out;

	snprintf(order.id, sizeof(order.id), "%s", r->key);
	return add_gone(h, &order, now, err) &&
	       h->receiver.kind->build(&out, &order, &t, h->arena, err) &&
	       h->o.courier->send(h->o.courier->ctx, &ticket, &out, err);
}

static void log_state(const struct handoff_row *r)
{
	log_write(r->state == HANDOFF_UNKNOWN || r->state == HANDOFF_FAILED ?
		  LOG_LEVEL_ERR : LOG_LEVEL_NOTICE, "hand-off",
		  "id=%s state=%s held=%s tries=%d detail=%s", r->key,
		  handoff_state_word(r->state), r->held[0] ? r->held : "-",
		  r->tries, log_quote(r->detail).s);
}

/* The end of a transaction that changed one row. */
static bool save(struct handoffs *h, const struct handoff_row *r,
		 struct err *err)
{
	if (store_save_handoff(h->o.store, r, err))
		return store_commit(h->o.store, COMMIT_MS, err);
	store_rollback(h->o.store);
	return false;
}

/* Nothing went out: the request could not even be made. */
static bool not_launched(struct handoffs *h, struct handoff_row *r,
			 const struct handoff_view *v, const struct err *why,
			 struct err *err)
{
	struct handoff_answer a = { .says = HANDOFF_SAYS_LATER };

	snprintf(a.why, sizeof(a.why), "%.150s", why->text);
	if (!store_begin(h->o.store, err))
		return false;
	handoff_answered(r, &a, v);
	log_state(r);
	return save(h, r, err);
}

/* "sent" is on disk before the first byte leaves. */
static bool send(struct handoffs *h, struct handoff_row *r,
		 const struct handoff_view *v, const struct position *p,
		 struct err *err)
{
	struct err why = { ERR_NONE, "" };
	struct running *slot = slot_of(h, 0);

	handoff_leaves(r, v->now);
	if (!slot || !store_save_handoff(h->o.store, r, err)) {
		store_rollback(h->o.store);
		return !slot;		/* as many as can be are on their way */
	}
	if (!store_commit(h->o.store, COMMIT_MS, err))
		return false;
	log_state(r);
	*slot = (struct running){ r->id, h->receiver.kind };
	if (launch(h, r, p, v->now, &why))
		return true;
	slot->id = 0;
	return not_launched(h, r, v, &why, err);
}

/* Nothing can be ordered closed: said once, and it holds up no other. */
static bool orphan(struct handoffs *h, struct handoff_row *r,
		   struct instant now, struct err *err)
{
	char text[sizeof(r->key) + sizeof(r->detail) + 2];

	handoff_orphaned(r);
	if (!save(h, r, err))
		return false;
	log_state(r);
	snprintf(text, sizeof(text), "%s: %s", r->key, r->detail);
	if (h->o.tell)
		h->o.tell(h->o.tell_ctx, now, text);
	return true;
}

/* One row, read again inside its transaction: a person's word counts. */
static bool step(struct handoffs *h, struct handoff_row *r, bool polled,
		 struct instant now, struct err *err)
{
	struct handoff_view v;
	struct position p;
	enum handoff_todo todo;
	enum handoff_state before;

	if (!store_begin(h->o.store, err))
		return false;
	if (!store_handoff(h->o.store, r, r->id, err) ||
	    !view_of(h, &v, &p, r, now, err)) {
		if (err->kind == ERR_NOT_FOUND)
			return orphan(h, r, now, err);
		store_rollback(h->o.store);
		return false;
	}
	v.polled = polled;
	before = r->state;
	todo = handoff_step(r, &v);
	if (todo == HANDOFF_DO_SEND && !polled)
		return send(h, r, &v, &p, err);
	if (todo != HANDOFF_DO_WRITE) {
		store_rollback(h->o.store);
		return true;
	}
	if (!save(h, r, err))
		return false;
	if (r->state != before)
		log_state(r);
	return true;
}

/* The whole store is in doubt, or taken: the others would fare no better. */
static bool ends_all(const struct err *err)
{
	return err->kind == ERR_OUTCOME || err->kind == ERR_BUSY;
}

static void note_next(const struct handoff_row *r, struct instant now,
		      struct instant *next)
{
	if (r->state == HANDOFF_QUEUED && r->next_at.ms > now.ms &&
	    (!instant_known(*next) || r->next_at.ms < next->ms))
		*next = r->next_at;
}

static bool each(struct handoffs *h, bool polled, struct instant now,
		 struct instant *next, struct err *err)
{
	struct handoff_row *rows;
	bool ok = true;
	size_t n;

	arena_reset(h->arena);
	if (!store_begin_read(h->o.store, err))
		return false;
	if (!store_open_handoffs(h->o.store, &rows, &n, h->arena, err)) {
		store_end_read(h->o.store);
		return false;
	}
	store_end_read(h->o.store);
	for (size_t i = 0; i < n; i++) {
		if (!step(h, &rows[i], polled, now, err)) {
			if (ends_all(err))
				return false;
			ok = false;
		} else if (next) {
			note_next(&rows[i], now, next);
		}
	}
	return ok;
}

bool handoffs_due(void *ctx, struct instant now, struct instant *next,
		  struct err *err)
{
	struct handoffs *h = ctx;

	*next = INSTANT_UNKNOWN;
	if (h->broken.kind != ERR_NONE) {
		*err = h->broken;
		return false;
	}
	return each(h, false, now, next, err);
}

/*
 * Polls follow each other; after a gap the clock was set on, or the host was
 * asleep. What was sent before may be working yet: its time begins anew. A
 * process that starts reads it from its polls, this one among them, unless it
 * is one of many with a poll each: between those a gap is no sign of a leap.
 */
static bool note_leap(struct handoffs *h, struct instant now, struct err *err)
{
	struct instant from = { now.ms - h->o.policy->settle.ms };

	if (instant_known(h->polled_at)) {
		if (instant_diff(now, h->polled_at).ms > h->o.fresh_for.ms)
			h->leapt_at = now;
	} else if (!h->o.once &&
		   !store_poll_gap(h->o.store, &h->leapt_at, from, now,
				   h->o.fresh_for, err)) {
		return false;
	}
	if (instant_known(h->leapt_at) && h->leapt_at.ms > now.ms)
		h->leapt_at = now;	/* and set back since */
	h->polled_at = now;
	return true;
}

bool handoffs_polled(struct handoffs *h, struct instant at, struct err *err)
{
	if (note_leap(h, at, err) && each(h, true, at, NULL, err))
		return true;
	if (err->kind == ERR_OUTCOME)
		h->broken = *err;
	return false;
}

/* ---- answers ---- */

static struct handoff_row *find(struct handoff_row *rows, size_t n,
				int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].id == id)
			return &rows[i];
	return NULL;
}

static bool book(struct handoffs *h, const struct handoff_kind *kind,
		 const struct reply *reply, struct instant now,
		 struct err *err)
{
	struct handoff_answer a;
	struct handoff_row *rows, *r;
	struct handoff_view v;
	struct position p;
	size_t n;

	if (!store_open_handoffs(h->o.store, &rows, &n, h->arena, err))
		return false;
	r = find(rows, n, reply->ticket.id);
	if (!r || r->state != HANDOFF_SENT)
		return true;		/* it was closed meanwhile */
	if (!view_of(h, &v, &p, r, now, err))
		return false;
	kind->judge(&a, reply);
	handoff_answered(r, &a, &v);
	log_state(r);
	return store_save_handoff(h->o.store, r, err);
}

bool handoffs_replied(void *ctx, const struct reply *r, struct instant now,
		      struct err *err)
{
	struct handoffs *h = ctx;
	struct running *slot = slot_of(h, r->ticket.id);

	arena_reset(h->arena);
	if (!slot)
		return true;
	slot->id = 0;
	if (!store_begin(h->o.store, err))
		return false;
	if (book(h, slot->kind, r, now, err))
		return store_commit(h->o.store, COMMIT_MS, err);
	store_rollback(h->o.store);
	return false;
}
