/* SPDX-License-Identifier: MIT */
/*
 * HTTP GET on libcurl's multi interface: batches under one deadline, with
 * retries inside it. Connections are kept between batches. TLS is always
 * verified, redirects are never followed, a body is bounded, every address is
 * judged before it is connected to (include/reach.h). Only 200 with
 * application/json is a success. Real time, never market time.
 */
#ifndef CARRYWATCH_HTTP_H
#define CARRYWATCH_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"
#include "instant.h"
#include "reach.h"

#define HTTP_BODY_MAX ((size_t)8 << 20)
#define HTTP_REQUESTS_MAX 1024	/* of one batch */

struct http;

struct http_options {
	const char *user_agent;
	struct span timeout, connect_timeout;	/* of one try; 0: 5 s, 2 s */
	struct span backoff;	/* longest first pause, doubles; 0: 250 ms */
	uint32_t tries;		/* of one request; 0: 4 */
	size_t body_max;	/* after decompression; 0: HTTP_BODY_MAX */
	bool gzip;		/* ask for compressed answers */
	bool allow_insecure;	/* plain http beyond this host */
	bool use_proxy;		/* obey http_proxy and its like */
	uint64_t seed;		/* of the pauses */
	const char *header;	/* one more, such as a key; NULL: none */
	const struct reach *reach;	/* copied; NULL: nothing listed */
};

struct http_request {
	const char *url;	/* set by the caller, the rest by http_batch */
	bool ok;
	long status;		/* 0: no answer at all */
	const char *body;	/* valid until the next batch; never NULL */
	size_t body_len;
	uint32_t tries;
	uint64_t bytes;		/* received bodies, as on the wire, all tries */
	char error[120];	/* without URL or secret; "" when ok */
};

bool http_new(struct http **out, const struct http_options *o,
	      struct err *err);
void http_free(struct http *h);

/* Milliseconds of a clock that only goes forward. */
int64_t http_now_ms(void);

/* All of them, done or given up at deadline_ms (http_now_ms). */
void http_batch(struct http *h, struct http_request *reqs, size_t n,
		int64_t deadline_ms);

/* Give back the bodies of the last batch; connections stay open. */
void http_rest(struct http *h);

/* False for what would never be asked, with the remedy. */
MUST_USE bool http_url_check(const char *url, bool allow_insecure,
			     const struct reach *reach, struct err *err);

#endif
