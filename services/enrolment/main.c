#include "enrolment.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "enrolment",
        .summary = "Registers the key of an officer's computer against the token of an invite.",
        .start = enrolment_start,
        .stop = enrolment_stop,
        .idle = enrolment_idle,
        .healthy = enrolment_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
