/* SPDX-License-Identifier: MIT */
/* What an HTTP answer is worth: its error text, whether a new try pays. */
#ifndef CARRYWATCH_HTTP_POLICY_H
#define CARRYWATCH_HTTP_POLICY_H

#include <curl/curl.h>

#include "http.h"

struct http_verdict {
	bool ok, retry;
	char error[120];
};

/* How a finished transfer is judged; `type` may be NULL. */
struct http_verdict http_judge(CURLcode code, long status, const char *type);

/* Full jitter: 0..min(first * 2^(tries - 1), 4 s), moves *seed. */
int64_t http_pause_ms(uint64_t *seed, int64_t first_ms, uint32_t tries);

#endif
