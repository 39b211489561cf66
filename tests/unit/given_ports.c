/* SPDX-License-Identifier: MIT */
/* A clock set by hand and a notifier without ears. */
#include "given_ports.h"

static struct instant now(void *ctx)
{
	return *(struct instant *)ctx;
}

static enum wake wait(void *ctx, struct instant until)
{
	(void)ctx;
	(void)until;
	return WAKE_TICK;
}

static int64_t real_ms(void *ctx, struct span d)
{
	(void)ctx;
	return d.ms;
}

struct clock_port given_clock(struct instant *at)
{
	return (struct clock_port){ at, now, wait, real_ms, NULL };
}

static bool heard_it(void *ctx, const struct message *m)
{
	(void)ctx;
	(void)m;
	return true;
}

static bool heard_nothing(void *ctx, const struct message *m)
{
	(void)ctx;
	(void)m;
	return false;
}

struct notifier given_notifier(bool heard)
{
	return (struct notifier){ NULL, heard ? heard_it : heard_nothing };
}
