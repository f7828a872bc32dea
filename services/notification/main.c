// baocao-notification: what was decided reaches the departments' mailboxes.
#include "common/service.h"

#include "notification.h"

static void *start (bc_service_t *service)
{
    return notification_new (bc_service_loop (service), bc_service_config (service), bc_service_conninfo (service));
}

static void stop (void **state_p)
{
    notification_destroy ((notification_t **)state_p);
}

static bool idle (void *state)
{
    return notification_idle (state);
}

static bool healthy (void *state)
{
    return notification_healthy (state);
}

int main (int argc, char **argv)
{
    static const bc_service_class_t CLASS = {
        .name = "notification",
        .summary = "Puts verdicts and reminders into the departments' mailboxes.",
        .start = start,
        .stop = stop,
        .idle = idle,
        .healthy = healthy,
    };
    return bc_service_main (argc, argv, &CLASS);
}
