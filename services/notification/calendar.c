#include "calendar.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

enum { DAY_SECONDS = 86400 };

const char *calendar_method (bool cancelled)
{
    return cancelled ? "CANCEL" : "REQUEST";
}

static icaltimetype date_of (int day)
{
    return icaltime_from_timet_with_zone ((time_t)day * DAY_SECONDS, 1, NULL);
}

static void add_text (icalcomponent *event, icalproperty *(*new_property) (const char *text), char *text)
{
    icalcomponent_add_property (event, new_property (text));
    free (text);
}

static void add_people (icalcomponent *event, const calendar_deadline_t *self)
{
    char *organiser = xasprintf ("mailto:%s", self->from), *attendee = xasprintf ("mailto:%s", self->to);
    icalcomponent_add_property (event, icalproperty_new_organizer (organiser));
    icalcomponent_add_property (event,
                                icalproperty_vanew_attendee (attendee, icalparameter_new_rsvp (ICAL_RSVP_FALSE),
                                                             icalparameter_new_partstat (ICAL_PARTSTAT_ACCEPTED), (void *)0));
    free (attendee);
    free (organiser);
}

static void add_words (icalcomponent *event, const calendar_deadline_t *self)
{
    const char *domain = strchr (self->from, '@');
    add_text (event, icalproperty_new_uid,
              xasprintf ("%s.%s.%s%s", self->plan, self->period, self->unit, domain ? domain : "@localhost"));
    add_text (event, icalproperty_new_summary,
              self->english ? xasprintf ("Last day for the report for %s, plan %s", self->period, self->plan)
                            : xasprintf ("Hạn cuối gửi báo cáo kỳ %s, Kế hoạch %s", self->period, self->plan));
}

static icalcomponent *new_event (const calendar_deadline_t *self)
{
    icalcomponent *event = icalcomponent_new_vevent ();
    add_words (event, self);
    add_people (event, self);
    icalcomponent_add_property (event, icalproperty_new_sequence (self->sequence));
    icalcomponent_add_property (event, icalproperty_new_dtstamp (icaltime_from_timet_with_zone ((time_t)(self->sent_at / 1000), 0,
                                                                                                icaltimezone_get_utc_timezone ())));
    icalcomponent_add_property (event, icalproperty_new_dtstart (date_of (self->last_day)));
    icalcomponent_add_property (event, icalproperty_new_dtend (date_of (self->last_day + 1)));
    icalcomponent_add_property (event, icalproperty_new_transp (ICAL_TRANSP_TRANSPARENT));
    icalcomponent_add_property (event, icalproperty_new_status (self->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
    return event;
}

char *calendar_compose (const calendar_deadline_t *self)
{
    icalcomponent *calendar = icalcomponent_new_vcalendar ();
    icalcomponent_add_property (calendar, icalproperty_new_version ("2.0"));
    icalcomponent_add_property (calendar, icalproperty_new_prodid ("-//baocao//baocao//VI"));
    icalcomponent_add_property (calendar, icalproperty_new_method (self->cancelled ? ICAL_METHOD_CANCEL : ICAL_METHOD_REQUEST));
    icalcomponent_add_component (calendar, new_event (self));
    char *text = icalcomponent_as_ical_string_r (calendar);
    icalcomponent_free (calendar);
    return text;
}
