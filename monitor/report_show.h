/* SPDX-License-Identifier: MIT */
/*
 * Runs shown: text, JSON, rows (CSV, TSV, JSON lines) and one HTML file, all
 * from the same values. No clock, nothing of the machine: the same values
 * give the same bytes. sums[i] is what report_measure made of runs[i]. The
 * caller checks ferror where a function gives nothing back.
 */
#ifndef CARRYWATCH_REPORT_SHOW_H
#define CARRYWATCH_REPORT_SHOW_H

#include "cli.h"
#include "json_out.h"
#include "report.h"

struct report_show {
	const char *title;		/* "REPLAY main", "BACKTEST" */
	const char *const *notes;	/* whole sentences, shown everywhere */
	size_t n_notes;
	/* How many at most; 0: as many as suit the form. */
	size_t trades_max, pictures_max, runs_max;
};

/*
 * What the command line asks for: --html FILE (where it is, is told on
 * stderr), then stdout as --json or -o say; piped without -o it is the text,
 * with --explain-metrics the formulas below it.
 */
MUST_USE bool report_print(FILE *f, const struct cli *c,
			   const struct report_run *runs,
			   const struct report_summary *sums, size_t n,
			   const struct report_show *how, struct err *err);

/*
 * For people. One run: trades, exits by reason, what was left open, metrics
 * beside the hold-through; several: one row each, best net first.
 */
MUST_USE bool report_print_text(FILE *f, const struct cli *c,
				const struct report_run *runs,
				const struct report_summary *sums, size_t n,
				const struct report_show *how,
				struct err *err);
/* An array of runs in the order given: write the key before it, if any. */
void report_print_json(struct json_out *o, const struct report_run *runs,
		       const struct report_summary *sums, size_t n,
		       const struct report_show *how);
/*
 * A row per run in the order given, every metric and its hold_through_ twin;
 * CSV, TSV or JSON lines as c->format says, --columns and --sort obeyed.
 */
MUST_USE bool report_print_rows(FILE *f, const struct cli *c,
				const struct report_run *runs,
				const struct report_summary *sums, size_t n,
				struct err *err);
/* A whole page. */
MUST_USE bool report_print_html(FILE *f, const struct report_run *runs,
				const struct report_summary *sums, size_t n,
				const struct report_show *how,
				struct arena *arena, struct err *err);
/* The page under a temporary name, then renamed to `path`. */
MUST_USE bool report_write_html(const char *path,
				const struct report_run *runs,
				const struct report_summary *sums, size_t n,
				const struct report_show *how,
				struct arena *arena, struct err *err);

#endif
