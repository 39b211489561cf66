/* SPDX-License-Identifier: MIT */
/*
 * explain ID: what the newest poll (or the one --at a time) concluded, line
 * by line, with every input and limit, by the rules recorded with that poll
 * and never by today's.
 */
#include "commands.h"
#include "view_explain.h"

#include <inttypes.h>

static bool not_judged(const struct view *v, const struct view_row *r,
		       struct err *err)
{
	if (!v->polled)
		return err_set(err, ERR_NOT_FOUND, "position %" PRId64 ": no "
			       "poll recorded yet; start one: carrywatch run "
			       "--once -a %s", r->pos.id, v->account->name);
	if (r->pos.status == STATUS_CLOSED)
		return err_set(err, ERR_NOT_FOUND, "position %" PRId64 " was "
			       "closed before poll %" PRId64 "; give a time "
			       "while it was open: --at TIME", r->pos.id,
			       v->poll.seq);
	return err_set(err, ERR_NOT_FOUND, "position %" PRId64 ": poll %"
		       PRId64 " did not judge it (opened or changed "
		       "meanwhile); the next poll will", r->pos.id,
		       v->poll.seq);
}

/* A closed position was judged by the poll of its close. */
static bool load(struct view *v, struct cli *c, struct err *err)
{
	struct instant closed;
	struct store *s;

	if (!view_open_one(v, &s, c, err))
		return false;
	store_close(s);
	closed = v->rows[0].pos.closed_at;
	if (v->rows[0].verdicts || instant_known(c->at) ||
	    !instant_known(closed))
		return true;
	c->at = closed;
	if (!view_open_one(v, &s, c, err))
		return false;
	store_close(s);
	return true;
}

int cmd_explain(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct view v;

	if (!cli_config(c, &err) || !load(&v, c, &err))
		return cli_fail(c, &err);
	if (!v.rows[0].verdicts && !not_judged(&v, &v.rows[0], &err))
		return cli_fail(c, &err);
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		view_explain_json(stdout, &v, &v.rows[0],
				  c->format == FORMAT_JSONL);
	else
		view_explain_text(stdout, c, &v, &v.rows[0]);
	return 0;
}
