/* SPDX-License-Identifier: MIT */
/*
 * Pictures as SVG text: lines, steps, bars and axes. Coordinates are whole
 * hundredths of a pixel made from exact times and decimals, so the same
 * values give the same bytes. Colours are the page's: only classes here.
 */
#ifndef CARRYWATCH_SVG_H
#define CARRYWATCH_SVG_H

#include <stdio.h>

#include "fact.h"
#include "instant.h"

/* A round scale: from lo to hi in equal steps of 1, 2 or 5 times 10^k. */
struct svg_scale {
	struct dec lo, step;
	int64_t first;			/* lo = first * step */
	int n;				/* steps; at least 1 */
	int places;			/* decimals of the step */
};

/* Holding lo and hi in at most `most` + 1 steps; false out of range. */
MUST_USE bool svg_scale_of(struct svg_scale *out, struct dec lo, struct dec hi,
			   int most);

/* One area with time to the right and a value upwards. */
struct svg_plot {
	FILE *f;
	int width, height;		/* of the picture, in pixels */
	int left, right, top, bottom;	/* margins */
	struct instant from, to;	/* to > from */
	struct svg_scale y;
};

struct svg_point {
	struct instant at;
	struct fact v;			/* unknown: a gap */
};

/* <svg> with its picture's name for those who cannot see it; ends it. */
void svg_open(FILE *f, int width, int height, const char *label);
void svg_close(FILE *f);

/* Grid, ticks and their words; unit stands behind each value ("%", ""). */
void svg_axes(const struct svg_plot *p, const char *unit);
/* From point to point, straight. */
void svg_line(const struct svg_plot *p, const char *class,
	      const struct svg_point *points, size_t n);
/* Each value holds until the next; the last one until `end`. */
void svg_steps(const struct svg_plot *p, const char *class,
	       const struct svg_point *points, size_t n, struct instant end);
/* A value over the whole width; nothing outside the scale. */
void svg_level(const struct svg_plot *p, const char *class, struct dec v);
/* An upright at a time, with a word above it: leave 16 pixels there. */
void svg_mark(const struct svg_plot *p, const char *class, struct instant at,
	      const char *word);

struct svg_bar {
	const char *label;		/* "" : belongs to the one above */
	const char *class;
	struct dec v;
	const char *shown;		/* the value in words */
};

/* A whole picture of bars from one zero line, one below the other. */
MUST_USE bool svg_bars(FILE *f, const char *label, const struct svg_bar *bars,
		       size_t n);

#endif
