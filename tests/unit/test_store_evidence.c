/* SPDX-License-Identifier: MIT */
/* Evidence in the database: read back at any time, kept for so long, small. */
#include "given.h"
#include "store_alerts.h"
#include "store_sql.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#define NOW		given_time(GIVEN_NOW)
#define KEY_EVERY	64
#define N_POSITIONS	100
#define N_VENUES	6
#define N_SLOTS		11
#define N_LINES		8

struct fixture {
	char dir[64], path[96];
	struct store *store;
	struct arena *now_arena, *before_arena, *arena;
	struct evidence_view *before;
	struct err err;
	int64_t seq;
};

static uint64_t state64 = 20261120;

static int below(int n)
{
	state64 ^= state64 << 13;
	state64 ^= state64 >> 7;
	state64 ^= state64 << 17;
	return (int)(state64 % (uint64_t)n);
}

static void check(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s", f->err.text);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   NULL);

	f->now_arena = arena_new();
	f->before_arena = arena_new();
	f->arena = arena_new();
	snprintf(f->dir, sizeof(f->dir), "/tmp/cw-evidence-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/main.db", f->dir);
	check(f, store_open(&f->store, f->path, "main", false, STORE_RUN,
			    &f->err));
	check(f, store_begin(f->store, &f->err));
	check(f, store_add_position(f->store, &p, NOW, "cli", "", &f->err));
	check(f, store_put_config(f->store, "aa", "version: 1", &f->err));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	store_rollback(f->store);
	store_close(f->store);
	arena_free(f->now_arena);
	arena_free(f->before_arena);
	arena_free(f->arena);
	unlink(f->path);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

/* ---- a market that moves a little every minute ---- */

static const char *const venues[N_VENUES] = {
	"aster", "edgex", "grvt", "hyper", "lighter", "paradex",
};

static struct dec near(struct dec v, int64_t step, int scale, int most)
{
	struct dec d, out = DEC_ZERO;

	assert_true(dec_join(&d, step * (below(2 * most + 1) - most), scale));
	assert_true(dec_add(&out, v, d));
	return out;
}

static void first_quote(struct quote *q, int i, int k, struct instant at)
{
	char name[NAME_TEXT_MAX];

	snprintf(name, sizeof(name), "COIN%03d", i);
	q->symbol = given_symbol(name);
	q->venue = given_venue(venues[k]);
	q->rate.interval_s = RATE_8H_S;
	q->rate.fraction = near(DEC_ZERO, 1, 8, 100000);
	q->oi_usd = fact_known(near(dec_int(20000000), 1, 2, 900000000));
	q->volume_usd = fact_known(near(dec_int(90000000), 1, 2, 900000000));
	q->next_funding = (struct instant){ at.ms - at.ms % 3600000 +
					    3600000 };
}

/* Legs stand at the venues i % 6 and the next; their rates always move. */
static void move_quote(struct quote *q, int i, int k)
{
	bool leg = k == i % N_VENUES || k == (i + 1) % N_VENUES;

	if (leg || below(100) < 10)
		q->rate.fraction = near(q->rate.fraction, 1, 8, 2000);
	if (leg && below(100) < 30)
		q->oi_usd.v = near(q->oi_usd.v, 1, 2, 9000000);
	if (leg && below(100) < 10)
		q->volume_usd.v = near(q->volume_usd.v, 1, 2, 90000000);
}

static void first_row(struct evidence_row *r, int64_t id, struct instant at)
{
	r->position = id;
	r->line = -1;
	r->n_lines = N_LINES;
	r->n_slots = N_SLOTS;
	for (int i = 0; i < N_LINES; i++)
		r->finding[i] = finding_bool(false);
	for (int i = 0; i < N_SLOTS; i++)
		r->slot[i] = i % 3 ? STREAK_NONE :
			(struct streak){ at, at, 1, VERDICT_TRUE };
}

static void move_row(struct evidence_row *r, struct instant at)
{
	struct finding *x = &r->finding[below(N_LINES)];

	r->new_data = below(100) < 95;
	if (below(100) < 3)
		*x = below(2) ? finding_bool(true) :
		     (struct finding){ VERDICT_UNKNOWN, FACT_AGE, WHY_STALE };
	for (int i = 0; i < N_SLOTS; i++)
		if (!streak_is_none(&r->slot[i])) {
			r->slot[i].last_known = at;
			r->slot[i].count += r->new_data;
		}
}

static struct evidence_view *next_view(struct fixture *f)
{
	struct evidence_view *v = arena_alloc(f->now_arena, sizeof(*v));
	const struct evidence_view *b = f->before;

	v->poll = ++f->seq;
	v->at = (struct instant){ NOW.ms + 60000 * f->seq };
	v->opportunities_known = true;
	v->n_venues = N_VENUES;
	v->n_quotes = N_POSITIONS * N_VENUES;
	v->n_rows = N_POSITIONS;
	v->venues = arena_array(f->now_arena, N_VENUES, sizeof(*v->venues));
	v->quotes = arena_array(f->now_arena, v->n_quotes, sizeof(*v->quotes));
	v->rows = arena_array(f->now_arena, v->n_rows, sizeof(*v->rows));
	for (int k = 0; k < N_VENUES; k++) {
		struct venue_view *x = &v->venues[k];

		x->venue = given_venue(venues[k]);
		x->listed = x->active = true;
		x->rates = x->symbols = ANSWER_OK;
		x->rows = (uint32_t)(200 + k + !below(20));
	}
	for (int i = 0; i < N_POSITIONS; i++) {
		for (int k = 0; k < N_VENUES; k++) {
			struct quote *q = &v->quotes[i * N_VENUES + k];

			if (b)
				*q = b->quotes[i * N_VENUES + k];
			else
				first_quote(q, i, k, v->at);
			move_quote(q, i, k);
			q->observed_at.ms = v->at.ms - 900 - 1000 * k;
		}
		if (b)
			v->rows[i] = b->rows[i];
		else
			first_row(&v->rows[i], i + 1, v->at);
		move_row(&v->rows[i], v->at);
	}
	return v;
}

/* ---- polls ---- */

static void record(struct fixture *f)
{
	struct evidence_view *v;
	struct arena *swap = f->now_arena;
	struct poll p = { .config = "aa", .result = "ok", .version = "1.0.0",
			  .error = "" };
	unsigned char *blob;
	bool key;
	size_t n;

	arena_reset(f->now_arena);
	v = next_view(f);
	key = v->poll % KEY_EVERY == 1;
	p.seq = v->poll;
	p.at = v->at;
	check(f, evidence_encode(&blob, &n, v, key ? NULL : f->before,
				 f->now_arena, &f->err));
	check(f, store_put_poll(f->store, &p, &f->err));
	check(f, store_put_evidence(f->store, p.seq, key, blob, n, &f->err));
	f->before = v;
	f->now_arena = f->before_arena;
	f->before_arena = swap;
}

static void record_many(struct fixture *f, int n)
{
	while (n--)
		record(f);
}

static bool read_at(struct fixture *f, struct evidence_view *v,
		    struct poll *p, struct instant at)
{
	bool found;

	arena_reset(f->arena);
	check(f, store_evidence(f->store, v, p, &found, at, f->arena,
				&f->err));
	return found;
}

static void any_poll_comes_back(void **state)
{
	struct fixture *f = *state;
	struct evidence_view v;
	struct dec rate;
	struct poll p;

	assert_false(read_at(f, &v, &p, INSTANT_UNKNOWN));
	record_many(f, 70);
	rate = f->before->quotes[0].rate.fraction;
	record_many(f, 80);
	assert_true(read_at(f, &v, &p, INSTANT_UNKNOWN));
	assert_int_equal(v.poll, 150);
	assert_int_equal(p.seq, 150);
	assert_int_equal(v.n_quotes, N_POSITIONS * N_VENUES);
	for (size_t i = 0; i < v.n_quotes; i++)
		assert_int_equal(dec_cmp(v.quotes[i].rate.fraction,
				f->before->quotes[i].rate.fraction), 0);
	assert_true(read_at(f, &v, &p, (struct instant){
				NOW.ms + 60000 * 70 + 59999 }));
	assert_int_equal(v.poll, 70);
	assert_int_equal(v.at.ms, p.at.ms);
	assert_int_equal(dec_cmp(v.quotes[0].rate.fraction, rate), 0);
	assert_false(read_at(f, &v, &p, NOW));
}

static void meddle(struct fixture *f, const char *sql)
{
	sqlite3 *db;

	check(f, store_commit(f->store, 100, &f->err));
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	check(f, store_begin(f->store, &f->err));
}

static void refused_at(struct fixture *f, int64_t poll, const char *words)
{
	struct instant at = { NOW.ms + 60000 * poll };
	struct evidence_view v;
	struct poll p;
	bool found;

	assert_false(store_evidence(f->store, &v, &p, &found, at, f->arena,
				    &f->err));
	assert_int_equal(f->err.kind, ERR_STORE);
	if (!strstr(f->err.text, words))
		fail_msg("\"%s\" is not in: %s", words, f->err.text);
}

static void damage_names_its_poll(void **state)
{
	struct fixture *f = *state;
	struct evidence_view v;
	struct poll p;

	record_many(f, 80);
	meddle(f, "UPDATE evidence SET data = x'010203040506' WHERE poll = 7; "
		  "DELETE FROM evidence WHERE poll = 70");
	refused_at(f, 7, "poll 7: evidence is damaged");
	refused_at(f, 9, "poll 7: evidence is damaged");
	assert_true(read_at(f, &v, &p, (struct instant){ NOW.ms + 360000 }));
	refused_at(f, 72, "poll 71: evidence is damaged");
	meddle(f, "UPDATE evidence SET data = (SELECT data FROM evidence "
		  "WHERE poll = 1) WHERE poll = 65");
	refused_at(f, 65, "poll 65: evidence is damaged, it says poll 1");
	meddle(f, "DELETE FROM evidence WHERE poll = 1");
	refused_at(f, 5, "poll 5: the start of its evidence is missing");
}

/* ---- retention ---- */

static int64_t number(struct fixture *f, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n = -1;
	sqlite3 *db;

	check(f, store_commit(f->store, 100, &f->err));
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL),
			 SQLITE_OK);
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	check(f, store_begin(f->store, &f->err));
	return n;
}

static void retain(struct fixture *f, int64_t keep_polls, int64_t cap)
{
	struct instant now = { NOW.ms + 60000 * f->seq };

	check(f, store_retain(f->store, now, span_s(60 * keep_polls), cap,
			      &f->err));
}

static void old_runs_go_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct decision_row d = { .poll = 3, .position = 1, .at = NOW,
				  .text = "" };

	record_many(f, 3 * KEY_EVERY);
	check(f, store_put_decision(f->store, &d, &f->err));
	retain(f, 3 * KEY_EVERY, 0);
	assert_int_equal(number(f, "SELECT count(*) FROM evidence"), 192);
	retain(f, 2 * KEY_EVERY, 0);	/* poll 64 is just young enough */
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 1);
	retain(f, 2 * KEY_EVERY - 1, 0);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 65);
	assert_int_equal(number(f, "SELECT min(seq) FROM polls WHERE seq "
				"<> 3"), 65);
	retain(f, 0, 0);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 129);
	assert_int_equal(number(f, "SELECT count(*) FROM decisions"), 1);
	assert_int_equal(number(f, "SELECT count(*) FROM events"), 1);
}

static int64_t messages(struct fixture *f)
{
	return number(f, "SELECT count(*) FROM outbox");
}

/* However old: what nobody has read yet is told, then it may go. */
static void a_message_stays_until_it_was_taken(void **state)
{
	struct fixture *f = *state;
	struct message m = {
		.at = NOW, .priority = 2, .kind = "close", .text = "x",
		.fingerprint = "main/1/close", .label = "", .title = "x",
		.since = NOW,
	};
	struct delivery d;
	bool found;

	check(f, store_add_message(f->store, &m, &f->err));
	check(f, store_queue(f->store, m.id, "phone", NOW, &f->err));
	check(f, store_queue(f->store, m.id, "desk", NOW, &f->err));
	record_many(f, KEY_EVERY);
	retain(f, 1, 0);
	assert_int_equal(messages(f), 1);
	check(f, store_mark_delivery(f->store, 1, "delivered", 1, NOW, NOW,
				     "", &f->err));
	check(f, store_mark_delivery(f->store, 2, "sent", 1, NOW, NOW, "",
				     &f->err));
	retain(f, 1, 0);
	assert_int_equal(messages(f), 1);
	check(f, store_delivery_head(f->store, &d, &found, "desk", f->arena,
				     &f->err));
	assert_true(found);
	check(f, store_mark_delivery(f->store, 2, "dead", 1, NOW, NOW, "",
				     &f->err));
	retain(f, 1, 0);
	assert_int_equal(messages(f), 0);
}

/* By which rules and which program, as long as the decision is kept. */
static void a_decision_keeps_its_configuration_and_version(void **state)
{
	struct fixture *f = *state;
	struct decision_row d = { .position = 1, .at = NOW, .text = "" };

	record_many(f, 4 * KEY_EVERY);
	for (d.poll = 7; d.poll < 4 * KEY_EVERY; d.poll += 50)
		check(f, store_put_decision(f->store, &d, &f->err));
	for (int i = 0; i < 3; i++)
		retain(f, 0, 0);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 193);
	assert_int_equal(number(f, "SELECT count(*) FROM decisions"), 5);
	assert_int_equal(number(f, "SELECT count(*) FROM decisions d JOIN "
				"polls p ON p.seq = d.poll JOIN configs c ON "
				"c.hash = p.config WHERE p.version = '1.0.0' "
				"AND c.text <> ''"), 5);
	assert_int_equal(number(f, "SELECT count(*) FROM polls WHERE seq < "
				"193"), 4);
}

static void the_cap_drops_the_oldest_first(void **state)
{
	struct fixture *f = *state;
	int64_t bytes;

	record_many(f, 4 * KEY_EVERY);
	check(f, store_evidence_bytes(f->store, &bytes, &f->err));
	retain(f, 100000, 2 * bytes);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 1);
	retain(f, 100000, bytes * 6 / 10);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 129);
	retain(f, 100000, 1);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 193);
}

/* What is kept is what the file has, but for two pages and a twentieth. */
static void as_in_file(struct fixture *f)
{
	int64_t pages = number(f, "SELECT sum(pgsize) FROM dbstat WHERE "
				  "name = 'evidence' AND aggregate = TRUE");
	int64_t off = f->store->evidence - pages;

	if (llabs(off) > pages / 20 + 2 * 4096)
		fail_msg("%" PRId64 " kept, %" PRId64 " in the file",
			 f->store->evidence, pages);
}

/* Counted once, then kept as blobs come, go and are taken back. */
static void the_bytes_kept_are_known_without_counting(void **state)
{
	struct fixture *f = *state;

	record_many(f, 2 * KEY_EVERY);
	assert_int_equal(f->store->evidence, -1);
	retain(f, 100000, 1);
	as_in_file(f);
	record_many(f, 2 * KEY_EVERY);
	as_in_file(f);
	retain(f, 100000, f->store->evidence * 6 / 10);
	as_in_file(f);
	store_rollback(f->store);
	assert_int_equal(f->store->evidence, -1);
	check(f, store_begin(f->store, &f->err));
	retain(f, 100000, 1);
	as_in_file(f);
}

/* Rows that fill a page, half of it, a little too much, and many. */
static void a_blob_weighs_what_its_pages_do(void **state)
{
	static const int sizes[] = { 10, 100, 500, 1350, 1353, 1400, 2030,
				     2040, 4050, 4056, 4057, 4500, 8140, 8150,
				     8160, 9000, 40000 };
	struct fixture *f = *state;

	record_many(f, 4 * KEY_EVERY);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char sql[200];

		snprintf(sql, sizeof(sql), "DELETE FROM evidence; INSERT INTO "
			 "evidence SELECT seq, 1, zeroblob(%d) FROM polls",
			 sizes[i]);
		meddle(f, sql);
		f->store->evidence = -1;
		retain(f, 100000, 1);
		as_in_file(f);
	}
}

static void a_call_drops_a_few_runs_only(void **state)
{
	struct fixture *f = *state;

	record_many(f, 6 * KEY_EVERY);
	retain(f, 0, 0);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 257);
	retain(f, 0, 0);
	assert_int_equal(number(f, "SELECT min(poll) FROM evidence"), 321);
}

static void sent_messages_go_too(void **state)
{
	struct fixture *f = *state;
	struct message m = { .at = NOW, .kind = "close", .text = "" };

	for (int i = 0; i < 3; i++)
		check(f, store_put_message(f->store, &m, &f->err));
	check(f, store_mark_sent(f->store, 1, NOW, &f->err));
	check(f, store_mark_sent(f->store, 2, (struct instant){
				NOW.ms + 60000 }, &f->err));
	f->seq = 10;
	retain(f, 10, 0);
	assert_int_equal(number(f, "SELECT count(*) FROM outbox"), 3);
	retain(f, 9, 0);
	assert_int_equal(number(f, "SELECT group_concat(id, '') FROM outbox"),
			 23);
}

/* ---- size ---- */

static void evidence_is_small(void **state)
{
	struct fixture *f = *state;
	int64_t bytes, polls = 4 * KEY_EVERY;

	record_many(f, (int)polls);
	check(f, store_evidence_bytes(f->store, &bytes, &f->err));
	print_message("# %" PRId64 " bytes: %" PRId64 ".%" PRId64
		      " per position and poll\n", bytes,
		      bytes / (polls * N_POSITIONS),
		      bytes * 10 / (polls * N_POSITIONS) % 10);
	assert_true(bytes <= 55 * polls * N_POSITIONS);
	assert_true(bytes >= polls * N_POSITIONS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_poll_comes_back),
		TEST(damage_names_its_poll),
		TEST(old_runs_go_as_a_whole),
		TEST(a_message_stays_until_it_was_taken),
		TEST(a_decision_keeps_its_configuration_and_version),
		TEST(the_cap_drops_the_oldest_first),
		TEST(the_bytes_kept_are_known_without_counting),
		TEST(a_blob_weighs_what_its_pages_do),
		TEST(a_call_drops_a_few_runs_only),
		TEST(sent_messages_go_too),
		TEST(evidence_is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
