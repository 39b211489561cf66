/* SPDX-License-Identifier: MIT */
/*
 * The one place that reads the wall clock for deciding, and the one that
 * sleeps. A wait is cut into slices of at most a minute, so that a stepped
 * wall clock or a suspended host is noticed soon after.
 */
#include "clock.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define SLICE_MS	60000
#define SPEED_MAX	1000000

struct instant clock_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct instant){ (int64_t)ts.tv_sec * 1000 +
				 ts.tv_nsec / 1000000 };
}

static struct instant market_now(void *ctx)
{
	const struct clock_state *c = ctx;

	return (struct instant){ c->origin.ms +
				 (clock_wall().ms - c->start.ms) * c->speed };
}

static int64_t market_real_ms(void *ctx, struct span d)
{
	const struct clock_state *c = ctx;

	return d.ms / c->speed;
}

static void wait_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
}

void clock_listen(struct clock_state *c)
{
	sigset_t set;

	wait_set(&set);
	c->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void clock_close(struct clock_state *c)
{
	if (c->signal_fd >= 0)
		close(c->signal_fd);
	c->signal_fd = -1;
}

static int market_fd(void *ctx)
{
	const struct clock_state *c = ctx;

	return c->signal_fd;
}

/* What was ignored when we were started (nohup, a shell's &) is heard too. */
void clock_block_signals(void)
{
	static const int heard[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	sigset_t set;

	wait_set(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < sizeof(heard) / sizeof(*heard); i++)
		signal(heard[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* One signal, or 0 when ms passed without one. */
static int wait_signal(int64_t ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t set;
	int sig;

	wait_set(&set);
	sig = sigtimedwait(&set, NULL, &ts);
	return sig > 0 ? sig : 0;
}

static enum wake wake_of(int sig)
{
	if (sig == SIGHUP)
		return WAKE_RELOAD;
	return sig == SIGUSR1 ? WAKE_POLL_NOW : WAKE_STOP;
}

static enum wake market_wait(void *ctx, struct instant until)
{
	const struct clock_state *c = ctx;
	struct instant began = market_now(ctx);

	for (;;) {
		int64_t left = until.ms - market_now(ctx).ms;
		int64_t real = (left + c->speed - 1) / c->speed;
		int sig = wait_signal(real < 0 ? 0 :
				      real < SLICE_MS ? real : SLICE_MS);

		if (sig)
			return wake_of(sig);
		if (market_now(ctx).ms >= until.ms ||
		    market_now(ctx).ms < began.ms - CLOCK_BACK_MS)
			return WAKE_TICK;
	}
}

void clock_real(struct clock_state *out)
{
	out->origin = out->start = clock_wall();
	out->speed = 1;
	out->signal_fd = -1;
}

struct clock_port clock_port_of(struct clock_state *state)
{
	return (struct clock_port){ state, market_now, market_wait,
				    market_real_ms, market_fd };
}

bool clock_parse(struct clock_state *out, const char *text, struct err *err)
{
	const char *a = strchr(text, ',');
	const char *b = a ? strchr(a + 1, ',') : NULL;
	char *end;
	long speed;

	if (!b || !instant_parse(&out->origin, text, (size_t)(a - text)) ||
	    !instant_parse(&out->start, a + 1, (size_t)(b - a - 1)))
		return err_set(err, ERR_USAGE, "clock \"%s\": write "
			       "ORIGIN,START,SPEED, as in 2026-11-20T00:00:00Z,"
			       "2026-11-20T21:00:00Z,900", text);
	speed = strtol(b + 1, &end, 10);
	if (*end || end == b + 1 || speed < 1 || speed > SPEED_MAX)
		return err_set(err, ERR_USAGE, "clock speed \"%s\": a whole "
			       "number 1..%d", b + 1, SPEED_MAX);
	out->speed = speed;
	out->signal_fd = -1;
	return true;
}

struct instant clock_next_tick(struct instant now, struct span every,
			       struct span offset)
{
	int64_t since = now.ms - offset.ms;
	int64_t k = since / every.ms - (since % every.ms < 0 ? 1 : 0);

	return (struct instant){ (k + 1) * every.ms + offset.ms };
}
