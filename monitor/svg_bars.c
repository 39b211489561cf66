/* SPDX-License-Identifier: MIT */
/* Bars lying one below the other, to both sides of one zero line. */
#include "svg.h"

#include <inttypes.h>

#include "html.h"

#define WIDTH	500
#define LABEL	176		/* room for names on the left */
#define VALUE	76		/* for the numbers on the right */
#define ROW	22
#define BAR	14
#define GAP	8		/* above a name */
#define AREA	((int64_t)(WIDTH - LABEL - VALUE) * 100)

struct bars {
	FILE *f;
	struct dec lo, hi;		/* lo <= 0 <= hi, lo < hi */
	int y;
};

/* Hundredths of a pixel from the left. */
static bool across(int64_t *out, const struct bars *b, struct dec v)
{
	struct dec span;

	if (!dec_sub(&v, v, b->lo) || !dec_sub(&span, b->hi, b->lo) ||
	    !dec_div(&v, v, span) || !dec_mul_int(&v, v, AREA) ||
	    !dec_to_int(out, v))
		return false;
	*out += LABEL * 100;
	return true;
}

static void put_text(const struct bars *b, int x, const char *anchor,
		     const char *text)
{
	fprintf(b->f, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x,
		b->y + BAR - 3, anchor);
	html_text(b->f, text);
	fputs("</text>\n", b->f);
}

static bool put_bar(struct bars *b, const struct svg_bar *bar)
{
	int64_t zero, end, from;

	if (!across(&zero, b, DEC_ZERO) || !across(&end, b, bar->v))
		return false;
	from = end < zero ? end : zero;
	if (*bar->label) {
		b->y += GAP;
		put_text(b, LABEL - 8, "end", bar->label);
	}
	fprintf(b->f, "<rect class=\"%s\" x=\"%" PRId64 ".%02d\" y=\"%d\" "
		"width=\"%" PRId64 ".%02d\" height=\"%d\"/>\n", bar->class,
		from / 100, (int)(from % 100), b->y,
		(end + zero - 2 * from) / 100,
		(int)((end + zero - 2 * from) % 100), BAR);
	put_text(b, WIDTH, "end", bar->shown);
	b->y += ROW;
	return true;
}

static void widen(struct bars *b, struct dec v)
{
	if (dec_cmp(v, b->lo) < 0)
		b->lo = v;
	if (dec_cmp(v, b->hi) > 0)
		b->hi = v;
}

bool svg_bars(FILE *f, const char *label, const struct svg_bar *bars,
	      size_t n)
{
	struct bars b = { .f = f, .y = 4 };
	int height = 2 * b.y;
	int64_t zero;

	for (size_t i = 0; i < n; i++) {
		widen(&b, bars[i].v);
		height += ROW + (*bars[i].label ? GAP : 0);
	}
	if (dec_cmp(b.lo, b.hi) == 0)
		b.hi = dec_int(1);
	if (!across(&zero, &b, DEC_ZERO))
		return false;
	svg_open(f, WIDTH, height, label);
	for (size_t i = 0; i < n; i++)
		if (!put_bar(&b, &bars[i]))
			return false;
	fprintf(f, "<line class=\"zero\" x1=\"%" PRId64 ".%02d\" y1=\"0\" "
		"x2=\"%" PRId64 ".%02d\" y2=\"%d\"/>\n", zero / 100,
		(int)(zero % 100), zero / 100, (int)(zero % 100), height);
	svg_close(f);
	return true;
}
