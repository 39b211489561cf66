/* SPDX-License-Identifier: MIT */
/* A process that holds secrets leaves none behind. */
#ifndef CARRYWATCH_HARDEN_H
#define CARRYWATCH_HARDEN_H

/* No core file, and no other process of the user may look inside. */
void harden_process(void);

#endif
