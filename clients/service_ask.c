/* SPDX-License-Identifier: MIT */
/* From a route to its URL, and from the answer into the market. */
#include "service_ask.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define URL_NAME_MAX (3 * NAME_TEXT_MAX)

static const char *const route_names[] = {
	[ROUTE_DEXES] = "dexes", [ROUTE_OPPORTUNITIES] = "opportunities",
	[ROUTE_RATES] = "rates", [ROUTE_SYMBOLS] = "symbols",
};

/* RFC 3986: everything but the unreserved characters. */
static void encode_name(char out[static URL_NAME_MAX], struct venue v)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (const char *s = v.s; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (isalnum(c) || strchr("-._~", c)) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = '\0';
}

static const char *ask_url(const struct fetch *f, enum route route,
			   size_t venue)
{
	size_t cap = strlen(f->s->base) + URL_NAME_MAX + 64;
	char name[URL_NAME_MAX], *url = arena_alloc(f->arena, cap);
	const char *base = f->s->base;

	if (!url)
		return NULL;
	encode_name(name, f->m->venues[venue].venue);
	switch (route) {
	case ROUTE_DEXES:
		snprintf(url, cap, "%s/dexes", base);
		break;
	case ROUTE_OPPORTUNITIES:
		snprintf(url, cap, "%s/opportunities?limit=100", base);
		break;
	case ROUTE_RATES:
		snprintf(url, cap, "%s/funding-rates/%s", base, name);
		break;
	case ROUTE_SYMBOLS:
		snprintf(url, cap, "%s/dexes/%s/symbols", base, name);
		break;
	}
	return url;
}

void service_ask(struct fetch *f, enum route route, size_t venue)
{
	const char *url;

	if (f->n_asks == f->max_asks)
		return;
	url = ask_url(f, route, venue);
	if (!url)
		return;
	f->asks[f->n_asks] = (struct ask){ route, venue };
	f->reqs[f->n_asks++].url = url;
}

/* The first failure of a venue and of the poll are the ones told. */
static void note_failure(struct fetch *f, const struct ask *a,
			 const char *text)
{
	const char *route = route_names[a->route];
	struct market *m = f->m;
	struct venue_view *v = NULL;

	if (a->route == ROUTE_RATES || a->route == ROUTE_SYMBOLS)
		v = &m->venues[a->venue];
	if (v && !v->error[0])
		snprintf(v->error, sizeof(v->error), "%s: %.100s", route,
			 text);
	if (!m->error[0])
		snprintf(m->error, sizeof(m->error), "%s%s%s: %.150s",
			 v ? v->venue.s : "", v ? " " : "", route, text);
}

/* Rows were refused, the answer stands: told in the venue's view only. */
static void note_malformed(struct venue_view *v,
			   const struct service_rows *rows)
{
	if (rows->malformed && !v->error[0])
		snprintf(v->error, sizeof(v->error),
			 "rates: %u of %u rows malformed; first %.60s",
			 rows->malformed, rows->rows, rows->first.text);
}

static bool take_dexes(struct fetch *f, struct json_text body,
		       struct err *err)
{
	struct service_rows rows;

	if (!service_parse_dexes(&rows, body, f->arena, err))
		return false;
	if (rows.n)
		memcpy(f->s->dexes, rows.dexes, rows.n * sizeof(*rows.dexes));
	f->s->n_dexes = rows.n;
	f->s->known = true;
	f->m->dexes_known = true;
	return true;
}

static bool take_opportunities(struct fetch *f, struct json_text body,
			       struct err *err)
{
	struct service_rows rows;

	if (!service_parse_opportunities(&rows, body, f->arena, err))
		return false;
	f->m->opportunities = rows.opportunities;
	f->m->n_opportunities = rows.n;
	f->m->opportunities_known = true;
	return true;
}

static bool take_rates(struct fetch *f, size_t i, struct json_text body,
		       struct err *err)
{
	struct venue_view *v = &f->m->venues[i];
	struct service_rows *rows = &f->work[i].rates;
	bool ok = service_parse_rates(rows, v->venue, body, f->arena, err);

	v->rows = rows->rows;
	v->malformed = rows->malformed;
	if (!ok) {
		rows->n = 0;
		return false;
	}
	note_malformed(v, rows);
	return true;
}

static bool take_body(struct fetch *f, const struct ask *a,
		      struct json_text body, struct err *err)
{
	switch (a->route) {
	case ROUTE_DEXES:
		return take_dexes(f, body, err);
	case ROUTE_OPPORTUNITIES:
		return take_opportunities(f, body, err);
	case ROUTE_RATES:
		return take_rates(f, a->venue, body, err);
	case ROUTE_SYMBOLS:
		return service_parse_symbols(&f->work[a->venue].symbols, body,
					     f->arena, err);
	}
	return false;
}

static void take_answer(struct fetch *f, const struct ask *a,
			const struct http_request *r)
{
	struct json_text body = { r->body, r->body_len };
	struct err err = { 0 };
	bool ok = r->ok && take_body(f, a, body, &err);
	enum answer answer = ok ? ANSWER_OK : ANSWER_FAILED;

	if (!ok)
		note_failure(f, a, r->ok ? err.text : r->error);
	if (a->route == ROUTE_RATES)
		f->m->venues[a->venue].rates = answer;
	else if (a->route == ROUTE_SYMBOLS)
		f->m->venues[a->venue].symbols = answer;
}

void service_run_round(struct fetch *f, int64_t deadline_ms)
{
	struct market *m = f->m;

	http_batch(f->s->http, f->reqs, f->n_asks, deadline_ms);
	for (size_t i = 0; i < f->n_asks; i++) {
		const struct http_request *r = &f->reqs[i];

		m->requests++;
		m->retries += r->tries > 1 ? r->tries - 1 : 0;
		m->bytes += r->bytes;
		take_answer(f, &f->asks[i], r);
	}
	f->n_asks = 0;
}
