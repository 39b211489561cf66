/* SPDX-License-Identifier: MIT */
/*
 * report: what an account has earned, from its positions and their ledger,
 * beside what the same entries had earned held through.
 */
#include "commands.h"
#include "report_account.h"
#include "report_polls.h"
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
static bool read_history(struct report_history *h, struct store *s,
			 struct arena *arena, struct err *err)
{
	bool ok;

	if (!store_begin_read(s, err))
		return false;
	ok = load_history(h, s, arena, err);
	store_end_read(s);
	return ok;
}

/* What the recorded polls cannot tell. */
struct unseen {
	bool older;		/* pairs are older than the first of them */
	char why[600];		/* they cannot be read; "": they can */
};

static bool wants_polls(const struct cli *c)
{
	return c->opt[OPT_HTML] || c->format == FORMAT_JSON;
}

/* The money stands without them; only that memory is missing ends it. */
static bool add_polls(struct report_run *run, struct unseen *unseen,
		      struct store *s, const struct cli *c,
		      const struct account *a, struct err *err)
{
	const struct report_polls ask = { s, a->name, c->until,
					  c->opt[OPT_HTML] != NULL };

	if (report_polls_add(run, &unseen->older, &ask, c->arena, err))
		return true;
	snprintf(unseen->why, sizeof(unseen->why), "The recorded polls of %s "
		 "give no divergence: %s.", a->name, err->text);
	return err->kind != ERR_MEMORY;
}

static bool measure(struct report_run *run, struct unseen *unseen,
		    struct report_history *h, struct store *s, struct cli *c,
		    const struct account *a, struct err *err)
{
	if (s && !read_history(h, s, c->arena, err))
		return false;
	if (!report_account(run, h, c->arena, err))
		return false;
	return !s || !wants_polls(c) || add_polls(run, unseen, s, c, a, err);
}

static bool one_account(struct report_run *run, struct report_summary *sum,
			struct unseen *unseen, struct cli *c,
			const struct account *a, struct err *err)
{
	struct terms terms;
	struct report_history h = { .terms = &terms, .since = c->since,
				    .until = c->until,
				    .last_poll = INSTANT_UNKNOWN,
				    .capital_usd = a->entry.capital_usd };
	struct store *s;
	bool ok;

	config_terms(&terms, c->config, a);
	*run = (struct report_run){ .price_included = false };
	snprintf(run->name, sizeof(run->name), "%s", a->name);
	if (!cli_store_if_any(c, &s, a, err))
		return false;
	ok = measure(run, unseen, &h, s, c, a, err);
	store_close(s);
	return ok && report_measure(sum, run, c->arena, err);
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
static const char older_note[] =
	"Divergence is known where polls are still recorded: pictures begin "
	"there (storage.retention), and an exit before it has none.";

#define NOTES_MAX 6

static size_t take_notes(const char **notes, const struct cli *c,
			 const struct account *const *list, size_t n,
			 const struct unseen *unseen)
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
	if (unseen->older)
		notes[k++] = older_note;
	if (unseen->why[0])
		notes[k++] = unseen->why;
	return k;
}

static bool show(struct cli *c, const struct report_run *runs,
		 const struct report_summary *sums,
		 const struct account *const *list, size_t n,
		 const struct unseen *unseen, struct err *err)
{
	const char *notes[NOTES_MAX];
	struct report_show how = { .title = "REPORT", .notes = notes };

	how.n_notes = take_notes(notes, c, list, n, unseen);
	return report_print(stdout, c, runs, sums, n, &how, err);
}

static bool report(struct cli *c, struct err *err)
{
	const struct account **list;
	struct report_summary *sums;
	struct report_run *runs;
	struct unseen unseen = { false, "" };
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
		if (!one_account(&runs[i], &sums[i], &unseen, c, list[i],
				 err))
			return err_prefix(err, "account %s", list[i]->name);
	return show(c, runs, sums, list, n, &unseen, err);
}

int cmd_report(struct cli *c)
{
	struct err err = { ERR_NONE, "" };

	if (!report(c, &err))
		return cli_fail(c, &err);
	return 0;
}
