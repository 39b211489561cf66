/* SPDX-License-Identifier: MIT */
/*
 * Judgements without a socket: URLs that may be asked, what ends a request,
 * how long to pause. http.c is the caller.
 */
#include "http_policy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PAUSE_MAX_MS 4000

/* Our own words: libcurl's may quote hosts and credentials. */
static const struct code_row {
	CURLcode code;
	bool retry;
	const char *text;
} code_rows[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, true, "host name not found" },
	{ CURLE_COULDNT_RESOLVE_PROXY, true, "proxy name not found" },
	{ CURLE_COULDNT_CONNECT, true, "cannot connect" },
	{ CURLE_OPERATION_TIMEDOUT, true, "timed out" },
	{ CURLE_GOT_NOTHING, true, "connection closed without an answer" },
	{ CURLE_RECV_ERROR, true, "connection reset" },
	{ CURLE_SEND_ERROR, true, "connection reset while sending" },
	{ CURLE_PARTIAL_FILE, true, "body cut short" },
	{ CURLE_SSL_CONNECT_ERROR, true, "TLS handshake failed" },
	{ CURLE_PEER_FAILED_VERIFICATION, false,
	  "TLS certificate not trusted or for another host" },
	{ CURLE_SSL_CACERT_BADFILE, false, "no usable TLS root certificates" },
	{ CURLE_USE_SSL_FAILED, false, "the mail server offers no TLS; write "
	  "smtps:// where it does, or insecure: true" },
	{ CURLE_BAD_CONTENT_ENCODING, false, "compressed body is damaged" },
	{ CURLE_UNSUPPORTED_PROTOCOL, false, "not an HTTP answer" },
	{ CURLE_WEIRD_SERVER_REPLY, false, "not an HTTP answer" },
	/* libcurl's word for a header line without end, too. */
	{ CURLE_OUT_OF_MEMORY, false, "header too long, or no memory" },
};

static struct http_verdict judge_code(CURLcode code)
{
	struct http_verdict v = { 0 };

	for (size_t i = 0; i < sizeof(code_rows) / sizeof(*code_rows); i++) {
		if (code_rows[i].code != code)
			continue;
		v.retry = code_rows[i].retry;
		snprintf(v.error, sizeof(v.error), "%s", code_rows[i].text);
		return v;
	}
	snprintf(v.error, sizeof(v.error), "request failed (libcurl %d)",
		 (int)code);
	return v;
}

static bool is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t n = sizeof(json) - 1;

	return strncasecmp(type, json, n) == 0 &&
	       (!type[n] || strchr("; \t", type[n]));
}

/* A header is foreign text: nothing in it may move a cursor. */
static void say_not_json(char *out, size_t cap, const char *type)
{
	size_t n = (size_t)snprintf(out, cap, "not JSON: %.60s", type);

	for (size_t i = 0; i < n; i++)
		if (out[i] < ' ' || out[i] > '~')
			out[i] = '?';
}

struct http_verdict http_judge(CURLcode code, long status, const char *type)
{
	struct http_verdict v = { 0 };

	if (code != CURLE_OK)
		return judge_code(code);
	if (status != 200) {
		v.retry = status == 429 || status >= 500;
		snprintf(v.error, sizeof(v.error), "HTTP %ld", status);
	} else if (!type || !is_json(type)) {
		say_not_json(v.error, sizeof(v.error),
			     type ? type : "no content type");
	} else {
		v.ok = true;
	}
	return v;
}

/* SplitMix64: enough to keep pauses apart, the same for the same seed. */
static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

int64_t http_pause_ms(uint64_t *seed, int64_t first_ms, uint32_t tries)
{
	int64_t most = first_ms;

	for (uint32_t i = 1; i < tries && most < PAUSE_MAX_MS; i++)
		most *= 2;
	if (most > PAUSE_MAX_MS)
		most = PAUSE_MAX_MS;
	return (int64_t)(next_random(seed) % ((uint64_t)most + 1));
}

static bool is_loopback(const char *host)
{
	struct in_addr a;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &a) == 1 &&
	       ntohl(a.s_addr) >> 24 == 127;
}

static bool url_parts_check(const char *scheme, const char *host,
			    bool allow_insecure, const struct reach *reach,
			    struct err *err)
{
	char why[REACH_WHY_MAX];

	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		return err_set(err, ERR_CONFIG,
			       "%.20s is not served; write an https:// or "
			       "http:// URL", scheme);
	if (scheme[4] != 's' && !allow_insecure && !is_loopback(host))
		return err_set(err, ERR_CONFIG,
			       "plain http to %.100s can be read and changed "
			       "on the way; use https, or set "
			       "service.allow_insecure_http: true", host);
	return reach_allows_literal(why, reach, host) ||
	       err_set(err, ERR_CONFIG, "%s", why);
}

bool http_url_check(const char *url, bool allow_insecure,
		    const struct reach *reach, struct err *err)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	CURLUcode rc;
	bool ok;

	if (!u)
		return err_set(err, ERR_MEMORY, "no memory for a URL");
	rc = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_HOST, &host, 0);
	if (rc == CURLUE_OUT_OF_MEMORY)
		ok = err_set(err, ERR_MEMORY, "no memory for a URL");
	else if (rc != CURLUE_OK)
		ok = err_set(err, ERR_CONFIG, "not a URL; write one such as "
			     "https://host.example/api/v1");
	else
		ok = url_parts_check(scheme, host, allow_insecure, reach, err);
	curl_free(host);
	curl_free(scheme);
	curl_url_cleanup(u);
	return ok;
}
