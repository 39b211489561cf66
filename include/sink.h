/* SPDX-License-Identifier: MIT */
/*
 * Where a person hears of it. A sink is one file clients/sink_NAME.c, which
 * defines `const struct sink_kind sink_NAME`: its parameters (configuration,
 * checks and reference come from them), how an alert becomes a request, what
 * an answer is worth. make writes the table of all from the file names. Pure:
 * no socket, no clock; what leaves is carried by the courier.
 */
#ifndef CARRYWATCH_SINK_H
#define CARRYWATCH_SINK_H

#include "arena.h"
#include "instant.h"
#include "outgoing.h"

#define SINK_PARAMS_MAX	8
#define SINK_NAME_MAX	32

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR,
		SEVERITY_CRITICAL };

const char *severity_word(enum severity s);	/* "info" ... "critical" */

/* One message to a person; texts are UTF-8, single lines but for `text`. */
struct alert {
	const char *id;		/* the same on every try: "main-1042" */
	const char *account;
	int64_t position;	/* 0: about the account */
	const char *symbol;	/* "" without position */
	const char *kind;	/* close, blind, service, handoff, ... */
	const char *label;	/* of the profile line, "" none */
	const char *fingerprint;	/* of the condition: "main/11/close" */
	enum severity severity;
	bool resolved;		/* the condition is over */
	const char *title;	/* "CLOSE main/11 FET DIVERGENCE_FLIPPED" */
	const char *text;	/* further lines, money first */
	struct instant at;	/* of this message */
	struct instant since;	/* of the condition */
	struct instant sent_at;	/* of this try (a signature is made of it) */
	struct span again;	/* what lasts is told again after it; 0: unknown */
	bool simulated;
	bool silent;		/* make no sound: quiet hours */
};

enum sink_param_kind { SINK_TEXT, SINK_INTEGER, SINK_URL, SINK_MAIL,
		       SINK_SECRET, SINK_PATH, SINK_BOOL };

struct sink_param {
	const char *name;	/* key below sinks.NAME */
	enum sink_param_kind kind;
	bool required;
	const char *def;	/* NULL: "" */
	const char *help;
};

/* Values by parameter, "" when not given; secrets in clear. */
struct sink_values {
	const char *v[SINK_PARAMS_MAX];
};

enum outcome {
	OUTCOME_DELIVERED,
	OUTCOME_RETRY,		/* later, not before wait_s */
	OUTCOME_DEAD,		/* this message will never be taken */
	OUTCOME_GONE		/* the receiver wants no more of them at all */
};

struct outcome_of {
	enum outcome outcome;
	int64_t wait_s;		/* asked for by the receiver; 0: none */
	char why[120];		/* not delivered: own words, no secret */
};

struct sink_kind {
	const char *name;	/* "telegram" */
	const char *help;
	struct sink_param params[SINK_PARAMS_MAX];	/* name NULL ends */
	bool heartbeat;		/* told after each good poll, of no alert */
	bool incident;		/* keeps it open until told that it is over */
	bool (*build)(struct outgoing *out, const struct alert *a,
		      const struct sink_values *v, struct arena *arena,
		      struct err *err);
	/* NULL: sink_judge. */
	void (*judge)(struct outcome_of *out, const struct reply *a);
};

/* For HTTP: 2xx delivered; no answer, 408, 425, 429, 5xx: retry;
 * else dead. */
void sink_judge(struct outcome_of *out, const struct reply *a);

extern const struct sink_kind *const sink_table[];
extern const size_t sink_count;
const struct sink_kind *sink_find(const char *name);

#endif
