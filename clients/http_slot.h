/* SPDX-License-Identifier: MIT */
/*
 * One transfer of a batch: its easy handle, its body buffer and every
 * option that libcurl gets. http.c is the only caller.
 */
#ifndef CARRYWATCH_HTTP_SLOT_H
#define CARRYWATCH_HTTP_SLOT_H

#include <curl/curl.h>

#include "http.h"
#include "http_guard.h"

enum slot_state { SLOT_WAITING, SLOT_RUNNING, SLOT_DONE };

struct slot {
	CURL *easy;
	struct http_request *req;
	const struct http_options *o;
	struct curl_slist *headers;	/* of all requests; NULL: none */
	enum slot_state state;
	int64_t due_ms;			/* WAITING: when to start */
	char *body;
	size_t len, cap, header_bytes;
	struct http_guard guard;
	const char *stopped;		/* why a callback ended the transfer */
};

/* Options for the next try; false when one is refused. */
MUST_USE bool slot_set_up(struct slot *s, int64_t left_ms);

/* What every transfer of ours is told; not 0 when an option is refused. */
int slot_set_fixed(CURL *c);

#endif
