/* SPDX-License-Identifier: MIT */
/*
 * The poll's part about what is really held: the trading client's book is
 * read with the market, judged pair by pair, and written in the poll's own
 * transaction. New pairs are watched from the next poll on.
 */
#include "cycle_work.h"

#include <stdio.h>
#include <string.h>

#include "log.h"
#include "store_held.h"

/* ---- before the transaction ---- */

void cycle_book(struct work *w, int32_t budget_ms)
{
	struct cycle *c = w->cycle;
	const struct book *b = &c->wiring.book;

	w->book = (struct book_view){ .asked = false };
	if (!b->ctx)
		return;
	b->read(b->ctx, &w->book, budget_ms, w->arena);
	if (strcmp(c->told_book, w->book.error) == 0)
		return;
	if (w->book.error[0])
		log_write(LOG_LEVEL_WARNING, "trading client trouble",
			  "err=%s", log_quote(w->book.error).s);
	else
		log_write(LOG_LEVEL_NOTICE, "trading client recovered", "%s",
			  "");
	snprintf(c->told_book, sizeof(c->told_book), "%s", w->book.error);
}

/* In the log once; an alert lasts as long as it does. */
static bool not_watched(struct work *w, const char *id, const char *why)
{
	struct cycle *c = w->cycle;
	size_t i = 0;

	while (i < c->n_astray && strcmp(c->astray[i].id, id) != 0)
		i++;
	if (i == CYCLE_ASTRAY_MAX) {
		c->more_seen++;
		return true;
	}
	if (i == c->n_astray) {
		snprintf(c->astray[i].id, sizeof(c->astray[i].id), "%s", id);
		log_write(LOG_LEVEL_ERR, "trading client", "id=%s err=%s",
			  log_quote(id).s, log_quote(why).s);
		c->n_astray++;
	}
	snprintf(c->astray[i].why, sizeof(c->astray[i].why), "%s", why);
	c->astray[i].seen = true;
	return true;
}

/* Those a good book no longer has; until then nothing is known of them. */
static void forget_astray(struct cycle *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_astray; i++) {
		if (!c->astray[i].seen)
			continue;
		c->astray[n] = c->astray[i];
		c->astray[n++].seen = false;
	}
	c->n_astray = n;
	if (c->more_seen && !c->more_astray)
		log_write(LOG_LEVEL_ERR, "trading client", "err=%s",
			  log_quote("more pairs that nobody watches").s);
	c->more_astray = c->more_seen;
	c->more_seen = 0;
}

/* An id serves once: it cannot be adopted from a position that was closed. */
static bool may_adopt(struct work *w, const char *id, bool *yes,
		      struct err *err)
{
	struct store *s = w->cycle->store;
	int64_t other;
	bool ok;

	if (!store_begin_read(s, err))
		return false;
	ok = store_external(s, &other, id, err);
	store_end_read(s);
	*yes = ok && other == 0;
	if (ok && other != 0)
		not_watched(w, id, "a closed position had this id: the one "
			 "recorded since is not taken for it");
	return ok;
}

static bool pair_of(struct work *w, const struct position *p,
		    const struct book_pair **out, struct err *err)
{
	bool yes = true;

	*out = w->book.good ?
	       held_pair_of(p, w->recent, w->n_recent, &w->book) : NULL;
	if (*out && !p->external_id[0] &&
	    !may_adopt(w, (*out)->id, &yes, err))
		return false;
	if (!yes)
		*out = NULL;
	return true;
}

/* What each watched pair is there; NULL memory for accounts without one. */
bool cycle_judge_held(struct work *w, struct err *err)
{
	if (!w->book.asked)
		return true;
	w->held = arena_array(w->arena, w->n_watched, sizeof(*w->held));
	if (!w->held)
		return err_set(err, ERR_MEMORY, "no memory for positions");
	for (size_t i = 0; i < w->n_watched; i++) {
		const struct position *p = &w->watched[i].pos;
		const struct book_pair *x;

		if (!pair_of(w, p, &x, err))
			return false;
		held_judge(&w->held[i], p, &w->watched[i].held_before,
			   &w->book, x, w->now);
	}
	return true;
}

/* ---- inside it ---- */

static struct event event_of(const struct work *w, const struct position *p,
			     const char *kind, const char *note)
{
	struct event e = { .position = p->id, .at = w->now,
			   .reason = p->reason, .note = note };

	snprintf(e.kind, sizeof(e.kind), "%s", kind);
	snprintf(e.by, sizeof(e.by), "trading client");
	return e;
}

/*
 * Gone since the first answer without it. The second follows on that, for any
 * other starts the count anew: so it was the poll before.
 */
static struct instant gone_since(const struct work *w)
{
	return w->has_last && w->last.at.ms < w->now.ms ? w->last.at : w->now;
}

static void put_gone(const struct work *w, const struct held_result *r,
		     struct position *p)
{
	p->status = STATUS_CLOSED;
	p->closed_at = gone_since(w);
	if (!p->reason.s[0])
		p->reason = r->position.reason;
	if (!instant_known(p->decided_at))
		p->decided_at = p->closed_at;
}

/* p: as this poll has left it so far, with its version. */
static bool put_change(struct work *w, const struct held_result *r,
		       struct position *p, struct err *err)
{
	struct event e = event_of(w, &r->position, r->change == HELD_CLOSED ?
				  "close" : "source", r->note);
	struct position next = *p;

	next.size_usd = r->position.size_usd;
	memcpy(next.external_id, r->position.external_id,
	       sizeof(next.external_id));
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		next.leg[s].quantity = r->position.leg[s].quantity;
		next.leg[s].entry_price = r->position.leg[s].entry_price;
	}
	if (r->change == HELD_CLOSED) {
		put_gone(w, r, &next);
		e.reason = next.reason;
		snprintf(e.from, sizeof(e.from), "%s",
			 status_word(p->status));
		snprintf(e.to, sizeof(e.to), "%s", status_word(next.status));
	}
	*p = next;
	return store_change_position(w->cycle->store, p, &e, err);
}

bool cycle_put_held(struct work *w, size_t i, struct position *p,
		    struct err *err)
{
	struct held_result *r = &w->held[i];

	/* Nobody was asked: what was missed before may have come back. */
	if (!w->held)
		return store_absent_anew(w->cycle->store, p->id, err);
	if (!store_put_held(w->cycle->store, &r->memory, err))
		return false;
	if (r->another)
		not_watched(w, p->external_id, "another pair has this id there: "
			 "close it here and record it anew");
	if (r->change == HELD_SAME || p->status == STATUS_CLOSED)
		return true;
	if (r->change == HELD_CLOSED)
		log_write(LOG_LEVEL_NOTICE, "closed at the trading client",
			  "position=%lld", (long long)p->id);
	return put_change(w, r, p, err);
}

/*
 * That it was there counts, or the answer before and the one after would be
 * taken for two in a row. What closes it is left to the next answer, and one
 * without an id is not adopted by this one.
 */
bool cycle_put_skipped(struct work *w, size_t i, struct err *err)
{
	const struct watched *x = &w->watched[i];

	if (!w->held)
		return store_absent_anew(w->cycle->store, x->pos.id, err);
	if (x->left || !x->pos.external_id[0] ||
	    w->held[i].change == HELD_CLOSED)
		return true;
	return store_put_held(w->cycle->store, &w->held[i].memory, err);
}

static bool put_new(struct work *w, const struct book_pair *x,
		    struct err *err)
{
	struct held_memory memory;
	struct position p;
	int64_t known;
	char note[200];

	if (!store_external(w->cycle->store, &known, x->id, err))
		return false;
	/* It came back between two reads of ours, or was closed on paper. */
	if (known)
		return w->cycle->wiring.simulated ||
		       not_watched(w, x->id, "a closed position is held again");
	if (!held_new_position(&p, note, x, w->now))
		return not_watched(w, x->id, note);
	if (!store_add_position(w->cycle->store, &p, w->now,
				"trading client", note, err))
		return false;
	memory = held_memory_none(p.id);
	memory.seen_at = w->now;	/* or it could never be gone */
	return store_put_held(w->cycle->store, &memory, err);
}

bool cycle_put_new_pairs(struct work *w, struct err *err)
{
	for (size_t i = 0; w->book.good && i < w->book.n; i++)
		if (held_is_new(&w->book.pairs[i], w->recent, w->n_recent) &&
		    !put_new(w, &w->book.pairs[i], err))
			return false;
	if (w->book.good)
		forget_astray(w->cycle);
	return true;
}
