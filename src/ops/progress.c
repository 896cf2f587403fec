#include "ops/progress.h"

enum {
    LEAST_WEIGHT = 8192 /* the statements of an empty table take their time too */
};

double progress_done(const struct progress_part *parts, size_t count)
{
    double done = 0;
    double all = 0;

    for (size_t i = 0; i < count; i++) {
        double weight = (double)(parts[i].weight > LEAST_WEIGHT ? parts[i].weight : LEAST_WEIGHT);
        double loaded = parts[i].loaded < 1 ? parts[i].loaded : 1;

        all += weight;
        done += parts[i].done ? weight : weight * loaded / 2;
    }
    return all > 0 ? done / all : 0;
}
