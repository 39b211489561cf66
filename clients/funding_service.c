/* SPDX-License-Identifier: MIT */
/*
 * One fetch in two rounds under one deadline: the list of venues, the ranked
 * opportunities and the venues that matter most; then the rest of the rates
 * and the market data. What fails is written into the venue's view.
 */
#include "funding_service.h"

#include <stdlib.h>
#include <string.h>

#include "service_ask.h"

/* Round 1 may hang; round 2 keeps this part of the budget. */
#define ROUND_2_PERCENT 40

static size_t venue_find(const struct market *m, struct venue v)
{
	size_t i = 0;

	while (i < m->n_venues && venue_cmp(m->venues[i].venue, v) != 0)
		i++;
	return i;
}

static size_t venue_add(struct fetch *f, struct venue v)
{
	struct market *m = f->m;
	size_t i = venue_find(m, v);

	if (i == m->n_venues)
		m->venues[m->n_venues++].venue = v;
	return i;
}

static void ask_rates(struct fetch *f, size_t venue)
{
	if (f->work[venue].rates_asked)
		return;
	f->work[venue].rates_asked = true;
	service_ask(f, ROUTE_RATES, venue);
}

static void plan_round_1(struct fetch *f, const struct fetch_plan *plan)
{
	service_ask(f, ROUTE_DEXES, 0);
	service_ask(f, ROUTE_OPPORTUNITIES, 0);
	for (size_t i = 0; i < plan->n_first; i++) {
		size_t k = venue_add(f, plan->first[i]);

		f->work[k].first = true;
		ask_rates(f, k);
	}
}

/* The list just read or the last known one. */
static void apply_list(struct fetch *f)
{
	struct service *s = f->s;

	for (size_t i = 0; i < s->n_dexes; i++) {
		size_t k = venue_add(f, s->dexes[i].venue);

		f->m->venues[k].listed = true;
		f->m->venues[k].active = s->dexes[i].active;
	}
}

/* Without any list the venues of the account are asked on trust. */
static void apply_allowed(struct fetch *f, const struct fetch_plan *plan)
{
	for (size_t i = 0; i < plan->n_allowed; i++) {
		size_t k = venue_find(f->m, plan->allowed[i]);

		if (k == f->m->n_venues && f->s->known)
			continue;
		k = venue_add(f, plan->allowed[i]);
		f->work[k].allowed = true;
		if (!f->s->known)
			ask_rates(f, k);
	}
}

static bool wants_symbols(const struct fetch *f, size_t i,
			  const struct fetch_plan *plan)
{
	const struct venue_work *w = &f->work[i];

	if (f->s->known && !f->m->venues[i].listed)
		return false;	/* it would answer 404 */
	if (w->first)
		return true;
	return plan->n_allowed ? w->allowed : f->m->venues[i].active;
}

static void plan_round_2(struct fetch *f, const struct fetch_plan *plan)
{
	apply_list(f);
	apply_allowed(f, plan);
	for (size_t i = 0; i < f->m->n_venues; i++) {
		if (f->m->venues[i].active)
			ask_rates(f, i);
		if (wants_symbols(f, i, plan))
			service_ask(f, ROUTE_SYMBOLS, i);
	}
}

static void merge_venue(struct quote *quotes, size_t n, enum answer symbols,
			const struct service_rows *rows)
{
	enum why why = symbols == ANSWER_NOT_ASKED ? WHY_NOT_ASKED : WHY_FAILED;

	if (symbols == ANSWER_OK) {
		service_merge_symbols(quotes, n, rows);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		quotes[i].oi_usd = fact_unknown(why);
		quotes[i].volume_usd = fact_unknown(why);
	}
}

/* All venues' quotes in one array, unsealed. */
static bool gather_quotes(struct fetch *f)
{
	struct market *m = f->m;
	size_t n = 0;

	for (size_t i = 0; i < m->n_venues; i++)
		n += f->work[i].rates.n;
	m->quotes = arena_array(f->arena, n, sizeof(*m->quotes));
	if (!m->quotes)
		return false;
	for (size_t i = 0; i < m->n_venues; i++) {
		const struct service_rows *rates = &f->work[i].rates;
		struct quote *to = m->quotes + m->n_quotes;

		if (!rates->n)
			continue;
		memcpy(to, rates->quotes, rates->n * sizeof(*to));
		merge_venue(to, rates->n, m->venues[i].symbols,
			    &f->work[i].symbols);
		m->n_quotes += rates->n;
	}
	return true;
}

static bool fetch_begin(struct fetch *f, const struct fetch_plan *plan)
{
	size_t venues = SERVICE_VENUES_MAX + plan->n_first + plan->n_allowed;

	f->max_asks = 2 * venues + 2;
	if (f->max_asks > HTTP_REQUESTS_MAX)
		f->max_asks = HTTP_REQUESTS_MAX;
	f->m->venues = arena_array(f->arena, venues, sizeof(*f->m->venues));
	f->work = arena_array(f->arena, venues, sizeof(*f->work));
	f->asks = arena_array(f->arena, f->max_asks, sizeof(*f->asks));
	f->reqs = arena_array(f->arena, f->max_asks, sizeof(*f->reqs));
	return f->m->venues && f->work && f->asks && f->reqs;
}

static bool service_fetch(void *ctx, struct market *out,
			  const struct fetch_plan *plan, struct arena *arena,
			  struct err *err)
{
	struct fetch f = { .s = ctx, .m = out, .arena = arena };
	int64_t start = http_now_ms(), end = start + plan->budget_ms;

	*out = (struct market){ .taken_at = plan->now };
	if (!fetch_begin(&f, plan))
		return err_set(err, ERR_MEMORY, "no memory for a poll");
	plan_round_1(&f, plan);
	service_run_round(&f, end - (end - start) * ROUND_2_PERCENT / 100);
	plan_round_2(&f, plan);
	service_run_round(&f, end);
	http_rest(f.s->http);		/* what they said is in the arena */
	return gather_quotes(&f) ||
	       err_set(err, ERR_MEMORY, "no memory for a poll");
}

static void service_free(void *ctx)
{
	struct service *s = ctx;

	http_free(s->http);
	free(s->base);
	free(s);
}

/* The host in service.url is allowed by being written there. */
static struct reach reach_of(const struct funding_service_options *o)
{
	struct reach r = { .n_allow = 0 };

	if (o->reach)
		r = *o->reach;
	r.any = true;
	return r;
}

static bool check_base(const struct funding_service_options *o,
		       const struct reach *reach, struct err *err)
{
	if (!http_url_check(o->url, o->allow_insecure_http, reach, err))
		return err_prefix(err, "service.url");
	if (strpbrk(o->url, "?#"))
		return err_set(err, ERR_CONFIG, "service.url: leave out '?' "
			       "and '#'; paths are added to this URL");
	return true;
}

static bool set_base(struct service *s, const char *url)
{
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	s->base = strndup(url, n);
	return s->base;
}

bool funding_service_new(struct source *out,
			 const struct funding_service_options *o,
			 struct err *err)
{
	const struct reach reach = reach_of(o);
	struct http_options ho = {
		.user_agent = o->user_agent, .timeout = o->timeout,
		.gzip = o->gzip, .allow_insecure = o->allow_insecure_http,
		.use_proxy = o->use_proxy, .seed = o->seed, .reach = &reach,
	};
	struct service *s;

	if (!check_base(o, &reach, err))
		return false;
	s = calloc(1, sizeof(*s));
	if (!s || !set_base(s, o->url)) {
		err_set(err, ERR_MEMORY, "no memory for the service");
		goto fail;
	}
	if (!http_new(&s->http, &ho, err))
		goto fail;
	*out = (struct source){ s, service_fetch, service_free };
	return true;
fail:
	if (s)
		free(s->base);
	free(s);
	return false;
}
