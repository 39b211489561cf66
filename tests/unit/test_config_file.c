/* SPDX-License-Identifier: MIT */
/* Where a configuration file is looked for, and whose it may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

struct loaded {
	struct arena *arena;
	struct config c;
	struct complaints list;
};

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
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
