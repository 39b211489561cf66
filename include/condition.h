/* SPDX-License-Identifier: MIT */
/*
 * Something a person should know of for as long as it lasts. Each poll says
 * which conditions are true now; monitor/alert.c compares them with what was
 * true before and says what is told.
 */
#ifndef CARRYWATCH_CONDITION_H
#define CARRYWATCH_CONDITION_H

#include "instant.h"
#include "name.h"
#include "position.h"
#include "sink.h"

#define FINGERPRINT_MAX 128

struct condition {
	char fingerprint[FINGERPRINT_MAX];	/* "main/11/close" */
	const char *kind;		/* close, alert, blind, service, ... */
	enum severity severity;
	int64_t position;		/* 0: about the account */
	struct symbol symbol;		/* "" without position */
	struct label label;		/* of the deciding line, "" none */
	const char *title, *text;	/* as long as the poll */
	struct span delay;		/* not told before it lasted so long */
	bool breaks_quiet;		/* told in quiet hours too */
	bool event;			/* told once; it cannot be over */
	bool again;			/* told now, if told lately or not */
	/* Told with the outage while one of these is down. */
	struct venue venue;		/* "" none */
	bool needs_service, needs_client;
};

#endif
