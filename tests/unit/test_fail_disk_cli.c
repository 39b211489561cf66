/* SPDX-License-Identifier: MIT */
/*
 * The disk fails at every call of every command: once, and from then on. A
 * command ends as it does without faults, or names the database and is no
 * success; the books are as before, or as after where it said so; and the
 * next command finds no lock, no descriptor and no journal that stays.
 * CW_ALL_FAULTS=1: every point instead of some.
 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli_desk.h"
#include "fail_books.h"
#include "fail_scenes.h"
#include "fault_vfs.h"

#define CODE_OUTCOME	6	/* it may have happened */

struct fault {
	const char *what;
	unsigned ops;
	enum fault_kind kind;
	int64_t few;
};

static const struct fault faults[] = {
	{ "an error", FAULT_ALL, FAULT_EIO, 50 },
	{ "a full disk", FAULT_WRITE, FAULT_ENOSPC, 10 },
	{ "a lock", FAULT_LOCK, FAULT_BUSY, 8 },
};

/* What a command does when nothing fails. */
static struct {
	struct shown shown;
	uint64_t before, after;
} good;

static struct shown shown, again;
static int64_t points, told;
static int wrong;

#define WRONG(...) do { \
	if (wrong++ < 40) \
		print_message("# " __VA_ARGS__); \
} while (0)

/* Whoever waits for a lock here waits in vain: that takes no time. */
int nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)t;
	(void)left;
	return 0;
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (!d)				/* not Linux: nothing is counted */
		return 0;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static bool same(const struct shown *a, const struct shown *b)
{
	return a->code == b->code && strcmp(a->out, b->out) == 0 &&
	       strcmp(a->err, b->err) == 0;
}

static bool names_the_disk(const char *s)
{
	return strstr(s, ".db") || strstr(s, "database") || strstr(s, "disk");
}

/* Commands whose verdict is what they print. */
static bool is_verdict(const struct cli_line *l)
{
	return strncmp(l->words, "check", 5) == 0 ||
	       strncmp(l->words, "status", 6) == 0 ||
	       strncmp(l->words, "db check", 8) == 0;
}

/* The money of a report stands without the polls, and a note says so. */
static bool leaves_out(const struct cli_line *l)
{
	const char *note = strstr(shown.out, "give no divergence: ");

	return strncmp(l->words, "report", 6) == 0 && note &&
	       names_the_disk(note);
}

static void check_words(const struct cli_line *l, const char *where)
{
	if (same(&shown, &good.shown))
		return;
	told++;
	if (leaves_out(l))
		return;
	if (shown.code == 0)
		WRONG("%s: success, and shows else: %.300s%.300s\n", where,
		      shown.out, shown.err);
	else if (!names_the_disk(shown.err) &&
		 !(is_verdict(l) && names_the_disk(shown.out)))
		WRONG("%s: code %d names no database: %.300s%.300s\n", where,
		      shown.code, shown.out, shown.err);
}

/* Before, or after, and not else than was said. */
static void check_books(const struct cli_line *l, const char *where)
{
	uint64_t books = cli_desk_books(l);
	bool done = same(&shown, &good.shown);

	if (books == good.after && (done || shown.code == CODE_OUTCOME))
		return;
	if (books == good.before && (!done || good.before == good.after))
		return;
	WRONG("%s: code %d, books are %s: %.300s%.300s\n", where, shown.code,
	      books == good.before ? "as before" : books == good.after ?
	      "as after" : "else", shown.out, shown.err);
}

/* The product finds a whole database, and the command works. */
static void check_next(const struct cli_line *l, const char *where)
{
	const struct cli_line look = { l->account, "db check", CLI_READS, 0 };

	cli_desk_run(l->does == CLI_WRITES ? &look : l, false, &again);
	if (l->does == CLI_WRITES ? again.code != 0 :
	    !same(&again, &good.shown))
		WRONG("%s: next, code %d: %.300s%.300s\n", where, again.code,
		      again.out, again.err);
	check_books(l, where);
	if (l->does != CLI_WRITES || cli_desk_books(l) != good.before)
		return;
	cli_desk_run(l, false, &again);
	if (!same(&again, &good.shown) || cli_desk_books(l) != good.after)
		WRONG("%s: once more, code %d: %.300s%.300s\n", where,
		      again.code, again.out, again.err);
}

static bool try_point(const struct cli_line *l, const struct fault *f,
		      int64_t n, bool always)
{
	char where[200];
	int open_before;

	snprintf(where, sizeof(where), "%s %.90s, %s at call %lld%s",
		 l->account, l->words, f->what, (long long)n,
		 always ? "..." : "");
	if (l->does == CLI_WRITES)
		cli_desk_again();
	open_before = descriptors();
	fault_vfs_arm(f->ops, f->kind, n, always);
	cli_desk_run(l, false, &shown);
	if (!fault_vfs_disarm())
		return false;
	if (descriptors() != open_before)
		WRONG("%s: %d descriptors were %d\n", where, descriptors(),
		      open_before);
	check_words(l, where);
	check_next(l, where);
	points++;
	return true;
}

/* The calls of a command that nothing happens to. */
static int64_t look(const struct cli_line *l, const struct fault *f)
{
	int64_t n;

	cli_desk_again();
	good.before = cli_desk_books(l);
	fault_vfs_arm(f->ops, f->kind, INT64_MAX, false);
	cli_desk_run(l, false, &good.shown);
	n = fault_vfs_calls();
	fault_vfs_disarm();
	if (good.shown.code != l->code)
		fail_msg("%s: code %d: %s", l->words, good.shown.code,
			 good.shown.err);
	good.after = cli_desk_books(l);
	assert_int_equal(good.before != good.after, l->does == CLI_WRITES);
	return n;
}

/* Of so many calls of the command. */
static void sweep(const struct cli_line *l, const struct fault *f, int64_t of,
		  bool always)
{
	struct fail_points p = fail_points_of(f->few, (unsigned)points);

	if (of > 0 && p.first > of)		/* one point at least */
		p.first = 1 + p.first % of;
	for (int64_t n = p.first; n <= of; n += p.step)
		if (!try_point(l, f, n, always))
			fail_msg("%s: call %lld is not there", l->words,
				 (long long)n);
}

/* The first kind is of every call: where there is none, no database is. */
static void sweep_line(const struct cli_line *l)
{
	for (size_t k = 0; k < sizeof(faults) / sizeof(*faults); k++) {
		int64_t calls = look(l, &faults[k]);

		if (calls == 0 && k == 0)
			return;
		sweep(l, &faults[k], calls, false);
		sweep(l, &faults[k], calls, true);
	}
}

static void a_command_is_whole_or_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_cli_lines; i++)
		sweep_line(&cli_lines[i]);
	print_message("# %zu commands, %lld points, %lld of them told\n",
		      n_cli_lines, (long long)points, (long long)told);
	assert_true(points > 2 * (int64_t)n_cli_lines);
	assert_true(told > points / 4);
	assert_int_equal(wrong, 0);
}

/* ---- a page for a person ---- */

static int entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void limit_files(rlim_t n)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = n < r.rlim_max ? n : r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* Where the command says that its page is. */
static void page_of(char *path, size_t size, const struct cli_line *l)
{
	static const char said[] = "The page is in ";
	const char *s;

	cli_desk_again();
	cli_desk_run(l, false, &good.shown);
	s = strstr(good.shown.err, said);
	assert_non_null(s);
	snprintf(path, size, "%.*s", (int)strcspn(s + sizeof(said) - 1, "\n") -
		 1, s + sizeof(said) - 1);
	assert_int_equal(access(path, F_OK), 0);
}

/* What was there stays; a page that is not whole is none. The words on
 * standard error have room: they are caught in a file. */
static void try_page(const struct cli_line *l, rlim_t room, bool there)
{
	char path[200], dir[200];
	unsigned char *old, *now;
	size_t n, n_now;
	int files;

	page_of(path, sizeof(path), l);
	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path),
		 path);
	old = fail_books_read(path, &n);
	if (!there)
		unlink(path);
	files = entries(dir);
	limit_files(room);
	cli_desk_run(l, false, &shown);
	limit_files(RLIM_INFINITY);
	if (shown.code == 0 || !strstr(shown.err, path))
		fail_msg("%s: code %d: %s", l->words, shown.code, shown.err);
	assert_int_equal(entries(dir), files);
	assert_int_equal(access(path, F_OK), there ? 0 : -1);
	if (there) {
		now = fail_books_read(path, &n_now);
		assert_int_equal(n_now, n);
		assert_memory_equal(now, old, n);
		free(now);
	}
	free(old);
}

static void a_page_is_whole_or_not_there(void **state)
{
	int pages = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);		/* as main does */
	for (size_t i = 0; i < n_cli_lines; i++) {
		if (!strstr(cli_lines[i].words, "--html"))
			continue;
		for (rlim_t room = 1024; room <= 9216; room += 4096) {
			try_page(&cli_lines[i], room, false);
			try_page(&cli_lines[i], room, true);
		}
		pages++;
	}
	assert_true(pages > 1);
}

static int begin(void **state)
{
	(void)state;
	fault_vfs_install();
	cli_desk_open();
	return 0;
}

static int end(void **state)
{
	(void)state;
	cli_desk_close();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_whole_or_says_so),
		cmocka_unit_test(a_page_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
