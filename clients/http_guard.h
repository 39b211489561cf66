/* SPDX-License-Identifier: MIT */
/*
 * Whom libcurl really talks to: the address of each connection before it is
 * made (include/reach.h), and the certificate of the one that answers. Every
 * transfer of ours, of batches and of the courier, gets one.
 */
#ifndef CARRYWATCH_HTTP_GUARD_H
#define CARRYWATCH_HTTP_GUARD_H

#include <curl/curl.h>

#include "reach.h"

struct http_guard {
	const struct reach *reach;
	enum reach_host host;		/* what the URL says */
	bool opened;			/* a connection was tried */
	char refused[REACH_WHY_MAX];	/* the last address that was; "" */
	char tls[CURL_ERROR_SIZE];	/* libcurl's own words */
};

/*
 * Ties it to a transfer, before every try; `g` must outlive it. A proxy of
 * the user's stands for whatever the URL says. Not 0: an option was refused.
 */
int http_guard_set(struct http_guard *g, CURL *c, const char *url,
		   const struct reach *reach, bool proxy);
/*
 * More than the code says about a transfer that failed: the refused address,
 * what is wrong with the certificate. False: nothing.
 */
bool http_guard_why(const struct http_guard *g, CURL *c, CURLcode code,
		    char out[static REACH_WHY_MAX]);
/* No other try can end differently before somebody changes something. */
bool http_guard_final(const struct http_guard *g);

#endif
