/* SPDX-License-Identifier: MIT */
/*
 * A signed webhook (Standard Webhooks): the id stays the same on every try,
 * so the receiver can tell a repeat; 410 means it wants no more.
 */
#include <inttypes.h>
#include <string.h>

#include "letter.h"
#include "sign.h"

enum { URL, SECRET, OLD_SECRET };

static bool put_body(struct outgoing *out, const struct alert *a,
		     struct arena *arena, struct err *err)
{
	char *type = letter_text(arena, "alert.%s", a->kind);
	struct letter l;

	if (!type || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory for a message");
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "type", type);
	json_put_instant(&l.json, "timestamp", a->at);
	json_out_key(&l.json, "data");
	json_out_open(&l.json, '{');
	letter_alert(&l.json, a);
	json_out_close(&l.json, '}');
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char id[128];

	snprintf(id, sizeof(id), "msg_%s", a->id);
	letter_post(out, v->v[URL]);
	return put_body(out, a, arena, err) &&
	       letter_sign(out, id, a->sent_at, v->v[SECRET],
			   v->v[OLD_SECRET], arena, err);
}

static void judge(struct outcome_of *out, const struct reply *r)
{
	sink_judge(out, r);
	if (r->answered && r->status == 410)
		out->outcome = OUTCOME_GONE;
}

const struct sink_kind sink_webhook = {
	.name = "webhook",
	.help = "a signed POST of JSON (Standard Webhooks)",
	.params = {
		[URL] = { "url", SINK_URL, true, NULL, "where to" },
		[SECRET] = { "secret", SINK_SECRET, true, NULL,
			     "whsec_ and 24 to 64 bytes in base64" },
		[OLD_SECRET] = { "old_secret", SINK_SECRET, false, NULL,
				 "the one before, while the receiver changes "
				 "over: both sign" },
	},
	.build = build,
	.judge = judge,
};
