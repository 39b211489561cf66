/* SPDX-License-Identifier: MIT */
/*
 * What a backtest found: runs, best net first, beside holding through; then
 * the folds. No path, no clock: the same input gives the same bytes.
 */
#include "cmd_backtest.h"

#include <stdarg.h>
#include <string.h>

#include "cmd_backtest_folds.h"
#include "report_show.h"
#include "report_shown.h"

#define NOTES_MAX 6
#define NOTE_TEXT 400

struct shown {
	const struct backtest_ask *ask;
	struct report_run *runs;	/* best first */
	struct report_summary *sums;
	size_t n;
	char text[NOTES_MAX][NOTE_TEXT];
	const char *notes[NOTES_MAX];
	struct report_show how;
};

/* ---- order ---- */

static bool measure(struct shown *s, const struct backtest_result *r,
		    struct err *err)
{
	const struct backtest_ask *a = s->ask;
	struct arena *arena = a->cli->arena;
	struct report_summary *sums = arena_array(arena, a->n_sets,
						  sizeof(*sums));
	size_t *order;

	s->n = a->n_sets;
	s->runs = arena_array(arena, s->n, sizeof(*s->runs));
	s->sums = arena_array(arena, s->n, sizeof(*s->sums));
	if (!sums || !s->runs || !s->sums)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < s->n; i++)
		if (!report_measure(&sums[i], &r->runs[i], arena, err))
			return err_prefix(err, "%s", r->runs[i].name);
	order = report_best_first(r->runs, sums, s->n, arena);
	if (!order)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < s->n; i++) {
		s->runs[i] = r->runs[order[i]];
		s->sums[i] = sums[order[i]];
	}
	return true;
}

/* ---- what it rests on ---- */

static void note(struct shown *s, const char *fmt, ...) PRINTF(2, 3);

static void note(struct shown *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text[s->how.n_notes], NOTE_TEXT, fmt, ap);
	va_end(ap);
	s->notes[s->how.n_notes] = s->text[s->how.n_notes];
	s->how.n_notes++;
}

static void note_data(struct shown *s)
{
	const struct backtest_data *d = &s->ask->data;

	note(s, "%lld settlements of %zu contracts, %zu of them played (of "
	     "several of one coin on a venue the USDT one); %lld with more "
	     "than 18 decimals, rounded.", (long long)d->counts.rows,
	     d->n_contracts, d->n_series, (long long)d->counts.rounded);
}

static void note_skipped(struct shown *s)
{
	const struct csv_counts *c = &s->ask->data.counts;
	char list[200] = "";
	size_t at = 0;

	for (int i = 0; i < CSV_BAD_COUNT; i++)
		if (c->bad[i] > 0 && at < sizeof(list))
			at += (size_t)snprintf(list + at, sizeof(list) - at,
					       "%s%s %lld", at ? ", " : "",
					       csv_bad_word((enum csv_bad)i),
					       (long long)c->bad[i]);
	if (s->ask->data.skip_bad)
		note(s, "Bad rows left out: %s.", at ? list : "none");
}

static void note_terms(struct shown *s)
{
	const struct backtest_ask *a = s->ask;
	char every[SPAN_TEXT_MAX], share[DEC_TEXT_MAX];
	struct dec bps;

	span_format(every, a->setup.every);
	if (a->terms.costs == COSTS_FEES)
		note(s, "A poll every %s; costs: taker fee and slippage of "
		     "each venue.", every);
	else if (dec_mul_int(&bps, a->terms.round_trip, 10000)) {
		dec_format(share, bps);
		note(s, "A poll every %s; costs: %s bps for the four fills of "
		     "a round trip.", every, share);
	}
}

static void note_entries(struct shown *s)
{
	const struct backtest_ask *a = s->ask;

	if (a->setup.n_pairs > 0)
		note(s, "%zu given pair(s), opened as soon as both rates are "
		     "known; no entry policy.", a->setup.n_pairs);
	else
		note(s, "Entry policy: %s; of all pairs of fresh rates the "
		     "widest first.", a->entry_text);
}

static void note_all(struct shown *s)
{
	s->how = (struct report_show){ .title = "BACKTEST",
				       .notes = s->notes };
	note_data(s);
	note_skipped(s);
	note_terms(s);
	note_entries(s);
}

/* ---- JSON ---- */

static void put_data(struct json_out *o, const struct backtest_data *d)
{
	json_out_key(o, "data");
	json_out_open(o, '{');
	json_put_instant(o, "first", d->first);
	json_put_instant(o, "last", d->last);
	json_put_int(o, "settlements", d->counts.rows);
	json_put_int(o, "rounded", d->counts.rounded);
	json_put_int(o, "contracts", (int64_t)d->n_contracts);
	json_put_int(o, "played", (int64_t)d->n_series);
	json_out_key(o, "skipped");
	json_out_open(o, '{');
	for (int i = 0; i < CSV_BAD_COUNT; i++)
		json_put_int(o, csv_bad_word((enum csv_bad)i), d->counts.bad[i]);
	json_out_close(o, '}');
	json_out_close(o, '}');
}

static void put_settings(struct json_out *o, const struct backtest_ask *a)
{
	json_out_key(o, "settings");
	json_out_open(o, '{');
	json_put_int(o, "every_s", a->setup.every.ms / 1000);
	json_put_text(o, "costs_model", a->terms.costs == COSTS_FEES ? "fees" :
		 "round_trip");
	json_out_key(o, "round_trip");
	if (a->terms.costs == COSTS_FEES)
		json_out_null(o);
	else
		json_out_dec(o, a->terms.round_trip);
	json_put_text(o, "entry", a->setup.n_pairs ? NULL : a->entry_text);
	json_put_int(o, "pairs", (int64_t)a->setup.n_pairs);
	json_out_close(o, '}');
}

static void put_fold(struct json_out *o, const struct backtest_ask *a,
		     const struct backtest_folds *all, size_t i)
{
	const struct backtest_fold *f = &all->fold[i];

	json_out_open(o, '{');
	json_put_int(o, "fold", (int64_t)i + 1);
	json_put_instant(o, "since", f->since);
	json_put_instant(o, "until", f->until);
	json_put_text(o, "chosen", a->sets[f->chosen].name);
	json_put_dec(o, "in_sample_net_usd", f->in_sample);
	json_put_dec(o, "net_usd", f->out_of_sample);
	json_put_dec(o, "hold_through_net_usd", f->held);
	json_out_key(o, "sets");
	json_out_open(o, '[');
	for (size_t k = 0; k < a->n_sets; k++) {
		size_t at = (i + 1) * a->n_sets + k;

		json_out_open(o, '{');
		json_put_text(o, "name", a->sets[k].name);
		json_put_dec(o, "net_usd", all->net[at]);
		json_put_dec(o, "hold_through_net_usd", all->held[at]);
		json_out_close(o, '}');
	}
	json_out_close(o, ']');
	json_out_close(o, '}');
}

static void put_folds(struct json_out *o, const struct backtest_ask *a,
		      const struct backtest_folds *all)
{
	json_out_key(o, "walk_forward");
	if (all->n == 0) {
		json_out_null(o);
		return;
	}
	json_out_open(o, '{');
	json_put_dec(o, "net_usd", all->total);
	json_put_dec(o, "hold_through_net_usd", all->total_held);
	json_out_key(o, "folds");
	json_out_open(o, '[');
	for (size_t i = 0; i < all->n; i++)
		put_fold(o, a, all, i);
	json_out_close(o, ']');
	json_out_close(o, '}');
}

static bool show_json(FILE *f, const struct shown *s,
		      const struct backtest_folds *folds, struct err *err)
{
	const struct cli *c = s->ask->cli;
	struct json_out o = json_out_to(f, false);

	if (cli_has(c, OPT_HTML) &&
	    !report_write_html(c->opt[OPT_HTML], s->runs, s->sums, s->n,
			       &s->how, c->arena, err))
		return false;
	json_out_open(&o, '{');
	put_data(&o, &s->ask->data);
	put_settings(&o, s->ask);
	json_out_key(&o, "runs");
	report_print_json(&o, s->runs, s->sums, s->n, &s->how);
	put_folds(&o, s->ask, folds);
	json_out_close(&o, '}');
	return !ferror(f) || err_set(err, ERR_IO, "cannot write the result");
}

bool backtest_show(FILE *f, const struct backtest_ask *a,
		   const struct backtest_result *r, struct err *err)
{
	struct shown s = { .ask = a };
	struct backtest_folds folds = { .n = 0 };
	bool rows = cli_has(a->cli, OPT_OUTPUT) &&
		    a->cli->format >= FORMAT_JSONL;

	if (!measure(&s, r, err))
		return false;
	if (a->folds > 0 && !backtest_folds(&folds, a, r, err))
		return false;
	note_all(&s);
	if (a->cli->format == FORMAT_JSON)
		return show_json(f, &s, &folds, err);
	if (!report_print(f, a->cli, s.runs, s.sums, s.n, &s.how, err))
		return false;
	return folds.n == 0 || rows ||
	       backtest_folds_print(f, a, &folds, err);
}
