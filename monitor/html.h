/* SPDX-License-Identifier: MIT */
/* Text on its way into HTML or SVG. */
#ifndef CARRYWATCH_HTML_H
#define CARRYWATCH_HTML_H

#include <stdio.h>

/*
 * Escaped for text and for attributes in double quotes. Controls, direction
 * overrides and broken bytes become U+FFFD: nothing can end a tag or hide.
 */
void html_text(FILE *f, const char *s);

#endif
