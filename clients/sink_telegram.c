/* SPDX-License-Identifier: MIT */
/*
 * Telegram bots: sendMessage with HTML. The token stands in the path of the
 * URL, so the URL is as secret as the token. A 429 says how long to wait in
 * its body; a group that became a supergroup says its new id.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "letter.h"

#define TITLE_MAX	200
#define TEXT_MAX	3800	/* with the title below 4096 characters */

enum { TOKEN, CHAT, THREAD, API };

static bool token_ok(const char *s)
{
	return *s && strspn(s, "0123456789:_-abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(s);
}

/* Ids are numbers and must be written as such; "@channel" is text. */
static void put_chat(struct json_out *o, const char *chat)
{
	size_t digits = strspn(chat + (*chat == '-'), "0123456789");

	json_out_key(o, "chat_id");
	if (digits > 0 && digits < 19 && !chat[digits + (*chat == '-')])
		json_out_int(o, strtoll(chat, NULL, 10));
	else
		json_out_text(o, chat);
}

static void put_message(struct json_out *o, const struct alert *a,
			const struct sink_values *v, const char *text)
{
	json_out_open(o, '{');
	put_chat(o, v->v[CHAT]);
	json_put_text(o, "text", text);
	json_put_text(o, "parse_mode", "HTML");
	json_out_key(o, "link_preview_options");
	json_out_open(o, '{');
	json_put_bool(o, "is_disabled", true);
	json_out_close(o, '}');
	json_put_bool(o, "disable_notification", a->silent);
	if (*v->v[THREAD])
		json_put_int(o, "message_thread_id",
			     strtoll(v->v[THREAD], NULL, 10));
	json_out_close(o, '}');
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	char *title = letter_cut(a->title, TITLE_MAX, true, arena);
	char *rest = letter_cut(a->text, TEXT_MAX, true, arena);
	char *url, *text;
	struct letter l;

	if (!token_ok(v->v[TOKEN]))
		return err_set(err, ERR_CONFIG, "the token is no bot token: "
			       "digits, a colon, letters");
	url = letter_text(arena, "%.*s/bot%s/sendMessage",
			  letter_base(v->v[API]), v->v[API], v->v[TOKEN]);
	text = title && rest ? letter_text(arena, "<b>%s</b>%s%s", title,
					   *rest ? "\n" : "", rest) : NULL;
	if (!url || !text || !letter_begin(&l, err))
		return err_set(err, ERR_MEMORY, "no memory for a message");
	letter_post(out, url);
	put_message(&l.json, a, v, text);
	return letter_end(&l, out, arena, err);
}

struct parameters {
	int64_t retry_after, migrate_to;
};

static bool read_int(struct json *j, int64_t *out)
{
	struct json_text t;
	char *end;

	if (!json_number(j, &t))
		return false;
	*out = strtoll(t.s, &end, 10);
	return end == t.s + t.n;
}

static void read_parameters(struct json *j, struct parameters *out)
{
	static const char *const names[] = { "retry_after",
					     "migrate_to_chat_id" };
	uint32_t seen = 0;
	size_t which;

	if (!json_object(j))
		return;
	while (json_field(j, names, 2, &seen, &which))
		if (!read_int(j, which ? &out->migrate_to : &out->retry_after))
			return;
}

static struct parameters parameters_of(const struct reply *r)
{
	static const char *const names[] = { "parameters" };
	struct parameters p = { 0, 0 };
	struct err err;
	struct json j;
	uint32_t seen = 0;
	size_t which;

	json_init(&j, r->body, r->body_len, &err);
	if (json_object(&j) && json_field(&j, names, 1, &seen, &which))
		read_parameters(&j, &p);
	return p;
}

static void judge(struct outcome_of *out, const struct reply *r)
{
	struct parameters p;

	sink_judge(out, r);
	if (!r->answered || out->outcome == OUTCOME_DELIVERED)
		return;
	p = parameters_of(r);
	if (p.retry_after > out->wait_s)
		out->wait_s = p.retry_after;
	if (p.migrate_to)
		snprintf(out->why, sizeof(out->why), "the group is a "
			 "supergroup now: set chat_id: %lld",
			 (long long)p.migrate_to);
	else if (r->status == 401 || r->status == 404)
		snprintf(out->why, sizeof(out->why), "HTTP %d: the token is "
			 "not a bot's", r->status);
}

const struct sink_kind sink_telegram = {
	.name = "telegram",
	.help = "a message of a Telegram bot",
	.params = {
		[TOKEN] = { "token", SINK_SECRET, true, NULL,
			    "of the bot, from @BotFather" },
		[CHAT] = { "chat_id", SINK_TEXT, true, NULL,
			   "number of the chat, or @channel" },
		[THREAD] = { "thread", SINK_INTEGER, false, NULL,
			     "topic in a forum group" },
		[API] = { "api", SINK_URL, false, "https://api.telegram.org",
			  "address of the Bot API" },
	},
	.build = build,
	.judge = judge,
};
