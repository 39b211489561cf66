/* SPDX-License-Identifier: MIT */
/* The tables of the HTML page. Names and reasons are escaped on the way. */
#include "report_html.h"

#include <inttypes.h>

#include "html.h"

/* ---- cells ---- */

static void heads(FILE *f, const char *const *titles, size_t n)
{
	fputs("<div class=\"wide\"><table><thead><tr>", f);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "<th scope=\"col\">%s</th>", titles[i]);
	fputs("</tr></thead><tbody>\n", f);
}

static void foot(FILE *f)
{
	fputs("</tbody></table></div>\n", f);
}

static void text_cell(FILE *f, const char *s)
{
	fputs("<td class=\"text\">", f);
	html_text(f, s);
	fputs("</td>", f);
}

static const char *tone_of(const struct report_metric *m)
{
	if (!m || dec_sign(m->v) == 0)
		return "";
	return dec_sign(m->v) > 0 ? " class=\"good\"" : " class=\"bad\"";
}

/* Coloured by the sign of its tone, if it has one. */
static void number_cell(FILE *f, const char *text,
			const struct report_metric *tone)
{
	fprintf(f, "<td%s>", tone_of(tone));
	html_text(f, text);
	fputs("</td>", f);
}

static void usd_cell(FILE *f, struct dec v)
{
	struct report_metric m = { true, v, NULL };

	number_cell(f, report_usd_words(v).s, &m);
}

/* n/a says why when asked: by pointer, and to those who hear the page. */
static void metric_cell(FILE *f, enum report_metric_id id,
			const struct report_metric *m)
{
	if (m->known) {
		number_cell(f, report_metric_words(id, m).s,
			    id == METRIC_NET ? m : NULL);
		return;
	}
	fputs("<td class=\"na\" title=\"", f);
	html_text(f, m->why);
	fputs("\">n/a</td>", f);
}

/* ---- tiles ---- */

void page_tiles(FILE *f, const struct report_summary *s)
{
	static const enum report_metric_id shown[] = {
		METRIC_NET, METRIC_RETURN_CAPITAL, METRIC_APR,
		METRIC_SHARPE_LO, METRIC_DRAWDOWN, METRIC_WIN_RATE,
	};

	fputs("<div class=\"tiles\">\n", f);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		enum report_metric_id id = shown[i];

		fprintf(f, "<div class=\"tile\"><span>%s</span><strong>%s"
			"</strong><span>hold-through %s</span></div>\n",
			report_metric_texts[id].title,
			report_metric_words(id, &s->own[id]).s,
			report_metric_words(id, &s->held[id]).s);
	}
	fputs("</div>\n", f);
}

/* ---- runs ---- */

static void beyond_cell(FILE *f, const struct report_summary *s)
{
	const struct report_metric *own = &s->own[METRIC_NET];
	const struct report_metric *held = &s->held[METRIC_NET];
	struct dec v;

	if (own->known && held->known && dec_sub(&v, own->v, held->v))
		usd_cell(f, v);
	else
		fputs("<td class=\"na\">n/a</td>", f);
}

static void run_name(FILE *f, const struct report_run *run, size_t i,
		     size_t detailed)
{
	fputs("<td class=\"text\">", f);
	if (i < detailed)
		fprintf(f, "<a href=\"#run-%zu\">", i + 1);
	html_text(f, run->name);
	fputs(i < detailed ? "</a></td>" : "</td>", f);
}

void page_runs(FILE *f, const struct report_run *runs,
	       const struct report_summary *sums, const size_t *order,
	       size_t n, size_t detailed)
{
	static const char *const titles[] = {
		"run", "net", "hold-through net", "beyond holding",
		"return on capital", "APR on capital", "Lo-corrected Sharpe",
		"max drawdown", "opened", "closed", "win rate",
		"costs / funding",
	};
	static const enum report_metric_id rest[] = {
		METRIC_RETURN_CAPITAL, METRIC_APR, METRIC_SHARPE_LO,
		METRIC_DRAWDOWN, METRIC_OPENED, METRIC_CLOSED,
		METRIC_WIN_RATE, METRIC_FEES_OF_FUNDING,
	};

	heads(f, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < n; i++) {
		const struct report_summary *s = &sums[order[i]];

		fputs("<tr>", f);
		run_name(f, &runs[order[i]], i, detailed);
		metric_cell(f, METRIC_NET, &s->own[METRIC_NET]);
		metric_cell(f, METRIC_NET, &s->held[METRIC_NET]);
		beyond_cell(f, s);
		for (size_t k = 0; k < sizeof(rest) / sizeof(rest[0]); k++)
			metric_cell(f, rest[k], &s->own[rest[k]]);
		fputs("</tr>\n", f);
	}
	foot(f);
}

/* ---- metrics ---- */

static void formula(FILE *f, const struct report_metric_text *t)
{
	fputs("<td class=\"text\"><details><summary>", f);
	html_text(f, t->title);
	fputs("</summary><p>", f);
	html_text(f, t->formula);
	fprintf(f, "</p><p>Unit: %s", report_unit_word(t->unit));
	if (t->source) {
		fputs("; source: ", f);
		html_text(f, t->source);
	}
	fputs(".</p></details></td>", f);
}

void page_metrics(FILE *f, const struct report_summary *s)
{
	static const char *const titles[] = {
		"metric (open it for its formula)", "as decided",
		"hold-through",
	};

	heads(f, titles, 3);
	for (int i = 0; i < METRIC_COUNT; i++) {
		enum report_metric_id id = (enum report_metric_id)i;

		fputs("<tr>", f);
		formula(f, &report_metric_texts[i]);
		metric_cell(f, id, &s->own[i]);
		metric_cell(f, id, &s->held[i]);
		fputs("</tr>\n", f);
	}
	foot(f);
}

/* ---- exits ---- */

static void span_cell(FILE *f, struct span sum, int32_t n)
{
	fprintf(f, "<td>%s</td>", n == 0 ? "-" :
		report_span_words((struct span){ sum.ms / n }).s);
}

static void exit_row(FILE *f, const struct report_exit *e)
{
	fputs("<tr>", f);
	text_cell(f, e->reason.s);
	fprintf(f, "<td>%d</td><td>%d</td><td>%d</td><td>%d</td>", (int)e->n,
		(int)e->wins, (int)e->losses, (int)e->ties);
	span_cell(f, e->held, e->n);
	usd_cell(f, e->net_usd);
	usd_cell(f, e->held_net_usd);
	if (e->n_after > 0)		/* given up: no gain, no loss */
		number_cell(f, report_usd_words(e->after_usd).s, NULL);
	else
		fputs("<td class=\"na\" title=\"the data ends before, or has "
		      "holes\">n/a</td>", f);
	fprintf(f, "<td>%d</td></tr>\n", (int)e->n_after);
}

bool page_exits(FILE *f, const struct report_run *run,
		const struct report_summary *s)
{
	static const char *const titles[] = {
		"exit reason", "exits", "wins", "losses", "ties",
		"average hold", "net", "net if held",
		"gave up after exit (7d)", "known of",
	};
	struct report_open open;

	if (!report_left_open(&open, run))
		return false;
	heads(f, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = 0; i < s->n_exits; i++)
		exit_row(f, &s->exits[i]);
	fprintf(f, "<tr class=\"total\"><td class=\"text\">LEFT OPEN "
		"(unrealised)</td><td>%d</td><td></td><td></td><td></td>",
		(int)open.n);
	span_cell(f, open.held, open.n);
	usd_cell(f, open.net_usd);
	usd_cell(f, open.held_net_usd);
	fputs("<td></td><td></td></tr>\n", f);
	foot(f);
	return true;
}

/* ---- trades ---- */

static void trade_names(FILE *f, const struct report_run *run,
			const struct report_trade *t)
{
	fprintf(f, "<tr><td>%" PRId64 "</td>", t->id);
	text_cell(f, t->symbol.s);
	text_cell(f, t->long_venue.s);
	text_cell(f, t->short_venue.s);
	number_cell(f, report_cost_words(t->size_usd).s, NULL);
	text_cell(f, report_time_words(t->opened_at).s);
	number_cell(f, report_span_words(report_held(run, t)).s, NULL);
	number_cell(f, report_rate_words(&t->entry_divergence).s, NULL);
	number_cell(f, report_rate_words(&t->exit_divergence).s, NULL);
}

static bool trade_row(FILE *f, const struct report_run *run,
		      const struct report_trade *t)
{
	struct dec net, held, costs;

	if (!report_nets(&net, &held, run, t) || !report_costs(&costs, t))
		return false;
	trade_names(f, run, t);
	fprintf(f, "<td>%d</td>", (int)t->settlements);
	number_cell(f, report_funding_words(t).s, NULL);
	number_cell(f, report_cost_words(costs).s, NULL);
	usd_cell(f, net);
	usd_cell(f, held);
	text_cell(f, instant_known(t->closed_at) ? t->reason.s : "(open)");
	fputs("</tr>\n", f);
	return true;
}

bool page_trades(FILE *f, const struct report_run *run, size_t most)
{
	static const char *const titles[] = {
		"id", "symbol", "long", "short", "size", "opened", "held",
		"entry / 8h", "exit / 8h", "settled", "funding", "costs",
		"net", "net if held", "reason",
	};
	size_t first = run->n_trades > most ? run->n_trades - most : 0;

	heads(f, titles, sizeof(titles) / sizeof(titles[0]));
	for (size_t i = first; i < run->n_trades; i++)
		if (!trade_row(f, run, &run->trades[i]))
			return false;
	foot(f);
	if (first > 0)
		fprintf(f, "<p class=\"none\">%zu earlier positions are left "
			"out.</p>\n", first);
	return true;
}
