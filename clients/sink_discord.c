/* SPDX-License-Identifier: MIT */
/*
 * Discord: a webhook of a channel. With wait=true an unsaved message is an
 * error; a 429 says how long to wait, in seconds with decimals.
 */
#include <limits.h>
#include <stdlib.h>

#include "json.h"
#include "letter.h"

#define CONTENT_MAX	1900

enum { URL };

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char *url = letter_text(arena, "%s?wait=true", v->v[URL]);
	char *text = letter_plain(a, CONTENT_MAX, arena);
	struct letter l;

	if (!url || !text || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory");
	letter_post(out, url);
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "content", text);
	/* Nobody is mentioned, whatever a text holds. */
	json_out_key(&l.json, "allowed_mentions");
	json_out_open(&l.json, '{');
	json_out_key(&l.json, "parse");
	json_out_open(&l.json, '[');
	json_out_close(&l.json, ']');
	json_out_close(&l.json, '}');
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

/* Whole seconds, rounded up; 0 when there is none. */
static int64_t retry_after(const struct reply *r)
{
	static const char *const names[] = { "retry_after" };
	struct json_text t = { "", 0 };
	uint32_t seen = 0;
	struct err err;
	struct json j;
	size_t which;
	char *end;
	long long s;

	json_init(&j, r->body, r->body_len, &err);
	if (!json_object(&j) || !json_field(&j, names, 1, &seen, &which) ||
	    !json_number(&j, &t))
		return 0;
	s = strtoll(t.s, &end, 10);
	return s < 0 ? 0 : s + (s < LLONG_MAX && end < t.s + t.n);
}

static void judge(struct outcome_of *out, const struct reply *r)
{
	int64_t wait;

	sink_judge(out, r);
	if (!r->answered || r->status != 429)
		return;
	wait = retry_after(r);
	if (wait > out->wait_s)
		out->wait_s = wait;
}

const struct sink_kind sink_discord = {
	.name = "discord",
	.help = "a message in a Discord channel",
	.params = {
		[URL] = { "url", SINK_SECRET, true, NULL,
			  "of the channel's webhook" },
	},
	.build = build,
	.judge = judge,
};
