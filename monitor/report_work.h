/* SPDX-License-Identifier: MIT */
/* Inside of measuring: report.c sums trades, report_days.c judges days. */
#ifndef CARRYWATCH_REPORT_WORK_H
#define CARRYWATCH_REPORT_WORK_H

#include "arena.h"
#include "report.h"
#include "stat.h"

/* The metrics of daily returns, own and held. */
MUST_USE bool report_days_measure(struct report_summary *out,
				  const struct report_run *run,
				  struct arena *arena, struct err *err);

#endif
