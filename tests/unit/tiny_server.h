/* SPDX-License-Identifier: MIT */
/*
 * An HTTP/1.1 server for tests: one thread on a free loopback port. What it
 * answers is the caller's function, called in that thread.
 */
#ifndef CARRYWATCH_TINY_SERVER_H
#define CARRYWATCH_TINY_SERVER_H

#include <stddef.h>

enum reply_end {
	REPLY_KEEP,	/* keep the connection */
	REPLY_CLOSE,
	REPLY_RESET,	/* close with RST */
	REPLY_NEVER	/* send what there is and wait for ever */
};

struct served {
	const char *bytes;	/* status line, headers, body */
	size_t n;
	enum reply_end end;
};

/* head: the request as text; path: its second word. */
typedef struct served tiny_answer(void *ctx, const char *path,
				 const char *head);

struct tiny_server {
	int port;
	unsigned requests, connections;	/* read them when stopped */
	struct tiny_state *state;
};

void tiny_start(struct tiny_server *t, tiny_answer *answer, void *ctx);
void tiny_stop(struct tiny_server *t);

/* Status 200, a type, a length and the body, in buf. */
struct served tiny_reply(char *buf, size_t cap, const char *status,
			const char *headers, const char *body);

#endif
