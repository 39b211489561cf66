/* SPDX-License-Identifier: MIT */
/*
 * Facts and lines against a plain way of computing them, over random
 * positions and markets: every fact with its reason, every finding, every
 * streak. SEEDS=N draws more; a failure names its seed.
 */
#include "facts_held.h"
#include "facts_plan.h"
#include "random_case.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seeds(void)
{
	const char *given = getenv("SEEDS");

	return given ? strtoull(given, NULL, 10) : 4000;
}

/* ---- the plain way ---- */

static const struct quote *find(const struct market *m, struct symbol s,
				struct venue v)
{
	for (size_t i = 0; i < m->n_quotes; i++)
		if (!strcmp(m->quotes[i].symbol.s, s.s) &&
		    !strcmp(m->quotes[i].venue.s, v.s))
			return &m->quotes[i];
	return NULL;
}

static const struct venue_terms *terms_of(const struct terms *t, struct venue v)
{
	for (size_t i = 0; i < t->n_venue; i++)
		if (!strcmp(t->venue[i].venue.s, v.s))
			return &t->venue[i];
	return NULL;
}

static bool may_use(const struct random_case *c, struct venue v)
{
	bool listed = c->terms.n_allowed == 0;

	for (size_t i = 0; i < c->terms.n_allowed; i++)
		listed |= !strcmp(c->terms.allowed[i].s, v.s);
	for (size_t i = 0; i < c->market.n_venues; i++)
		if (!strcmp(c->view[i].venue.s, v.s))
			return listed && c->view[i].listed &&
			       c->view[i].active;
	return false;
}

static bool is_leg(const struct random_case *c, struct venue v, enum side s)
{
	return !strcmp(c->pos.leg[s].venue.s, v.s);
}

static bool on_a_leg(const struct random_case *c, struct venue v)
{
	return is_leg(c, v, LEG_LONG) || is_leg(c, v, LEG_SHORT);
}

/* Nobody else answered who could have. */
static bool no_news(const struct random_case *c)
{
	bool other = c->terms.n_allowed == 0 && !c->market.dexes_known;
	size_t listed = c->market.dexes_known;

	for (size_t i = 0; i < c->market.n_venues; i++)
		listed += c->view[i].listed;
	for (size_t i = 0; i < c->market.n_venues; i++) {
		if (on_a_leg(c, c->view[i].venue) ||
		    !may_use(c, c->view[i].venue))
			continue;
		if (c->view[i].rates == ANSWER_OK)
			return false;
		other = true;
	}
	for (size_t i = 0; i < c->terms.n_allowed; i++)
		other |= !on_a_leg(c, c->terms.allowed[i]) &&
			 (!listed ||
			  !market_venue(&c->market, c->terms.allowed[i]));
	return other;
}

static struct fact seconds(int64_t ms)
{
	struct dec d;

	assert_true(dec_join(&d, ms, 3));
	return fact_known(d);
}

static struct fact daily(const struct quote *q, enum why absent)
{
	struct dec d;

	if (!q || q->why != WHY_KNOWN)
		return fact_unknown(q ? q->why : absent);
	if (q->rate.interval_s <= 0 || 86400 % q->rate.interval_s != 0 ||
	    !dec_mul(&d, q->rate.fraction,
		     dec_int(86400 / q->rate.interval_s)))
		return fact_unknown(WHY_OVERFLOW);
	return fact_known(d);
}

struct best {
	const struct quote *l, *s;
	struct dec gross;
	struct fact cost;
	int64_t count;
};

static bool beats(const struct best *a, const struct best *b)
{
	int c = dec_cmp(a->gross, b->gross);

	if (c != 0 || b->l == NULL)
		return b->l == NULL || c > 0;
	if (a->cost.known != b->cost.known)
		return a->cost.known;
	c = a->cost.known ? dec_cmp(b->cost.v, a->cost.v) : 0;
	if (c == 0)
		c = strcmp(b->l->venue.s, a->l->venue.s);
	if (c == 0)
		c = strcmp(b->s->venue.s, a->s->venue.s);
	return c > 0;
}

static bool offers(const struct random_case *c, const struct quote *q)
{
	const struct fact *least = &c->terms.min_volume_usd;

	return !strcmp(q->symbol.s, c->pos.symbol.s) && q->why == WHY_KNOWN &&
	       may_use(c, q->venue) && daily(q, WHY_FAILED).known &&
	       (!least->known || (q->volume_usd.known &&
				  dec_cmp(q->volume_usd.v, least->v) >= 0));
}

static struct best look_for_best(const struct random_case *c)
{
	const struct market *m = &c->market;
	struct best best = { .count = 0 };

	for (size_t i = 0; i < m->n_quotes * m->n_quotes; i++) {
		struct best a = { .l = &m->quotes[i / m->n_quotes],
				  .s = &m->quotes[i % m->n_quotes] };

		if (a.l == a.s || !offers(c, a.l) || !offers(c, a.s) ||
		    (is_leg(c, a.l->venue, LEG_LONG) &&
		     is_leg(c, a.s->venue, LEG_SHORT)) ||
		    !dec_sub(&a.gross, daily(a.s, WHY_FAILED).v,
			     daily(a.l, WHY_FAILED).v))
			continue;
		a.cost = facts_switch_cost(&c->terms,
					   c->pos.leg[LEG_LONG].venue,
					   c->pos.leg[LEG_SHORT].venue,
					   a.l->venue, a.s->venue);
		a.count = best.count + 1;
		if (!beats(&a, &best)) {
			best.count++;
			continue;
		}
		best = a;
	}
	return best;
}

static void plain_best(struct facts *f, const struct random_case *c)
{
	static const enum fact_id ids[2][3] = {
		{ FACT_ALT_LONG_RATE, FACT_ALT_LONG_NEXT, FACT_ALT_LONG_PAYS },
		{ FACT_ALT_SHORT_RATE, FACT_ALT_SHORT_NEXT,
		  FACT_ALT_SHORT_PAYS },
	};
	struct best best = look_for_best(c);
	bool found = !no_news(c) && best.count > 0;

	f->alt_found = found;
	f->v[FACT_ALT_COUNT] = no_news(c) ? fact_unknown(WHY_FAILED) :
					    fact_known(dec_int(best.count));
	f->v[FACT_ALT_DIVERGENCE] = found ? fact_known(best.gross) :
					    fact_unknown(WHY_NOT_LISTED);
	f->v[FACT_ALT_COST] = found ? best.cost : fact_unknown(WHY_NOT_LISTED);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct quote *q = s == LEG_LONG ? best.l : best.s;

		for (int k = 0; k < 3; k++)
			f->v[ids[s][k]] = fact_unknown(WHY_NOT_LISTED);
		if (!found)
			continue;
		*(s == LEG_LONG ? &f->alt_long : &f->alt_short) = q->venue;
		f->v[ids[s][0]] = daily(q, WHY_FAILED);
		facts_put_schedule(&f->v[ids[s][1]], &f->v[ids[s][2]], q,
				   terms_of(&c->terms, q->venue),
				   c->market.taken_at);
	}
}

static void plain_leg(struct facts *f, const struct random_case *c,
		      enum side s)
{
	static const enum fact_id ids[2][5] = {
		{ FACT_LONG_RATE, FACT_LONG_OI, FACT_LONG_QUOTE_AGE,
		  FACT_LONG_NEXT, FACT_LONG_PAYS },
		{ FACT_SHORT_RATE, FACT_SHORT_OI, FACT_SHORT_QUOTE_AGE,
		  FACT_SHORT_NEXT, FACT_SHORT_PAYS },
	};
	struct venue v = c->pos.leg[s].venue;
	const struct quote *q = find(&c->market, c->pos.symbol, v);
	enum why absent = market_why_absent(&c->market, v);
	int64_t seen = c->memory.quote_at[s].ms;

	if (q && (q->why == WHY_KNOWN || q->why == WHY_STALE) &&
	    q->observed_at.ms > seen)
		seen = q->observed_at.ms;	/* unknown is the smallest */
	f->v[ids[s][0]] = daily(q, absent);
	f->v[ids[s][1]] = !q ? fact_unknown(absent) :
			  q->why ? fact_unknown(q->why) : q->oi_usd;
	f->v[ids[s][2]] = seen == INT64_MIN ? fact_unknown(WHY_NOT_SET) :
			  seconds(c->market.taken_at.ms - seen);
	facts_put_schedule(&f->v[ids[s][3]], &f->v[ids[s][4]], q,
			   terms_of(&c->terms, v), c->market.taken_at);
}

/* All but WINDOW_CARRY, PRICE, EXIT_COST and what is held: they have tests. */
static void plain(struct facts *f, const struct random_case *c)
{
	const struct position *p = &c->pos;

	plain_leg(f, c, LEG_LONG);
	plain_leg(f, c, LEG_SHORT);
	plain_best(f, c);
	f->legs_fresh = f->v[FACT_LONG_RATE].known &&
			f->v[FACT_SHORT_RATE].known;
	f->v[FACT_DIVERGENCE] = fact_sub(f->v[FACT_SHORT_RATE],
					 f->v[FACT_LONG_RATE]);
	f->v[FACT_ENTRY_DIVERGENCE] = p->entry_divergence;
	f->v[FACT_ENTRY_OI_RATIO] = p->entry_oi_ratio;
	f->v[FACT_SIZE] = fact_known(p->size_usd);
	f->v[FACT_AGE] = seconds(c->market.taken_at.ms - p->opened_at.ms);
	f->v[FACT_FUNDING] = c->memory.funding_usd;
	f->v[FACT_PAID] = fact_add(fact_known(p->fees_usd),
				   fact_known(p->slippage_usd));
	facts_put_held(f, NULL);
}

/* ---- comparing ---- */

static void must(bool ok, uint64_t seed, const char *what)
{
	if (!ok)
		fail_msg("seed %" PRIu64 ": %s differs", seed, what);
}

static bool same_fact(struct fact a, struct fact b)
{
	return a.known == b.known && a.why == b.why && dec_cmp(a.v, b.v) == 0;
}

static void must_be_same(const struct facts *a, const struct facts *b,
			 uint64_t seed)
{
	for (int id = 0; id < FACT_COUNT; id++)
		must(same_fact(a->v[id], b->v[id]), seed,
		     fact_name((enum fact_id)id));
	must(a->legs_fresh == b->legs_fresh, seed, "legs_fresh");
	must(a->alt_found == b->alt_found, seed, "alt_found");
	must(venue_same(&a->alt_long, &b->alt_long) &&
	     venue_same(&a->alt_short, &b->alt_short), seed, "the pair");
}

static void facts_are_what_the_plain_way_finds(void **state)
{
	static struct random_case c;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds(); seed++) {
		struct facts fast, slow;

		random_case(&c, seed);
		facts_compute(&fast, &c.pos, &c.market, &c.terms, &c.memory);
		memset(&slow, 0, sizeof(slow));
		slow.v[FACT_WINDOW_CARRY] = fast.v[FACT_WINDOW_CARRY];
		slow.v[FACT_PRICE] = fast.v[FACT_PRICE];
		slow.v[FACT_EXIT_COST] = fast.v[FACT_EXIT_COST];
		plain(&slow, &c);
		must_be_same(&fast, &slow, seed);
	}
}

static void a_plan_holds_while_the_names_do(void **state)
{
	static struct random_case c;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 4; seed++) {
		struct facts_plan plan;
		struct facts kept, anew;

		random_case(&c, seed);
		facts_plan(&plan, &c.pos, &c.market, &c.terms);
		memset(&kept, 0x55, sizeof(kept));
		for (int poll = 0; poll < 4; poll++) {
			random_move(&c);
			facts_compute(&anew, &c.pos, &c.market, &c.terms,
				      &c.memory);
			facts_compute_planned(&kept, &plan, &c.pos, &c.market,
					      &c.terms, &c.memory, FACTS_ALL);
			must_be_same(&kept, &anew, seed);
		}
	}
}

/* One key of a copy changed; its arrays are its own. */
static void change_key(struct random_case *c, int which)
{
	struct quote *q = &c->market.quotes[c->market.n_quotes - 1];
	struct venue_view *v = &c->market.venues[c->market.n_venues - 1];

	switch (which) {
	case 0: c->market.n_quotes--; return;
	case 1: c->market.n_venues--; return;
	case 2: c->market.dexes_known = !c->market.dexes_known; return;
	case 3: q->venue.s[23] = 1; return;
	case 4: q->symbol.s[0]++; return;
	case 5: v->venue.s[9] = 'x'; return;
	case 6: v->listed = !v->listed; return;
	case 7: v->active = !v->active; return;
	default: v->rates = v->rates == ANSWER_OK ? ANSWER_FAILED : ANSWER_OK;
	}
}

static void keys_are_names_and_standing_not_numbers(void **state)
{
	static struct random_case a, b;

	(void)state;
	for (int which = 0; which < 9; which++) {
		random_case(&a, 5);
		random_case(&b, 5);
		random_move(&b);
		assert_true(market_same_keys(&a.market, &b.market));
		change_key(&b, which);
		assert_false(market_same_keys(&a.market, &b.market));
	}
}

/* What a group leaves when nothing of it is wanted. */
static void drop(struct facts *f, uint64_t wanted, uint64_t group)
{
	if (wanted & group)
		return;
	facts_put_unknown(f, group, WHY_NOT_ASKED);
	if (group != FACTS_ALT)
		return;
	f->alt_found = false;
	f->alt_long = f->alt_short = (struct venue){ "" };
}

static void facts_not_wanted_are_not_asked_for(void **state)
{
	static const uint64_t wants[] = {
		0, USES(AGE), USES(WINDOW_CARRY), USES(SHORT_PAYS), USES(PAID),
		USES(ALT_COST), USES(ALT_SHORT_NEXT), FACTS_ALL,
		USES(PRICE) | USES(ALT_COUNT) | USES(LONG_NEXT),
	};
	static struct random_case c;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 4; seed++) {
		uint64_t wanted = wants[seed % (sizeof(wants) /
						sizeof(wants[0]))];
		struct facts_plan plan;
		struct facts some, all;

		random_case(&c, seed);
		facts_compute(&all, &c.pos, &c.market, &c.terms, &c.memory);
		drop(&all, wanted, FACTS_SCHEDULE);
		drop(&all, wanted, FACTS_MONEY);
		drop(&all, wanted, FACTS_ALT_LEGS);
		drop(&all, wanted, FACTS_ALT);
		facts_plan(&plan, &c.pos, &c.market, &c.terms);
		facts_forget(&some);
		facts_compute_planned(&some, &plan, &c.pos, &c.market,
				      &c.terms, &c.memory, wanted);
		must_be_same(&some, &all, seed);
	}
}

/* ---- lines ---- */

static struct finding plain_for(struct streak *s, const struct node *n,
				struct finding child,
				const struct expr_now *now)
{
	bool polls = n->kind == NODE_FOR_POLLS;
	int32_t enough = polls ? n->polls : 3;

	if (child.verdict == VERDICT_UNKNOWN)
		return child;
	if (polls && !now->new_data)
		return finding_bool(s->stored == VERDICT_TRUE);
	if (child.verdict == VERDICT_FALSE ||
	    (!polls && instant_known(s->last_known) &&
	     now->now.ms - s->last_known.ms > now->gap.ms))
		*s = STREAK_NONE;
	if (child.verdict == VERDICT_FALSE)
		return child;
	s->since = instant_known(s->since) ? s->since : now->now;
	s->last_known = now->now;
	s->count += now->new_data && s->count < enough;
	s->stored = s->count >= enough &&
		    (polls || now->now.ms - s->since.ms >= n->time.ms) ?
		    VERDICT_TRUE : VERDICT_FALSE;
	return finding_bool(s->stored == VERDICT_TRUE);
}

/* Of two findings the one with the verdict that counts first. */
static struct finding first_with(struct finding a, struct finding b,
				 enum verdict strongest)
{
	if (a.verdict == strongest || b.verdict == strongest)
		return a.verdict == strongest ? a : b;
	return a.verdict == VERDICT_UNKNOWN ? a : b;
}

static struct finding plain_node(const struct line *l, int i,
				 struct streak *slots, const struct facts *f,
				 const struct expr_now *now)
{
	const struct node *n = &l->node[i];
	struct finding a, b;

	if (n->kind == NODE_CALL)
		return n->rule->eval(f, n->arg);
	a = plain_node(l, n->left, slots, f, now);
	if (n->kind == NODE_NOT)
		return a.verdict == VERDICT_UNKNOWN ? a :
		       finding_bool(a.verdict != VERDICT_TRUE);
	if (n->kind == NODE_FOR_POLLS || n->kind == NODE_FOR_TIME)
		return plain_for(&slots[n->slot], n, a, now);
	b = plain_node(l, n->right, slots, f, now);
	return first_with(a, b, n->kind == NODE_AND ? VERDICT_FALSE :
						      VERDICT_TRUE);
}

static struct verdicts plain_lines(struct finding *out,
				   const struct profile *p,
				   struct streak *slots, const struct facts *f,
				   const struct expr_now *now)
{
	struct verdicts seen = { 0, 0 };

	for (int i = 0; i < p->n_lines; i++) {
		const struct line *l = &p->line[i];

		out[i] = plain_node(l, l->n_nodes - 1, slots, f, now);
		seen.is_true |= (uint32_t)(out[i].verdict == VERDICT_TRUE) << i;
		if (out[i].verdict != VERDICT_UNKNOWN)
			slots[0] = STREAK_NONE;
		else if (!instant_known(slots[0].since))
			slots[0].since = now->now;
		if (out[i].verdict == VERDICT_UNKNOWN)
			seen.is_unknown |= UINT32_C(1) << i;
		slots += l->n_slots;
	}
	return seen;
}

static bool same_streak(const struct streak *a, const struct streak *b)
{
	return a->since.ms == b->since.ms && a->count == b->count &&
	       a->last_known.ms == b->last_known.ms && a->stored == b->stored;
}

struct twice {				/* the same lines, both ways */
	struct profile p;
	struct random_case c;
	struct streak fast[SLOTS_MAX], slow[SLOTS_MAX];
};

static void evaluate_twice(struct twice *t, uint64_t seed)
{
	struct finding a[LINES_MAX], b[LINES_MAX];
	struct facts f;
	struct expr_now now = { t->c.market.taken_at,
				!dice_once_in(&t->c.dice, 4), span_s(180) };
	struct verdicts x, y;

	facts_compute(&f, &t->c.pos, &t->c.market, &t->c.terms, &t->c.memory);
	x = expr_eval_lines(a, t->p.line, t->p.n_lines, t->fast, &f, &now);
	y = plain_lines(b, &t->p, t->slow, &f, &now);
	must(x.is_true == y.is_true && x.is_unknown == y.is_unknown, seed,
	     "a mask");
	for (int i = 0; i < t->p.n_lines; i++)
		must(a[i].verdict == b[i].verdict && a[i].why == b[i].why &&
		     a[i].missing == b[i].missing, seed, t->p.line[i].text);
	for (int i = 0; i < SLOTS_MAX; i++)
		must(same_streak(&t->fast[i], &t->slow[i]), seed, "a streak");
}

static void lines_are_what_the_plain_way_finds(void **state)
{
	static struct twice t;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds() / 2; seed++) {
		random_case(&t.c, seed);
		random_profile(&t.p, &t.c.dice);
		for (int i = 0; i < SLOTS_MAX; i++)
			t.fast[i] = t.slow[i] = STREAK_NONE;
		for (int poll = 0; poll < 8; poll++) {
			evaluate_twice(&t, seed);
			random_move(&t.c);
			if (dice_once_in(&t.c.dice, 6))
				t.c.market.taken_at.ms += 180000;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_what_the_plain_way_finds),
		cmocka_unit_test(a_plan_holds_while_the_names_do),
		cmocka_unit_test(keys_are_names_and_standing_not_numbers),
		cmocka_unit_test(facts_not_wanted_are_not_asked_for),
		cmocka_unit_test(lines_are_what_the_plain_way_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
