/* SPDX-License-Identifier: MIT */
/* What the courier carries: programs and how they end, requests by HTTP. */
#define _GNU_SOURCE		/* RTLD_NEXT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "courier.h"
#include "http.h"
#include "tiny_server.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct courier courier;
static struct reply reply;
static char error[sizeof((struct err){ 0 }.text)];

static bool no_pidfd;

/* In the place of libc's: a kernel may know less. */
long syscall(long number, ...)
{
	long (*real)(long, ...) = (long (*)(long, ...))(uintptr_t)
		dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list args;

	if (number == SYS_pidfd_open && no_pidfd) {
		errno = ENOSYS;
		return -1;
	}
	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static int begin(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);		/* as the monitor does */
	alarm(60);
	return !courier_new(&courier, &(struct courier_options){
		NULL, false, NULL, false }, NULL);
}

static int end(void **state)
{
	(void)state;
	alarm(0);
	courier.free(courier.ctx);
	return 0;
}

static bool sends(const struct outgoing *o)
{
	const struct ticket t = { TICKET_HANDOFF, 7 };
	struct err err = { ERR_NONE, "" };
	bool ok = courier.send(courier.ctx, &t, o, &err);

	snprintf(error, sizeof(error), "%s", err.text);
	return ok;
}

static void wait_for_reply(void)
{
	while (!courier.take(courier.ctx, &reply))
		courier.pump(courier.ctx, -1, 1000);
	assert_int_equal(reply.ticket.kind, TICKET_HANDOFF);
	assert_int_equal(reply.ticket.id, 7);
}

static void run(const char *path, const char *input, size_t n)
{
	const struct outgoing o = { .wire = WIRE_EXEC, .path = path,
				    .body = input, .body_len = n,
				    .env = { "CARRYWATCH_ID=x" },
				    .n_env = 1 };

	assert_true(sends(&o));
	wait_for_reply();
	assert_int_equal(courier.running(courier.ctx), 0);
}

/* ---- programs ---- */

static void a_program_ends_as_it_ends(void **state)
{
	static const struct {
		const char *script;
		bool sent;
		int status;
		const char *output;
	} cases[] = {
		{ "echo ok", true, 0, "ok\n" },
		{ "echo why >&2; exit 3", true, 3, "why\n" },
		{ "exit 127", false, 127, "" },		/* as if not found */
		{ "kill -TERM $$", true, 128 + SIGTERM, "" },
		{ "", true, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		run("/bin/sh", cases[i].script, strlen(cases[i].script));
		assert_true(reply.answered);
		assert_int_equal(reply.sent, cases[i].sent);
		assert_int_equal(reply.status, cases[i].status);
		assert_string_equal(reply.body, cases[i].output);
		assert_string_equal(reply.error, "");
	}
}

static void what_cannot_be_run_is_said(void **state)
{
	static const struct { const char *path, *says; } cases[] = {
		{ "sh", "sh cannot be run: it is no whole path" },
		{ "", " cannot be run: it is no whole path" },
		{ "/nowhere/at/all",
		  "/nowhere/at/all cannot be run: No such file or directory" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct outgoing o = { .wire = WIRE_EXEC,
					    .path = cases[i].path };

		assert_false(sends(&o));
		assert_string_equal(error, cases[i].says);
	}
	assert_int_equal(courier.running(courier.ctx), 0);
	/* A directory may be entered, and is no program. */
	run("/tmp", "", 0);
	assert_false(reply.sent);
	assert_int_equal(reply.status, 127);
}

static void nothing_of_ours_is_in_its_environment(void **state)
{
	(void)state;
	setenv("CW_PLANTED", "secret", 1);
	run("/usr/bin/env", "", 0);
	assert_string_equal(reply.body, "PATH=/usr/local/bin:/usr/bin:/bin\n"
					"LANG=C.UTF-8\nCARRYWATCH_ID=x\n");
}

/* More than a pipe holds goes in; more than is kept comes out. */
static void long_texts_block_nobody(void **state)
{
	size_t n = (size_t)300 << 10;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', n);
	run("/bin/cat", text, n);
	assert_true(reply.answered);
	assert_int_equal(reply.status, 0);
	assert_int_equal(reply.body_len, OUTGOING_REPLY_MAX);
	assert_int_equal(strspn(reply.body, "x"), OUTGOING_REPLY_MAX);
	run("/bin/true", text, n);		/* it reads nothing at all */
	assert_true(reply.sent);
	assert_int_equal(reply.status, 0);
	free(text);
}

static void one_that_takes_too_long_is_ended(void **state)
{
	static const char script[] = "sleep 30 & echo $!; wait";
	const struct outgoing o = { .wire = WIRE_EXEC, .path = "/bin/sh",
				    .body = script,
				    .body_len = sizeof(script) - 1,
				    .timeout_ms = 300 };
	pid_t child;

	(void)state;
	assert_true(sends(&o));
	wait_for_reply();
	assert_true(reply.sent);
	assert_false(reply.answered);
	assert_string_equal(reply.error, "the program took too long and was "
					 "ended");
	/* So are those that it started itself. */
	child = (pid_t)strtol(reply.body, NULL, 10);
	assert_true(child > 1);
	for (int i = 0; i < 100 && kill(child, 0) == 0; i++) {
		char path[64], line[64] = "";
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
		f = fopen(path, "r");
		if (!f || !fgets(line, sizeof(line), f) || strstr(line, ") Z"))
			i = 100;		/* dead; its new parent is slow */
		if (f)
			fclose(f);
		usleep(20000);
		assert_true(i != 99);
	}
}

/* Somebody else reaped it: how it ended is not known, so it may be done. */
static void an_end_that_nobody_saw_is_unknown(void **state)
{
	(void)state;
	signal(SIGCHLD, SIG_IGN);
	run("/bin/sh", "echo ok", 7);
	signal(SIGCHLD, SIG_DFL);
	assert_true(reply.sent);
	assert_false(reply.answered);
	assert_string_equal(reply.error, "how the program ended is unknown");
	assert_string_equal(reply.body, "ok\n");
}

/* A kernel without descriptors of processes: ends are looked for. */
static void an_end_without_a_descriptor_is_soon_seen(void **state)
{
	static const char script[] = "exec >&- 2>&-; sleep 0.1";
	int64_t start = http_now_ms();

	(void)state;
	no_pidfd = true;
	for (int i = 0; i < 5; i++) {
		run("/bin/sh", script, sizeof(script) - 1);
		assert_int_equal(reply.status, 0);
	}
	no_pidfd = false;
	assert_in_range(http_now_ms() - start, 500, 3500);
}

/* In the order in which they ended; one more than there is room is told. */
static void so_many_may_run(void **state)
{
	const struct outgoing o = { .wire = WIRE_EXEC, .path = "/bin/cat",
				    .body = "x", .body_len = 1 };

	(void)state;
	for (int i = 0; i < COURIER_RUNNING_MAX; i++)
		assert_true(sends(&o));
	assert_false(sends(&o));
	assert_string_equal(error, "16 requests are on their way already");
	for (size_t n = COURIER_RUNNING_MAX; n > 0; n--) {
		assert_int_equal(courier.running(courier.ctx), n);
		wait_for_reply();
		assert_string_equal(reply.body, "x");
	}
	assert_false(courier.take(courier.ctx, &reply));
	assert_true(sends(&o));
	wait_for_reply();
}

/* One has ended and is not taken yet, while another still runs. */
static void what_has_ended_waits_to_be_taken(void **state)
{
	static const char script[] = "sleep 0.3";
	const struct outgoing quick = { .wire = WIRE_EXEC,
					.path = "/bin/true" },
			      slow = { .wire = WIRE_EXEC, .path = "/bin/sh",
				       .body = script,
				       .body_len = sizeof(script) - 1 };

	(void)state;
	assert_true(sends(&quick) && sends(&slow));
	for (int i = 0; i < 3; i++)
		courier.pump(courier.ctx, -1, 5000);
	assert_int_equal(courier.running(courier.ctx), 2);
	wait_for_reply();
	assert_int_equal(courier.running(courier.ctx), 1);
	wait_for_reply();
	assert_int_equal(reply.status, 0);
}

static void without_descriptors_it_is_not_run(void **state)
{
	const struct outgoing o = { .wire = WIRE_EXEC, .path = "/bin/true" };
	struct rlimit old, few;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (rlim_t room = 0; room < 4; room++) {
		int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
		bool ok;

		close(next);
		few = old;
		few.rlim_cur = (rlim_t)next + room;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		ok = sends(&o);
		setrlimit(RLIMIT_NOFILE, &old);
		assert_false(ok);
		assert_string_equal(error, "no pipe for a program: Too many "
					   "open files");
		/* None was kept open. */
		assert_int_equal(dup(0), next);
		close(next);
	}
	run("/bin/true", "", 0);
}

/* ---- HTTP ---- */

struct heard {
	char head[2048], bytes[2048];
	const char *status, *headers;
};

static struct served answer(void *ctx, const char *path, const char *head)
{
	struct heard *h = ctx;

	(void)path;
	snprintf(h->head, sizeof(h->head), "%s", head);
	return tiny_reply(h->bytes, sizeof(h->bytes), h->status, h->headers,
			  "thanks");
}

static void get(const char *url, const char *method)
{
	const struct outgoing o = { .wire = WIRE_HTTP, .url = url,
				    .method = method,
				    .header = { "X-Test: 1" },
				    .n_headers = 1, .body = "hello",
				    .body_len = 5 };

	assert_true(sends(&o));
	wait_for_reply();
}

static void a_request_is_what_it_says(void **state)
{
	struct heard h = { .status = "503 Busy",
			   .headers = "Retry-After: 17\r\n" };
	struct tiny_server t;
	char url[64];

	(void)state;
	tiny_start(&t, answer, &h);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", t.port);
	get(url, "POST");
	assert_memory_equal(h.head, "POST /x HTTP/1.1", 16);
	assert_non_null(strstr(h.head, "X-Test: 1"));
	assert_non_null(strstr(h.head, "Content-Length: 5"));
	assert_non_null(strstr(h.head, "User-Agent: carrywatch\r\n"));
	assert_true(reply.answered);
	assert_int_equal(reply.status, 503);
	assert_int_equal(reply.retry_after_s, 17);
	assert_string_equal(reply.body, "thanks");
	h.status = "204 None";
	h.headers = "";
	get(url, "GET");
	assert_memory_equal(h.head, "GET /x HTTP/1.1", 15);
	assert_int_equal(reply.status, 204);
	assert_int_equal(reply.retry_after_s, 0);
	get(url, NULL);
	assert_memory_equal(h.head, "GET /x HTTP/1.1", 15);
	tiny_stop(&t);
	assert_int_equal(t.connections, 3);	/* a new one each time */
}

/* A secret goes where the URL says, whatever the environment says. */
static void a_proxy_is_used_only_when_wanted(void **state)
{
	struct heard h = { .status = "200 OK", .headers = "" };
	struct tiny_server proxy, there;
	struct courier plain = courier;
	char name[64], url[64];

	(void)state;
	tiny_start(&proxy, answer, &h);
	tiny_start(&there, answer, &h);
	snprintf(name, sizeof(name), "http://127.0.0.1:%d", proxy.port);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/y", there.port);
	setenv("http_proxy", name, 1);
	get(url, "POST");
	assert_memory_equal(h.head, "POST /y HTTP/1.1", 16);
	assert_true(courier_new(&courier, &(struct courier_options){
		"test", true, NULL, false }, NULL));
	get(url, "POST");
	assert_memory_equal(h.head, "POST http://127.0.0.1", 21);
	courier.free(courier.ctx);
	courier = plain;
	unsetenv("http_proxy");
	tiny_stop(&proxy);
	tiny_stop(&there);
	assert_int_equal(proxy.requests, 1);
	assert_int_equal(there.requests, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_program_ends_as_it_ends),
		TEST(what_cannot_be_run_is_said),
		TEST(nothing_of_ours_is_in_its_environment),
		TEST(long_texts_block_nobody),
		TEST(one_that_takes_too_long_is_ended),
		TEST(an_end_that_nobody_saw_is_unknown),
		TEST(an_end_without_a_descriptor_is_soon_seen),
		TEST(so_many_may_run),
		TEST(what_has_ended_waits_to_be_taken),
		TEST(without_descriptors_it_is_not_run),
		TEST(a_request_is_what_it_says),
		TEST(a_proxy_is_used_only_when_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
