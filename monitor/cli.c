/* SPDX-License-Identifier: MIT */
/* What commands share: errors, times, ids, the question before a change. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text_safe.h"

int cli_fail(const struct cli *c, const struct err *err)
{
	fflush(stdout);
	fputs("carrywatch: ", stderr);
	text_print_safe(stderr, err->text);
	fputc('\n', stderr);
	if (err->kind == ERR_USAGE)
		fprintf(stderr, "Try: carrywatch help%s%s\n",
			c->command ? " " : "",
			c->command ? c->command->name : "");
	return err_exit_code(err->kind);
}

int cli_no_memory(const struct cli *c)
{
	struct err err;

	err_set(&err, ERR_MEMORY, "no memory");
	return cli_fail(c, &err);
}

bool cli_id(const struct cli *c, int64_t *out, int i, struct err *err)
{
	const char *text = i < c->n_args ? c->arg[i] : "";
	size_t n = strlen(text);

	if (n == 0 || n > 15 || strspn(text, "0123456789") != n ||
	    text[0] == '0')
		return err_set(err, ERR_USAGE, "\"%.40s\" is no position id; "
			       "write a number such as 7", text);
	*out = strtoll(text, NULL, 10);
	return true;
}

bool cli_time(const struct cli *c, struct instant *out, const char *text,
	      struct err *err)
{
	size_t n = strlen(text);
	struct span ago;

	if (instant_parse(out, text, n))
		return true;
	if (!span_parse(&ago, text, n) || ago.ms > c->now.ms)
		return err_set(err, ERR_USAGE, "\"%.40s\" is no time; write "
			       "2026-11-20T21:00:00Z, or 24h for 24 hours ago",
			       text);
	*out = (struct instant){ c->now.ms - ago.ms };
	return true;
}

static const char *local_time(const struct cli *c, struct instant t)
{
	time_t s = (time_t)(t.ms / 1000);
	char text[INSTANT_TEXT_MAX];
	struct tm tm;
	size_t n;

	tzset();
	if (!localtime_r(&s, &tm))
		return NULL;
	n = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	return arena_text(c->arena, text, n);
}

const char *cli_shown_time(const struct cli *c, struct instant t)
{
	const char *shown = NULL;
	char text[INSTANT_TEXT_MAX];

	if (!instant_known(t))
		return "-";
	if (cli_has(c, OPT_LOCAL))
		shown = local_time(c, t);
	if (shown)
		return shown;
	/* People do not read milliseconds. */
	t.ms -= t.ms % 1000;
	shown = arena_text(c->arena, text, instant_format(text, t));
	return shown ? shown : "?";
}

bool cli_confirm(const struct cli *c, const char *question, struct err *err)
{
	char answer[16];

	if (cli_has(c, OPT_YES))
		return true;
	if (!isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE, "cannot ask \"%.200s\" without "
			       "a terminal; add --yes", question);
	fflush(stdout);
	text_print_safe(stderr, question);
	fputs(" [y/N] ", stderr);
	if (fgets(answer, sizeof(answer), stdin) &&
	    (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0))
		return true;
	return err_set(err, ERR_DATA, "not confirmed, nothing was done");
}
