/* SPDX-License-Identifier: MIT */
/*
 * A source that takes its answers from memory: what the service client does
 * between the socket and the market, without the socket.
 */
#include "bench.h"
#include "service_parse.h"

#include <stdio.h>
#include <string.h>

static struct json_text text_of(const struct text_body *b)
{
	return (struct json_text){ b->s, b->n };
}

static bool parse_venue(struct market *m, const struct world *w, size_t v,
			struct arena *arena, struct err *err)
{
	struct service_rows rates, symbols;
	struct venue_view *view = &m->venues[v];

	view->venue = world_venue(v);
	view->listed = view->active = true;
	view->rates = view->symbols = ANSWER_OK;
	if (!service_parse_rates(&rates, view->venue, text_of(&w->rates[v]),
				 arena, err) ||
	    !service_parse_symbols(&symbols, text_of(&w->symbols[v]), arena,
				   err))
		return false;
	view->rows = rates.rows;
	memcpy(m->quotes + m->n_quotes, rates.quotes,
	       rates.n * sizeof(*rates.quotes));
	service_merge_symbols(m->quotes + m->n_quotes, rates.n, &symbols);
	m->n_quotes += rates.n;
	return true;
}

static bool parse_all(struct market *m, const struct world *w,
		      struct arena *arena, struct err *err)
{
	struct service_rows rows;
	struct err why;

	if (!service_parse_dexes(&rows, text_of(&w->dexes), arena, err))
		return false;
	m->opportunities_known =
		service_parse_opportunities(&rows, text_of(&w->opportunities),
					    arena, &why);
	if (m->opportunities_known) {
		m->opportunities = rows.opportunities;
		m->n_opportunities = rows.n;
	} else {	/* as a poll has it: only the ranked list is unknown */
		snprintf(m->error, sizeof(m->error), "%.199s", why.text);
	}
	m->venues = arena_array(arena, w->n_venues, sizeof(*m->venues));
	m->n_venues = w->n_venues;
	m->quotes = arena_array(arena, w->n_venues * w->n_symbols,
				sizeof(*m->quotes));
	if (!m->venues || !m->quotes)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t v = 0; v < w->n_venues; v++)
		if (!parse_venue(m, w, v, arena, err))
			return false;
	return true;
}

static bool fetch(void *ctx, struct market *out, const struct fetch_plan *plan,
		  struct arena *arena, struct err *err)
{
	struct canned *c = ctx;
	bool ok;

	c->begun = bench_cpu_ns();
	*out = (struct market){ .taken_at = plan->now, .dexes_known = true,
				.bytes = world_bytes(c->world) };
	ok = parse_all(out, c->world, arena, err);
	c->ended = bench_cpu_ns();
	return ok;
}

static void release(void *ctx)
{
	(void)ctx;
}

struct source canned_source(struct canned *c)
{
	return (struct source){ c, fetch, release };
}
