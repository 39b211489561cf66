/* SPDX-License-Identifier: MIT */
/*
 * getaddrinfo of this program and of libcurl in it: names stand for what the
 * test says, no name server is asked. Only tests that name this header link
 * it.
 */
#ifndef CARRYWATCH_STUB_RESOLVER_H
#define CARRYWATCH_STUB_RESOLVER_H

/*
 * From now on every name stands for these, between blanks, in this order;
 * "": not found. Names that begin with "slow" take three seconds.
 */
void stub_resolve(const char *addresses);
/* How often a name was looked up, and the last one. */
unsigned stub_resolved(char name[static 256]);

#endif
