/* SPDX-License-Identifier: MIT */
/*
 * What must not matter does not, and what must turn round does: generated
 * markets through facts_compute() and decide(), told in two ways. The shipped
 * profiles, and one with every rule of money and schedules.
 */
#include "config_case.h"
#include "decide.h"
#include "facts_case.h"
#include "given_random.h"
#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carry.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define WORLDS 400
#define POLLS 5
#define VENUES 4

static const char *const names[VENUES] = { "aster", "grvt", "hyper", "lighter" };
static const int32_t rhythms[VENUES] = { 28800, 28800, 3600, 3600 };

static const char *const close_lines[] = {
	"PROFIT: take_profit(0.1%)", "EARNED: take_profit(0.05%, carry)",
	"LOSS: stop_loss(0.2%)", "COST: stop_loss(0.1%, carry)",
	"THIN: carry_below(10%)", "LATE: break_even_beyond(3d)",
	"LATE_EXIT: break_even_beyond(8h, exit)", "COVERED: fees_covered",
	"SWAP: better_opportunity(0.0005, model=schedule)",
	"SOON: better_opportunity(0, horizon=3h, model=schedule)",
	"PAYS: funding_window(15m) for 2 polls", NULL
};

/* One pair through some polls, all of it plain values. */
struct world {
	struct position p;
	struct terms terms;
	struct facts_memory memory;
	struct instant now[POLLS];
	struct quote quote[POLLS][VENUES];
};

/* ---- making one ---- */

static struct dec units(int64_t n, int scale)
{
	struct dec d;

	assert_true(dec_join(&d, n, scale));
	return d;
}

static int64_t between(int64_t low, int64_t high)
{
	return low + given_below(high - low + 1);
}

/* A share per 8 h that has an exact eighth. */
static struct dec any_rate(void)
{
	return units(8 * between(-200000, 200000), 9);
}

static struct fact any_price(int64_t near)
{
	if (given_chance(10))
		return fact_unknown(WHY_NOT_ASKED);
	return fact_known(units(near + between(-near / 400, near / 400), 4));
}

static void any_quote(struct quote *q, int venue, struct instant now)
{
	memset(q, 0, sizeof(*q));
	q->symbol = given_symbol("BTC");
	q->venue = given_venue(names[venue]);
	q->why = given_chance(4) ? WHY_NULL_VALUE : WHY_KNOWN;
	q->rate = (struct rate){ any_rate(), RATE_8H_S };
	q->observed_at = instant_add(now, span_s(-between(1, 320)));
	q->next_funding = given_chance(50) ? INSTANT_UNKNOWN :
		instant_next_on_grid(now, rhythms[venue], 0);
	q->oi_usd = fact_known(units(between(1, 4) * 1000000, 0));
	q->volume_usd = fact_known(units(between(1, 9) * 100000, 0));
	q->mark_price = any_price(900000000);
}

static void any_leg(struct leg *leg, int venue)
{
	leg->venue = given_venue(names[venue]);
	leg->quantity = fact_known(units(between(1000, 200000), 6));
	leg->entry_price = any_price(900000000);
}

static void any_position(struct world *w)
{
	int l = (int)given_below(VENUES);
	int s = (l + (int)between(1, VENUES - 1)) % VENUES;

	w->p = given_position("BTC", "lighter", "grvt", "1", NULL);
	any_leg(&w->p.leg[LEG_LONG], l);
	any_leg(&w->p.leg[LEG_SHORT], s);
	w->p.size_usd = units(between(100000, 5000000), 2);
	w->p.fees_usd = units(between(0, 2000), 2);
	w->p.slippage_usd = units(between(0, 500), 2);
	w->p.entry_divergence = fact_known(units(between(-200, 2000), 6));
	w->p.entry_oi_ratio = fact_known(units(between(1, 40), 1));
	w->p.opened_at = instant_add(w->now[0], span_s(-between(1, 200 * 3600)));
	w->memory = FACTS_MEMORY_NONE;
	w->memory.funding_usd = given_chance(5) ? fact_unknown(WHY_MISSED) :
				fact_known(units(between(-4000, 12000), 2));
}

static void any_world(struct world *w)
{
	struct instant now = given_time(GIVEN_NOW);

	memset(w, 0, sizeof(*w));
	given_terms(&w->terms);
	w->terms.costs = given_chance(50) ? COSTS_FEES : COSTS_ROUND_TRIP;
	now = instant_add(now, span_s(60 * given_below(1440)));
	for (int i = 0; i < POLLS; i++) {
		now = instant_add(now, span_s(60 * between(1, 300)));
		w->now[i] = now;
		for (int v = 0; v < VENUES; v++)
			any_quote(&w->quote[i][v], v, now);
	}
	any_position(w);
}

/* ---- playing it ---- */

struct run {
	struct facts facts[POLLS];
	struct decision decision[POLLS];
};

static void watch_nothing(struct streak *slots, struct watch *watch)
{
	for (int i = 0; i < SLOTS_MAX; i++)
		slots[i] = STREAK_NONE;
	memset(watch, 0, sizeof(*watch));
	watch->counted[0] = watch->counted[1] = INSTANT_UNKNOWN;
	watch->divergence = fact_unknown(WHY_NOT_SET);
	watch->divergence_at = watch->blind_told = INSTANT_UNKNOWN;
	watch->unclosed_told = INSTANT_UNKNOWN;
}

static struct decide_now now_of(const struct world *w, const struct market *m,
				int i)
{
	struct decide_now now = {
		.now = w->now[i],
		.last_poll = i ? w->now[i - 1] : INSTANT_UNKNOWN,
	};

	for (int s = 0; s < 2; s++)
		now.observed[s] = market_quote(m, w->p.symbol,
					       w->p.leg[s].venue)->observed_at;
	return now;
}

static void play(struct run *out, const struct world *w,
		 const struct profile *p)
{
	struct arena *a = arena_new();
	struct streak slots[SLOTS_MAX];
	struct watch watch;

	memset(out, 0, sizeof(*out));
	watch_nothing(slots, &watch);
	for (int i = 0; i < POLLS; i++) {
		struct market m = given_market_of(a, w->now[i], w->quote[i],
						  VENUES);
		struct decide_now now = now_of(w, &m, i);

		facts_compute(&out->facts[i], &w->p, &m, &w->terms, &w->memory);
		decide(&out->decision[i], slots, &watch, &w->p, &out->facts[i],
		       p, &now);
	}
	arena_free(a);
}

/* ---- comparing ---- */

static bool same_fact(struct fact a, struct fact b)
{
	return a.known == b.known && a.why == b.why && !dec_cmp(a.v, b.v);
}

static void assert_fact_is(const struct facts *f, enum fact_id id,
			   struct fact want)
{
	char text[DEC_TEXT_MAX];

	if (same_fact(f->v[id], want))
		return;
	dec_format(text, f->v[id].v);
	fail_msg("%s is %s (%s)", fact_name(id), text, why_word(f->v[id].why));
}

static bool same_decision(const struct decision *a, const struct decision *b)
{
	bool same = a->action == b->action && a->line == b->line &&
		    a->n_lines == b->n_lines && a->new_data == b->new_data &&
		    a->close_now == b->close_now && a->notices == b->notices &&
		    !strcmp(a->label.s, b->label.s);

	for (int i = 0; i < a->n_lines && same; i++)
		same = a->finding[i].verdict == b->finding[i].verdict &&
		       a->finding[i].missing == b->finding[i].missing &&
		       a->finding[i].why == b->finding[i].why;
	return same;
}

/* What was decided, by line of the profile of this file. */
static int seen[LINES_MAX][VERDICT_UNKNOWN + 1];

static void assert_decides_alike(const struct run *a, const struct run *b,
				 const struct profile *p, bool ours)
{
	for (int i = 0; i < POLLS; i++) {
		if (!same_decision(&a->decision[i], &b->decision[i]))
			fail_msg("%s decides otherwise at poll %d", p->name, i);
		for (int k = 0; k < p->n_lines && ours; k++)
			seen[k][a->decision[i].finding[k].verdict]++;
	}
}

/* Facts of a run that are told alike, except those of a bit mask. */
static void assert_facts_alike(const struct run *a, const struct run *b,
			       uint64_t except)
{
	for (int i = 0; i < POLLS; i++) {
		const struct facts *f = &a->facts[i], *g = &b->facts[i];

		for (int id = 0; id < FACT_COUNT; id++)
			if (!(except >> id & 1))
				assert_fact_is(g, (enum fact_id)id, f->v[id]);
		assert_int_equal(f->legs_fresh, g->legs_fresh);
		assert_int_equal(f->alt_found, g->alt_found);
		assert_string_equal(f->alt_long.s, g->alt_long.s);
		assert_string_equal(f->alt_short.s, g->alt_short.s);
	}
}

/* Every line that asks about money or schedules said yes, no and nothing. */
static void assert_all_was_seen(const struct profile *ours)
{
	for (int k = 0; k < ours->n_lines; k++)
		for (int v = VERDICT_FALSE; v <= VERDICT_UNKNOWN; v++)
			if (seen[k][v] < 5)
				fail_msg("%s was %s %d times only",
					 ours->line[k].text,
					 verdict_word((enum verdict)v),
					 seen[k][v]);
}

/* ---- telling it in another way ---- */

struct telling {
	void (*tell)(struct world *w);
	uint64_t changes;		/* facts that are not told alike */
	void (*check)(const struct facts *before, const struct facts *after);
};

static void plays_alike(const struct telling *t)
{
	struct loaded l = load("version: 1\n");
	struct profile *ours = given_profile(l.arena, close_lines, NULL);

	given_seed(20261126);
	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < WORLDS; i++) {
		struct world w, told;
		struct run a, b;

		any_world(&w);
		told = w;
		t->tell(&told);
		for (size_t k = 0; k <= l.c.n_profiles; k++) {
			const struct profile *p = k < l.c.n_profiles ?
						  &l.c.profiles[k] : ours;

			play(&a, &w, p);
			play(&b, &told, p);
			assert_decides_alike(&a, &b, p, p == ours);
		}
		assert_facts_alike(&a, &b, t->changes);
		for (int k = 0; k < POLLS && t->check; k++)
			t->check(&a.facts[k], &b.facts[k]);
	}
	assert_all_was_seen(ours);
	arena_free(l.arena);
}

/* ---- an 8 h rate and its eighth an hour ---- */

static void tell_by_the_hour(struct world *w)
{
	for (int i = 0; i < POLLS; i++) {
		for (int v = 0; v < VENUES; v++) {
			struct rate *r = &w->quote[i][v].rate;

			assert_true(dec_div(&r->fraction, r->fraction,
					    dec_int(8)));
			r->interval_s = 3600;
		}
	}
}

static void an_8h_rate_and_its_hourly_equivalent_decide_alike(void **state)
{
	const struct telling hourly = { tell_by_the_hour, 0, NULL };

	(void)state;
	plays_alike(&hourly);
}

/* ---- whole days later ---- */

static void later(struct instant *t, int64_t days)
{
	if (instant_known(*t))
		*t = instant_add(*t, span_s(days * DAY_S));
}

static void tell_days_later(struct world *w)
{
	int64_t days = between(1, 4000) * (given_chance(50) ? 1 : -1);

	for (int i = 0; i < POLLS; i++) {
		later(&w->now[i], days);
		for (int v = 0; v < VENUES; v++) {
			later(&w->quote[i][v].observed_at, days);
			later(&w->quote[i][v].next_funding, days);
		}
	}
	later(&w->p.opened_at, days);
	later(&w->p.confirmed_at, days);
}

static void whole_days_earlier_or_later_change_nothing(void **state)
{
	const struct telling shifted = { tell_days_later, 0, NULL };

	(void)state;
	plays_alike(&shifted);
}

/* ---- a larger notional ---- */

#define MONEY (USES(SIZE) | USES(PRICE) | USES(FUNDING) | USES(PAID) | \
	       USES(EXIT_COST))

static int64_t factor;

static void grow(struct dec *d)
{
	assert_true(dec_mul_int(d, *d, factor));
}

static void tell_larger(struct world *w)
{
	factor = between(2, 1000);
	grow(&w->p.size_usd);
	grow(&w->p.fees_usd);
	grow(&w->p.slippage_usd);
	grow(&w->memory.funding_usd.v);
	for (int s = 0; s < 2; s++)
		grow(&w->p.leg[s].quantity.v);
}

static void check_larger(const struct facts *before, const struct facts *after)
{
	for (int id = 0; id < FACT_COUNT; id++) {
		struct fact want = before->v[id];

		if (!(MONEY >> id & 1))
			continue;
		grow(&want.v);
		assert_fact_is(after, (enum fact_id)id, want);
	}
}

static void a_larger_notional_scales_the_money_and_no_verdict(void **state)
{
	const struct telling larger = { tell_larger, MONEY, check_larger };

	(void)state;
	plays_alike(&larger);
}

/* ---- the legs exchanged ---- */

static const enum fact_id turned[] = {
	FACT_DIVERGENCE, FACT_ENTRY_DIVERGENCE, FACT_WINDOW_CARRY, FACT_PRICE,
	FACT_FUNDING,
};
static const enum fact_id kept[] = {
	FACT_AGE, FACT_SIZE, FACT_PAID, FACT_EXIT_COST,
};
static const enum fact_id exchanged[][2] = {
	{ FACT_LONG_RATE, FACT_SHORT_RATE },
	{ FACT_LONG_NEXT, FACT_SHORT_NEXT },
	{ FACT_LONG_PAYS, FACT_SHORT_PAYS },
	{ FACT_LONG_OI, FACT_SHORT_OI },
	{ FACT_LONG_QUOTE_AGE, FACT_SHORT_QUOTE_AGE },
};

/* Which of two unknown legs is named first is no matter of sign. */
static struct fact opposite(struct fact f, struct fact told)
{
	if (!f.known)
		return told.known ? f : told;
	return fact_known(dec_neg(f.v));
}

static void check_exchanged(const struct facts *f, const struct facts *g)
{
	for (size_t i = 0; i < N(turned); i++)
		assert_fact_is(g, turned[i], opposite(f->v[turned[i]],
						      g->v[turned[i]]));
	for (size_t i = 0; i < N(kept); i++)
		assert_fact_is(g, kept[i], f->v[kept[i]]);
	for (size_t i = 0; i < N(exchanged); i++) {
		assert_fact_is(g, exchanged[i][1], f->v[exchanged[i][0]]);
		assert_fact_is(g, exchanged[i][0], f->v[exchanged[i][1]]);
	}
}

/* Carry over any horizon, and the cash of a settlement on either side. */
static void check_carry(const struct facts *f, const struct facts *g,
			const struct position *p)
{
	struct carry_leg a[2], b[2];
	struct finding why;
	struct dec x, y;
	int64_t horizon = given_below(INT64_C(3) * DAY_S * 1000);

	if (!carry_legs(a, &why, f, false)) {
		assert_false(carry_legs(b, &why, g, false));
		return;
	}
	assert_true(carry_legs(b, &why, g, false));
	assert_true(carry_expected(&x, a, horizon));
	assert_true(carry_expected(&y, b, horizon));
	assert_int_equal(dec_cmp(x, dec_neg(y)), 0);
	for (int s = 0; s < 2; s++) {
		struct fact l = ledger_amount(LEG_LONG, p->size_usd,
					      a[s].daily, (int32_t)a[s].pays_s);
		struct fact r = ledger_amount(LEG_SHORT, p->size_usd,
					      a[s].daily, (int32_t)a[s].pays_s);

		assert_true(l.known && r.known);
		assert_int_equal(dec_cmp(l.v, dec_neg(r.v)), 0);
	}
}

static void exchange(struct world *w)
{
	struct leg l = w->p.leg[LEG_LONG];

	w->p.leg[LEG_LONG] = w->p.leg[LEG_SHORT];
	w->p.leg[LEG_SHORT] = l;
	w->p.entry_divergence.v = dec_neg(w->p.entry_divergence.v);
	w->memory.funding_usd.v = dec_neg(w->memory.funding_usd.v);
}

static void exchanged_legs_turn_every_sign(void **state)
{
	struct arena *a = arena_new();
	struct profile *p = given_profile(a, close_lines, NULL);
	int known[N(turned)] = { 0 };

	(void)state;
	given_seed(20261127);
	for (int i = 0; i < WORLDS; i++) {
		struct world w, other;
		struct run r, s;

		any_world(&w);
		other = w;
		exchange(&other);
		play(&r, &w, p);
		play(&s, &other, p);
		for (int k = 0; k < POLLS; k++) {
			check_exchanged(&r.facts[k], &s.facts[k]);
			check_carry(&r.facts[k], &s.facts[k], &w.p);
			for (size_t t = 0; t < N(turned); t++)
				known[t] += dec_sign(r.facts[k].v[turned[t]].v)
					    != 0;
		}
	}
	for (size_t t = 0; t < N(turned); t++)
		assert_in_range(known[t], WORLDS, WORLDS * POLLS);
	arena_free(a);
}

/* ---- how often a leg pays ---- */

static void a_day_pays_the_same_at_any_rhythm(void **state)
{
	static const int64_t every[] = { 900, 3600, 14400, 28800, 86400 };

	(void)state;
	given_seed(20261128);
	for (int i = 0; i < WORLDS; i++) {
		struct carry_leg leg[2];
		struct dec sum, want;
		int64_t days = between(1, 30);

		for (int s = 0; s < 2; s++) {
			leg[s].daily = any_rate();
			leg[s].pays_s = every[given_below(N(every))];
			leg[s].next_ms = between(1, leg[s].pays_s * 1000);
		}
		assert_true(carry_expected(&sum, leg, days * DAY_S * 1000));
		assert_true(dec_sub(&want, leg[LEG_SHORT].daily,
				    leg[LEG_LONG].daily));
		assert_true(dec_mul_int(&want, want, days * DAY_S));
		assert_int_equal(dec_cmp(sum, want), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchanged_legs_turn_every_sign),
		cmocka_unit_test(an_8h_rate_and_its_hourly_equivalent_decide_alike),
		cmocka_unit_test(whole_days_earlier_or_later_change_nothing),
		cmocka_unit_test(a_larger_notional_scales_the_money_and_no_verdict),
		cmocka_unit_test(a_day_pays_the_same_at_any_rhythm),
	};

	setenv("HOME", "/home/x", 1);
	return cmocka_run_group_tests_name("metamorphic", tests, NULL, NULL);
}
