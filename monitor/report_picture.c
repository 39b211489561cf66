/* SPDX-License-Identifier: MIT */
/*
 * Which values a picture shows and where; how lines become SVG is svg.c's.
 * Classes own, held, entry, exit, zero are coloured by the page.
 */
#include "report_picture.h"

#include <string.h>

#include "report_shown.h"
#include "svg.h"

#define STEPS_UP	5
#define EXITS_MAX	12

/* As wide as it is shown at most, so that words keep their size. */
#define WIDE	1000
#define HALF	500

static struct svg_plot plot_of(const struct picture *p, struct instant from,
			       struct instant to, int width, int height)
{
	return (struct svg_plot){ .f = p->f, .width = width, .height = height,
				  .left = 66, .right = 14, .top = 10,
				  .bottom = 26, .from = from, .to = to };
}

struct range {
	bool some;
	struct dec lo, hi;
};

static void widen(struct range *r, struct dec v)
{
	if (!r->some || dec_cmp(v, r->lo) < 0)
		r->lo = v;
	if (!r->some || dec_cmp(v, r->hi) > 0)
		r->hi = v;
	r->some = true;
}

static void widen_points(struct range *r, const struct svg_point *points,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (points[i].v.known)
			widen(r, points[i].v.v);
}

static bool sentence(const struct picture *p, const char *s)
{
	fprintf(p->f, "<p class=\"none\">%s</p>\n", s);
	return true;
}

struct legend {
	const char *class, *word;
};

static void put_legend(const struct picture *p, const struct legend *l,
		       size_t n)
{
	fputs("<p class=\"legend\">", p->f);
	for (size_t i = 0; i < n; i++)
		fprintf(p->f, "<span class=\"key %s\"></span>%s ",
			l[i].class, l[i].word);
	fputs("</p>\n", p->f);
}

static const struct legend own_and_held[] = {
	{ "own", "as decided" },
	{ "held", "hold-through: the same entries, never closed" },
};

/* ---- days ---- */

struct days {
	struct svg_point *own, *held;
	size_t n;
};

static bool take_days(struct days *d, const struct picture *p)
{
	const struct report_run *run = p->run;

	d->n = run->n_days;
	d->own = arena_array(p->arena, d->n, sizeof(*d->own));
	d->held = arena_array(p->arena, d->n, sizeof(*d->held));
	if (!d->own || !d->held)
		return false;
	for (size_t i = 0; i < d->n; i++) {
		const struct report_day *day = &run->days[i];

		d->own[i] = (struct svg_point){ day->at,
						fact_known(day->equity_usd) };
		d->held[i] = (struct svg_point){ day->at,
						 fact_known(day->held_usd) };
	}
	return true;
}

static bool draw_days(const struct picture *p, const struct days *d,
		      const char *label, const char *unit, int height)
{
	struct svg_plot plot = plot_of(p, d->own[0].at, d->own[d->n - 1].at,
				       WIDE, height);
	struct range r = { .some = false };

	widen_points(&r, d->own, d->n);
	widen_points(&r, d->held, d->n);
	if (!svg_scale_of(&plot.y, r.lo, r.hi, STEPS_UP))
		return false;
	svg_open(p->f, plot.width, plot.height, label);
	svg_axes(&plot, unit);
	svg_line(&plot, "held", d->held, d->n);
	svg_line(&plot, "own", d->own, d->n);
	svg_close(p->f);
	put_legend(p, own_and_held, 2);
	return true;
}

static bool too_few(const struct report_run *run)
{
	return run->n_days < 2 ||
	       run->days[run->n_days - 1].at.ms <= run->days[0].at.ms;
}

bool picture_equity(const struct picture *p)
{
	struct days d;

	if (too_few(p->run))
		return sentence(p, "Less than one whole day: no curve.");
	return take_days(&d, p) &&
	       draw_days(p, &d, "Equity at 00:00 UTC in USD, as decided and "
			 "held through", "", 260);
}

/* Points become minus percent below the peak so far. */
static bool below_peak(struct svg_point *points, size_t n, struct dec peak)
{
	for (size_t i = 0; i < n; i++) {
		struct dec *v = &points[i].v.v;

		if (dec_cmp(*v, peak) > 0)
			peak = *v;
		if (!dec_sub(v, *v, peak) || !dec_mul_int(v, *v, 100) ||
		    !dec_div(v, *v, peak))
			return false;
	}
	return true;
}

bool picture_drawdown(const struct picture *p)
{
	struct days d;

	if (too_few(p->run))
		return sentence(p, "Less than one whole day: no curve.");
	return take_days(&d, p) &&
	       below_peak(d.own, d.n, p->run->capital_usd) &&
	       below_peak(d.held, d.n, p->run->capital_usd) &&
	       draw_days(p, &d, "Drawdown in percent below the highest equity "
			 "so far", "%", 160);
}

/* ---- divergence of one position ---- */

/* Percent per 8 h. */
static struct fact shown_rate(struct fact daily)
{
	if (daily.known)
		daily.v = rate_from_day(daily.v, RATE_8H_S);
	if (daily.known && !dec_mul_int(&daily.v, daily.v, 100))
		return fact_unknown(WHY_OVERFLOW);
	return daily;
}

/*
 * At most four points for each pixel: what comes between the first, the
 * extremes and the last of them would be drawn over anyway.
 */
#define PIXELS HALF

struct bucket {
	int64_t x;
	struct svg_point first, low, high, last;
	size_t n;
};

static size_t put_bucket(struct svg_point *out, const struct bucket *b)
{
	bool low_first = b->low.at.ms < b->high.at.ms;

	if (b->n == 0)
		return 0;
	out[0] = b->first;
	if (b->n == 1)
		return 1;
	out[1] = low_first ? b->low : b->high;
	out[2] = low_first ? b->high : b->low;
	out[3] = b->last;
	return 4;
}

static void put_in(struct bucket *b, struct svg_point v)
{
	if (b->n == 0)
		b->first = b->low = b->high = v;
	if (v.v.known && (!b->low.v.known || dec_cmp(v.v.v, b->low.v.v) < 0))
		b->low = v;
	if (v.v.known && (!b->high.v.known || dec_cmp(v.v.v, b->high.v.v) > 0))
		b->high = v;
	b->last = v;
	b->n++;
}

static size_t thin(struct svg_point *out, const struct report_trade *t,
		   const struct svg_plot *plot)
{
	int64_t all = plot->to.ms - plot->from.ms;
	struct bucket b = { .n = 0 };
	size_t n = 0;

	for (size_t i = 0; i < t->n_points; i++) {
		int64_t x = (t->points[i].at.ms - plot->from.ms) * PIXELS /
			    all;

		if (x != b.x) {
			n += put_bucket(out + n, &b);
			b = (struct bucket){ .x = x };
		}
		put_in(&b, (struct svg_point){
			t->points[i].at,
			shown_rate(t->points[i].divergence) });
	}
	return n + put_bucket(out + n, &b);
}

static void draw_divergence(const struct picture *p,
			    const struct svg_plot *plot,
			    const struct report_trade *t,
			    const struct svg_point *points, size_t n)
{
	struct fact entry = shown_rate(t->entry_divergence);
	char label[240];

	snprintf(label, sizeof(label), "Divergence of position %lld, %s, in "
		 "percent per 8 h, against its entry", (long long)t->id,
		 report_pair_words(t).s);
	svg_open(p->f, plot->width, plot->height, label);
	svg_axes(plot, "%");
	if (entry.known)
		svg_level(plot, "entry", entry.v);
	svg_steps(plot, "own", points, n, plot->to);
	if (instant_known(t->closed_at))
		svg_mark(plot, "exit", t->closed_at, t->reason.s);
	svg_close(p->f);
}

static struct instant last_shown(const struct report_run *run,
				 const struct report_trade *t)
{
	struct instant last = t->points[t->n_points - 1].at;
	struct instant end = instant_known(t->closed_at) ? t->closed_at
							 : run->until;

	return last.ms > end.ms ? last : end;
}

bool picture_divergence(const struct picture *p, const struct report_trade *t)
{
	static const struct legend legend[] = {
		{ "own", "divergence" }, { "entry", "at entry" },
		{ "exit", "exit" },
	};
	struct svg_plot plot;
	struct svg_point *points;
	struct fact entry = shown_rate(t->entry_divergence);
	struct range r = { true, DEC_ZERO, DEC_ZERO };
	size_t n;

	if (t->n_points == 0 ||
	    last_shown(p->run, t).ms <= t->opened_at.ms)
		return sentence(p, "No divergence was recorded.");
	plot = plot_of(p, t->opened_at, last_shown(p->run, t), HALF,
		       210);
	plot.top = 20;
	points = arena_array(p->arena, t->n_points * 4, sizeof(*points));
	if (!points)
		return false;
	n = thin(points, t, &plot);
	widen_points(&r, points, n);
	if (entry.known)
		widen(&r, entry.v);
	if (!svg_scale_of(&plot.y, r.lo, r.hi, STEPS_UP))
		return false;
	draw_divergence(p, &plot, t, points, n);
	put_legend(p, legend, instant_known(t->closed_at) ? 3 : 2);
	return true;
}

/* ---- bars ---- */

/* Bars keep their words in the arena. */
static bool put_bar(struct svg_bar *b, const struct picture *p,
		    const char *label, const char *class, struct dec v,
		    const char *shown)
{
	*b = (struct svg_bar){ label, class, v,
			       arena_text(p->arena, shown, strlen(shown)) };
	return b->shown != NULL;
}

bool picture_exits(const struct picture *p)
{
	const struct report_summary *s = p->sum;
	size_t n = s->n_exits < EXITS_MAX ? s->n_exits : EXITS_MAX;
	struct svg_bar bars[2 * EXITS_MAX];

	if (n == 0)
		return sentence(p, "No position was closed.");
	for (size_t i = 0; i < n; i++) {
		const struct report_exit *e = &s->exits[i];
		char name[LABEL_TEXT_MAX + 16], *kept;

		snprintf(name, sizeof(name), "%d %s", (int)e->n, e->reason.s);
		kept = arena_text(p->arena, name, strlen(name));
		if (!kept ||
		    !put_bar(&bars[2 * i], p, kept, "own", e->net_usd,
			     report_usd_words(e->net_usd).s) ||
		    !put_bar(&bars[2 * i + 1], p, "", "held",
			     e->held_net_usd,
			     report_usd_words(e->held_net_usd).s))
			return false;
	}
	if (!svg_bars(p->f, "Net in USD of exits by reason, as decided and "
		      "had they been held", bars, 2 * n))
		return false;
	put_legend(p, own_and_held, 2);
	if (n < s->n_exits)
		fprintf(p->f, "<p class=\"none\">%zu rarer reasons are in the "
			"table only.</p>\n", s->n_exits - n);
	return true;
}

static bool metric_bar(struct svg_bar *b, const struct picture *p,
		       const char *label, const char *class,
		       const struct report_metric *m, enum report_metric_id id)
{
	return put_bar(b, p, label, class, m[id].known ? m[id].v : DEC_ZERO,
		       report_metric_words(id, &m[id]).s);
}

bool picture_money(const struct picture *p)
{
	const struct report_metric *own = p->sum->own, *held = p->sum->held;
	struct svg_bar bars[4];

	if (!metric_bar(&bars[0], p, "funding", "own", own, METRIC_FUNDING) ||
	    !metric_bar(&bars[1], p, "", "held", held, METRIC_FUNDING) ||
	    !metric_bar(&bars[2], p, "costs", "own", own, METRIC_COSTS) ||
	    !metric_bar(&bars[3], p, "", "held", held, METRIC_COSTS) ||
	    !svg_bars(p->f, "Funding received and costs in USD, as decided "
		      "and held through", bars, 4))
		return false;
	put_legend(p, own_and_held, 2);
	return true;
}
