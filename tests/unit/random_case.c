/* SPDX-License-Identifier: MIT */
/* Cases are drawn so that what is rare in a real market is common here. */
#include "random_case.h"

#include "given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define START	INT64_C(1795206630000)

static const char *const names[RANDOM_VENUES] = {
	"aster", "edgex", "grvt", "hyper", "lighter", "paradex", "reya", "vest"
};
static const char *const symbols[RANDOM_SYMBOLS] = { "BTC", "ETH", "SOL" };

uint64_t dice_roll(struct dice *d, uint64_t n)
{
	uint64_t x = d->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (x ^ x >> 31) % n;
}

bool dice_once_in(struct dice *d, uint64_t n)
{
	return dice_roll(d, n) == 0;
}

static struct dec number(struct dice *d, int64_t most, int scale)
{
	int64_t m = (int64_t)dice_roll(d, 2 * (uint64_t)most + 1) - most;
	struct dec x;

	return dec_join(&x, m, scale) ? x : DEC_ZERO;
}

/* Now and then so large that sums and products leave the range. */
static struct dec any_number(struct dice *d, int64_t most, int scale)
{
	static const char *const large[] = {
		"170141183460469231731.687303715884105727",
		"-170141183460469231731.687303715884105727",
		"100000000000000000000", "-70000000000000000000", "9.3", "-9.3"
	};

	if (dice_once_in(d, 40))
		return dec_lit(large[dice_roll(d, N(large))]);
	return number(d, most, scale);
}

static enum why any_why(struct dice *d)
{
	return (enum why)(1 + dice_roll(d, WHY_COUNT - 1));
}

static struct fact any_fact(struct dice *d, uint64_t gap, int64_t most,
			    int scale)
{
	if (dice_once_in(d, gap))
		return fact_unknown(any_why(d));
	return fact_known(any_number(d, most, scale));
}

static struct instant near(struct dice *d, struct instant now)
{
	static const int64_t spans[] = {
		-600000, -5000, -1, 0, 1, 5000, 900000, 3600000, 86400000,
		90000000
	};

	if (dice_once_in(d, 4))
		return INSTANT_UNKNOWN;
	return (struct instant){ now.ms + spans[dice_roll(d, N(spans))] };
}

static void draw_quote(struct dice *d, struct quote *q, struct instant now)
{
	static const int32_t paid[] = { 0, 0, 0, 3600, 14400, 28800, 7000 };
	static const int32_t every[] = { RATE_8H_S, 3600, 86400, 7000, 0 };

	q->why = dice_once_in(d, 12) ? any_why(d) : WHY_KNOWN;
	q->rate = (struct rate){ any_number(d, 6, 4),
				 every[dice_once_in(d, 8) ?
				       dice_roll(d, N(every)) : 0] };
	q->observed_at = near(d, now);
	q->next_funding = near(d, now);
	q->oi_usd = any_fact(d, 12, 4, 0);
	q->volume_usd = any_fact(d, 4, 5, 0);
	q->mark_price = any_fact(d, 4, 60000, 2);
	q->pays_every_s = paid[dice_roll(d, N(paid))];
}

static void draw_market(struct random_case *c)
{
	struct market *m = &c->market;
	struct dice *d = &c->dice;

	*m = (struct market){ .taken_at = { START + 777 }, .venues = c->view,
			      .quotes = c->quote, .opportunities_known = true,
			      .dexes_known = !dice_once_in(d, 4) };
	for (size_t v = 0; v < RANDOM_VENUES; v++) {
		if (dice_once_in(d, 5))
			continue;
		c->view[m->n_venues++] = (struct venue_view){
			.venue = given_venue(names[v]),
			.listed = !dice_once_in(d, 10),
			.active = !dice_once_in(d, 10),
			.rates = dice_once_in(d, 3) ?
				 (enum answer)dice_roll(d, 3) : ANSWER_OK,
		};
	}
	for (size_t s = 0; s < RANDOM_SYMBOLS; s++) {
		for (size_t v = 0; v < RANDOM_VENUES; v++) {
			struct quote *q = &m->quotes[m->n_quotes];

			if (dice_once_in(d, 6))
				continue;
			m->n_quotes++;
			q->symbol = given_symbol(symbols[s]);
			q->venue = given_venue(names[v]);
			draw_quote(d, q, m->taken_at);
		}
	}
}

static void draw_terms(struct random_case *c)
{
	static const int32_t every[] = { 0, 3600, 14400, 28800 };
	struct terms *t = &c->terms;
	struct dice *d = &c->dice;
	bool choosy = dice_once_in(d, 2);

	*t = (struct terms){
		.venue = c->venue, .allowed = c->allowed,
		.costs = dice_once_in(d, 2) ? COSTS_FEES : COSTS_ROUND_TRIP,
		.round_trip = number(d, 20, 4),
		.min_volume_usd = dice_once_in(d, 2) ? any_fact(d, 3, 5, 0) :
				  fact_unknown(WHY_NOT_SET),
	};
	for (size_t v = 0; v < RANDOM_VENUES; v++) {
		if (!dice_once_in(d, 4))
			c->venue[t->n_venue++] = (struct venue_terms){
				.venue = given_venue(names[v]),
				.pays_every_s = every[dice_roll(d, N(every))],
				.anchor_s = dice_once_in(d, 3) ? 1800 : 0,
				.taker_fee = any_fact(d, 6, 2, 4),
				.slippage = any_fact(d, 6, 2, 4),
			};
		if (choosy && !dice_once_in(d, 3))
			c->allowed[t->n_allowed++] = given_venue(names[v]);
	}
}

static void draw_position(struct random_case *c)
{
	struct dice *d = &c->dice;
	const char *symbol = symbols[dice_roll(d, RANDOM_SYMBOLS)];
	struct position *p = &c->pos;

	*p = given_position(symbol, names[dice_roll(d, RANDOM_VENUES)],
			    names[dice_roll(d, RANDOM_VENUES)], "20000", NULL);
	p->status = dice_once_in(d, 3) ? STATUS_PENDING_CLOSE : STATUS_OPEN;
	if (p->status == STATUS_PENDING_CLOSE) {
		snprintf(p->reason.s, sizeof(p->reason.s), "L%d",
			 (int)dice_roll(d, 8));
		p->decided_at = near(d, c->market.taken_at);
	}
	p->size_usd = any_number(d, 20000, 0);
	p->opened_at.ms = c->market.taken_at.ms - 3600000 *
			  (int64_t)dice_roll(d, 60);
	p->entry_divergence = any_fact(d, 12, 30, 4);
	p->entry_oi_ratio = any_fact(d, 12, 3, 0);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		p->leg[s].quantity = any_fact(d, 4, 30, 1);
		p->leg[s].entry_price = any_fact(d, 4, 60000, 2);
	}
	p->fees_usd = any_number(d, 900, 2);
	p->slippage_usd = any_number(d, 900, 2);
	snprintf(p->muted.s, sizeof(p->muted.s), "L%d", (int)dice_roll(d, 8));
	p->muted_until = near(d, c->market.taken_at);
}

static void draw_memory(struct random_case *c)
{
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		c->memory.quote_at[s] = near(&c->dice, c->market.taken_at);
	c->memory.funding_usd = any_fact(&c->dice, 4, 5000, 2);
}

void random_case(struct random_case *out, uint64_t seed)
{
	memset(out, 0, sizeof(*out));
	out->dice.state = seed;
	draw_market(out);
	draw_terms(out);
	draw_position(out);
	draw_memory(out);
}

void random_move(struct random_case *c)
{
	c->market.taken_at.ms += 60000;
	for (size_t i = 0; i < c->market.n_quotes; i++)
		draw_quote(&c->dice, &c->market.quotes[i], c->market.taken_at);
	draw_memory(c);
}

/* ---- profiles ---- */

static const char *const lines[] = {
	"flip", "flip(0.02%) for 3 polls", "not flip", "erosion(0.5)",
	"erosion(0.2) for 3m and min_hold(24h)", "better_opportunity(0.0005)",
	"better_opportunity(0, 48h) for 2 polls or flip", "age(30h)",
	"funding_window(15m)", "funding_window(2h, any) and not erosion(0.9)",
	"oi_imbalance", "oi_imbalance(2, 0.5, entry) or stale_data(3m)",
	"stale_data(1s)", "(flip or age(10h)) and (erosion(1) or stale_data(9m))"
};

void random_profile(struct profile *p, struct dice *d)
{
	struct err err;
	int column;

	memset(p, 0, sizeof(*p));
	p->poll_interval = span_s(60);
	p->blind_after = span_s(dice_once_in(d, 2) ? 600 : 60);
	p->n_lines = (int)dice_roll(d, 9);
	p->n_close = p->n_lines ? (int)dice_roll(d, (uint64_t)p->n_lines + 1)
				: 0;
	for (int i = 0; i < p->n_lines; i++) {
		const char *text = lines[dice_roll(d, N(lines))];
		struct line *l = &p->line[i];

		snprintf(l->label.s, sizeof(l->label.s), "L%d", i);
		if (!expr_parse(l, text, &column, &err)) {
			fprintf(stderr, "%s: %s\n", text, err.text);
			abort();
		}
		l->protective = dice_once_in(d, 4);
	}
}
