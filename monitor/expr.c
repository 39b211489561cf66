/* SPDX-License-Identifier: MIT */
/*
 * Evaluation of profile lines: three-valued logic over rules, and the
 * streaks behind `for`. Pure; parsing is in expr_parse.c.
 */
#include "expr.h"

#define TIME_OBSERVATIONS	3	/* new data within a `for TIME` */

/* UNKNOWN neither extends nor resets; without new data nothing moves. */
static struct finding for_polls(struct streak *s, const struct node *n,
				struct finding child,
				const struct expr_now *now)
{
	if (child.verdict == VERDICT_UNKNOWN)
		return child;
	if (!now->new_data)
		return finding_bool(s->stored == VERDICT_TRUE);
	if (child.verdict == VERDICT_FALSE) {
		*s = STREAK_NONE;
		return child;
	}
	if (!instant_known(s->since))
		s->since = now->now;
	s->last_known = now->now;
	if (s->count < n->polls)
		s->count++;
	s->stored = s->count >= n->polls ? VERDICT_TRUE : VERDICT_FALSE;
	return finding_bool(s->stored == VERDICT_TRUE);
}

/* A run begins now, also one begun by a clock that was ahead and is set back. */
static void begin_run(struct streak *s, struct instant now)
{
	if (!instant_known(s->since) || s->since.ms > now.ms)
		s->since = now;
}

/* TRUE all the time, seen often enough, and never out of sight for long. */
static struct finding for_time(struct streak *s, const struct node *n,
			       struct finding child,
			       const struct expr_now *now)
{
	if (child.verdict == VERDICT_UNKNOWN)
		return child;
	if (child.verdict == VERDICT_FALSE) {
		*s = STREAK_NONE;
		return child;
	}
	if (instant_known(s->last_known) &&
	    instant_diff(now->now, s->last_known).ms > now->gap.ms)
		*s = STREAK_NONE;
	begin_run(s, now->now);
	s->last_known = now->now;
	if (now->new_data && s->count < TIME_OBSERVATIONS)
		s->count++;
	s->stored = s->count >= TIME_OBSERVATIONS &&
		    instant_diff(now->now, s->since).ms >= n->time.ms ?
		    VERDICT_TRUE : VERDICT_FALSE;
	return finding_bool(s->stored == VERDICT_TRUE);
}

static inline struct finding eval_operator(const struct node *n,
					   const struct finding *value,
					   struct streak *slots,
					   const struct expr_now *now)
{
	const struct finding left = value[n->left];

	switch (n->kind) {
	case NODE_NOT:
		return finding_not(left);
	case NODE_AND:
		return finding_and(left, value[n->right]);
	case NODE_OR:
		return finding_or(left, value[n->right]);
	case NODE_FOR_POLLS:
		return for_polls(&slots[n->slot], n, left, now);
	case NODE_CALL:
	case NODE_FOR_TIME: ;
	}
	return for_time(&slots[n->slot], n, left, now);
}

/*
 * Children stand before their parents: one pass, every node once. Kept out of
 * the loop over lines, most of which are a single rule.
 */
static __attribute__((noinline)) struct finding
eval_tree(const struct line *l, struct streak *slots, const struct facts *f,
	  const struct expr_now *now)
{
	const struct node *n = l->node, *end = n + l->n_nodes;
	struct finding value[LINE_NODES_MAX], *out = value;

	for (; n < end; n++, out++) {
		if (n->kind == NODE_CALL)
			*out = n->rule->eval(f, n->arg);
		else
			*out = eval_operator(n, value, slots, now);
	}
	return out[-1];
}

/*
 * Slot 0 is since when the whole line has been UNKNOWN without a break. What
 * is TRUE is anybody's guess, so no branch is taken on it.
 */
struct verdicts expr_eval_lines(struct finding *out, const struct line *l,
				int n, struct streak *slots,
				const struct facts *f,
				const struct expr_now *now)
{
	struct verdicts seen = { 0, 0 };

	for (int i = 0; i < n; i++, l++) {
		/* Most lines are a rule and no more. */
		const struct finding line = l->n_nodes == 1 ?
			l->node[0].rule->eval(f, l->node[0].arg) :
			eval_tree(l, slots, f, now);

		out[i] = line;
		seen.is_true |= (uint32_t)(line.verdict == VERDICT_TRUE) << i;
		if (line.verdict != VERDICT_UNKNOWN) {
			*slots = STREAK_NONE;
		} else {
			seen.is_unknown |= UINT32_C(1) << i;
			begin_run(slots, now->now);
		}
		slots += l->n_slots;
	}
	return seen;
}

struct finding expr_eval(const struct line *l, struct streak *slots,
			 const struct facts *f, const struct expr_now *now)
{
	struct finding only;

	expr_eval_lines(&only, l, 1, slots, f, now);
	return only;
}
