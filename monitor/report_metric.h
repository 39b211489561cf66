/* SPDX-License-Identifier: MIT */
/*
 * The numbers a run is judged by: one table of keys, titles, formulas and
 * sources (report_metric.c), which every renderer and --explain-metrics read.
 */
#ifndef CARRYWATCH_REPORT_METRIC_H
#define CARRYWATCH_REPORT_METRIC_H

#include <stdio.h>

#include "dec.h"

/* Where fewer days than this are known, statistics of days are n/a. */
#define REPORT_DAYS_MIN 30

/*
 * A number, or why it is n/a ("less than 30 days", "no variance", ...). One
 * row of REPORT_METRICS each; units: usd, share (0.05 = 5 %), ratio, hours,
 * count.
 */
struct report_metric {
	bool known;
	struct dec v;
	const char *why;		/* when not known */
};

enum report_unit { UNIT_USD, UNIT_SHARE, UNIT_RATIO, UNIT_HOURS, UNIT_COUNT };

struct report_metric_text {
	const char *key;		/* JSON, CSV: "net_usd" */
	const char *title;		/* people: "net" */
	enum report_unit unit;
	const char *formula;		/* as --explain-metrics prints it */
	const char *source;		/* a paper; NULL: a definition */
};

enum report_metric_id {
	METRIC_NET, METRIC_PRICE, METRIC_FUNDING, METRIC_FEES,
	METRIC_SLIPPAGE, METRIC_EXIT, METRIC_COSTS,
	METRIC_RETURN_NOTIONAL, METRIC_RETURN_CAPITAL, METRIC_APR,
	METRIC_SHARPE, METRIC_AUTOCORRELATION, METRIC_SHARPE_LO, METRIC_DAYS,
	METRIC_DAYS_EFFECTIVE, METRIC_DRAWDOWN,
	METRIC_OPENED, METRIC_CLOSED, METRIC_WINS, METRIC_LOSSES, METRIC_TIES,
	METRIC_WIN_RATE, METRIC_HOLD_HOURS, METRIC_TURNOVER,
	METRIC_FEES_OF_FUNDING, METRIC_UNKNOWN,
	METRIC_COUNT
};

extern const struct report_metric_text report_metric_texts[METRIC_COUNT];

const char *report_unit_word(enum report_unit u);
/* All of them with formula and source, for --explain-metrics. */
void report_explain_metrics(FILE *f);

#endif
