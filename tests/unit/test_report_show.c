/* SPDX-License-Identifier: MIT */
/*
 * What a report looks like, byte by byte: the files in tests/golden. After a
 * wanted change: CW_GOLDEN=write build/tests/unit/test_report_show, and read
 * the difference.
 */
#include "report_show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_picture.h"
#include "report_scene.h"

static const char *const notes[] = { "Costs: 8bps a <round> trip." };
static const struct report_show show = { .title = "REPLAY main & co",
					 .notes = notes, .n_notes = 1 };

struct page {
	struct report_scene s, worse;
	struct cli c;
	struct err err;
	char *text;
	size_t n;
	FILE *f;
};

static int set_up(void **state)
{
	struct page *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	report_scene_make(&p->s);
	report_scene_measure(&p->s);
	report_scene_make(&p->worse);
	strcpy(p->worse.run.name, "aggressive erosion.keep=0.7");
	p->worse.run.n_trades = 3;
	report_scene_measure(&p->worse);
	p->c.arena = p->s.arena;
	p->f = open_memstream(&p->text, &p->n);
	assert_non_null(p->f);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct page *p = *state;

	if (p->f)
		fclose(p->f);
	free(p->text);
	report_scene_free(&p->s);
	report_scene_free(&p->worse);
	free(p);
	return 0;
}

static const char *text_of(struct page *p)
{
	assert_int_equal(fclose(p->f), 0);
	p->f = NULL;
	return p->text;
}

static void write_golden(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void assert_golden(struct page *p, bool ok, const char *path)
{
	static char want[200000];
	const char *text = text_of(p);
	FILE *f;
	size_t n;

	if (!ok)
		fail_msg("%s", p->err.text);
	if (getenv("CW_GOLDEN"))
		write_golden(path, text);
	f = fopen(path, "r");
	if (!f)
		fail_msg("no %s; run from the top of the tree", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	want[n] = '\0';
	assert_string_equal(text, want);
}

static void put_both(struct page *p, struct report_run runs[2],
		     struct report_summary sums[2])
{
	runs[0] = p->worse.run;
	sums[0] = p->worse.sum;
	runs[1] = p->s.run;
	sums[1] = p->s.sum;
}

static void one_run_as_text(void **state)
{
	struct page *p = *state;

	assert_golden(p, report_print_text(p->f, &p->c, &p->s.run, &p->s.sum,
					   1, &show, &p->err),
		      "tests/golden/report.txt");
}

static void several_runs_as_text_best_first(void **state)
{
	struct page *p = *state;
	struct report_run runs[2];
	struct report_summary sums[2];

	put_both(p, runs, sums);
	assert_golden(p, report_print_text(p->f, &p->c, runs, sums, 2, &show,
					   &p->err),
		      "tests/golden/report_runs.txt");
}

static void one_run_as_json(void **state)
{
	struct page *p = *state;
	struct json_out o = json_out_to(p->f, false);

	report_print_json(&o, &p->s.run, &p->s.sum, 1, &show);
	assert_golden(p, true, "tests/golden/report.json");
}

static void several_runs_as_csv(void **state)
{
	struct page *p = *state;
	struct report_run runs[2];
	struct report_summary sums[2];

	put_both(p, runs, sums);
	p->c.format = FORMAT_CSV;
	assert_golden(p, report_print_rows(p->f, &p->c, runs, sums, 2,
					   &p->err),
		      "tests/golden/report.csv");
}

static void one_run_as_a_page(void **state)
{
	struct page *p = *state;

	assert_golden(p, report_print_html(p->f, &p->s.run, &p->s.sum, 1,
					   &show, p->s.arena, &p->err),
		      "tests/golden/report.html");
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\"", part);
}

/* What is left out is said. */
static void several_runs_as_a_page(void **state)
{
	struct page *p = *state;
	struct report_show few = show;
	struct report_run runs[2];
	struct report_summary sums[2];
	const char *text;

	few.runs_max = 1;
	few.trades_max = 3;
	put_both(p, runs, sums);
	assert_true(report_print_html(p->f, runs, sums, 2, &few, p->s.arena,
				      &p->err));
	text = text_of(p);
	has(text, "<a href=\"#run-1\">steady</a>");
	has(text, "<td class=\"text\">aggressive erosion.keep=0.7</td>");
	has(text, "The best 1 of 2 runs have a section below.");
	has(text, "1 earlier positions are left out.");
	has(text, "1 of 4 positions: those with the largest net, gain or "
		  "loss; 3 are left out.");
	assert_null(strstr(text, "run-2"));
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "http:"));
	assert_null(strstr(text, "W<B>"));
}

static void the_text_says_what_it_leaves_out(void **state)
{
	struct page *p = *state;
	struct report_show few = show;
	const char *text;

	few.trades_max = 1;
	assert_true(report_print_text(p->f, &p->c, &p->s.run, &p->s.sum, 1,
				      &few, &p->err));
	text = text_of(p);
	has(text, "3 earlier positions are not shown; --limit 4 shows all.");
	assert_null(strstr(text, "BTC"));
	has(text, "SOL");
}

/* What is missing, and of what it is, stands beside the numbers. */
static void notes_tell_what_is_not_in_it(void **state)
{
	struct page *p = *state;
	const char *text;

	p->s.run.held_after = span_s(7 * DAY_S);
	p->s.run.price_included = true;
	assert_true(report_print_text(p->f, &p->c, &p->s.run, &p->s.sum, 1,
				      &show, &p->err));
	text = text_of(p);
	has(text, "Hold-through of an account ends 7d after a close.");
	has(text, "Price of both legs is included; liquidation is not.");
	has(text, "Hold-through is without price");
	assert_null(strstr(text, "Funding only"));
}

#define MANY 50000

/* Points that share a pixel are thinned, but never an extreme. */
static void many_points_keep_their_extremes(void **state)
{
	static struct report_point points[MANY];
	struct page *p = *state;
	struct report_trade *t = &p->s.trades[0];
	struct picture pic = { p->f, &p->s.run, &p->s.sum, p->s.arena };
	const char *text;

	for (int i = 0; i < MANY; i++)
		points[i] = (struct report_point){
			{ t->opened_at.ms + i * INT64_C(1728) },
			fact_known(dec_lit("0.0003")) };
	points[MANY / 2 + 7].divergence = fact_known(dec_lit("0.003"));
	points[MANY / 2 + 9].divergence = fact_known(dec_lit("-0.003"));
	points[MANY - 1].divergence = fact_known(dec_lit("0.0015"));
	t->points = points;
	t->n_points = MANY;
	assert_true(picture_divergence(&pic, t));
	text = text_of(p);
	/* 0.1 % above, 0.1 % below, then back; the last one at the end */
	has(text, "V20H276.07V184H");
	has(text, "V61H486\"/>");
	if (strlen(text) > 40000)
		fail_msg("%zu bytes", strlen(text));
}

/* Nothing is left out: nothing is said. */
static void all_positions_pictured_need_no_word(void **state)
{
	struct page *p = *state;

	p->s.run.n_trades = 1;
	assert_true(report_print_html(p->f, &p->s.run, &p->s.sum, 1, &show,
				      p->s.arena, &p->err));
	assert_null(strstr(text_of(p), "left out"));
}

static void the_same_values_give_the_same_bytes(void **state)
{
	struct page *p = *state;
	char *again = NULL;
	size_t n;
	FILE *f = open_memstream(&again, &n);

	assert_true(report_print_html(p->f, &p->s.run, &p->s.sum, 1, &show,
				      p->s.arena, &p->err));
	assert_true(report_print_html(f, &p->s.run, &p->s.sum, 1, &show,
				      p->worse.arena, &p->err));
	fclose(f);
	assert_string_equal(text_of(p), again);
	free(again);
}

static void formulas_are_told(void **state)
{
	struct page *p = *state;
	const char *text;

	report_explain_metrics(p->f);
	text = text_of(p);
	has(text, "APR on capital (apr; share, shown as %)\n");
	has(text, "rho_k = rho_1^k");
	has(text, "2 size each");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_run_as_text),
		CASE(several_runs_as_text_best_first),
		CASE(one_run_as_json),
		CASE(several_runs_as_csv),
		CASE(one_run_as_a_page),
		CASE(several_runs_as_a_page),
		CASE(the_text_says_what_it_leaves_out),
		CASE(notes_tell_what_is_not_in_it),
		CASE(many_points_keep_their_extremes),
		CASE(all_positions_pictured_need_no_word),
		CASE(the_same_values_give_the_same_bytes),
		CASE(formulas_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
