/* SPDX-License-Identifier: MIT */
/*
 * alerts test: one message through each sink, by the courier that the monitor
 * uses, and what became of it. Nothing is stored.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "commands.h"
#include "courier.h"
#include "harden.h"
#include "sinks.h"

#define WAIT_MS		20000

struct trial {
	struct cli *cli;
	struct courier courier;
	bool failed;
};

static bool send_one(struct trial *t, const struct sink_in_force *s,
		     const char *account, struct err *err)
{
	const struct ticket ticket = { TICKET_ALERT, 1 };
	struct instant now = clock_wall();
	struct alert a = {
		.id = "test", .account = account, .symbol = "",
		.kind = "test", .label = "", .fingerprint = "test",
		.severity = SEVERITY_INFO, .resolved = true,
		.title = "carrywatch test message",
		.text = "Alerts of this account arrive here.",
		.at = now, .since = now, .sent_at = now,
	};
	struct outgoing out;

	return s->kind->build(&out, &a, &s->values, t->cli->arena, err) &&
	       t->courier.send(t->courier.ctx, &ticket, &out, err);
}

static void await(struct trial *t, const struct sink_in_force *s,
		  struct outcome_of *out)
{
	struct reply r;

	t->courier.pump(t->courier.ctx, -1, WAIT_MS);
	*out = (struct outcome_of){ OUTCOME_RETRY, 0, "no answer in 20 s" };
	if (t->courier.take(t->courier.ctx, &r))
		(s->kind->judge ? s->kind->judge : sink_judge)(out, &r);
}

static void try_sink(struct trial *t, const struct sink_in_force *s,
		     const char *account)
{
	struct outcome_of o = { .outcome = OUTCOME_DEAD };
	struct err err = { ERR_NONE, "" };

	if (send_one(t, s, account, &err))
		await(t, s, &o);
	else
		snprintf(o.why, sizeof(o.why), "%.119s", err.text);
	t->failed |= o.outcome != OUTCOME_DELIVERED;
	printf("%s (%s)\t%s%s%s\n", s->name, s->kind->name,
	       o.outcome == OUTCOME_DELIVERED ? "delivered" : "FAILED",
	       *o.why ? ": " : "", o.why);
}

static const struct sink *find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_sinks; i++)
		if (!strcmp(c->sinks[i].name, name))
			return &c->sinks[i];
	return NULL;
}

static bool try_all(struct trial *t, struct err *err)
{
	struct cli *c = t->cli;
	const struct account *a = NULL;
	const struct sink *one;
	struct sinks sinks;
	bool ok;

	if (!cli_config(c, err))
		return false;
	courier_reach(&t->courier, &c->config->reach);
	courier_insecure(&t->courier, c->config->allow_insecure_http);
	one = c->n_args ? find(c->config, c->arg[0]) : NULL;
	if (c->n_args && !one)
		return err_set(err, ERR_NOT_FOUND, "no sink \"%s\" under "
			       "sinks: of the configuration", c->arg[0]);
	if (!one && !cli_account(c, &a, err))
		return false;
	ok = one ? sinks_open_one(&sinks, one, err) :
		   sinks_open(&sinks, &a->alerts, err);
	if (!ok)
		return false;
	if (sinks.n == 0)
		return err_set(err, ERR_CONFIG, "accounts.%s.alerts.sinks is "
			       "empty: nobody is told", a->name);
	for (size_t i = 0; i < sinks.n; i++)
		try_sink(t, &sinks.list[i], a ? a->name : "test");
	sinks_free(&sinks);
	return true;
}

int cmd_alerts_test(struct cli *c)
{
	const struct courier_options o = {
		"carrywatch/" CARRYWATCH_VERSION, false, NULL, false
	};
	struct trial t = { .cli = c };
	struct err err = { ERR_NONE, "" };
	bool ok;

	harden_process();
	signal(SIGPIPE, SIG_IGN);
	if (!courier_new(&t.courier, &o, &err))
		return cli_fail(c, &err);
	ok = try_all(&t, &err);
	t.courier.free(t.courier.ctx);
	if (!ok)
		return cli_fail(c, &err);
	return t.failed ? 1 : 0;
}
