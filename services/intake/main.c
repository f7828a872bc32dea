#include "intake.h"

int main (int argc, char **argv)
{
    static const bc_service_class_t class = {
        .name = "intake",
        .summary = "Takes the departments' reports in, stores them durably and signs receipts.",
        .start = intake_start,
        .stop = intake_stop,
        .idle = intake_idle,
        .healthy = intake_healthy,
    };
    return bc_service_main (argc, argv, &class);
}
