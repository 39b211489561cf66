/* SPDX-License-Identifier: MIT */
/*
 * The command line of backtest to values. Costs and entry policy are read as
 * the keys of a configuration that they are, so limits, units and "did you
 * mean" are the same.
 */
#include "cmd_backtest.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate.h"

#define YAML_MAX 4096
#define POINTS_MAX 400
#define DAY_MS (INT64_C(1000) * DAY_S)

struct entry_key {
	const char *key, *value;
};

/* What the built-in policy says where --entry does not. */
static const struct entry_key entry_defaults[] = {
	{ "min_profit", "0.01%" }, { "size_usd", "10000" },
	{ "max_positions", "10" }, { "cooldown", "24h" },
	{ "max_break_even", "3d" },
};

#define N_DEFAULTS (sizeof(entry_defaults) / sizeof(entry_defaults[0]))

/* Text that grows in a fixed buffer; full is an error of its own. */
struct page {
	char text[YAML_MAX];
	size_t n;
	bool full;
};

static void add(struct page *p, const char *fmt, ...) PRINTF(2, 3);

static void add(struct page *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->text + p->n, sizeof(p->text) - p->n, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(p->text) - p->n)
		p->full = true;
	else
		p->n += (size_t)n;
}

/* ---- values that are keys of a configuration ---- */

/* Nothing that could be more than one plain value of YAML. */
static bool plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			    "uvwxyz0123456789.%_+- ", s[i]))
			return false;
	return n > 0;
}

/* The complaint itself: places in a text nobody wrote help nobody. */
static bool load(struct config *out, const struct page *p, const char *what,
		 struct arena *arena, struct err *err)
{
	struct complaints list = { .n_errors = 0 };

	if (p->full)
		return err_set(err, ERR_USAGE, "%s: too long", what);
	if (config_load_text(out, "", p->text, p->n, arena, &list, err))
		return true;
	for (int i = 0; i < list.n_errors + list.n_warnings; i++)
		if (!list.list[i].warning)
			return err_set(err, ERR_USAGE, "%s: %s", what,
				       list.list[i].text);
	return false;
}

static bool given_in(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = text; p && *p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, key, n) && p[n] == '=')
			return true;
	}
	return false;
}

/* The built-in policy where the key, or its alternative, is not given. */
static void add_defaults(struct page *p, const char *given)
{
	for (size_t i = 0; i < N_DEFAULTS; i++) {
		const struct entry_key *d = &entry_defaults[i];

		if (given_in(given, d->key) ||
		    (!strcmp(d->key, "size_usd") &&
		     given_in(given, "size_pct")))
			continue;
		add(p, "%s%s=%s", p->n ? "," : "", d->key, d->value);
	}
	if (*given)
		add(p, "%s%s", p->n ? "," : "", given);
}

/* "key=value,key=value" as lines of YAML; lists are joined by +. */
static bool add_entry_yaml(struct page *p, const char *text, struct err *err)
{
	while (*text) {
		size_t n = strcspn(text, ","), key = strcspn(text, "=,");
		const char *value = text + key + 1;
		bool list = !strncmp(text, "prioritize_venues", key);

		if (key == n || !plain(text, key) ||
		    !plain(value, n - key - 1))
			return err_set(err, ERR_USAGE, "--entry \"%.*s\": "
				       "write KEY=VALUE,KEY=VALUE, as "
				       "min_profit=0.01%%,max_positions=10",
				       (int)(n < 60 ? n : 60), text);
		add(p, "      %.*s: %s", (int)key, text, list ? "[" : "");
		for (size_t i = key + 1; i < n; i++)
			add(p, "%c", list && text[i] == '+' ? ',' : text[i]);
		add(p, "%s\n", list ? "]" : "");
		text += n + (text[n] == ',');
	}
	return true;
}

static bool read_entry(struct backtest_ask *a, struct err *err)
{
	const char *given = a->cli->opt[OPT_ENTRY];
	struct page text = { .n = 0 }, yaml = { .n = 0 };
	struct config parsed;

	add_defaults(&text, given ? given : "");
	add(&yaml, "version: 1\naccounts:\n  backtest:\n    profile: steady\n"
	    "    mode: dry-run\n    entry:\n");
	if (!add_entry_yaml(&yaml, text.text, err) ||
	    !load(&parsed, &yaml, "--entry", a->cli->arena, err))
		return false;
	a->account = parsed.accounts[0];
	a->entry_text = arena_text(a->cli->arena, text.text, text.n);
	return a->entry_text || err_set(err, ERR_MEMORY, "no memory");
}

static bool read_costs(struct backtest_ask *a, struct err *err)
{
	const char *given = a->cli->opt[OPT_COSTS];
	struct page yaml = { .n = 0 };
	struct config parsed;

	if (!given)
		return true;
	if (!plain(given, strlen(given)))
		return err_set(err, ERR_USAGE, "--costs \"%.40s\": write a "
			       "share, as 8bps or 0.08%%", given);
	add(&yaml, "version: 1\ncosts: {round_trip: %s}\n", given);
	if (!load(&parsed, &yaml, "--costs", a->cli->arena, err))
		return false;
	a->config->costs = COSTS_ROUND_TRIP;
	a->config->round_trip = parsed.round_trip;
	return true;
}

/* Nothing of the machine counts unless it is named. */
static bool read_config(struct backtest_ask *a, struct err *err)
{
	struct page yaml = { .n = 0 };

	if (cli_has(a->cli, OPT_CONFIG)) {
		if (!cli_config(a->cli, err))
			return false;
	} else {
		a->cli->config = arena_alloc(a->cli->arena,
					     sizeof(struct config));
		if (!a->cli->config)
			return err_set(err, ERR_MEMORY, "no memory");
		add(&yaml, "version: 1\n");
		if (!load(a->cli->config, &yaml, "built in", a->cli->arena,
			  err))
			return false;
	}
	a->config = a->cli->config;
	return true;
}

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
	if (!read_config(a, err) || !read_costs(a, err) ||
	    !read_entry(a, err) || !read_every(a, err) ||
	    !read_count(&a->folds, c, OPT_FOLDS, BACKTEST_FOLDS_MAX, err) ||
	    !read_count(&a->jobs, c, OPT_JOBS, 64, err) ||
	    !read_files(a, err) || !read_time(a, err) ||
	    !read_pairs(a, err) || !read_capital(a, err))
		return false;
	wire(a);
	return backtest_sets(a, err);
}
