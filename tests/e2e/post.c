/* SPDX-License-Identifier: MIT */
/*
 * The program behind test_sinks.py: one alert through one sink and the real
 * courier, without a monitor.
 *
 *	post SINK [PARAM=VALUE | alert.FIELD=VALUE]...
 *		prints outcome, seconds to wait, why; exit 0 when delivered
 *	post sign KEY [OLD]
 *		for lines "ID SECONDS BODY" (body in hexadecimal) the signature
 *	post verify KEY NOW
 *		for lines "ID SECONDS BODY SIGNATURES...": ok or the reason
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "courier.h"
#include "sign.h"
#include "sink.h"

static struct alert alert = {
	.id = "main-1042", .account = "main", .position = 11, .symbol = "FET",
	.kind = "close", .label = "DIVERGENCE_FLIPPED",
	.fingerprint = "main/11/close", .severity = SEVERITY_CRITICAL,
	.title = "CLOSE main/11 FET DIVERGENCE_FLIPPED",
	.text = "now -1.80 USD/8h", .since = { 1795636800000 },
	.at = { 1795636860000 }, .sent_at = { 1795636861000 },
};

static int die(const char *what)
{
	fprintf(stderr, "post: %s\n", what);
	return 2;
}

static bool set_alert(const char *key, const char *value)
{
	const struct { const char *key; const char **to; } texts[] = {
		{ "id", &alert.id }, { "account", &alert.account },
		{ "symbol", &alert.symbol }, { "kind", &alert.kind },
		{ "label", &alert.label }, { "title", &alert.title },
		{ "text", &alert.text }, { "fingerprint", &alert.fingerprint },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(texts[i].key, key) == 0) {
			*texts[i].to = value;
			return true;
		}
	if (strcmp(key, "resolved") == 0)
		alert.resolved = *value == '1';
	else if (strcmp(key, "silent") == 0)
		alert.silent = *value == '1';
	else if (strcmp(key, "position") == 0)
		alert.position = atoi(value);
	else if (strcmp(key, "severity") == 0)
		alert.severity = (enum severity)atoi(value);
	else
		return false;
	return true;
}

static bool set(const struct sink_kind *k, struct sink_values *v, char *arg)
{
	char *value = strchr(arg, '=');

	if (!value)
		return false;
	*value++ = '\0';
	if (strncmp(arg, "alert.", 6) == 0)
		return set_alert(arg + 6, value);
	for (int i = 0; i < SINK_PARAMS_MAX && k->params[i].name; i++)
		if (strcmp(k->params[i].name, arg) == 0) {
			v->v[i] = value;
			return true;
		}
	return false;
}

static int post(const struct sink_kind *k, const struct sink_values *v)
{
	static const char *const words[] = { "delivered", "retry", "dead",
					     "gone" };
	const struct courier_options o = { "carrywatch/test", false, NULL, false };
	struct ticket ticket = { TICKET_ALERT, 1 };
	struct arena *arena = arena_new();
	struct err err = { ERR_NONE, "" };
	struct outgoing out;
	struct outcome_of outcome;
	struct courier c;
	struct reply r;
	int code;

	if (!arena || !courier_new(&c, &o, &err))
		return die(err.text);
	if (k->build(&out, &alert, v, arena, &err) && getenv("POST_TIMEOUT_MS"))
		out.timeout_ms = atoi(getenv("POST_TIMEOUT_MS"));
	if (err.kind != ERR_NONE || !c.send(c.ctx, &ticket, &out, &err)) {
		code = die(err.text);
		goto end;
	}
	while (!c.take(c.ctx, &r))
		c.pump(c.ctx, -1, 30000);
	(k->judge ? k->judge : sink_judge)(&outcome, &r);
	printf("%s wait=%lld sent=%d why=%s\n", words[outcome.outcome],
	       (long long)outcome.wait_s, r.sent, outcome.why);
	code = outcome.outcome != OUTCOME_DELIVERED;
end:
	c.free(c.ctx);
	arena_free(arena);
	return code;
}

/* ---- signatures ---- */

static size_t unhex(char *out, const char *hex)
{
	size_t n = 0;
	unsigned byte;

	for (; hex[0] && hex[1] && sscanf(hex, "%2x", &byte) == 1; hex += 2)
		out[n++] = (char)byte;
	return n;
}

static int signatures(int argc, char **argv)
{
	bool verify = strcmp(argv[1], "verify") == 0;
	static char line[20000], id[200], hex[16000], body[8000];
	static char header[400];

	while (fgets(line, sizeof(line), stdin)) {
		struct sign_message m = { .id = id, .body = body };
		char sig[SIGNATURE_MAX];
		struct err err = { ERR_NONE, "" };
		long long at;
		bool ok;

		if (sscanf(line, "%199s %lld %15999s %399[^\n]", id, &at, hex,
			   header) < 3)
			return die("bad line");
		m.unix_s = at;
		m.n = unhex(body, hex + 1);	/* behind an "x" */
		ok = verify ? sign_verify(&m, header, argv[2],
					  atoll(argv[3]), &err) :
			sign_message(sig, &m, argv[2],
				     argc > 3 ? argv[3] : NULL, &err);
		puts(!ok ? err.text : verify ? "ok" : sig);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sink_values v;
	const struct sink_kind *k;

	if (argc >= 3 && (!strcmp(argv[1], "sign") ||
			  (!strcmp(argv[1], "verify") && argc == 4)))
		return signatures(argc, argv);
	signal(SIGPIPE, SIG_IGN);	/* as the monitor does */
	k = argc > 1 ? sink_find(argv[1]) : NULL;
	if (!k)
		return die("no such sink");
	for (int i = 0; i < SINK_PARAMS_MAX; i++)
		v.v[i] = k->params[i].name && k->params[i].def ?
			 k->params[i].def : "";
	for (int i = 2; i < argc; i++)
		if (!set(k, &v, argv[i]))
			return die("bad argument");
	return post(k, &v);
}
