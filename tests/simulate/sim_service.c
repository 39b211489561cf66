/* SPDX-License-Identifier: MIT */
/*
 * The funding-rate service and its collector: rates that wander and now and
 * then turn round, and everything that may be wrong with an answer. What was
 * given is kept as it was given; whether it may be used, the model says.
 */
#include "sim_parts.h"

#include "given.h"

#include <string.h>

enum trouble { T_NONE, T_DOWN, T_FROZEN, T_OLD, T_FUTURE, T_ABSENT, T_NULL,
	       T_INTERVAL, T_ABSURD, T_TWICE, T_ZERO, TROUBLES };

/* ---- rates ---- */

void sim_service_begin(struct sim *s)
{
	s->moved = s->truth;
	for (int k = 0; k < SIM_SYMBOLS; k++)
		for (int v = 0; v < SIM_VENUES; v++)
			s->rate[k][v] = s->mean[k][v] =
				sim_below(s, 1200000) - 300000;
}

static int64_t step_of(int64_t minutes)
{
	static const struct { int64_t minutes, step; } steps[] = {
		{ 1, 9000 }, { 5, 20000 }, { 10, 29000 }, { 30, 50000 },
		{ INT64_MAX, 70000 },
	};
	int i = 0;

	while (minutes > steps[i].minutes)
		i++;
	return steps[i].step;
}

void sim_move(struct sim *s)
{
	int64_t minutes = (s->truth - s->moved) / MINUTE_MS;
	int64_t step = step_of(minutes);
	int64_t pull = minutes > 2000 ? 2000 : minutes;

	if (minutes <= 0)
		return;
	s->moved += minutes * MINUTE_MS;
	for (int k = 0; k < SIM_SYMBOLS; k++)
		for (int v = 0; v < SIM_VENUES; v++) {
			int64_t *r = &s->rate[k][v];

			*r += sim_below(s, 2 * step + 1) - step;
			*r += (s->mean[k][v] - *r) * pull / 4000;
		}
}

int64_t sim_divergence(const struct sim *s, int symbol, int l, int sh)
{
	int64_t d = s->rate[symbol][sh] - s->rate[symbol][l];

	return s->truth < s->storm_until ? -d : d;
}

void sim_storm(struct sim *s)
{
	s->storm_until = s->truth + s->interval * (1 + sim_below(s, 12));
}

/* ---- what goes wrong ---- */

static void break_venue(struct sim *s, int v, int trouble, int64_t until)
{
	s->trouble[v] = trouble;
	s->trouble_until[v] = until;
	s->hit[v] = (unsigned)sim_below(s, 1 << SIM_SYMBOLS);
	s->frozen[v] = s->truth - 20000;
	for (int k = 0; k < SIM_SYMBOLS; k++)
		s->frozen_rate[k][v] = s->rate[k][v];
}

void sim_trouble(struct sim *s)
{
	int64_t lasts = sim_chance(s, 4) ? sim_below(s, 8 * HOUR_MS) :
		        s->interval * (1 + sim_below(s, 12));
	int64_t until = s->truth + lasts;

	if (sim_chance(s, 8)) {
		s->dead_until = s->truth + lasts / 4;
		return;
	}
	if (sim_chance(s, 5)) {
		for (int v = 0; v < SIM_VENUES; v++)
			break_venue(s, v, T_DOWN, until);
		return;
	}
	break_venue(s, (int)sim_below(s, SIM_VENUES),
		    1 + (int)sim_below(s, TROUBLES - 1), until);
}

/* ---- one answer ---- */

/* The collector writes once a minute, each venue a little later. */
static int64_t stamp(const struct sim *s, int v)
{
	int64_t t = s->truth - 1000 * (v + 1);

	return t - t % MINUTE_MS + 1000 * (v + 1);
}

static int64_t grid_after(int64_t t, int32_t every_s)
{
	int64_t e = (int64_t)every_s * 1000;

	return (t / e + 1) * e;
}

static int64_t announced(struct sim *s, int v)
{
	if (v == SIM_WILD && sim_chance(s, 3))
		return s->truth + sim_below(s, 30 * HOUR_MS) - 4 * HOUR_MS;
	if (sim_chance(s, 40))
		return NEVER;
	return grid_after(s->truth, sim_pays_every(v));
}

static void spoil(struct sim *s, struct sim_row *r, int k, int v)
{
	bool hit = s->hit[v] >> k & 1;

	switch ((enum trouble)s->trouble[v]) {
	case T_NONE: case T_DOWN: case TROUBLES:
		break;
	case T_FROZEN:
		r->observed = s->frozen[v];
		r->rate = s->frozen_rate[k][v];
		break;
	case T_OLD:	r->observed -= 11 * MINUTE_MS; break;
	case T_FUTURE:	r->observed += 7 * MINUTE_MS; break;
	case T_ABSENT:	r->there = !hit; break;
	case T_NULL:	r->observed = hit ? NEVER : r->observed; break;
	case T_INTERVAL: r->odd_interval = hit; break;
	case T_ABSURD:	r->rate = hit ? 300000000 : r->rate; break;
	case T_TWICE:	r->twice = hit; break;
	case T_ZERO:	r->rate = 0; break;
	}
}

static void draw_row(struct sim *s, struct sim_row *r, int k, int v)
{
	int64_t rate = s->rate[k][v];

	*r = (struct sim_row){ .there = true, .rate = rate,
			       .observed = stamp(s, v),
			       .next = announced(s, v) };
	if (s->truth < s->storm_until)
		r->rate = -rate;
	spoil(s, r, k, v);
}

static void draw_given(struct sim *s)
{
	sim_move(s);
	for (int v = 0; v < SIM_VENUES; v++) {
		if (s->truth >= s->trouble_until[v])
			s->trouble[v] = T_NONE;
		s->given.answered[v] = s->trouble[v] != T_DOWN;
		for (int k = 0; k < SIM_SYMBOLS; k++)
			draw_row(s, &s->given.row[k][v], k, v);
	}
}

static struct instant instant_of(int64_t ms)
{
	return (struct instant){ ms };
}

static void put_quote(struct market *m, const struct sim_row *r, int k, int v)
{
	struct quote *q = &m->quotes[m->n_quotes++];

	*q = (struct quote){
		.symbol = given_symbol(sim_symbol(k)),
		.venue = given_venue(sim_venue(v)),
		.why = r->observed == NEVER ? WHY_NULL_VALUE : WHY_KNOWN,
		.rate.interval_s = r->odd_interval ? 7000 : RATE_8H_S,
		.observed_at = instant_of(r->observed),
		.next_funding = instant_of(r->next),
		.oi_usd = fact_unknown(WHY_NOT_ASKED),
		.volume_usd = fact_unknown(WHY_NOT_ASKED),
		.mark_price = fact_unknown(WHY_NOT_ASKED),
	};
	if (!dec_join(&q->rate.fraction, r->rate, 9))
		q->why = WHY_MALFORMED;
}

static void put_venue(struct market *m, const struct sim_given *g, int v)
{
	struct venue_view *view = &m->venues[m->n_venues++];

	*view = (struct venue_view){
		.venue = given_venue(sim_venue(v)), .listed = true,
		.active = true, .rates = ANSWER_FAILED,
		.symbols = ANSWER_NOT_ASKED, .error = "no answer",
	};
	if (!g->answered[v])
		return;
	view->rates = ANSWER_OK;
	view->error[0] = '\0';
	for (int k = 0; k < SIM_SYMBOLS; k++) {
		const struct sim_row *r = &g->row[k][v];

		for (int i = 0; r->there && i < 1 + r->twice; i++) {
			put_quote(m, r, k, v);
			view->rows++;
		}
	}
}

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	struct sim *s = ctx;

	s->given.now = plan->now.ms;
	sim_model_begin(s);
	draw_given(s);
	s->truth += 5 + (sim_chance(s, 50) ? plan->budget_ms :
			 sim_below(s, 400));
	m->venues = arena_array(arena, SIM_VENUES, sizeof(*m->venues));
	m->quotes = arena_array(arena, 2 * SIM_SYMBOLS * SIM_VENUES,
				sizeof(*m->quotes));
	if (s->truth < s->dead_until || !m->venues || !m->quotes)
		return err_set(err, ERR_SERVICE, "nothing can be asked");
	m->dexes_known = m->opportunities_known = true;
	for (int v = 0; v < SIM_VENUES; v++)
		put_venue(m, &s->given, v);
	s->pending = true;
	if (!s->calm_begun && sim_chance(s, 400))
		sim_act(s);
	return true;
}

static void free_nothing(void *ctx)
{
	(void)ctx;
}

struct source sim_source(struct sim *s)
{
	return (struct source){ s, fetch, free_nothing };
}
