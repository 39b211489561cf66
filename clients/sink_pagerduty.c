/* SPDX-License-Identifier: MIT */
/*
 * PagerDuty Events v2: one incident for each condition (dedup_key), resolved
 * when the condition is over. 202: accepted.
 */
#include "letter.h"

#define SUMMARY_MAX	1000

enum { KEY, API };

static void put_payload(struct json_out *o, const struct alert *a,
			const char *summary)
{
	json_out_key(o, "payload");
	json_out_open(o, '{');
	json_put_text(o, "summary", summary);
	json_put_text(o, "source", a->account);
	json_put_text(o, "severity", severity_word(a->severity));
	json_put_instant(o, "timestamp", a->since);
	json_put_maybe(o, "component", a->symbol);
	json_put_text(o, "group", a->account);
	json_put_text(o, "class", a->kind);
	json_out_key(o, "custom_details");
	json_out_open(o, '{');
	letter_alert(o, a);
	json_out_close(o, '}');
	json_out_close(o, '}');
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char *url = letter_text(arena, "%.*s/v2/enqueue",
				letter_base(v->v[API]), v->v[API]);
	char *key = letter_text(arena, "carrywatch/%s", a->fingerprint);
	char *summary = letter_plain(a, SUMMARY_MAX, arena);
	struct alert shown = *a;	/* on a screen: nothing that steers */
	struct letter l;

	shown.title = letter_cut(a->title, SIZE_MAX, false, arena);
	shown.text = letter_cut(a->text, SIZE_MAX, false, arena);
	if (!url || !key || !summary || !shown.title || !shown.text ||
	    !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory");
	letter_post(out, url);
	json_out_open(&l.json, '{');
	json_put_text(&l.json, "routing_key", v->v[KEY]);
	json_put_text(&l.json, "event_action", a->resolved ? "resolve" :
		      "trigger");
	json_put_text(&l.json, "dedup_key", key);
	put_payload(&l.json, &shown, summary);
	json_put_text(&l.json, "client", "carrywatch");
	json_out_close(&l.json, '}');
	return letter_end(&l, out, arena, err);
}

const struct sink_kind sink_pagerduty = {
	.name = "pagerduty",
	.help = "an incident by PagerDuty's Events API v2",
	.params = {
		[KEY] = { "routing_key", SINK_SECRET, true, NULL,
			  "integration key of the service" },
		[API] = { "api", SINK_URL, false,
			  "https://events.pagerduty.com",
			  "address of the Events API" },
	},
	.incident = true,
	.build = build,
};
