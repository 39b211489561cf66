/* SPDX-License-Identifier: MIT */
/*
 * report: what an account has earned, from its positions and their ledger,
 * beside what the same entries had earned held through.
 */
#include "commands.h"
#include "report_account.h"
#include "report_show.h"

#include <string.h>

static bool load_ledgers(struct report_history *h, struct store *s,
			 struct arena *arena, struct err *err)
{
	struct report_ledger *list = arena_array(arena, h->n, sizeof(*list));

	if (!list)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < h->n; i++) {
		struct settlement *rows;

		if (!store_settlements(s, &rows, &list[i].n,
				       h->positions[i].id, arena, err))
			return false;
		list[i].rows = rows;
	}
	h->ledgers = list;
	return true;
}

static bool load_history(struct report_history *h, struct store *s,
			 struct arena *arena, struct err *err)
{
	struct position *list;
	struct poll poll;
	bool found;

	if (!store_positions(s, &list, &h->n, STORE_ALL, INSTANT_UNKNOWN,
			     arena, err) ||
	    !store_last_poll(s, &poll, &found, err))
		return false;
	h->positions = list;
	h->last_poll = found ? poll.at : INSTANT_UNKNOWN;
	return load_ledgers(h, s, arena, err);
}

/* In one transaction, so that no poll comes between. */
static bool read_history(struct report_history *h, struct cli *c,
			 const struct account *a, struct err *err)
{
	struct store *s;
	bool ok;

	h->n = 0;
	h->last_poll = INSTANT_UNKNOWN;
	if (!cli_store_if_any(c, &s, a, err))
		return false;
	if (!s)
		return true;
	ok = store_begin_read(s, err);
	if (ok) {
		ok = load_history(h, s, c->arena, err);
		store_end_read(s);
	}
	store_close(s);
	return ok;
}

static bool one_account(struct report_run *run, struct report_summary *sum,
			struct cli *c, const struct account *a,
			struct err *err)
{
	struct terms terms;
	struct report_history h = { .terms = &terms, .since = c->since,
				    .until = c->until,
				    .capital_usd = a->entry.capital_usd };

	config_terms(&terms, c->config, a);
	*run = (struct report_run){ .price_included = false };
	snprintf(run->name, sizeof(run->name), "%s", a->name);
	return read_history(&h, c, a, err) &&
	       report_account(run, &h, c->arena, err) &&
	       report_measure(sum, run, c->arena, err);
}

static const char leaving_note[] =
	"Leaving is charged from the opening on: what it cost, or what it "
	"would by today's configuration while open.";
static const char capital_note[] =
	"Capital: accounts.NAME.entry.capital_usd.";
static const char largest_note[] =
	"Capital: the largest notional open at one time, both legs fully "
	"margined (accounts.NAME.entry.capital_usd sets another).";
static const char mixed_note[] =
	"Capital: accounts.NAME.entry.capital_usd, or where it is not set the "
	"largest notional open at one time, both legs fully margined.";
static const char simulated_note[] =
	"Simulated fills: an account in dry-run.";
static const char since_note[] =
	"Only positions opened from --since on.";

static size_t take_notes(const char **notes, const struct cli *c,
			 const struct account *const *list, size_t n)
{
	size_t set = 0, simulated = 0, k = 0;

	for (size_t i = 0; i < n; i++) {
		set += list[i]->entry.capital_usd.known;
		simulated += list[i]->mode == MODE_DRY_RUN;
	}
	notes[k++] = set == n ? capital_note :
		     set == 0 ? largest_note : mixed_note;
	notes[k++] = leaving_note;
	if (simulated)
		notes[k++] = simulated_note;
	if (instant_known(c->since))
		notes[k++] = since_note;
	return k;
}

static bool show(struct cli *c, const struct report_run *runs,
		 const struct report_summary *sums,
		 const struct account *const *list, size_t n, struct err *err)
{
	const char *notes[4];
	struct report_show how = { .title = "REPORT", .notes = notes };

	how.n_notes = take_notes(notes, c, list, n);
	return report_print(stdout, c, runs, sums, n, &how, err);
}

static bool report(struct cli *c, struct err *err)
{
	const struct account **list;
	struct report_summary *sums;
	struct report_run *runs;
	size_t n;

	if (instant_known(c->since) && instant_known(c->until) &&
	    c->since.ms >= c->until.ms)
		return err_set(err, ERR_USAGE, "--since is not before "
			       "--until");
	if (!cli_config(c, err) || !cli_accounts(c, &list, &n, err))
		return false;
	runs = arena_array(c->arena, n, sizeof(*runs));
	sums = arena_array(c->arena, n, sizeof(*sums));
	if (!runs || !sums)
		return err_set(err, ERR_MEMORY, "no memory");
	for (size_t i = 0; i < n; i++)
		if (!one_account(&runs[i], &sums[i], c, list[i], err))
			return err_prefix(err, "account %s", list[i]->name);
	return show(c, runs, sums, list, n, err);
}

int cmd_report(struct cli *c)
{
	struct err err = { ERR_NONE, "" };

	if (!report(c, &err))
		return cli_fail(c, &err);
	return 0;
}
