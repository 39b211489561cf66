/* SPDX-License-Identifier: MIT */
/* logfmt on stderr; one write(2) a line, so lines of processes never mix. */
#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "text_safe.h"

#define LOG_LINE_MAX	2048	/* below PIPE_BUF: a pipe takes all of it */
#define LOG_WAIT_MS	100	/* for a reader that is slow */

static struct {
	enum log_level least;
	bool journald;
	bool simulated;
	char account[40];
	unsigned lost;			/* lines that nobody took */
} sink = { LOG_LEVEL_INFO, false, false, "", 0 };

/* journald names the device and inode of its stream in $JOURNAL_STREAM. */
static bool stderr_is_journal(void)
{
	const char *text = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	if (!text || sscanf(text, "%llu:%llu", &dev, &ino) != 2)
		return false;
	return fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev &&
	       st.st_ino == ino;
}

void log_open(enum log_level least, const char *account, bool simulated)
{
	sink.least = least;
	sink.journald = stderr_is_journal();
	sink.simulated = simulated;
	snprintf(sink.account, sizeof(sink.account), "%s", account);
}

/* Byte by byte, so that nothing of it is lost. */
static size_t put_escape(char *to, const char *s, size_t bytes)
{
	size_t n = 0;

	for (size_t i = 0; i < bytes; i++)
		n += (size_t)snprintf(to + n, 5, "\\x%02x",
				      (unsigned char)s[i]);
	return n;
}

struct log_text log_quote(const char *text)
{
	struct log_text out;
	size_t n = 0;

	out.s[n++] = '"';
	while (*text && n < sizeof(out.s) - 20) {
		uint32_t code;
		size_t bytes = text_decode(&code, text);

		/* Also C1 controls and what turns the direction around. */
		if (bytes == 0 || text_is_control(code)) {
			n += put_escape(out.s + n, text, bytes ? bytes : 1);
		} else {
			if (code == '"' || code == '\\')
				out.s[n++] = '\\';
			memcpy(out.s + n, text, bytes);
			n += bytes;
		}
		text += bytes ? bytes : 1;
	}
	out.s[n++] = '"';
	out.s[n] = '\0';
	return out;
}

static const char *level_word(enum log_level level)
{
	static const char *const words[] = {
		[LOG_LEVEL_ERR] = "error", [LOG_LEVEL_WARNING] = "warning",
		[LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};

	return words[level];
}

static size_t head(char *line, size_t size, enum log_level level)
{
	char when[INSTANT_TEXT_MAX];
	struct timespec ts;

	if (sink.journald)
		return (size_t)snprintf(line, size, "<%d>level=%s", (int)level,
					level_word(level));
	clock_gettime(CLOCK_REALTIME, &ts);
	instant_format(when, (struct instant){ ts.tv_sec * 1000 +
					       ts.tv_nsec / 1000000 });
	return (size_t)snprintf(line, size, "time=%s level=%s", when,
				level_word(level));
}

/* ---- writing ---- */

/* A reader that stopped reading must not stop the monitor. */
static bool stderr_takes(void)
{
	struct pollfd p = { STDERR_FILENO, POLLOUT, 0 };

	return poll(&p, 1, sink.lost ? 0 : LOG_WAIT_MS) > 0 &&
	       p.revents & POLLOUT;
}

static bool put(const char *line, size_t n)
{
	return write(STDERR_FILENO, line, n) == (ssize_t)n;
}

static void put_lost(void)
{
	char line[LOG_LINE_MAX];
	size_t n = head(line, sizeof(line), LOG_LEVEL_WARNING);

	n += (size_t)snprintf(line + n, sizeof(line) - n, " msg=\"log lines "
			      "lost\" lines=%u\n", sink.lost);
	if (put(line, n))
		sink.lost = 0;
}

static void put_or_lose(const char *line, size_t n)
{
	if (stderr_takes() && sink.lost)
		put_lost();
	if (!stderr_takes() || !put(line, n))
		sink.lost++;
}

void log_write(enum log_level level, const char *msg, const char *fields, ...)
{
	char line[LOG_LINE_MAX];
	size_t n;
	va_list ap;

	if (level > sink.least)
		return;
	n = head(line, sizeof(line), level);
	n += (size_t)snprintf(line + n, sizeof(line) - n, " msg=%s%s%s",
			      log_quote(msg).s,
			      sink.account[0] ? " account=" : "",
			      sink.account);
	if (sink.simulated)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " mode=SIM");
	if (n < sizeof(line) - 2) {
		line[n++] = ' ';
		va_start(ap, fields);
		vsnprintf(line + n, sizeof(line) - n, fields, ap);
		va_end(ap);
		n = strlen(line);
	}
	if (n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	put_or_lose(line, n);
}
