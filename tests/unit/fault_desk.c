/* SPDX-License-Identifier: MIT */
/* Answers, market, facts and decision of one pair, wired as in a poll. */
#include "fault_desk.h"

#include "service_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const eager[] = {
	"FLIPPED: flip(1)", "ERODED: erosion(1)", "THIN: carry_below(100%)",
	NULL
};

const struct given_quote fault_pays[] = FAULT_PAIR("0.0001", "0.0003");
const struct given_quote fault_flipped[] = FAULT_PAIR("0.0003", "0.0001");
const char *const fault_flips[] = { "FLIPPED: flip", NULL };
const char *const fault_flips_thrice[] = { "FLIPPED: flip for 3 polls", NULL };

const char *fault_minute(int k)
{
	static char text[INSTANT_TEXT_MAX];

	instant_format(text, instant_add(given_time(GIVEN_NOW),
					 span_s(60 * (int64_t)k)));
	return text;
}

void fault_open(struct fault_desk *d, const char *const *close)
{
	struct watched *x = &d->pair;

	*d = (struct fault_desk){ .arena = arena_new() };
	assert_non_null(d->arena);
	d->profile = given_profile(d->arena, close ? close : eager, NULL);
	given_terms(&d->terms);
	d->limits = (struct market_limits){
		.max_data_age = span_s(300), .max_future = span_s(120),
		.max_abs_rate_8h = dec_lit("0.05"),
	};
	for (size_t i = 0; i < SLOTS_MAX; i++)
		d->slots[i] = STREAK_NONE;
	d->last_poll = INSTANT_UNKNOWN;
	x->pos = given_position("BTC", "lighter", "grvt", "20000", "0.001");
	x->slots = d->slots;
	x->memory.quote_at[0] = x->memory.quote_at[1] = INSTANT_UNKNOWN;
	x->memory.funding_usd = fact_known(DEC_ZERO);
	x->watch.counted[0] = x->watch.counted[1] = INSTANT_UNKNOWN;
	x->watch.divergence = fact_unknown(WHY_NOT_SET);
	x->watch.divergence_at = x->watch.blind_told = INSTANT_UNKNOWN;
	x->watch.unclosed_told = INSTANT_UNKNOWN;
}

void fault_done(struct fault_desk *d)
{
	arena_free(d->arena);
}

void fault_judge(struct fault_desk *d)
{
	const struct judge_poll poll = { &d->market, &d->terms, d->last_poll };
	struct watched *x = &d->pair;

	judge(x, &poll, d->profile);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		x->memory.quote_at[s] = judge_seen(x, (enum side)s);
	d->last_poll = d->market.taken_at;
}

void fault_poll(struct fault_desk *d, const char *now,
		const struct given_quote *rows)
{
	d->market = given_market(d->arena, now, rows);
	fault_judge(d);
}

/* As the client takes an answer: refused whole, or row by row. */
static void take(struct fault_desk *d, size_t venue, struct json_text body)
{
	struct venue_view *v = &d->market.venues[venue];
	struct market *m = &d->market;
	struct service_rows rows;

	d->err = (struct err){ ERR_NONE, "" };
	v->listed = v->active = true;
	v->symbols = ANSWER_OK;
	v->rates = service_parse_rates(&rows, v->venue, body, d->arena,
				       &d->err) ? ANSWER_OK : ANSWER_FAILED;
	v->rows = rows.rows;
	v->malformed = rows.malformed;
	if (v->rates != ANSWER_OK)
		return;
	m->quotes = arena_grow(d->arena, m->quotes, m->n_quotes,
			       m->n_quotes + rows.n + 1, sizeof(*m->quotes));
	memcpy(m->quotes + m->n_quotes, rows.quotes,
	       rows.n * sizeof(*rows.quotes));
	m->n_quotes += rows.n;
}

void fault_answer(struct fault_desk *d, const char *body, size_t n)
{
	struct json_text sane = { FAULT_SANE, sizeof(FAULT_SANE) - 1 };
	struct market *m = &d->market;

	*m = (struct market){ .taken_at = given_time(GIVEN_NOW),
			      .dexes_known = true, .opportunities_known = true,
			      .n_venues = 2 };
	m->venues = arena_array(d->arena, 2, sizeof(*m->venues));
	m->venues[0].venue = given_venue("grvt");
	m->venues[1].venue = given_venue("lighter");
	take(d, 0, sane);
	take(d, 1, (struct json_text){ body, n });
	market_seal(m, &d->limits);
	fault_judge(d);
}

bool fault_closes(const struct fault_desk *d)
{
	const struct decision *now = &d->pair.decision;

	return now->close_now && now->action == ACTION_CLOSE;
}

void fault_holds(const struct fault_desk *d)
{
	if (fault_closes(d))
		fail_msg("closed for %s", d->pair.decision.label.s);
}

void fault_held(const struct fault_desk *d, enum why why, const char *what)
{
	const struct fact *rate = &d->pair.facts.v[FACT_LONG_RATE];
	const struct decision *now = &d->pair.decision;

	if (now->close_now || now->action == ACTION_CLOSE)
		fail_msg("%.200s: closed for %s", what, now->label.s);
	if (rate->known || rate->why != why)
		fail_msg("%.200s: the long rate is %s, not %s", what,
			 why_word(rate->known ? WHY_KNOWN : rate->why),
			 why_word(why));
	for (int i = 0; i < d->profile->n_close; i++)
		if (now->finding[i].verdict != VERDICT_UNKNOWN)
			fail_msg("%.200s: %s is not unknown", what,
				 d->profile->line[i].label.s);
}

void fault_case_n(const char *body, size_t n, enum why why)
{
	/* A copy with nothing behind it: a sanitizer sees any overrun. */
	char *copy = malloc(n ? n : 1);
	struct fault_desk d;

	assert_non_null(copy);
	memcpy(copy, body, n);
	fault_open(&d, NULL);
	fault_answer(&d, copy, n);
	fault_held(&d, why, body);
	if (why == WHY_FAILED && !d.err.text[0] &&
	    !market_venue(&d.market, given_venue("lighter"))->error[0])
		fail_msg("%.200s: refused without a word", body);
	fault_done(&d);
	free(copy);
}

void fault_case(const char *body, enum why why)
{
	fault_case_n(body, strlen(body), why);
}

void fault_good(const char *body)
{
	struct fault_desk d;

	fault_open(&d, NULL);
	fault_answer(&d, body, strlen(body));
	if (!fault_closes(&d))
		fail_msg("%.200s: does not close", body);
	fault_done(&d);
}
