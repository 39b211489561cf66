/* SPDX-License-Identifier: MIT */
/*
 * What the kernel is asked for when files are confined: a kernel of ours
 * stands in its place, of each version and with each refusal. That a real one
 * then holds it back is tests/unit/test_confine.c.
 */
#define _GNU_SOURCE		/* RTLD_NEXT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define REFER		(UINT64_C(1) << 13)
#define TRUNCATE	(UINT64_C(1) << 14)
#define ALL_WRITES	(((UINT64_C(1) << 13) - 1) & \
			 ~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE | \
				     LANDLOCK_ACCESS_FS_READ_FILE | \
				     LANDLOCK_ACCESS_FS_READ_DIR))

static struct kernel {
	long abi;
	int version_errno, create_errno, add_errno, restrict_errno;
	int privs_errno, filter_errno;
	/* what it was asked */
	uint64_t handled;
	struct { char path[64]; uint64_t rights; } rule[4];
	size_t n_rules;
	int ruleset, restricted, filtered;
} kernel;

static int fails(int code)
{
	errno = code;
	return code ? -1 : 0;
}

static long create(const struct landlock_ruleset_attr *attr, uint32_t flags)
{
	if (flags == LANDLOCK_CREATE_RULESET_VERSION)
		return fails(kernel.version_errno) ? -1 : kernel.abi;
	if (fails(kernel.create_errno))
		return -1;
	kernel.handled = attr->handled_access_fs;
	kernel.ruleset = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return kernel.ruleset;
}

static long add(int ruleset, const struct landlock_path_beneath_attr *attr)
{
	char link[64];

	if (fails(kernel.add_errno))
		return -1;
	assert_int_equal(ruleset, kernel.ruleset);
	assert_true(kernel.n_rules < N(kernel.rule));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", attr->parent_fd);
	assert_true(readlink(link, kernel.rule[kernel.n_rules].path, 63) > 0);
	kernel.rule[kernel.n_rules++].rights = attr->allowed_access;
	return 0;
}

long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))(uintptr_t)
		dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_landlock_create_ruleset)
		return create((const void *)a[0], (uint32_t)a[2]);
	if (number == SYS_landlock_add_rule)
		return add((int)a[0], (const void *)a[2]);
	if (number != SYS_landlock_restrict_self)
		return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	assert_int_equal((int)a[0], kernel.ruleset);
	kernel.restricted += !kernel.restrict_errno;
	return fails(kernel.restrict_errno);
}

int prctl(int option, ...)
{
	if (option == PR_SET_NO_NEW_PRIVS)
		return fails(kernel.privs_errno);
	assert_int_equal(option, PR_SET_SECCOMP);
	kernel.filtered += !kernel.filter_errno;
	return fails(kernel.filter_errno);
}

/* Files open now: what is opened on the way must be closed. */
static int open_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static struct confined confine(struct kernel k, const char *first)
{
	const char *const dirs[] = { first, "/nowhere/at/all", "/usr", NULL };
	int before = open_files();
	struct confined c;

	kernel = k;
	c = confine_process(dirs);
	assert_int_equal(open_files(), before);
	assert_int_equal(c.files, c.no_files == NULL);
	assert_int_equal(c.calls, c.no_calls == NULL);
	return c;
}

/* Each version holds back what it can; nobody may run a program. */
static void what_a_kernel_knows_is_held_back(void **state)
{
	static const uint64_t more[] = { 0, 0, REFER, REFER | TRUNCATE,
					 REFER | TRUNCATE };

	(void)state;
	for (long abi = 1; abi < (long)N(more); abi++) {
		struct confined c = confine((struct kernel){ .abi = abi },
					    "/tmp");
		uint64_t writes = ALL_WRITES | more[abi];

		assert_true(c.files && c.calls);
		assert_int_equal(kernel.restricted, 1);
		assert_int_equal(kernel.filtered, 1);
		assert_int_equal(kernel.handled,
				 writes | LANDLOCK_ACCESS_FS_EXECUTE);
		assert_int_equal(kernel.n_rules, 3);
		assert_string_equal(kernel.rule[0].path, "/tmp");
		assert_string_equal(kernel.rule[1].path, "/usr");
		assert_int_equal(kernel.rule[0].rights, writes);
		assert_string_equal(kernel.rule[2].path, "/dev/null");
		assert_int_equal(kernel.rule[2].rights,
				 LANDLOCK_ACCESS_FS_WRITE_FILE |
				 (more[abi] & TRUNCATE));
	}
}

/* The log says why; the calls are held back all the same. */
static void why_not_is_said(void **state)
{
	static const struct {
		struct kernel k;
		const char *first, *why;
	} cases[] = {
		{ { .version_errno = ENOSYS }, "/tmp",
		  "the kernel has no Landlock" },
		{ { .version_errno = EOPNOTSUPP }, "/tmp",
		  "the kernel has no Landlock" },
		{ { .abi = 3, .create_errno = ENOMSG }, "/tmp",
		  "No message of desired type" },
		{ { .abi = 3, .add_errno = EINVAL }, "/tmp",
		  "Invalid argument" },
		{ { .abi = 3, .restrict_errno = E2BIG }, "/tmp",
		  "Argument list too long" },
		{ { .abi = 3 }, "/dev/null/x", "Not a directory" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct confined c = confine(cases[i].k, cases[i].first);

		assert_false(c.files);
		assert_string_equal(c.no_files, cases[i].why);
		assert_true(c.calls);
		assert_int_equal(kernel.restricted, 0);
		assert_int_equal(kernel.filtered, 1);
	}
}

static void one_half_does_not_need_the_other(void **state)
{
	struct confined c = confine((struct kernel){ .abi = 1, .filter_errno =
						     EINVAL }, "/tmp");

	(void)state;
	assert_true(c.files);
	assert_false(c.calls);
	assert_int_equal(kernel.restricted, 1);
	/* Without this one neither is to be had. */
	c = confine((struct kernel){ .abi = 1, .privs_errno = EINVAL }, "/tmp");
	assert_false(c.files || c.calls);
	assert_string_equal(c.no_files, "no PR_SET_NO_NEW_PRIVS");
	assert_string_equal(c.no_calls, "no PR_SET_NO_NEW_PRIVS");
	assert_int_equal(kernel.restricted + kernel.filtered, 0);
}

static void an_empty_preload_is_none(void **state)
{
	(void)state;
	setenv("LD_PRELOAD", "", 1);
	assert_true(confine_possible());
	unsetenv("LD_PRELOAD");
	assert_true(confine_possible());
	setenv("LD_PRELOAD", "/x.so", 1);
	assert_false(confine_possible());
	unsetenv("LD_PRELOAD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_kernel_knows_is_held_back),
		cmocka_unit_test(why_not_is_said),
		cmocka_unit_test(one_half_does_not_need_the_other),
		cmocka_unit_test(an_empty_preload_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
