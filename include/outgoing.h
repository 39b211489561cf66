/* SPDX-License-Identifier: MIT */
/*
 * What leaves the house between two polls: one request as a sink or a
 * hand-off built it, the reply it got, and the courier that carries both.
 * Nothing here is logged but `error`: URL, headers and body hold secrets.
 */
#ifndef CARRYWATCH_OUTGOING_H
#define CARRYWATCH_OUTGOING_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define OUTGOING_HEADERS_MAX	12
#define OUTGOING_RCPT_MAX	8
#define OUTGOING_ENV_MAX	12
#define OUTGOING_REPLY_MAX	((size_t)64 << 10)

enum wire { WIRE_HTTP, WIRE_SMTP, WIRE_EXEC };

/* Texts belong to whoever built it; the courier keeps its own copy. */
struct outgoing {
	enum wire wire;
	const char *method;		/* HTTP: "POST", "GET" */
	const char *url;		/* HTTP and SMTP */
	const char *header[OUTGOING_HEADERS_MAX];	/* "Name: value" */
	size_t n_headers;
	const char *body;		/* HTTP body, the mail, stdin */
	size_t body_len;
	const char *from, *rcpt[OUTGOING_RCPT_MAX];	/* SMTP */
	size_t n_rcpt;
	const char *user, *password;	/* SMTP; NULL: none */
	const char *path;		/* EXEC: absolute, no shell */
	const char *env[OUTGOING_ENV_MAX];	/* EXEC: "NAME=value" */
	size_t n_env;
	int32_t timeout_ms;		/* of the whole; 0: 15 s (exec 10 s) */
	bool allow_insecure;		/* plain http beyond this host */
};

/* Whose request it is; handed back with its answer. */
enum ticket_kind { TICKET_ALERT, TICKET_HANDOFF };

struct ticket {
	enum ticket_kind kind;
	int64_t id;			/* row of deliveries or handoffs */
};

struct reply {
	struct ticket ticket;
	/* False: certainly nothing was taken (no connection, no program). */
	bool sent;
	bool answered;			/* a whole answer came: status holds */
	int status;		/* HTTP, SMTP code, exit status (128 + signal) */
	int64_t retry_after_s;		/* as the answer asked; 0: it did not */
	const char *body;		/* never NULL; until the next take() */
	size_t body_len;
	char error[120];		/* own words, never a URL or a secret */
};

/* Between polls only; real time. A request that runs when a poll begins goes
 * on after it. */
struct courier {
	void *ctx;			/* NULL: nothing is ever sent */
	/* Start it now. False: it cannot be (memory, malformed URL). */
	bool (*send)(void *ctx, const struct ticket *t,
		     const struct outgoing *o, struct err *err);
	/* The next finished request; false: none. */
	bool (*take)(void *ctx, struct reply *out);
	/*
	 * Move what runs until something finished, `fd` (-1: none) is readable
	 * or real_ms have passed, whichever is first.
	 */
	void (*pump)(void *ctx, int fd, int64_t real_ms);
	size_t (*running)(void *ctx);
	void (*free)(void *ctx);
};

#endif
