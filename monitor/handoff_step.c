/* SPDX-License-Identifier: MIT */
/* The state machine of a hand-off (handoff_step.h). */
#include "handoff_step.h"

#include <stdio.h>
#include <string.h>

#define READS_AFTER	2	/* good ones with the pair, once settled */
#define FAR_MS		(366 * 24 * 3600 * INT64_C(1000))
#define BOOK_MIN	4	/* a smaller book has no share */
#define WAIT_MAX_S	3600	/* who asks for more does not hold it up */

static const char *const words[] = {
	[HANDOFF_QUEUED] = "queued", [HANDOFF_SENT] = "sent",
	[HANDOFF_ACKNOWLEDGED] = "acknowledged",
	[HANDOFF_CONFIRMED] = "confirmed", [HANDOFF_FAILED] = "failed",
	[HANDOFF_UNKNOWN] = "unknown"
};

const char *handoff_state_word(enum handoff_state s)
{
	return words[s];
}

bool handoff_state_parse(enum handoff_state *out, const char *word)
{
	for (*out = HANDOFF_QUEUED; *out <= HANDOFF_UNKNOWN; (*out)++)
		if (!strcmp(words[*out], word))
			return true;
	return false;
}

bool handoff_breaker(const struct close_policy *p, int32_t closes,
		     int32_t book)
{
	struct dec share;

	if (closes > p->max_at_once)
		return true;
	return book >= BOOK_MIN &&
	       (!dec_mul(&share, p->max_share, dec_int(book)) ||
		dec_cmp(dec_int(closes), share) > 0);
}

static void say(struct handoff_row *r, const char *what)
{
	snprintf(r->detail, sizeof(r->detail), "%s", what);
}

static enum handoff_todo finish(struct handoff_row *r,
				enum handoff_state state, const char *why,
				struct instant now)
{
	r->state = state;
	r->held[0] = '\0';
	if (state == HANDOFF_CONFIRMED)
		r->confirmed_at = now;
	say(r, why);
	return HANDOFF_DO_WRITE;
}

static void queue(struct handoff_row *r, struct instant at, const char *why)
{
	if (r->state == HANDOFF_ACKNOWLEDGED)
		r->answered_at = INSTANT_UNKNOWN;	/* it was taken */
	r->state = HANDOFF_QUEUED;
	r->next_at = at;
	r->polls = 0;
	say(r, why);
}

struct span handoff_works_most(const struct close_policy *p)
{
	return p->settle.ms < HANDOFF_WORKS_MS ?
	       (struct span){ HANDOFF_WORKS_MS } : p->settle;
}

struct span handoff_works(const struct handoff_row *r,
			  const struct close_policy *p)
{
	/* On its way, perhaps: its answer is waited for. */
	return r->state == HANDOFF_SENT ? handoff_works_most(p) : p->settle;
}

/* What was sent has ended by then, whatever became of it. */
static bool ended(const struct handoff_row *r, const struct handoff_view *v,
		  struct instant then)
{
	struct instant from = r->sent_at;

	if (instant_known(v->leapt_at) && v->leapt_at.ms > from.ms)
		from = v->leapt_at;
	return instant_diff(then, from).ms >=
	       handoff_works(r, v->policy).ms;
}

static bool settled(const struct handoff_row *r, const struct handoff_view *v)
{
	return !instant_known(r->sent_at) || ended(r, v, v->now);
}

/* The process ended between sending and the answer. */
static enum handoff_todo lost(struct handoff_row *r,
			      const struct handoff_view *v)
{
	if (v->running)
		return HANDOFF_DO_NOTHING;
	r->answered_at = INSTANT_UNKNOWN;
	if (v->idempotent) {
		queue(r, v->now, "interrupted: sent again under its id");
		return HANDOFF_DO_WRITE;
	}
	r->state = HANDOFF_UNKNOWN;
	r->polls = 0;
	say(r, "interrupted: it may be working");
	return HANDOFF_DO_WRITE;
}

/* This poll's own good answer had it; one that failed counts for nothing. */
static bool seen_now(const struct handoff_view *v)
{
	return v->polled && v->source && v->fresh && v->present &&
	       v->seen_at.ms == v->now.ms;
}

/* Seen whole by a read that began after the close must have ended. */
static bool seen_after(const struct handoff_row *r,
		       const struct handoff_view *v)
{
	return seen_now(v) && ended(r, v, v->seen_at);
}

static enum handoff_todo look(struct handoff_row *r,
			      const struct handoff_view *v)
{
	if (!seen_after(r, v))
		return HANDOFF_DO_NOTHING;
	if (++r->polls >= READS_AFTER)
		queue(r, v->now, "settled without an effect: sent again");
	return HANDOFF_DO_WRITE;
}

/* Taken, and still there: a limit order becomes one at market. */
static enum handoff_todo await(struct handoff_row *r,
			       const struct handoff_view *v)
{
	int32_t most = v->policy->escalate_after;

	if (!seen_now(v))
		return HANDOFF_DO_NOTHING;
	r->polls++;
	if (most > 0 && r->polls >= most && r->order == ORDER_LIMIT &&
	    seen_after(r, v)) {
		r->order = ORDER_MARKET;
		queue(r, v->now, "limit order did not fill: now at market");
	}
	return HANDOFF_DO_WRITE;
}

static enum handoff_todo wait_for_spread(struct handoff_row *r,
					 const struct handoff_view *v)
{
	int32_t most = v->policy->escalate_after;

	if (!v->polled)
		return HANDOFF_DO_NOTHING;
	r->polls++;
	if (most > 0 && r->polls >= most) {
		r->confirm_wide = true;
		r->held[0] = '\0';
		queue(r, v->now, "the spread stays wide: accepted");
	}
	return HANDOFF_DO_WRITE;
}

static enum handoff_todo try_to_send(struct handoff_row *r,
				     const struct handoff_view *v)
{
	if (!strcmp(r->held, "spread"))
		return wait_for_spread(r, v);
	/* Who had it may act on it yet; a person knows. */
	if (v->moved && !r->held[0] && !v->running) {
		snprintf(r->held, sizeof(r->held), "target");
		return HANDOFF_DO_WRITE;
	}
	if (r->held[0] || v->paused || v->running ||
	    r->next_at.ms > v->now.ms)
		return HANDOFF_DO_NOTHING;
	/* Who can be asked what is held is asked first. */
	if ((v->source || !v->idempotent) && !(v->fresh && v->present))
		return HANDOFF_DO_NOTHING;
	return HANDOFF_DO_SEND;
}

static bool is_final(const struct handoff_row *r)
{
	return r->state == HANDOFF_CONFIRMED || r->state == HANDOFF_FAILED;
}

bool handoff_replaced(struct handoff_row *r)
{
	if (is_final(r))
		return false;
	finish(r, HANDOFF_FAILED, "the position was kept, and decided anew",
	       r->created_at);
	return true;
}

bool handoff_hurries(struct handoff_row *r, enum order_type order)
{
	bool waits = !strcmp(r->held, "breaker");
	bool slow = r->order == ORDER_LIMIT && order == ORDER_MARKET;

	/* What was sent may be working: it is asked as it was. */
	if (r->state != HANDOFF_QUEUED || r->tries > 0 || (!waits && !slow))
		return false;
	if (waits)
		r->held[0] = '\0';
	if (slow)
		r->order = ORDER_MARKET;
	return true;
}

void handoff_orphaned(struct handoff_row *r)
{
	finish(r, HANDOFF_FAILED, "its position is not in the database any "
	       "more: look at both venues", r->created_at);
}

/* 5 s, 15 s, then a minute; a receiver that repeats harmlessly waits more. */
static int64_t pause_ms(const struct handoff_row *r, bool idempotent)
{
	static const int64_t near_s[] = { 5, 15, 60 };
	static const int64_t far_s[] = { 5, 60, 300, 1800, 7200 };
	size_t i = r->tries > 0 ? (size_t)r->tries - 1 : 0;

	if (idempotent)
		return 1000 * far_s[i < 5 ? i : 4];
	return 1000 * near_s[i < 3 ? i : 2];
}

/* The longest there can be left to wait. */
static int64_t rest_ms(const struct handoff_row *r,
		       const struct handoff_view *v)
{
	int64_t pause = pause_ms(r, v->idempotent);

	if (r->tries == 0)		/* an earlier close of the pair ends */
		return r->next_at.ms == r->created_at.ms ? 0 :
		       handoff_works_most(v->policy).ms;
	return pause > WAIT_MAX_S * 1000 ? pause : WAIT_MAX_S * 1000;
}

/*
 * The clock was set back, and what it said is ahead of now. What was sent may
 * be working, so its time begins anew; nothing waits for longer than it was
 * told to. More than a year ahead it is now that cannot be right: that waits.
 */
static bool put_right(struct handoff_row *r, const struct handoff_view *v)
{
	int64_t sent = instant_known(r->sent_at) ?
		       instant_diff(r->sent_at, v->now).ms : 0;
	int64_t left = instant_diff(r->next_at, v->now).ms;
	int64_t rest = rest_ms(r, v);
	bool ahead = sent > 0 && sent <= FAR_MS;

	if (ahead)
		r->sent_at = v->now;
	if (ahead && r->state == HANDOFF_UNKNOWN)
		r->polls = 0;
	if (r->state != HANDOFF_QUEUED || (!ahead && left <= rest) ||
	    (left > FAR_MS && (r->tries == 0 || sent > 0)))
		return ahead;
	r->next_at = instant_add(v->now, (struct span){ r->tries ? 0 : rest });
	return true;
}

enum handoff_todo handoff_step(struct handoff_row *r,
			       const struct handoff_view *v)
{
	if (r->state == HANDOFF_CONFIRMED ||
	    (is_final(r) && v->status != STATUS_CLOSED))
		return HANDOFF_DO_NOTHING;
	if (v->status == STATUS_CLOSED)
		return finish(r, HANDOFF_CONFIRMED, "the position is closed",
			      v->now);
	if (v->status == STATUS_OPEN)
		return finish(r, HANDOFF_FAILED, "the position was kept",
			      v->now);
	if (put_right(r, v))
		return HANDOFF_DO_WRITE;
	switch (r->state) {
	case HANDOFF_QUEUED:		return try_to_send(r, v);
	case HANDOFF_SENT:		return lost(r, v);
	case HANDOFF_UNKNOWN:		return look(r, v);
	case HANDOFF_ACKNOWLEDGED:	return await(r, v);
	case HANDOFF_CONFIRMED:
	case HANDOFF_FAILED:		break;
	}
	return HANDOFF_DO_NOTHING;
}

void handoff_leaves(struct handoff_row *r, struct instant now)
{
	r->state = HANDOFF_SENT;
	r->tries++;
	r->sent_at = now;
	r->polls = 0;
	say(r, "");
}

static void later(struct handoff_row *r, const struct handoff_answer *a,
		  const struct handoff_view *v)
{
	int64_t ms = pause_ms(r, v->idempotent);
	int64_t asked_s = a->wait_s < WAIT_MAX_S ? a->wait_s : WAIT_MAX_S;

	if (asked_s > ms / 1000)
		ms = asked_s * 1000;
	queue(r, instant_add(v->now, (struct span){ ms }), a->why);
}

/*
 * What repeats harmlessly is sent again without a look at what became of the
 * try before: a later answer does not say that one was not taken.
 */
static bool in_doubt(const struct handoff_row *r, const struct handoff_view *v)
{
	return v->idempotent && r->tries > 1 && !instant_known(r->answered_at);
}

static void refused(struct handoff_row *r, const struct handoff_answer *a,
		    bool doubt)
{
	r->state = doubt ? HANDOFF_UNKNOWN : HANDOFF_FAILED;
	r->polls = 0;
	if (doubt)
		snprintf(r->detail, sizeof(r->detail), "%.100s, but an answer "
			 "before was lost", a->why);
}

void handoff_answered(struct handoff_row *r, const struct handoff_answer *a,
		      const struct handoff_view *v)
{
	bool doubt = in_doubt(r, v);

	if (!doubt || a->says == HANDOFF_SAYS_TAKEN)
		r->answered_at = v->now;
	say(r, a->why);
	switch (a->says) {
	case HANDOFF_SAYS_TAKEN:
		r->state = HANDOFF_ACKNOWLEDGED;
		r->polls = 0;
		break;
	case HANDOFF_SAYS_WIDE:
		queue(r, v->now, a->why);
		snprintf(r->held, sizeof(r->held), "spread");
		break;
	case HANDOFF_SAYS_NO:
		refused(r, a, doubt);
		break;
	case HANDOFF_SAYS_LATER:
		later(r, a, v);
		break;
	case HANDOFF_SAYS_NOTHING:
		r->answered_at = INSTANT_UNKNOWN;
		if (v->idempotent) {
			later(r, a, v);
			break;
		}
		r->state = HANDOFF_UNKNOWN;
		r->polls = 0;
	}
}

bool handoff_again(struct handoff_row *r, const struct handoff_view *v)
{
	if (v->running || (!v->idempotent && r->tries > 0 &&
			   r->state != HANDOFF_FAILED && !settled(r, v)))
		return false;
	r->held[0] = '\0';
	if (r->state == HANDOFF_SENT)
		r->answered_at = INSTANT_UNKNOWN;
	/* Never sent, it waits until an earlier close of the pair has ended. */
	queue(r, r->tries == 0 && r->next_at.ms > v->now.ms ? r->next_at :
	      v->now, "sent again by hand");
	return true;
}
