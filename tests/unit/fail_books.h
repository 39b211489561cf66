/* SPDX-License-Identifier: MIT */
/* What must hold in the database of a fail_desk, read without the product. */
#ifndef CARRYWATCH_TESTS_FAIL_BOOKS_H
#define CARRYWATCH_TESTS_FAIL_BOOKS_H

#include <stdbool.h>
#include <stddef.h>

/* Whole, agreeing, and holding what `marks` (bits of enum fail_mark) say. */
void fail_books(const char *path, unsigned marks, const char *where);
/* Its one position is closed and its hand-off confirmed. */
bool fail_books_closed(const char *path);
/* Its close is decided. */
bool fail_books_decided(const char *path);
/* The one hand-off has this id. */
bool fail_books_key(const char *path, const char *key);

/* A database of an older schema with one pair, one poll and one decision. */
void fail_books_old(const char *path, int schema);

unsigned char *fail_books_read(const char *path, size_t *n);
void fail_books_write(const char *path, const unsigned char *p, size_t n);
/* Every file of a directory goes. */
void fail_books_wipe(const char *dir);

#endif
