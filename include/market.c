/* SPDX-License-Identifier: MIT */
/*
 * Sealing turns what a source gathered into a market that can be trusted:
 * sorted, unique, each quote either usable or with the reason why not.
 */
#include "market.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- sealing ---- */

static int cmp_venue_views(const void *a, const void *b)
{
	const struct venue_view *x = a, *y = b;

	return venue_cmp(x->venue, y->venue);
}

static int cmp_quote_keys(const struct quote *x, const struct quote *y)
{
	int c = symbol_cmp(x->symbol, y->symbol);

	return c != 0 ? c : venue_cmp(x->venue, y->venue);
}

static bool same_keys(const struct quote *x, const struct quote *y)
{
	return symbol_same(&x->symbol, &y->symbol) &&
	       venue_same(&x->venue, &y->venue);
}

static int cmp_quotes(const void *a, const void *b)
{
	return cmp_quote_keys(a, b);
}

static void sort(void *base, size_t n, size_t size,
		 int (*cmp)(const void *, const void *))
{
	if (n > 1)
		qsort(base, n, size, cmp);
}

static struct symbol alias_of(const struct venue_terms *t, struct symbol s)
{
	for (size_t i = 0; i < t->n_aliases; i++)
		if (symbol_cmp(t->aliases[i].from, s) == 0)
			return t->aliases[i].to;
	return s;
}

/* What the configuration corrects of a collector. */
static void correct(struct quote *q, const struct venue_terms *t)
{
	if (!t)
		return;
	q->symbol = alias_of(t, q->symbol);
	if (q->why != WHY_KNOWN || dec_cmp(t->rate_scale, dec_int(1)) == 0)
		return;
	if (!dec_mul(&q->rate.fraction, q->rate.fraction, t->rate_scale))
		q->why = WHY_OVERFLOW;
}

/* No venue settles more than a day apart: such an announcement is wrong. */
static void doubt_next(struct quote *q, struct instant now)
{
	if (instant_known(q->next_funding) &&
	    q->next_funding.ms - now.ms > INT64_C(1000) * DAY_S)
		q->next_funding = INSTANT_UNKNOWN;
}

static bool absurd(const struct quote *q, const struct market_limits *limits)
{
	struct rate limit = { limits->max_abs_rate_8h, RATE_8H_S };
	struct dec a, b;

	if (!rate_per_day(&a, q->rate) || !rate_per_day(&b, limit))
		return true;
	return dec_cmp(dec_abs(a), b) > 0;
}

static void judge(struct quote *q, struct instant now,
		  const struct market_limits *limits)
{
	struct span age;

	if (q->why != WHY_KNOWN)
		return;
	if (!instant_known(q->observed_at)) {
		q->why = WHY_STALE;
		return;
	}
	age = instant_diff(now, q->observed_at);
	if (absurd(q, limits))
		q->why = WHY_ABSURD;
	else if (age.ms > limits->max_data_age.ms)
		q->why = WHY_STALE;
	else if (-age.ms > limits->max_future.ms)
		q->why = WHY_FUTURE;
}

static struct venue_view *view_of(const struct market *m, struct venue v)
{
	struct venue_view key = { .venue = v };

	return m->n_venues == 0 ? NULL :
	       bsearch(&key, m->venues, m->n_venues, sizeof(key),
		       cmp_venue_views);
}

/* Of rows that name the same thing none can be believed; one stays. */
static void refuse_duplicates(struct market *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_quotes; i++) {
		struct quote *q = &m->quotes[i];
		struct venue_view *v;

		if (n == 0 || cmp_quote_keys(&m->quotes[n - 1], q) != 0) {
			m->quotes[n++] = *q;
			continue;
		}
		m->quotes[n - 1].why = WHY_MALFORMED;
		v = view_of(m, q->venue);
		if (v)
			v->malformed++;
	}
	m->n_quotes = n;
}

/* More than half of the rows malformed: the whole answer is refused. */
static void refuse_broken_answers(struct market *m)
{
	for (size_t i = 0; i < m->n_venues; i++) {
		struct venue_view *v = &m->venues[i];

		if (v->rates != ANSWER_OK ||
		    (uint64_t)v->malformed * 2 <= v->rows)
			continue;
		v->rates = ANSWER_FAILED;
		if (v->error[0] == '\0')
			snprintf(v->error, sizeof(v->error),
				 "%u of %u rows malformed", v->malformed,
				 v->rows);
	}
	for (size_t i = 0; i < m->n_quotes; i++) {
		const struct venue_view *v = view_of(m, m->quotes[i].venue);

		if (v && v->rates == ANSWER_FAILED)
			m->quotes[i].why = WHY_FAILED;
	}
}

/* The service answers [] with 200 while its database is down. */
static void distrust_empty_list(struct market *m)
{
	if (m->n_opportunities > 0)
		return;
	for (size_t i = 0; i < m->n_venues; i++)
		if (m->venues[i].rates == ANSWER_FAILED)
			m->opportunities_known = false;
}

static void correct_opportunities(struct market *m,
				  const struct market_limits *limits)
{
	for (size_t i = 0; i < m->n_opportunities; i++) {
		struct opportunity *o = &m->opportunities[i];
		const struct venue_terms *t = terms_find(
			limits->terms, limits->n_terms, o->long_venue);

		if (t)
			o->symbol = alias_of(t, o->symbol);
	}
}

void market_seal(struct market *m, const struct market_limits *limits)
{
	sort(m->venues, m->n_venues, sizeof(*m->venues), cmp_venue_views);
	for (size_t i = 0; i < m->n_quotes; i++)
		correct(&m->quotes[i], terms_find(limits->terms,
						  limits->n_terms,
						  m->quotes[i].venue));
	sort(m->quotes, m->n_quotes, sizeof(*m->quotes), cmp_quotes);
	refuse_duplicates(m);
	for (size_t i = 0; i < m->n_quotes; i++)
		doubt_next(&m->quotes[i], m->taken_at);
	for (size_t i = 0; i < m->n_quotes; i++)
		judge(&m->quotes[i], m->taken_at, limits);
	refuse_broken_answers(m);
	correct_opportunities(m, limits);
	distrust_empty_list(m);
}

/* ---- asking ---- */

/* The first quote whose key is not below (s, v). */
static size_t lower_bound(const struct market *m, struct symbol s,
			  struct venue v)
{
	struct quote key = { .symbol = s, .venue = v };
	size_t lo = 0, hi = m->n_quotes;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp_quote_keys(&m->quotes[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct quote *market_quote(const struct market *m, struct symbol s,
				 struct venue v)
{
	struct quote key = { .symbol = s, .venue = v };
	size_t i = lower_bound(m, s, v);

	if (i == m->n_quotes || !same_keys(&m->quotes[i], &key))
		return NULL;
	return &m->quotes[i];
}

const struct venue_view *market_venue(const struct market *m, struct venue v)
{
	return view_of(m, v);
}

const struct quote *market_symbol(const struct market *m, struct symbol s,
				  size_t *n)
{
	size_t first = lower_bound(m, s, (struct venue){ "" });
	size_t end = first;

	while (end < m->n_quotes && symbol_same(&m->quotes[end].symbol, &s))
		end++;
	*n = end - first;
	return m->quotes + first;
}

enum why market_why_absent(const struct market *m, struct venue v)
{
	const struct venue_view *view = view_of(m, v);

	if (!view)
		return WHY_NOT_ASKED;
	switch (view->rates) {
	case ANSWER_NOT_ASKED:
		return WHY_NOT_ASKED;
	case ANSWER_FAILED:
		return WHY_FAILED;
	case ANSWER_OK:
		break;
	}
	return WHY_NOT_LISTED;
}

bool market_usable(const struct market *m)
{
	for (size_t i = 0; i < m->n_quotes; i++)
		if (m->quotes[i].why == WHY_KNOWN)
			return true;
	return false;
}

static bool same_standing(const struct venue_view *a,
			  const struct venue_view *b)
{
	return venue_same(&a->venue, &b->venue) && a->listed == b->listed &&
	       a->active == b->active && a->rates == b->rates;
}

bool market_same_keys(const struct market *a, const struct market *b)
{
	if (a->n_venues != b->n_venues || a->n_quotes != b->n_quotes ||
	    a->dexes_known != b->dexes_known)
		return false;
	for (size_t i = 0; i < a->n_venues; i++)
		if (!same_standing(&a->venues[i], &b->venues[i]))
			return false;
	for (size_t i = 0; i < a->n_quotes; i++)
		if (!same_keys(&a->quotes[i], &b->quotes[i]))
			return false;
	return true;
}

int32_t market_pays_every(const struct quote *q, const struct venue_terms *t)
{
	if (q && q->pays_every_s > 0)
		return q->pays_every_s;
	return t ? t->pays_every_s : 0;
}

const struct venue_terms *terms_find(const struct venue_terms *terms,
				     size_t n, struct venue v)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = venue_cmp(terms[mid].venue, v);

		if (c == 0)
			return &terms[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
