/* SPDX-License-Identifier: MIT */
/*
 * The monitor itself, poll by poll over the same settlements, opens and
 * closes what the backtest opens and closes, at the same times for the same
 * reasons. Its market is made here, as a service that serves the last
 * settled rate per 8 h would answer. (Its ledger books the rate that was
 * announced before a settlement; the backtest the one that was paid.)
 */
#include "backtest_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cycle.h"
#include "given.h"
#include "given_ports.h"
#include "log.h"
#include "simulate.h"

#define HOURS 400

static const char yaml[] =
	"version: 1\n"
	"venues:\n"
	"  a: {pays_every: 1h}\n"
	"  b: {pays_every: 1h}\n"
	"  c: {pays_every: 1h}\n"
	"profiles:\n"
	"  lively:\n"
	"    poll_interval: 1h\n"
	"    blind_after: 3h\n"
	"    close:\n"
	"      - FLIPPED: flip for 2 polls\n"
	"      - ERODED: erosion(0.3) for 3h and min_hold(4h)\n"
	"      - BETTER: better_opportunity(0.0002) and min_hold(2h)\n"
	"      - WINDOW: funding_window(70m) and not flip(-0.05%)\n"
	"      - OLD: age(30h)\n"
	"accounts:\n"
	"  paper:\n"
	"    profile: lively\n"
	"    mode: dry-run\n"
	"    entry: {min_profit: 0.01%, size_usd: 10000, max_positions: 2,\n"
	"            cooldown: 5h, max_break_even: 2d}\n";

struct live {
	struct scene *history;
	struct instant now;
	struct config config;
	struct terms terms;
	struct store *store;
	struct cycle *cycle;
	struct err err;
};

static void check(const struct live *l, bool ok)
{
	if (!ok)
		fail_msg("%s", l->err.text);
}

/* The newest settlement of a contract, NULL before the first. */
static const struct settled *last_of(const struct live *l, int k)
{
	const struct scene *s = l->history;
	const struct settled *last = NULL;

	for (size_t i = 0; i < s->n_rows; i++)
		if (s->row[i].series == s->series[k].series &&
		    s->row[i].at.ms <= l->now.ms)
			last = &s->row[i];
	return last;
}

static struct dec rate_8h(const struct settled *row)
{
	struct dec v;

	assert_true(dec_mul_int(&v, row->rate.fraction,
				RATE_8H_S / row->rate.interval_s));
	return v;
}

static void rank(struct market *m, struct arena *arena)
{
	m->opportunities = arena_array(arena, m->n_quotes * m->n_quotes,
				       sizeof(*m->opportunities));
	for (size_t i = 0; i < m->n_quotes * m->n_quotes; i++) {
		const struct quote *l = &m->quotes[i / m->n_quotes];
		const struct quote *s = &m->quotes[i % m->n_quotes];
		struct opportunity o = {
			.symbol = l->symbol, .long_venue = l->venue,
			.short_venue = s->venue,
			.long_rate_8h = l->rate.fraction,
			.short_rate_8h = s->rate.fraction,
		};
		struct dec net;

		if (l != s && symbol_cmp(l->symbol, s->symbol) == 0 &&
		    dec_sub(&net, s->rate.fraction, l->rate.fraction) &&
		    dec_sign(net) > 0) {
			o.net_8h = fact_known(net);
			m->opportunities[m->n_opportunities++] = o;
		}
	}
}

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	struct live *l = ctx;

	(void)plan;
	(void)err;
	m->venues = arena_array(arena, 3, sizeof(*m->venues));
	m->quotes = arena_array(arena, N_SERIES, sizeof(*m->quotes));
	m->dexes_known = m->opportunities_known = true;
	for (const char *v = "abc"; *v; v++)
		m->venues[m->n_venues++] = (struct venue_view){
			.venue = given_venue((char[]){ *v, '\0' }),
			.listed = true, .active = true, .rates = ANSWER_OK,
			.symbols = ANSWER_OK, .rows = N_SERIES,
		};
	for (int k = 0; k < N_SERIES; k++) {
		const struct settled *row = last_of(l, k);

		if (!row)
			continue;
		m->quotes[m->n_quotes++] = (struct quote){
			.symbol = row->symbol, .venue = row->venue,
			.rate = { rate_8h(row), RATE_8H_S },
			.observed_at = l->now,
			.next_funding = instant_add(row->at,
					span_s(row->rate.interval_s)),
			.oi_usd = fact_unknown(WHY_NOT_SET),
			.volume_usd = fact_unknown(WHY_NOT_SET),
			.mark_price = fact_unknown(WHY_NOT_SET),
			.pays_every_s = row->rate.interval_s,
		};
	}
	rank(m, arena);
	return true;
}

static void begin(struct live *l, struct scene *s)
{
	struct complaints list;
	const struct account *a;
	struct wiring w = {
		.source = { l, fetch, NULL }, .notifier = given_notifier(true),
		.clock = given_clock(&l->now),
	};

	*l = (struct live){ .history = s };
	log_open(LOG_LEVEL_ERR - 1, "paper", true);
	check(l, config_load_text(&l->config, "live.yaml", yaml,
				  sizeof(yaml) - 1, s->arena, &list, &l->err));
	a = &l->config.accounts[0];
	config_terms(&l->terms, &l->config, a);
	w.executor = simulate_executor(&l->terms);
	check(l, store_open(&l->store, ":memory:", "paper", true, STORE_RUN,
			    &l->err));
	check(l, cycle_new(&l->cycle, &l->config, a, l->store, &w, &l->err));
}

static void poll_all(struct live *l)
{
	for (int h = 0; h < HOURS; h++) {
		struct cycle_result r;

		l->now = hour(h);
		check(l, cycle_poll(l->cycle, &r, &l->err));
		assert_true(r.recorded);
	}
}

static void play_same(struct scene *s, const struct live *l)
{
	s->account = l->config.accounts[0];
	s->terms = l->terms;
	s->limits = l->config.limits;
	s->lane[0] = (struct backtest_lane){
		.profile = s->account.profile, .since = hour(0),
		.until = hour(HOURS) };
	s->n_lanes = 1;
	play(s);
}

static void same_trade(const struct position *p, const struct report_trade *t)
{
	assert_int_equal(p->id, t->id);
	assert_string_equal(p->symbol.s, t->symbol.s);
	assert_string_equal(p->leg[LEG_LONG].venue.s, t->long_venue.s);
	assert_string_equal(p->leg[LEG_SHORT].venue.s, t->short_venue.s);
	assert_int_equal(p->opened_at.ms, t->opened_at.ms);
	assert_int_equal(p->closed_at.ms, t->closed_at.ms);
	assert_string_equal(p->reason.s, t->reason.s);
	assert_int_equal(dec_cmp(p->fees_usd, t->fees_usd), 0);
	assert_int_equal(dec_cmp(p->entry_divergence.v,
				 t->entry_divergence.v), 0);
}

static void compare(struct live *l, struct scene *s)
{
	struct position *list;
	size_t n;

	check(l, store_positions(l->store, &list, &n, STORE_ALL,
				 INSTANT_UNKNOWN, s->arena, &l->err));
	assert_int_equal(n, s->run[0].n_trades);
	for (size_t i = 0; i < n; i++)
		same_trade(&list[i], trade(s, i));
}

/* Every reason of the profile was met, else this would prove little. */
static void count_reasons(const struct scene *s)
{
	static const char *const all[] = { "FLIPPED", "ERODED", "BETTER",
					   "WINDOW", "OLD" };

	for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		int n = 0;

		for (size_t i = 0; i < s->run[0].n_trades; i++)
			n += !strcmp(trade(s, i)->reason.s, all[k]);
		if (n == 0)
			fail_msg("nothing was closed for %s", all[k]);
	}
}

static void the_monitor_does_the_same(void **state)
{
	struct scene *s = *state;
	struct live l;

	fill_waves(s, HOURS);
	begin(&l, s);
	play_same(s, &l);
	poll_all(&l);
	compare(&l, s);
	count_reasons(s);
	cycle_free(l.cycle);
	store_close(l.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_monitor_does_the_same,
						scene_setup, scene_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
