/* SPDX-License-Identifier: MIT */
/*
 * Settlements of two legs on one axis of time. Both rhythms divide a day, so
 * once both legs have settled the sum repeats every 24 h plus a day's carry;
 * the break-even skips whole days instead of walking them.
 */
#include "carry.h"

#include <assert.h>

#define DAY_MS		(INT64_C(1000) * DAY_S)
#define YEARS_100_D	36500

struct carry_facts {
	enum fact_id daily, next, pays;
};

static const struct carry_facts facts_of[2][2] = {
	{ { FACT_LONG_RATE, FACT_LONG_NEXT, FACT_LONG_PAYS },
	  { FACT_SHORT_RATE, FACT_SHORT_NEXT, FACT_SHORT_PAYS } },
	{ { FACT_ALT_LONG_RATE, FACT_ALT_LONG_NEXT, FACT_ALT_LONG_PAYS },
	  { FACT_ALT_SHORT_RATE, FACT_ALT_SHORT_NEXT, FACT_ALT_SHORT_PAYS } },
};

static bool take_leg(struct carry_leg *out, struct finding *why,
		     const struct facts *f, const struct carry_facts *id)
{
	const enum fact_id needed[] = { id->daily, id->next, id->pays };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (f->v[needed[i]].known)
			continue;
		*why = finding_missing(f, needed[i]);
		return false;
	}
	out->daily = f->v[id->daily].v;
	if (dec_to_milli(&out->next_ms, f->v[id->next].v) &&
	    dec_to_int(&out->pays_s, f->v[id->pays].v) &&
	    out->next_ms > 0 && out->next_ms <= DAY_MS &&
	    out->pays_s > 0 && DAY_S % out->pays_s == 0)
		return true;
	*why = finding_unknown(id->next, WHY_OVERFLOW);
	return false;
}

bool carry_legs(struct carry_leg out[static 2], struct finding *why,
		const struct facts *f, bool alternative)
{
	const struct carry_facts *id = facts_of[alternative];

	return take_leg(&out[LEG_LONG], why, f, &id[LEG_LONG]) &&
	       take_leg(&out[LEG_SHORT], why, f, &id[LEG_SHORT]);
}

int64_t carry_count(const struct carry_leg *leg, int64_t horizon_ms)
{
	if (leg->next_ms > horizon_ms)
		return 0;
	return 1 + (horizon_ms - leg->next_ms) / (leg->pays_s * 1000);
}

bool carry_expected(struct dec *out, const struct carry_leg leg[static 2],
		    int64_t horizon_ms)
{
	struct dec flow[2];

	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if (!dec_mul_int(&flow[s], leg[s].daily, leg[s].pays_s *
				 carry_count(&leg[s], horizon_ms)))
			return false;
	return dec_sub(out, flow[LEG_SHORT], flow[LEG_LONG]);
}

bool carry_gain(struct dec *out, struct finding *why, const struct facts *f,
		struct dec horizon)
{
	struct carry_leg held[2], other[2];
	struct dec a, b;
	int64_t ms;

	if (!carry_legs(held, why, f, false) || !carry_legs(other, why, f, true))
		return false;
	if (dec_to_milli(&ms, horizon) && carry_expected(&a, held, ms) &&
	    carry_expected(&b, other, ms) && dec_sub(out, b, a))
		return true;
	*why = finding_unknown(FACT_ALT_DIVERGENCE, WHY_OVERFLOW);
	return false;
}

/* ---- break-even ---- */

struct walk {
	const struct carry_leg *leg;
	struct dec cash[2];		/* of one settlement, by leg; signed */
	int64_t at[2];			/* of the next one */
	struct dec sum, highest;	/* since now, "rate*s" */
	struct dec cost, size;		/* USD */
	int64_t hit;			/* when the sum covered it; 0: not yet */
};

static int64_t next_of(const struct walk *w)
{
	return w->at[0] < w->at[1] ? w->at[0] : w->at[1];
}

/* All that is settled at one moment counts together. */
static bool settle(struct walk *w, int64_t t)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		if (w->at[s] != t)
			continue;
		if (!dec_add(&w->sum, w->sum, w->cash[s]))
			return false;
		w->at[s] += w->leg[s].pays_s * 1000;
	}
	if (dec_cmp(w->sum, w->highest) > 0)
		w->highest = w->sum;
	if (dec_cmp_mul(w->sum, w->size, w->cost, dec_int(DAY_S)) >= 0)
		w->hit = t;
	return true;
}

static bool walk_through(struct walk *w, int64_t end)
{
	while (w->hit == 0 && next_of(w) <= end)
		if (!settle(w, next_of(w)))
			return false;
	return true;
}

/*
 * Days that surely pass before the cost is covered, -1 when it never is. The
 * rounded quotients may be off by less than one: a day less is never too far.
 */
static bool days_ahead(int64_t *days, const struct walk *w, struct dec a_day)
{
	struct dec missing, far, n;
	bool ok;

	*days = -1;
	if (dec_sign(a_day) <= 0)
		return true;
	if (!dec_mul_int(&missing, w->cost, DAY_S) ||
	    !dec_div(&missing, missing, w->size) ||
	    !dec_sub(&missing, missing, w->highest) ||
	    !dec_mul_int(&far, a_day, YEARS_100_D))
		return false;
	if (dec_cmp(missing, far) > 0)
		return true;
	if (!dec_div(&n, missing, a_day))
		return false;
	ok = dec_to_int(days, n);
	assert(ok);		/* at most YEARS_100_D */
	(void)ok;
	if (*days > 0)
		(*days)--;
	return true;
}

static bool skip_days(struct walk *w, struct dec a_day, int64_t days)
{
	struct dec more;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		w->at[s] += days * DAY_MS;
	/* Less than what is missing, which fits. */
	return dec_mul_int(&more, a_day, days) &&
	       dec_add(&w->sum, w->sum, more) &&
	       walk_through(w, next_of(w) + 4 * DAY_MS);
}

static bool begin(struct walk *w, const struct carry_leg *leg)
{
	return dec_mul_int(&w->cash[LEG_LONG], dec_neg(leg[LEG_LONG].daily),
			   leg[LEG_LONG].pays_s) &&
	       dec_mul_int(&w->cash[LEG_SHORT], leg[LEG_SHORT].daily,
			   leg[LEG_SHORT].pays_s);
}

/* Until both legs have settled, and one day more: what a day brings. */
static bool walk_first_days(struct walk *w, struct dec *a_day)
{
	int64_t steady = w->at[0] > w->at[1] ? w->at[0] : w->at[1];
	struct dec before;

	if (!walk_through(w, steady))
		return false;
	before = w->highest = w->sum;
	return walk_through(w, steady + DAY_MS) &&
	       dec_sub(a_day, w->sum, before);
}

bool carry_break_even(int64_t *after_ms, const struct carry_leg leg[static 2],
		      struct dec cost, struct dec size)
{
	struct walk w = { .leg = leg, .cost = cost, .size = size,
			  .at = { leg[0].next_ms, leg[1].next_ms } };
	struct dec a_day;
	int64_t days;

	*after_ms = 0;
	if (dec_sign(cost) <= 0)
		return true;
	if (!begin(&w, leg) || !walk_first_days(&w, &a_day))
		return false;
	if (w.hit == 0) {
		if (!days_ahead(&days, &w, a_day) ||
		    (days >= 0 && !skip_days(&w, a_day, days)))
			return false;
	}
	*after_ms = w.hit ? w.hit : CARRY_NEVER;
	return true;
}
