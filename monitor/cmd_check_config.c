/* SPDX-License-Identifier: MIT */
/*
 * check-config: every complaint at once, in the form editors understand; with
 * --print the configuration that is in force.
 */
#include <stdio.h>

#include "cli.h"
#include "commands.h"

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_summary(const struct config *config,
			  const struct complaints *list)
{
	printf("ok: %s: %zu account%s, %zu profile%s, %d warning%s\n",
	       config->path[0] ? config->path : "built-in defaults",
	       config->n_accounts, plural(config->n_accounts),
	       config->n_profiles, plural(config->n_profiles),
	       list->n_warnings, plural((size_t)list->n_warnings));
}

static int print_effective(struct cli *c)
{
	const struct account *account = NULL;
	const char *text;
	struct err err;

	if (c->n_accounts && !cli_account(c, &account, &err))
		return cli_fail(c, &err);
	text = config_print(c->config, account, c->arena);
	if (!text)
		return cli_no_memory(c);
	fputs(text, stdout);
	return 0;
}

static int not_usable(const struct cli *c, const struct complaints *list,
		      const struct err *err)
{
	if (list->n_errors == 0)
		return cli_fail(c, err);	/* not even read */
	fprintf(stderr, "%d error%s, %d warning%s. Not usable.\n",
		list->n_errors, plural((size_t)list->n_errors),
		list->n_warnings, plural((size_t)list->n_warnings));
	return err_exit_code(err->kind);
}

int cmd_check_config(struct cli *c)
{
	struct complaints list = { .n_errors = 0 };
	struct config *config = arena_alloc(c->arena, sizeof(*config));
	struct err err = { .kind = ERR_NONE };
	bool ok;

	if (!config)
		return cli_no_memory(c);
	ok = config_load(config, c->opt[OPT_CONFIG], c->arena, &list, &err);
	cli_complaints(&list, cli_has(c, OPT_QUIET));
	if (!ok)
		return not_usable(c, &list, &err);
	c->config = config;
	if (cli_has(c, OPT_PRINT))
		return print_effective(c);
	print_summary(config, &list);
	return 0;
}
