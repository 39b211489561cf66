/* SPDX-License-Identifier: MIT */
/*
 * replay: the recorded polls of an account once more through the code that
 * decided them: what happened, and exit 1 unless the same comes out; --verify
 * says only that. --profile NAME: what would that one have done? Reads page
 * by page and holds up no poll.
 */
#include "cli.h"
#include "text_safe.h"
#include "cmd_replay_profile.h"
#include "commands.h"
#include "replay_load.h"
#include "sentence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct run {
	struct cli *c;
	const struct account *account;
	struct store *store;
	struct arena *moment;		/* of one decision */
	struct source_store *source;
	struct replay r;
	struct profile other;		/* at the recorded rhythm */
	struct replay_seen seen;
	int64_t first, last;
};

/* ---- decisions as rows ---- */

static bool same_row(char *buf, size_t n, const struct decision_row *d,
		     const struct watched *x, const struct recorded_poll *p)
{
	char text[SENTENCE_MAX];

	sentence_decision(text, x, p->account->profile);
	if (d->action == x->decision.action &&
	    d->before == x->old_watch.action &&
	    strcmp(d->label.s, x->decision.label.s) == 0 &&
	    (strcmp(d->text, text) == 0 ||
	     strcmp(p->version, CARRYWATCH_VERSION) != 0))
		return true;
	snprintf(buf, n, "recorded decision \"%.300s\", replayed \"%.300s\"",
		 d->text, text);
	return false;
}

/* The wording of another version of the program is not compared. */
static bool decided(void *ctx, bool *same, char *buf, size_t n,
		    const struct watched *x, const struct recorded_poll *p,
		    struct err *err)
{
	struct run *run = ctx;
	struct decision_row d;
	bool found;

	arena_reset(run->moment);
	if (!store_decision(run->store, &d, &found, p->seq, x->pos.id,
			    run->moment, err))
		return false;
	*same = found && same_row(buf, n, &d, x, p);
	if (!found)
		snprintf(buf, n, "replayed decision %s %s is not recorded",
			 action_word(x->decision.action),
			 x->decision.label.s);
	return true;
}

/* A decision that is recorded but does not come out again. */
static bool count_decisions(struct run *run, struct err *err)
{
	struct replay *r = &run->r;
	int64_t n;

	if (!r->verify || r->differs || r->unsure > 0 || r->polls == 0)
		return true;
	if (!store_count_decisions(run->store, &n, run->first, run->last, err))
		return false;
	r->differs = n != r->decisions;
	if (r->differs)
		snprintf(r->difference, sizeof(r->difference), "%" PRId64
			 " decisions are recorded, %" PRId64 " came out", n,
			 r->decisions);
	return true;
}

/* ---- the walk ---- */

/* The other profile polls as often as the recorded one did. */
static void keep_rhythm(struct run *run, const struct recorded_poll *p)
{
	struct span every = p->account->profile->poll_interval;

	if (run->r.profile && run->other.poll_interval.ms != every.ms)
		profile_poll_every(&run->other, every);
}

static bool past(const struct run *run, struct instant at)
{
	return instant_known(run->r.until) && at.ms >= run->r.until.ms;
}

static bool walk(struct run *run, struct err *err)
{
	struct recorded_poll p;
	bool more;

	while (source_store_next(run->source, &p, &more, err)) {
		int64_t polls = run->r.polls;

		if (!more || past(run, p.at) || run->r.differs)
			return true;
		keep_rhythm(run, &p);
		if (!replay_step(&run->r, &p, err))
			return false;
		if (run->r.polls == polls)
			continue;
		if (polls == 0) {
			run->first = p.seq;
			run->seen.from = p.at;
		}
		run->last = p.seq;
		run->seen.to = p.at;
		run->seen.polls = run->r.polls;
	}
	return false;
}

static bool take_profile(struct run *run, struct err *err)
{
	const char *name = run->c->opt[OPT_PROFILE];
	const struct profile *p;

	if (!name)
		return true;
	if (cli_has(run->c, OPT_VERIFY))
		return err_set(err, ERR_USAGE, "--verify replays the recorded "
			       "profile: leave --profile away");
	p = config_profile(run->c->config, name);
	if (!p)
		return err_set(err, ERR_NOT_FOUND, "no profile \"%s\"; see: "
			       "carrywatch profiles list", name);
	run->other = *p;
	run->r.profile = &run->other;
	return true;
}

static bool load(struct run *run, struct err *err)
{
	struct cli *c = run->c;

	run->moment = arena_new();
	if (!run->moment)
		return err_set(err, ERR_MEMORY, "no memory");
	if (!cli_config(c, err) || !cli_account(c, &run->account, err) ||
	    !cli_store(c, &run->store, run->account, STORE_READ, err))
		return false;
	run->r.verify = cli_has(c, OPT_VERIFY) || !cli_has(c, OPT_PROFILE);
	run->r.decided = decided;
	run->r.ctx = run;
	run->r.since = c->since;
	run->r.until = c->until;
	return take_profile(run, err) &&
	       replay_load(&run->r, run->store, c->arena, err) &&
	       source_store_open(&run->source, run->store,
				 run->account->name, c->since, err);
}

static int tell_same(const struct run *run)
{
	const struct replay *r = &run->r;

	if (r->differs) {
		printf("NOT THE SAME  ");
		text_print_safe(stdout, r->difference);
		putchar('\n');
		return 1;
	}
	printf("%s: %" PRId64 " polls replayed, %s .. ", run->account->name,
	       r->polls, cli_shown_time(run->c, run->seen.from));
	printf("%s\n%" PRId64 " evaluations and %" PRId64 " decisions came out "
	       "as recorded.\n", cli_shown_time(run->c, run->seen.to), r->compared,
	       r->decisions);
	if (r->unsure > 0)
		printf("%" PRId64 " evaluations of version 0.1.0 were left "
		       "out: it did not record what they started from.\n",
		       r->unsure);
	return 0;
}

static bool any_poll(const struct run *run, struct err *err)
{
	if (run->r.polls > 0)
		return true;
	return err_set(err, ERR_NOT_FOUND, "no poll of %s is recorded in that "
		       "time; see: carrywatch status -a %s",
		       run->account->name, run->account->name);
}

/* The recorded profile: what happened, and that the same comes out. */
static bool tell(int *code, const struct run *run, struct err *err)
{
	*code = 0;
	if (!run->r.profile && (run->r.differs || cli_has(run->c, OPT_VERIFY)))
		{
		*code = tell_same(run);
		return true;
	}
	return cmd_replay_show(run->c, run->account, &run->r, &run->seen, err);
}

int cmd_replay(struct cli *c)
{
	struct err err = { ERR_NONE, "" };
	struct run run = { .c = c };
	int code;

	if (!load(&run, &err) || !walk(&run, &err) ||
	    !count_decisions(&run, &err) || !any_poll(&run, &err) ||
	    !tell(&code, &run, &err))
		code = cli_fail(c, &err);
	source_store_close(run.source);
	store_close(run.store);
	arena_free(run.moment);
	return code;
}
