/* SPDX-License-Identifier: MIT */
/*
 * positions list: every open and pending position with what it earns, how far
 * it is from being closed and why. Exit code 10 or 11 with --exit-code.
 */
#include "commands.h"
#include "table_work.h"
#include "view_text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define EXIT_ALERT 10
#define EXIT_CLOSE 11

enum { ID, ACCOUNT, SYMBOL, LONG, SHORT, SIZE, DIVERGENCE, KEPT, NEAREST,
       NEXT, CARRY, AGE, ACTION, REASON, STATUS, LONG_RATE, SHORT_RATE,
       LONG_OI, SHORT_OI, FUNDING, FEES, NET, CHECKED, EXTERNAL, N_COLUMNS };

static const struct column columns[N_COLUMNS] = {
	[ID]		= { "id", "ID", false, false, 0 },
	[ACCOUNT]	= { "account", "ACCOUNT", true, true, 0 },
	[SYMBOL]	= { "symbol", "SYMBOL", false, true, 0 },
	[LONG]		= { "long", "LONG", false, true, 0 },
	[SHORT]		= { "short", "SHORT", false, true, 0 },
	[SIZE]		= { "size_usd", "SIZE", false, false, 1 },
	[DIVERGENCE]	= { "divergence_8h", "DIV/8h", false, false, 0 },
	[KEPT]		= { "remaining_ratio", "KEPT", false, false, 4 },
	[NEAREST]	= { "nearest", "NEAREST", false, true, 6 },
	[NEXT]		= { "next_cash", "NEXT", false, true, 0 },
	[CARRY]		= { "carry_usd_day", "CARRY/day", false, false, 3 },
	[AGE]		= { "age_hours", "AGE", false, false, 2 },
	[ACTION]	= { "action", "ACTION", false, true, 0 },
	[REASON]	= { "reason", "REASON", false, true, 5 },
	[STATUS]	= { "status", "STATUS", true, true, 0 },
	[LONG_RATE]	= { "long_rate_8h", "LONG/8h", true, false, 0 },
	[SHORT_RATE]	= { "short_rate_8h", "SHORT/8h", true, false, 0 },
	[LONG_OI]	= { "long_open_interest_usd", "OI LONG", true, false, 0 },
	[SHORT_OI]	= { "short_open_interest_usd", "OI SHORT", true, false, 0 },
	[FUNDING]	= { "funding_usd", "FUNDING", true, false, 0 },
	[FEES]		= { "fees_usd", "FEES", true, false, 0 },
	[NET]		= { "net_usd", "NET", true, false, 0 },
	[CHECKED]	= { "checked_at", "CHECKED", true, true, 0 },
	[EXTERNAL]	= { "external_id", "EXTERNAL", true, true, 0 },
};

struct listing {
	struct cli *c;
	struct view *views;
	size_t n_views;
	struct table *table;
	/* Which row of which view a row of the table is. */
	const struct cell **cells;
	const struct view_row **rows;
	const struct view **of;
	size_t n;
};

/* ---- the table ---- */

static const struct column *titled(const struct listing *l)
{
	static const char *const divergence[] = {
		[UNIT_8H] = "DIV/8h", [UNIT_1H] = "DIV/1h",
		[UNIT_DAY] = "DIV/day", [UNIT_APR] = "DIV APR"
	};
	static const char *const rate[2][4] = {
		{ "LONG/8h", "LONG/1h", "LONG/day", "LONG APR" },
		{ "SHORT/8h", "SHORT/1h", "SHORT/day", "SHORT APR" },
	};
	struct column *own = arena_alloc(l->c->arena, sizeof(columns));

	if (!own)
		return NULL;
	memcpy(own, columns, sizeof(columns));
	own[ACCOUNT].wide = l->n_views < 2;
	own[DIVERGENCE].title = divergence[l->c->unit];
	own[LONG_RATE].title = rate[0][l->c->unit];
	own[SHORT_RATE].title = rate[1][l->c->unit];
	return own;
}

static struct fact unless(bool old, struct fact f)
{
	return old ? fact_unknown(WHY_STALE) : f;
}

static struct cell text_cell(struct table *t, const char *text)
{
	return cell_text(t, text[0] && strcmp(text, "-") != 0 ? text : NULL);
}

static void fill_names(struct cell *cell, struct table *t,
		       const struct view *v, const struct view_row *r)
{
	const struct position *p = &r->pos;

	cell[ID] = cell_count(t, p->id);
	cell[ACCOUNT] = cell_text(t, v->account->name);
	cell[SYMBOL] = cell_text(t, p->symbol.s);
	cell[LONG] = cell_text(t, p->leg[LEG_LONG].venue.s);
	cell[SHORT] = cell_text(t, p->leg[LEG_SHORT].venue.s);
	cell[SIZE] = cell_dec(t, p->size_usd,
			      view_amount(fact_known(p->size_usd), false).s);
	cell[ACTION] = cell_text(t, action_word(r->action));
	cell[ACTION].tone = (enum tone)view_action_tone(r->action);
	cell[REASON] = text_cell(t, r->reason.s);
	cell[STATUS] = cell_text(t, status_word(p->status));
	cell[EXTERNAL] = text_cell(t, p->external_id);
}

static void fill_carry(struct cell *cell, struct table *t,
		       const struct view *v, const struct view_row *r,
		       enum unit u)
{
	bool last = r->divergence_old, old = r->stale || last;
	struct fact d = unless(last, r->divergence), exact = d;
	struct fact ratio = unless(last, r->ratio);
	struct fact carry = unless(last, r->carry_usd_day);

	if (d.known)
		exact.v = rate_from_day(d.v, RATE_8H_S);
	cell[DIVERGENCE] = cell_fact(t, &exact,
				     view_rate(r->divergence, u, old).s);
	/* The limit it runs into stands in NEAREST. */
	cell[KEPT] = cell_fact(t, &ratio, view_percent(
		r->ratio, 0, r->stale || r->divergence_old).s);
	cell[NEAREST] = text_cell(t, view_near(r).s);
	cell[NEXT] = text_cell(t, view_next(&r->next, v->now, r->stale).s);
	cell[CARRY] = cell_fact(t, &carry,
				view_usd(r->carry_usd_day, 2, true, old).s);
	cell[AGE] = view_hours(t, r->age, r->stale);
}

static void fill_wide(struct cell *cell, struct table *t, const struct cli *c,
		      const struct view_row *r)
{
	static const int rate[2] = { LONG_RATE, SHORT_RATE };
	static const int oi[2] = { LONG_OI, SHORT_OI };
	bool part = r->money.n_unknown > 0;

	for (int s = LEG_LONG; s <= LEG_SHORT; s++) {
		const struct view_leg *l = &r->leg[s];

		cell[rate[s]] = cell_fact(t, &l->rate_8h,
					  view_rate_8h(l->rate_8h, c->unit,
						       l->stale).s);
		cell[oi[s]] = cell_fact(t, &l->oi_usd,
					view_usd(l->oi_usd, 0, false,
						 r->stale).s);
	}
	cell[FUNDING] = cell_fact(t, &r->money.funding_usd,
				  view_usd(r->money.funding_usd, 2, true,
					   part).s);
	cell[FEES] = cell_dec(t, r->pos.fees_usd,
			      view_usd(fact_known(r->pos.fees_usd), 2, false,
				       false).s);
	cell[NET] = cell_fact(t, &r->money.net_usd,
			      view_usd(r->money.net_usd, 2, true, part).s);
	cell[CHECKED] = cell_instant(t, c, r->checked_at);
}

static size_t count_rows(const struct listing *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_views; i++)
		n += l->views[i].n_rows;
	return n;
}

static void add_row(struct listing *l, const struct view *v,
		    const struct view_row *r)
{
	struct cell *cell = table_row(l->table);

	fill_names(cell, l->table, v, r);
	fill_carry(cell, l->table, v, r, l->c->unit);
	fill_wide(cell, l->table, l->c, r);
	l->cells[l->n] = cell;
	l->rows[l->n] = r;
	l->of[l->n++] = v;
}

struct sum {
	struct fact v;			/* unknown until something is known */
	bool part;
};

/* What is not known is left out of a sum, which then carries "~". */
static void add_up(struct sum *sum, struct fact f, bool old)
{
	sum->part |= old || !f.known;
	if (!f.known)
		return;
	if (!sum->v.known)
		sum->v = f;
	else if (!dec_add(&sum->v.v, sum->v.v, f.v))
		sum->part = true;
}

static struct cell sum_cell(struct table *t, const struct sum *s)
{
	return cell_fact(t, &s->v, view_usd(s->v, 2, true, s->part).s);
}

static void add_total(struct listing *l)
{
	struct sum size = { .part = false }, carry = size, money = size;
	struct cell *cell;

	for (size_t i = 0; i < l->n; i++) {
		const struct view_row *r = l->rows[i];

		add_up(&size, fact_known(r->pos.size_usd), false);
		add_up(&carry, r->carry_usd_day,
		       r->stale || r->divergence_old);
		add_up(&money, r->money.funding_usd, r->money.n_unknown > 0);
	}
	cell = table_total(l->table);
	cell[ID] = cell_count(l->table, (int64_t)l->n);
	cell[SYMBOL] = cell_text(l->table, l->n == 1 ? "position"
						     : "positions");
	cell[SIZE] = cell_fact(l->table, &size.v,
			       view_amount(size.v, size.part).s);
	cell[CARRY] = sum_cell(l->table, &carry);
	cell[FUNDING] = sum_cell(l->table, &money);
}

static bool make_table(struct listing *l, struct err *err)
{
	const struct column *own = titled(l);
	size_t n = count_rows(l);

	l->n = 0;
	l->table = own ? table_new(own, N_COLUMNS, l->c->arena) : NULL;
	l->cells = arena_array(l->c->arena, n, sizeof(*l->cells));
	l->rows = arena_array(l->c->arena, n, sizeof(*l->rows));
	l->of = arena_array(l->c->arena, n, sizeof(*l->of));
	if (!l->table || !l->cells || !l->rows || !l->of)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < l->n_views; i++)
		for (size_t k = 0; k < l->views[i].n_rows; k++)
			add_row(l, &l->views[i], &l->views[i].rows[k]);
	if (l->n > 0)
		add_total(l);
	return true;
}

/* ---- output ---- */

static size_t index_of(const struct listing *l, const struct cell *cell)
{
	size_t i = 0;

	while (i + 1 < l->n && l->cells[i] != cell)
		i++;
	return i;
}

/* Nested rows; --sort and --limit as for the table. */
static bool print_json(const struct listing *l, bool lines, struct err *err)
{
	struct json_out o = json_out_to(stdout, lines);
	struct table_view order;

	if (!table_view_make(&order, l->table, l->c, err))
		return false;
	if (!lines)
		json_out_open(&o, '[');
	for (size_t i = 0; i < order.n_rows; i++) {
		size_t at = index_of(l, order.rows[i]);

		view_json_row(&o, l->of[at], l->rows[at]);
	}
	if (!lines)
		json_out_close(&o, ']');
	return true;
}

static void print_footer(const struct listing *l)
{
	for (size_t i = 0; i < l->n_views; i++)
		view_print_stale(stdout, l->c, &l->views[i]);
	if (l->n == 0)
		puts("No open position. Add one: carrywatch positions open "
		     "--help");
}

static bool print(const struct listing *l, struct err *err)
{
	bool json = l->c->format == FORMAT_JSON ||
		    l->c->format == FORMAT_JSONL;

	if (json && !cli_has(l->c, OPT_COLUMNS))
		return print_json(l, l->c->format == FORMAT_JSONL, err);
	if (!table_print(stdout, l->table, l->c, err))
		return false;
	if (l->c->format == FORMAT_TABLE || l->c->format == FORMAT_WIDE)
		print_footer(l);
	return true;
}

static int exit_code(const struct listing *l)
{
	int code = 0;

	if (!cli_has(l->c, OPT_EXIT_CODE))
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		const struct view_row *r = l->rows[i];

		if (r->pos.status == STATUS_CLOSED)
			continue;
		if (r->action == ACTION_CLOSE)
			return EXIT_CLOSE;
		if (r->action == ACTION_ALERT)
			code = EXIT_ALERT;
	}
	return code;
}

static bool list_once(int *code, struct cli *c, struct err *err)
{
	struct listing l = { .c = c };

	if (!view_open_all(&l.views, &l.n_views, c,
			   cli_has(c, OPT_ALL) ? VIEW_ALL : VIEW_LISTED, err) ||
	    !make_table(&l, err))
		return false;
	if (cli_has(c, OPT_WATCH))
		fputs(c->tty ? "\033[H\033[2J" : "\n", stdout);
	*code = exit_code(&l);
	return print(&l, err);
}

/* Draws again every second until it is interrupted or nobody reads. */
static bool watch(int *code, struct cli *c, struct err *err)
{
	struct arena *own = c->arena;

	for (;;) {
		struct timespec now;
		bool ok;

		c->arena = arena_new();
		if (!c->arena) {
			c->arena = own;
			return err_set(err, ERR_MEMORY, "no memory");
		}
		clock_gettime(CLOCK_REALTIME, &now);
		c->now.ms = (int64_t)now.tv_sec * 1000 +
			    now.tv_nsec / 1000000;
		ok = list_once(code, c, err);
		arena_free(c->arena);
		c->arena = own;
		if (!ok || fflush(stdout) != 0)
			return ok;
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	}
}

int cmd_positions_list(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	int code = 0;
	bool ok = cli_config(c, &err);

	if (ok)
		ok = cli_has(c, OPT_WATCH) ? watch(&code, c, &err)
					   : list_once(&code, c, &err);
	return ok ? code : cli_fail(c, &err);
}
