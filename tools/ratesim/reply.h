/* SPDX-License-Identifier: MIT */
/*
 * Between the socket and the routes: one request in, one reply out.
 */
#ifndef RATESIM_REPLY_H
#define RATESIM_REPLY_H

#include "body.h"
#include "clock.h"
#include "script.h"

#define TARGET_TEXT_MAX 2048
#define PARAMS_MAX 16

struct param_pair { const char *name, *value; };

struct request {
	char method[16];
	char target[TARGET_TEXT_MAX];	/* as sent */
	char host[256];			/* Host header, for redirects */
	bool keep;			/* the connection may stay open */
	bool has_body;
	/* Filled by request_split: percent-decoded. */
	char path[TARGET_TEXT_MAX];
	char query[TARGET_TEXT_MAX];
	struct param_pair params[PARAMS_MAX];
	size_t n_params;
};

/* How an answer is to arrive; see the faults of the same names. */
enum delivery { DELIVER_WHOLE, DELIVER_HALF, DELIVER_NEVER, DELIVER_RESET };

struct reply {
	int status;
	char reason[40];	/* "" = the usual one of the status */
	bool recorded;		/* `extra` has date, server and type */
	const char *type;	/* NULL: no content-type */
	char extra[512];	/* more header lines, each with CRLF */
	struct body body;
	enum delivery delivery;
	int64_t delay_ms;
};

/* Everything an answer depends on. */
struct sim {
	struct market_port market;	/* fill NULL: captures are played */
	struct captures *captures;
	struct script script;
	struct fault_list faults;	/* of the command line */
	struct fault_list file_faults;	/* of the fault file */
	const char *fault_file;		/* or NULL */
	struct clock_state clock;
	struct arena *arena;		/* of one request */
	bool verbose;
};

/* Fill path, query and params from the target. */
void request_split(struct request *r);
/* The last value of a parameter, or NULL. */
const char *request_param(const struct request *r, const char *name);

void reply_status(struct reply *out, int status);
/* {"detail": "..."}, the shape of nearly every refusal. */
void reply_detail(struct reply *out, int status, const char *fmt, ...)
	PRINTF(3, 4);
const char *reply_reason(int status);

/* gzip of many zeros: small to send, large to unpack. */
void bomb_write(struct body *out);

/* Answer as market, script and faults say now. */
void sim_answer(struct sim *sim, struct request *r, struct reply *out);

#endif
