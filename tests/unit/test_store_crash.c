/* SPDX-License-Identifier: MIT */
/*
 * A writer is killed at random moments. Whatever it was told to be committed
 * is there afterwards, and no transaction is there by half.
 */
#include "given.h"
#include "store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROUNDS	30
#define NOW	given_time(GIVEN_NOW)

static uint64_t state64;

static unsigned below(unsigned n)
{
	state64 ^= state64 << 13;
	state64 ^= state64 >> 7;
	state64 ^= state64 << 17;
	return (unsigned)(state64 % n);
}

/* ---- the writer, in its own process ---- */

static bool write_one(struct store *s, struct err *err)
{
	struct position p = given_position("BTC", "lighter", "grvt", "20000",
					   NULL);
	struct decision_row d = { .at = NOW, .action = ACTION_CLOSE,
				  .text = "why" };
	struct message m = { .at = NOW, .priority = 5, .kind = "close",
			     .text = "close it" };
	struct settlement row = { .side = LEG_LONG, .at = NOW,
				  .pays_every_s = 3600 };
	bool added;

	if (!store_begin(s, err) ||
	    !store_add_position(s, &p, NOW, "cli", "", err))
		return false;
	d.poll = d.position = m.position = row.position = p.id;
	return store_put_decision(s, &d, err) &&
	       store_put_message(s, &m, err) &&
	       store_put_settlement(s, &added, &row, err) &&
	       store_commit(s, 1000, err);
}

/* A byte for every commit, until somebody kills us. */
static void write_on(const char *path, int acks)
{
	struct store *s;
	struct err err;

	if (!store_open(&s, path, "main", false, STORE_CHANGE, &err)) {
		fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	while (write_one(s, &err) && write(acks, "x", 1) == 1)
		;
	fprintf(stderr, "%s\n", err.text);
	_exit(1);
}

/* How many commits were acknowledged before the end. */
static size_t one_life(const char *path)
{
	size_t acked = 0, wanted = 1 + below(4);
	int fds[2], status;
	char c;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(fds[0]);
		write_on(path, fds[1]);
	}
	close(fds[1]);
	while (acked < wanted && read(fds[0], &c, 1) == 1)
		acked++;
	usleep(below(8000));		/* the random moment, not a wait */
	kill(child, SIGKILL);
	while (read(fds[0], &c, 1) == 1)
		acked++;
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	return acked;
}

/* ---- afterwards ---- */

static void check(bool ok, const struct err *err)
{
	if (!ok)
		fail_msg("%s", err->text);
}

/* Every position with its event, decision, message and settlement. */
static size_t count_whole(const char *path, enum store_access access,
			  struct arena *a)
{
	struct position *p;
	struct event *e;
	struct decision_row *d;
	struct message *m;
	struct settlement *r;
	size_t n = 0, n_e = 0, n_d = 0, n_m = 0, n_r = 0;
	struct store *s;
	struct err err;

	check(store_open(&s, path, "main", false, access, &err), &err);
	check(store_positions(s, &p, &n, STORE_ALL, NOW, a, &err) &&
	      store_events(s, &e, &n_e, 0, a, &err) &&
	      store_decisions(s, &d, &n_d, 0, INSTANT_UNKNOWN,
			      INSTANT_UNKNOWN, 0, a, &err) &&
	      store_unsent(s, &m, &n_m, a, &err) &&
	      store_settlements(s, &r, &n_r, 0, a, &err), &err);
	assert_int_equal(n_e, n);
	assert_int_equal(n_d, n);
	assert_int_equal(n_m, n);
	assert_int_equal(n_r, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(p[i].id, i + 1);
		assert_int_equal(e[i].position, p[i].id);
		assert_int_equal(d[n - 1 - i].position, p[i].id);
		assert_int_equal(m[i].position, p[i].id);
		assert_int_equal(r[i].position, p[i].id);
	}
	store_close(s);
	return n;
}

static void every_transaction_is_whole_or_absent(void **state)
{
	char dir[] = "/tmp/cw-crash-XXXXXX", path[64], journal[80];
	const char *seed = getenv("SEED");
	struct arena *a = arena_new();
	size_t before = 0, hot = 0;

	(void)state;
	state64 = seed ? strtoull(seed, NULL, 10) : 20261120;
	print_message("# SEED=%llu\n", (unsigned long long)state64);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/main.db", dir);
	snprintf(journal, sizeof(journal), "%s-journal", path);
	for (int i = 0; i < ROUNDS; i++) {
		size_t acked = one_life(path), now;

		hot += access(journal, F_OK) == 0;
		/* A reader recovers as well as the monitor does. */
		now = count_whole(path, i % 2 ? STORE_READ : STORE_RUN, a);
		assert_true(now >= before + acked);
		assert_true(now <= before + acked + 1);
		before = now;
		arena_reset(a);
	}
	print_message("# %zu transactions, %zu of %d lives left a journal\n",
		      before, hot, ROUNDS);
	arena_free(a);
	unlink(path);
	unlink(journal);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_transaction_is_whole_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
