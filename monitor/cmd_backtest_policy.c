/* SPDX-License-Identifier: MIT */
/*
 * Costs and entry policy of a backtest, read as the keys of a configuration
 * that they are, so limits, units and "did you mean" are the same. Nothing of
 * the machine counts: a configuration only where -c names it.
 */
#include "cmd_backtest.h"

#include <stdarg.h>
#include <string.h>

#define YAML_MAX 4096

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

/* Without the account that nobody has named. */
static const char *short_of(const char *complaint)
{
	static const char prefix[] = "accounts.backtest.entry.";
	size_t n = sizeof(prefix) - 1;

	return strncmp(complaint, prefix, n) ? complaint : complaint + n;
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
				       short_of(list.list[i].text));
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

bool backtest_policy(struct backtest_ask *a, struct err *err)
{
	return read_config(a, err) && read_costs(a, err) && read_entry(a, err);
}
