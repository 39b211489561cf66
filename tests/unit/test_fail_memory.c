/* SPDX-License-Identifier: MIT */
/*
 * The nth allocation fails, once, or with all that follow, for every n until
 * the scene is over before it: no crash, nothing lost or leaked, nothing said
 * but that memory ran out. Calls of malloc and of the arena are caught by the
 * linker (--wrap); without sanitizers those of all libraries too.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "arena.h"
#include "cli_desk.h"
#include "fail_memory.h"
#include "fail_nth.h"
#include "fail_scenes.h"
#include "fault_vfs.h"

#ifdef __linux__

static struct nth asked;
static int64_t blocks;			/* taken and not given back */

/* As the C library's do, they set errno. */
#define fails() (nth_fails(&asked, __builtin_return_address(0)) && \
		 (errno = ENOMEM))

/* ---- who is asked for memory ---- */

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
void *__wrap_arena_alloc(struct arena *a, size_t n);
void *__wrap_arena_array(struct arena *a, size_t n, size_t size);
char *__wrap_arena_text(struct arena *a, const char *s, size_t n);
void *__wrap_arena_grow(struct arena *a, const void *old, size_t n,
			size_t cap, size_t size);
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__real_arena_alloc(struct arena *a, size_t n);
void *__real_arena_array(struct arena *a, size_t n, size_t size);
char *__real_arena_text(struct arena *a, const char *s, size_t n);
void *__real_arena_grow(struct arena *a, const void *old, size_t n,
			size_t cap, size_t size);

void *__wrap_arena_alloc(struct arena *a, size_t n)
{
	return fails() ? NULL : __real_arena_alloc(a, n);
}

void *__wrap_arena_array(struct arena *a, size_t n, size_t size)
{
	return fails() ? NULL : __real_arena_array(a, n, size);
}

char *__wrap_arena_text(struct arena *a, const char *s, size_t n)
{
	return fails() ? NULL : __real_arena_text(a, s, n);
}

void *__wrap_arena_grow(struct arena *a, const void *old, size_t n,
			size_t cap, size_t size)
{
	return fails() ? NULL : __real_arena_grow(a, old, n, cap, size);
}

#if defined(__SANITIZE_ADDRESS__)

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static sqlite3_mem_methods plain;

static void *sqlite_malloc(int n)
{
	return fails() ? NULL : plain.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return fails() ? NULL : plain.xRealloc(p, n);
}

static void catch_sqlite(void)
{
	sqlite3_mem_methods m;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
	m = plain;
	m.xMalloc = sqlite_malloc;
	m.xRealloc = sqlite_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &m), SQLITE_OK);
}

#else		/* ours stand before those of the C library, for everybody */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);

void *malloc(size_t n)
{
	void *p = fails() ? NULL : __libc_malloc(n);

	blocks += p != NULL;
	return p;
}

void *calloc(size_t n, size_t size)
{
	void *p = fails() ? NULL : __libc_calloc(n, size);

	blocks += p != NULL;
	return p;
}

void *realloc(void *old, size_t n)
{
	void *p = fails() ? NULL : __libc_realloc(old, n);

	blocks += p && !old;
	return p;
}

void free(void *p)
{
	blocks -= p != NULL;
	__libc_free(p);
}

void *__wrap_malloc(size_t n)
{
	return malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return __real_strdup(s);	/* it takes its memory above */
}

static void catch_sqlite(void)
{
}

#endif

/* ---- the sweep ---- */

#define SMALL	200			/* points that are always tried all */

static void judge(const struct memory_scene *s, bool ok, const char *digest,
		  const char *want, const struct err *err, const char *where)
{
	bool told = err->kind == ERR_MEMORY || err->kind == ERR_OUTCOME ||
		    (s->after && err->kind == ERR_NONE);

	if (ok && strcmp(digest, want) != 0)
		fail_msg("%s: went well, and came to another end:\n%s\nnot\n%s",
			 where, digest, want);
	if (!ok && !told)
		fail_msg("%s: kind %d: %s", where, (int)err->kind, err->text);
}

static bool try_point(const struct memory_scene *s, const char *want,
		      int64_t n, bool always)
{
	static char digest[MEMORY_DIGEST];
	struct err err = { ERR_NONE, "" };
	char where[120];
	int64_t live;
	bool ok;

	if (s->before)
		s->before();
	digest[0] = '\0';
	snprintf(where, sizeof(where), "%s, allocation %lld%s", s->name,
		 (long long)n, always ? "..." : "");
	live = blocks;
	nth_arm(&asked, n, always);
	ok = s->run(digest, &err);
	asked.armed = false;
	if (blocks > live && !s->keeps)
		fail_msg("%s: %lld blocks leaked (%s)", where,
			 (long long)(blocks - live), err.text);
	judge(s, ok, digest, want, &err, where);
	if (s->after)
		s->after(where);
	return asked.hit;
}

/*
 * What comes of it with memory; twice, so that what is kept is kept. How many
 * times memory was asked for.
 */
static int64_t try_whole(const struct memory_scene *s, char *want)
{
	for (int i = 0; i < 2; i++) {
		struct err err = { ERR_NONE, "" };

		if (s->before)
			s->before();
		want[0] = '\0';
		nth_arm(&asked, INT64_MAX, false);
		if (!s->run(want, &err) || !want[0])
			fail_msg("%s: %s", s->name, err.text);
		asked.armed = false;
		if (s->after)
			s->after(s->name);
	}
	return asked.calls;
}

static int64_t sweep(const struct memory_scene *s, bool always, int64_t few)
{
	static char want[MEMORY_DIGEST];
	struct fail_points p = fail_points_of(few, (unsigned)few);
	int64_t n, points = 0;

	if (always && s->before)	/* a whole life takes its time */
		p.step *= 7;
	if (try_whole(s, want) < SMALL)
		p = (struct fail_points){ 1, 1 };
	n = p.first;
	for (; try_point(s, want, n, always); n += p.step)
		points++;
	return points;
}

static void no_memory_at_each_allocation(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_memory_scenes; i++) {
		const struct memory_scene *s = &memory_scenes[i];
		int64_t few = s->before ? 307 : 7;
		int64_t once = sweep(s, false, few);

		print_message("# %s: %lld points once, %lld from then on\n",
			      s->name, (long long)once,
			      (long long)sweep(s, true, few));
	}
}

/* ---- commands ---- */

#define RUNS	3

static struct shown whole, shown;
static uint64_t before, after, page;
static int bad;

/* As with memory, but for a time that cannot be shown. */
static bool went_well(const struct cli_line *l, uint64_t left)
{
	return shown.code == l->code && left == page &&
	       cli_desk_same_but_times(shown.out, whole.out);
}

/*
 * It went well; or it says in words that memory is missing, and its exit code
 * that it failed. Nothing is half done: no books, no page.
 */
static void judge_command(const struct cli_line *l, const char *where)
{
	uint64_t books = cli_desk_books(l), left = cli_desk_page(l);
	bool told = shown.code != 0 && (strstr(shown.err, "memory") ||
					strstr(shown.out, "memory"));
	bool half = books != before && (books != after || shown.code != 0);
	int i = 0;

	if (half || (left && left != page) || (!went_well(l, left) && !told)) {
		while (shown.out[i] && shown.out[i] == whole.out[i])
			i++;
		if (bad++ < 20)
			print_message("# %s: code %d%s%s: %s, differs:\n%.80s\n",
				      where, shown.code,
				      half ? ", half done" : "",
				      left == page ? "" : ", no whole page",
				      shown.err, whole.out + i);
	}
}

static bool try_command(const struct cli_line *l, int64_t n, bool always)
{
	char where[200];
	int64_t live;

	snprintf(where, sizeof(where), "%s %.100s, allocation %lld%s",
		 l->account, l->words, (long long)n, always ? "..." : "");
	cli_desk_again();
	live = blocks;
	nth_arm(&asked, n, always);
	cli_desk_run(l, false, &shown);
	asked.armed = false;
	if (blocks > live)
		fail_msg("%s: %lld blocks leaked", where,
			 (long long)(blocks - live));
	judge_command(l, where);
	return asked.hit;
}

static int64_t sweep_command(const struct cli_line *l)
{
	int64_t points = 0;

	for (int i = 0; i < 2; i++) {	/* what is kept is kept */
		cli_desk_again();
		before = cli_desk_books(l);
		nth_look(&asked);
		cli_desk_run(l, false, &whole);
		asked.armed = false;
		page = cli_desk_page(l);
	}
	after = cli_desk_books(l);
	assert_int_equal(whole.code, l->code);
	for (int64_t n = 0; nth_next(&asked, &n, RUNS);)
		points += try_command(l, n, false) + try_command(l, n, true);
	return points;
}

static void no_memory_in_a_command(void **state)
{
	int64_t points = 0;

	(void)state;
	cli_desk_open();
	for (size_t i = 0; i < n_cli_lines; i++)
		points += sweep_command(&cli_lines[i]);
	cli_desk_close();
	print_message("# %zu commands, %lld points\n", n_cli_lines,
		      (long long)points);
	assert_true(points > 500);
	assert_int_equal(bad, 0);
}

static int begin(void **state)
{
	(void)state;
	catch_sqlite();
	fault_vfs_install();		/* no time for real syncs */
	memory_scenes_begin();
	return 0;
}

static int end(void **state)
{
	(void)state;
	memory_scenes_end();
	return 0;
}

#else

static void no_memory_at_each_allocation(void **state)
{
	(void)state;
	print_message("# SKIP the linker here does not wrap calls\n");
	skip();
}

static int begin(void **state)
{
	(void)state;
	return 0;
}

#define end begin
#define no_memory_in_a_command no_memory_at_each_allocation

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_at_each_allocation),
		cmocka_unit_test(no_memory_in_a_command),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
