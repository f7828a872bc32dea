// link: a one-time link by which an officer who cannot run baocao reports in a browser. It is an invitation's token: the portal joins with
// it in the officer's name, which says so wherever it stands.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baocao/v1/client.pb-c.h"
#include "common/address.h"
#include "common/clock.h"
#include "common/keys.h"
#include "common/xmem.h"
#include "nouns.h"
#include "notification/transfer.h"
#include "output.h"
#include "report/limits.h"
#include "report/receipt.h"

// --- Mail ------------------------------------------------------------------------------------------------------------------------

static char *setting (const admin_t *admin, const char *key)
{
    const char *value = bc_config_get (admin->config, key, "");
    return *value ? xstrdup (value) : NULL;
}

static transfer_settings_t mail_settings (const admin_t *admin)
{
    transfer_settings_t settings = {.smtp_url = setting (admin, "notification/smtp_url"),
                                    .smtp_user = setting (admin, "notification/smtp_user"),
                                    .smtp_ca = setting (admin, "notification/smtp_ca"),
                                    .mail_from = setting (admin, "notification/mail_from")};
    const char *password = bc_config_get (admin->config, "notification/smtp_password", "");
    if (settings.smtp_user && *password)
        settings.smtp_password = bc_secret_load (password);
    return settings;
}

static void clear_settings (transfer_settings_t *self)
{
    free (self->smtp_url);
    free (self->smtp_user);
    free (self->smtp_ca);
    free (self->mail_from);
    if (self->smtp_password)
        sodium_memzero (self->smtp_password, strlen (self->smtp_password));
    free (self->smtp_password);
}

static uint8_t *write_notice (const char *name, const char *link, const char *days, int64_t now, size_t *size_p)
{
    Baocao__V1__Notice notice = BAOCAO__V1__NOTICE__INIT;
    Google__Protobuf__Timestamp posted_at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    char *body_vi =
        xasprintf ("Kính gửi %s,\n\nĐể gửi báo cáo của đơn vị bằng trình duyệt, hãy mở liên kết sau, một lần, trong vòng %s "
                   "ngày:\n\n%s\n\nLiên kết chỉ dành riêng cho ông/bà; đề nghị không chuyển cho người khác.",
                   name, days, link);
    char *body_en = xasprintf ("To %s:\n\nTo send your unit's report in a browser, open this link, once, within %s days:\n\n%s\n\n"
                               "It is for you alone; please do not pass it on.",
                               name, days, link);
    notice.subject_vi = (char *)"Liên kết gửi báo cáo";
    notice.subject_en = (char *)"Link to send the report";
    notice.body_vi = body_vi;
    notice.body_en = body_en;
    notice.posted_at = bc_timestamp_set (&posted_at, now);
    uint8_t *packed = xmalloc (baocao__v1__notice__get_packed_size (&notice));
    *size_p = baocao__v1__notice__pack (&notice, packed);
    free (body_vi);
    free (body_en);
    return packed;
}

// As notification's courier would send it, but now: no queue keeps a link. 0, or the exit code (said).
static int send_mail (admin_t *admin, const char *name, const char *link, const char *days, int64_t now)
{
    transfer_settings_t settings = mail_settings (admin);
    uint8_t id[BC_UUID_SIZE];
    char id_text[BC_UUID_TEXT];
    bc_uuid_new (id);
    bc_uuid_format (id, id_text);
    delivery_t delivery = {.address = (char *)admin->options->mail,
                           .name = (char *)name,
                           .unit = (char *)admin->options->operands[0],
                           .language = (char *)"vi",
                           .message_id = id_text,
                           .attempt = 1};
    delivery.notice = write_notice (name, link, days, now, &delivery.notice_size);
    transfer_t *transfer = transfer_new (&settings, &delivery);
    if (transfer)
        transfer_judge (transfer, curl_easy_perform (transfer_handle (transfer)));
    int status = delivery.outcome == DELIVERY_SENT
                     ? 0
                     : admin_fail (EX_UNAVAILABLE,
                                   _ ("the mail to %s was not taken (%s): revoke the link and try again, or leave --mail out"),
                                   delivery.address, delivery.answer ? delivery.answer : "");
    transfer_destroy (&transfer);
    sodium_memzero (delivery.notice, delivery.notice_size);
    free (delivery.notice);
    free (delivery.answer);
    clear_settings (&settings);
    return status;
}

// --- The command -----------------------------------------------------------------------------------------------------------------

static int check (const admin_t *admin)
{
    const options_t *options = admin->options;
    size_t size = options->name ? strlen (options->name) : 0;
    if (size == 0)
        return admin_fail (EX_USAGE, _ ("--name is missing: whose link is it? The receipts will say so"));
    if (size + strlen (RECEIPT_BY_PORTAL) > REPORT_MAX_NAME)
        return admin_fail (EX_USAGE, _ ("--name: longer than %zu bytes; shorten it"), REPORT_MAX_NAME - strlen (RECEIPT_BY_PORTAL));
    if (options->mail && !bc_address_is_mail (options->mail))
        return admin_fail (EX_DATAERR, _ ("%s is not a mail address"), options->mail);
    if (options->mail && !*bc_config_get (admin->config, "notification/smtp_url", ""))
        return admin_fail (EX_CONFIG,
                           _ ("notification/smtp_url is not set, so there is no mail: leave --mail out, and hand the link over"));
    return 0;
}

int link_run (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *unit = options->operands[0], *url = NULL, *days = options->expires ? options->expires : "14";
    int64_t now;
    int status = check (admin);
    if (status == 0)
        status = (url = admin_setting (admin, "portal/url")) && admin_now (admin, &now) == 0 ? 0 : EX_CONFIG;
    if (status)
        return status;
    char *name = xasprintf ("%s%s", options->name, RECEIPT_BY_PORTAL), *token = invite_token (admin, unit, name, &status);
    char *link = token ? xasprintf ("%s/send/%s", url, token) : NULL;
    if (link && options->mail)
        status = send_mail (admin, options->name, link, days, now);
    if (link && status == 0 && options->mail)
        output_result (admin, json_pack ("{s:s,s:s,s:s}", "unit", unit, "name", name, "mailed", options->mail),
                       _ ("The link for %s of %s was mailed to %s: good once, within %s days."), options->name, unit, options->mail,
                       days);
    else if (link && status == 0)
        output_result (admin, json_pack ("{s:s,s:s,s:s}", "unit", unit, "name", name, "link", link), "%s", link);
    if (token)
        sodium_memzero (token, strlen (token));
    free (link);
    free (token);
    free (name);
    return status;
}
