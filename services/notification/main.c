#include "notification.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "notification",
        .summary = "Puts verdicts and reminders into the departments' mailboxes, and sends them on to their contacts.",
        .start = notification_start,
        .stop = notification_stop,
        .idle = notification_idle,
        .healthy = notification_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
