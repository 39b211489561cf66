/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a report in words: rounded here, for people, and nowhere else.
 * Knows no medium; called by the renderers.
 */
#include "report_shown.h"

#include <stdlib.h>
#include <string.h>

#include "view_text.h"

/* ---- numbers ---- */

static struct report_words words(const char *text)
{
	struct report_words w;

	snprintf(w.s, sizeof(w.s), "%s", text);
	return w;
}

static struct report_words fixed(struct dec v, int places, const char *unit)
{
	char number[DEC_TEXT_MAX];
	struct report_words w;

	dec_format_fixed(number, v, places);
	snprintf(w.s, sizeof(w.s), "%s%s", number, unit);
	return w;
}

struct report_words report_usd_words(struct dec v)
{
	return words(view_usd(fact_known(v), 2, true, false).s);
}

struct report_words report_funding_words(const struct report_trade *t)
{
	return words(view_usd(t->funding_usd, 2, true, t->unknown > 0).s);
}

struct report_words report_cost_words(struct dec v)
{
	return words(view_usd(fact_known(v), 2, false, false).s);
}

struct report_words report_rate_words(const struct fact *daily)
{
	return words(view_rate(*daily, UNIT_8H, false).s);
}

struct report_words report_span_words(struct span d)
{
	return words(view_span(d, false).s);
}

/* Costs are positive where they cost; a plus would read as a gain. */
static bool is_cost(enum report_metric_id id)
{
	return id == METRIC_FEES || id == METRIC_SLIPPAGE ||
	       id == METRIC_EXIT || id == METRIC_COSTS;
}

struct report_words report_metric_words(enum report_metric_id id,
					const struct report_metric *m)
{
	if (!m->known)
		return words("n/a");
	switch (report_metric_texts[id].unit) {
	case UNIT_USD:
		return is_cost(id) ? report_cost_words(m->v) :
				     report_usd_words(m->v);
	case UNIT_SHARE:
		return words(view_percent(fact_known(m->v), 2, false).s);
	case UNIT_RATIO:
		return fixed(m->v, 2, "");
	case UNIT_HOURS:
		return fixed(m->v, 1, " h");
	case UNIT_COUNT:
		return fixed(m->v, 0, "");
	}
	return words("n/a");
}

struct report_words report_time_words(struct instant t)
{
	char text[INSTANT_TEXT_MAX];

	instant_format(text, t);
	if (t.ms % (INT64_C(1000) * DAY_S) == 0)
		text[10] = '\0';
	return words(text);
}

struct dec report_hours(struct span d, int64_t n)
{
	struct dec h = DEC_ZERO;

	if (!dec_join(&h, d.ms, 3) || !dec_div(&h, h, dec_int(3600 * n)))
		return DEC_ZERO;
	return dec_round(h, 1);
}

/* ---- trades ---- */

struct report_words report_pair_words(const struct report_trade *t)
{
	struct report_words w;

	snprintf(w.s, sizeof(w.s), "%s long %s / short %s", t->symbol.s,
		 t->long_venue.s, t->short_venue.s);
	return w;
}

struct span report_held(const struct report_run *run,
			const struct report_trade *t)
{
	return instant_diff(instant_known(t->closed_at) ? t->closed_at
							: run->until,
			    t->opened_at);
}

bool report_costs(struct dec *out, const struct report_trade *t)
{
	return dec_add(out, t->fees_usd, t->slippage_usd) &&
	       dec_add(out, *out, t->exit_usd);
}

bool report_left_open(struct report_open *out, const struct report_run *run)
{
	*out = (struct report_open){ .n = 0 };
	for (size_t i = 0; i < run->n_trades; i++) {
		const struct report_trade *t = &run->trades[i];
		struct dec net, held;

		if (instant_known(t->closed_at))
			continue;
		if (!report_nets(&net, &held, run, t) ||
		    !dec_add(&out->net_usd, out->net_usd, net) ||
		    !dec_add(&out->held_net_usd, out->held_net_usd, held))
			return false;
		out->n++;
		out->held.ms += report_held(run, t).ms;
	}
	return true;
}

/* ---- sentences ---- */

static bool some_unknown(const struct report_summary *s)
{
	return s->own[METRIC_UNKNOWN].known &&
	       dec_sign(s->own[METRIC_UNKNOWN].v) > 0;
}

static void note(struct report_notes *out, const char *s)
{
	if (out->n < REPORT_NOTES_MAX)
		out->s[out->n++] = s;
}

static void note_basis(struct report_notes *out,
		       const struct report_run *runs, size_t n)
{
	size_t with = 0;

	for (size_t i = 0; i < n; i++)
		with += runs[i].price_included;
	note(out, with == n ?
	     "Price of both legs is included; liquidation is not." :
	     with == 0 ? "Funding only: basis (the price of the two legs) and "
	     "liquidation are not in it." :
	     "Some runs are funding only: basis and liquidation are not in "
	     "them.");
}

static void note_held(struct report_notes *out, const struct report_run *runs,
		      const struct report_summary *sums, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char span[SPAN_TEXT_MAX];

		if (runs[i].held_after.ms <= 0)
			continue;
		span_format(span, runs[i].held_after);
		snprintf(out->own[0], sizeof(out->own[0]), "Hold-through of "
			 "an account ends %s after a close.", span);
		note(out, out->own[0]);
		break;
	}
	for (size_t i = 0; i < n; i++) {
		if (!runs[i].price_included ||
		    sums[i].held[METRIC_PRICE].known)
			continue;
		note(out, "Hold-through is without price: it is not known "
		     "for pairs never closed.");
		break;
	}
}

void report_notes_of(struct report_notes *out, const struct report_run *runs,
		     const struct report_summary *sums, size_t n,
		     const struct report_show *how)
{
	out->n = 0;
	note_basis(out, runs, n);
	note_held(out, runs, sums, n);
	for (size_t i = 0; i < n; i++)
		if (some_unknown(&sums[i])) {
			note(out, "Settlements of unknown amount are in no "
			     "sum; they are counted as unknown settlements.");
			break;
		}
	for (size_t i = 0; i < how->n_notes; i++)
		note(out, how->notes[i]);
}

/* ---- order ---- */

struct place {
	const struct report_metric *net;
	const char *name;
	size_t i;
};

static int best_first(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;
	int order = b->net->known - a->net->known;

	if (!order && a->net->known)
		order = dec_cmp(b->net->v, a->net->v);
	if (!order)
		order = strcmp(a->name, b->name);
	return order ? order : (a->i > b->i) - (a->i < b->i);
}

size_t *report_best_first(const struct report_run *runs,
			  const struct report_summary *sums, size_t n,
			  struct arena *arena)
{
	struct place *list = arena_array(arena, n, sizeof(*list));
	size_t *out = arena_array(arena, n, sizeof(*out));

	if (!list || !out)
		return NULL;
	for (size_t i = 0; i < n; i++)
		list[i] = (struct place){ &sums[i].own[METRIC_NET],
					  runs[i].name, i };
	if (n > 1)
		qsort(list, n, sizeof(*list), best_first);
	for (size_t i = 0; i < n; i++)
		out[i] = list[i].i;
	return out;
}

bool report_any_exit(const struct report_run *run)
{
	for (size_t i = 0; i < run->n_trades; i++)
		if (run->trades[i].exit_divergence.known)
			return true;
	return false;
}
