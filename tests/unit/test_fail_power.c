/* SPDX-License-Identifier: MIT */
/*
 * A commit that is told to have failed and stands all the same, and the power
 * going off behind every call that changes the disk. CW_ALL_FAULTS=1: every
 * point instead of some.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_books.h"
#include "fail_scenes.h"
#include "fault_vfs.h"

static struct fail_desk desk;

/* ---- zombies ---- */

static int64_t outcomes, zombies;

/*
 * The journal of the nth transaction goes, which is its commit, and SQLite is
 * told that it did not. Nobody may go on as if nothing had been written.
 */
static bool zombie(const struct fail_scene *s, int64_t n)
{
	unsigned whole;
	char where[80];
	bool ok, hit;

	fail_scene_ready(s, &desk);
	snprintf(where, sizeof(where), "%s, commit %lld", s->name,
		 (long long)n);
	fault_vfs_arm(FAULT_DELETE, FAULT_DONE, n, false);
	ok = s->act(&desk);
	hit = fault_vfs_disarm();
	if (!hit)
		return false;
	if (ok || (desk.err.kind != ERR_OUTCOME && !s->schema))
		fail_msg("%s: an unknown outcome was taken for kind %d: %s",
			 where, (int)desk.err.kind, desk.err.text);
	outcomes += desk.err.kind == ERR_OUTCOME;
	whole = desk.marks;
	fail_check(&desk, where);
	if (!s->prepared && !(whole & 1u << FAIL_POLLED))
		zombies += fail_books_decided(desk.path);
	fail_finish(&desk, where);
	return true;
}

static void a_commit_that_failed_and_stands(void **state)
{
	(void)state;
	fault_vfs_install();
	outcomes = zombies = 0;
	for (int i = 0; i < FAIL_SCENES; i++) {
		int64_t n = 1;

		fail_desk_open(&desk, fail_scenes[i].schema);
		while (zombie(&fail_scenes[i], n))
			n++;
		print_message("# %s: %lld commits\n", fail_scenes[i].name,
			      (long long)n - 1);
		fail_desk_close(&desk);
	}
	print_message("# %lld unknown outcomes, %lld closes that stood "
		      "though their commit had failed\n",
		      (long long)outcomes, (long long)zombies);
	assert_true(outcomes >= 5);
	assert_true(zombies >= 1);
}

/* ---- power ---- */

/* What the outside knew when the light went out. */
static void forget_after(const struct fail_desk *end, unsigned marks,
			 const struct fail_scene *s)
{
	bool sent = marks & 1u << FAIL_SENT || s->prepared;

	desk.marks = marks;
	desk.present = !sent;
	desk.worked = sent;
	desk.doubled = 0;
	desk.n_ids = sent ? end->n_ids : 0;
}

static int64_t cut_scene(const struct fail_scene *s, int64_t *tries)
{
	struct fail_points p = fail_points_of(23, 7);
	uint64_t seeds = p.step == 1 ? 12 : 4;
	struct fail_desk end;
	unsigned before;
	char where[120];
	size_t n;

	fail_scene_ready(s, &desk);
	before = desk.marks;
	fault_vfs_log(desk.dir);
	desk.mark = fault_vfs_mark;
	if (!s->act(&desk))
		fail_msg("%s: %s", s->name, desk.err.text);
	desk.mark = NULL;
	n = fault_vfs_log_end();
	end = desk;
	for (size_t at = (size_t)p.first - 1; at < n; at += (size_t)p.step)
		for (uint64_t seed = 0; seed < seeds; seed++, (*tries)++) {
			unsigned marks = before |
				fault_vfs_cut(at, seed < 2 ? seed :
					      seed + 100 * at);

			snprintf(where, sizeof(where), "%s, cut behind %zu, "
				 "seed %llu", s->name, at,
				 (unsigned long long)seed);
			desk.now = end.now;
			forget_after(&end, marks, s);
			fail_check(&desk, where);
			fail_finish(&desk, where);
		}
	fault_vfs_log_free();
	return (int64_t)n;
}

static void the_power_goes_off_at_every_point(void **state)
{
	(void)state;
	fault_vfs_install();
	for (int i = 0; i < FAIL_SCENES; i++) {
		int64_t n, tries = 0;

		fail_desk_open(&desk, fail_scenes[i].schema);
		n = cut_scene(&fail_scenes[i], &tries);
		print_message("# %s: %lld points, %lld cuts\n",
			      fail_scenes[i].name, (long long)n,
			      (long long)tries);
		fail_desk_close(&desk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_that_failed_and_stands),
		cmocka_unit_test(the_power_goes_off_at_every_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
