/* SPDX-License-Identifier: MIT */
/*
 * What libcurl is told about one try, and the callbacks that bound what an
 * answer may take.
 */
#include "http_slot.h"

#include <stdlib.h>
#include <string.h>

#define HEADERS_MAX ((size_t)64 << 10)
#define BODY_FIRST ((size_t)16 << 10)

static bool body_room(struct slot *s, size_t n)
{
	size_t cap = s->cap ? s->cap : BODY_FIRST;
	char *p;

	if (n > s->o->body_max - s->len) {
		s->stopped = "body larger than the limit";
		return false;
	}
	while (cap < s->len + n)
		cap *= 2;
	if (cap == s->cap)
		return true;
	p = realloc(s->body, cap);
	if (!p) {
		s->stopped = "no memory for the body";
		return false;
	}
	s->body = p;
	s->cap = cap;
	return true;
}

/* libcurl hands over decompressed bytes: the bound holds for those. */
static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;

	n *= size;
	if (!body_room(s, n))
		return 0;
	memcpy(s->body + s->len, data, n);
	s->len += n;
	return n;
}

static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;

	(void)data;
	n *= size;
	s->header_bytes += n;
	if (s->header_bytes <= HEADERS_MAX)
		return n;
	s->stopped = "headers larger than 64 KiB";
	return 0;
}

static const struct {
	CURLoption option;
	long value;
} fixed_options[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_FOLLOWLOCATION, 0 },
	{ CURLOPT_PATH_AS_IS, 1 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	{ CURLOPT_NETRC, CURL_NETRC_IGNORED },
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Do not wait for a hanging name resolver beyond the deadline. */
	{ CURLOPT_QUICK_EXIT, 1 },
#endif
};

int slot_set_fixed(CURL *c)
{
	int bad = 0;

	for (size_t i = 0; i < sizeof(fixed_options) / sizeof(*fixed_options);
	     i++)
		bad |= (int)curl_easy_setopt(c, fixed_options[i].option,
					     fixed_options[i].value);
	return bad;
}

bool slot_set_up(struct slot *s, int64_t left_ms)
{
	const struct http_options *o = s->o;
	int64_t ms = o->timeout.ms < left_ms ? o->timeout.ms : left_ms;
	CURL *c = s->easy;
	int bad;

	curl_easy_reset(c);
	bad = slot_set_fixed(c);
	bad |= (int)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= (int)curl_easy_setopt(c, CURLOPT_URL, s->req->url);
	bad |= http_guard_set(&s->guard, c, s->req->url, o->reach,
			      o->use_proxy);
	bad |= (int)curl_easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	bad |= (int)curl_easy_setopt(c, CURLOPT_PRIVATE, s);
	bad |= (int)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	bad |= (int)curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
	bad |= (int)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	bad |= (int)curl_easy_setopt(c, CURLOPT_HEADERDATA, s);
	bad |= (int)curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ms);
	bad |= (int)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
				     (long)o->connect_timeout.ms);
	/* A retry asks for the name again: the service may have moved. */
	if (s->req->tries > 1)
		bad |= (int)curl_easy_setopt(c, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	if (s->headers)
		bad |= (int)curl_easy_setopt(c, CURLOPT_HTTPHEADER,
					     s->headers);
	if (!o->use_proxy)
		bad |= (int)curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (o->gzip)
		bad |= (int)curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING,
					     "gzip");
	return !bad;
}
