/* SPDX-License-Identifier: MIT */
/* Where a configuration file is looked for, and whose it may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_case.h"

static char dir[] = "/tmp/cw-config-XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static bool load_file(struct loaded *l, const char *path, struct err *err)
{
	*l = (struct loaded){ .arena = arena_new() };
	return config_load(&l->c, path, l->arena, &l->list, err);
}

static void test_file(void **state)
{
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	write_file("a.yaml", "version: 1\naccounts: {p: {}}\n", 0600);
	assert_true(load_file(&l, "a.yaml", &err));
	assert_int_equal(l.list.n_warnings, 0);
	arena_free(l.arena);
	write_file("a.yaml", "version: 1\n", 0640);
	assert_true(load_file(&l, "a.yaml", &err));
	assert_int_equal(l.list.n_warnings, 1);
	assert_non_null(strstr(l.list.list[0].text, "chmod 600 a.yaml"));
	arena_free(l.arena);
	write_file("a.yaml", "version: 1\n", 0602);
	assert_true(load_file(&l, "a.yaml", &err));
	assert_string_equal(l.list.list[0].text, "others may change this file: "
			    "chmod 600 a.yaml");
	arena_free(l.arena);
	assert_false(load_file(&l, "absent.yaml", &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_string_equal(err.text, "absent.yaml: No such file or directory");
	arena_free(l.arena);
	assert_false(load_file(&l, ".", &err));
	assert_non_null(strstr(err.text, "directory"));
	arena_free(l.arena);
	unlink("a.yaml");
}

/* Another user could change what is closed. Needs root to set up. */
static void test_foreign(void **state)
{
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	if (geteuid() != 0)
		skip();
	write_file("a.yaml", "version: 1\n", 0600);
	assert_int_equal(chown("a.yaml", 12345, 0), 0);
	assert_false(load_file(&l, "a.yaml", &err));
	assert_int_equal(err.kind, ERR_CONFIG);
	assert_non_null(strstr(err.text, "belongs to another user"));
	arena_free(l.arena);
	/* That user's own monitor reads it. */
	assert_int_equal(chmod(".", 0755), 0);
	assert_int_equal(seteuid(12345), 0);
	assert_true(load_file(&l, "a.yaml", &err));
	assert_int_equal(seteuid(0), 0);
	arena_free(l.arena);
	unlink("a.yaml");
}

/* Whose modes say nothing: a pipe from a program that makes the text. */
static void test_pipe(void **state)
{
	char path[32];
	struct loaded l;
	struct err err = { 0 };
	int fd[2];

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(fchmod(fd[0], 0666), 0);
	assert_int_equal(write(fd[1], "version: 1\n", 11), 11);
	close(fd[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd[0]);
	assert_true(load_file(&l, path, &err));
	assert_int_equal(l.list.n_warnings, 0);
	close(fd[0]);
	arena_free(l.arena);
}

/* A certificate authority another could put there answers for anybody. */
static void test_ca_file(void **state)
{
	static const char text[] = "version: 1\nnetwork: {ca_file: ca.pem}\n";
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	write_file("a.yaml", text, 0600);
	write_file("ca.pem", "", 0644);
	assert_true(load_file(&l, "a.yaml", &err));
	arena_free(l.arena);
	write_file("ca.pem", "", 0664);
	assert_false(load_file(&l, "a.yaml", &err));
	assert_string_equal(err.text, "a.yaml:2:20: error: network.ca_file: "
			    "ca.pem: can be written by others: chmod go-w");
	arena_free(l.arena);
	write_file("ca.pem", "", 0644);
	if (geteuid() == 0) {
		assert_int_equal(chown("ca.pem", 12345, 0), 0);
		assert_false(load_file(&l, "a.yaml", &err));
		assert_non_null(strstr(err.text, "ca.pem: belongs to another "
				       "user: make it yours, or root's"));
		arena_free(l.arena);
		write_file("a.yaml", text, 0644);
		assert_int_equal(chmod(".", 0755), 0);
		assert_int_equal(seteuid(12345), 0);
		assert_true(load_file(&l, "a.yaml", &err));
		assert_int_equal(seteuid(0), 0);
		arena_free(l.arena);
	}
	unlink("ca.pem");
	unlink("a.yaml");
}

static void test_size(void **state)
{
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	write_file("a.yaml", "version: 1\n", 0600);
	assert_int_equal(truncate("a.yaml", 2 << 20), 0);
	assert_false(load_file(&l, "a.yaml", &err));
	assert_string_equal(err.text, "a.yaml: is larger than 1 MiB");
	arena_free(l.arena);
	unlink("a.yaml");
}

static void test_places(void **state)
{
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	write_file("carrywatch.yaml", "version: 1\n", 0600);
	write_file("other.yaml", "version: 1\n", 0600);
	assert_true(load_file(&l, NULL, &err));
	assert_string_equal(l.c.path, "carrywatch.yaml");
	arena_free(l.arena);
	setenv("CARRYWATCH_CONFIG", "other.yaml", 1);
	assert_true(load_file(&l, NULL, &err));
	assert_string_equal(l.c.path, "other.yaml");
	arena_free(l.arena);
	unlink("other.yaml");		/* named, so its absence is an error */
	assert_false(load_file(&l, NULL, &err));
	arena_free(l.arena);
	unsetenv("CARRYWATCH_CONFIG");
	unlink("carrywatch.yaml");
}

/* Below $HOME, where no other is named; else the settings built in. */
static void test_home(void **state)
{
	char home[64];
	struct loaded l;
	struct err err = { 0 };

	(void)state;
	assert_non_null(getcwd(home, sizeof(home)));
	assert_int_equal(mkdir(".config", 0700), 0);
	assert_int_equal(mkdir(".config/carrywatch", 0700), 0);
	write_file(".config/carrywatch/carrywatch.yaml", "version: 1\n", 0600);
	setenv("HOME", home, 1);
	setenv("CARRYWATCH_CONFIG", "", 1);
	assert_true(load_file(&l, NULL, &err));
	assert_string_equal(l.c.path, strcat(home, "/.config/carrywatch/"
					     "carrywatch.yaml"));
	arena_free(l.arena);
	unlink(home);
	rmdir(".config/carrywatch");
	rmdir(".config");
	setenv("HOME", "/home/x", 1);
	if (access("/etc/carrywatch/carrywatch.yaml", F_OK) == 0)
		skip();
	assert_true(load_file(&l, NULL, &err));
	assert_string_equal(l.c.path, "");
	assert_int_equal(l.c.n_accounts, 0);
	arena_free(l.arena);
	unsetenv("HOME");
	assert_false(load_file(&l, NULL, &err));
	assert_non_null(strstr(err.text, "needs $HOME, which is not set"));
	arena_free(l.arena);
	setenv("HOME", "/home/x", 1);
}

static int enter(void **state)
{
	(void)state;
	setenv("HOME", "/home/x", 1);
	unsetenv("CARRYWATCH_CONFIG");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return chdir("/") == 0 && rmdir(dir) == 0 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_ca_file),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_home),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
