/* SPDX-License-Identifier: MIT */
/*
 * A close handed over by a signed webhook (Standard Webhooks). webhook-id is
 * the id of the close itself, the same on every try: whoever receives it
 * twice does it once.
 */
#include "handoff_order.h"
#include "letter.h"

static bool put_body(struct outgoing *out, const struct handoff_order *o,
		     struct arena *arena, struct err *err)
{
	struct letter l;

	if (!letter_begin(&l, err))
		return false;
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "type", "position.close");
	json_put_instant(&l.json, "timestamp", o->decided_at);
	json_out_key(&l.json, "data");
	json_out_open(&l.json, '{');
	handoff_put_order(&l.json, o);
	json_out_close(&l.json, '}');
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static bool build(struct outgoing *out, const struct handoff_order *o,
		  const struct handoff_target *t, struct arena *arena,
		  struct err *err)
{
	letter_post(out, t->url);
	return put_body(out, o, arena, err) &&
	       letter_sign(out, o->id, o->sent_at, t->key, t->old_key, arena,
			   err);
}

const struct handoff_kind handoff_webhook = {
	.name = "webhook", .idempotent = true, .build = build,
	.judge = handoff_judge_status,
};
