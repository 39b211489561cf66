/* SPDX-License-Identifier: MIT */
/*
 * A list of what is never needed, not one of what is: libcurl, OpenSSL and
 * the C library change what they call, and a monitor that an update of theirs
 * stops is worse than one call too many. The unit's filter is the other kind.
 */
#include "confine_calls.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__linux__) && defined(__x86_64__)
#define OUR_ARCH 0xc000003eu		/* AUDIT_ARCH_X86_64 */
#elif defined(__linux__) && defined(__aarch64__)
#define OUR_ARCH 0xc00000b7u		/* AUDIT_ARCH_AARCH64 */
#endif

#ifdef OUR_ARCH

#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
		    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define X32_BIT 0x40000000u
#define PROGRAM_MAX 256

static const int never[] = {
	/* programs and processes; a library's thread is another matter */
	SYS_execve, SYS_execveat,
#ifdef SYS_fork
	SYS_fork, SYS_vfork,
#endif
#ifndef SANITIZED	/* its search for leaks traces the process */
	SYS_ptrace, SYS_process_vm_readv,
#endif
	SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd,
	/* the view of files, other places, other identities */
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount,
	SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_open_tree,
	SYS_unshare, SYS_setns, SYS_mknodat, SYS_name_to_handle_at,
	SYS_open_by_handle_at, SYS_quotactl, SYS_swapon, SYS_swapoff,
	SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid,
	SYS_setresgid, SYS_setfsuid, SYS_setfsgid, SYS_setgroups, SYS_capset,
	/* the kernel and its wide open doors */
	SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
	SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key,
	SYS_request_key, SYS_personality, SYS_reboot, SYS_syslog, SYS_acct,
	SYS_vhangup,
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
	SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
#ifdef SYS_mknod
	SYS_mknod,
#endif
#ifdef SYS_mount_setattr
	SYS_mount_setattr,
#endif
	/* the clock and the name of the machine */
	SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex,
	SYS_sethostname, SYS_setdomainname,
};

struct program {
	struct sock_filter f[PROGRAM_MAX];
	unsigned short n;
};

static void add(struct program *p, unsigned code, unsigned k, unsigned yes,
		unsigned no)
{
	p->f[p->n++] = (struct sock_filter){
		(unsigned short)code, (unsigned char)yes, (unsigned char)no, k
	};
}

static void load(struct program *p, size_t at)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (unsigned)at, 0, 0);
}

static void answer(struct program *p, int error)
{
	add(p, BPF_RET | BPF_K, error ? SECCOMP_RET_ERRNO | (unsigned)error :
	    SECCOMP_RET_ALLOW, 0, 0);
}

static void deny(struct program *p, int call, int error)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1);
	answer(p, error);
}

/* The number is loaded before and after. */
static void begin_call(struct program *p, int call, unsigned length, int arg)
{
	add(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, length + 1);
	load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)arg);
}

static void add_sockets(struct program *p)
{
	static const unsigned families[] = { AF_UNIX, AF_INET, AF_INET6,
					     AF_NETLINK };

	begin_call(p, SYS_socket, 6, 0);
	for (unsigned i = 0; i < 4; i++)
		add(p, BPF_JMP | BPF_JEQ | BPF_K, families[i], 4 - i, 0);
	answer(p, EPERM);
	answer(p, 0);
}

/* Typing into somebody's terminal. */
static void add_ioctl(struct program *p)
{
	begin_call(p, SYS_ioctl, 4, 1);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 0, 1);
	answer(p, EPERM);
	answer(p, 0);
}

/* Threads of this process and no other child; never another namespace. */
static void add_clone(struct program *p)
{
	begin_call(p, SYS_clone, 4, 0);
	add(p, BPF_JMP | BPF_JSET | BPF_K, (unsigned)NAMESPACES, 1, 0);
#ifdef SANITIZED
	add(p, BPF_JMP | BPF_JA | BPF_K, 1, 0, 0);
#else
	add(p, BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0);
#endif
	answer(p, EPERM);
	answer(p, 0);
#ifdef SYS_clone3
	/* Its flags lie in memory: as if it did not exist, clone is used. */
	deny(p, SYS_clone3, ENOSYS);
#endif
}

static void build(struct program *p)
{
	p->n = 0;
	load(p, offsetof(struct seccomp_data, arch));
	add(p, BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
	answer(p, EPERM);
	load(p, offsetof(struct seccomp_data, nr));
	add(p, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1);
	answer(p, EPERM);
	add_sockets(p);
	add_ioctl(p);
	add_clone(p);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		deny(p, never[i], EPERM);
	answer(p, 0);
}

_Static_assert(2 * sizeof(never) / sizeof(*never) + 32 < PROGRAM_MAX,
	       "room for the filter");

const char *confine_calls(void)
{
	struct program p;
	struct sock_fprog prog = { .filter = p.f };

	build(&p);
	prog.len = p.n;
	/* By prctl: the unit's own filter lets that through. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0 ? NULL :
	       strerror(errno);
}

#else

const char *confine_calls(void)
{
	return "no filter for this kind of machine";
}

#endif
