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
#include "report_shown.h"

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

/* ---- what is not known, or only of some ---- */

static void has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in it", part);
}

static char *text_of_both(struct page *p, struct report_run runs[2],
			  struct report_summary sums[2])
{
	assert_true(report_print_text(p->f, &p->c, runs, sums, 2, &show,
				      &p->err));
	assert_int_equal(fclose(p->f), 0);
	p->f = NULL;
	return p->text;
}

static void price_in_some_runs_only_is_said(void **state)
{
	struct page *p = *state;
	struct report_run runs[2];
	struct report_summary sums[2];
	const char *text;

	p->s.run.price_included = true;
	for (int i = 0; i < SCENE_TRADES; i++) {
		p->s.trades[i].price_usd = fact_known(dec_lit("0.25"));
		p->s.trades[i].held_price_usd = fact_known(DEC_ZERO);
	}
	report_scene_measure(&p->s);
	put_both(p, runs, sums);
	text = text_of_both(p, runs, sums);
	has(text, "Some runs are funding only: basis and liquidation are not "
		  "in them.");
	has_not(text, "Funding only");
	has_not(text, "without price");	/* known where it is included */
	has(text, "+4.40");		/* 3.4 and a quarter of each of four */
}

static void price_is_told_to_programs_where_it_is_included(void **state)
{
	struct page *p = *state;
	struct json_out o = json_out_to(p->f, false);
	const char *text;

	p->s.run.price_included = true;
	p->s.trades[0].price_usd = fact_known(dec_lit("-12.5"));
	report_scene_measure(&p->s);
	report_print_json(&o, &p->s.run, &p->s.sum, 1, &show);
	p->c.format = FORMAT_CSV;
	assert_true(report_print_rows(p->f, &p->c, &p->s.run, &p->s.sum, 1,
				      &p->err));
	text = text_of(p);
	has(text, "\"price_included\": true");
	has(text, "\"price_usd\": \"-12.5\"");
	has(text, "\nsteady,2026-01-01T00:00:00Z,2026-01-05T12:00:00Z,10000,"
		  "true,");
}

/* A run whose net nobody knows is beside no other, and stands last. */
static void a_run_of_unknown_funding_stands_last(void **state)
{
	struct page *p = *state;
	struct report_run runs[2];
	struct report_summary sums[2];
	const char *text, *known, *unknown;

	p->worse.trades[0].funding_usd = fact_unknown(WHY_OVERFLOW);
	report_scene_measure(&p->worse);
	put_both(p, runs, sums);
	text = text_of_both(p, runs, sums);
	known = strstr(text, "steady ");
	unknown = strstr(text, "aggressive ");
	assert_true(known && unknown && known < unknown);
	has(unknown, "n/a");
	has_not(known, "No position");
}

static void a_page_of_unknown_funding_draws_no_money(void **state)
{
	struct page *p = *state;
	struct report_run runs[2];
	struct report_summary sums[2];
	const char *text;

	p->s.trades[0].funding_usd = fact_unknown(WHY_OVERFLOW);
	report_scene_measure(&p->s);
	put_both(p, runs, sums);
	assert_true(report_print_html(p->f, runs, sums, 2, &show, p->s.arena,
				      &p->err));
	text = text_of(p);
	/* net, and beyond holding, in the table of runs */
	has(text, "steady</a></td><td class=\"na\" title=\"funding of a "
		  "position is not known\">n/a</td><td class=\"good\">+6.50"
		  "</td><td class=\"na\">n/a</td>");
	/* its bar has no length */
	has(text, "width=\"0.00\" height=\"14\"/>\n<text x=\"500\" "
		  "y=\"23\" text-anchor=\"end\">n/a</text>");
}

/* Equal in all that is shown: as they were given. */
static void equal_runs_keep_their_order(void **state)
{
	struct page *p = *state;
	struct report_run runs[3] = { p->s.run, p->s.run, p->s.run };
	struct report_summary sums[3] = { p->s.sum, p->s.sum, p->s.sum };
	size_t *order;

	strcpy(runs[0].name, "b");
	strcpy(runs[1].name, "a");
	strcpy(runs[2].name, "b");
	order = report_best_first(runs, sums, 3, p->s.arena);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 0);
	assert_int_equal(order[2], 2);
	for (int i = 0; i < 3; i++)
		sums[i].own[METRIC_NET].known = false;
	order = report_best_first(runs, sums, 3, p->s.arena);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[2], 2);
}

static void no_run_is_no_row(void **state)
{
	struct page *p = *state;

	assert_true(report_print_text(p->f, &p->c, NULL, NULL, 0, &show,
				      &p->err));
	has(text_of(p), "REPLAY main & co  0 runs  - .. -\n\n");
}

static void give_why(struct report_metric *m, const char *why)
{
	*m = (struct report_metric){ .why = why };
}

/* What is n/a on both sides is told once, and a reason once. */
static void a_reason_is_told_once(void **state)
{
	struct page *p = *state;
	struct report_metric *own = p->s.sum.own, *held = p->s.sum.held;
	const char *text;

	give_why(&own[METRIC_APR], "no reason");
	give_why(&held[METRIC_APR], "twice");
	give_why(&held[METRIC_CLOSED], "twice");
	give_why(&held[METRIC_TIES], "twice");
	give_why(&held[METRIC_OPENED], "once");
	assert_true(report_print_text(p->f, &p->c, &p->s.run, &p->s.sum, 1,
				      &show, &p->err));
	text = text_of(p);
	has(text, "\nn/a, no reason: APR on capital\n");
	has(text, "\nn/a of hold-through, twice: positions closed, ties\n");
	has(text, "\nn/a of hold-through, once: positions opened\n");
	give_why(&held[METRIC_FUNDING], "twice");
	p->f = open_memstream(&p->text, &p->n);
	free((void *)text);
	assert_true(report_print_text(p->f, &p->c, &p->s.run, &p->s.sum, 1,
				      &show, &p->err));
	has(text_of(p), "\nn/a of hold-through, twice: funding, "
			"positions closed, ties\n");
}

static void as_many_notes_as_there_is_room_for(void **state)
{
	static const char *const many[] = { "1.", "2.", "3.", "4.", "5.", "6.",
		"7.", "8.", "9.", "10.", "11.", "12.", "13." };
	struct page *p = *state;
	const struct report_show how = { .title = "REPORT", .notes = many,
					 .n_notes = 13 };
	struct report_notes told;

	report_notes_of(&told, &p->s.run, &p->s.sum, 1, &how);
	assert_int_equal(told.n, REPORT_NOTES_MAX);
	assert_string_equal(told.s[2], "1.");	/* what belongs to the sums */
	assert_string_equal(told.s[REPORT_NOTES_MAX - 1], "10.");
}

/* ---- pictures ---- */

static const char *picture_of(struct page *p,
			      bool (*draw)(const struct picture *p))
{
	const struct picture pic = { p->f, &p->s.run, &p->s.sum, p->s.arena };

	assert_true(draw(&pic));
	return text_of(p);
}

static bool first_divergence(const struct picture *p)
{
	return picture_divergence(p, &p->run->trades[0]);
}

static void without_an_entry_there_is_no_level(void **state)
{
	struct page *p = *state;
	const char *text;

	p->s.trades[0].entry_divergence = fact_unknown(WHY_NOT_SET);
	text = picture_of(p, first_divergence);
	has(text, "<path class=\"own\"");
	has_not(text, "<line class=\"entry\"");
}

static void a_divergence_nobody_saw_is_a_sentence(void **state)
{
	static const char none[] =
		"<p class=\"none\">No divergence was recorded.</p>\n";
	struct page *p = *state;
	struct report_trade *t = &p->s.trades[0];
	const struct picture pic = { p->f, &p->s.run, &p->s.sum, p->s.arena };
	const char *text;

	t->n_points = 0;
	assert_true(picture_divergence(&pic, t));
	t->n_points = 1;		/* opened and closed at one poll */
	t->closed_at = t->opened_at;
	assert_true(picture_divergence(&pic, t));
	text = text_of(p);
	assert_int_equal(strlen(text), 2 * strlen(none));
	assert_memory_equal(text, none, strlen(none));
}

static void rare_reasons_are_in_the_table_only(void **state)
{
	struct page *p = *state;
	struct report_exit exits[14] = { { .n = 1 } };
	const char *text;

	for (int i = 0; i < 14; i++) {
		exits[i].n = 14 - i;
		snprintf(exits[i].reason.s, sizeof(exits[i].reason.s), "R%d",
			 i);
	}
	p->s.sum.exits = exits;
	p->s.sum.n_exits = 14;
	text = picture_of(p, picture_exits);
	has(text, ">3 R11</text>");
	has_not(text, "R12");
	has(text, "2 rarer reasons are in the table only.");
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
		CASE(price_in_some_runs_only_is_said),
		CASE(price_is_told_to_programs_where_it_is_included),
		CASE(a_run_of_unknown_funding_stands_last),
		CASE(a_page_of_unknown_funding_draws_no_money),
		CASE(equal_runs_keep_their_order),
		CASE(no_run_is_no_row),
		CASE(a_reason_is_told_once),
		CASE(as_many_notes_as_there_is_room_for),
		CASE(without_an_entry_there_is_no_level),
		CASE(a_divergence_nobody_saw_is_a_sentence),
		CASE(rare_reasons_are_in_the_table_only),
		CASE(many_points_keep_their_extremes),
		CASE(all_positions_pictured_need_no_word),
		CASE(the_same_values_give_the_same_bytes),
		CASE(formulas_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
