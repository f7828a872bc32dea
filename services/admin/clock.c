// clock: the rehearsal clock.
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "nouns.h"
#include "output.h"

int clock_set (admin_t *admin)
{
    const char *path = admin_setting (admin, "clock/rehearsal");
    const char *text = admin->options->operands[0];
    bool frozen = admin->options->given & OPTION_FROZEN;
    int64_t time;
    char shown[BC_TIME_TEXT];
    if (!path)
        return EX_CONFIG;
    if (bc_time_parse (text, &time) != 0)
        return admin_fail (EX_USAGE, _ ("%s is not a time such as 2025-12-09T23:59:59+07:00"), text);
    if (bc_clock_set (path, time, frozen) != 0)
        return admin_fail (EX_CONFIG, _ ("the rehearsal clock %s cannot be set: %s"), path, strerror (errno));
    bc_time_format (time, shown);
    output_result (admin, json_pack ("{s:s,s:b,s:b}", "time", shown, "rehearsal", 1, "frozen", frozen),
                   frozen ? _ ("The rehearsal clock stands at %s.") : _ ("The rehearsal clock goes on from %s."), shown);
    return 0;
}

int clock_show (admin_t *admin)
{
    int64_t now;
    char shown[BC_TIME_TEXT];
    if (admin_now (admin, &now) != 0)
        return EX_CONFIG;
    bool rehearsal = bc_clock_is_rehearsal ();
    bc_time_format (now, shown);
    output_result (admin, json_pack ("{s:s,s:b}", "time", shown, "rehearsal", rehearsal),
                   rehearsal ? _ ("%s, a rehearsal") : _ ("%s, the real time"), shown);
    return 0;
}
