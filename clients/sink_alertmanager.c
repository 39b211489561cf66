/* SPDX-License-Identifier: MIT */
/*
 * Prometheus' Alertmanager, API v2: an alert that is not sent again ends by
 * itself there, after five minutes unless it says when, so firing ones say
 * that they outlast two repeats; endsAt now resolves. News has no end.
 */
#include "letter.h"

#define DELIVERY_MS	(10 * 60 * 1000)	/* a repeat may be so late */

enum { URL };

static void put_labels(struct json_out *o, const struct alert *a,
		       const char *position)
{
	json_out_key(o, "labels");
	json_out_open(o, '{');
	json_put_text(o, "alertname", "Carrywatch");
	json_put_text(o, "kind", a->kind);
	json_put_text(o, "account", a->account);
	if (a->position > 0)
		json_put_text(o, "position", position);
	if (*a->label)
		json_put_text(o, "rule", a->label);
	json_put_text(o, "severity", severity_word(a->severity));
	json_out_close(o, '}');
}

static void put_end(struct json_out *o, const struct alert *a)
{
	if (a->resolved)
		json_put_instant(o, "endsAt", a->at);
	else if (a->again.ms > 0 && a->severity > SEVERITY_INFO)
		json_put_instant(o, "endsAt", instant_add(a->sent_at,
			(struct span){ 2 * a->again.ms + DELIVERY_MS }));
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char *url = letter_text(arena, "%.*s/api/v2/alerts",
				letter_base(v->v[URL]), v->v[URL]);
	char *position = letter_text(arena, "%lld", (long long)a->position);
	char *title = letter_cut(a->title, SIZE_MAX, false, arena);
	char *text = letter_cut(a->text, SIZE_MAX, false, arena);
	struct letter l;

	if (!url || !position || !title || !text || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory");
	letter_post(out, url);
	json_out_open(&l.json, '[');
	json_out_open(&l.json, '{');
	put_labels(&l.json, a, position);
	json_out_key(&l.json, "annotations");
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "summary", title);
	json_put_text(&l.json, "description", text);
	json_out_close(&l.json, '}');
	json_put_instant(&l.json, "startsAt", a->since);
	put_end(&l.json, a);
	json_out_close(&l.json, '}');
	json_out_close(&l.json, ']');
	return letter_end(&l, out, arena, err);
}

const struct sink_kind sink_alertmanager = {
	.name = "alertmanager",
	.help = "an alert of Prometheus' Alertmanager (API v2)",
	.params = {
		[URL] = { "url", SINK_URL, true, NULL,
			  "its address, such as http://127.0.0.1:9093" },
	},
	.incident = true,
	.build = build,
};
