/* SPDX-License-Identifier: MIT */
/*
 * Text from outside on its way to a screen: UTF-8 decoded, display columns
 * counted, and everything that could steer a terminal made visible.
 */
#ifndef CARRYWATCH_TEXT_SAFE_H
#define CARRYWATCH_TEXT_SAFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"

/* Bytes of the character at s (1..4) and its code; 0: not UTF-8. */
size_t text_decode(uint32_t *code, const char *s);
/* Controls, C1 controls and direction overrides. */
bool text_is_control(uint32_t code);
/* Columns of one character: 0 combining, 1, 2 (East Asian, emoji). */
int text_columns_of(uint32_t code);
int text_columns(const char *s);

/*
 * A copy in which controls and broken bytes stand as \n, \t, \x1b or
 * \u202e. NULL without memory.
 */
char *text_safe(const char *s, struct arena *arena);
/* The same straight to a file, for error texts. */
void text_print_safe(FILE *f, const char *s);

#endif
