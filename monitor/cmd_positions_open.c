/* SPDX-License-Identifier: MIT */
/*
 * positions open: a position given by options is a row of an import whose
 * cells are the options; the entry may also come from a poll or the service.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd_fetch.h"
#include "cmd_import.h"
#include "cmd_positions_change.h"
#include "commands.h"

#define POLL_NEAR_MS (10 * 60 * 1000)	/* such a poll saw the entry */
#define ENTRY_TEXT 80

static const char *const option_names[IMPORT_COUNT] = {
	[IMPORT_SYMBOL] = "--symbol",
	[IMPORT_LONG] = "--long",
	[IMPORT_SHORT] = "--short",
	[IMPORT_SIZE] = "--size",
	[IMPORT_OPENED_AT] = "--opened-at",
	[IMPORT_LONG_RATE] = "--entry-long-rate",
	[IMPORT_SHORT_RATE] = "--entry-short-rate",
	[IMPORT_DIVERGENCE] = "--entry-divergence",
	[IMPORT_LONG_QTY] = "--long-qty",
	[IMPORT_SHORT_QTY] = "--short-qty",
	[IMPORT_LONG_PRICE] = "--long-price",
	[IMPORT_SHORT_PRICE] = "--short-price",
	[IMPORT_FEES] = "--fees",
	[IMPORT_EXTERNAL_ID] = "--external-id",
	[IMPORT_NOTE] = "--note"
};

static const enum option options[IMPORT_COUNT] = {
	[IMPORT_SYMBOL] = OPT_SYMBOL,
	[IMPORT_LONG] = OPT_LONG,
	[IMPORT_SHORT] = OPT_SHORT,
	[IMPORT_SIZE] = OPT_SIZE,
	[IMPORT_OPENED_AT] = OPT_OPENED_AT,
	[IMPORT_LONG_RATE] = OPT_LONG_RATE,
	[IMPORT_SHORT_RATE] = OPT_SHORT_RATE,
	[IMPORT_DIVERGENCE] = OPT_ENTRY_DIVERGENCE,
	[IMPORT_LONG_QTY] = OPT_LONG_QTY,
	[IMPORT_SHORT_QTY] = OPT_SHORT_QTY,
	[IMPORT_LONG_PRICE] = OPT_LONG_PRICE,
	[IMPORT_SHORT_PRICE] = OPT_SHORT_PRICE,
	[IMPORT_FEES] = OPT_FEES,
	[IMPORT_EXTERNAL_ID] = OPT_EXTERNAL_ID,
	[IMPORT_NOTE] = OPT_NOTE
};

struct job {
	struct cli *c;
	const struct account *account;
	struct instant now;
	struct position p;
	const char *note;
	char opened[INSTANT_TEXT_MAX];
	bool asked;			/* the service told the entry */
};

static struct import_cell cell_of(const char *text)
{
	return (struct import_cell){ .s = text, .n = text ? strlen(text) : 0 };
}

/* "24h" and "now" become times; anything else is read as a time later. */
static bool opened_at(struct job *j, struct import_cell *cell,
		      struct err *err)
{
	struct instant at = j->now;

	if (cell->s && !cli_time(j->c, &at, cell->s, err))
		return err_prefix(err, "--opened-at");
	instant_format(j->opened, at);
	*cell = cell_of(j->opened);
	return true;
}

static bool read_position(struct job *j, struct err *err)
{
	struct import im = {
		.form = &import_positions, .names = option_names,
		.arena = j->c->arena, .now = j->now,
		.max_abs_rate_8h = j->c->config->limits.max_abs_rate_8h,
		.entry_optional = true
	};
	struct import_row row = { .at = { 0, 0 } };

	for (int k = 0; k < IMPORT_COUNT; k++)
		row.cell[k] = cell_of(j->c->opt[options[k]]);
	return opened_at(j, &row.cell[IMPORT_OPENED_AT], err) &&
	       import_position(&im, &j->p, &j->note, &row, err);
}

/* ---- the entry as a poll saw it ---- */

static bool near(const struct job *j, const struct evidence_view *v)
{
	int64_t apart = instant_diff(j->p.opened_at, v->at).ms;

	return apart >= 0 && apart <= POLL_NEAR_MS;
}

static void take_entry(struct position *p, const struct quote *l,
		       const struct quote *s)
{
	struct dec rl, rs, d, ratio;

	if (!p->entry_divergence.known && l->why == WHY_KNOWN &&
	    s->why == WHY_KNOWN && rate_per_day(&rl, l->rate) &&
	    rate_per_day(&rs, s->rate) && dec_sub(&d, rs, rl)) {
		p->entry_divergence = fact_known(d);
		p->entry_manual = false;
		p->leg[LEG_LONG].entry_rate_8h = fact_known(l->rate.fraction);
		p->leg[LEG_SHORT].entry_rate_8h = fact_known(s->rate.fraction);
	}
	if (l->oi_usd.known && s->oi_usd.known &&
	    dec_div(&ratio, l->oi_usd.v, s->oi_usd.v))
		p->entry_oi_ratio = fact_known(ratio);
}

/* What was not given may stand in a poll of the ten minutes before. */
static bool look_up_entry(struct job *j, struct store *s, struct err *err)
{
	const struct quote *l, *sh;
	struct evidence_view v;
	struct market m;
	struct poll poll;
	bool found;

	if (!store_evidence(s, &v, &poll, &found, j->p.opened_at, j->c->arena,
			    err))
		return false;
	if (!found || !near(j, &v))
		return true;
	evidence_market(&m, &v);
	l = market_quote(&m, j->p.symbol, j->p.leg[LEG_LONG].venue);
	sh = market_quote(&m, j->p.symbol, j->p.leg[LEG_SHORT].venue);
	if (l && sh)
		take_entry(&j->p, l, sh);
	return true;
}

/*
 * Opened just now: the service says what the rates are. Its silence is no
 * reason to refuse a pair that stands already.
 */
static void ask_service(struct job *j)
{
	const struct venue legs[] = { j->p.leg[LEG_LONG].venue,
				      j->p.leg[LEG_SHORT].venue };
	const struct quote *l, *s;
	int64_t ago = instant_diff(j->c->now, j->p.opened_at).ms;
	struct market m;
	struct err err;

	if (j->p.entry_divergence.known || ago < 0 || ago > POLL_NEAR_MS ||
	    !cmd_fetch(&m, j->c, j->account, legs, 2, &err))
		return;
	l = market_quote(&m, j->p.symbol, legs[LEG_LONG]);
	s = market_quote(&m, j->p.symbol, legs[LEG_SHORT]);
	if (l && s)
		take_entry(&j->p, l, s);
	j->asked = j->p.entry_divergence.known;
}

/* ---- the command ---- */

static bool write_position(struct store *s, void *ctx, struct err *err)
{
	struct job *j = ctx;

	return store_add_position(s, &j->p, j->now, "cli", j->note, err);
}

static void warn(const struct job *j)
{
	const struct market_limits *m = &j->c->config->limits;

	if (cli_has(j->c, OPT_QUIET))
		return;
	for (int s = LEG_LONG; s <= LEG_SHORT; s++)
		if (!terms_find(m->terms, m->n_terms, j->p.leg[s].venue))
			fprintf(stderr, "warning: venue %s is not under "
				"venues: in the configuration; its payment "
				"interval and fees are unknown\n",
				j->p.leg[s].venue.s);
	if (!j->p.entry_divergence.known)
		fputs("warning: neither a poll near the opening nor the "
		      "service knows the entry divergence; rules that compare "
		      "with it answer unknown (give --entry-divergence)\n",
		      stderr);
}

static const char *entry_text(const struct job *j, char buf[ENTRY_TEXT])
{
	const struct fact *d = &j->p.entry_divergence;
	char text[DEC_TEXT_MAX];

	if (!d->known)
		return "unknown";
	dec_format(text, rate_from_day(d->v, RATE_8H_S));
	snprintf(buf, ENTRY_TEXT, "%s/8h (%s)", text,
		 j->p.entry_manual ? "given" :
		 j->asked ? "from the service now" : "from a poll");
	return buf;
}

static void say_done(const struct job *j)
{
	const struct position *p = &j->p;
	char size[DEC_TEXT_MAX], entry[ENTRY_TEXT];

	dec_format(size, p->size_usd);
	if (cli_has(j->c, OPT_DRY_RUN))
		positions_say(j->c, "Would open %s, %s USD, entry divergence "
			      "%s; nothing was written",
			      positions_name(j->account, p).s, size,
			      entry_text(j, entry));
	else
		positions_say(j->c, "Opened %s, %s USD, entry divergence %s. "
			      "See it: carrywatch positions show %" PRId64 "%s",
			      positions_name(j->account, p).s, size,
			      entry_text(j, entry), p->id,
			      positions_dash_a(j->c, j->account).s);
}

static bool job_run(struct job *j, struct store *s, struct err *err)
{
	if (!positions_now(&j->now, j->c, j->account, s, err) ||
	    !read_position(j, err))
		return false;
	j->p.entry_manual = j->p.entry_divergence.known;
	if (!look_up_entry(j, s, err))
		return false;
	ask_service(j);
	warn(j);
	return positions_write(s, write_position, j,
			       !cli_has(j->c, OPT_DRY_RUN), err);
}

int cmd_positions_open(struct cli *c)
{
	struct job j = { .c = c };
	struct err err = { ERR_NONE, "" };
	struct store *s = NULL;
	bool ok = cli_account(c, &j.account, &err) &&
		  cli_store(c, &s, j.account, STORE_CHANGE, &err) &&
		  job_run(&j, s, &err);

	store_close(s);
	if (!ok)
		return cli_fail(c, &err);
	say_done(&j);
	return 0;
}
