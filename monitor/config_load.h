/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files that load a configuration (config*.c, profile_load.c,
 * profile_check.c) and by nobody else.
 */
#ifndef CARRYWATCH_CONFIG_LOAD_H
#define CARRYWATCH_CONFIG_LOAD_H

#include "config.h"
#include "config_option.h"
#include "config_yaml.h"
#include "secret.h"

struct load {
	struct config *c;
	struct arena *arena;
	struct complaints *list;
	const struct yaml *own;		/* the file's root */
	const struct yaml *shipped;	/* root of shipped profiles or venues */
};

#define CONFIG_WORD_MAX 64	/* KIND_WORD */
#define CONFIG_KEY_MAX 96	/* a whole key, "accounts.NAME.entry.x" */

/* config_value.c: one value of a table row into base + o->at. */
bool config_value_read(struct load *l, void *base,
		       const struct config_option *o, const struct yaml *y,
		       const char *key);
void config_value_default(struct load *l, void *base,
			  const struct config_option *o);
/* The text of a scalar value; 0 when it is not set. */
size_t config_value_format(char *buf, size_t n, const void *base,
			   const struct config_option *o);
size_t config_number_format(char *buf, size_t n, enum config_kind kind,
			    struct dec v);

/* config_text.c: kinds that are no number; they complain themselves. */
bool config_text_read(struct load *l, void *base,
		      const struct config_option *o, const struct yaml *y,
		      const char *key);
/* Names of profiles and accounts: letters, digits, - and _. */
bool config_name_ok(const char *s, size_t room);

/* config_url.c */
bool config_url_read(struct load *l, char *out, const struct yaml *y,
		     const char *key);
bool config_url_loopback(const char *url);
/* Complain of an address that no request may reach. */
void config_url_reach(struct load *l, const char *url, const struct yaml *y,
		      const char *key);

/* config_section.c: every key of one section. */
bool config_section_read(struct load *l, void *base, const char *pattern,
			 const char *key, const struct yaml *map);
void config_section_defaults(struct load *l, void *base, const char *pattern);
/* False and a complaint when y is not of that shape. */
bool config_shape(struct load *l, const struct yaml *y, enum yaml_shape shape,
		  const char *key);
/* False and a complaint: KEY: "VALUE" WHY. A long value is cut, not the why. */
bool config_refuse(struct load *l, const struct yaml *y, const char *key,
		   const char *why);

/* config_sinks.c: sinks, and what an account says of acting and telling. */
bool config_sinks_load(struct load *l);
bool config_secret_read(struct load *l, struct secret_ref *out,
			const struct yaml *y, const char *key);
bool config_sink_list_read(struct load *l, const struct sink ***out,
			   size_t *count, const struct yaml *y,
			   const char *key);
bool config_labels_read(struct load *l, const struct label **out,
			size_t *count, const struct yaml *y, const char *key);
/* config_hours.c: the "04:00Z" that s begins with, as second of the day. */
bool config_time_parse(int32_t *out, const char *s);
/* "22:00Z-06:30Z", "07:00Z" or off. */
const char *config_hours_parse(struct quiet_hours *out, const char *text);
const char *config_daily_parse(struct daily *out, const char *text);
size_t config_hours_format(char *buf, size_t n, const struct quiet_hours *h);
size_t config_daily_format(char *buf, size_t n, const struct daily *d);

/* profile_load.c: all of them, shipped and own, into l->c->profiles. */
bool profile_load_all(struct load *l);
/* profile_check.c: complaints about the lines that node gives. */
void profile_check(struct load *l, const struct profile *p,
		   const struct yaml *node);
void profile_check_account(struct load *l, const struct account *a,
			   const struct yaml *place);
/* profile_protect.c: what stands first where a trading client is read. After a
 * complaint it is not asked: profiles and what they extend are there. */
bool profile_protect(struct load *l, struct account *a,
		     const struct yaml *place);
/* config_check.c: what involves several keys. */
void config_check(struct load *l);
void config_check_act(struct load *l);	/* config_check_act.c */

#endif
