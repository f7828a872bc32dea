// deadlines.ics: a period's deadline as a calendar that one subscribes to (RFC 5545), and those of units that were granted a later one.
#include <libical/ical.h>
#include <stdlib.h>

#include "common/language.h"
#include "common/xmem.h"
#include "feeds_db.h"
#include "files.h"

enum { DAY_SECONDS = 86400, SECOND_MS = 1000 };

typedef struct {
    const product_t *product;
    icalcomponent *calendar;
} calendar_t;

static icaltimetype date_of (int64_t day)
{
    return icaltime_from_timet_with_zone ((time_t)(day * DAY_SECONDS), 1, NULL);
}

static void add_text (icalcomponent *component, icalproperty *(*new_property) (const char *text), char *text)
{
    icalcomponent_add_property (component, new_property (text));
    free (text);
}

// Whose it is stays in the id; the day does not: one that is set anew is the same entry, with a higher number.
static void add_words (icalcomponent *event, const product_t *product, const deadline_t *deadline)
{
    const char *unit = deadline->unit ? deadline->unit : "";
    add_text (event, icalproperty_new_uid,
              xasprintf ("%s.%s%s%s@%s", product->slug, product->period, *unit ? "." : "", unit, product->authority));
    add_text (event, icalproperty_new_summary,
              xasprintf (_ ("Last day for the report for %s, plan %s%s%s"), product->period, product->plan, *unit ? ": " : "",
                         *unit ? product_words (product, deadline->name_vi, deadline->name_en) : ""));
    add_text (event, icalproperty_new_description,
              xasprintf (_ ("Collected by %s."), product_words (product, product->standing_vi, product->standing_en)));
    add_text (event, icalproperty_new_url,
              xasprintf ("%s/%s/%s/%s%s%s", product->url, product->vietnamese ? "vi" : "en", product->slug, product->period,
                         *unit ? "/units/" : "", unit));
}

static int add_event (const deadline_t *deadline, void *arg)
{
    const calendar_t *self = arg;
    int64_t stamp = deadline->set_at ? deadline->set_at : self->product->opens_at;
    icalcomponent *event = icalcomponent_new_vevent ();
    add_words (event, self->product, deadline);
    icalcomponent_add_property (event, icalproperty_new_dtstamp (icaltime_from_timet_with_zone ((time_t)(stamp / SECOND_MS), 0,
                                                                                                icaltimezone_get_utc_timezone ())));
    icalcomponent_add_property (event, icalproperty_new_sequence (deadline->changes));
    icalcomponent_add_property (event, icalproperty_new_dtstart (date_of (deadline->last_day)));
    icalcomponent_add_property (event, icalproperty_new_dtend (date_of (deadline->last_day + 1)));
    icalcomponent_add_property (event, icalproperty_new_transp (ICAL_TRANSP_TRANSPARENT));
    icalcomponent_add_property (event, icalproperty_new_status (ICAL_STATUS_CONFIRMED));
    icalcomponent_add_component (self->calendar, event);
    return 0;
}

static void add_name (icalcomponent *calendar, const product_t *product)
{
    char *name = xasprintf (_ ("Plan %s, period %s"), product->plan, product->period);
    icalproperty *property = icalproperty_new_x (name);
    icalproperty_set_x_name (property, "X-WR-CALNAME");
    icalcomponent_add_property (calendar, property);
    free (name);
}

int product_deadlines (product_t *product)
{
    calendar_t self = {product, icalcomponent_new_vcalendar ()};
    icalcomponent_add_property (self.calendar, icalproperty_new_version ("2.0"));
    icalcomponent_add_property (self.calendar, icalproperty_new_prodid ("-//baocao//baocao//VI"));
    add_name (self.calendar, product);
    int rc = feeds_each_deadline (product, add_event, &self);
    char *text = icalcomponent_as_ical_string_r (self.calendar);
    fputs (text, product->out);
    free (text);
    icalcomponent_free (self.calendar);
    return rc;
}
