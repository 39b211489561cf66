/* SPDX-License-Identifier: MIT */
/*
 * A decided close becomes a hand-off in the decision's own transaction, and
 * takes the place of any that a person took back. Too many at once wait for a
 * person, but for those of protective rules, also when one is TRUE only later.
 */
#include "cycle_work.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "store_handoffs.h"

static bool hands_over(const struct work *w)
{
	return w->cycle->account->close.target != ON_CLOSE_NONE &&
	       !w->cycle->wiring.simulated;
}

/* Before anything is written: how many closes this poll decides. */
bool cycle_breaker(struct work *w, struct err *err)
{
	int32_t closes = 0, book = 0;
	struct brakes b;

	if (!hands_over(w))
		return true;
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct watched *x = &w->watched[i];

		book += x->pos.status == STATUS_OPEN;
		closes += !x->skipped && x->decision.close_now;
	}
	w->tripped = handoff_breaker(&w->cycle->account->close, closes, book);
	if (!w->tripped)
		return true;
	log_write(LOG_LEVEL_ERR, "circuit breaker", "closes=%d book=%d "
		  "text=\"hand-offs wait for handoffs confirm\"", closes,
		  book);
	if (!store_brakes(w->cycle->store, &b, err))
		return false;
	b.tripped_at = w->now;
	b.tripped_poll = w->poll.seq;
	return store_put_brakes(w->cycle->store, &b, err);
}

static bool is_protective(const struct work *w, const struct watched *x)
{
	const struct profile *p = w->cycle->account->profile;

	return x->decision.line >= 0 && p->line[x->decision.line].protective;
}

static enum order_type order_of(const struct close_policy *p,
				const struct label *reason)
{
	for (size_t i = 0; i < p->n_limit; i++)
		if (!strcmp(p->limit[i].s, reason->s))
			return ORDER_LIMIT;
	return ORDER_MARKET;
}

/*
 * An earlier close of the pair that was taken back, and that the desk has not
 * seen since: it must not go as well. What was sent of it may still work.
 */
static bool replace_earlier(struct work *w, struct handoff_row *r,
			    struct err *err)
{
	struct span works = handoff_works_most(&w->cycle->account->close);
	struct store *s = w->cycle->store;
	struct handoff_row *rows;
	size_t n;

	if (!store_handoffs(s, &rows, &n, r->position, w->arena, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct instant settled = instant_known(rows[i].sent_at) ?
			instant_add(rows[i].sent_at, works) : INSTANT_UNKNOWN;

		if (instant_known(settled) && settled.ms > r->next_at.ms)
			r->next_at = settled;
		if (handoff_replaced(&rows[i]) &&
		    !store_save_handoff(s, &rows[i], err))
			return false;
	}
	return true;
}

bool cycle_put_handoff(struct work *w, const struct watched *x,
		       struct err *err)
{
	const struct close_policy *p = &w->cycle->account->close;
	struct handoff_row r = {
		.position = x->pos.id, .poll = w->poll.seq,
		.reason = x->decision.label, .state = HANDOFF_QUEUED,
		.created_at = w->now, .next_at = w->now,
		.sent_at = INSTANT_UNKNOWN, .answered_at = INSTANT_UNKNOWN,
		.confirmed_at = INSTANT_UNKNOWN,
	};

	if (!hands_over(w) || !x->decision.close_now)
		return true;
	snprintf(r.key, sizeof(r.key), "%s-%lld-%lld",
		 w->cycle->account->name, (long long)r.position,
		 (long long)r.poll);
	snprintf(r.target, sizeof(r.target), "%s", on_close_word(p->target));
	r.order = order_of(p, &r.reason);
	if (w->tripped && !is_protective(w, x))
		snprintf(r.held, sizeof(r.held), "breaker");
	return replace_earlier(w, &r, err) &&
	       store_add_handoff(w->cycle->store, &r, err);
}

bool cycle_hurry_handoff(struct work *w, const struct watched *x,
			 struct err *err)
{
	const struct profile *p = w->cycle->account->profile;
	int line = x->decision.protects;
	struct handoff_row *rows;
	size_t n;

	if (line < 0 || !hands_over(w))
		return true;
	if (!store_handoffs(w->cycle->store, &rows, &n, x->pos.id, w->arena,
			    err))
		return false;
	if (n == 0 || !handoff_hurries(&rows[0],
				       order_of(&w->cycle->account->close,
						&p->line[line].label)))
		return true;
	log_write(LOG_LEVEL_NOTICE, "hand-off hurries", "id=%s line=%s",
		  rows[0].key, p->line[line].label.s);
	return store_save_handoff(w->cycle->store, &rows[0], err);
}
