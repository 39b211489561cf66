/* SPDX-License-Identifier: MIT */
/*
 * What the renderers of a report share: numbers in words, the sentences that
 * must stand beside them, the order of runs, what was left open.
 */
#ifndef CARRYWATCH_REPORT_SHOWN_H
#define CARRYWATCH_REPORT_SHOWN_H

#include "arena.h"
#include "report_show.h"

struct report_words { char s[96]; };

/* "+466.20", "12.30%", "1.87", "62.5 h", "n/a". */
struct report_words report_metric_words(enum report_metric_id id,
					const struct report_metric *m);
struct report_words report_usd_words(struct dec v);	/* signed */
/* ~ where some settlement of it is not known. */
struct report_words report_funding_words(const struct report_trade *t);
struct report_words report_cost_words(struct dec v);	/* not signed */
/* A daily rate per 8 h: "+0.0220%". */
struct report_words report_rate_words(const struct fact *daily);
struct report_words report_span_words(struct span d);
/* "2026-11-20 .. 2026-11-28", seconds where they are not midnight. */
struct report_words report_time_words(struct instant t);

/* Hours as JSON and tables have them: one decimal. */
struct dec report_hours(struct span d, int64_t n);

#define REPORT_NOTES_MAX 12
struct report_notes {
	char own[1][128];		/* written from the runs */
	const char *s[REPORT_NOTES_MAX];
	size_t n;
};

/* What is not in the numbers, then the notes of the command. */
void report_notes_of(struct report_notes *out, const struct report_run *runs,
		     const struct report_summary *sums, size_t n,
		     const struct report_show *how);

/* Indices, best net first, unknown last, equals by name. NULL: no memory. */
size_t *report_best_first(const struct report_run *runs,
			  const struct report_summary *sums, size_t n,
			  struct arena *arena);

/* What is open at the end, summed. */
struct report_open {
	int32_t n;
	struct span held;		/* sum of the times so far */
	struct dec net_usd, held_net_usd;
};

MUST_USE bool report_left_open(struct report_open *out,
			       const struct report_run *run);

/* "BTC long hyperliquid / short grvt" */
struct report_words report_pair_words(const struct report_trade *t);
/* Held until its close, or so far. */
struct span report_held(const struct report_run *run,
			const struct report_trade *t);
/* Costs of a trade: fees + slippage + expected exit. */
MUST_USE bool report_costs(struct dec *out, const struct report_trade *t);

/* Is the divergence of any exit known? Without recorded polls none is, and a
 * column of dashes tells nothing. */
bool report_any_exit(const struct report_run *run);

#endif
