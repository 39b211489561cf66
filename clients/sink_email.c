/* SPDX-License-Identifier: MIT */
/*
 * E-mail by SMTP. The body travels in base64, so no line is too long and no
 * byte is changed; headers are single ASCII lines.
 */
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

#include "letter.h"

#define TEXT_MAX	20000
#define LINE_BYTES	57	/* 76 characters of base64 */

enum { SERVER, FROM, TO, USER, PASSWORD, INSECURE };

static char *encode(const char *text, struct arena *arena)
{
	size_t n = strlen(text);
	char *out = arena_alloc(arena, n / LINE_BYTES * 80 + 160);
	char *to = out;

	for (size_t at = 0; out && at < n; at += LINE_BYTES) {
		size_t take = n - at < LINE_BYTES ? n - at : LINE_BYTES;

		to += EVP_EncodeBlock((unsigned char *)to,
				      (const unsigned char *)text + at,
				      (int)take);
		*to++ = '\r';
		*to++ = '\n';
	}
	return out;
}

/* "Thu, 26 Nov 2026 07:00:00 +0000" */
static void mail_date(char buf[static 40], struct instant t)
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[INSTANT_TEXT_MAX];
	int64_t day = t.ms / 86400000;
	int month;

	instant_format(text, t);	/* 2026-11-26T07:00:00Z */
	month = (text[5] - '0') * 10 + text[6] - '0' - 1;
	snprintf(buf, 40, "%.3s, %.2s %.3s %.4s %.8s +0000",
		 days + 3 * (day % 7), text + 8, months + 3 * month, text,
		 text + 11);
}

/* Addresses, between commas, into the list. */
static bool recipients(struct outgoing *out, const char *to,
		       struct arena *arena, struct err *err)
{
	for (; *to; to += *to == ',') {
		size_t n = strcspn(to, ",");
		const char *s = to + strspn(to, " ");

		to += n;
		if (s >= to)
			continue;
		if (out->n_rcpt == OUTGOING_RCPT_MAX)
			return err_set(err, ERR_CONFIG, "more than %d "
				       "addresses", OUTGOING_RCPT_MAX);
		out->rcpt[out->n_rcpt] = letter_text(arena, "<%.*s>",
						     (int)(to - s), s);
		if (!out->rcpt[out->n_rcpt++])
			return err_set(err, ERR_MEMORY, "no memory");
	}
	return out->n_rcpt > 0 || err_set(err, ERR_CONFIG, "no address");
}

static bool put_mail(struct outgoing *out, const struct alert *a,
		     const struct sink_values *v, struct arena *arena,
		     struct err *err)
{
	char *subject = letter_line(a->title, 150, arena);
	char *plain = letter_plain(a, TEXT_MAX, arena);
	char *body = plain ? encode(plain, arena) : NULL;
	char date[40];

	mail_date(date, a->sent_at);
	out->body = subject && body ?
		letter_text(arena, "Date: %s\r\nFrom: %s\r\nTo: %s\r\n"
			    "Subject: %s\r\nMessage-ID: <%s@carrywatch>\r\n"
			    "Auto-Submitted: auto-generated\r\n"
			    "MIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: base64\r\n\r\n%s",
			    date, v->v[FROM], v->v[TO], subject, a->id, body) :
		NULL;
	if (!out->body)
		return err_set(err, ERR_MEMORY, "no memory");
	out->body_len = strlen(out->body);
	return true;
}

static bool build(struct outgoing *out, const struct alert *a,
		  const struct sink_values *v, struct arena *arena,
		  struct err *err)
{
	*out = (struct outgoing){ .wire = WIRE_SMTP, .url = v->v[SERVER] };
	out->allow_insecure = strcmp(v->v[INSECURE], "true") == 0;
	if (*v->v[USER]) {
		out->user = v->v[USER];
		out->password = v->v[PASSWORD];
	}
	out->from = letter_text(arena, "<%s>", v->v[FROM]);
	if (!out->from)
		return err_set(err, ERR_MEMORY, "no memory");
	return recipients(out, v->v[TO], arena, err) &&
	       put_mail(out, a, v, arena, err);
}

/* SMTP: 4yz is for now, 5yz for ever; what is below refused nothing. */
static void judge(struct outcome_of *out, const struct reply *r)
{
	*out = (struct outcome_of){ OUTCOME_RETRY, 0, "" };
	if (r->answered)
		out->outcome = OUTCOME_DELIVERED;
	else if (r->status >= 500)
		out->outcome = OUTCOME_DEAD;
	if (!r->answered && r->status >= 400)
		snprintf(out->why, sizeof(out->why), "SMTP %d", r->status);
	else if (!r->answered)
		snprintf(out->why, sizeof(out->why), "%s", r->error);
}

const struct sink_kind sink_email = {
	.name = "email",
	.help = "a mail by SMTP",
	.params = {
		[SERVER] = { "server", SINK_MAIL, true, NULL,
			     "smtps://host:465, or smtp://host:587" },
		[FROM] = { "from", SINK_TEXT, true, NULL, "sender" },
		[TO] = { "to", SINK_TEXT, true, NULL,
			 "receivers, between commas" },
		[USER] = { "user", SINK_TEXT, false, NULL, "login name" },
		[PASSWORD] = { "password", SINK_SECRET, false, NULL,
			       "of the user" },
		[INSECURE] = { "insecure", SINK_BOOL, false, "false",
			       "allow a server without TLS" },
	},
	.build = build,
	.judge = judge,
};
