#include "state.h"

Baocao__V1__SubmissionState state_of_submission (bool judged, bool accepted, bool superseded)
{
    if (!judged)
        return BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED;
    if (!accepted)
        return BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_REJECTED;
    return superseded ? BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_SUPERSEDED
                      : BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_ACCEPTED;
}

Baocao__V1__UnitStanding state_of_unit (bool has_accepted, bool late, bool refused)
{
    if (has_accepted)
        return late ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME;
    return refused ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING;
}

ptrdiff_t state_previous (const bool *accepted, size_t period)
{
    ptrdiff_t i = (ptrdiff_t)period;
    while (i >= 0 && !accepted[i])
        i--;
    return i;
}
