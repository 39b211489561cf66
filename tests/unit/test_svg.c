/* SPDX-License-Identifier: MIT */
/* Scales and what is drawn on them, coordinate by coordinate. */
#include "svg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "given.h"
#include "html.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct scale_case {
	const char *lo, *hi;
	int most;
	const char *from, *step;
	int n, places;
} scales[] = {
	{ "0", "10", 5, "0", "2", 5, 0 },
	{ "0", "10.000000000000000001", 5, "0", "5", 3, 0 },
	{ "1", "9", 5, "0", "2", 5, 0 },
	{ "-0.3", "0.9", 5, "-0.5", "0.5", 3, 1 },
	{ "9998", "10006", 5, "9998", "2", 4, 0 },
	{ "-7", "-7", 5, "-8", "2", 4, 0 },	/* -7 .. 0 */
	{ "0", "0", 5, "0", "0.2", 5, 1 },
	{ "0.000000000000000001", "0.000000000000000003", 2,
	  "0.000000000000000001", "0.000000000000000001", 2, 18 },
	{ "-123456", "654321", 4, "-200000", "200000", 5, 0 },
};

static void scales_are_round_and_hold_their_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(scales); i++) {
		const struct scale_case *c = &scales[i];
		struct svg_scale s;

		assert_true(svg_scale_of(&s, dec_lit(c->lo), dec_lit(c->hi),
					 c->most));
		if (dec_cmp(s.lo, dec_lit(c->from)) != 0 ||
		    dec_cmp(s.step, dec_lit(c->step)) != 0 || s.n != c->n ||
		    s.places != c->places) {
			char lo[DEC_TEXT_MAX], step[DEC_TEXT_MAX];

			dec_format(lo, s.lo);
			dec_format(step, s.step);
			fail_msg("%s .. %s: from %s, %d steps of %s, %d "
				 "places", c->lo, c->hi, lo, s.n, step,
				 s.places);
		}
	}
}

static void a_scale_beyond_the_range_is_refused(void **state)
{
	struct svg_scale s;

	(void)state;
	assert_false(svg_scale_of(&s, dec_lit("-170000000000000000000"),
				  dec_lit("170000000000000000000"), 5));
}

struct drawn {
	char *text;
	size_t n;
	FILE *f;
	struct svg_plot p;
};

/* 100 x 100 pixels at (10, 20); a day; 0 .. 10. */
static struct drawn *begin(void)
{
	static struct drawn d;

	d = (struct drawn){ .text = NULL };
	d.f = open_memstream(&d.text, &d.n);
	assert_non_null(d.f);
	d.p = (struct svg_plot){ .f = d.f, .width = 120, .height = 130,
		.left = 10, .right = 10, .top = 20, .bottom = 10,
		.from = given_time("2026-01-01T00:00:00Z"),
		.to = given_time("2026-01-02T00:00:00Z") };
	assert_true(svg_scale_of(&d.p.y, DEC_ZERO, dec_int(10), 5));
	return &d;
}

static void assert_drawn(struct drawn *d, const char *want)
{
	assert_int_equal(fclose(d->f), 0);
	assert_string_equal(d->text, want);
	free(d->text);
}

static const struct { const char *at, *v; } values[] = {
	{ "2025-12-31T00:00:00Z", "5" },	/* before: at the edge */
	{ "2026-01-01T06:00:00Z", "7.5" },
	{ "2026-01-01T08:00:00Z", NULL },
	{ "2026-01-01T12:00:00Z", "20" },	/* above: at the edge */
	{ "2026-01-01T16:00:00Z", "1" },
};

static void take(struct svg_point out[static 5])
{
	for (size_t i = 0; i < N(values); i++)
		out[i] = (struct svg_point){
			given_time(values[i].at), values[i].v ?
			fact_known(dec_lit(values[i].v)) :
			fact_unknown(WHY_STALE) };
}

static void lines_part_where_nothing_is_known(void **state)
{
	struct drawn *d = begin();
	struct svg_point p[5];

	(void)state;
	take(p);
	svg_line(&d->p, "own", p, 5);
	assert_drawn(d, "<path class=\"own\" d=\"M10 70L35 45M60 20L76.66 "
			 "110\"/>\n");
}

static void steps_hold_until_the_next(void **state)
{
	struct drawn *d = begin();
	struct svg_point p[5];

	(void)state;
	take(p);
	svg_steps(&d->p, "own", p, 5, d->p.to);
	assert_drawn(d, "<path class=\"own\" d=\"M10 70H35V45H43.33M60 "
			 "20H76.66V110H110\"/>\n");
}

static void steps_end_where_nothing_more_is_known(void **state)
{
	struct drawn *d = begin();
	struct svg_point p[5];

	(void)state;
	take(p);
	svg_steps(&d->p, "own", p, 3, d->p.to);
	svg_steps(&d->p, "none", p, 0, d->p.to);
	assert_drawn(d, "<path class=\"own\" d=\"M10 70H35V45H43.33\"/>\n"
			"<path class=\"none\" d=\"\"/>\n");
}

static void levels_stay_within_the_scale(void **state)
{
	struct drawn *d = begin();

	(void)state;
	svg_level(&d->p, "entry", dec_lit("-0.1"));
	svg_level(&d->p, "entry", dec_lit("10.1"));
	svg_level(&d->p, "entry", dec_int(10));
	svg_level(&d->p, "entry", DEC_ZERO);
	assert_drawn(d,
		"<line class=\"entry\" x1=\"10\" y1=\"20\" x2=\"110\" "
		"y2=\"20\"/>\n<line class=\"entry\" x1=\"10\" y1=\"120\" "
		"x2=\"110\" y2=\"120\"/>\n");
}

static void the_edge_of_the_picture_is_nought(void **state)
{
	struct drawn *d = begin();

	(void)state;
	d->p.left = d->p.top = 0;
	svg_level(&d->p, "entry", dec_int(10));
	/* A word stands above the area, and so beyond the edge. */
	svg_mark(&d->p, "exit", d->p.from, "X");
	assert_drawn(d, "<line class=\"entry\" x1=\"0\" y1=\"0\" "
			"x2=\"110\" y2=\"0\"/>\n"
			"<line class=\"exit\" x1=\"0\" y1=\"0\" x2=\"0\" "
			"y2=\"120\"/>\n<text x=\"0\" y=\"-5\" "
			"text-anchor=\"start\">X</text>\n");
}

static void marks_lean_inwards(void **state)
{
	struct drawn *d = begin();

	(void)state;
	svg_mark(&d->p, "exit", given_time("2026-01-01T06:00:00Z"), "A&B");
	svg_mark(&d->p, "exit", given_time("2026-01-01T18:00:00Z"), "C");
	assert_drawn(d,
		"<line class=\"exit\" x1=\"35\" y1=\"20\" x2=\"35\" "
		"y2=\"120\"/>\n<text x=\"35\" y=\"15\" text-anchor=\"start\">"
		"A&amp;B</text>\n"
		"<line class=\"exit\" x1=\"85\" y1=\"20\" x2=\"85\" "
		"y2=\"120\"/>\n<text x=\"85\" y=\"15\" text-anchor=\"end\">"
		"C</text>\n");
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in\n%s", part, text);
}

static void axes_name_values_and_times(void **state)
{
	struct drawn *d = begin();

	(void)state;
	d->p.width = 320;
	svg_axes(&d->p, "%");
	fclose(d->f);
	has(d->text, "<line class=\"zero\" x1=\"10\" y1=\"120\"");
	has(d->text, "<line class=\"grid\" x1=\"10\" y1=\"100\"");
	has(d->text, ">2%</text>");
	has(d->text, ">10%</text>");
	has(d->text, "text-anchor=\"start\">01-01 00:00</text>");
	has(d->text, "<text x=\"110\" y=\"136\" text-anchor=\"middle\">"
		    "01-01 08:00</text>");
	has(d->text, "text-anchor=\"end\">01-02 00:00</text>");
	assert_null(strstr(d->text, "04:00"));
	free(d->text);
}

static void days_are_named_whole(void **state)
{
	struct drawn *d = begin();

	(void)state;
	d->p.width = 420;
	d->p.to = given_time("2026-01-04T00:00:00Z");
	svg_axes(&d->p, "");
	fclose(d->f);
	has(d->text, ">2026-01-02</text>");
	assert_null(strstr(d->text, "12:00"));
	free(d->text);
}

/* The widest step serves whatever is longer than a century too. */
static void centuries_are_parted_by_decades(void **state)
{
	struct drawn *d = begin();

	(void)state;
	d->p.width = 420;
	d->p.to = given_time("2226-01-01T00:00:00Z");
	svg_axes(&d->p, "");
	fclose(d->f);
	has(d->text, ">2029-10-18</text>");
	has(d->text, ">2039-10-06</text>");
	free(d->text);
}

/* 500 wide: 176 of names, 248 of bars, 76 of numbers. */
static void bars_go_to_both_sides(void **state)
{
	const struct svg_bar bars[] = {
		{ "a<b", "own", dec_lit("3"), "+3.00" },
		{ "", "held", dec_lit("-1"), "-1.00" },
	};
	struct drawn *d = begin();

	(void)state;
	assert_true(svg_bars(d->f, "x \"y\"", bars, 2));
	fclose(d->f);
	has(d->text, "viewBox=\"0 0 500 60\" role=\"img\" "
		    "aria-label=\"x &quot;y&quot;\"");
	has(d->text, "<rect class=\"own\" x=\"238.00\" y=\"12\" "
		    "width=\"186.00\" height=\"14\"/>");
	has(d->text, "<rect class=\"held\" x=\"176.00\" y=\"34\" "
		    "width=\"62.00\" height=\"14\"/>");
	has(d->text, ">a&lt;b</text>");
	has(d->text, "<line class=\"zero\" x1=\"238.00\"");
	free(d->text);
}

static void text_is_escaped(void **state)
{
	struct drawn *d = begin();

	(void)state;
	html_text(d->f, "<a href=\"x\">&'\x1b[31m\xff\xe2\x80\xae\xc3\xa4");
	assert_drawn(d, "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
			 "\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xc3\xa4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scales_are_round_and_hold_their_ends),
		cmocka_unit_test(a_scale_beyond_the_range_is_refused),
		cmocka_unit_test(lines_part_where_nothing_is_known),
		cmocka_unit_test(steps_hold_until_the_next),
		cmocka_unit_test(steps_end_where_nothing_more_is_known),
		cmocka_unit_test(levels_stay_within_the_scale),
		cmocka_unit_test(the_edge_of_the_picture_is_nought),
		cmocka_unit_test(marks_lean_inwards),
		cmocka_unit_test(axes_name_values_and_times),
		cmocka_unit_test(days_are_named_whole),
		cmocka_unit_test(centuries_are_parted_by_decades),
		cmocka_unit_test(bars_go_to_both_sides),
		cmocka_unit_test(text_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
