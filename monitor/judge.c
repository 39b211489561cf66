/* SPDX-License-Identifier: MIT */
/* From what a position brings into a poll to what is decided about it. */
#include "judge.h"

#include <string.h>

static struct instant observed(const struct quote *q)
{
	return q && q->why == WHY_KNOWN ? q->observed_at : INSTANT_UNKNOWN;
}

struct decide_now judge_now(const struct watched *x,
			    const struct judge_poll *poll)
{
	return (struct decide_now){
		.now = poll->market->taken_at, .last_poll = poll->last_poll,
		.observed = { x->observed[LEG_LONG], x->observed[LEG_SHORT] },
	};
}

void judge_planned(struct watched *x, const struct facts_plan *plan,
		   const struct judge_poll *poll, uint64_t wanted,
		   const struct profile *profile)
{
	const struct market *m = poll->market;
	struct decide_now now;

	x->observed[LEG_LONG] = observed(facts_plan_quote(plan, m, LEG_LONG));
	x->observed[LEG_SHORT] = observed(facts_plan_quote(plan, m, LEG_SHORT));
	now = judge_now(x, poll);
	facts_compute_planned(&x->facts, plan, &x->pos, m, poll->terms,
			      &x->memory, wanted);
	decide(&x->decision, x->slots, &x->watch, &x->pos, &x->facts, profile,
	       &now);
}

void judge(struct watched *x, const struct judge_poll *poll,
	   const struct profile *profile)
{
	struct facts_plan plan;

	facts_plan(&plan, &x->pos, poll->market, poll->terms);
	judge_planned(x, &plan, poll, FACTS_ALL, profile);
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

struct instant judge_seen(const struct watched *x, enum side side)
{
	return instant_known(x->observed[side]) ? x->observed[side] :
						  x->memory.quote_at[side];
}
