/* SPDX-License-Identifier: MIT */
/* What reaches a notify socket, and what is left in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sd_notify.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static struct {
	char dir[32];
	int fd;
	char name[64];			/* as $NOTIFY_SOCKET names it */
	struct sd_notify sd;
} bench;

static void listen_at(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	snprintf(bench.name, sizeof(bench.name), "%s", name);
	memcpy(a.sun_path, name, n);
	if (*name == '@')
		a.sun_path[0] = '\0';
	bench.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(bench.fd, (struct sockaddr *)&a, (socklen_t)
			      (offsetof(struct sockaddr_un, sun_path) + n)), 0);
}

static int begin(void **state)
{
	char path[64];

	(void)state;
	memset(&bench, 0, sizeof(bench));
	bench.sd.fd = -1;
	strcpy(bench.dir, "/tmp/cw-notify-XXXXXX");
	assert_non_null(mkdtemp(bench.dir));
	snprintf(path, sizeof(path), "%s/socket", bench.dir);
	listen_at(path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	sd_close(&bench.sd);
	close(bench.fd);
	unlink(bench.name);
	return rmdir(bench.dir);
}

static void open_with(const char *name, const char *usec, const char *pid)
{
	sd_close(&bench.sd);
	if (name)
		setenv("NOTIFY_SOCKET", name, 1);
	if (usec)
		setenv("WATCHDOG_USEC", usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	sd_open(&bench.sd);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
}

static const char *heard(void)
{
	static char text[512];
	ssize_t n = recv(bench.fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void each_poll_is_one_message(void **state)
{
	(void)state;
	open_with(bench.name, NULL, NULL);
	sd_polled(&bench.sd, true, "2 positions");
	assert_string_equal(heard(), "READY=1\nWATCHDOG=1\nSTATUS=2 positions");
	sd_polled(&bench.sd, true, "3 positions");
	assert_string_equal(heard(), "WATCHDOG=1\nSTATUS=3 positions");
	/* One that was not completed is no sign of life. */
	sd_polled(&bench.sd, false, "last poll failed");
	assert_string_equal(heard(), "STATUS=last poll failed");
	sd_reloading(&bench.sd);
	assert_memory_equal(heard(), "RELOADING=1\nMONOTONIC_USEC=", 27);
	assert_string_equal(heard(), "");
}

static void a_name_without_a_file(void **state)
{
	char name[64];

	(void)state;
	close(bench.fd);
	unlink(bench.name);
	snprintf(name, sizeof(name), "@carrywatch-unit-%d", (int)getpid());
	listen_at(name);
	open_with(name, NULL, NULL);
	sd_say(&bench.sd, "STOPPING=%d", 1);
	assert_string_equal(heard(), "STOPPING=1");
}

/* A text cut in the middle would be believed as it stands. */
static void too_long_a_text_is_not_sent(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	open_with(bench.name, NULL, NULL);
	sd_say(&bench.sd, "%.255s", text);
	assert_int_equal(strlen(heard()), 255);
	sd_say(&bench.sd, "%.256s", text);
	assert_string_equal(heard(), "");
	sd_say(&bench.sd, "%s", "");
	assert_string_equal(heard(), "");
}

/* Nobody listens, or not there: a monitor goes on all the same. */
static void without_a_listener_nothing_happens(void **state)
{
	char longest[200], gone[80];
	const char *const names[] = { NULL, "", "/", "@", "relative", longest,
				      gone, "/nowhere/at/all" };

	(void)state;
	memset(longest, '/', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	snprintf(gone, sizeof(gone), "%s/nobody", bench.dir);
	for (size_t i = 0; i < N(names); i++) {
		open_with(names[i], "1000000", NULL);
		assert_int_equal(bench.sd.fd, -1);
		assert_int_equal(bench.sd.watchdog_ms, 0);
		sd_polled(&bench.sd, true, "x");
		assert_true(bench.sd.ready);
	}
	/* The listener ends while we run. */
	open_with(bench.name, NULL, NULL);
	close(bench.fd);
	sd_say(&bench.sd, "STATUS=x");
}

static void a_watchdog_is_kept_only_for_this_process(void **state)
{
	static const struct {
		const char *usec, *pid;	/* "": this one's */
		int64_t ms;
	} cases[] = {
		{ "180000000", NULL, 180000 }, { "180000000", "", 180000 },
		{ "180000000", "1", 0 }, { NULL, NULL, 0 }, { NULL, "", 0 },
		{ "999", NULL, 0 }, { "x", NULL, 0 },
	};
	char self[16];

	(void)state;
	snprintf(self, sizeof(self), "%d", (int)getpid());
	for (size_t i = 0; i < N(cases); i++) {
		open_with(bench.name, cases[i].usec,
			  cases[i].pid && !*cases[i].pid ? self :
			  cases[i].pid);
		assert_int_equal(bench.sd.watchdog_ms, cases[i].ms);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_poll_is_one_message),
		TEST(a_name_without_a_file),
		TEST(too_long_a_text_is_not_sent),
		TEST(without_a_listener_nothing_happens),
		TEST(a_watchdog_is_kept_only_for_this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
