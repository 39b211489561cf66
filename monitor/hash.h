/* SPDX-License-Identifier: MIT */
/* FNV-1a, 64 bits: names a text for people and keys; guards nothing. */
#ifndef CARRYWATCH_HASH_H
#define CARRYWATCH_HASH_H

#include <stddef.h>

#define HASH_TEXT 17

/* 16 hex digits and a NUL. */
void hash_text(char out[static HASH_TEXT], const char *s, size_t n);

#endif
