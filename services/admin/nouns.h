// The commands, one file per noun. Each returns the exit code and has said what went wrong.
#pragma once

#include "admin.h"

int migrate_run (admin_t *admin);  // migrate.c
int plan_load (admin_t *admin);    // plan.c
int plan_list (admin_t *admin);
int plan_show (admin_t *admin);
int calendar_load (admin_t *admin);  // calendar.c
int calendar_list (admin_t *admin);
int unit_list (admin_t *admin);  // unit.c
int unit_add (admin_t *admin);
int unit_show (admin_t *admin);
int unit_identifier_add (admin_t *admin);  // unit_identifier.c
int unit_identifier_list (admin_t *admin);
int unit_merge (admin_t *admin);  // reorganise.c
int unit_split (admin_t *admin);
int unit_transfer (admin_t *admin);
int unit_end (admin_t *admin);
int invite_run (admin_t *admin);  // invite.c
int invite_list (admin_t *admin);
int invite_revoke (admin_t *admin);
// A token for an officer of that name at the unit's door, good for --expires days. NULL: it failed, which was said; *status_p is the exit
// code. The caller frees it.
char *invite_token (admin_t *admin, const char *unit, const char *name, int *status_p);
int link_run (admin_t *admin);          // link.c
int invite_make_keys (admin_t *admin);  // the server's own: without them intake and aggregation do not start
int key_add (admin_t *admin);           // key.c
int key_revoke (admin_t *admin);
int key_list (admin_t *admin);
int reader_add (admin_t *admin);  // reader.c
int reader_revoke (admin_t *admin);
int reader_list (admin_t *admin);
int account_add (admin_t *admin);  // account.c: readers of the portal's pages
int account_password (admin_t *admin);
int account_remove (admin_t *admin);
int contact_add (admin_t *admin);  // contact.c
int contact_list (admin_t *admin);
int contact_remove (admin_t *admin);
int delivery_list (admin_t *admin);  // delivery.c
int period_list (admin_t *admin);    // period.c
int period_open (admin_t *admin);
int period_reopen (admin_t *admin);
int period_close (admin_t *admin);
int extension_grant (admin_t *admin);  // extension.c
int extension_refuse (admin_t *admin);
int extension_list (admin_t *admin);
int report_list (admin_t *admin);  // report.c
int report_show (admin_t *admin);
int report_confirm (admin_t *admin);
int report_return (admin_t *admin);
int request_list (admin_t *admin);  // request.c
int request_refuse (admin_t *admin);
int late_quarantine (admin_t *admin);  // late.c
int late_admit (admin_t *admin);
int overview_run (admin_t *admin);  // overview.c
int queue_run (admin_t *admin);     // queue.c
int totals_run (admin_t *admin);    // totals.c
int chain_verify (admin_t *admin);  // chain.c
int clock_set (admin_t *admin);     // clock.c
int clock_show (admin_t *admin);
