/* SPDX-License-Identifier: MIT */
/*
 * backtest: what profiles would have earned over recorded settlements, each
 * beside the same entries held through. Wires the files to the engine.
 */
#include "cmd_backtest.h"

#include "cmd_backtest_folds.h"
#include "commands.h"
#include "report_metric.h"

/* All sets over all the time, then each of them over each segment. */
static struct backtest_lane *lanes_of(const struct backtest_ask *a,
				      const struct instant *bounds, size_t *n)
{
	size_t segments = bounds ? (size_t)a->folds + 1 : 0;
	struct backtest_lane *list;

	*n = a->n_sets * (segments + 1);
	list = arena_array(a->cli->arena, *n, sizeof(*list));
	for (size_t i = 0; list && i < *n; i++) {
		size_t segment = i / a->n_sets;

		list[i] = a->sets[i % a->n_sets];
		if (segment == 0)
			continue;
		list[i].since = bounds[segment - 1];
		list[i].until = bounds[segment];
	}
	return list;
}

static bool play(struct backtest_result *r, struct backtest_owned *owned,
		 const struct backtest_ask *a, struct err *err)
{
	struct backtest_lane *lanes;
	size_t n;

	r->bounds = a->folds > 0 ? backtest_bounds(a) : NULL;
	lanes = lanes_of(a, r->bounds, &n);
	r->runs = arena_array(a->cli->arena, n, sizeof(*r->runs));
	if (!lanes || !r->runs || (a->folds > 0 && !r->bounds))
		return err_set(err, ERR_MEMORY, "no memory");
	r->parts = r->runs + a->n_sets;
	return backtest_run_lanes(r->runs, &r->work, owned, a, lanes, n, err);
}

/* Time has no place in the result; a person may ask for it. */
static void tell_work(const struct cli *c, const struct backtest_work *w)
{
	if (cli_has(c, OPT_VERBOSE))
		fprintf(stderr, "%lld polls, %lld positions evaluated\n",
			(long long)w->polls, (long long)w->evaluations);
}

int cmd_backtest(struct cli *c)
{
	struct backtest_ask *a = arena_alloc(c->arena, sizeof(*a));
	struct backtest_result r = { .runs = NULL };
	struct backtest_owned owned = { NULL, 0 };
	struct err err = { ERR_NONE, "" };
	bool ok;

	if (!a)
		return cli_no_memory(c);
	if (cli_has(c, OPT_EXPLAIN_METRICS) && c->n_given + c->n_args == 0) {
		report_explain_metrics(stdout);
		return 0;
	}
	ok = backtest_ask(a, c, &err) && play(&r, &owned, a, &err) &&
	     backtest_show(stdout, a, &r, &err);
	if (ok)
		tell_work(c, &r.work);
	backtest_owned_free(&owned);
	return ok ? 0 : cli_fail(c, &err);
}
