/* SPDX-License-Identifier: MIT */
/* ntfy: the text as body, the rest in headers; a token or an open topic. */
#include <string.h>

#include "letter.h"

#define TEXT_MAX	4000	/* above 4096 bytes it becomes an attachment */

enum { TOPIC, TOKEN, SERVER };

static const int priorities[] = {
	[SEVERITY_INFO] = 2, [SEVERITY_WARNING] = 3, [SEVERITY_ERROR] = 4,
	[SEVERITY_CRITICAL] = 5
};

static bool put_headers(struct outgoing *out, const struct alert *a,
			const struct sink_values *v, struct arena *arena,
			struct err *err)
{
	char *title = letter_line(a->title, 200, arena);
	int priority = a->silent ? 2 : priorities[a->severity];

	if (!title)
		return err_set(err, ERR_MEMORY, "no memory");
	return letter_header(out, arena, err, "Title: %s", title) &&
	       letter_header(out, arena, err, "Priority: %d", priority) &&
	       letter_header(out, arena, err, "Tags: %s", a->resolved ?
			     "white_check_mark" : "warning") &&
	       (!*v->v[TOKEN] ||
		letter_header(out, arena, err, "Authorization: Bearer %s",
			      v->v[TOKEN]));
}

/* The limit is one of bytes: a character may be four. */
static char *body_of(const struct alert *a, struct arena *arena)
{
	const char *s = *a->text ? a->text : a->title;
	char *text = letter_cut(s, TEXT_MAX, false, arena);

	return text && strlen(text) > TEXT_MAX ?
	       letter_cut(s, TEXT_MAX / 4, false, arena) : text;
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	*out = (struct outgoing){ .wire = WIRE_HTTP, .method = "POST" };
	out->url = letter_text(arena, "%.*s/%s", letter_base(v->v[SERVER]),
			       v->v[SERVER], v->v[TOPIC]);
	out->body = body_of(a, arena);
	if (!out->url || !out->body)
		return err_set(err, ERR_MEMORY, "no memory");
	out->body_len = strlen(out->body);
	return letter_header(out, arena, err, "Content-Type: text/plain; "
			     "charset=utf-8") &&
	       put_headers(out, a, v, arena, err);
}

const struct sink_kind sink_ntfy = {
	.name = "ntfy",
	.help = "a push message by ntfy",
	.params = {
		[TOPIC] = { "topic", SINK_SECRET, true, NULL,
			    "who knows it can read it: make it long" },
		[TOKEN] = { "token", SINK_SECRET, false, NULL,
			    "access token, tk_..." },
		[SERVER] = { "server", SINK_URL, false, "https://ntfy.sh",
			     "address of the server" },
	},
	.build = build,
};
