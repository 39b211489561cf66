/* SPDX-License-Identifier: MIT */
/*
 * The command line of backtest to values: files, time, pairs, capital; and
 * how the engine is wired.
 */
#include "cmd_backtest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate.h"

#define POINTS_MAX 400
#define DAY_MS (INT64_C(1000) * DAY_S)

/* ---- plain values ---- */

static bool read_count(int32_t *out, const struct cli *c, enum option o,
		       int32_t most, struct err *err)
{
	const char *text = c->opt[o];
	char *end;
	long n;

	if (!text)
		return true;
	n = strtol(text, &end, 10);
	if (*end || end == text || n < 1 || n > most)
		return err_set(err, ERR_USAGE, "--%s \"%.40s\": write a whole "
			       "number from 1 to %d", option_specs[o].name,
			       text, most);
	*out = (int32_t)n;
	return true;
}

static bool read_usd(struct dec *out, const char *text, size_t n,
		     const char *what, struct err *err)
{
	if (dec_parse(out, text, n) && dec_sign(*out) > 0)
		return true;
	return err_set(err, ERR_USAGE, "%s \"%.*s\": write an amount above 0, "
		       "as 10000", what, (int)(n < 40 ? n : 40), text);
}

static bool read_every(struct backtest_ask *a, struct err *err)
{
	const char *text = a->cli->opt[OPT_EVERY];
	struct span *every = &a->setup.every;

	*every = span_s(3600);
	if (!text)
		return true;
	if (!span_parse(every, text, strlen(text)) || every->ms < 1000 ||
	    DAY_MS % every->ms != 0)
		return err_set(err, ERR_USAGE, "--every \"%.40s\": write a "
			       "time that divides a day, as 1h or 15m", text);
	return true;
}

/* Both legs of everything that may be open, fully margined. */
static bool read_capital(struct backtest_ask *a, struct err *err)
{
	const struct entry_policy *e = &a->account.entry;
	const char *text = a->cli->opt[OPT_CAPITAL];
	struct dec size = e->size_usd.v, sum = DEC_ZERO;

	if (text)
		return read_usd(&a->setup.capital_usd, text, strlen(text),
				"--capital", err);
	if (!e->size_usd.known &&
	    !dec_mul(&size, e->size_pct.v, e->capital_usd.v))
		return err_set(err, ERR_USAGE, "--entry: size out of range");
	if (!dec_mul_int(&sum, size, 2 * (int64_t)e->max_positions))
		return err_set(err, ERR_USAGE, "--entry: size out of range");
	if (a->setup.n_pairs > 0)
		sum = DEC_ZERO;
	for (size_t i = 0; i < a->setup.n_pairs; i++)
		for (int s = LEG_LONG; s <= LEG_SHORT; s++)
			if (!dec_add(&sum, sum, a->setup.pairs[i].size_usd))
				return err_set(err, ERR_USAGE,
					       "--pair: size out of range");
	a->setup.capital_usd = sum;
	return true;
}

/* ---- pairs ---- */

static bool wrong_pair(const char *text, struct err *err)
{
	return err_set(err, ERR_USAGE, "--pair \"%.60s\": write COIN:LONG:"
		       "SHORT or COIN:LONG:SHORT:USD, two venues that differ",
		       text);
}

static bool plays(const struct backtest_data *d, struct symbol s,
		  struct venue v)
{
	for (size_t i = 0; i < d->n_series; i++)
		if (!symbol_cmp(d->series[i].symbol, s) &&
		    !venue_cmp(d->series[i].venue, v))
			return true;
	return false;
}

static bool read_pair(struct backtest_pair *out, const struct backtest_ask *a,
		      const char *text, struct err *err)
{
	const char *part[4] = { text };
	size_t n[4] = { 0 };
	int parts = 1;

	for (const char *p = text; *p; p++) {
		if (*p != ':')
			n[parts - 1]++;
		else if (parts == 4)
			return wrong_pair(text, err);
		else
			part[parts++] = p + 1;
	}
	if (parts < 3 || !symbol_parse(&out->symbol, part[0], n[0]) ||
	    !venue_parse(&out->venue[LEG_LONG], part[1], n[1]) ||
	    !venue_parse(&out->venue[LEG_SHORT], part[2], n[2]) ||
	    venue_same(&out->venue[0], &out->venue[1]))
		return wrong_pair(text, err);
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if (!plays(&a->data, out->symbol, out->venue[s]))
			return err_set(err, ERR_NOT_FOUND, "--pair \"%.60s\": "
				       "no settlements of %s on %s", text,
				       out->symbol.s, out->venue[s].s);
	out->size_usd = a->account.entry.size_usd.known ?
			a->account.entry.size_usd.v : dec_int(10000);
	return parts == 3 || read_usd(&out->size_usd, part[3], n[3],
				      "--pair: size", err);
}

static bool read_pairs(struct backtest_ask *a, struct err *err)
{
	const struct cli *c = a->cli;
	struct backtest_pair *list = arena_array(c->arena, CLI_GIVEN_MAX,
						 sizeof(*list));

	if (!list)
		return err_set(err, ERR_MEMORY, "no memory");
	a->setup.pairs = list;
	for (int i = 0; i < c->n_given; i++)
		if (c->given[i].option == OPT_PAIR &&
		    !read_pair(&list[a->setup.n_pairs++], a,
			       c->given[i].value, err))
			return false;
	return true;
}

/* ---- files and time ---- */

static bool read_files(struct backtest_ask *a, struct err *err)
{
	const struct cli *c = a->cli;
	struct backtest_data *d = &a->data;

	d->skip_bad = cli_has(c, OPT_SKIP_BAD);
	if (c->n_given + c->n_args > SETTLEMENT_FILES_MAX)
		return err_set(err, ERR_USAGE, "more than %d files",
			       SETTLEMENT_FILES_MAX);
	for (int i = 0; i < c->n_given; i++)
		if (c->given[i].option == OPT_CSV)
			d->path[d->n_paths++] = c->given[i].value;
	for (int i = 0; i < c->n_args; i++)
		d->path[d->n_paths++] = c->arg[i];
	if (d->n_paths == 0)
		return err_set(err, ERR_USAGE, "which settlements? Write "
			       "--csv FILE, its columns "
			       SETTLEMENT_HEADER);
	return backtest_scan(d, c->arena, err);
}

static bool read_time(struct backtest_ask *a, struct err *err)
{
	const struct cli *c = a->cli;
	char from[INSTANT_TEXT_MAX], to[INSTANT_TEXT_MAX];

	a->since = a->data.first;
	a->until = a->data.last;
	if (instant_known(c->since) && c->since.ms > a->since.ms)
		a->since = c->since;
	if (instant_known(c->until) && c->until.ms < a->until.ms)
		a->until = c->until;
	if (a->since.ms < a->until.ms)
		return true;
	instant_format(from, a->data.first);
	instant_format(to, a->data.last);
	return err_set(err, ERR_USAGE, "no time between --since and --until: "
		       "the settlements are from %s to %s", from, to);
}

static void wire(struct backtest_ask *a)
{
	struct backtest_setup *s = &a->setup;

	config_terms(&a->terms, a->config, &a->account);
	/* Corrections of a collector do not concern what was really paid. */
	a->limits = a->config->limits;
	a->limits.terms = NULL;
	a->limits.n_terms = 0;
	s->series = a->data.series;
	s->n_series = a->data.n_series;
	s->terms = &a->terms;
	s->limits = &a->limits;
	s->account = &a->account;
	s->executor = simulate_executor(&a->terms);
	s->points_max = cli_has(a->cli, OPT_HTML) ? POINTS_MAX : 0;
}

bool backtest_ask(struct backtest_ask *a, struct cli *c, struct err *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	*a = (struct backtest_ask){ .cli = c };
	a->jobs = cores > 0 && cores < 64 ? (int32_t)cores : 1;
	if (!backtest_policy(a, err) || !read_every(a, err) ||
	    !read_count(&a->folds, c, OPT_FOLDS, BACKTEST_FOLDS_MAX, err) ||
	    !read_count(&a->jobs, c, OPT_JOBS, 64, err) ||
	    !read_files(a, err) || !read_time(a, err) ||
	    !read_pairs(a, err) || !read_capital(a, err))
		return false;
	wire(a);
	return backtest_sets(a, err);
}
