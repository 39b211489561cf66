/* SPDX-License-Identifier: MIT */
/*
 * A close handed over to the trading client. The call has no request id: a
 * second one is a second close, so anything but a plain answer is a doubt,
 * and a doubt is never resolved by sending again.
 */
#include <stdio.h>
#include <string.h>

#include "handoff_order.h"
#include "json.h"
#include "letter.h"

static bool id_ok(const char *id)
{
	return *id && strspn(id, "0123456789abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == strlen(id);
}

static bool put_body(struct outgoing *out, const struct handoff_order *o,
		     struct arena *arena, struct err *err)
{
	struct letter l;

	if (!letter_begin(&l, err))
		return false;
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "order_type", order_type_word(o->order));
	json_put_text(&l.json, "reason", o->reason.s);
	json_put_bool(&l.json, "confirm_wide_spread", o->confirm_wide_spread);
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static bool build(struct outgoing *out, const struct handoff_order *o,
		  const struct handoff_target *t, struct arena *arena,
		  struct err *err)
{
	char *url;

	if (!id_ok(o->position.external_id))
		return err_set(err, ERR_DATA, "position %lld is not known to "
			       "the trading client", (long long)o->position.id);
	url = letter_text(arena, "%s/api/v1/positions/%s/close", t->url,
			  o->position.external_id);
	if (!url)
		return err_set(err, ERR_MEMORY, "no memory for a hand-off");
	letter_post(out, url);
	out->timeout_ms = HANDOFF_WORKS_MS;
	return letter_header(out, arena, err, "Authorization: Bearer %s",
			     t->key) &&
	       put_body(out, o, arena, err);
}

/* {"success":..., "wide_spread_warning":...}: -1 when it is neither. */
static void read_success(int flag[2], const struct reply *r)
{
	static const char *const names[] = { "success",
					     "wide_spread_warning" };
	uint32_t seen = 0;
	struct err err;
	struct json j;
	size_t which;
	bool b;

	flag[0] = flag[1] = -1;
	json_init(&j, r->body, r->body_len, &err);
	if (!json_object(&j))
		return;
	while (json_field(&j, names, 2, &seen, &which)) {
		if (!json_bool(&j, &b))
			break;		/* half an answer says nothing */
		flag[which] = b;
	}
	if (!json_finish(&j))
		flag[0] = flag[1] = -1;
}

static void judge_200(struct handoff_answer *out, const struct reply *r)
{
	int flag[2];

	read_success(flag, r);
	if (flag[0] == 1)
		out->says = HANDOFF_SAYS_TAKEN;
	else if (flag[0] == 0 && flag[1] == 1)
		out->says = HANDOFF_SAYS_WIDE;
	snprintf(out->why, sizeof(out->why), "%s",
		 out->says == HANDOFF_SAYS_TAKEN ? "" :
		 out->says == HANDOFF_SAYS_WIDE ? "the spread is above 2 %" :
		 "an answer that cannot be read");
}

static void judge(struct handoff_answer *out, const struct reply *r)
{
	*out = (struct handoff_answer){ HANDOFF_SAYS_NOTHING, 0, "" };
	if (!r->answered) {
		if (!r->sent)
			out->says = HANDOFF_SAYS_LATER;
		snprintf(out->why, sizeof(out->why), "%s", r->error);
		return;
	}
	if (r->status == 200) {
		judge_200(out, r);
		return;
	}
	if (r->status == 400 || r->status == 401 || r->status == 403)
		out->says = HANDOFF_SAYS_NO;
	snprintf(out->why, sizeof(out->why), "HTTP %d", r->status);
}

const struct handoff_kind handoff_control_api = {
	.name = "control_api", .idempotent = false, .build = build,
	.judge = judge,
};
