/* SPDX-License-Identifier: MIT */
/*
 * export positions, decisions, ledger, polls: every recorded row, exact, for
 * other programs. A page is read, the read ends, then it is printed; memory
 * does not grow with the table.
 */
#include "commands.h"
#include "export_out.h"
#include "store_pages.h"
#include "view_money.h"

#include "cli.h"

#include <string.h>

struct export {
	struct cli *c;
	const struct account *account;
	struct store *store;
	struct arena *arena;		/* of a page */
	struct page_ask ask;
	struct export_out out;
};

/* One of the four: read the page behind ask, print it, move ask. */
struct subject {
	const char *const *columns;
	bool (*page)(struct export *x, size_t *n, struct err *err);
};

/* ---- positions ---- */

static const char *const position_columns[] = {
	"account", "id", "external_id", "status", "symbol", "long_venue",
	"short_venue", "size_usd", "opened_at", "confirmed_at", "decided_at",
	"closed_at", "reason", "entry_divergence_day", "entry_divergence_why",
	"entry_source", "entry_oi_ratio", "long_entry_rate_8h",
	"short_entry_rate_8h", "long_quantity", "short_quantity",
	"long_entry_price", "short_entry_price", "long_exit_price",
	"short_exit_price", "fees_usd", "slippage_usd", "funding_usd",
	"settlements", "settlements_unknown", "price_usd", "price_why",
	"net_usd", "net_includes_price", "muted", "muted_until", "version",
	NULL
};

static void put_legs(struct export_out *o, const struct leg *l)
{
	export_fact(o, l[LEG_LONG].entry_rate_8h);
	export_fact(o, l[LEG_SHORT].entry_rate_8h);
	export_fact(o, l[LEG_LONG].quantity);
	export_fact(o, l[LEG_SHORT].quantity);
	export_fact(o, l[LEG_LONG].entry_price);
	export_fact(o, l[LEG_SHORT].entry_price);
	export_fact(o, l[LEG_LONG].exit_price);
	export_fact(o, l[LEG_SHORT].exit_price);
}

/* Price of what was closed; what is held has none outside of a poll. */
static void put_sums(struct export_out *o, const struct page_position *r)
{
	const struct position *p = &r->p;
	struct fact exit[2] = { p->leg[LEG_LONG].exit_price,
				p->leg[LEG_SHORT].exit_price };
	struct fact price = view_price(p, exit);

	export_dec(o, p->fees_usd);
	export_dec(o, p->slippage_usd);
	export_fact(o, r->funding.sum_usd);
	export_int(o, r->funding.n);
	export_int(o, r->funding.n_unknown);
	export_fact(o, price);
	export_why(o, price);
	export_fact(o, view_net(p, r->funding.sum_usd, price));
	export_bool(o, price.known);
}

static void put_position(struct export_out *o, const struct export *x,
			 const struct page_position *r)
{
	const struct position *p = &r->p;

	export_text(o, x->account->name);
	export_int(o, p->id);
	export_text(o, p->external_id);
	export_text(o, status_word(p->status));
	export_text(o, p->symbol.s);
	export_text(o, p->leg[LEG_LONG].venue.s);
	export_text(o, p->leg[LEG_SHORT].venue.s);
	export_dec(o, p->size_usd);
	export_instant(o, p->opened_at);
	export_instant(o, p->confirmed_at);
	export_instant(o, p->decided_at);
	export_instant(o, p->closed_at);
	export_text(o, p->reason.s);
	export_fact(o, p->entry_divergence);
	export_why(o, p->entry_divergence);
	export_text(o, p->entry_manual ? "manual" : "poll");
	export_fact(o, p->entry_oi_ratio);
	put_legs(o, p->leg);
	put_sums(o, r);
	export_text(o, p->muted.s);
	export_instant(o, p->muted_until);
	export_int(o, p->version);
}

static bool page_positions(struct export *x, size_t *n, struct err *err)
{
	struct page_position *list;

	if (!store_page_positions(x->store, &list, n, &x->ask, x->arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		export_row(&x->out);
		put_position(&x->out, x, &list[i]);
		export_end(&x->out);
		x->ask.after = list[i].p.id;
	}
	return true;
}

/* ---- decisions ---- */

static const char *const decision_columns[] = {
	"account", "id", "poll", "position", "at", "before", "action", "label",
	"text", NULL
};

static bool page_decisions(struct export *x, size_t *n, struct err *err)
{
	struct export_out *o = &x->out;
	struct decision_row *list;

	if (!store_page_decisions(x->store, &list, n, &x->ask, x->arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		const struct decision_row *d = &list[i];

		export_row(o);
		export_text(o, x->account->name);
		export_int(o, d->id);
		export_int(o, d->poll);
		export_int(o, d->position);
		export_instant(o, d->at);
		export_text(o, action_word(d->before));
		export_text(o, action_word(d->action));
		export_text(o, d->label.s);
		export_text(o, d->text);
		export_end(o);
		x->ask.after = d->id;
	}
	return true;
}

/* ---- ledger ---- */

static const char *const ledger_columns[] = {
	"account", "position", "external_id", "symbol", "side", "venue", "at",
	"rate_8h", "rate_8h_why", "pays_every_s", "base", "quantity", "price",
	"expected_usd", "expected_why", "reported_usd", "reported_at",
	"booked_usd", "difference_usd", "late", "hypothetical", NULL
};

static void put_settlement(struct export_out *o, const struct settlement *s)
{
	export_instant(o, s->at);
	export_fact(o, s->rate_8h);
	export_why(o, s->rate_8h);
	export_count(o, s->pays_every_s);
	export_text(o, settlement_base_word(s->base));
	export_fact(o, s->quantity);
	export_fact(o, s->price);
	export_fact(o, s->amount_usd);
	export_why(o, s->amount_usd);
	export_fact(o, s->reported_usd);
	export_instant(o, s->reported_at);
	export_fact(o, settlement_booked(s));
	export_fact(o, fact_sub(s->reported_usd, s->amount_usd));
	export_bool(o, s->late);
	export_bool(o, s->hypothetical);
}

static bool page_ledger(struct export *x, size_t *n, struct err *err)
{
	struct export_out *o = &x->out;
	struct page_settlement *list;

	if (!store_page_ledger(x->store, &list, n, &x->ask, x->arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		const struct settlement *s = &list[i].s;

		export_row(o);
		export_text(o, x->account->name);
		export_int(o, s->position);
		export_text(o, list[i].external_id);
		export_text(o, list[i].symbol.s);
		export_text(o, side_word(s->side));
		export_text(o, list[i].venue.s);
		put_settlement(o, s);
		export_end(o);
		x->ask.after = s->position;
		x->ask.after_side = s->side;
		x->ask.after_at = s->at;
	}
	return true;
}

/* ---- polls ---- */

static const char *const poll_columns[] = {
	"account", "poll", "at", "took_ms", "result", "positions", "requests",
	"missed_ticks", "bytes", "config", "version", "error", NULL
};

static bool page_polls(struct export *x, size_t *n, struct err *err)
{
	struct export_out *o = &x->out;
	struct poll *list;

	if (!store_page_polls(x->store, &list, n, &x->ask, x->arena, err))
		return false;
	for (size_t i = 0; i < *n; i++) {
		const struct poll *p = &list[i];

		export_row(o);
		export_text(o, x->account->name);
		export_int(o, p->seq);
		export_instant(o, p->at);
		export_int(o, p->took_ms);
		export_text(o, p->result);
		export_int(o, p->positions);
		export_int(o, p->requests);
		export_int(o, p->missed_ticks);
		export_int(o, p->bytes);
		export_text(o, p->config);
		export_text(o, p->version);
		export_text(o, p->error);
		export_end(o);
		x->ask.after = p->seq;
	}
	return true;
}

/* ---- the command ---- */

/* Nobody reads any more: so far and no further. */
static bool still_written(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	return err_set(err, ERR_IO, "standard output: cannot write");
}

static bool export_store(struct export *x, const struct subject *what,
			 struct err *err)
{
	size_t n = STORE_PAGE_ROWS;

	x->ask = (struct page_ask){ .since = x->c->since,
				    .until = x->c->until };
	while (n == STORE_PAGE_ROWS) {
		arena_reset(x->arena);
		if (!what->page(x, &n, err) || !still_written(err))
			return false;
	}
	return true;
}

static bool export_accounts(struct export *x, const struct subject *what,
			    struct err *err)
{
	const struct account **list;
	size_t n;

	if (!cli_accounts(x->c, &list, &n, err))
		return false;
	x->out = export_to(stdout, x->c->format == FORMAT_CSV, what->columns);
	for (size_t i = 0; i < n; i++) {
		bool ok;

		x->account = list[i];
		if (!cli_store_if_any(x->c, &x->store, x->account, err))
			return false;
		ok = !x->store || export_store(x, what, err);
		store_close(x->store);
		if (!ok)
			return false;
	}
	return still_written(err);
}

static bool check_format(struct cli *c, struct err *err)
{
	if (!cli_has(c, OPT_OUTPUT))
		c->format = FORMAT_CSV;
	return c->format == FORMAT_CSV || c->format == FORMAT_JSONL ||
	       err_set(err, ERR_USAGE, "an export is csv or jsonl: write "
		       "-o jsonl");
}

static int run(struct cli *c, const struct subject *what)
{
	struct export x = { .c = c, .arena = arena_new() };
	struct err err = { ERR_NONE, "" };
	bool ok = x.arena ? check_format(c, &err) &&
			    export_accounts(&x, what, &err) :
			    err_set(&err, ERR_MEMORY, "no memory");

	arena_free(x.arena);
	return ok ? 0 : cli_fail(c, &err);
}

int cmd_export_positions(struct cli *c)
{
	return run(c, &(struct subject){ position_columns, page_positions });
}

int cmd_export_decisions(struct cli *c)
{
	return run(c, &(struct subject){ decision_columns, page_decisions });
}

int cmd_export_ledger(struct cli *c)
{
	return run(c, &(struct subject){ ledger_columns, page_ledger });
}

int cmd_export_polls(struct cli *c)
{
	return run(c, &(struct subject){ poll_columns, page_polls });
}
