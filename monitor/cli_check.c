/* SPDX-License-Identifier: MIT */
/*
 * Values on the command line: does the command take these options and so
 * many arguments, and are format, unit, limit and times well formed?
 */
#include <stdio.h>
#include <string.h>

#include "cli_parse.h"

static bool check_mask(const struct cli *c, struct err *err)
{
	uint64_t mask = c->command->options | OPTS_ALWAYS | OPT(VERSION);

	for (int i = 0; i < OPT_COUNT; i++) {
		if (!c->opt[i] || (mask >> i & 1U))
			continue;
		return err_set(err, ERR_USAGE, "\"%s\" does not take --%s",
			       c->command->name, option_specs[i].name);
	}
	return true;
}

static bool check_args(const struct cli *c, struct err *err)
{
	const struct command *cmd = c->command;

	if (c->n_args < cmd->min_args)
		return err_set(err, ERR_USAGE, "write: carrywatch %s %s",
			       cmd->name, cmd->args);
	if (c->n_args > cmd->max_args)
		return err_set(err, ERR_USAGE, "unexpected argument \"%.80s\"; "
			       "write: carrywatch %s%s%s",
			       c->arg[cmd->max_args], cmd->name,
			       *cmd->args ? " " : "", cmd->args);
	return true;
}

/* The index of a word in a list; ERR_USAGE naming the nearest. */
static bool choose(int *out, enum option o, const char *text,
		   const char *const *words, int n, const char *all,
		   struct err *err)
{
	const char *near;

	for (int i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	}
	near = suggest(text, words, (size_t)n);
	if (near)
		return err_set(err, ERR_USAGE, "--%s \"%.40s\": did you mean "
			       "\"%s\"?", option_specs[o].name, text, near);
	return err_set(err, ERR_USAGE, "--%s \"%.40s\": write %s",
		       option_specs[o].name, text, all);
}

static bool check_format(struct cli *c, struct err *err)
{
	static const char *const words[] = {
		[FORMAT_TABLE] = "table", [FORMAT_WIDE] = "wide",
		[FORMAT_JSON] = "json", [FORMAT_JSONL] = "jsonl",
		[FORMAT_CSV] = "csv", [FORMAT_TSV] = "tsv"
	};
	int i = c->tty ? FORMAT_TABLE : FORMAT_TSV;

	if (cli_has(c, OPT_OUTPUT) &&
	    !choose(&i, OPT_OUTPUT, c->opt[OPT_OUTPUT], words, FORMAT_TSV + 1,
		    option_specs[OPT_OUTPUT].help, err))
		return false;
	c->format = (enum format)i;
	if (!cli_has(c, OPT_JSON))
		return true;
	if (cli_has(c, OPT_OUTPUT) && c->format != FORMAT_JSON)
		return err_set(err, ERR_USAGE, "--json and -o %s exclude each "
			       "other", words[i]);
	c->format = FORMAT_JSON;
	return true;
}

static bool check_unit(struct cli *c, struct err *err)
{
	static const char *const words[] = {
		[UNIT_8H] = "8h", [UNIT_1H] = "1h", [UNIT_DAY] = "day",
		[UNIT_APR] = "apr"
	};
	int i = UNIT_8H;

	if (cli_has(c, OPT_UNIT) &&
	    !choose(&i, OPT_UNIT, c->opt[OPT_UNIT], words, UNIT_APR + 1,
		    "8h, 1h, day or apr", err))
		return false;
	c->unit = (enum unit)i;
	return true;
}

static bool check_limit(struct cli *c, struct err *err)
{
	const char *text = c->opt[OPT_LIMIT];
	int n = 0;

	if (!text)
		return true;
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9' || n > 99999999)
			n = -1;
		if (n < 0)
			break;
		n = n * 10 + (*p - '0');
	}
	if (n <= 0)
		return err_set(err, ERR_USAGE, "--limit \"%.40s\": write a "
			       "whole number from 1 on", text);
	c->limit = n;
	return true;
}

static bool check_time(const struct cli *c, struct instant *out,
		       enum option o, struct err *err)
{
	*out = INSTANT_UNKNOWN;
	if (!cli_has(c, o))
		return true;
	if (cli_time(c, out, c->opt[o], err))
		return true;
	return err_prefix(err, "--%s", option_specs[o].name);
}

bool cli_check(struct cli *c, struct err *err)
{
	if (cli_has(c, OPT_HELP) || cli_has(c, OPT_VERSION))
		return true;
	if (!c->command) {
		for (int i = 0; i < OPT_COUNT; i++) {
			if (c->opt[i])
				return err_set(err, ERR_USAGE, "--%s without "
					       "a command",
					       option_specs[i].name);
		}
		return true;
	}
	return check_mask(c, err) && check_args(c, err) &&
	       check_format(c, err) && check_unit(c, err) &&
	       check_limit(c, err) &&
	       check_time(c, &c->since, OPT_SINCE, err) &&
	       check_time(c, &c->until, OPT_UNTIL, err) &&
	       check_time(c, &c->at, OPT_AT, err);
}
