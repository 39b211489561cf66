/* SPDX-License-Identifier: MIT */
/*
 * Slack (and Mattermost, Rocket.Chat): an incoming webhook. Success is the
 * body "ok"; an error is one plain word.
 */
#include <string.h>

#include "letter.h"

#define TEXT_MAX	2900

enum { URL };

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char *title = letter_cut(a->title, 200, true, arena);
	char *rest = letter_cut(a->text, TEXT_MAX, true, arena);
	char *text = title && rest ?
		     letter_text(arena, "*%s*%s%s", title, *rest ? "\n" : "",
				 rest) : NULL;
	struct letter l;

	if (!text || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory");
	letter_post(out, v->v[URL]);
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "text", text);
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static void judge(struct outcome_of *out, const struct reply *r)
{
	size_t n = strspn(r->body, "abcdefghijklmnopqrstuvwxyz_");

	sink_judge(out, r);
	if (r->answered && out->outcome != OUTCOME_DELIVERED && n > 0 &&
	    n < 40 && !r->body[n])
		snprintf(out->why, sizeof(out->why), "HTTP %d: %s", r->status,
			 r->body);
}

const struct sink_kind sink_slack = {
	.name = "slack",
	.help = "a message by an incoming webhook of Slack",
	.params = {
		[URL] = { "url", SINK_SECRET, true, NULL,
			  "of the incoming webhook" },
	},
	.build = build,
	.judge = judge,
};
