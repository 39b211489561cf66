/* SPDX-License-Identifier: MIT */
/* After each poll, and for each hand-off that leaves (sim_check.h). */
#include "sim_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim_parts.h"
#include "store_sql.h"

enum ask { ASK_SEQ, ASK_POLL, ASK_DECISION, ASK_CLOSES, ASK_WATCHED, ASK_NEW,
	   ASK_STREAKS, ASK_FUNDING, ASK_HANDOFF, ASK_OPEN, ASK_SENT, ASK_BLIND,
	   ASK_BRAKES, ASK_HELD_BACK, ASKS };

static const char *const texts[ASKS] = {
	[ASK_SEQ] = "SELECT coalesce(max(seq), 0) FROM polls",
	[ASK_POLL] = "SELECT p.at, p.positions, length(e.data) FROM polls p "
		"JOIN evidence e ON e.poll = p.seq WHERE p.seq = ?1",
	[ASK_DECISION] = "SELECT action, label FROM decisions "
		"WHERE poll = ?1 AND position = ?2",
	[ASK_CLOSES] = "SELECT count(*) FROM decisions "
		"WHERE poll = ?1 AND action = 'close'",
	[ASK_WATCHED] = "SELECT id, status, reason, decided_at, fees_usd "
		"FROM positions WHERE status <> 'closed' OR closed_at >= ?1 "
		"ORDER BY id",
	[ASK_NEW] = "SELECT id, external_id, size_usd, opened_at "
		"FROM positions WHERE id > ?1 ORDER BY id",
	[ASK_STREAKS] = "SELECT line, node, since, last_known, count, stored "
		"FROM streaks WHERE position = ?1",
	[ASK_FUNDING] = "SELECT settled_usd, settlements, unknown "
		"FROM funding WHERE position = ?1",
	[ASK_HANDOFF] = "SELECT key, state, held FROM handoffs "
		"WHERE poll = ?1 AND position = ?2",
	[ASK_OPEN] = "SELECT position FROM handoffs "
		"WHERE state NOT IN ('confirmed', 'failed') "
		"GROUP BY position HAVING count(*) > 1",
	[ASK_SENT] = "SELECT h.key, h.position, h.poll, h.state, h.held, "
		"d.action, b.paused_at FROM handoffs h LEFT JOIN decisions d "
		"ON d.poll = h.poll AND d.position = h.position "
		"LEFT JOIN brakes b WHERE h.id = ?1",
	[ASK_BLIND] = "SELECT count(*) FROM outbox WHERE position = ?1 "
		"AND kind = 'blind' AND at = ?2 AND fingerprint IS NULL",
	[ASK_HELD_BACK] = "SELECT count(*) FROM handoffs "
		"WHERE position = ?1 AND held = 'breaker'",
	[ASK_BRAKES] = "SELECT tripped_poll FROM brakes",
};

static sqlite3_stmt *statement[ASKS];

void sim_check_open(struct sim *s)
{
	/* Where the heap is measured its cache is full from the start. */
	if (s->quiet)
		sqlite3_exec(s->store->db, "PRAGMA cache_size = -200", NULL,
			     NULL, NULL);
	for (int i = 0; i < ASKS; i++)
		if (sqlite3_prepare_v3(s->store->db, texts[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &statement[i], NULL) != SQLITE_OK)
			sim_fail(s, 0, "%s: %s", texts[i],
				 sqlite3_errmsg(s->store->db));
}

void sim_check_close(void)
{
	for (int i = 0; i < ASKS; i++) {
		sqlite3_finalize(statement[i]);
		statement[i] = NULL;
	}
}

static sqlite3_stmt *ask(enum ask what, int64_t a, int64_t b)
{
	sqlite3_stmt *q = statement[what];
	int n = sqlite3_bind_parameter_count(q);

	sqlite3_reset(q);
	if (n > 0)
		sqlite3_bind_int64(q, 1, a);
	if (n > 1)
		sqlite3_bind_int64(q, 2, b);
	return q;
}

static bool row(sqlite3_stmt *q)
{
	if (sqlite3_step(q) == SQLITE_ROW)
		return true;
	sqlite3_reset(q);
	return false;
}

static const char *text(sqlite3_stmt *q, int column)
{
	const unsigned char *t = sqlite3_column_text(q, column);

	return t ? (const char *)t : "";
}

static int64_t number(sqlite3_stmt *q, int column)
{
	return sqlite3_column_type(q, column) == SQLITE_NULL ? NEVER :
	       sqlite3_column_int64(q, column);
}

/* One number of one row. */
static int64_t only(enum ask what, int64_t a, int64_t b)
{
	sqlite3_stmt *q = ask(what, a, b);
	int64_t n = row(q) ? number(q, 0) : NEVER;

	sqlite3_reset(q);
	return n;
}

int64_t sim_last_seq(struct sim *s)
{
	(void)s;
	return only(ASK_SEQ, 0, 0);
}

/* Is the text the decimal n / 10^places? */
static bool is_number(const char *t, int64_t n, int places)
{
	struct dec a, b;

	return dec_parse(&a, t, strlen(t)) && dec_join(&b, n, places) &&
	       dec_same(a, b);
}

/* ---- decisions ---- */

void sim_check_decision(struct sim *s, const struct sim_position *p,
			const char *label)
{
	sqlite3_stmt *q = ask(ASK_DECISION, s->seq, p->id);
	bool found = row(q);
	bool close = found && !strcmp(text(q, 0), "close");

	s->count.decisions += found;
	if (close && !label)
		sim_fail(s, p->id, "WRONG CLOSE: %s was decided, but no line "
			 "was TRUE on fresh data", text(q, 1));
	else if (!close && label)
		sim_fail(s, p->id, "MISSED CLOSE: %s held for as long as it "
			 "must, on fresh data, and nothing was decided",
			 label);
	else if (close && strcmp(text(q, 1), label) != 0)
		sim_fail(s, p->id, "WRONG REASON: %s was decided, %s is the "
			 "first TRUE line", text(q, 1), label);
	sqlite3_reset(q);
}

void sim_check_blind_told(struct sim *s, const struct sim_position *p)
{
	/* The same time may come twice, with a notice each. */
	if (only(ASK_BLIND, p->id, s->given.now) < 1)
		sim_fail(s, p->id, "BLINDNESS NOT TOLD: a close line is "
			 "unknown for too long (notice %d)",
			 p->blind_notices);
}

/* ---- streaks ---- */

static int line_of_text(const struct sim *s, const char *t)
{
	const struct sim_rules *r = &s->rules[s->in_force];
	const struct profile *p = sim_profile(s);

	for (int i = 0; i < r->n; i++)
		if (!strcmp(p->line[i].text, t))
			return r->line[i];
	return -1;
}

/* Trailing ones of the history, at most n. */
static int run_of(const struct sim_memory *m, int n)
{
	int k = 0;

	while (k < n && (m->history >> k & 1))
		k++;
	return k;
}

/* What the row of a `for` must be; false: there may be none. */
static bool run_is(const struct sim_line *l, const struct sim_memory *m,
		   int64_t want[4])
{
	int run = l->polls ? run_of(m, l->polls) : m->seen > 3 ? 3 : m->seen;

	want[0] = m->begun;
	want[1] = m->last;
	want[2] = run;
	want[3] = l->polls ? run >= l->polls : m->holds;
	return m->begun != NEVER;
}

static bool streak_is(const struct sim_line *l, const struct sim_memory *m,
		      int node, int64_t want[4])
{
	if (node > 0)
		return (l->polls || l->time) && run_is(l, m, want);
	want[0] = m->unknown_since;
	want[1] = NEVER;
	want[2] = want[3] = 0;
	return m->unknown_since != NEVER;
}

static int streaks_due(const struct sim *s, const struct sim_position *p)
{
	const struct sim_rules *r = &s->rules[s->in_force];
	int64_t want[4];
	int n = 0;

	for (int i = 0; i < r->n; i++)
		for (int node = 0; node < 2; node++)
			n += streak_is(&s->line[r->line[i]],
				       &p->memory[r->line[i]], node, want);
	return n;
}

static void check_streak(struct sim *s, const struct sim_position *p,
			 sqlite3_stmt *q)
{
	int l = line_of_text(s, text(q, 0)), node = sqlite3_column_int(q, 1);
	int64_t want[4];

	if (l < 0 || !streak_is(&s->line[l], &p->memory[l], node, want)) {
		sim_fail(s, p->id, "STREAK: %s has a run (node %d) where "
			 "there is none", text(q, 0), node);
		return;
	}
	for (int i = 0; i < 4; i++)
		if (number(q, 2 + i) != want[i])
			sim_fail(s, p->id, "STREAK: %s node %d is %lld %lld "
				 "count %lld stored %lld, must be %lld %lld "
				 "count %lld stored %lld", text(q, 0), node,
				 (long long)number(q, 2),
				 (long long)number(q, 3),
				 (long long)number(q, 4),
				 (long long)number(q, 5), (long long)want[0],
				 (long long)want[1], (long long)want[2],
				 (long long)want[3]);
}

void sim_check_streaks(struct sim *s, const struct sim_position *p)
{
	sqlite3_stmt *q = ask(ASK_STREAKS, p->id, 0);
	int n = 0;

	for (; row(q) && !s->failed; n++)
		check_streak(s, p, q);
	sqlite3_reset(q);
	if (n != streaks_due(s, p))
		sim_fail(s, p->id, "STREAK: %d runs are remembered, %d must "
			 "be", n, streaks_due(s, p));
}

/* ---- hand-offs ---- */

void sim_expect_handoff(struct sim *s, struct sim_position *p, bool held)
{
	sqlite3_stmt *q = ask(ASK_HANDOFF, s->seq, p->id);
	bool found = row(q);

	if (!sim_hands_over(s)) {
		if (found)
			sim_fail(s, p->id, "HAND-OFF of an account that hands "
				 "nothing over");
		sqlite3_reset(q);
		return;
	}
	s->count.handoffs++;
	snprintf(p->key, sizeof(p->key), "main-%lld-%lld", (long long)p->id,
		 (long long)s->seq);
	p->held = held;
	if (!found)
		sim_fail(s, p->id, "NO HAND-OFF of a decided close");
	else if (strcmp(text(q, 0), p->key) != 0)
		sim_fail(s, p->id, "HAND-OFF %s, must be %s", text(q, 0),
			 p->key);
	else if (!strcmp(text(q, 2), "breaker") != held)
		sim_fail(s, p->id, "BREAKER: the hand-off is %s",
			 held ? "not held back" : "held back");
	sqlite3_reset(q);
}

void sim_expect_released(struct sim *s, struct sim_position *p)
{
	sqlite3_stmt *q = ask(ASK_HELD_BACK, p->id, 0);

	if (row(q) && number(q, 0) > 0)
		sim_fail(s, p->id, "BREAKER: a protective line is TRUE and "
			 "the hand-off is held back");
	p->held = false;
	sqlite3_reset(q);
}

/* Against what is committed, and against what the model knows. */
static const char *why_not(const struct sim *s, const struct sim_position *p,
			   sqlite3_stmt *q)
{
	if (!sqlite3_get_autocommit(s->store->db))
		return "in a transaction that is not committed";
	if (strcmp(text(q, 5), "close") != 0 ||
	    p->status != STATUS_PENDING_CLOSE)
		return "of no decided close";
	if (strcmp(text(q, 3), "sent") != 0)
		return "without being written down as sent";
	if (s->paused || number(q, 6) != NEVER)
		return "while paused";
	if (p->held || text(q, 4)[0])
		return "while the breaker holds it back";
	if (p->unseen)
		return "of a pair the last good book lacked";
	if (strcmp(text(q, 0), p->key) != 0)
		return "under another id than the decision's";
	if (p->sent[0] && strcmp(p->sent, p->key) != 0)
		return "a second time under another id";
	return NULL;
}

static bool names_id(const struct sim *s, const struct outgoing *o,
		     const struct sim_position *p)
{
	char want[HANDOFF_ID_MAX + 40];

	if (s->kind == SIM_CONTROL) {
		snprintf(want, sizeof(want), "/positions/%s/close",
			 p->pair >= 0 ? s->pair[p->pair].id : "?");
		return strstr(o->url, want) != NULL;
	}
	snprintf(want, sizeof(want), "webhook-id: %s", p->key);
	for (size_t i = 0; i < o->n_headers; i++)
		if (!strcmp(o->header[i], want))
			return true;
	return false;
}

struct sim_position *sim_check_sent(struct sim *s, int64_t id,
				    const struct outgoing *o)
{
	sqlite3_stmt *q = ask(ASK_SENT, id, 0);
	struct sim_position *p = NULL;
	const char *why = "that is not in the database";

	if (row(q) && (p = sim_position(s, number(q, 1))))
		why = why_not(s, p, q);
	if (!why && !names_id(s, o, p))
		why = "that does not name its close";
	sqlite3_reset(q);
	if (why) {
		sim_fail(s, p ? p->id : 0, "SENT A HAND-OFF %s", why);
		return NULL;
	}
	snprintf(p->sent, sizeof(p->sent), "%s", p->key);
	return p;
}

/* ---- the rest of a poll ---- */

static void check_recorded(struct sim *s)
{
	sqlite3_stmt *q = ask(ASK_POLL, s->seq, 0);
	int watched = 0;

	for (int i = 0; i < s->n_loaded; i++)
		watched += s->position[i].was_watched;
	if (!row(q))
		sim_fail(s, 0, "NOT RECORDED: no row or no evidence");
	else if (number(q, 0) != s->given.now)
		sim_fail(s, 0, "RECORDED at another time");
	else if (number(q, 1) != watched)
		sim_fail(s, 0, "RECORDED %lld positions of %d",
			 (long long)number(q, 1), watched);
	sqlite3_reset(q);
}

static void check_money(struct sim *s, const struct sim_position *p)
{
	sqlite3_stmt *q = ask(ASK_FUNDING, p->id, 0);
	bool found = row(q);

	if (!found && p->settled > 0)
		sim_fail(s, p->id, "LEDGER: no sum of %d settlements",
			 p->settled);
	else if (found && (number(q, 1) != p->settled ||
			   number(q, 2) != p->unknown))
		sim_fail(s, p->id, "LEDGER: %lld settlements, %lld unknown; "
			 "must be %d, %d", (long long)number(q, 1),
			 (long long)number(q, 2), p->settled, p->unknown);
	else if (found && !is_number(text(q, 0), p->funding, 12))
		sim_fail(s, p->id, "LEDGER: sum %s, must be %lld e-12",
			 text(q, 0), (long long)p->funding);
	sqlite3_reset(q);
}

static void check_row(struct sim *s, sqlite3_stmt *q)
{
	const struct sim_position *p = sim_position(s, number(q, 0));

	if (!p)
		sim_fail(s, number(q, 0), "POSITION nobody opened");
	else if (strcmp(text(q, 1), status_word(p->status)) != 0 ||
		 strcmp(text(q, 2), p->reason) != 0)
		sim_fail(s, p->id, "POSITION is %s %s, must be %s %s",
			 text(q, 1), text(q, 2), status_word(p->status),
			 p->reason);
	else if (number(q, 3) != p->decided)
		sim_fail(s, p->id, "POSITION was decided at another time");
	else if (!is_number(text(q, 4), p->fees, 2))
		sim_fail(s, p->id, "MONEY: fees %s, must be %lld cents",
			 text(q, 4), (long long)p->fees);
	else if (!p->wild)
		check_money(s, p);
}

static void check_positions(struct sim *s)
{
	int64_t since = sim_gone_since(s);
	sqlite3_stmt *q = ask(ASK_WATCHED, since, 0);
	int n = 0, want = 0;

	for (; row(q) && !s->failed; n++)
		check_row(s, q);
	sqlite3_reset(q);
	for (int i = 0; i < s->n_positions; i++)
		want += s->position[i].status != STATUS_CLOSED ||
			s->position[i].closed >= since;
	if (n != want)
		sim_fail(s, 0, "POSITIONS: %d are watched, %d must be", n,
			 want);
}

void sim_check_poll(struct sim *s, int closes)
{
	int64_t twice;

	check_recorded(s);
	check_positions(s);
	if (only(ASK_CLOSES, s->seq, 0) != closes)
		sim_fail(s, 0, "WRONG CLOSE: %lld closes were decided, not %d",
			 (long long)only(ASK_CLOSES, s->seq, 0), closes);
	twice = sim_hands_over(s) ? only(ASK_OPEN, 0, 0) : NEVER;
	if (twice != NEVER)
		sim_fail(s, twice, "TWO HAND-OFFS of one position at once");
}

/* ---- the client's pairs ---- */

static void adopt(struct sim *s, sqlite3_stmt *q)
{
	for (int i = 0; i < SIM_PAIRS; i++) {
		struct sim_pair *x = &s->pair[i];
		const struct sim_position is = {
			.pair = i, .symbol = x->symbol, .size = x->size,
			.venue = { x->venue[0], x->venue[1] }, .entry_known =
			true, .entry = x->entry, .opened = x->opened,
			.wild = x->venue[0] == SIM_WILD ||
				x->venue[1] == SIM_WILD,
		};

		if (strcmp(x->id, text(q, 1)) != 0)
			continue;
		if (x->position)
			sim_fail(s, number(q, 0), "TWO POSITIONS of one pair");
		x->position = number(q, 0);
		sim_add_position(s, x->position, &is);
		return;
	}
	sim_fail(s, number(q, 0), "POSITION nobody opened");
}

void sim_adopt(struct sim *s)
{
	sqlite3_stmt *q = ask(ASK_NEW, s->n_positions, 0);

	while (row(q) && !s->failed)
		adopt(s, q);
	sqlite3_reset(q);
}
