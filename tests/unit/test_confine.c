/* SPDX-License-Identifier: MIT */
/* What a confined process can no longer do, and all that it still must. */
#define _GNU_SOURCE		/* unshare */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "confine.h"

#define NO_FILES 77	/* exit codes of a child */
#define NO_CALLS 78

static char inside[] = "/tmp/cw-inside-XXXXXX";
static char outside[] = "/tmp/cw-outside-XXXXXX";

static int begin(void **state)
{
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(inside));
	assert_non_null(mkdtemp(outside));
	snprintf(path, sizeof(path), "%s/old", outside);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = { "old", "a", "b" };
	char path[64];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", outside, names[i]);
		unlink(path);
		snprintf(path, sizeof(path), "%s/%s", inside, names[i]);
		unlink(path);
	}
	rmdir(inside);
	return rmdir(outside);
}

/* In the child: why it failed goes to stderr, the code says it did. */
#define MUST(x) do { if (!(x)) { \
	fprintf(stderr, "# line %d: %s: %s\n", __LINE__, #x, strerror(errno)); \
	_exit(1); } } while (0)
#define DENIED(x) (errno = 0, (x) == -1 && errno == EPERM)

static int open_in(const char *dir, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open(path, flags | O_CLOEXEC, 0600);
}

static void confined(bool need_files)
{
	const char *const dirs[] = { inside, "/nowhere/at/all", NULL };
	struct confined c = confine_process(dirs);

	if (need_files && !c.files)
		_exit(NO_FILES);
	if (!need_files && !c.calls)
		_exit(NO_CALLS);
	MUST(!c.files == (c.no_files != NULL));
	MUST(!c.calls == (c.no_calls != NULL));
}

static void run(void (*child)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		child();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_FILES || WEXITSTATUS(status) == NO_CALLS)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void try_files(void)
{
	char path[64], other[64];

	confined(true);
	MUST(open_in(inside, "a", O_CREAT | O_RDWR) >= 0);
	MUST(open_in(inside, "a", O_WRONLY | O_TRUNC) >= 0);
	snprintf(path, sizeof(path), "%s/a", inside);
	snprintf(other, sizeof(other), "%s/b", inside);
	MUST(rename(path, other) == 0 && unlink(other) == 0);
	MUST(open("/dev/null", O_RDWR | O_CLOEXEC) >= 0);
	/* All may be read: name servers' files, certificates, secrets. */
	MUST(open_in(outside, "old", O_RDONLY) >= 0);
	MUST(open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0);
	MUST(open_in(outside, "a", O_CREAT | O_WRONLY) == -1 &&
	     errno == EACCES);
	MUST(open_in(outside, "old", O_WRONLY) == -1 && errno == EACCES);
	MUST(open_in(outside, "old", O_RDONLY | O_TRUNC) == -1 &&
	     errno == EACCES);
	snprintf(path, sizeof(path), "%s/old", outside);
	MUST(unlink(path) == -1 && errno == EACCES);
	snprintf(other, sizeof(other), "%s/b", outside);
	MUST(mkdir(other, 0700) == -1 && errno == EACCES);
	MUST(symlink("x", other) == -1 && errno == EACCES);
	MUST(rename(path, other) == -1 && errno == EACCES);
}

static void try_programs(void)
{
	char *const argv[] = { (char *)(uintptr_t)"/bin/true", NULL };

	confined(false);
	MUST(DENIED(execve(argv[0], argv, argv + 1)));
	MUST(DENIED(syscall(SYS_execveat, -1, argv[0], argv, argv + 1, 0)));
#if !defined(__SANITIZE_ADDRESS__)
	MUST(DENIED(fork()));
	MUST(DENIED(ptrace(PTRACE_TRACEME, 0, NULL, NULL)));
#endif
}

static void try_calls(void)
{
	const char byte = 'x';

	confined(false);
	MUST(DENIED(socket(AF_PACKET, SOCK_RAW, 0)));
	MUST(DENIED(socket(40, SOCK_STREAM, 0)));	/* virtual machines */
	MUST(DENIED(ioctl(0, TIOCSTI, &byte)));
	MUST(DENIED(unshare(CLONE_NEWUSER)));
	MUST(DENIED(syscall(SYS_clone, CLONE_NEWNET | CLONE_THREAD, NULL)));
	MUST(DENIED(mount("x", "/nowhere", "tmpfs", 0, NULL)));
	MUST(DENIED(umount2("/nowhere", 0)));
	MUST(DENIED(chroot("/nowhere")));
	MUST(DENIED(setuid(0)) && DENIED(setgid(0)));
	MUST(DENIED(setresuid(0, 0, 0)));
	MUST(DENIED(syscall(SYS_bpf, 0, NULL, 0)));
	MUST(DENIED(syscall(SYS_keyctl, 0, 0, 0, 0, 0)));
	MUST(DENIED(syscall(SYS_add_key, "", "", NULL, 0, 0)));
	MUST(DENIED(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0)));
	MUST(DENIED(syscall(SYS_io_uring_setup, 1, NULL)));
	MUST(DENIED(syscall(SYS_userfaultfd, 0)));
	MUST(DENIED(syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0,
			    0)));
	MUST(DENIED(syscall(SYS_kexec_load, 0, 0, NULL, 0)));
	MUST(DENIED(syscall(SYS_init_module, NULL, 0, "")));
	MUST(DENIED(syscall(SYS_delete_module, "x", 0)));
	MUST(DENIED(reboot(0)));
	MUST(DENIED(sethostname("x", 1)));
	MUST(DENIED(syscall(SYS_personality, 0)));
#ifdef __x86_64__
	/* getpid of the other instruction set is none of ours either */
	MUST(DENIED(syscall(0x40000000 | SYS_getpid)));
#endif
}

static void *in_thread(void *arg)
{
	return DENIED(chroot("/nowhere")) ? arg : NULL;
}

static void try_what_must_go_on(void)
{
	static const int families[] = { AF_UNIX, AF_INET, AF_INET6,
					AF_NETLINK };
	pthread_t thread;
	void *got = NULL;
	int here = 0;

	confined(false);
	for (int i = 0; i < 4; i++)
		MUST(socket(families[i], families[i] == AF_NETLINK ?
			    SOCK_RAW : SOCK_STREAM, 0) >= 0 ||
		     errno == EAFNOSUPPORT);
	/* libcurl resolves names in threads; they are confined as well. */
	MUST(pthread_create(&thread, NULL, in_thread, &here) == 0);
	MUST(pthread_join(thread, &got) == 0 && got == &here);
	MUST(malloc(16 << 20) != NULL);
	MUST(kill(getpid(), 0) == 0);
}

static void test_files(void **state)
{
	(void)state;
	run(try_files);
}

static void test_programs(void **state)
{
	(void)state;
	run(try_programs);
}

static void test_calls(void **state)
{
	(void)state;
	run(try_calls);
}

static void test_what_must_go_on(void **state)
{
	(void)state;
	run(try_what_must_go_on);
}

static void test_preloaded(void **state)
{
	(void)state;
	unsetenv("LD_PRELOAD");
	assert_true(confine_possible());
	setenv("LD_PRELOAD", "/x.so", 1);
	assert_false(confine_possible());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_what_must_go_on),
		cmocka_unit_test(test_preloaded),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
