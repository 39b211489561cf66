/* SPDX-License-Identifier: MIT */
/*
 * Entry point of carrywatch and, by another name, of positions. The locale
 * is never set: decimals are written with a point everywhere.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "help.h"

/*
 * A descriptor that was closed by whoever started us would be the next file's:
 * the log would be written into the lock. Such a one is taken by something
 * that fails when it is used, as the closed one would have.
 */
static void take_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		while (fcntl(fd, F_GETFD) < 0)
			if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
				 O_RDONLY) < 0)
				exit(EXIT_FAILURE);
}

static struct instant wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct instant){ (int64_t)ts.tv_sec * 1000 +
				 ts.tv_nsec / 1000000 };
}

static int terminal_width(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return 80;
}

static bool colors_wanted(const struct cli *c)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (!c->tty || cli_has(c, OPT_NO_COLOR))
		return false;
	if (no_color && *no_color)
		return false;
	return term && strcmp(term, "dumb") != 0;
}

static int dispatch(struct cli *c)
{
	bool help = cli_has(c, OPT_HELP);

	if (cli_has(c, OPT_VERSION) || (c->command && !help))
		return c->command->run(c);
	if (help && c->topic)
		help_group(stdout, c->topic);
	else if (c->command)
		help_command(stdout, c->command);
	else
		help_top(stdout);
	return 0;
}

/* What was printed must have arrived: a full disk is no success. */
static int flush(const struct cli *c, int code)
{
	struct err err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	err_set(&err, ERR_IO, "standard output: cannot write");
	return code ? code : cli_fail(c, &err);
}

int main(int argc, char **argv)
{
	struct cli c = { .now = wall_clock() };
	struct err err = { .kind = ERR_NONE };
	int code;

	take_standard_files();
	/* A file at its limit is an error to tell, not a death. */
	signal(SIGXFSZ, SIG_IGN);
	/* Who ignores it and starts us never hears how a program ended. */
	signal(SIGCHLD, SIG_DFL);
	umask(077);
	c.tty = isatty(STDOUT_FILENO);
	c.width = c.tty ? terminal_width() : 0;
	c.arena = arena_new();
	if (!c.arena) {
		err_set(&err, ERR_MEMORY, "no memory");
		return cli_fail(&c, &err);
	}
	if (cli_parse(&c, argc, argv, &err)) {
		c.color = colors_wanted(&c);
		code = flush(&c, dispatch(&c));
	} else {
		code = cli_fail(&c, &err);
	}
	arena_free(c.arena);
	return code;
}
