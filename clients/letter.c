/* SPDX-License-Identifier: MIT */
/* Texts for sinks (letter.h). */
#include "letter.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sign.h"
#include "text_safe.h"

#define ELLIPSIS "\xe2\x80\xa6"

bool letter_begin(struct letter *l, struct err *err)
{
	FILE *f;

	*l = (struct letter){ .text = NULL };
	f = open_memstream(&l->text, &l->n);
	if (!f)
		return err_set(err, ERR_MEMORY, "no memory for a message");
	l->json = json_out_to(f, true);
	return true;
}

/* What json_out ends its one line with is no part of the body. */
bool letter_end(struct letter *l, struct outgoing *out, struct arena *arena,
		struct err *err)
{
	bool ok = !ferror(l->json.f);

	ok &= fclose(l->json.f) == 0;
	ok &= l->text != NULL;		/* fclose does not tell it */
	while (l->n > 0 && l->text[l->n - 1] == '\n')
		l->n--;
	out->body = ok ? arena_text(arena, l->text, l->n) : NULL;
	out->body_len = l->n;
	free(l->text);
	return out->body || err_set(err, ERR_MEMORY, "no memory for a "
				    "message");
}

static char *PRINTF(2, 0) format(struct arena *arena, const char *fmt,
				va_list args)
{
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, fmt, args);
	return text;
}

char *letter_text(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format(arena, fmt, args);
	va_end(args);
	return text;
}

bool letter_header(struct outgoing *out, struct arena *arena, struct err *err,
		   const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = format(arena, fmt, args);
	va_end(args);
	if (!text || out->n_headers == OUTGOING_HEADERS_MAX)
		return err_set(err, ERR_MEMORY, "no memory for a message");
	out->header[out->n_headers++] = text;
	return true;
}

/* ---- cutting and escaping ---- */

static const char *entity(char c)
{
	switch (c) {
	case '&':	return "&amp;";
	case '<':	return "&lt;";
	case '>':	return "&gt;";
	default:	return NULL;
	}
}

/* One character of s to *to; how many bytes of s it was. */
static size_t put_one(char **to, const char *s, bool escape)
{
	const char *e = escape ? entity(*s) : NULL;
	uint32_t code;
	size_t n = text_decode(&code, s);

	if (n == 0 || (text_is_control(code) && code != '\n')) {
		*(*to)++ = '?';
		return n ? n : 1;
	}
	memcpy(*to, e ? e : s, e ? strlen(e) : n);
	*to += e ? strlen(e) : n;
	return n;
}

char *letter_cut(const char *s, size_t max, bool escape, struct arena *arena)
{
	char *text = arena_alloc(arena, 5 * strlen(s) + sizeof(ELLIPSIS));
	char *to = text, *last = text;
	size_t n = 0;

	while (text && *s && n < max) {
		last = to;
		s += put_one(&to, s, escape);
		n++;
	}
	if (!text)
		return NULL;
	if (*s) {		/* the last one makes room for the dots */
		to = n > 0 ? last : to;
		memcpy(to, ELLIPSIS, sizeof(ELLIPSIS) - 1);
		to += max > 0 ? sizeof(ELLIPSIS) - 1 : 0;
	}
	*to = '\0';
	return text;
}

char *letter_plain(const struct alert *a, size_t max, struct arena *arena)
{
	char *whole = letter_text(arena, "%s%s%s", a->title,
				  *a->text ? "\n" : "", a->text);

	return whole ? letter_cut(whole, max, false, arena) : NULL;
}

char *letter_line(const char *s, size_t max, struct arena *arena)
{
	size_t n = strlen(s) < max ? strlen(s) : max;
	char *text = arena_text(arena, s, n);

	for (char *c = text; c && *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return text;
}

/* ---- shared requests ---- */

int letter_base(const char *url)
{
	size_t n = strlen(url);

	return (int)(n > 0 && url[n - 1] == '/' ? n - 1 : n);
}

void letter_post(struct outgoing *out, const char *url)
{
	*out = (struct outgoing){ .wire = WIRE_HTTP, .method = "POST",
				  .url = url };
	out->header[out->n_headers++] = "Content-Type: application/json";
}

bool letter_sign(struct outgoing *out, const char *id, struct instant at,
		 const char *key, const char *old, struct arena *arena,
		 struct err *err)
{
	struct sign_message m = { id, at.ms / 1000, out->body, out->body_len };
	char signature[SIGNATURE_MAX];

	return sign_message(signature, &m, key, old, err) &&
	       letter_header(out, arena, err, "webhook-id: %s", id) &&
	       letter_header(out, arena, err, "webhook-timestamp: %lld",
			     (long long)m.unix_s) &&
	       letter_header(out, arena, err, "webhook-signature: %s",
			     signature);
}

void letter_alert(struct json_out *o, const struct alert *a)
{
	json_put_text(o, "id", a->id);
	json_put_text(o, "kind", a->kind);
	json_put_text(o, "severity", severity_word(a->severity));
	json_put_bool(o, "resolved", a->resolved);
	json_put_text(o, "account", a->account);
	if (a->position > 0)
		json_put_int(o, "position", a->position);
	json_put_maybe(o, "symbol", a->symbol);
	json_put_maybe(o, "rule", a->label);
	json_put_text(o, "fingerprint", a->fingerprint);
	json_put_text(o, "title", a->title);
	json_put_text(o, "text", a->text);
	json_put_instant(o, "since", a->since);
	json_put_bool(o, "simulated", a->simulated);
}
