/* SPDX-License-Identifier: MIT */
/*
 * The disk fails at every call of a poll with its close and hand-off, of an
 * acknowledgement, an upgrade and of retention: once, and from then on. What
 * was told to be done is done, nothing is there by half, and the close goes
 * out once. CW_ALL_FAULTS=1: every point instead of some.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fail_scenes.h"
#include "fault_vfs.h"

#define ALL_BELOW	40	/* calls of a scene: each is a point */

static struct fail_desk desk;

static struct seen {
	int64_t points, outcomes, zombies;
} seen;

/* What an error of the disk may be called; ERR_NONE: borne, tried again. */
static void check_err(const char *where)
{
	enum err_kind k = desk.err.kind;

	if (k != ERR_NONE && k != ERR_BUSY && k != ERR_STORE &&
	    k != ERR_OUTCOME)
		fail_msg("%s: kind %d: %s", where, (int)k, desk.err.text);
}

struct fault {
	unsigned ops;
	enum fault_kind kind;
	bool always;
};

/* True when the fault happened. */
static bool try_point(const struct fail_scene *s, const struct fault *f,
		      int64_t n)
{
	char where[120];
	bool ok, hit;

	fail_scene_ready(s, &desk);
	snprintf(where, sizeof(where), "%s, call %lld%s of %u, kind %d",
		 s->name, (long long)n, f->always ? "..." : "", f->ops,
		 (int)f->kind);
	fault_vfs_arm(f->ops, f->kind, n, f->always);
	ok = s->act(&desk);
	hit = fault_vfs_disarm();
	if (!ok)
		check_err(where);
	seen.points += hit;
	seen.outcomes += !ok && desk.err.kind == ERR_OUTCOME;
	fail_check(&desk, where);
	fail_finish(&desk, where);
	return hit;
}

/* How many of these calls a scene has when nothing fails. */
static int64_t calls_of(const struct fail_scene *s, const struct fault *f)
{
	int64_t n;

	fail_scene_ready(s, &desk);
	fault_vfs_arm(f->ops, f->kind, INT64_MAX, false);
	if (!s->act(&desk))
		fail_msg("%s: %s", s->name, desk.err.text);
	n = fault_vfs_calls();
	fault_vfs_disarm();
	return n;
}

/* Until the scene is over before its nth call; how many were tried. */
static int64_t sweep(const struct fail_scene *s, const struct fault *f,
		     int64_t few)
{
	struct fail_points p = fail_points_of(few, f->ops * 8 +
					      (unsigned)f->kind);
	int64_t before = seen.points, calls = calls_of(s, f);

	if (calls < ALL_BELOW)
		p = fail_points_of(1, 0);
	if (p.first > calls)		/* a scene has one point at least */
		p.first = 1 + p.first % calls;
	while (try_point(s, f, p.first))
		p.first += p.step;
	if (seen.points == before)
		fail_msg("%s: no point was tried", s->name);
	return seen.points - before;
}

static void sweep_scenes(unsigned ops, enum fault_kind kind, int64_t few,
			 const char *what)
{
	for (int i = 0; i < FAIL_SCENES; i++) {
		struct fault once = { ops, kind, false };
		struct fault on = { ops, kind, true };
		int64_t n;

		fault_vfs_install();
		fail_desk_open(&desk, fail_scenes[i].schema);
		n = sweep(&fail_scenes[i], &once, few);
		print_message("# %s, %s: %lld points once, %lld from then on\n",
			      what, fail_scenes[i].name, (long long)n,
			      (long long)sweep(&fail_scenes[i], &on, 2 * few));
		fail_desk_close(&desk);
	}
}

/* ---- the classes ---- */

static void a_full_disk_at_each_write(void **state)
{
	(void)state;
	sweep_scenes(FAULT_WRITE, FAULT_ENOSPC, 40, "full disk");
}

static void an_error_at_each_call_of_the_disk(void **state)
{
	(void)state;
	sweep_scenes(FAULT_ALL, FAULT_EIO, 90, "errors");
	sweep_scenes(FAULT_LOCK, FAULT_BUSY, 40, "locks");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_at_each_write),
		cmocka_unit_test(an_error_at_each_call_of_the_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
