/* SPDX-License-Identifier: MIT */
/*
 * The file half (Landlock, by number: glibc has no wrappers) and what both
 * halves need. The other half is confine_calls.c.
 */
#define _GNU_SOURCE		/* O_PATH */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine_calls.h"

#ifdef __linux__
#include <linux/landlock.h>
#include <sys/prctl.h>
#endif

bool confine_possible(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return !preload || !*preload;
}

#if defined(__linux__) && defined(SYS_landlock_create_ruleset)

/* Not in the headers of every system that can do it. */
#define ACCESS_REFER	(UINT64_C(1) << 13)
#define ACCESS_TRUNCATE	(UINT64_C(1) << 14)

#define FILE_WRITES	((uint64_t)LANDLOCK_ACCESS_FS_WRITE_FILE)
#define TREE_WRITES \
	(FILE_WRITES | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* What this kernel can hold back: writing, each kind it knows. */
static uint64_t known_writes(long abi)
{
	uint64_t all = TREE_WRITES | LANDLOCK_ACCESS_FS_EXECUTE;

	if (abi >= 2)
		all |= ACCESS_REFER;
	if (abi >= 3)
		all |= ACCESS_TRUNCATE;
	return all;
}

static bool allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights,
		.parent_fd = open(path, O_PATH | O_CLOEXEC)
	};
	bool ok;

	if (rule.parent_fd < 0)
		return errno == ENOENT;
	ok = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		     &rule, 0) == 0;
	close(rule.parent_fd);
	return ok;
}

static const char *confine_files(const char *const *dirs)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = known_writes(abi)
	};
	uint64_t tree = attr.handled_access_fs & ~(uint64_t)
			LANDLOCK_ACCESS_FS_EXECUTE;
	int fd = abi < 1 ? -1 : (int)syscall(SYS_landlock_create_ruleset,
					     &attr, sizeof(attr), 0);
	bool ok = fd >= 0;
	int why;

	for (; ok && *dirs; dirs++)
		ok = allow(fd, *dirs, tree);
	ok = ok && allow(fd, "/dev/null", tree & (FILE_WRITES |
						  ACCESS_TRUNCATE)) &&
	     syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	why = errno;
	if (fd >= 0)
		close(fd);
	return ok ? NULL : why == ENOSYS || why == EOPNOTSUPP ?
	       "the kernel has no Landlock" : strerror(why);
}

#else

static const char *confine_files(const char *const *dirs)
{
	(void)dirs;
	return "no Landlock on this system";
}

#endif

struct confined confine_process(const char *const *dirs)
{
	struct confined c = { false, false, NULL, NULL };

#ifdef __linux__
	/* Without it neither is given to those who are not root. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		c.no_files = c.no_calls = "no PR_SET_NO_NEW_PRIVS";
#endif
	if (!c.no_files)
		c.no_files = confine_files(dirs);
	if (!c.no_calls)
		c.no_calls = confine_calls();
	c.files = !c.no_files;
	c.calls = !c.no_calls;
	return c;
}
