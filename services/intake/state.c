#include "state.h"

#include <string.h>

#include "report/json.h"

Baocao__V1__SubmissionState state_of_submission (const char *name)
{
    const ProtobufCEnumDescriptor *states = &baocao__v1__submission_state__descriptor;
    for (unsigned i = 0; i < states->n_values; i++)
        if (strcmp (report_enum_name (states, states->values[i].value), name) == 0)
            return (Baocao__V1__SubmissionState)states->values[i].value;
    return BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_UNSPECIFIED;
}

Baocao__V1__UnitStanding state_of_unit (bool has_accepted, bool late, bool refused, bool returned)
{
    if (has_accepted)
        return late ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME;
    if (refused)
        return BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED;
    return returned ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING;
}
