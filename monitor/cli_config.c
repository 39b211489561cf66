/* SPDX-License-Identifier: MIT */
/* From the command line to configuration, accounts and databases. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "text_safe.h"

#define NAMES_TEXT 300
#define CONFIG_PLACE "~/.config/carrywatch/carrywatch.yaml"

#define KEPT (sizeof(((struct complaints *)NULL)->list) / \
	      sizeof(struct complaint))

void cli_complaints(const struct complaints *list, bool quiet)
{
	size_t n = (size_t)(list->n_errors + list->n_warnings), told = 0;
	size_t due = quiet ? (size_t)list->n_errors : n;

	for (size_t i = 0; i < n && i < KEPT; i++) {
		char line[CONFIG_TEXT_MAX + 400];

		if (quiet && list->list[i].warning)
			continue;
		complaint_format(line, sizeof(line), list->path,
				 &list->list[i]);
		text_print_safe(stderr, line);
		fputc('\n', stderr);
		told++;
	}
	if (due > told)
		fprintf(stderr, "... and %zu more\n", due - told);
}

/* Warnings belong to a start of the monitor, not before every table. */
static bool warns(const struct cli *c)
{
	if (cli_has(c, OPT_QUIET))
		return false;
	return cli_has(c, OPT_VERBOSE) || !c->command ||
	       strcmp(c->command->name, "run") == 0;
}

bool cli_config(struct cli *c, struct err *err)
{
	struct complaints list = { .n_errors = 0 };
	struct config *config;

	if (c->config)
		return true;
	config = arena_alloc(c->arena, sizeof(*config));
	if (!config)
		return err_set(err, ERR_MEMORY, "no memory");
	if (config_load(config, c->opt[OPT_CONFIG], c->arena, &list, err)) {
		cli_complaints(&list, !warns(c));
		c->config = config;
		return true;
	}
	if (list.n_errors < 2)
		return false;
	cli_complaints(&list, true);
	return err_set(err, ERR_CONFIG, "the configuration is not usable: %d "
		       "errors", list.n_errors);
}

const struct profile *cli_profile(struct cli *c, const char *name,
				  struct err *err)
{
	const char *names[64] = { NULL }, *near;
	const struct profile *p;
	size_t n = 0;

	if (!cli_config(c, err))
		return NULL;
	p = config_profile(c->config, name);
	if (p)
		return p;
	for (; n < c->config->n_profiles && n < 64; n++)
		names[n] = c->config->profiles[n].name;
	near = suggest(name, names, n);
	if (near)
		err_set(err, ERR_NOT_FOUND, "no profile \"%.40s\", did you "
			"mean \"%s\"?", name, near);
	else
		err_set(err, ERR_NOT_FOUND, "no profile \"%.40s\"; see "
			"carrywatch profiles list", name);
	return NULL;
}

static void account_names(char *buf, size_t size, const struct config *config)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < config->n_accounts && at < size; i++) {
		int n = snprintf(buf + at, size - at, "%s%s", i ? ", " : "",
				 config->accounts[i].name);

		at += n > 0 ? (size_t)n : 0;
	}
}

static bool no_such_account(const struct config *config, const char *name,
			    struct err *err)
{
	char names[NAMES_TEXT];

	account_names(names, sizeof(names), config);
	return err_set(err, ERR_NOT_FOUND, "no account \"%.40s\"; there is "
		       "%s", name, names);
}

struct chosen {
	const struct account **list;
	size_t n;
};

static void choose(struct chosen *to, const struct account *a)
{
	for (size_t i = 0; i < to->n; i++) {
		if (to->list[i] == a)
			return;
	}
	to->list[to->n++] = a;
}

static bool choose_named(struct chosen *to, const struct cli *c,
			 const char *name, struct err *err)
{
	const struct account *a = config_account(c->config, name);

	if (a) {
		choose(to, a);
		return true;
	}
	if (strcmp(name, "all") != 0)
		return no_such_account(c->config, name, err);
	for (size_t i = 0; i < c->config->n_accounts; i++)
		choose(to, &c->config->accounts[i]);
	return true;
}

static bool choose_only(struct chosen *to, const struct config *config,
			struct err *err)
{
	char names[NAMES_TEXT];

	if (config->n_accounts == 1) {
		choose(to, &config->accounts[0]);
		return true;
	}
	account_names(names, sizeof(names), config);
	return err_set(err, ERR_USAGE, "which account? Add -a with one of "
		       "%s, or -a all", names);
}

bool cli_accounts(struct cli *c, const struct account ***out, size_t *n,
		  struct err *err)
{
	struct chosen to = { NULL, 0 };

	if (!cli_config(c, err))
		return false;
	if (!c->config->path[0])
		return err_set(err, ERR_CONFIG, "no configuration found; copy "
			       "config/carrywatch.yaml to " CONFIG_PLACE
			       " and edit it, or name one with -c");
	if (c->config->n_accounts == 0)
		return err_set(err, ERR_CONFIG, "%s: no account; write "
			       "accounts: {main: {profile: steady, mode: "
			       "dry-run}}", c->config->path);
	to.list = arena_array(c->arena, c->config->n_accounts,
			      sizeof(const struct account *));
	if (!to.list)
		return err_set(err, ERR_MEMORY, "no memory");
	if (c->n_accounts == 0 && !choose_only(&to, c->config, err))
		return false;
	for (int i = 0; i < c->n_accounts; i++) {
		if (!choose_named(&to, c, c->account[i], err))
			return false;
	}
	*out = to.list;
	*n = to.n;
	return true;
}

bool cli_account(struct cli *c, const struct account **out, struct err *err)
{
	const struct account **list;
	size_t n;

	if (!cli_accounts(c, &list, &n, err))
		return false;
	if (n != 1)
		return err_set(err, ERR_USAGE, "\"%s\" works on one account, "
			       "not on %zu; write -a %s",
			       c->command ? c->command->name : "this", n,
			       list[0]->name);
	*out = list[0];
	return true;
}

bool cli_store(struct cli *c, struct store **out, const struct account *a,
	       enum store_access access, struct err *err)
{
	char path[2 * CONFIG_TEXT_MAX];

	config_database(path, sizeof(path), c->config, a);
	return store_open(out, path, a->name, a->mode == MODE_DRY_RUN, access,
			  err);
}

bool cli_store_if_any(struct cli *c, struct store **out,
		      const struct account *a, struct err *err)
{
	if (cli_store(c, out, a, STORE_READ, err))
		return true;
	*out = NULL;
	return err->kind == ERR_NOT_FOUND;
}
