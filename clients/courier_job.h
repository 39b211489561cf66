/* SPDX-License-Identifier: MIT */
/*
 * One request on its way, shared by courier*.c: a copy of what was asked in
 * its own arena (wiped at the end), the transfer or the child, the reply.
 */
#ifndef CARRYWATCH_COURIER_JOB_H
#define CARRYWATCH_COURIER_JOB_H

#include <curl/curl.h>
#include <sys/types.h>

#include "courier.h"
#include "http_guard.h"

struct job {
	struct job *next;
	struct outgoing out;		/* texts malloc'd */
	struct reply reply;
	bool finished;
	char *body;			/* of the reply, capped */
	size_t body_len;
	bool cut;			/* more came than is kept */
	/* HTTP and SMTP */
	CURL *easy;
	struct http_guard guard;
	struct curl_slist *headers, *rcpt;
	size_t written;			/* of the mail */
	/* EXEC */
	pid_t pid;			/* 0: none, or reaped */
	int in, outfd, pidfd;		/* -1: none */
	int64_t deadline_ms;		/* http_now_ms */
	bool killed;
};

/* Keep so much of a reply as is ever looked at; always takes it all. */
void job_take(struct job *j, const char *data, size_t n);

/* courier_http.c */
MUST_USE bool job_http_start(struct job *j, CURLM *multi,
			     const struct courier_options *o, struct err *err);
/* It runs no more, and nobody knows how it ended. */
void job_http_lost(struct job *j);
void job_http_done(struct job *j, CURLcode code);
void job_http_free(struct job *j, CURLM *multi);

/* courier_exec.c */
MUST_USE bool job_exec_start(struct job *j, struct err *err);
/* Move it; sets finished. */
void job_exec_step(struct job *j);
void job_exec_free(struct job *j);

#endif
