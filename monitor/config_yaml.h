/* SPDX-License-Identifier: MIT */
/*
 * A YAML text as a tree of texts with their places. The only file that
 * knows libyaml is config_yaml.c; nothing here guesses a type.
 */
#ifndef CARRYWATCH_CONFIG_YAML_H
#define CARRYWATCH_CONFIG_YAML_H

#include "config.h"

enum yaml_shape { YAML_TEXT, YAML_MAP, YAML_LIST };

struct yaml {
	enum yaml_shape shape;
	bool quoted;
	const char *text;		/* YAML_TEXT: no control characters */
	int row, column;		/* of the value, 1-based */
	int text_column;		/* of the first character; 0: folded */
	const char *key;		/* in a map, else NULL */
	int key_row, key_column;
	const struct yaml *child, *next;
};

/* Add one complaint; beyond the room it is only counted. */
void complain(struct complaints *list, bool warning, int row, int column,
	      const char *fmt, ...) PRINTF(5, 6);

/*
 * Parse one document whose root is a map. Anchors, aliases, tags, keys that
 * are not text, duplicate keys, a second document and depth beyond
 * 8 are complaints; NULL after an error (at least one complaint then).
 */
const struct yaml *yaml_tree(const char *text, size_t n, struct arena *arena,
			     struct complaints *list);
const struct yaml *yaml_get(const struct yaml *map, const char *key);

#endif
