/* SPDX-License-Identifier: MIT */
/*
 * Takes a request target apart, and the small parts all replies share.
 */
#include "reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; a NUL or a broken escape stays as it was typed. */
static void decode(char *s, bool plus)
{
	char *to = s;

	for (; *s; s++) {
		int hi = *s == '%' ? hex(s[1]) : -1;
		int lo = hi >= 0 ? hex(s[2]) : -1;

		if (lo >= 0 && hi + lo) {
			*to++ = (char)(hi * 16 + lo);
			s += 2;
		} else {
			*to++ = plus && *s == '+' ? ' ' : *s;
		}
	}
	*to = '\0';
}

static void params_split(struct request *r)
{
	char *save = NULL;

	for (char *p = strtok_r(r->query, "&", &save);
	     p && r->n_params < PARAMS_MAX; p = strtok_r(NULL, "&", &save)) {
		char *value = strchr(p, '=');

		if (value)
			*value++ = '\0';
		else
			value = p + strlen(p);
		decode(p, true);
		decode(value, true);
		r->params[r->n_params++] = (struct param_pair){ p, value };
	}
}

void request_split(struct request *r)
{
	size_t n = strcspn(r->target, "?#");

	memcpy(r->path, r->target, n);
	r->path[n] = '\0';
	decode(r->path, false);
	r->query[0] = '\0';
	if (r->target[n] == '?')
		snprintf(r->query, sizeof(r->query), "%s",
			 r->target + n + 1);
	r->query[strcspn(r->query, "#")] = '\0';
	r->n_params = 0;
	params_split(r);
}

const char *request_param(const struct request *r, const char *name)
{
	for (size_t i = r->n_params; i > 0; i--)
		if (!strcmp(r->params[i - 1].name, name))
			return r->params[i - 1].value;
	return NULL;
}

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 307, "Temporary Redirect" },
	{ 400, "Bad Request" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 500, "Internal Server Error" },
};

const char *reply_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

void reply_status(struct reply *out, int status)
{
	out->status = status;
	out->type = "application/json";
	out->reason[0] = out->extra[0] = '\0';
	out->recorded = false;
	body_clear(&out->body);
}

void reply_detail(struct reply *out, int status, const char *fmt, ...)
{
	char text[TARGET_TEXT_MAX + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reply_status(out, status);
	body_add(&out->body, "{");
	body_key_string(&out->body, "detail", text);
	body_add(&out->body, "}");
}
