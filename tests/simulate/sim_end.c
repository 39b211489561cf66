/* SPDX-License-Identifier: MIT */
/*
 * At the end of a seed: every recorded evaluation beside the model's, the
 * product's own replay over all of it, the money of each position, and that
 * everything which had to leave has left.
 */
#define _GNU_SOURCE
#include "sim_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "replay_load.h"
#include "report_account.h"
#include "sim_parts.h"
#include "store_sql.h"

/* Beside the heap, whose growth is the monitor's alone. */
void sim_remember(struct sim *s, const struct sim_said *said)
{
	size_t cap = s->cap_said ? 2 * s->cap_said : 1 << 14;
	void *p;

	if (s->n_said == s->cap_said) {
		p = s->said ? mremap(s->said, s->cap_said * sizeof(*said),
				     cap * sizeof(*said), MREMAP_MAYMOVE) :
			      mmap(NULL, cap * sizeof(*said), PROT_READ |
				   PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1, 0);
		if (p == MAP_FAILED) {
			sim_fail(s, 0, "no memory");
			return;
		}
		s->said = p;
		s->cap_said = cap;
	}
	s->said[s->n_said++] = *said;
}

/* ---- what was recorded ---- */

static int verdict_of(enum verdict v)
{
	return v == VERDICT_FALSE ? 0 : v == VERDICT_TRUE ? 1 : 2;
}

static void compare_row(struct sim *s, const struct evidence_row *r,
			const struct sim_said *want, int64_t poll)
{
	uint32_t verdicts = 0;

	for (int i = 0; i < r->n_lines; i++)
		verdicts |= (uint32_t)verdict_of(r->finding[i].verdict) <<
			    2 * i;
	if (want->poll != poll || want->position != r->position)
		sim_fail(s, r->position, "EVIDENCE of poll %" PRId64 " is of "
			 "no evaluation; poll %d position %d has none", poll,
			 want->poll, want->position);
	else if (want->action != (int8_t)r->action || want->line != r->line ||
		 want->new_data != r->new_data || want->verdicts != verdicts)
		sim_fail(s, r->position, "EVIDENCE of poll %" PRId64 ": action "
			 "%d line %d new %d verdicts %x, must be %d %d %d %x",
			 poll, r->action, r->line, r->new_data, verdicts,
			 want->action, want->line, want->new_data,
			 want->verdicts);
}

static void compare_poll(struct sim *s, const struct recorded_poll *p,
			 size_t *at)
{
	for (size_t i = 0; i < p->view.n_rows && !s->failed; i++) {
		if (*at >= s->n_said) {
			sim_fail(s, p->view.rows[i].position,
				 "EVIDENCE beyond what was evaluated");
			return;
		}
		compare_row(s, &p->view.rows[i], &s->said[(*at)++], p->seq);
	}
}

static void walk(struct sim *s, struct replay *r, struct source_store *source)
{
	struct recorded_poll p;
	bool more = true;
	size_t at = 0;

	while (!s->failed) {
		sim_must(s, source_store_next(source, &p, &more, &s->err));
		if (!more || s->failed)
			break;
		compare_poll(s, &p, &at);
		sim_must(s, replay_step(r, &p, &s->err));
	}
	if (!s->failed && at != s->n_said)
		sim_fail(s, s->said[at].position, "NO EVIDENCE of poll %d",
			 s->said[at].poll);
}

static void check_replay(struct sim *s)
{
	struct replay r = { .verify = true, .since = INSTANT_UNKNOWN,
			    .until = INSTANT_UNKNOWN };
	struct arena *arena = arena_new();
	struct source_store *source = NULL;

	sim_must(s, replay_load(&r, s->store, arena, &s->err));
	sim_must(s, source_store_open(&source, s->store, "main",
				      INSTANT_UNKNOWN, &s->err));
	if (source)
		walk(s, &r, source);
	source_store_close(source);
	if (r.differs)
		sim_fail(s, 0, "REPLAY: %s", r.difference);
	else if (!s->failed && (r.unsure != 0 ||
		 r.compared != (int64_t)s->n_said || r.polls != s->seq))
		sim_fail(s, 0, "REPLAY: %" PRId64 " polls, %" PRId64
			 " compared, %" PRId64 " unsure; must be %" PRId64
			 ", %zu, 0", r.polls, r.compared, r.unsure, s->seq,
			 s->n_said);
	s->count.replayed += r.compared;
	arena_free(arena);
}

/* ---- money ---- */

static bool sum_rows(struct dec *sum, int *unknown, const struct settlement *l,
		     size_t n)
{
	*sum = DEC_ZERO;
	*unknown = 0;
	for (size_t i = 0; i < n; i++) {
		if (l[i].hypothetical)
			continue;
		*unknown += !l[i].amount_usd.known;
		if (l[i].amount_usd.known &&
		    !dec_add(sum, *sum, l[i].amount_usd.v))
			return false;
	}
	return true;
}

/* Rows, their running sum, the model's sum: one number. */
static void check_ledger(struct sim *s, const struct sim_position *p,
			 const struct report_ledger *l)
{
	struct dec sum = DEC_ZERO, want = DEC_ZERO;
	struct funding f = { .n = 0 };
	int unknown = 0;

	sim_must(s, sum_rows(&sum, &unknown, l->rows, l->n) &&
		 store_funding(s->store, &f, p->id, &s->err) &&
		 dec_join(&want, p->funding, 12));
	if (s->failed)
		return;
	if (!f.sum_usd.known || !dec_same(f.sum_usd.v, sum) ||
	    f.n_unknown != unknown)
		sim_fail(s, p->id, "MONEY: the running sum is not the sum of "
			 "the settlements");
	else if (!p->wild && (!dec_same(sum, want) || unknown != p->unknown))
		sim_fail(s, p->id, "MONEY: the settlements are not those that "
			 "were due");
}

static void check_trade(struct sim *s, const struct report_trade *t,
			struct dec *total)
{
	const struct sim_position *p = sim_position(s, t->id);
	char is[DEC_TEXT_MAX], must[DEC_TEXT_MAX];
	struct dec net = DEC_ZERO, want = DEC_ZERO, fees = DEC_ZERO;

	if (!p || p->status != STATUS_CLOSED || p->wild)
		return;
	sim_must(s, report_net(&net, t) && dec_join(&want, p->funding, 12) &&
		 dec_join(&fees, p->fees, 2) && dec_sub(&want, want, fees) &&
		 dec_add(total, *total, net));
	dec_format(is, net);
	dec_format(must, want);
	if (!dec_same(net, want))
		sim_fail(s, p->id, "MONEY: realized is %s, settlements less "
			 "fees are %s", is, must);
}

static void check_account(struct sim *s, const struct report_history *h,
			  struct arena *arena)
{
	struct report_run run;
	struct dec total = DEC_ZERO, want = DEC_ZERO, part = DEC_ZERO;

	sim_must(s, report_account(&run, h, arena, &s->err));
	for (size_t i = 0; i < run.n_trades && !s->failed; i++)
		check_trade(s, &run.trades[i], &total);
	for (int i = 0; i < s->n_positions; i++) {
		const struct sim_position *p = &s->position[i];

		if (p->wild || p->status != STATUS_CLOSED)
			continue;
		sim_must(s, dec_join(&part, p->funding, 12) &&
			 dec_add(&want, want, part) &&
			 dec_join(&part, p->fees, 2) &&
			 dec_sub(&want, want, part));
	}
	if (!s->failed && !dec_same(total, want))
		sim_fail(s, 0, "MONEY: the account's realized sum is not that "
			 "of its positions");
}

static void check_money(struct sim *s)
{
	struct arena *arena = arena_new();
	struct report_history h = {
		.terms = &s->terms, .last_poll = { s->last_at },
		.since = INSTANT_UNKNOWN, .until = INSTANT_UNKNOWN,
		.capital_usd = fact_unknown(WHY_NOT_SET),
	};
	struct report_ledger *l;
	struct position *list;

	sim_must(s, store_positions(s->store, &list, &h.n, STORE_ALL,
				    INSTANT_UNKNOWN, arena, &s->err));
	h.positions = list;
	h.ledgers = l = arena_array(arena, h.n, sizeof(*l));
	for (size_t i = 0; i < h.n && !s->failed; i++) {
		struct settlement *rows;

		sim_must(s, store_settlements(s->store, &rows, &l[i].n,
					      list[i].id, arena, &s->err));
		l[i].rows = rows;
		check_ledger(s, &s->position[list[i].id - 1], &l[i]);
	}
	if (!s->failed && h.n > 0)
		check_account(s, &h, arena);
	arena_free(arena);
}

/* ---- what had to leave ---- */

struct count {
	const char *sql, *what;
};

static int64_t count_of(struct sim *s, const char *sql, int64_t at)
{
	sqlite3_stmt *q;
	int64_t n = -1;

	if (sqlite3_prepare_v2(s->store->db, sql, -1, &q, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_int64(q, 1, at);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* After a day in which everything worked. */
static void check_left(struct sim *s)
{
	static const struct count none[] = {
		{ "SELECT count(*) FROM deliveries d JOIN outbox o ON o.id = "
		  "d.message WHERE d.state IN ('queued', 'sent') AND o.at < ?1",
		  "ALERTS still wait" },
		/* A lesser one may be, once a day old; none that matters. */
		{ "SELECT count(*) FROM deliveries d JOIN outbox o ON o.id = "
		  "d.message WHERE d.state = 'dead' AND (o.priority <= 3 OR "
		  "d.done_at - o.at <= 86400000)",
		  "ALERTS were given up" },
		{ "SELECT count(*) FROM handoffs h JOIN positions p ON p.id = "
		  "h.position WHERE p.status = 'pending_close' AND h.held = '' "
		  "AND h.state IN ('queued', 'sent') AND h.created_at < ?1",
		  "HAND-OFFS never left" },
		{ "SELECT count(*) FROM positions WHERE status = "
		  "'pending_close' AND decided_at < ?1 AND id NOT IN (SELECT "
		  "position FROM outbox WHERE kind = 'close')",
		  "CLOSES nobody was told of" },
	};
	int64_t before = s->last_at - 12 * HOUR_MS;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		int64_t n = count_of(s, none[i].sql, before);

		if (n != 0)
			sim_fail(s, 0, "%lld %s", (long long)n, none[i].what);
	}
}

static void check_delivered(struct sim *s)
{
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(s->store->db, "SELECT id FROM deliveries WHERE "
			       "state = 'delivered'", -1, &q, NULL) !=
	    SQLITE_OK)
		return;
	while (sqlite3_step(q) == SQLITE_ROW && !s->failed) {
		s->count.delivered++;
		if (!s->taken[sqlite3_column_int64(q, 0)])
			sim_fail(s, 0, "ALERT %lld counts as delivered, but "
				 "no sink took it",
				 (long long)sqlite3_column_int64(q, 0));
	}
	sqlite3_finalize(q);
}

/* Each pair that was held all day is watched. */
static void check_pairs(struct sim *s)
{
	for (int i = 0; i < SIM_PAIRS; i++) {
		const struct sim_pair *p = &s->pair[i];

		if (p->id[0] && sim_pair_held(s, p) && !p->position &&
		    p->opened < s->calm)
			sim_fail(s, 0, "PAIR %s of the trading client is not "
				 "watched", p->id);
	}
}

void sim_check_end(struct sim *s)
{
	if (!s->failed)
		check_replay(s);
	if (!s->failed)
		check_money(s);
	if (!s->failed)
		check_left(s);
	if (!s->failed)
		check_delivered(s);
	if (!s->failed)
		check_pairs(s);
}
