/* SPDX-License-Identifier: MIT */
/* Where messages of the outbox go: in this version, the log. */
#ifndef CARRYWATCH_NOTIFY_H
#define CARRYWATCH_NOTIFY_H

#include "ports.h"

struct notifier notify_log(void);

#endif
