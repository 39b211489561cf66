/* SPDX-License-Identifier: MIT */
/* Simulated fills: both legs at once, at the configuration's modelled cost. */
#ifndef CARRYWATCH_SIMULATE_H
#define CARRYWATCH_SIMULATE_H

#include "facts.h"
#include "ports.h"

/* `terms` must outlive the port and may change between polls. */
struct executor simulate_executor(const struct terms *terms);

#endif
