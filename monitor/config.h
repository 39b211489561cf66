/* SPDX-License-Identifier: MIT */
/*
 * The effective configuration: YAML (read only by config*.c and profile*.c)
 * checked and turned into values. Everything belongs to the arena given.
 */
#ifndef CARRYWATCH_CONFIG_H
#define CARRYWATCH_CONFIG_H

#include "complaint.h"
#include "config_act.h"
#include "facts.h"
#include "profile.h"
#include "reach.h"

#define ACCOUNT_TEXT_MAX 32
#define CONFIG_TEXT_MAX 512

enum mode { MODE_LIVE, MODE_DRY_RUN };

/* accounts.NAME.entry; decimals of notional per 8 h unless named _usd. */
struct entry_policy {
	bool enabled;			/* the key `entry` was given */
	struct dec min_profit;		/* divergence per 8 h at least */
	struct fact max_oi_usd;		/* venue pairs with more are left */
	struct fact min_volume_usd, min_oi_usd;	/* unknown data: refused */
	const struct venue *prioritize;	/* preferred in ties, in order */
	size_t n_prioritize;
	int32_t max_positions;
	int32_t max_positions_per_venue;	/* 0: no limit */
	struct fact max_exposure_per_venue_usd;
	struct fact size_usd;		/* either this ... */
	struct fact size_pct, capital_usd;	/* ... or share of capital */
	struct span cooldown;		/* 24h */
	struct span max_break_even;	/* 3d */
};

struct account {
	char name[ACCOUNT_TEXT_MAX];
	const struct profile *profile;
	char shadow[NAME_TEXT_MAX];	/* as written: auto, off, a profile */
	enum mode mode;
	const struct venue *venues;	/* sorted; none: all active */
	size_t n_venues;
	struct fact min_volume_usd;
	struct dec capital_share;	/* of a pair, of its size_usd */
	struct entry_policy entry;
	struct span tick_offset;
	struct alert_policy alerts;
	struct close_policy close;
	struct control_api_ref control_api;
};

struct config {
	char path[CONFIG_TEXT_MAX];	/* "" when built in */
	char service_url[CONFIG_TEXT_MAX];	/* no trailing slash */
	struct span service_timeout;	/* of one request */
	bool gzip, allow_insecure_http, use_proxy;
	struct reach reach;		/* network: whom requests may reach */
	struct market_limits limits;	/* terms = venues, sorted */
	char directory[CONFIG_TEXT_MAX];	/* ~ expanded */
	struct span retention;		/* 30 days */
	int64_t evidence_cap_bytes;	/* 512 MB */
	struct span backup_every;	/* 6 h; 0: none */
	bool confine;			/* the monitor gives up rights */
	enum cost_model costs;
	struct dec round_trip;
	const struct profile *profiles;	/* shipped and own, sorted by name */
	size_t n_profiles;
	const struct sink *sinks;	/* in the file's order */
	size_t n_sinks;
	const struct account *accounts;	/* in the file's order */
	size_t n_accounts;
};

/*
 * Load a file (NULL: $CARRYWATCH_CONFIG, ./carrywatch.yaml,
 * ~/.config/carrywatch/carrywatch.yaml, /etc/carrywatch/carrywatch.yaml,
 * the first that exists). False with err->kind ERR_CONFIG and the first
 * complaint ("FILE:line:col: error: ...") in err->text; all complaints,
 * warnings too, are in *list.
 */
MUST_USE bool config_load(struct config *out, const char *path,
			  struct arena *arena, struct complaints *list,
			  struct err *err);
/* The same from text; `path` is only for messages. */
MUST_USE bool config_load_text(struct config *out, const char *path,
			       const char *text, size_t n,
			       struct arena *arena, struct complaints *list,
			       struct err *err);
const struct account *config_account(const struct config *c, const char *name);
const struct profile *config_profile(const struct config *c, const char *name);
/*
 * The account's shadow profile, NULL for none. auto: of the shipped profile
 * the account's own is or extends, the one that closes next sooner.
 */
const struct profile *config_shadow(const struct config *c,
				    const struct account *a);
/*
 * The effective configuration as YAML that loads to the same values,
 * secrets as ***; with `account` only what this account's polls depend on
 * (stored beside its polls, so that explain and replay see what was in
 * force). Text in the arena, NULL without memory.
 */
char *config_print(const struct config *c, const struct account *account,
		   struct arena *arena);

/* DIRECTORY/backups, and the name of the account's database in it. */
void config_backups(char *dir, size_t n, const char **name,
		    const struct config *c, const char *database);
/* DIRECTORY/ACCOUNT.db, or ACCOUNT.dry-run.db. */
void config_database(char *buf, size_t n, const struct config *c,
		     const struct account *a);
/* The view facts_compute needs. */
void config_terms(struct terms *out, const struct config *c,
		  const struct account *a);

#endif
