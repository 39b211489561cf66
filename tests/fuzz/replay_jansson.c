/* SPDX-License-Identifier: MIT */
/* The one target of the program that is linked with jansson. */
#include "jansson_side.h"

extern const struct fuzz_target fuzz_jansson;

const struct fuzz_target *const fuzz_targets[] = { &fuzz_jansson, NULL };
