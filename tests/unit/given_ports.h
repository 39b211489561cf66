/* SPDX-License-Identifier: MIT */
/* Ports of a cycle in a test: the clock is set by hand, nobody is told. */
#ifndef CARRYWATCH_TESTS_GIVEN_PORTS_H
#define CARRYWATCH_TESTS_GIVEN_PORTS_H

#include "ports.h"

/* Shows *now; never waits, market time is real time. */
struct clock_port given_clock(struct instant *now);
/* heard: messages count as sent; else they stay in the outbox. */
struct notifier given_notifier(bool heard);

#endif
