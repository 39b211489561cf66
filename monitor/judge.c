/* SPDX-License-Identifier: MIT */
/* From what a position brings into a poll to what is decided about it. */
#include "judge.h"

#include <string.h>

static struct instant observed(const struct position *p, enum side side,
			       const struct market *m)
{
	const struct quote *q = market_quote(m, p->symbol, p->leg[side].venue);

	return q && q->why == WHY_KNOWN ? q->observed_at : INSTANT_UNKNOWN;
}

struct decide_now judge_now(const struct position *p,
			    const struct judge_poll *poll)
{
	return (struct decide_now){
		.now = poll->market->taken_at, .last_poll = poll->last_poll,
		.observed = { observed(p, LEG_LONG, poll->market),
			      observed(p, LEG_SHORT, poll->market) },
	};
}

void judge(struct watched *x, const struct judge_poll *poll,
	   const struct profile *profile)
{
	struct decide_now now = judge_now(&x->pos, poll);

	facts_compute(&x->facts, &x->pos, poll->market, poll->terms,
		      &x->memory);
	decide(&x->decision, x->slots, &x->watch, &x->pos, &x->facts, profile,
	       &now);
}

bool judge_changed(const struct watched *x)
{
	const struct decision *d = &x->decision;

	if (x->pos.status == STATUS_PENDING_CLOSE)
		return false;		/* its decision stands already */
	return d->close_now || d->action != x->old_watch.action ||
	       (d->action == ACTION_ALERT &&
		strcmp(d->label.s, x->old_watch.label.s) != 0);
}

struct instant judge_seen(const struct watched *x, const struct market *m,
			  enum side side)
{
	struct instant t = observed(&x->pos, side, m);

	return instant_known(t) ? t : x->memory.quote_at[side];
}
