#include "portal.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "portal",
        .summary = "Shows the committee where the plan stands, as web pages, documents and files.",
        .start = portal_start,
        .stop = portal_stop,
        .idle = portal_idle,
        .healthy = portal_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
