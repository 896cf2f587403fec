#include "engine/session.h"

bool session_run(struct engine *engine, struct str sql, const struct value *params, size_t param_count,
                 struct result **result, struct err *err)
{
    *result = NULL;
    return engine->ops->session->run(engine, sql, params, param_count, result, err);
}

bool session_next(struct result *result, bool *found, struct err *err)
{
    return result->engine->ops->session->next(result, found, err);
}

bool session_close(struct result *result, struct err *err)
{
    return result == NULL || result->engine->ops->session->close(result, err);
}

enum session_state session_state(struct engine *engine)
{
    return engine->ops->session->state(engine);
}

const struct diagnosis *session_diagnosis(struct engine *engine)
{
    return engine->ops->session->diagnosis(engine);
}
