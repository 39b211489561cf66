/* SPDX-License-Identifier: MIT */
/*
 * Evaluation of profile lines: three-valued logic over rules, and the
 * streaks behind `for`. Pure; parsing is in expr_parse.c.
 */
#include "expr.h"

#define TIME_OBSERVATIONS	3	/* new data within a `for TIME` */

struct run {			/* one evaluation of one line */
	const struct line *line;
	struct streak *slots;
	const struct facts *facts;
	const struct expr_now *now;
};

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
	if (!instant_known(s->since))
		s->since = now->now;
	s->last_known = now->now;
	if (now->new_data && s->count < TIME_OBSERVATIONS)
		s->count++;
	s->stored = s->count >= TIME_OBSERVATIONS &&
		    instant_diff(now->now, s->since).ms >= n->time.ms ?
		    VERDICT_TRUE : VERDICT_FALSE;
	return finding_bool(s->stored == VERDICT_TRUE);
}

static struct finding eval_node(const struct run *r, const struct node *n,
				const struct finding *value)
{
	switch (n->kind) {
	case NODE_CALL:
		return n->rule->eval(r->facts, n->arg);
	case NODE_NOT:
		return finding_not(value[n->left]);
	case NODE_AND:
		return finding_and(value[n->left], value[n->right]);
	case NODE_OR:
		return finding_or(value[n->left], value[n->right]);
	case NODE_FOR_POLLS:
		return for_polls(&r->slots[n->slot], n, value[n->left], r->now);
	case NODE_FOR_TIME: ;
	}
	return for_time(&r->slots[n->slot], n, value[n->left], r->now);
}

/* Since when the whole line has been UNKNOWN without a break. */
static void note_unknown(struct streak *s, struct finding f, struct instant now)
{
	if (f.verdict != VERDICT_UNKNOWN)
		*s = STREAK_NONE;
	else if (!instant_known(s->since))
		s->since = now;
}

struct finding expr_eval(const struct line *l, struct streak *slots,
			 const struct facts *f, const struct expr_now *now)
{
	const struct run r = { l, slots, f, now };
	struct finding value[LINE_NODES_MAX], root;

	/* Children stand before their parents: one pass, every node once. */
	for (int i = 0; i < l->n_nodes; i++)
		value[i] = eval_node(&r, &l->node[i], value);
	root = value[l->n_nodes - 1];
	note_unknown(&slots[0], root, now->now);
	return root;
}
