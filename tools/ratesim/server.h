/* SPDX-License-Identifier: MIT */
/*
 * HTTP/1.1 with keep-alive on 127.0.0.1 over libwebsockets' raw sockets:
 * its own HTTP role would not send broken answers.
 */
#ifndef RATESIM_SERVER_H
#define RATESIM_SERVER_H

#include "reply.h"

/* Serve until TERM or INT; HUP reads the fault file again. */
MUST_USE bool server_run(struct sim *sim, int port, struct err *err);

#endif
