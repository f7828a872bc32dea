#include "transfer.h"

#include "calendar.h"
#include "common/address.h"
#include "common/clock.h"
#include "common/keys.h"
#include "common/xmem.h"
#include "mail.h"
#include "report/text.h"
#include "webhook.h"

enum {
    CONNECT_S = 30,
    MAIL_S = 300,    // the last answer may take long while the server looks at the message
    ANSWER_S = 120,  // each of the others
    WEBHOOK_S = 60,
    ANSWER_TEXT = 500,  // bytes of an answer that are kept
    SECRET_PATH = 1000,
};

struct transfer {
    CURL *handle;
    delivery_t *delivery;
    char *body;
    size_t size, sent;
    struct curl_slist *list;  // receivers, or headers
    char last[ANSWER_TEXT];   // line that the server said
    char error[CURL_ERROR_SIZE];
};

static void decide (delivery_t *delivery, delivery_outcome_t outcome, int status, const char *answer)
{
    char text[ANSWER_TEXT];
    text_excerpt (answer, text, sizeof text);
    delivery->at = bc_clock_ms ();
    delivery->outcome = outcome == DELIVERY_RETRY && delivery_backoff_ms (delivery->attempt) < 0 ? DELIVERY_FAILED : outcome;
    delivery->status = status;
    free (delivery->answer);
    delivery->answer = xstrdup (text);
}

// --- Callbacks of libcurl --------------------------------------------------------------------------------------------------------

static size_t on_read (char *buffer, size_t size, size_t count, void *arg)
{
    transfer_t *self = arg;
    size_t n = self->size - self->sent < size * count ? self->size - self->sent : size * count;
    memcpy (buffer, self->body + self->sent, n);
    self->sent += n;
    return n;
}

// Every line of the server's replies: the last one is kept. 221 is only the farewell.
static size_t on_line (char *line, size_t size, size_t count, void *arg)
{
    transfer_t *self = arg;
    size_t n = size * count, kept = n < sizeof self->last ? n : sizeof self->last - 1;
    while (kept > 0 && (line[kept - 1] == '\r' || line[kept - 1] == '\n'))
        kept--;
    if (kept > 0 && strncmp (line, "221", kept < 3 ? kept : 3) != 0) {
        memcpy (self->last, line, kept);
        self->last[kept] = '\0';
    }
    return n;
}

// What a web server says beyond its status is not kept.
static size_t on_body (char *data, size_t size, size_t count, void *arg)
{
    (void)data;
    (void)arg;
    return size * count;
}

// --- What goes out ---------------------------------------------------------------------------------------------------------------

static char *write_calendar (const transfer_settings_t *settings, const delivery_t *delivery, const Baocao__V1__Notice *notice)
{
    if (!delivery->has_calendar)
        return NULL;
    calendar_deadline_t deadline = {
        .plan = notice->plan,
        .period = notice->period,
        .unit = delivery->unit,
        .from = settings->mail_from,
        .to = delivery->address,
        .english = streq (delivery->language, "en"),
        .cancelled = delivery->calendar_cancelled,
        .sequence = delivery->calendar_sequence,
        .last_day = delivery->calendar_day,
        .sent_at = bc_timestamp_ms (notice->posted_at),
    };
    return calendar_compose (&deadline);
}

static void write_mail (transfer_t *self, const transfer_settings_t *settings, const Baocao__V1__Notice *notice)
{
    const delivery_t *delivery = self->delivery;
    char *calendar = write_calendar (settings, delivery, notice);
    char *message_id = xasprintf ("<%s%s>", delivery->message_id, strchr (settings->mail_from, '@'));
    mail_t mail = {
        .from = settings->mail_from,
        .to = delivery->address,
        .to_name = delivery->name,
        .message_id = message_id,
        .language = delivery->language,
        .notice = notice,
        .calendar = calendar,
        .calendar_method = calendar_method (delivery->calendar_cancelled),
    };
    self->body = mail_compose (&mail, &self->size);
    free (message_id);
    free (calendar);
}

static void set_up_mail (transfer_t *self, const transfer_settings_t *settings)
{
    CURL *handle = self->handle;
    bool local = bc_address_is_local (settings->smtp_url);
    self->list = curl_slist_append (NULL, self->delivery->address);
    curl_easy_setopt (handle, CURLOPT_URL, settings->smtp_url);
    curl_easy_setopt (handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // To another host nothing goes in clear. This host itself may be without TLS, but not with a password.
    curl_easy_setopt (handle, CURLOPT_USE_SSL, (long)(local && !settings->smtp_user ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt (handle, CURLOPT_MAIL_FROM, settings->mail_from);
    curl_easy_setopt (handle, CURLOPT_MAIL_RCPT, self->list);
    curl_easy_setopt (handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (handle, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt (handle, CURLOPT_READDATA, self);
    curl_easy_setopt (handle, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt (handle, CURLOPT_HEADERDATA, self);
    curl_easy_setopt (handle, CURLOPT_TIMEOUT, (long)MAIL_S);
    curl_easy_setopt (handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)ANSWER_S);
    if (settings->smtp_ca)
        curl_easy_setopt (handle, CURLOPT_CAINFO, settings->smtp_ca);
    if (settings->smtp_user) {
        curl_easy_setopt (handle, CURLOPT_USERNAME, settings->smtp_user);
        curl_easy_setopt (handle, CURLOPT_PASSWORD, settings->smtp_password);
    }
}

static void add_header (transfer_t *self, const char *name, const char *value)
{
    char *header = xasprintf ("%s: %s", name, value);
    self->list = curl_slist_append (self->list, header);
    free (header);
}

static void set_up_webhook (transfer_t *self, const transfer_settings_t *settings, const char *signature)
{
    CURL *handle = self->handle;
    add_header (self, "Content-Type", "application/json");
    add_header (self, "X-Baocao-Delivery", self->delivery->message_id);
    add_header (self, "X-Baocao-Signature", signature);
    add_header (self, "Expect", "");  // no waiting for 100 Continue
    curl_easy_setopt (handle, CURLOPT_URL, self->delivery->address);
    curl_easy_setopt (handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt (handle, CURLOPT_HTTPHEADER, self->list);
    curl_easy_setopt (handle, CURLOPT_USERAGENT, "baocao/" BAOCAO_VERSION);
    curl_easy_setopt (handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)self->size);
    curl_easy_setopt (handle, CURLOPT_POSTFIELDS, self->body);
    curl_easy_setopt (handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt (handle, CURLOPT_TIMEOUT, (long)WEBHOOK_S);
    if (settings->webhook_ca)
        curl_easy_setopt (handle, CURLOPT_CAINFO, settings->webhook_ca);
}

// 0, or -1: its contact has no secret (logged), so it must wait for one.
static int prepare_webhook (transfer_t *self, const transfer_settings_t *settings, const Baocao__V1__Notice *notice)
{
    char path[SECRET_PATH], signature[WEBHOOK_SIGNATURE_TEXT];
    snprintf (path, sizeof path, "%s/%d.key", settings->webhook_keys ? settings->webhook_keys : "", self->delivery->contact_id);
    char *secret = settings->webhook_keys ? bc_secret_load (path) : NULL;
    if (!secret)
        return -1;
    self->body = webhook_body (notice);
    self->size = strlen (self->body);
    webhook_sign (secret, self->body, signature);
    sodium_memzero (secret, strlen (secret));
    free (secret);
    set_up_webhook (self, settings, signature);
    return 0;
}

static void set_up_common (transfer_t *self)
{
    self->handle = curl_easy_init ();
    if (!self->handle)
        abort ();
    curl_easy_setopt (self->handle, CURLOPT_PRIVATE, self);
    curl_easy_setopt (self->handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (self->handle, CURLOPT_ERRORBUFFER, self->error);
    curl_easy_setopt (self->handle, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
}

// Why the delivery cannot even begin, or NULL. An address was looked at when it was taken in; here once more, as it goes out.
static const char *obstacle (const delivery_t *delivery, const Baocao__V1__Notice *notice)
{
    bool sound = delivery->webhook ? bc_address_is_webhook (delivery->address) : bc_address_is_mail (delivery->address);
    if (!notice || !notice->posted_at)
        return "the notice cannot be read";
    return sound ? NULL : "this is no address";
}

transfer_t *transfer_new (const transfer_settings_t *settings, delivery_t *delivery)
{
    transfer_t *self = xcalloc (1, sizeof *self);
    self->delivery = delivery;
    Baocao__V1__Notice *notice = baocao__v1__notice__unpack (NULL, delivery->notice_size, delivery->notice);
    const char *why = obstacle (delivery, notice);
    set_up_common (self);
    if (delivery->withdrawn)
        decide (delivery, DELIVERY_WITHDRAWN, 0, "the contact was removed");
    else if (why)
        decide (delivery, DELIVERY_FAILED, 0, why);
    else if (delivery->webhook && prepare_webhook (self, settings, notice) != 0)
        decide (delivery, DELIVERY_RETRY, 0, "the contact's secret cannot be read");
    else if (!delivery->webhook) {
        write_mail (self, settings, notice);
        set_up_mail (self, settings);
    }
    baocao__v1__notice__free_unpacked (notice, NULL);
    if (delivery->answer)
        transfer_destroy (&self);
    return self;
}

void transfer_destroy (transfer_t **self_p)
{
    transfer_t *self = *self_p;
    if (!self)
        return;
    curl_easy_cleanup (self->handle);
    curl_slist_free_all (self->list);
    free (self->body);
    free (self);
    *self_p = NULL;
}

CURL *transfer_handle (transfer_t *self)
{
    return self->handle;
}

transfer_t *transfer_of (CURL *handle)
{
    char *self = NULL;
    curl_easy_getinfo (handle, CURLINFO_PRIVATE, &self);
    return (transfer_t *)(void *)self;
}

delivery_t *transfer_delivery (transfer_t *self)
{
    return self->delivery;
}

// What was said last is no answer when it was "go on".
static int answer_status (const transfer_t *self, CURLcode result)
{
    int status = (int)strtol (self->last, NULL, 10);
    return result == CURLE_OK || status >= 400 ? status : 0;
}

void transfer_judge (transfer_t *self, CURLcode result)
{
    delivery_outcome_t outcome;
    long status = 0;
    if (self->delivery->webhook) {
        if (result == CURLE_OK)
            curl_easy_getinfo (self->handle, CURLINFO_RESPONSE_CODE, &status);
        outcome = delivery_of_http ((int)status);
    } else {
        // CURLE_SEND_ERROR is what a refusal of MAIL, RCPT or DATA comes to; once the message is read, the refusal is of it.
        status = answer_status (self, result);
        outcome = delivery_of_smtp (result == CURLE_OK, result == CURLE_SEND_ERROR || self->sent > 0, (int)status);
    }
    const char *reason = *self->error ? self->error : curl_easy_strerror (result);
    decide (self->delivery, outcome, (int)status, *self->last && status ? self->last : result == CURLE_OK ? "" : reason);
}
