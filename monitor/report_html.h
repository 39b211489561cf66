/* SPDX-License-Identifier: MIT */
/* Inside of the page: report_html.c frames it, report_table.c fills tables. */
#ifndef CARRYWATCH_REPORT_HTML_H
#define CARRYWATCH_REPORT_HTML_H

#include "report_shown.h"

/* What is most asked for, large, with its hold-through below. */
void page_tiles(FILE *f, const struct report_summary *s);
/* One row a run, best first; the first `detailed` link to their sections. */
void page_runs(FILE *f, const struct report_run *runs,
	       const struct report_summary *sums, const size_t *order,
	       size_t n, size_t detailed);
/* Every metric, its hold-through, and its formula one click away. */
void page_metrics(FILE *f, const struct report_summary *s);
MUST_USE bool page_exits(FILE *f, const struct report_run *run,
			 const struct report_summary *s);
/* The last `most` positions by opening. */
MUST_USE bool page_trades(FILE *f, const struct report_run *run, size_t most);

#endif
