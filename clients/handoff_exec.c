/* SPDX-License-Identifier: MIT */
/*
 * A close handed over to a program: JSON on its input. Exit status 0 means
 * taken; it may be run again with the same id, so it must do it once.
 */
#include <stdio.h>

#include "handoff_order.h"
#include "letter.h"

static bool build(struct outgoing *out, const struct handoff_order *o,
		  const struct handoff_target *t, struct arena *arena,
		  struct err *err)
{
	struct letter l;

	*out = (struct outgoing){ .wire = WIRE_EXEC, .path = t->path };
	out->env[out->n_env++] = "CARRYWATCH_EVENT=position.close";
	out->env[out->n_env] = letter_text(arena, "CARRYWATCH_ID=%s", o->id);
	if (!out->env[out->n_env++] || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory for a hand-off");
	json_out_open(&l.json, '{');
	handoff_put_order(&l.json, o);
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static void judge(struct handoff_answer *out, const struct reply *r)
{
	*out = (struct handoff_answer){ HANDOFF_SAYS_LATER, 0, "" };
	if (!r->answered) {
		out->says = HANDOFF_SAYS_NOTHING;
		snprintf(out->why, sizeof(out->why), "%s", r->error);
	} else if (r->status == 0) {
		out->says = HANDOFF_SAYS_TAKEN;
	} else {
		snprintf(out->why, sizeof(out->why), "exit status %d",
			 r->status);
	}
}

const struct handoff_kind handoff_exec = {
	.name = "exec", .idempotent = true, .build = build, .judge = judge,
};
