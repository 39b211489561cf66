/* SPDX-License-Identifier: MIT */
/* "did you mean": for unknown keys, rules, columns and commands. */
#ifndef CARRYWATCH_SUGGEST_H
#define CARRYWATCH_SUGGEST_H

#include <stddef.h>

/* The nearest word within two edits, the first of equals; NULL if none. */
const char *suggest(const char *word, const char *const *words, size_t n);

#endif
