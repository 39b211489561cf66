/* SPDX-License-Identifier: MIT */
/*
 * Request heads and reply heads. Header names are lower case and in the
 * order of the service's own server.
 */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

size_t http_head(const char *buf, size_t n)
{
	for (size_t i = 4; i <= n; i++)
		if (!memcmp(buf + i - 4, "\r\n\r\n", 4))
			return i;
	return 0;
}

/* The next word of a line into a buffer; false when it does not fit. */
static bool word_take(char *out, size_t size, const char **at,
		      const char *end)
{
	size_t n = 0;

	while (*at + n < end && (*at)[n] != ' ')
		n++;
	if (!n || n >= size || memchr(*at, '\0', n))
		return false;
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n;
	if (*at < end)
		++*at;
	return true;
}

static void header_take(struct request *r, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	size_t name, len;

	if (!colon)
		return;
	name = (size_t)(colon - line);
	colon++;
	while (colon < line + n && *colon == ' ')
		colon++;
	len = (size_t)(line + n - colon);
	if (name == 4 && !strncasecmp(line, "host", 4) &&
	    len < sizeof(r->host) && !memchr(colon, '\0', len)) {
		memcpy(r->host, colon, len);
		r->host[len] = '\0';
	} else if (name == 10 && !strncasecmp(line, "connection", 10)) {
		r->keep = len == 10 && !strncasecmp(colon, "keep-alive", 10);
	} else if ((name == 14 && !strncasecmp(line, "content-length", 14) &&
		    !(len == 1 && *colon == '0')) ||
		   (name == 17 &&
		    !strncasecmp(line, "transfer-encoding", 17))) {
		r->has_body = true;
	}
}

bool http_parse(struct request *out, const char *head, size_t n)
{
	const char *end = memchr(head, '\r', n);
	char version[16];

	*out = (struct request){ 0 };
	if (!end || !word_take(out->method, sizeof(out->method), &head, end) ||
	    !word_take(out->target, sizeof(out->target), &head, end) ||
	    !word_take(version, sizeof(version), &head, end) ||
	    strncmp(version, "HTTP/1.", 7) || *out->target != '/')
		return false;
	out->keep = !strcmp(version, "HTTP/1.1");
	for (head = end + 2;; head = end + 2) {
		end = strstr(head, "\r\n");
		if (!end || end == head)
			break;
		header_take(out, head, (size_t)(end - head));
	}
	out->keep = out->keep && !out->has_body;
	return true;
}

static void date_write(struct body *out, struct instant date)
{
	time_t t = (time_t)(date.ms / 1000);
	char text[40];
	struct tm tm;

	if (gmtime_r(&t, &tm) &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		body_format(out, "date: %s\r\n", text);
}

void http_write(struct body *out, const struct request *r,
		const struct reply *reply, struct instant date)
{
	size_t n = reply->body.n;

	body_format(out, "HTTP/1.1 %d %s\r\n", reply->status,
		    *reply->reason ? reply->reason :
				     reply_reason(reply->status));
	if (!reply->recorded) {
		date_write(out, date);
		body_add(out, "server: uvicorn\r\n");
	}
	body_add(out, reply->extra);
	body_format(out, "content-length: %zu\r\n", n);
	if (!reply->recorded && reply->type)
		body_format(out, "content-type: %s\r\n", reply->type);
	if (!r->keep)
		body_add(out, "connection: close\r\n");
	body_add(out, "\r\n");
	if (reply->delivery == DELIVER_HALF)
		n /= 2;
	if (n && strcmp(r->method, "HEAD"))
		body_bytes(out, reply->body.s, n);
}
