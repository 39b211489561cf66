/* SPDX-License-Identifier: MIT */
/*
 * What the days of a run tell: returns from one 00:00 UTC to the next,
 * Sharpe and what autocorrelation leaves of it, drawdown. Returns are taken
 * in millionths, so that their own rounding at 18 places does not matter.
 */
#include "report_work.h"

#define DAYS_A_YEAR	365
#define MILLIONTHS	1000000

static const char few_days[] = "less than 30 days";

struct series {
	struct dec *value, *gain;	/* of n_days, of n_days - 1 */
	size_t n;			/* days */
	const char *why;		/* why there are no returns */
};

/* (V_d - V_d-1) / V_d-1, in millionths. */
static const char *gain_of(struct dec *out, struct dec before, struct dec now)
{
	if (dec_sign(before) <= 0)
		return "equity not above zero";
	return dec_sub(out, now, before) &&
	       dec_mul_int(out, *out, MILLIONTHS) &&
	       dec_div(out, *out, before) ? NULL : stat_out_of_range;
}

static void fill(struct series *s, const struct report_day *days, bool held)
{
	for (size_t i = 0; i < s->n; i++) {
		s->value[i] = held ? days[i].held_usd : days[i].equity_usd;
		if (i == 0 || s->why)
			continue;
		if (instant_diff(days[i].at, days[i - 1].at).ms !=
		    INT64_C(1000) * DAY_S)
			s->why = "a day is missing";
		else
			s->why = gain_of(&s->gain[i - 1], s->value[i - 1],
					 s->value[i]);
	}
}

static struct report_metric metric(struct stat_value v)
{
	return (struct report_metric){ v.known, v.v, v.why };
}

static struct report_metric none(const char *why)
{
	return metric(stat_unknown(why));
}

static void put_returns(struct report_metric *m, const struct series *s)
{
	size_t n = s->n > 0 ? s->n - 1 : 0;
	const char *why = n < REPORT_DAYS_MIN ? few_days : s->why;
	struct stat_moments of;

	m[METRIC_DAYS] = metric(stat_known(dec_int((int64_t)n)));
	if (!why && !stat_moments_of(&of, s->gain, n))
		why = stat_out_of_range;
	if (why) {
		m[METRIC_SHARPE] = m[METRIC_SHARPE_LO] = none(why);
		m[METRIC_AUTOCORRELATION] = none(why);
		m[METRIC_DAYS_EFFECTIVE] = none(why);
		return;
	}
	m[METRIC_SHARPE] = metric(stat_sharpe(&of, DAYS_A_YEAR));
	m[METRIC_SHARPE_LO] = metric(stat_sharpe_lo(&of, DAYS_A_YEAR));
	m[METRIC_AUTOCORRELATION] = metric(stat_autocorrelation(&of));
	m[METRIC_DAYS_EFFECTIVE] = !m[METRIC_AUTOCORRELATION].known ?
		m[METRIC_AUTOCORRELATION] :
		metric(stat_effective(n, m[METRIC_AUTOCORRELATION].v));
}

static bool measure(struct report_metric *m, const struct report_run *run,
		    bool held, struct arena *arena)
{
	struct series s = { .n = run->n_days };

	s.value = arena_array(arena, s.n, sizeof(*s.value));
	s.gain = arena_array(arena, s.n, sizeof(*s.gain));
	if (!s.value || !s.gain)
		return false;
	fill(&s, run->days, held);
	put_returns(m, &s);
	m[METRIC_DRAWDOWN] = s.n == 0 ? none("no days") :
		metric(stat_drawdown(run->capital_usd, s.value, s.n));
	return true;
}

bool report_days_measure(struct report_summary *out,
			 const struct report_run *run, struct arena *arena,
			 struct err *err)
{
	return (measure(out->own, run, false, arena) &&
		measure(out->held, run, true, arena)) ||
	       err_set(err, ERR_MEMORY, "no memory");
}
