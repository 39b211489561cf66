/* SPDX-License-Identifier: MIT */
/*
 * Entry policy: a ladder of refusals over the ranked list, every number taken
 * from fresh quotes and never from the list itself. Unknown is refused.
 */
#include "entry.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct judge {
	const struct entry_ask *ask;
	const struct entry_policy *policy;
	struct entry *list;		/* judged so far */
	size_t n;
};

const char *entry_word(enum entry_result r)
{
	static const char *const words[ENTRY_COUNT] = {
#define X(id, word) [ENTRY_##id] = word,
		ENTRY_TABLE(X)
#undef X
	};

	assert(r < ENTRY_COUNT);
	return words[r];
}

static bool uses_venue(const struct position *p, struct venue v)
{
	return venue_cmp(p->leg[LEG_LONG].venue, v) == 0 ||
	       venue_cmp(p->leg[LEG_SHORT].venue, v) == 0;
}

static bool account_may_use(const struct judge *j, struct venue v)
{
	const struct terms *t = j->ask->terms;
	const struct venue_view *view = market_venue(j->ask->market, v);

	if (!view || !view->listed || !view->active)
		return false;
	for (size_t i = 0; i < t->n_allowed; i++)
		if (venue_cmp(t->allowed[i], v) == 0)
			return true;
	return t->n_allowed == 0;
}

static enum entry_result check_held(const struct judge *j, struct symbol s)
{
	const struct entry_ask *a = j->ask;

	for (size_t i = 0; i < a->n_positions; i++) {
		const struct position *p = &a->positions[i];

		if (symbol_cmp(p->symbol, s) != 0)
			continue;
		if (p->status != STATUS_CLOSED)
			return ENTRY_HELD;
		if (a->now.ms - p->closed_at.ms < j->policy->cooldown.ms)
			return ENTRY_COOLDOWN;
	}
	for (size_t i = 0; i < j->n; i++)
		if (j->list[i].result == ENTRY_ACCEPTED &&
		    symbol_cmp(j->list[i].position.symbol, s) == 0)
			return ENTRY_HELD;
	return ENTRY_ACCEPTED;
}

static struct fact smaller(struct fact a, struct fact b)
{
	if (!a.known || !b.known)
		return a.known ? b : a;
	return dec_cmp(a.v, b.v) <= 0 ? a : b;
}

/* The thinner leg decides. */
static enum entry_result check_liquidity(const struct judge *j,
					 const struct quote *l,
					 const struct quote *s)
{
	const struct entry_policy *e = j->policy;
	struct fact oi = smaller(l->oi_usd, s->oi_usd);
	struct fact volume = smaller(l->volume_usd, s->volume_usd);

	if ((e->min_oi_usd.known || e->max_oi_usd.known) && !oi.known)
		return ENTRY_OI_UNKNOWN;
	if (e->min_oi_usd.known && dec_cmp(oi.v, e->min_oi_usd.v) < 0)
		return ENTRY_OI_LOW;
	if (e->max_oi_usd.known && dec_cmp(oi.v, e->max_oi_usd.v) > 0)
		return ENTRY_OI_HIGH;
	if (e->min_volume_usd.known &&
	    (!volume.known || dec_cmp(volume.v, e->min_volume_usd.v) < 0))
		return ENTRY_VOLUME;
	return ENTRY_ACCEPTED;
}

/* finance.md 5, linear: four fills must be earned back in time. */
static bool breaks_even(const struct judge *j, const struct position *p)
{
	struct fact half = facts_half_cost(j->ask->terms,
					   p->leg[LEG_LONG].venue,
					   p->leg[LEG_SHORT].venue);
	struct dec cost, seconds;

	if (!half.known || !dec_mul_int(&cost, half.v, 2) ||
	    !dec_join(&seconds, j->policy->max_break_even.ms, 3))
		return false;
	return dec_cmp_mul(cost, dec_int(DAY_S), p->entry_divergence.v,
			   seconds) <= 0;
}

static bool a_close_line_is_true(const struct judge *j,
				 const struct position *p)
{
	const struct profile *profile = j->ask->account->profile;
	const struct expr_now now = { j->ask->now, true,
				      profile->blind_after };
	const struct facts_memory none = FACTS_MEMORY_NONE;
	struct facts f;

	facts_compute(&f, p, j->ask->market, j->ask->terms, &none);
	for (int i = 0; i < profile->n_close; i++) {
		struct streak slots[LINE_NODES_MAX + 1];

		for (size_t k = 0; k < LINE_NODES_MAX + 1; k++)
			slots[k] = STREAK_NONE;
		if (expr_eval(&profile->line[i], slots, &f, &now).verdict ==
		    VERDICT_TRUE)
			return true;
	}
	return false;
}

struct usage {
	int32_t positions;
	struct dec exposure;
};

static bool add_usage(struct usage *u, const struct position *p,
		      struct venue v)
{
	if (p->status == STATUS_CLOSED || !uses_venue(p, v))
		return true;
	u->positions++;
	return dec_add(&u->exposure, u->exposure, p->size_usd);
}

static bool venue_usage(struct usage *u, const struct judge *j,
			struct venue v)
{
	*u = (struct usage){ 0, DEC_ZERO };
	for (size_t i = 0; i < j->ask->n_positions; i++)
		if (!add_usage(u, &j->ask->positions[i], v))
			return false;
	for (size_t i = 0; i < j->n; i++)
		if (j->list[i].result == ENTRY_ACCEPTED &&
		    !add_usage(u, &j->list[i].position, v))
			return false;
	return true;
}

static int32_t count_open(const struct judge *j)
{
	int32_t count = 0;

	for (size_t i = 0; i < j->ask->n_positions; i++)
		count += j->ask->positions[i].status != STATUS_CLOSED;
	for (size_t i = 0; i < j->n; i++)
		count += j->list[i].result == ENTRY_ACCEPTED;
	return count;
}

static enum entry_result check_limits(const struct judge *j,
				      const struct position *p)
{
	const struct entry_policy *e = j->policy;

	if (count_open(j) >= e->max_positions)
		return ENTRY_MAX_POSITIONS;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		struct usage u;

		if (!venue_usage(&u, j, p->leg[s].venue) ||
		    !dec_add(&u.exposure, u.exposure, p->size_usd))
			return ENTRY_MAX_EXPOSURE;
		if (e->max_positions_per_venue > 0 &&
		    u.positions >= e->max_positions_per_venue)
			return ENTRY_MAX_PER_VENUE;
		if (e->max_exposure_per_venue_usd.known &&
		    dec_cmp(u.exposure, e->max_exposure_per_venue_usd.v) > 0)
			return ENTRY_MAX_EXPOSURE;
	}
	return ENTRY_ACCEPTED;
}

static bool entry_size(struct dec *out, const struct entry_policy *e)
{
	if (e->size_usd.known)
		*out = e->size_usd.v;
	else if (!e->size_pct.known || !e->capital_usd.known ||
		 !dec_mul(out, e->size_pct.v, e->capital_usd.v))
		return false;
	return dec_sign(*out) > 0;
}

static bool make_position(struct position *p, const struct judge *j,
			  const struct opportunity *o,
			  const struct quote *l, const struct quote *s)
{
	struct dec rl, rs, d, ratio;

	if (!rate_per_day(&rl, l->rate) || !rate_per_day(&rs, s->rate) ||
	    !dec_sub(&d, rs, rl) || !entry_size(&p->size_usd, j->policy))
		return false;
	p->symbol = o->symbol;
	p->leg[LEG_LONG] = (struct leg){ .venue = l->venue,
		.entry_rate_8h = fact_known(l->rate.fraction) };
	p->leg[LEG_SHORT] = (struct leg){ .venue = s->venue,
		.entry_rate_8h = fact_known(s->rate.fraction) };
	p->opened_at = p->confirmed_at = j->ask->now;
	p->entry_divergence = fact_known(d);
	p->entry_oi_ratio = fact_unknown(WHY_NOT_SET);
	if (l->oi_usd.known && s->oi_usd.known &&
	    dec_div(&ratio, l->oi_usd.v, s->oi_usd.v))
		p->entry_oi_ratio = fact_known(ratio);
	p->decided_at = p->closed_at = p->muted_until = INSTANT_UNKNOWN;
	return true;
}

/* The list may rank what is stale or old; say so when it does. */
static bool list_disagrees(const struct opportunity *o,
			   const struct position *p)
{
	struct dec listed;

	return !dec_sub(&listed, o->short_rate_8h, o->long_rate_8h) ||
	       !dec_mul_int(&listed, listed, DAY_S / RATE_8H_S) ||
	       dec_cmp(listed, p->entry_divergence.v) != 0;
}

static enum entry_result check_position(const struct judge *j,
					const struct position *p,
					const struct quote *l,
					const struct quote *s)
{
	enum entry_result r = check_held(j, p->symbol);

	if (r != ENTRY_ACCEPTED)
		return r;
	if (dec_cmp_mul(p->entry_divergence.v, dec_int(1),
			j->policy->min_profit, dec_int(3)) < 0)
		return ENTRY_LOW_PROFIT;
	r = check_liquidity(j, l, s);
	if (r != ENTRY_ACCEPTED)
		return r;
	if (!breaks_even(j, p))
		return ENTRY_BREAK_EVEN;
	if (a_close_line_is_true(j, p))
		return ENTRY_WOULD_CLOSE;
	return check_limits(j, p);
}

static void judge_one(struct judge *j, const struct opportunity *o)
{
	const struct market *m = j->ask->market;
	const struct quote *l = market_quote(m, o->symbol, o->long_venue);
	const struct quote *s = market_quote(m, o->symbol, o->short_venue);
	struct entry *e = &j->list[j->n];

	e->opportunity = o;
	if (!account_may_use(j, o->long_venue) ||
	    !account_may_use(j, o->short_venue) ||
	    venue_cmp(o->long_venue, o->short_venue) == 0)
		e->result = ENTRY_NOT_ALLOWED;
	else if (!l || !s || l->why != WHY_KNOWN || s->why != WHY_KNOWN)
		e->result = ENTRY_NOT_FRESH;
	else if (!make_position(&e->position, j, o, l, s))
		e->result = ENTRY_NO_SIZE;
	else {
		e->disagrees = list_disagrees(o, &e->position);
		e->result = check_position(j, &e->position, l, s);
	}
	j->n++;
}

struct ranked {
	const struct opportunity *o;
	size_t priority, place;
};

static size_t venue_priority(const struct entry_policy *e, struct venue v)
{
	size_t i = 0;

	while (i < e->n_prioritize && venue_cmp(e->prioritize[i], v) != 0)
		i++;
	return i;
}

/* The higher first; what is unknown last. */
static int cmp_net(struct fact a, struct fact b)
{
	if (!a.known || !b.known)
		return b.known - a.known;
	return dec_cmp(b.v, a.v);
}

static int cmp_ranked(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	int c = cmp_net(a->o->net_8h, b->o->net_8h);

	if (c == 0 && a->priority != b->priority)
		c = a->priority < b->priority ? -1 : 1;
	if (c == 0)
		c = a->place < b->place ? -1 : 1;
	return c;
}

static struct ranked *rank(const struct judge *j, struct arena *arena)
{
	const struct market *m = j->ask->market;
	struct ranked *r = arena_array(arena, m->n_opportunities, sizeof(*r));

	for (size_t i = 0; r && i < m->n_opportunities; i++) {
		const struct opportunity *o = &m->opportunities[i];
		size_t l = venue_priority(j->policy, o->long_venue);
		size_t s = venue_priority(j->policy, o->short_venue);

		r[i] = (struct ranked){ o, l < s ? l : s, i };
	}
	if (r && m->n_opportunities > 1)
		qsort(r, m->n_opportunities, sizeof(*r), cmp_ranked);
	return r;
}

bool entry_judge(struct entry **out, size_t *n, const struct entry_ask *ask,
		 struct arena *arena, struct err *err)
{
	struct judge j = { ask, &ask->account->entry, NULL, 0 };
	struct ranked *order;
	size_t count = ask->market->n_opportunities;

	*n = 0;
	*out = NULL;
	if (!j.policy->enabled || !ask->market->opportunities_known)
		return true;
	order = rank(&j, arena);
	j.list = arena_array(arena, count, sizeof(*j.list));
	if (!order || !j.list)
		return err_set(err, ERR_MEMORY, "no memory for entries");
	for (size_t i = 0; i < count; i++)
		judge_one(&j, order[i].o);
	*out = j.list;
	*n = j.n;
	return true;
}
