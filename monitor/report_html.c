/* SPDX-License-Identifier: MIT */
/*
 * One page that needs nothing else: no script, no reference to another file.
 * The runs compared, then a section for each with pictures and tables.
 */
#include "report_html.h"

#include <stdlib.h>

#include "html.h"
#include "report_picture.h"

#define TRADES_MAX	200
#define PICTURES_MAX	12
#define SECTIONS_MAX	12

static const char style[] =
":root{color-scheme:light dark;--bg:#fff;--card:#f6f8fa;--fg:#1b1f24;"
"--muted:#59636e;--line:#d8dee4;--own:#0969da;--held:#bc6c00;"
"--good:#0a7a33;--bad:#c02a20}\n"
"@media(prefers-color-scheme:dark){:root{--bg:#12161b;--card:#1a2027;"
"--fg:#e3e8ee;--muted:#98a3af;--line:#2d353e;--own:#6cb2ff;--held:#f0a850;"
"--good:#5cc97c;--bad:#ff8a80}}\n"
"*{box-sizing:border-box}\n"
"body{margin:0 auto;padding:24px 20px 60px;max-width:1080px;"
"background:var(--bg);color:var(--fg);"
"font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",sans-serif}\n"
"h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 4px}"
"h3{font-size:16px;margin:28px 0 8px}\n"
"p{margin:4px 0}a{color:var(--own)}"
".when,.none,.legend{color:var(--muted)}\n"
".notes{margin:16px 0;padding:10px 14px;background:var(--card);"
"border-left:4px solid var(--held)}\n"
".tiles{display:grid;gap:10px;margin:16px 0;"
"grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}\n"
".tile{padding:10px 12px;background:var(--card);border-radius:6px}"
".tile span{display:block;font-size:12px;color:var(--muted);"
"white-space:nowrap}"
".tile strong{font-size:22px;font-variant-numeric:tabular-nums}\n"
".wide{overflow-x:auto}\n"
"table{border-collapse:collapse;width:100%;font-size:13px;"
"font-variant-numeric:tabular-nums}\n"
"th,td{padding:5px 8px;text-align:right;vertical-align:top;"
"border-bottom:1px solid var(--line);white-space:nowrap}"
"th{color:var(--muted);font-weight:600;white-space:normal;"
"vertical-align:bottom;min-width:64px}"
"th:first-child,td.text{text-align:left}\n"
"td details p{white-space:normal;max-width:560px;color:var(--muted)}"
"summary{cursor:pointer}.na{color:var(--muted)}.good{color:var(--good)}"
".bad{color:var(--bad)}.total td{border-top:2px solid var(--line)}\n"
"figure{margin:0 0 8px;padding:12px 14px;background:var(--card);"
"border-radius:6px;overflow-x:auto}figcaption{font-weight:600;margin-bottom:6px}\n"
".pair{display:grid;gap:12px;"
"grid-template-columns:repeat(auto-fill,minmax(440px,1fr))}\n"
"@media(max-width:520px){.pair{grid-template-columns:1fr}}\n"
"svg{display:block;width:100%;height:auto;min-width:440px}"
"section>figure svg{min-width:760px}"
"svg text{font-size:11px;fill:var(--muted)}\n"
"path{fill:none;stroke-width:1.6;stroke-linejoin:round}"
"path.own{stroke:var(--own)}path.held{stroke:var(--held)}"
"rect.own{fill:var(--own)}rect.held{fill:var(--held)}\n"
"line{stroke:var(--line)}line.zero{stroke:var(--muted)}"
"line.entry{stroke:var(--held);stroke-dasharray:6 4;stroke-width:1.4}"
"line.exit{stroke:var(--bad);stroke-width:1.4}\n"
".legend{font-size:12px}.key{display:inline-block;width:14px;height:4px;"
"margin:0 6px 3px 12px;background:var(--own)}"
".key.held,.key.entry{background:var(--held)}.key.exit{background:var(--bad)}"
"\n@media print{body{max-width:none}figure,.tile{break-inside:avoid}}\n";

struct page {
	FILE *f;
	const struct report_run *runs;
	const struct report_summary *sums;
	const size_t *order;		/* best first */
	size_t n;
	const struct report_show *how;
	struct arena *arena;
};

static size_t at_most(size_t asked, size_t usual)
{
	return asked ? asked : usual;
}

/* ---- head ---- */

static void put_head(const struct page *p)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset="
	      "\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-"
	      "width, initial-scale=1\">\n<meta http-equiv=\"Content-"
	      "Security-Policy\" content=\"default-src 'none'; style-src "
	      "'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" "
	      "href=\"data:,\">\n<title>", p->f);
	html_text(p->f, p->how->title);
	if (p->n == 1) {
		fputs(" ", p->f);
		html_text(p->f, p->runs[0].name);
	}
	fprintf(p->f, "</title>\n<style>\n%s</style></head>\n<body>\n<h1>",
		style);
	html_text(p->f, p->how->title);
	fputs("</h1>\n", p->f);
}

static void put_when(const struct page *p, const struct report_run *run)
{
	fprintf(p->f, "<p class=\"when\">%s to %s, UTC; capital %s USD</p>\n",
		report_time_words(run->since).s,
		report_time_words(run->until).s,
		report_cost_words(run->capital_usd).s);
}

static void put_notes(const struct page *p)
{
	struct report_notes notes;

	report_notes_of(&notes, p->runs, p->sums, p->n, p->how);
	fputs("<div class=\"notes\">\n", p->f);
	for (size_t i = 0; i < notes.n; i++) {
		fputs("<p>", p->f);
		html_text(p->f, notes.s[i]);
		fputs("</p>\n", p->f);
	}
	fputs("<p>Hold-through: the same entries at the same costs, never "
	      "closed.</p>\n</div>\n", p->f);
}

/* ---- pictures ---- */

static bool figure(const struct picture *p, const char *caption,
		   bool (*draw)(const struct picture *p))
{
	bool ok;

	fprintf(p->f, "<figure><figcaption>%s</figcaption>\n", caption);
	ok = draw(p);
	fputs("</figure>\n", p->f);
	return ok;
}

static bool put_pictures(const struct picture *p)
{
	bool ok;

	if (!figure(p, "Equity at 00:00 UTC, USD", picture_equity) ||
	    !figure(p, "Drawdown", picture_drawdown))
		return false;
	fputs("<div class=\"pair\">\n", p->f);
	ok = figure(p, "Exits by reason: net, USD", picture_exits) &&
	     figure(p, "Costs against funding, USD", picture_money);
	fputs("</div>\n", p->f);
	return ok;
}

/* ---- divergence of the positions that moved most money ---- */

struct moved {
	const struct report_trade *t;
	struct dec much;
	size_t place;
};

static int most_first(const void *pa, const void *pb)
{
	const struct moved *a = pa, *b = pb;
	int order = dec_cmp(b->much, a->much);

	return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int by_place(const void *pa, const void *pb)
{
	const struct moved *a = pa, *b = pb;

	return (a->place > b->place) - (a->place < b->place);
}

static struct moved *pick(size_t *n, const struct picture *p, size_t most)
{
	const struct report_run *run = p->run;
	struct moved *list = arena_array(p->arena, run->n_trades,
					 sizeof(*list));
	size_t with = 0;

	for (size_t i = 0; list && i < run->n_trades; i++) {
		const struct report_trade *t = &run->trades[i];
		struct dec net, held;

		if (t->n_points == 0 || !report_nets(&net, &held, run, t))
			continue;
		list[with++] = (struct moved){ t, dec_abs(net), i };
	}
	if (with > 1)
		qsort(list, with, sizeof(*list), most_first);
	*n = with < most ? with : most;
	if (*n > 1)
		qsort(list, *n, sizeof(*list), by_place);
	return list;
}

static bool put_divergence(const struct picture *p, size_t most)
{
	size_t n = 0;
	struct moved *list = pick(&n, p, most);

	if (!list)
		return false;
	if (n == 0)
		return true;
	fputs("<h3>Divergence against entry, percent per 8 h</h3>\n<div "
	      "class=\"pair\">\n", p->f);
	for (size_t i = 0; i < n; i++) {
		fprintf(p->f, "<figure><figcaption>%lld ",
			(long long)list[i].t->id);
		html_text(p->f, report_pair_words(list[i].t).s);
		fputs("</figcaption>\n", p->f);
		if (!picture_divergence(p, list[i].t))
			return false;
		fputs("</figure>\n", p->f);
	}
	fputs("</div>\n", p->f);
	if (n < p->run->n_trades)
		fprintf(p->f, "<p class=\"none\">%zu of %zu positions: those "
			"with the largest net, gain or loss; %zu are left "
			"out.</p>\n", n, p->run->n_trades,
			p->run->n_trades - n);
	return true;
}

/* ---- sections ---- */

static bool put_run(const struct page *p, size_t place)
{
	struct picture pic = { p->f, &p->runs[p->order[place]],
			       &p->sums[p->order[place]], p->arena };

	fprintf(p->f, "<section id=\"run-%zu\">\n<h2>", place + 1);
	html_text(p->f, pic.run->name);
	fputs("</h2>\n", p->f);
	put_when(p, pic.run);
	page_tiles(p->f, pic.sum);
	if (!put_pictures(&pic))
		return false;
	fputs("<h3>Exits by reason</h3>\n", p->f);
	if (!page_exits(p->f, pic.run, pic.sum))
		return false;
	fputs("<h3>All metrics</h3>\n", p->f);
	page_metrics(p->f, pic.sum);
	if (!put_divergence(&pic, at_most(p->how->pictures_max,
					  PICTURES_MAX)))
		return false;
	fputs("<h3>Positions</h3>\n", p->f);
	if (!page_trades(p->f, pic.run, at_most(p->how->trades_max,
						TRADES_MAX)))
		return false;
	fputs("</section>\n", p->f);
	return true;
}

static bool put_sections(const struct page *p, size_t detailed)
{
	if (p->n > 1) {
		fputs("<h2>All runs, best net first</h2>\n", p->f);
		page_runs(p->f, p->runs, p->sums, p->order, p->n, detailed);
	}
	if (detailed < p->n)
		fprintf(p->f, "<p class=\"none\">The best %zu of %zu runs "
			"have a section below.</p>\n", detailed, p->n);
	for (size_t i = 0; i < detailed; i++)
		if (!put_run(p, i))
			return false;
	return true;
}

bool report_print_html(FILE *f, const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how, struct arena *arena,
		       struct err *err)
{
	struct page p = { f, runs, sums, NULL, n, how, arena };
	size_t most = at_most(how->runs_max, SECTIONS_MAX);

	p.order = report_best_first(runs, sums, n, arena);
	if (!p.order)
		return err_set(err, ERR_MEMORY, "no memory");
	put_head(&p);
	put_notes(&p);
	if (!put_sections(&p, n < most ? n : most))
		return err_set(err, ERR_DATA, "the page cannot be drawn: no "
			       "memory, or a number out of range");
	fputs("</body></html>\n", f);
	return true;
}
