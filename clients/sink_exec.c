/* SPDX-License-Identifier: MIT */
/*
 * A program of one's own, for what has no sink here: JSON on its input, the
 * essentials in its environment, exit status 0 means delivered.
 */
#include "letter.h"

enum { PROGRAM };

static bool put_env(struct outgoing *out, const struct alert *a,
		    struct arena *arena, struct err *err)
{
	const char *const list[][2] = {
		{ "EVENT", a->kind }, { "ACCOUNT", a->account },
		{ "STATE", a->resolved ? "resolved" : "firing" },
		{ "RULE", a->label }, { "SEVERITY", severity_word(a->severity) },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		out->env[out->n_env] = letter_text(arena, "CARRYWATCH_%s=%s",
						   list[i][0], list[i][1]);
		if (!out->env[out->n_env++])
			return err_set(err, ERR_MEMORY, "no memory");
	}
	out->env[out->n_env] = letter_text(arena, "CARRYWATCH_POSITION=%lld",
					   (long long)a->position);
	return out->env[out->n_env++] || err_set(err, ERR_MEMORY, "no memory");
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	struct letter l;

	*out = (struct outgoing){ .wire = WIRE_EXEC, .path = v->v[PROGRAM] };
	if (!put_env(out, a, arena, err) || !letter_begin(&l, err))
		return false;
	json_out_open(&l.json, '{');
	letter_alert(&l.json, a);
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

static void judge(struct outcome_of *out, const struct reply *r)
{
	*out = (struct outcome_of){ OUTCOME_RETRY, 0, "" };
	if (!r->answered)
		snprintf(out->why, sizeof(out->why), "%s", r->error);
	else if (r->status == 0)
		out->outcome = OUTCOME_DELIVERED;
	else
		snprintf(out->why, sizeof(out->why), "exit status %d",
			 r->status);
}

const struct sink_kind sink_exec = {
	.name = "exec",
	.help = "a program, without a shell: JSON on its input",
	.params = {
		[PROGRAM] = { "program", SINK_PATH, true, NULL,
			      "its whole path; it has ten seconds" },
	},
	.build = build,
	.judge = judge,
};
