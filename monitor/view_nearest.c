/* SPDX-License-Identifier: MIT */
/*
 * Which close line is nearest to its limit: the share of the way from where
 * the rule starts (entry, opening, no gain) to its limit. Shares are compared
 * exactly, as n / (d1 * d2), never divided. For people only; nothing decides
 * by it. Called by view.c.
 */
#include "view.h"

#include "carry.h"
#include "earned.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct share {
	struct dec n, d1, d2;		/* both d > 0 */
	struct dec value, limit;	/* as the rule sees them */
	struct dec value_base, limit_base;	/* 100 % of each, for people */
};

const struct dec *view_argument(const struct node *call, const char *name)
{
	const struct rule *r = call->rule;

	for (int i = 0; i < RULE_PARAMS_MAX && r->params[i].name; i++)
		if (strcmp(r->params[i].name, name) == 0)
			return &call->arg[i];
	return NULL;
}

/* One that the rule is known to have. */
static struct dec argument(const struct node *call, const char *name)
{
	const struct dec *v = view_argument(call, name);

	assert(v);
	return *v;
}

static bool all_known(const struct facts *f, uint64_t uses)
{
	for (int id = 0; id < FACT_COUNT; id++)
		if (uses & (UINT64_C(1) << id) && !f->v[id].known)
			return false;
	return true;
}

/* From the entry divergence (0) down to the margin (1). */
static bool share_flip(struct share *s, const struct facts *f,
		       const struct node *call)
{
	struct dec margin = argument(call, "margin");
	struct dec now = f->v[FACT_DIVERGENCE].v;
	struct fact entry = f->v[FACT_ENTRY_DIVERGENCE];

	if (!entry.known || dec_sign(entry.v) <= 0 ||
	    !dec_mul_int(&s->limit, margin, 3) ||
	    !dec_sub(&s->n, entry.v, now) ||
	    !dec_sub(&s->d1, entry.v, s->limit))
		return false;
	s->value = now;
	s->value_base = s->limit_base = entry.v;
	return true;
}

/* From all of the entry divergence (0) down to what must be kept (1). */
static bool share_erosion(struct share *s, const struct facts *f,
			  const struct node *call)
{
	struct dec keep = argument(call, "keep");
	struct dec now = f->v[FACT_DIVERGENCE].v;
	struct dec entry = f->v[FACT_ENTRY_DIVERGENCE].v;

	if (dec_sign(entry) <= 0 || !dec_sub(&s->n, entry, now) ||
	    !dec_sub(&s->d2, dec_int(1), keep) ||
	    !dec_div(&s->value, now, entry))
		return false;
	s->d1 = entry;
	s->limit = keep;
	return true;
}

static bool share_age(struct share *s, const struct facts *f,
		      const struct node *call)
{
	s->n = s->value = f->v[FACT_AGE].v;
	s->d1 = s->limit = s->value_base = s->limit_base =
		argument(call, "limit");
	return true;
}

/* Before costs, times 86400: by the model the line decides by. */
static bool gain_over(struct dec *gain, const struct facts *f,
		      struct dec horizon, bool by_schedule)
{
	struct finding why;

	if (by_schedule)
		return carry_gain(gain, &why, f, horizon);
	return dec_sub(gain, f->v[FACT_ALT_DIVERGENCE].v,
		       f->v[FACT_DIVERGENCE].v) &&
	       dec_mul(gain, *gain, horizon);
}

/* What changing pairs would bring over the horizon, against the least gain. */
static bool share_better(struct share *s, const struct facts *f,
			 const struct node *call)
{
	struct dec horizon = argument(call, "horizon");
	struct dec model = argument(call, "model"), cost;

	if (!f->alt_found ||
	    !gain_over(&s->n, f, horizon, dec_sign(model) != 0) ||
	    !dec_mul_int(&cost, f->v[FACT_ALT_COST].v, DAY_S) ||
	    !dec_sub(&s->n, s->n, cost) ||
	    !dec_div(&s->value, s->n, dec_int(DAY_S)))
		return false;
	s->d1 = s->limit = s->value_base = s->limit_base =
		argument(call, "min_improvement");
	s->d2 = dec_int(DAY_S);
	return true;
}

/* From nothing (0) to the gain, or the loss, that closes (1). */
static bool share_earned(struct share *s, const struct facts *f,
			 const struct node *call, struct dec limit)
{
	struct dec pnl = argument(call, "pnl");
	struct dec size = f->v[FACT_SIZE].v;
	struct finding why;

	if (!earned_if_closed(&s->n, &why, f, dec_sign(pnl) ?
			      EARNED_CARRY : EARNED_NET) ||
	    !dec_div(&s->value, s->n, size))
		return false;
	s->limit = s->value_base = s->limit_base = limit;
	if (dec_sign(limit) < 0)
		s->n = dec_neg(s->n);
	s->d1 = dec_abs(limit);
	s->d2 = size;
	return true;
}

static bool share_profit(struct share *s, const struct facts *f,
			 const struct node *call)
{
	return share_earned(s, f, call, argument(call, "gain"));
}

static bool share_loss(struct share *s, const struct facts *f,
		       const struct node *call)
{
	return share_earned(s, f, call, dec_neg(argument(call, "loss")));
}

/* From the entry divergence (0) down to the least APR (1), a year of each. */
static bool share_apr(struct share *s, const struct facts *f,
		      const struct node *call)
{
	struct dec apr = argument(call, "apr"), entry;

	if (dec_sign(f->v[FACT_ENTRY_DIVERGENCE].v) <= 0 ||
	    !dec_mul_int(&entry, f->v[FACT_ENTRY_DIVERGENCE].v, 365) ||
	    !dec_mul_int(&s->value, f->v[FACT_DIVERGENCE].v, 365) ||
	    !dec_sub(&s->n, entry, s->value) || !dec_sub(&s->d1, entry, apr))
		return false;
	s->limit = apr;
	return true;
}

/* The funding received, of what the round trip costs. */
static bool share_fees(struct share *s, const struct facts *f,
		       const struct node *call)
{
	(void)call;
	s->n = s->value = f->v[FACT_FUNDING].v;
	if (!dec_add(&s->d1, f->v[FACT_PAID].v, f->v[FACT_EXIT_COST].v))
		return false;
	s->limit = s->value_base = s->limit_base = s->d1;
	return true;
}

static int cmp_share(const struct share *a, const struct share *b)
{
	return dec_cmp_mul3(a->n, b->d1, b->d2, b->n, a->d1, a->d2);
}

/* The side that is nearer: ratio / high, or low / ratio. */
static bool share_oi(struct share *s, const struct facts *f,
		     const struct node *call)
{
	struct dec high = argument(call, "high"), low = argument(call, "low");
	struct dec basis = argument(call, "basis");
	struct dec one = dec_int(1), ratio;
	struct share down;

	if (!dec_div(&ratio, f->v[FACT_LONG_OI].v, f->v[FACT_SHORT_OI].v))
		return false;
	if (dec_sign(basis) != 0 &&
	    (!f->v[FACT_ENTRY_OI_RATIO].known ||
	     !dec_div(&ratio, ratio, f->v[FACT_ENTRY_OI_RATIO].v)))
		return false;
	*s = (struct share){ ratio, high, one, ratio, high, one, one };
	down = (struct share){ low, ratio, one, ratio, low, one, one };
	if (dec_sign(ratio) > 0 && dec_sign(low) > 0 &&
	    cmp_share(&down, s) > 0)
		*s = down;
	return true;
}

static const struct comparable {
	const char *rule;
	uint64_t needs;
	bool (*share)(struct share *s, const struct facts *f,
		      const struct node *call);
} comparables[] = {
	{ "age", USES(AGE), share_age },
	{ "better_opportunity", USES(DIVERGENCE) | USES(ALT_DIVERGENCE) |
	  USES(ALT_COST), share_better },
	{ "carry_below", USES(DIVERGENCE) | USES(ENTRY_DIVERGENCE), share_apr },
	{ "erosion", USES(DIVERGENCE) | USES(ENTRY_DIVERGENCE),
	  share_erosion },
	{ "fees_covered", EARNED_USES_CARRY, share_fees },
	{ "flip", USES(DIVERGENCE), share_flip },
	{ "oi_imbalance", USES(LONG_OI) | USES(SHORT_OI), share_oi },
	{ "stop_loss", USES(SIZE), share_loss },
	{ "take_profit", USES(SIZE), share_profit },
};

static bool share_of(struct share *out, const struct facts *f,
		     const struct node *call)
{
	struct dec one = dec_int(1);

	for (size_t i = 0; i < sizeof(comparables) / sizeof(*comparables); i++) {
		const struct comparable *c = &comparables[i];

		if (strcmp(c->rule, call->rule->name) != 0)
			continue;
		*out = (struct share){ .d1 = one, .d2 = one,
				       .value_base = one, .limit_base = one };
		return all_known(f, c->needs) && c->share(out, f, call) &&
		       dec_sign(out->d1) > 0 && dec_sign(out->d2) > 0;
	}
	return false;
}

/* A call below `not` is near when it is far: left out. */
static bool negated(const struct line *l, int call)
{
	int at = call;

	for (int i = call + 1; i < l->n_nodes; i++) {
		const struct node *n = &l->node[i];
		bool two = n->kind == NODE_AND || n->kind == NODE_OR;

		if (n->kind == NODE_CALL ||
		    (n->left != at && !(two && n->right == at)))
			continue;
		if (n->kind == NODE_NOT)
			return true;
		at = i;
	}
	return false;
}

static struct dec percent(struct dec part, struct dec base)
{
	struct dec v;

	if (!dec_div(&v, part, base) || !dec_mul_int(&v, v, 100))
		return DEC_ZERO;
	return v;
}

static struct fact used_of(const struct share *s)
{
	struct dec whole, v;

	if (!dec_mul(&whole, s->d1, s->d2) || dec_sign(whole) <= 0 ||
	    !dec_div(&v, s->n, whole))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(v);
}

static void take(struct view_nearest *out, const struct share *s, int line,
		 const char *rule)
{
	*out = (struct view_nearest){
		.line = line, .rule = rule,
		.value = s->value, .limit = s->limit,
		.value_pct = percent(s->value, s->value_base),
		.limit_pct = percent(s->limit, s->limit_base),
		.used = used_of(s),
	};
}

void view_find_nearest(struct view_nearest *out, const struct facts *f,
		       const struct profile *p)
{
	struct share best = { .d1 = DEC_ZERO }, s;

	*out = (struct view_nearest){ .line = -1, .rule = "" };
	for (int i = 0; i < p->n_close; i++) {
		const struct line *l = &p->line[i];

		for (int k = 0; k < l->n_nodes; k++) {
			if (l->node[k].kind != NODE_CALL || negated(l, k) ||
			    !share_of(&s, f, &l->node[k]))
				continue;
			if (out->line >= 0 && cmp_share(&s, &best) <= 0)
				continue;
			best = s;
			take(out, &s, i, l->node[k].rule->name);
		}
	}
}

void view_nearest_text(char buf[static VIEW_NEAREST_MAX],
		       const struct view_nearest *n)
{
	char value[DEC_TEXT_MAX], limit[DEC_TEXT_MAX];

	buf[0] = '\0';
	if (n->line < 0)
		return;
	dec_format_fixed(value, n->value_pct, 0);
	dec_format_fixed(limit, n->limit_pct, 0);
	/* The first word of the rule's name keeps the column narrow. */
	snprintf(buf, VIEW_NEAREST_MAX, "%.*s %.18s/%.18s",
		 (int)strcspn(n->rule, "_"), n->rule, value, limit);
}
