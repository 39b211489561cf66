/* SPDX-License-Identifier: MIT */
/*
 * A dead man's switch (healthchecks, Uptime Kuma): a ping after each good
 * poll, URL/fail after one that could not be recorded. The only sink that
 * notices a dead machine. The URL is the secret.
 */
#include "letter.h"

enum { URL };

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	bool bad = !a->resolved && a->severity >= SEVERITY_ERROR;

	*out = (struct outgoing){ .wire = WIRE_HTTP, .method = "GET" };
	out->url = letter_text(arena, "%s%s", v->v[URL], bad ? "/fail" : "");
	return out->url || err_set(err, ERR_MEMORY, "no memory");
}

const struct sink_kind sink_healthchecks = {
	.name = "healthchecks",
	.help = "a ping after each good poll: who does not hear it, alarms",
	.params = {
		[URL] = { "url", SINK_SECRET, true, NULL,
			  "the ping URL, such as https://hc-ping.com/UUID" },
	},
	.heartbeat = true,
	.build = build,
};
