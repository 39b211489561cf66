/* SPDX-License-Identifier: MIT */
/*
 * From the command line to loaded views. The store is closed, or at least
 * its read has ended, before a command prints its first byte.
 */
#include "view_text.h"

#include <string.h>

static struct view_ask ask_of(const struct cli *c, const struct account *a,
			      enum view_which which)
{
	return (struct view_ask){ .config = c->config, .account = a,
				  .which = which, .now = c->now,
				  .at = c->at };
}

static void empty_view(struct view *out, const struct cli *c,
		       const struct account *a)
{
	*out = (struct view){ .account = a, .config = c->config,
			      .profile = a->profile, .now = c->now };
	config_terms(&out->terms, c->config, a);
}

bool view_open(struct view *out, struct cli *c, const struct account *a,
	       enum view_which which, struct err *err)
{
	struct view_ask ask = ask_of(c, a, which);
	struct err why = { ERR_NONE, "" };
	struct store *s;
	bool ok;

	if (!cli_store(c, &s, a, STORE_READ, &why)) {
		empty_view(out, c, a);
		if (why.kind == ERR_NOT_FOUND)
			return true;
		*err = why;
		return false;
	}
	ok = view_load(out, s, &ask, c->arena, err);
	store_close(s);
	return ok;
}

bool view_open_all(struct view **out, size_t *n, struct cli *c,
		   enum view_which which, struct err *err)
{
	const struct account **list;
	struct view *v;

	if (!cli_accounts(c, &list, n, err))
		return false;
	v = arena_array(c->arena, *n, sizeof(*v));
	if (!v)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < *n; i++)
		if (!view_open(&v[i], c, list[i], which, err))
			return false;
	*out = v;
	return true;
}

bool view_open_one(struct view *out, struct store **s, struct cli *c,
		   struct err *err)
{
	const struct account *a;
	struct view_ask ask;
	int64_t id;

	*s = NULL;
	if (!cli_id(c, &id, 0, err) || !cli_account(c, &a, err) ||
	    !cli_store(c, s, a, STORE_READ, err))
		return false;
	ask = ask_of(c, a, VIEW_ONE);
	ask.id = id;
	if (view_load(out, *s, &ask, c->arena, err))
		return true;
	store_close(*s);
	*s = NULL;
	return false;
}

void view_print_stale(FILE *f, const struct cli *c, const struct view *v)
{
	if (!v->polled)
		fprintf(f, "Account %s: no poll recorded yet. "
			"Start it: carrywatch run -a %s\n", v->account->name,
			v->account->name);
	else if (v->stale)
		fprintf(f, "Account %s: no poll recorded since %s; numbers "
			"with ~ are as of then. Is it running? "
			"carrywatch status -a %s\n", v->account->name,
			cli_shown_time(c, v->poll.at), v->account->name);
}
