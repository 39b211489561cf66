/* SPDX-License-Identifier: MIT */
/*
 * SVG written piece by piece. What lies outside a plot's time or scale is
 * drawn at its edge.
 */
#include "svg.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "html.h"

#define CENTI	100		/* hundredths of a pixel */

/* ---- numbers ---- */

static void put_px(FILE *f, int64_t centi)
{
	fprintf(f, "%s%" PRId64, centi < 0 ? "-" : "",
		(centi < 0 ? -centi : centi) / CENTI);
	if (centi % CENTI)
		fprintf(f, ".%02d", (int)((centi < 0 ? -centi : centi) %
					  CENTI));
}

static void put_attribute(FILE *f, const char *name, int64_t centi)
{
	fprintf(f, " %s=\"", name);
	put_px(f, centi);
	fputc('"', f);
}

static int64_t within(int64_t v, int64_t lo, int64_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static int64_t area_width(const struct svg_plot *p)
{
	return (int64_t)(p->width - p->left - p->right) * CENTI;
}

static int64_t area_height(const struct svg_plot *p)
{
	return (int64_t)(p->height - p->top - p->bottom) * CENTI;
}

/* A tenth of an area's pixels times a century of ms stays below 2^63. */
static int64_t x_of(const struct svg_plot *p, struct instant at)
{
	int64_t all = p->to.ms - p->from.ms;
	int64_t part = within(at.ms - p->from.ms, 0, all);

	return p->left * CENTI + part * area_width(p) / all;
}

static int64_t y_of(const struct svg_plot *p, struct dec v)
{
	struct dec part;
	int64_t up = 0;

	if (!dec_sub(&part, v, p->y.lo) || !dec_div(&part, part, p->y.step) ||
	    !dec_mul_int(&part, part, area_height(p)) ||
	    !dec_div(&part, part, dec_int(p->y.n)) || !dec_to_int(&up, part))
		up = dec_sign(v) > 0 ? area_height(p) : 0;
	return p->top * CENTI + area_height(p) -
	       within(up, 0, area_height(p));
}

/* ---- scales ---- */

/* The smallest of 1, 2, 5 times 10^k of which `most` hold the span. */
static bool step_for(struct dec *step, struct dec span, int most)
{
	static const int factor[] = { 1, 2, 5 };
	struct dec unit = DEC_UNIT, all;

	for (;;) {
		for (size_t i = 0; i < 3; i++) {
			if (!dec_mul_int(step, unit, factor[i]) ||
			    !dec_mul_int(&all, *step, most))
				return false;
			if (dec_cmp(all, span) >= 0)
				return true;
		}
		if (!dec_mul_int(&unit, unit, 10))
			return false;
	}
}

static int places_of(struct dec step)
{
	char text[DEC_TEXT_MAX];
	const char *point;

	dec_format(text, step);
	point = strchr(text, '.');
	return point ? (int)strlen(point + 1) : 0;
}

static bool whole_steps(int64_t *out, struct dec v, struct dec step)
{
	return dec_div(&v, v, step) && dec_to_int(out, v);
}

bool svg_scale_of(struct svg_scale *out, struct dec lo, struct dec hi,
		  int most)
{
	struct dec span, top;
	int64_t last;

	if (dec_cmp(lo, hi) == 0 && !dec_add(&hi, hi, dec_sign(hi) == 0 ?
					     dec_int(1) : dec_abs(hi)))
		return false;
	if (!dec_sub(&span, hi, lo) || !step_for(&out->step, span, most) ||
	    !whole_steps(&out->first, lo, out->step) ||
	    !whole_steps(&last, hi, out->step) ||
	    !dec_mul_int(&top, out->step, last) ||
	    !dec_mul_int(&out->lo, out->step, out->first))
		return false;
	if (dec_cmp(top, hi) < 0)
		last++;
	out->n = (int)(last - out->first);
	out->places = places_of(out->step);
	return true;
}

/* ---- frame ---- */

void svg_open(FILE *f, int width, int height, const char *label)
{
	fprintf(f, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
		width, height);
	html_text(f, label);
	fputs("\">\n", f);
}

void svg_close(FILE *f)
{
	fputs("</svg>\n", f);
}

/* anchor: "start", "middle", "end" */
static void put_text(FILE *f, int64_t x, int64_t y, const char *anchor,
		     const char *text)
{
	fputs("<text", f);
	put_attribute(f, "x", x);
	put_attribute(f, "y", y);
	fprintf(f, " text-anchor=\"%s\">", anchor);
	html_text(f, text);
	fputs("</text>\n", f);
}

static void put_segment(FILE *f, const char *class, const int64_t from[2],
			const int64_t to[2])
{
	fprintf(f, "<line class=\"%s\"", class);
	put_attribute(f, "x1", from[0]);
	put_attribute(f, "y1", from[1]);
	put_attribute(f, "x2", to[0]);
	put_attribute(f, "y2", to[1]);
	fputs("/>\n", f);
}

static void put_upright(const struct svg_plot *p, const char *class,
			int64_t x)
{
	int64_t top = p->top * CENTI;

	put_segment(p->f, class, (int64_t[]){ x, top },
		    (int64_t[]){ x, top + area_height(p) });
}

static void put_across(const struct svg_plot *p, const char *class, int64_t y)
{
	int64_t left = p->left * CENTI;

	put_segment(p->f, class, (int64_t[]){ left, y },
		    (int64_t[]){ left + area_width(p), y });
}

/* ---- axes ---- */

static void value_axis(const struct svg_plot *p, const char *unit)
{
	for (int i = 0; i <= p->y.n; i++) {
		char number[DEC_TEXT_MAX], text[DEC_TEXT_MAX + 16];
		struct dec v;
		int64_t y;

		if (!dec_mul_int(&v, p->y.step, p->y.first + i))
			return;
		y = y_of(p, v);
		put_across(p, dec_sign(v) == 0 ? "zero" : "grid", y);
		dec_format_fixed(number, v, p->y.places);
		snprintf(text, sizeof(text), "%s%s", number, unit);
		put_text(p->f, (p->left - 6) * CENTI, y + 4 * CENTI, "end",
			 text);
	}
}

/* Between ticks of time, in seconds; the last serves a century. */
static const int64_t time_steps[] = {
	60, 300, 900, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 12 * 3600, DAY_S,
	2 * DAY_S, 4 * DAY_S, 7 * DAY_S, 14 * DAY_S, 28 * DAY_S, 56 * DAY_S,
	112 * DAY_S, INT64_C(364) * DAY_S, INT64_C(3640) * DAY_S,
};
#define N_STEPS (sizeof(time_steps) / sizeof(time_steps[0]))
#define TICK_PX	95		/* a time and some air */
#define EDGE	(32 * CENTI)	/* half a time does not fit there */

static int64_t time_step(const struct svg_plot *p)
{
	int64_t ticks = area_width(p) / (TICK_PX * CENTI);
	size_t i = 0;

	while (i + 1 < N_STEPS && (p->to.ms - p->from.ms) / 1000 >
				  time_steps[i] * ticks)
		i++;
	return time_steps[i] * 1000;
}

/* "2026-11-20", or "11-20 08:00" where days are parted. */
static void put_time(const struct svg_plot *p, struct instant at, bool days)
{
	int64_t x = x_of(p, at), from_left = x - p->left * CENTI;
	char text[INSTANT_TEXT_MAX], word[16];

	instant_format(text, at);
	if (days)
		snprintf(word, sizeof(word), "%.10s", text);
	else
		snprintf(word, sizeof(word), "%.5s %.5s", text + 5, text + 11);
	put_text(p->f, x, (p->height - p->bottom + 16) * CENTI,
		 from_left > area_width(p) - EDGE ? "end" :
		 from_left < EDGE ? "start" : "middle", word);
}

static void time_axis(const struct svg_plot *p)
{
	int64_t step = time_step(p);
	struct instant at = { (p->from.ms + step - 1) / step * step };

	for (; at.ms <= p->to.ms; at.ms += step) {
		put_upright(p, "grid", x_of(p, at));
		put_time(p, at, step >= INT64_C(1000) * DAY_S);
	}
}

void svg_axes(const struct svg_plot *p, const char *unit)
{
	assert(p->to.ms > p->from.ms && p->y.n > 0);
	time_axis(p);
	value_axis(p, unit);
}

/* ---- what is drawn ---- */

static void path_open(const struct svg_plot *p, const char *class)
{
	fprintf(p->f, "<path class=\"%s\" d=\"", class);
}

static void path_close(const struct svg_plot *p)
{
	fputs("\"/>\n", p->f);
}

static void path_to(const struct svg_plot *p, char how, int64_t x, int64_t y)
{
	fputc(how, p->f);
	put_px(p->f, x);
	fputc(' ', p->f);
	put_px(p->f, y);
}

void svg_line(const struct svg_plot *p, const char *class,
	      const struct svg_point *points, size_t n)
{
	bool drawing = false;

	path_open(p, class);
	for (size_t i = 0; i < n; i++) {
		if (points[i].v.known)
			path_to(p, drawing ? 'L' : 'M', x_of(p, points[i].at),
				y_of(p, points[i].v.v));
		drawing = points[i].v.known;
	}
	path_close(p);
}

static void path_along(const struct svg_plot *p, char how, int64_t to)
{
	fputc(how, p->f);
	put_px(p->f, to);
}

void svg_steps(const struct svg_plot *p, const char *class,
	       const struct svg_point *points, size_t n, struct instant end)
{
	bool drawing = false;

	path_open(p, class);
	for (size_t i = 0; i < n; i++) {
		const struct svg_point *at = &points[i];
		int64_t y = at->v.known ? y_of(p, at->v.v) : 0;

		if (drawing)
			path_along(p, 'H', x_of(p, at->at));
		if (drawing && at->v.known)
			path_along(p, 'V', y);
		else if (at->v.known)
			path_to(p, 'M', x_of(p, at->at), y);
		drawing = at->v.known;
	}
	if (drawing)
		path_along(p, 'H', x_of(p, end));
	path_close(p);
}

void svg_level(const struct svg_plot *p, const char *class, struct dec v)
{
	struct dec top;

	if (dec_cmp(v, p->y.lo) < 0 ||
	    !dec_mul_int(&top, p->y.step, p->y.first + p->y.n) ||
	    dec_cmp(v, top) > 0)
		return;
	put_across(p, class, y_of(p, v));
}

void svg_mark(const struct svg_plot *p, const char *class, struct instant at,
	      const char *word)
{
	int64_t x = x_of(p, at);
	bool late = x > p->left * CENTI + area_width(p) / 2;

	put_upright(p, class, x);
	put_text(p->f, x, (p->top - 5) * CENTI, late ? "end" : "start", word);
}
