/* SPDX-License-Identifier: MIT */
/*
 * The little HTTP/1.1 that ratesim speaks: request heads in, reply heads
 * out. Request bodies are not read; such a connection ends after the reply.
 */
#ifndef RATESIM_HTTP_H
#define RATESIM_HTTP_H

#include "reply.h"

#define HEAD_MAX 8192

/* Bytes of a complete head at the start of buf, 0 when more must come. */
size_t http_head(const char *buf, size_t n);
/* Take a head apart; false when it is no HTTP/1.x request. */
MUST_USE bool http_parse(struct request *out, const char *head, size_t n);
/* Status line, headers and body as bytes for the socket. */
void http_write(struct body *out, const struct request *r,
		const struct reply *reply, struct instant date);

#endif
