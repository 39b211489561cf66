/* SPDX-License-Identifier: MIT */
/* Two quotes of one coin, a live account, a store in memory. */
#include "cycle_desk.h"

#include "given.h"
#include "given_ports.h"
#include "log.h"
#include "source_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char yaml[] =
	"version: 1\n"
	"profiles:\n"
	"  hasty: {close: [FLIPPED: flip for 2 polls]}\n"
	"  wary:\n"
	"    close: [FLIPPED: flip for 2 polls]\n"
	"    alert: [HALF: erosion(0.5)]\n"
	"  graded:\n"
	"    close: [FLIPPED: flip, HALF: erosion(0.5)]\n"
	"  paced:\n"
	"    close: [FLIPPED: flip, THIN: carry_below(78%%)]\n"
	"    alert: [LOW: carry_below(79%%)]\n"
	"  turning: {close: [OLD: age(100h), EROD: erosion(0.2)]}\n"
	"sinks:\n"
	"  phone: {type: telegram, token: {env: NONE}, chat_id: 7}\n"
	"accounts:\n"
	"  main: {%s, mode: live, venues: [%s, grvt]}\n";

void desk_check(struct desk *d, bool ok)
{
	if (!ok)
		fail_msg("%s", d->err.text);
}

static bool fetch(void *ctx, struct market *m, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	struct desk *d = ctx;
	const char *venue[2] = { d->long_venue, "grvt" };

	(void)plan;
	(void)err;
	m->dexes_known = m->opportunities_known = true;
	m->venues = arena_array(arena, 2, sizeof(*m->venues));
	m->quotes = arena_array(arena, 2, sizeof(*m->quotes));
	m->n_venues = m->n_quotes = 2;
	for (int s = 0; s < 2; s++) {
		m->venues[s] = (struct venue_view){
			.venue = given_venue(venue[s]), .listed = true,
			.active = true, .rates = ANSWER_OK,
			.symbols = ANSWER_OK, .rows = 1 };
		m->quotes[s] = (struct quote){
			.symbol = given_symbol("BTC"),
			.venue = given_venue(venue[s]),
			.rate = { dec_lit(d->rate[s]), RATE_8H_S },
			.observed_at = d->observed[s] ?
				given_time(d->observed[s]) : d->now,
			.next_funding = d->next[s] ? given_time(d->next[s]) :
						     INSTANT_UNKNOWN,
			.oi_usd = fact_unknown(WHY_NOT_ASKED),
			.volume_usd = fact_unknown(WHY_NOT_ASKED),
			.mark_price = fact_unknown(WHY_NOT_ASKED) };
	}
	if (d->meanwhile)
		d->meanwhile(d);
	return true;
}

static void read_book(void *ctx, struct book_view *out, int32_t budget_ms,
		      struct arena *arena)
{
	const struct fact none = fact_unknown(WHY_NOT_SET);
	struct desk *d = ctx;
	struct book_pair *x = arena_array(arena, 1, sizeof(*x));

	(void)budget_ms;
	assert_non_null(x);
	*x = (struct book_pair){
		.id = "u-1", .readable = true, .symbol = d->pos.symbol,
		.venue = { d->pos.leg[LEG_LONG].venue,
			   d->pos.leg[LEG_SHORT].venue },
		.size_usd = none, .entry_divergence_8h = none,
		.opened_at = INSTANT_UNKNOWN, .age_hours = none,
	};
	for (int s = 0; s < 2; s++)
		x->leg[s] = (struct held_leg){ true, none, none, none, none,
					       none };
	*out = (struct book_view){ .asked = true, .good = d->client != 'b',
				   .pairs = x, .n = d->client == 'p' };
}

static void start(struct desk *d)
{
	struct book book = { d->client ? d : NULL, read_book, NULL };
	struct wiring w = { .source = { d, fetch, NULL },
			    .notifier = given_notifier(false),
			    .clock = given_clock(&d->now), .book = book };

	desk_check(d, cycle_new(&d->cycle, &d->config,
				config_account(&d->config, "main"), d->store,
				&w, &d->err));
}

void desk_open(struct desk *d, const char *long_venue, const char *account)
{
	desk_open_since(d, long_venue, account, "2026-11-17T18:00:00Z");
}

void desk_open_since(struct desk *d, const char *long_venue,
		     const char *account, const char *opened_at)
{
	struct complaints list;
	char text[1000];
	size_t n = (size_t)snprintf(text, sizeof(text), yaml, account,
				    long_venue);

	*d = (struct desk){ .arena = arena_new(), .long_venue = long_venue };
	log_open(LOG_LEVEL_ERR - 1, "main", false);
	desk_check(d, config_load_text(&d->config, "desk.yaml", text, n,
				       d->arena, &list, &d->err));
	desk_check(d, store_open(&d->store, ":memory:", "main", false,
				 STORE_RUN, &d->err));
	d->pos = given_position("BTC", long_venue, "grvt", "10000", "0.0007");
	d->pos.opened_at = given_time(opened_at);
	d->pos.id = 0;
	desk_check(d, store_begin(d->store, &d->err));
	desk_check(d, store_add_position(d->store, &d->pos, d->pos.opened_at,
					 "cli", "", &d->err));
	desk_check(d, store_commit(d->store, 1000, &d->err));
	start(d);
}

void desk_close(struct desk *d)
{
	cycle_free(d->cycle);
	store_close(d->store);
	arena_free(d->arena);
}

void desk_restart(struct desk *d)
{
	cycle_free(d->cycle);
	start(d);
}

void desk_poll(struct desk *d, const char *now)
{
	struct cycle_result r;

	d->now = given_time(now);
	desk_check(d, cycle_poll(d->cycle, &r, &d->err));
	assert_true(r.recorded);
}

void desk_assert_paid(struct desk *d, enum side side, const char *at,
		      int32_t every_s, const char *want)
{
	struct settlement *rows;
	char text[DEC_TEXT_MAX] = "not booked";
	size_t n;

	desk_check(d, store_settlements(d->store, &rows, &n, d->pos.id,
					d->arena, &d->err));
	for (size_t i = 0; i < n; i++) {
		if (rows[i].side != side || rows[i].at.ms != given_time(at).ms)
			continue;
		assert_int_equal(rows[i].pays_every_s, every_s);
		if (rows[i].amount_usd.known)
			dec_format(text, rows[i].amount_usd.v);
		else
			snprintf(text, sizeof(text), "%s",
				 why_word(rows[i].amount_usd.why));
	}
	assert_string_equal(text, want);
}

void desk_assert_seen(struct desk *d, const char *const *want)
{
	struct source_store *source;
	struct recorded_poll p;
	char text[DEC_TEXT_MAX];
	bool more;

	desk_check(d, source_store_open(&source, d->store, "main", INSTANT_UNKNOWN,
				   &d->err));
	for (;; want++) {
		const struct evidence_memory *m;

		desk_check(d, source_store_next(source, &p, &more, &d->err));
		if (!more)
			break;
		m = p.view.rows[0].memory;
		if (!*want) {
			assert_null(m);
			continue;
		}
		assert_non_null(m);
		dec_format(text, m->facts.funding_usd.v);
		assert_string_equal(m->facts.funding_usd.known ? text :
				    why_word(m->facts.funding_usd.why), *want);
	}
	source_store_close(source);
}

void desk_open_money(struct desk *d, const char *long_venue,
		     const char *opened_at)
{
	desk_open_since(d, long_venue, "profile: steady", opened_at);
	d->rate[LEG_LONG] = "0.00008";
	d->rate[LEG_SHORT] = "0.0008";
}

void desk_poll_next(struct desk *d, const char *now, const char *next_long,
		    const char *next_short)
{
	d->next[LEG_LONG] = next_long;
	d->next[LEG_SHORT] = next_short;
	desk_poll(d, now);
}

struct settlement *desk_ledger(struct desk *d, size_t *n)
{
	struct settlement *rows;

	desk_check(d, store_settlements(d->store, &rows, n, d->pos.id, d->arena,
				   &d->err));
	return rows;
}
