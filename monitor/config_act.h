/* SPDX-License-Identifier: MIT */
/*
 * The part of the configuration about acting and telling: sinks, alerts of
 * an account, what a close does, where positions are read. Secrets stand here
 * as references only; monitor/secret.h reads them when they are needed.
 */
#ifndef CARRYWATCH_CONFIG_ACT_H
#define CARRYWATCH_CONFIG_ACT_H

#include "handoff.h"
#include "sink.h"

#define ACT_TEXT_MAX	512

enum secret_from { SECRET_NONE, SECRET_ENV, SECRET_FILE, SECRET_CREDENTIAL };

/* {env: NAME}, {file: PATH} or {credential: NAME} */
struct secret_ref {
	enum secret_from from;
	char name[ACT_TEXT_MAX];
};

/* sinks.NAME: {type: telegram, ...}; by parameter of its kind. */
struct sink {
	char name[SINK_NAME_MAX];
	const struct sink_kind *kind;
	const char *text[SINK_PARAMS_MAX];	/* "" when not given */
	struct secret_ref secret[SINK_PARAMS_MAX];	/* SINK_SECRET only */
};

/* Hours of the UTC day, or one time of it; may wrap midnight. */
struct quiet_hours {
	bool set;
	int32_t from_s, until_s;
};

struct daily {
	bool set;
	int32_t at_s;
};

/* accounts.NAME.alerts */
struct alert_policy {
	const struct sink *const *sinks;	/* in the order written */
	size_t n_sinks;			/* 0: nobody is told but the log */
	struct span repeat;		/* while a condition lasts; 1h */
	struct quiet_hours quiet;
	struct dec near;		/* share of the limit; 0: never told */
	struct daily summary;
};

enum on_close { ON_CLOSE_NONE, ON_CLOSE_CONTROL_API, ON_CLOSE_WEBHOOK,
		ON_CLOSE_EXEC };
const char *on_close_word(enum on_close target);

/* accounts.NAME.on_close and accounts.NAME.close */
struct close_policy {
	enum on_close target;
	const struct label *limit;	/* reasons closed by limit orders */
	size_t n_limit;			/* ... all others at market */
	int32_t escalate_after;		/* polls; limit to market; 0: never */
	struct span settle;		/* a sent close has ended by then; 10m */
	int32_t max_at_once;		/* closes of one poll; 3 */
	struct dec max_share;		/* of a book of 4 or more; 50% */
	char url[ACT_TEXT_MAX];		/* webhook */
	struct secret_ref secret, old_secret;	/* webhook: whsec_... */
	char program[ACT_TEXT_MAX];	/* exec: absolute path */
};

/* accounts.NAME.positions.control_api; url "" when there is none */
struct control_api_ref {
	char url[ACT_TEXT_MAX];		/* http://127.0.0.1:8766, trimmed */
	char account[64];		/* account_name there */
	struct secret_ref key;
};

#endif
