/* SPDX-License-Identifier: MIT */
/* What is this user's alone: directories, files, the lock of a database. */
#include "lock.h"
#include "ours.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[32], inside[64], lock_file[80];
static struct err err;

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/cw-ours-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(inside, sizeof(inside), "%s/main.db", dir);
	snprintf(lock_file, sizeof(lock_file), "%s.lock", inside);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(inside);
	unlink(lock_file);
	return rmdir(dir);
}

static void refused(bool ok, enum err_kind kind, const char *words)
{
	assert_false(ok);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.text, words))
		fail_msg("\"%s\" is not in: %s", words, err.text);
}

static int make_file(const char *path, mode_t mode)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	return fd;
}

/* ---- directories ---- */

static void a_directory_must_be_there_and_be_one(void **state)
{
	(void)state;
	assert_true(ours_directory(dir, &err));
	refused(ours_directory(inside, &err), ERR_STORE,
		"main.db: No such file or directory");
	assert_int_equal(symlink("/nowhere/at/all", inside), 0);
	refused(ours_directory(inside, &err), ERR_STORE,
		"main.db: No such file or directory");
	assert_int_equal(unlink(inside), 0);
	close(make_file(inside, 0600));
	refused(ours_directory(inside, &err), ERR_STORE,
		"main.db: is not a directory");
}

/* Of root it is as good, also where this user is not root. */
static void a_directory_of_root_is_trusted(void **state)
{
	(void)state;
	if (geteuid() == 0 && seteuid(65534) != 0)
		skip();			/* a container of one user */
	assert_true(ours_directory("/", &err));
	if (getuid() == 0) {
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(chown(dir, 65534, (gid_t)-1), 0);
		refused(ours_directory(dir, &err), ERR_STORE, "belongs to "
			"another user: chown it");
		assert_int_equal(chown(dir, 0, (gid_t)-1), 0);
	}
}

static void where_others_write_a_database_is_not_safe(void **state)
{
	(void)state;
	assert_int_equal(chmod(dir, 0777), 0);
	refused(ours_directory(dir, &err), ERR_STORE, "others can write in "
		"the directory: chmod go-w it");
	assert_int_equal(chmod(dir, 01777), 0);
	assert_true(ours_directory(dir, &err));	/* each his own, as in /tmp */
	assert_int_equal(chmod(dir, 0720), 0);
	refused(ours_directory(dir, &err), ERR_STORE, "others can write");
}

/* ---- files ---- */

static void the_right_of_others_to_write_is_taken_away(void **state)
{
	int fd = make_file(inside, 0666);
	struct stat st;

	(void)state;
	assert_true(ours_file(fd, inside, &err));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	close(fd);
	refused(ours_file(fd, inside, &err), ERR_STORE,
		"main.db: Bad file descriptor");
}

/* ---- the lock ---- */

static void a_path_too_long_for_a_lock_is_refused(void **state)
{
	char path[1100];
	struct lock l;
	long pid;

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	refused(lock_take(&l, path, &err), ERR_CONFIG, "the path is too long: aaa");
	assert_false(lock_probe(&pid, path));
}

/* A program of another kind has it, or a monitor that has not written yet. */
static void a_holder_without_a_pid_is_one_all_the_same(void **state)
{
	int fd = make_file(lock_file, 0600);
	struct lock l;
	long pid = 7;

	(void)state;
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_true(lock_probe(&pid, inside));
	assert_int_equal(pid, 0);
	refused(lock_take(&l, inside, &err), ERR_LOCKED, "another monitor "
		"(pid 0) runs this account; stop it first");
	close(fd);
	assert_true(lock_take(&l, inside, &err));
	assert_int_equal(l.last_poll, 0);
	lock_release(&l);
}

static void what_is_given_back_is_not_written_any_more(void **state)
{
	struct lock l;

	(void)state;
	assert_true(lock_take(&l, inside, &err));
	lock_note_poll(&l, 41);
	lock_release(&l);
	lock_note_poll(&l, 42);
	lock_release(&l);		/* twice is once */
	assert_true(lock_take(&l, inside, &err));
	assert_int_equal(l.last_poll, 41);
	lock_release(&l);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_directory_must_be_there_and_be_one),
		TEST(a_directory_of_root_is_trusted),
		TEST(where_others_write_a_database_is_not_safe),
		TEST(the_right_of_others_to_write_is_taken_away),
		TEST(a_path_too_long_for_a_lock_is_refused),
		TEST(a_holder_without_a_pid_is_one_all_the_same),
		TEST(what_is_given_back_is_not_written_any_more),
	};

	return cmocka_run_group_tests_name("ours", tests, NULL, NULL);
}
