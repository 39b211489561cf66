/* SPDX-License-Identifier: MIT */
/* The lines on stderr: their form, their limits, what nobody took. */
#define _GNU_SOURCE		/* pipe2 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static int pipe_fd[2], old_stderr;
static char got[8192];

static void plug(void)
{
	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	fcntl(pipe_fd[0], F_SETFL, O_NONBLOCK);
	dup2(pipe_fd[1], STDERR_FILENO);
	close(pipe_fd[1]);
}

static int begin(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	unsetenv("JOURNAL_STREAM");
	old_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	plug();
	return 0;
}

static int end(void **state)
{
	(void)state;
	dup2(old_stderr, STDERR_FILENO);
	close(old_stderr);
	close(pipe_fd[0]);
	return 0;
}

static const char *heard(void)
{
	ssize_t n = read(pipe_fd[0], got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

/* Behind "time=2026-11-27T14:00:00.000Z", whatever time it is. */
static const char *behind_time(const char *line)
{
	assert_memory_equal(line, "time=20", 7);
	return strchr(line, ' ') + 1;
}

static void a_line_says_who_and_how_grave(void **state)
{
	(void)state;
	log_open(LOG_LEVEL_INFO, "main", false);
	log_write(LOG_LEVEL_WARNING, "poll \"x\"", "n=%d s=%s", 7, "y");
	assert_string_equal(behind_time(heard()), "level=warning "
		"msg=\"poll \\\"x\\\"\" account=main n=7 s=y\n");
	log_open(LOG_LEVEL_INFO, "", true);
	log_write(LOG_LEVEL_ERR, "poll", "%s", "");
	assert_string_equal(behind_time(heard()),
			    "level=error msg=\"poll\" mode=SIM \n");
	log_write(LOG_LEVEL_NOTICE, "poll", "x=1");
	assert_string_equal(behind_time(heard()),
			    "level=notice msg=\"poll\" mode=SIM x=1\n");
}

static void only_what_is_grave_enough_is_written(void **state)
{
	(void)state;
	log_open(LOG_LEVEL_WARNING, "main", false);
	log_write(LOG_LEVEL_NOTICE, "quiet", "x=1");
	assert_string_equal(heard(), "");
	log_open(LOG_LEVEL_DEBUG, "main", false);
	log_write(LOG_LEVEL_DEBUG, "loud", "x=1");
	assert_non_null(strstr(heard(), "level=debug msg=\"loud\""));
}

/* journald has a time of its own; it must be its very stream. */
static void under_journald_a_priority_stands_in_front(void **state)
{
	char other[4][64];
	struct stat st;

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(other[0], 64, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", other[0], 1);
	log_open(LOG_LEVEL_INFO, "main", false);
	log_write(LOG_LEVEL_ERR, "poll", "x=1");
	assert_string_equal(heard(), "<3>level=error msg=\"poll\" account=main "
				     "x=1\n");
	snprintf(other[0], 64, "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + 1);
	snprintf(other[1], 64, "%llu:%llu", (unsigned long long)st.st_dev + 1,
		 (unsigned long long)st.st_ino);
	snprintf(other[2], 64, "%llu", (unsigned long long)st.st_dev);
	snprintf(other[3], 64, "x");
	for (size_t i = 0; i < N(other); i++) {
		setenv("JOURNAL_STREAM", other[i], 1);
		log_open(LOG_LEVEL_INFO, "main", false);
		log_write(LOG_LEVEL_ERR, "poll", "x=1");
		behind_time(heard());
	}
	/* Closed: it is nobody's stream. */
	close(STDERR_FILENO);
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open(LOG_LEVEL_INFO, "main", false);
	dup2(old_stderr, STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
}

/* One write of less than PIPE_BUF, whatever it was to hold. */
static void a_long_line_is_cut_and_ends(void **state)
{
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_open(LOG_LEVEL_INFO, "main", false);
	log_write(LOG_LEVEL_INFO, text, "f=%s", text);
	assert_int_equal(strlen(heard()), 2047);
	assert_string_equal(got + 2045, "x\n");
	assert_int_equal(strcspn(got, "\n"), 2046);
}

/* A reader that sleeps stops nobody; when it wakes it is told. */
static void lines_that_nobody_took_are_counted(void **state)
{
	struct timespec began, ended;
	char text[1024];
	int room = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	log_open(LOG_LEVEL_INFO, "main", false);
	fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK);
	while (write(STDERR_FILENO, text, sizeof(text)) > 0)
		room++;
	assert_true(room > 0);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < 30; i++)		/* only the first one waits */
		log_write(LOG_LEVEL_INFO, "late", "i=%d", i);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_true(ended.tv_sec - began.tv_sec < 2);
	while (*heard())
		;
	log_write(LOG_LEVEL_INFO, "again", "x=1");
	heard();
	assert_non_null(strstr(got, "level=warning msg=\"log lines lost\" "
				    "lines=30\n"));
	assert_non_null(strstr(got, "msg=\"again\" account=main x=1\n"));
	log_write(LOG_LEVEL_INFO, "after", "x=1");
	assert_null(strstr(heard(), "lost"));
}

/* The reader is gone, or stderr is closed: the line is lost, no more. */
static void without_a_reader_it_goes_on(void **state)
{
	(void)state;
	log_open(LOG_LEVEL_INFO, "main", false);
	close(pipe_fd[0]);
	log_write(LOG_LEVEL_INFO, "gone", "x=1");
	close(STDERR_FILENO);
	log_write(LOG_LEVEL_INFO, "closed", "x=1");
	dup2(old_stderr, STDERR_FILENO);
	plug();
	log_write(LOG_LEVEL_INFO, "back", "x=1");
	heard();
	assert_non_null(strstr(got, "msg=\"log lines lost\" lines=2\n"));
	assert_non_null(strstr(got, "msg=\"back\""));
	assert_null(strstr(got, "msg=\"gone\""));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_says_who_and_how_grave),
		TEST(only_what_is_grave_enough_is_written),
		TEST(under_journald_a_priority_stands_in_front),
		TEST(a_long_line_is_cut_and_ends),
		TEST(lines_that_nobody_took_are_counted),
		TEST(without_a_reader_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
