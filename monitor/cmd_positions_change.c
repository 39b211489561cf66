/* SPDX-License-Identifier: MIT */
/*
 * positions close, keep, confirm, reopen, note: read, decide (change.c) and
 * write inside one transaction, beside a monitor that may be running.
 */
#include "cmd_positions_change.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "change.h"
#include "text_safe.h"
#include "commands.h"
#include "store_handoffs.h"
#include "store_held.h"
#include "suggest.h"
#include "view_explain.h"

#define COMMIT_MS 2000
#define TRIES 5
#define PAUSE_MS 200
#define LINE_MAX_TEXT 512

/* ---- shared ---- */

static bool write_once(struct store *s, positions_work *work, void *ctx,
		       bool commit, struct err *err)
{
	if (!store_begin(s, err))
		return false;
	if (!work(s, ctx, err)) {
		store_rollback(s);
		return false;
	}
	if (commit)
		return store_commit(s, COMMIT_MS, err);
	store_rollback(s);
	return true;
}

bool positions_write(struct store *s, positions_work *work, void *ctx,
		     bool commit, struct err *err)
{
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };

	for (int i = 0; i < TRIES; i++) {
		if (write_once(s, work, ctx, commit, err))
			return true;
		if (err->kind != ERR_BUSY)
			return false;
		nanosleep(&pause, NULL);
	}
	return err_prefix(err, "tried %d times, nothing was changed, try again "
			  "in a moment", TRIES);
}

bool positions_now(struct instant *out, const struct cli *c,
		   const struct account *a, struct store *s, struct err *err)
{
	struct poll last;
	bool found;

	*out = c->now;
	if (a->mode != MODE_DRY_RUN)
		return true;
	if (!store_last_poll(s, &last, &found, err))
		return false;
	if (found && last.at.ms > out->ms)
		*out = last.at;
	return true;
}

struct short_text positions_name(const struct account *a,
				const struct position *p)
{
	struct short_text name;

	snprintf(name.s, sizeof(name.s), "%s/%" PRId64 " %s long %s / short %s",
		 a->name, p->id, p->symbol.s, p->leg[LEG_LONG].venue.s,
		 p->leg[LEG_SHORT].venue.s);
	return name;
}

struct short_text positions_dash_a(const struct cli *c,
				  const struct account *a)
{
	struct short_text dash = { "" };

	if (c->config->n_accounts >= 2)
		snprintf(dash.s, sizeof(dash.s), " -a %s", a->name);
	return dash;
}

void positions_say(const struct cli *c, const char *fmt, ...)
{
	char text[LINE_MAX_TEXT];
	va_list ap;

	if (cli_has(c, OPT_QUIET))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_print_safe(stdout, text);
	fputc('\n', stdout);
}

/* ---- one change ---- */

struct job {
	struct cli *c;
	const struct account *account;
	struct change_ask ask;
	struct change change;		/* what came out */
	int64_t id;
};

/* What went out may be working: keeping it here would not stop it. */
static const char *may_work(const struct handoff_row *r)
{
	switch (r->state) {
	case HANDOFF_SENT:
	case HANDOFF_ACKNOWLEDGED:
	case HANDOFF_UNKNOWN:
		return "was handed over: stop it at the trading client";
	case HANDOFF_QUEUED:
		return r->tries == 0 || instant_known(r->answered_at) ? NULL :
		       "was sent, and no answer says that it was not taken: "
		       "look at both venues and at carrywatch handoffs list; "
		       "carrywatch pause stops further tries";
	case HANDOFF_CONFIRMED:
	case HANDOFF_FAILED:
		break;
	}
	return NULL;
}

static bool check_keep(struct store *s, const struct job *j, struct err *err)
{
	struct handoff_row *rows;
	const char *why;
	size_t n;

	if (j->ask.kind != CHANGE_KEEP)
		return true;
	if (!store_handoffs(s, &rows, &n, j->id, j->c->arena, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if ((why = may_work(&rows[i])) != NULL)
			return err_set(err, ERR_DATA, "the close of position "
				       "%" PRId64 " %s; once it is over, open "
				       "the pair anew", j->id, why);
	return true;
}

static bool change_work(struct store *s, void *ctx, struct err *err)
{
	struct job *j = ctx;
	struct position p;

	if (!positions_now(&j->ask.now, j->c, j->account, s, err) ||
	    !store_position(s, &p, j->id, err) || !check_keep(s, j, err) ||
	    !store_close_recorded(s, &j->ask.recorded_at, j->id, err) ||
	    !change_make(&j->change, &p, &j->ask, err))
		return false;
	if (j->change.forget && !store_forget_memory(s, j->id, err))
		return false;
	if (j->change.unclose &&
	    (!store_unclose_settlements(s, j->id, err) ||
	     !store_absent_anew(s, j->id, err)))
		return false;
	if (!j->change.rewrite)
		return store_add_event(s, &j->change.event, err);
	return store_change_position(s, &j->change.position,
				     &j->change.event, err);
}

static bool read_amount(struct fact *out, const struct cli *c, enum option o,
			struct err *err)
{
	const char *text = c->opt[o];

	*out = fact_unknown(WHY_NOT_SET);
	if (!text)
		return true;
	if (!dec_parse(&out->v, text, strlen(text)))
		return err_set(err, ERR_USAGE, "--%s \"%.40s\": write an "
			       "amount in USD like 3.01",
			       option_specs[o].name, text);
	*out = fact_known(out->v);
	return true;
}

static bool read_for(struct span *out, const struct cli *c, struct err *err)
{
	const char *text = c->opt[OPT_FOR];

	*out = span_s(CHANGE_KEEP_S);
	return !text || span_parse(out, text, strlen(text)) ||
	       err_set(err, ERR_USAGE, "--for \"%.40s\": write a number with "
		       "its unit, 8h or 90m", text);
}

static bool read_reason(struct label *out, const struct cli *c,
			struct err *err)
{
	const char *text = c->opt[OPT_REASON];

	*out = (struct label){ "" };
	return !text || label_parse(out, text, strlen(text)) ||
	       err_set(err, ERR_USAGE, "--reason \"%.40s\": write a label in "
		       "capitals, digits and _, like PROFIT_EROSION", text);
}

/* keep mutes a close line; a word that names none would mute nothing. */
static bool check_muted(const struct job *j, struct err *err)
{
	const struct profile *p = j->account->profile;
	const char *words[LINES_MAX], *near;
	const char *label = j->ask.reason.s;

	if (!label[0] || profile_close_line(p, j->ask.reason) >= 0)
		return true;
	for (int i = 0; i < p->n_close; i++)
		words[i] = p->line[i].label.s;
	near = suggest(label, words, (size_t)p->n_close);
	return err_set(err, ERR_USAGE, "--reason %s: profile %s has no close "
		       "line of this label%s%s%s; \"profiles show %s\" lists "
		       "them", label, p->name, near ? ", did you mean " : "",
		       near ? near : "", near ? "?" : "", p->name);
}

static bool job_read(struct job *j, enum change_kind kind, struct err *err)
{
	const struct cli *c = j->c;

	j->ask.kind = kind;
	j->ask.note = cli_has(c, OPT_NOTE) ? c->opt[OPT_NOTE] : "";
	if (kind == CHANGE_NOTE)
		j->ask.note = c->arg[1];
	if (!cli_id(c, &j->id, 0, err) ||
	    !read_reason(&j->ask.reason, c, err) ||
	    !read_for(&j->ask.keep_for, c, err) ||
	    !read_amount(&j->ask.fees_usd, c, OPT_FEES, err) ||
	    !read_amount(&j->ask.exit_price[LEG_LONG], c, OPT_LONG_PRICE,
			 err) ||
	    !read_amount(&j->ask.exit_price[LEG_SHORT], c, OPT_SHORT_PRICE,
			 err) ||
	    !cli_account(j->c, &j->account, err))
		return false;
	return kind != CHANGE_KEEP || check_muted(j, err);
}

static bool ask_close(const struct job *j, struct err *err)
{
	const struct position *p = &j->change.position;
	char size[DEC_TEXT_MAX], fees[DEC_TEXT_MAX], question[400];

	dec_format(size, p->size_usd);
	dec_format_fixed(fees, p->fees_usd, 2);
	snprintf(question, sizeof(question), "Close %s, %s USD, fees %s USD, "
		 "reason %s?", positions_name(j->account, p).s, size,
		 fees, p->reason.s);
	return cli_confirm(j->c, question, err);
}

/* One line is muted; others that were TRUE at the last poll close it again. */
static void say_also_true(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct store *s;
	struct view v;

	if (!view_open_one(&v, &s, c, &err)) {
		positions_say(c, "Whether another line may close it again is "
			      "not known: %s", err.text);
		return;
	}
	store_close(s);
	for (int i = 0; i < v.profile->n_close; i++) {
		const struct finding *f = view_finding(&v.rows[0], i);

		if (f && f->verdict == VERDICT_TRUE &&
		    !view_is_muted(&v, &v.rows[0], i))
			positions_say(c, "%s is TRUE as well and not muted: it "
				      "may close it again at the next poll",
				      v.profile->line[i].label.s);
	}
}

/* What was done and the next useful command. */
static void say_done(const struct job *j, bool dry)
{
	struct cli *c = j->c;
	const struct position *p = &j->change.position;
	struct short_text pair = positions_name(j->account, p);
	struct short_text dash_a = positions_dash_a(c, j->account);
	const char *name = pair.s, *a = dash_a.s;
	const char *now = cli_shown_time(c, j->ask.now);

	if (dry) {
		positions_say(c, "Would %s %s, nothing was written",
			      change_word(j->ask.kind), name);
		return;
	}
	switch (j->ask.kind) {
	case CHANGE_CLOSE:
		positions_say(c, "Closed %s at %s, reason %s. Undo within the "
			      "hour: carrywatch positions reopen %" PRId64 "%s",
			      name, now, p->reason.s, p->id, a);
		return;
	case CHANGE_KEEP:
		positions_say(c, "Kept %s, %s is muted until %s. Watch it: "
			      "carrywatch explain %" PRId64 "%s", name,
			      p->muted.s, cli_shown_time(c, p->muted_until),
			      p->id, a);
		say_also_true(c);
		return;
	case CHANGE_CONFIRM:
		positions_say(c, "Confirmed %s at %s. See it: carrywatch "
			      "positions show %" PRId64 "%s", name, now,
			      p->id, a);
		return;
	case CHANGE_REOPEN:
		positions_say(c, "Reopened %s, its counters start at zero. "
			      "Watch it: carrywatch explain %" PRId64 "%s",
			      name, p->id, a);
		return;
	case CHANGE_NOTE:
		positions_say(c, "Noted with %s. See it: carrywatch positions "
			      "show %" PRId64 "%s", name, p->id, a);
		return;
	}
}

static bool job_write(struct job *j, struct store *s, struct err *err)
{
	bool dry = cli_has(j->c, OPT_DRY_RUN);
	bool ask = j->ask.kind == CHANGE_CLOSE && !dry;

	/* Ask about what would happen, without holding the database. */
	if (ask && (!positions_write(s, change_work, j, false, err) ||
		    !ask_close(j, err)))
		return false;
	return positions_write(s, change_work, j, !dry, err);
}

static int change_command(struct cli *c, enum change_kind kind)
{
	struct job j = { .c = c };
	struct err err = { ERR_NONE, "" };
	struct store *s = NULL;
	bool ok = job_read(&j, kind, &err) &&
		  cli_store(c, &s, j.account, STORE_CHANGE, &err) &&
		  job_write(&j, s, &err);

	store_close(s);
	if (!ok)
		return cli_fail(c, &err);
	say_done(&j, cli_has(c, OPT_DRY_RUN));
	return 0;
}

int cmd_positions_close(struct cli *c)
{
	return change_command(c, CHANGE_CLOSE);
}

int cmd_positions_keep(struct cli *c)
{
	return change_command(c, CHANGE_KEEP);
}

int cmd_positions_confirm(struct cli *c)
{
	return change_command(c, CHANGE_CONFIRM);
}

int cmd_positions_reopen(struct cli *c)
{
	return change_command(c, CHANGE_REOPEN);
}

int cmd_positions_note(struct cli *c)
{
	return change_command(c, CHANGE_NOTE);
}
