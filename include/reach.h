/* SPDX-License-Identifier: MIT */
/*
 * Whom a request may reach. The address that is connected to is judged, after
 * its name was resolved, each time anew: a name server that answers with
 * another address tomorrow gains nothing.
 *
 *	the URL says		and it may be
 *	an address		public, private, reserved, this machine
 *	localhost		this machine
 *	a name of this network	public, private, this machine
 *	any other name		public
 *
 * What the user wrote himself he has asked for. A name that anybody can own
 * (rates.example) is another's word: it reaches nothing that only this machine
 * or network can, unless network.allow_private lists it. Link-local,
 * metadata, multicast and unspecified addresses are only ever reached when
 * listed, however they are spelt.
 *
 * The one exception is service.url: the host written there is allowed by that,
 * whatever it stands for. Redirects are not followed, so that it stays with it.
 *
 * Names of this network: without a dot, or below one of the ends that the
 * public DNS never delegates (.lan, .local, .internal, .home.arpa, ...).
 */
#ifndef CARRYWATCH_REACH_H
#define CARRYWATCH_REACH_H

#include <stddef.h>

#include "address.h"

#define REACH_NETWORKS_MAX 32
#define REACH_PATH_MAX 512
#define REACH_WHY_MAX 120

struct reach {
	bool any;			/* the host in service.url (see below) */
	struct network allow[REACH_NETWORKS_MAX];	/* although not public */
	size_t n_allow;
	/* Certificate authorities, PEM, instead of the system's; "": those. */
	char ca_file[REACH_PATH_MAX];
};

enum reach_host {
	REACH_LITERAL,		/* an address, or the proxy the user named */
	REACH_LOCALHOST,
	REACH_LOCAL_NAME,
	REACH_PUBLIC_NAME
};

/* `host` as in a URL, an IPv6 address with or without its brackets. */
enum reach_host reach_host_of(const char *host);
/* False, and why with the remedy, when it may not be connected to. */
MUST_USE bool reach_allows(char why[static REACH_WHY_MAX],
			   const struct reach *r, enum reach_host host,
			   const struct sockaddr *to);
/* The same of an address written in a URL, before anything is asked. */
MUST_USE bool reach_allows_literal(char why[static REACH_WHY_MAX],
				   const struct reach *r, const char *host);

#endif
